//! Keys and signatures: `docs/format.md`, section Keys.
//!
//! ```text
//! ed25519:7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa
//! ```
//!
//! A [`KeyId`] is only a name. It becomes a [`PublicKey`] by [`PublicKey::decode`], which refuses bytes that two
//! Ed25519 implementations might read differently; signatures are checked by nothing but [`PublicKey::verify`].
//! No randomness here: seeds, salts and IVs are given in.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

mod pem;
#[cfg(test)]
mod tests;

pub use pem::{MAX_PEM_BYTES, SCRYPT_N, SCRYPT_P, SCRYPT_R};

use super::text::Hex;

const PREFIX: &str = "ed25519:";

/// Why a key, or the file that holds it, is refused. Texts never hold key material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not `ed25519:` and 64 lower-case hex digits.
    #[error("a key is written ed25519: and 64 lower-case hex digits")]
    BadKeyId,
    /// The bytes are not the one canonical encoding of a point of the curve.
    #[error("the public key is not the canonical encoding of a curve point")]
    NotCanonical,
    /// The point has order 1, 2, 4 or 8: such a "key" has signatures valid for almost any message.
    #[error("the public key is a point of small order")]
    SmallOrder,
    /// The point has a torsion component: cofactored and cofactorless verifiers may disagree about it.
    #[error("the public key is not in the prime-order group")]
    MixedOrder,
    /// The private key file is not an encrypted PKCS#8 PEM.
    #[error("not an encrypted PKCS#8 private key in PEM")]
    BadPem,
    /// The private key file is encrypted otherwise than by PBES2 with scrypt and AES-256-CBC.
    #[error("the private key must be encrypted with PBES2, scrypt and AES-256-CBC")]
    UnsupportedEncryption,
    /// The scrypt parameters ask for more memory or work than a private key file may.
    #[error("the scrypt parameters of the private key are out of bounds")]
    CostlyParameters,
    /// Decryption gave no private key: another passphrase, or a damaged file (CBC cannot tell these apart).
    #[error("wrong passphrase, or the private key file is damaged")]
    WrongPassphrase,
    /// It decrypted, and holds a private key of another algorithm, or halves that do not belong together.
    #[error("the file does not hold an Ed25519 private key")]
    NotEd25519,
    /// A private key is never written under an empty passphrase.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
}

impl KeyError {
    /// Stable code, a key of the message table.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadKeyId => "key.bad_id",
            Self::NotCanonical => "key.not_canonical",
            Self::SmallOrder => "key.small_order",
            Self::MixedOrder => "key.mixed_order",
            Self::BadPem => "key.bad_pem",
            Self::UnsupportedEncryption => "key.unsupported_encryption",
            Self::CostlyParameters => "key.costly_parameters",
            Self::WrongPassphrase => "key.wrong_passphrase",
            Self::NotEd25519 => "key.not_ed25519",
            Self::EmptyPassphrase => "key.empty_passphrase",
        }
    }
}

/// The name of a key: 32 bytes of an Ed25519 public key, written `ed25519:<64 lower-case hex>`.
///
/// Any 32 bytes are a name; whether they are a key is for [`PublicKey::decode`] to say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// The name of the key with these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the public key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `ed25519:<64 lower-case hex>`; nothing else is accepted, so that a key has one spelling.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix(PREFIX).ok_or(KeyError::BadKeyId)?;
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(KeyError::BadKeyId);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| KeyError::BadKeyId)?;
        Ok(Self(bytes))
    }

    /// The key label used in seal names `<origin>/<label>`: the first 16 hex digits.
    pub fn label(&self) -> String {
        self.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The public key as OpenSSL reads it: `SubjectPublicKeyInfo` in PEM (RFC 8410).
    pub fn to_public_pem(&self) -> String {
        pem::public(self)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(Hex::of(PREFIX, &self.0).as_str())
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Hex::of(PREFIX, &self.0).as_str())
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::text::parsed(deserializer)
    }
}

impl schemars::JsonSchema for KeyId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KeyId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^ed25519:[0-9a-f]{64}$" })
    }
}

/// A decoded public key. Decoding costs a square root in the field, so decode a key once and keep this; it is
/// plain data (`Clone`, `Send`, `Sync`) and meant as the value of a map from [`KeyId`].
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: KeyId,
    point: VerifyingKey,
}

impl PublicKey {
    /// Decodes a key: canonical encoding of a curve point, not of small order.
    ///
    /// The library decodes leniently (ZIP 215): it takes y ≥ p and a signed zero. Encoding the point again and
    /// comparing leaves exactly one byte string for each point.
    pub fn decode(id: KeyId) -> Result<Self, KeyError> {
        let point = VerifyingKey::from_bytes(&id.0).map_err(|_| KeyError::NotCanonical)?;
        if point.to_edwards().compress().to_bytes() != id.0 {
            return Err(KeyError::NotCanonical);
        }
        if point.is_weak() {
            return Err(KeyError::SmallOrder);
        }
        Ok(Self { id, point })
    }

