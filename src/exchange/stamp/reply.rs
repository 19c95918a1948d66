//! What an authority answers (RFC 3161 §2.4.2): a status and a token, which is a signed statement of a time.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use x509_cert::Certificate;
use x509_tsp::{TimeStampResp, TstInfo};

use super::request::Asked;
use super::{Imprint, STAMP_MAX, unreadable};
use crate::fault::{Fault, Outcome};

pub(super) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// A token, read.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The token as it came, DER.
    pub token: Vec<u8>,
    /// What it is about.
    pub imprint: Imprint,
    /// When, in Unix seconds.
    pub time: i64,
    /// Under which policy of the authority.
    pub policy: String,
    /// The authority's number of it, hex.
    pub serial: String,
    /// The certificate's subject, if the certificate is in the token.
    pub authority: Option<String>,
    /// When that certificate ends, in Unix seconds.
    pub until: Option<i64>,
    pub(super) nonce: Option<Vec<u8>>,
    /// The bytes that the signature is about: the statement.
    pub(super) statement: Vec<u8>,
    pub(super) signer: SignerInfo,
    pub(super) certificate: Option<Certificate>,
    /// Every certificate of the token, DER.
    pub(super) others: Vec<Vec<u8>>,
}

impl Stamp {
    /// Reads a reply, or a bare token, of at most 1 MiB.
    ///
    /// Errors: `stamp.form`; `stamp.refused` with the authority's status when it gave no token; `stamp.imprint` for a
    /// digest algorithm that this program has not.
    pub fn read(bytes: &[u8]) -> Outcome<Self> {
        if bytes.len() > STAMP_MAX {
            return Err(unreadable("at most 1 MiB", bytes.len()));
        }
        let content = match TimeStampResp::from_der(bytes) {
            Ok(reply) => reply.time_stamp_token.ok_or_else(|| {
                Fault::refused("stamp.refused").with("found", format!("{:?}", reply.status.status))
            })?,
            Err(error) => ContentInfo::from_der(bytes).map_err(|_| unreadable("an RFC 3161 reply", error))?,
        };
        Self::of_content(content)
    }

    fn of_content(content: ContentInfo) -> Outcome<Self> {
        let wrong = |error: der::Error| unreadable("a time-stamp token", error);
        if content.content_type != SIGNED_DATA {
            return Err(unreadable("signed data", content.content_type));
        }
        let token = content.to_der().map_err(wrong)?;
        let signed: SignedData = content.content.decode_as().map_err(wrong)?;
        let statement = statement(&signed)?;
        let info = TstInfo::from_der(&statement).map_err(wrong)?;
        let found = info.message_imprint.hash_algorithm.oid;
        let imprint = Imprint::of_asn1(&info.message_imprint)
            .ok_or_else(|| Fault::refused("stamp.imprint").with("found", found))?;
        let [signer] = <[&SignerInfo; 1]>::try_from(signed.signer_infos.0.iter().collect::<Vec<_>>())
            .map_err(|all| unreadable("one signer", all.len()))?;
        let certificates = certificates(&signed);
        let certificate = certificates.iter().find(|certificate| is_of(signer, certificate)).cloned();
        let others = certificates.iter().map(|one| one.to_der().map_err(wrong)).collect::<Outcome<_>>()?;
        let validity = certificate.as_ref().map(|one| one.tbs_certificate.validity.not_after);
        Ok(Self {
            token,
            imprint,
            time: seconds(info.gen_time.to_unix_duration()),
            policy: info.policy.to_string(),
            serial: hex::encode(info.serial_number.as_bytes()),
            authority: certificate.as_ref().map(|one| one.tbs_certificate.subject.to_string()),
            until: validity.map(|time| seconds(time.to_unix_duration())),
            nonce: info.nonce.map(|nonce| nonce.as_bytes().to_vec()),
            statement,
            signer: signer.clone(),
            certificate,
            others,
        })
    }

    /// Whether it answers this request.
    ///
    /// Errors: `stamp.form` for bytes that are no request; `stamp.other` when it is about something else.
    pub fn answers(&self, request: &[u8]) -> Outcome<()> {
        let asked = Asked::read(request)?;
        let same = asked.imprint.as_ref() == Some(&self.imprint) && asked.nonce == self.nonce;
        if same { Ok(()) } else { Err(Fault::refused("stamp.other").with("found", self.imprint.hex())) }
    }
}

fn seconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn statement(signed: &SignedData) -> Outcome<Vec<u8>> {
    let content = &signed.encap_content_info;
    if content.econtent_type != TST_INFO {
        return Err(unreadable("a time-stamp statement", content.econtent_type));
    }
    let octets = content.econtent.as_ref().map(|content| content.value().to_vec());
    octets.ok_or_else(|| unreadable("a time-stamp statement", "none"))
}

fn certificates(signed: &SignedData) -> Vec<Certificate> {
    let set = signed.certificates.iter().flat_map(|set| set.0.iter());
    set.filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
        _ => None,
    })
    .collect()
}

/// Whether the certificate is the one the signer names.
pub(super) fn is_of(signer: &SignerInfo, certificate: &Certificate) -> bool {
    match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            named.issuer == certificate.tbs_certificate.issuer
                && named.serial_number == certificate.tbs_certificate.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(_) => false,
    }
}
