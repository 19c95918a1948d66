//! Whom the user trusts, and what is said of a token.

use der::{Decode as _, DecodePem as _, Encode as _};
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::Certificate;

use super::imprint::Imprint;
use super::reply::{Stamp, is_of};
use super::{STAMP_MAX, signature, unreadable};
use crate::fault::Outcome;

/// id-kp-timeStamping, DER without its tag and length.
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

/// What one check said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not; why.
    Broken(String),
    /// It was not checked; why.
    NotChecked(String),
}

/// Certificates of a PEM file (one or more) or a DER file (one).
#[derive(Debug, Clone, Default)]
pub struct Certificates(Vec<Certificate>);

impl Certificates {
    /// Reads a file of at most 1 MiB.
    ///
    /// Errors: `stamp.form`.
    pub fn read(bytes: &[u8]) -> Outcome<Self> {
        let wrong = |error: der::Error| unreadable("certificates, PEM or DER", error);
        if bytes.len() > STAMP_MAX {
            return Err(unreadable("at most 1 MiB", bytes.len()));
        }
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains(BEGIN)) else {
            return Ok(Self(vec![Certificate::from_der(bytes).map_err(wrong)?]));
        };
        let each = text.split(BEGIN).skip(1).map(|one| {
            let end = one.find("-----END CERTIFICATE-----").map_or(one.len(), |at| at + 25);
            let pem = format!("{BEGIN}{}\n", one.get(..end).unwrap_or(one));
            Certificate::from_pem(pem).map_err(wrong)
        });
        Ok(Self(each.collect::<Outcome<_>>()?))
    }

    fn der(&self) -> Vec<CertificateDer<'static>> {
        self.0.iter().filter_map(|one| one.to_der().ok()).map(CertificateDer::from).collect()
    }
}

impl Stamp {
    /// Whether it is about `imprint`.
    pub fn is_about(&self, imprint: &Imprint) -> Verdict {
        if self.imprint == *imprint {
            return Verdict::Holds;
        }
        Verdict::Broken(format!("{} {}", self.imprint.algorithm.code(), self.imprint.hex()))
    }

    /// Whether its signature holds under the certificate that it names, found in the token or in `given`.
    pub fn is_signed(&self, given: &Certificates) -> Verdict {
        let certificate = self.certificate.as_ref().or_else(|| self.named(given));
        certificate.map_or_else(
            || Verdict::NotChecked("no certificate".into()),
            |certificate| signature::check(self, certificate),
        )
    }

    fn named<'a>(&self, given: &'a Certificates) -> Option<&'a Certificate> {
        given.0.iter().find(|one| is_of(&self.signer, one))
    }

    /// Whether its certificate was for time stamping, in force when it was made, and leads to one of `roots`.
    pub fn is_trusted(&self, roots: &Certificates) -> Verdict {
        let Some(certificate) = self.certificate.as_ref().or_else(|| self.named(roots)) else {
            return Verdict::NotChecked("no certificate".into());
        };
        if roots.0.is_empty() {
            return Verdict::NotChecked("no trusted certificates were given".into());
        }
        let path =
            certificate.to_der().map_err(|error| error.to_string()).and_then(|der| self.path(&der, roots));
        path.map_or_else(Verdict::Broken, |()| Verdict::Holds)
    }

    fn path(&self, certificate: &[u8], roots: &Certificates) -> Result<(), String> {
        let (own, roots) = (CertificateDer::from(certificate), roots.der());
        let end = EndEntityCert::try_from(&own).map_err(|error| error.to_string())?;
        let anchors: Vec<_> =
            roots.iter().filter_map(|root| webpki::anchor_from_trusted_cert(root).ok()).collect();
        let between: Vec<_> = self.others.iter().cloned().map(CertificateDer::from).collect();
        let at = std::time::Duration::from_secs(u64::try_from(self.time).unwrap_or(0));
        let at = UnixTime::since_unix_epoch(at);
        let usage = KeyUsage::required(TIME_STAMPING);
        end.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors, &between, at, usage, None, None)
            .map(drop)
            .map_err(|error| error.to_string())
    }
}