    /// The stricter check at enrolment: the key also has no torsion component. With such keys the cofactored and
    /// the cofactorless equation agree, so verifiers of both schools accept the same honest signatures.
    pub fn enrolable(&self) -> Result<(), KeyError> {
        if self.point.to_edwards().is_torsion_free() { Ok(()) } else { Err(KeyError::MixedOrder) }
    }

    /// The key's name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Is `signature` (R ‖ S) by this key over `message`? Cofactorless equation, S < L, A and R canonical and not
    /// of small order.
    ///
    /// `verify_strict` checks S < L, refuses small-order A and R, and compares the bytes of R with those of
    /// `[S]B − [k]A`; as it encodes canonically, a non-canonical R never matches. That last step is a property of
    /// how the library is written, not a promise of it, and batch or cofactored code paths lack it; so R's
    /// canonical form is checked here by itself, and A's in [`PublicKey::decode`].
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        y_below_p(signature.r_bytes()) && self.point.verify_strict(message, &signature).is_ok()
    }

    /// Does `possession` (base64 of 64 bytes) prove that this key's owner agreed to be enrolled so?
    pub fn proves_possession(&self, origin: &str, holder: &str, possession: &str) -> bool {
        let Ok(bytes) = STANDARD.decode(possession) else { return false };
        let Ok(signature) = <[u8; 64]>::try_from(bytes.as_slice()) else { return false };
        self.verify(possession_text(origin, self.id, holder).as_bytes(), &signature)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.id, out)
    }
}

/// Is the y-coordinate (255 bits, little endian; the top bit is the sign of x) below p = 2^255 − 19?
///
/// The other non-canonical form, a sign on x = 0, belongs to the points y = ±1, refused as of small order.
fn y_below_p(encoded: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = encoded;
    !(*low >= 0xed && middle.iter().all(|byte| *byte == 0xff) && high & 0x7f == 0x7f)
}

/// What a new key signs to be enrolled: `<origin>\nenrol\n<key>\n<holder>\n`.
pub fn possession_text(origin: &str, key: KeyId, holder: &str) -> String {
    format!("{origin}\nenrol\n{key}\n{holder}\n")
}

/// The `possession` fact of an enrolment: base64 of the new key's signature over [`possession_text`].
pub fn prove_possession(signer: &dyn Signer, origin: &str, holder: &str) -> Result<String, SignError> {
    let text = possession_text(origin, signer.key(), holder);
    Ok(STANDARD.encode(signer.sign(text.as_bytes())?))
}

/// Why nothing was signed. Texts never hold key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// Whoever holds the key cannot be reached.
    #[error("the key agent cannot be reached: {0}")]
    Unreachable(String),
    /// Whoever holds the key does not have it any more, or will not use it.
    #[error("the key agent refused to sign")]
    Refused,
    /// What came back is not a signature by this key over this message.
    #[error("the key agent answered with something that is not this key's signature")]
    BadSignature,
}

impl SignError {
    /// Stable code, a key of the message table.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "agent.unreachable",
            Self::Refused => "agent.refused",
            Self::BadSignature => "agent.bad_signature",
        }
    }
}

/// Something that can sign with one key: the key itself, or an agent that holds it.
pub trait Signer: Send + Sync {
    /// The key it signs with.
    fn key(&self) -> KeyId;

    /// The 64 bytes R ‖ S over `message`.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError>;
}

/// A private key. Overwritten when dropped; can be neither printed, compared, copied nor serialised.
///
/// Boxed, so that moving the value moves a pointer and leaves no copies of the key on the stack.
pub struct SecretKey(Box<SigningKey>);

impl SecretKey {
    /// The key with this RFC 8032 seed. The caller's copy of the seed is the caller's to overwrite.
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let key = Self(Box::new(SigningKey::from_bytes(&seed)));
        seed.zeroize();
        key
    }

    /// The seed, for handing the key to the user's agent and for nothing else.
    pub(crate) fn expose_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    pub fn key(&self) -> KeyId {
        KeyId(self.0.verifying_key().to_bytes())
    }

    /// The key as encrypted PKCS#8 in PEM: PBES2, scrypt (N = 2^14, r = 8, p = 5), AES-256-CBC.
    ///
    /// `salt` and `iv` must be fresh random bytes for every file.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &[u8],
        salt: &[u8; 16],
        iv: &[u8; 16],
    ) -> Result<String, KeyError> {
        pem::encrypt(self.expose_seed(), passphrase, salt, iv)
    }

    /// Reads what [`SecretKey::to_encrypted_pem`] or `openssl pkcs8 -topk8 -scrypt` wrote.
    ///
    /// Refuses parameters that would cost more than 64 MiB or four times our own work, before doing any work.
    pub fn from_encrypted_pem(pem: &str, passphrase: &[u8]) -> Result<Self, KeyError> {
        pem::decrypt(pem, passphrase).map(|seed| Self(Box::new(SigningKey::from_bytes(&seed))))
    }
}

impl Signer for SecretKey {
    fn key(&self) -> KeyId {
        SecretKey::key(self)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        Ok(self.0.sign(message).to_bytes())
    }
}
