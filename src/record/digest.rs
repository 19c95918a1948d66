//! Digests, one type each so that they cannot be mixed.
//!
//! BLAKE3 digests are keyed by purpose (`derive_key`) and written `b3:<64 hex>`; digests of files outside the
//! ledger are `sha256:<64 hex>`; nodes of the RFC 6962 tree are bare SHA-256.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::text::Hex;

/// A digest, key or id that is not in its written form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found:?}")]
pub struct FormError {
    /// The form that was expected, in words.
    pub expected: &'static str,
    /// The text that was found, cut to 80 characters.
    pub found: String,
}

impl FormError {
    /// Names the expected form and quotes what was found, at most 80 characters of it.
    pub fn new(expected: &'static str, found: &str) -> Self {
        Self { expected, found: found.chars().take(80).collect() }
    }
}

fn lower_hex(text: &str) -> Option<[u8; 32]> {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let mut bytes = [0; 32];
    (text.bytes().all(lower) && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}

macro_rules! digest_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
        #[schemars(transparent)]
        pub struct $name(
            #[schemars(with = "String", regex(pattern = concat!("^", $prefix, "[0-9a-f]{64}$")))] pub [u8; 32],
        );

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(Hex::of($prefix, &self.0).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = FormError;

            fn from_str(text: &str) -> Result<Self, FormError> {
                let hex = text.strip_prefix($prefix).and_then(lower_hex);
                hex.map(Self).ok_or_else(|| FormError::new($form, text))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(Hex::of($prefix, &self.0).as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                super::text::parsed(from)
            }
        }
    };
}

digest_type! {
    /// Chain hash of an event: BLAKE3 `derive_key("zhaoce.v1.event", canonical bytes)`; for the place before
    /// event 0, `derive_key("zhaoce.v1.origin", origin)`.
    ChainHash, "b3:", "b3:<64 lower-case hex digits>"
}
digest_type! {
    /// Salted digest of a part: BLAKE3 `derive_key("zhaoce.v1.part", canonical bytes of the part)`.
    PartDigest, "b3:", "b3:<64 lower-case hex digits>"
}
digest_type! {
    /// Edition of the rule book: BLAKE3 `derive_key("zhaoce.v1.rules", canonical bytes of its data)`.
    EditionDigest, "b3:", "b3:<64 lower-case hex digits>"
}
digest_type! {
    /// SHA-256 of a file that stands outside the ledger: evidence, a redacted version.
    FileDigest, "sha256:", "sha256:<64 lower-case hex digits>"
}
digest_type! {
    /// A node of the RFC 6962 tree.
    TreeHash, "", "64 lower-case hex digits"
}

fn derived(base: &LazyLock<blake3::Hasher>, bytes: &[u8]) -> [u8; 32] {
    let mut hasher = (*base).clone();
    hasher.update(bytes);
    *hasher.finalize().as_bytes()
}

/// Deriving the purpose key costs a compression; each purpose does it once.
macro_rules! purpose {
    ($name:ident, $context:literal) => {
        static $name: LazyLock<blake3::Hasher> = LazyLock::new(|| blake3::Hasher::new_derive_key($context));
    };
}

purpose!(ORIGIN, "zhaoce.v1.origin");
purpose!(EVENT, "zhaoce.v1.event");
purpose!(PART, "zhaoce.v1.part");
purpose!(RULES, "zhaoce.v1.rules");

impl ChainHash {
    /// The value that stands in `prev` of event 0.
    pub fn of_origin(origin: &str) -> Self {
        Self(derived(&ORIGIN, origin.as_bytes()))
    }

    /// The chain hash of an event, from its canonical bytes.
    pub fn of_event(canonical: &[u8]) -> Self {
        Self(derived(&EVENT, canonical))
    }
}

impl PartDigest {
    /// The digest of a part, from its canonical bytes.
    pub fn of_part(canonical: &[u8]) -> Self {
        Self(derived(&PART, canonical))
    }
}

impl EditionDigest {
    /// The digest of a rule-book edition, from its canonical bytes.
    pub fn of_rules(canonical: &[u8]) -> Self {
        Self(derived(&RULES, canonical))
    }
}

impl FileDigest {
    /// SHA-256 of a file's bytes.
    pub fn of_file(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}
