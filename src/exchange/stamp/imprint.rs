//! What is stamped: the digest of some bytes, under an algorithm that both sides know.

use cms::cert::x509::spki::AlgorithmIdentifier;
use der::Any;
use der::asn1::{Null, ObjectIdentifier, OctetString};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use sm3::Sm3;
use x509_tsp::MessageImprint;

/// A digest algorithm of imprints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImprintAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SM3 (GB/T 32905).
    Sm3,
}

impl ImprintAlgorithm {
    /// Every algorithm, the usual one first.
    pub const ALL: [Self; 4] = [Self::Sha512, Self::Sha384, Self::Sha256, Self::Sm3];

    /// Its code in the rule book.
    pub fn code(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sm3 => "sm3",
        }
    }

    /// The algorithm with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.code() == code)
    }

    pub(super) fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha256 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
            Self::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
            Self::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
            Self::Sm3 => ObjectIdentifier::new_unwrap("1.2.156.10197.1.401"),
        }
    }

    pub(super) fn of_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == oid)
    }

    /// The digest of the bytes.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
            Self::Sm3 => Sm3::digest(bytes).to_vec(),
        }
    }
}

/// A digest to be stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    /// Its algorithm.
    pub algorithm: ImprintAlgorithm,
    /// Its bytes.
    pub digest: Vec<u8>,
}

impl Imprint {
    /// The imprint of a file.
    pub fn of(algorithm: ImprintAlgorithm, bytes: &[u8]) -> Self {
        Self { algorithm, digest: algorithm.digest(bytes) }
    }

    /// The imprint of a renewal: over the digest of the file and that of the token that is renewed, both anew, so that it
    /// outlives the token's certificate and its digest algorithm (the two renewals of RFC 4998 in one).
    pub fn renewing(algorithm: ImprintAlgorithm, bytes: &[u8], token: &[u8]) -> Self {
        let both = [algorithm.digest(bytes), algorithm.digest(token)].concat();
        Self::of(algorithm, &both)
    }

    /// The digest in lower-case hex.
    pub fn hex(&self) -> String {
        hex::encode(&self.digest)
    }

    pub(super) fn to_asn1(&self) -> der::Result<MessageImprint> {
        let parameters = Some(Any::from(Null));
        Ok(MessageImprint {
            hash_algorithm: AlgorithmIdentifier { oid: self.algorithm.oid(), parameters },
            hashed_message: OctetString::new(self.digest.clone())?,
        })
    }

    pub(super) fn of_asn1(imprint: &MessageImprint) -> Option<Self> {
        let algorithm = ImprintAlgorithm::of_oid(imprint.hash_algorithm.oid)?;
        let digest = imprint.hashed_message.as_bytes().to_vec();
        (digest.len() == algorithm.digest(b"").len()).then_some(Self { algorithm, digest })
    }
}
