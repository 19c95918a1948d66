//! Whether the token's signature holds (RFC 5652 §5.4): the signed attributes name the statement's digest, and the
//! certificate's key signed them.

use cms::signed_data::SignerInfo;
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _};
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_cert::Certificate;

use super::imprint::ImprintAlgorithm;
use super::reply::{Stamp, TST_INFO};
use super::trust::Verdict;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = oid("1.3.101.112");

/// Whether `stamp` is signed by the key of `certificate`.
pub(super) fn check(stamp: &Stamp, certificate: &Certificate) -> Verdict {
    let signer = &stamp.signer;
    let Some(digest) = ImprintAlgorithm::of_oid(signer.digest_alg.oid) else {
        return Verdict::NotChecked(format!("digest algorithm {}", signer.digest_alg.oid));
    };
    let Some(signed) = attributes(signer, &digest.digest(&stamp.statement)) else {
        return Verdict::Broken("signed attributes".into());
    };
    let info = &certificate.tbs_certificate.subject_public_key_info;
    let Some(algorithm) = algorithm(signer, digest, certificate) else {
        let found = format!("{} {}", signer.signature_algorithm.oid, info.algorithm.oid);
        return Verdict::NotChecked(format!("signature algorithm {found}"));
    };
    let key = UnparsedPublicKey::new(algorithm, info.subject_public_key.raw_bytes());
    match key.verify(&signed, signer.signature.as_bytes()) {
        Ok(()) => Verdict::Holds,
        Err(_) => Verdict::Broken("signature".into()),
    }
}

/// The signed attributes in the form that is signed, when they name the statement.
fn attributes(signer: &SignerInfo, digest: &[u8]) -> Option<Vec<u8>> {
    let attributes = signer.signed_attrs.as_ref()?;
    let value = |wanted: ObjectIdentifier| {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == wanted);
        let (Some(only), None) = (found.next(), found.next()) else { return None };
        only.values.get(0).filter(|_| only.values.len() == 1)
    };
    let kind: ObjectIdentifier = value(CONTENT_TYPE)?.decode_as().ok()?;
    let named = OctetString::from_der(&value(MESSAGE_DIGEST)?.to_der().ok()?).ok()?;
    let fits = kind == TST_INFO && named.as_bytes() == digest;
    fits.then(|| attributes.to_der().ok()).flatten()
}

fn algorithm(
    signer: &SignerInfo,
    digest: ImprintAlgorithm,
    certificate: &Certificate,
) -> Option<&'static dyn VerificationAlgorithm> {
    let info = &certificate.tbs_certificate.subject_public_key_info;
    // RSASSA-PSS has parameters of its own, which are not read here.
    let plain = |oid: ObjectIdentifier| oid == RSA || [11, 12, 13].iter().any(|n| oid == rsa_with(*n));
    let curve = || info.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok();
    match info.algorithm.oid {
        RSA if plain(signer.signature_algorithm.oid) => match digest {
            ImprintAlgorithm::Sha256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
            ImprintAlgorithm::Sha384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
            ImprintAlgorithm::Sha512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
            ImprintAlgorithm::Sm3 => None,
        },
        EC => match (curve()?, digest) {
            (P256, ImprintAlgorithm::Sha256) => Some(&signature::ECDSA_P256_SHA256_ASN1),
            (P256, ImprintAlgorithm::Sha384) => Some(&signature::ECDSA_P256_SHA384_ASN1),
            (P384, ImprintAlgorithm::Sha256) => Some(&signature::ECDSA_P384_SHA256_ASN1),
            (P384, ImprintAlgorithm::Sha384) => Some(&signature::ECDSA_P384_SHA384_ASN1),
            _ => None,
        },
        ED25519 => Some(&signature::ED25519),
        _ => None,
    }
}

/// sha256WithRSAEncryption (11), sha384 (12), sha512 (13).
fn rsa_with(n: u32) -> ObjectIdentifier {
    match n {
        11 => oid("1.2.840.113549.1.1.11"),
        12 => oid("1.2.840.113549.1.1.12"),
        _ => oid("1.2.840.113549.1.1.13"),
    }
}
