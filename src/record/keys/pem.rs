//! Private keys as encrypted PKCS#8 (RFC 5958, RFC 8018, RFC 7914) in PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::pkcs8::KeypairBytes;
use ed25519_dalek::{SigningKey, VerifyingKey};
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{Decode, SecretDocument};
use pkcs8::pkcs5::pbes2::{self, Kdf, ScryptParams};
use pkcs8::pkcs5::{EncryptionScheme, scrypt};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef};
use zeroize::{Zeroize, Zeroizing};

use super::{KeyError, KeyId};

#[cfg(test)]
mod tests;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// A private key file is below 400 bytes; nothing longer than this is read.
pub const MAX_PEM_BYTES: usize = 4096;

/// scrypt N. 2^14 with r = 8 is 16 MiB, the most that fits OpenSSL's built-in 32 MiB limit for key files.
pub const SCRYPT_N: u64 = 1 << LOG_N;
/// scrypt r.
pub const SCRYPT_R: u32 = 8;
/// scrypt p. Makes up for the small N: (2^14, 8, 5) costs a guesser what (2^17, 8, 1) does in time.
pub const SCRYPT_P: u32 = 5;

const LOG_N: u8 = 14;
/// Most memory, 128·N·r bytes, that a file may make us use.
const MAX_MEMORY: u64 = 64 << 20;
/// Most work, N·r·p, that a file may make us do: four times that of our own files.
const MAX_WORK: u64 = 4 * SCRYPT_N * SCRYPT_R as u64 * SCRYPT_P as u64;

/// DER of an Ed25519 `PrivateKeyInfo` up to the seed (RFC 8410 §7). Version 1, without the public key: OpenSSL 3
/// does not read version 2.
const PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
const PLAIN: usize = PREFIX.len() + 32;

/// DER of an Ed25519 `SubjectPublicKeyInfo` up to the key (RFC 8410 §4).
const PUBLIC_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The public key in PEM; its 44 bytes are one line of base64.
pub(super) fn public(key: &KeyId) -> String {
    let der = [PUBLIC_PREFIX.as_slice(), key.as_bytes()].concat();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

/// The seed as an encrypted PKCS#8 PEM.
pub(super) fn encrypt(
    seed: &[u8; 32],
    passphrase: &[u8],
    salt: &[u8; 16],
    iv: &[u8; 16],
) -> Result<String, KeyError> {
    if passphrase.is_empty() {
        return Err(KeyError::EmptyPassphrase);
    }
    // Encrypted in place: the plain text exists in this buffer only. CBC pads 48 bytes to 64.
    let mut buffer = Zeroizing::new([0; PLAIN + 16]);
    for (to, from) in buffer.iter_mut().zip(PREFIX.iter().chain(seed)) {
        *to = *from;
    }
    let cost = scrypt::Params::new(LOG_N, SCRYPT_R, SCRYPT_P).map_err(|_| KeyError::CostlyParameters)?;
    let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(cost, salt, *iv)
        .map_err(|_| KeyError::UnsupportedEncryption)?;
    let encrypted = parameters
        .encrypt_in_place(passphrase, buffer.as_mut_slice(), PLAIN)
        .map_err(|_| KeyError::UnsupportedEncryption)?;
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(encrypted).map_err(|_| KeyError::BadPem)?,
    };
    let document = SecretDocument::try_from(&info).map_err(|_| KeyError::BadPem)?;
    let pem = document.to_pem(LABEL, LineEnding::LF).map_err(|_| KeyError::BadPem)?;
    Ok(pem.to_string())
}

/// The seed out of an encrypted PKCS#8 PEM.
pub(super) fn decrypt(pem: &str, passphrase: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    if pem.len() > MAX_PEM_BYTES {
        return Err(KeyError::BadPem);
    }
    let (label, document) = SecretDocument::from_pem(pem.trim_ascii()).map_err(|_| KeyError::BadPem)?;
    if label != LABEL {
        return Err(KeyError::BadPem);
    }
    let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes())
        .map_err(|_| KeyError::UnsupportedEncryption)?;
    let parameters = acceptable(&info.encryption_algorithm)?;
    let mut buffer = Zeroizing::new(info.encrypted_data.as_bytes().to_vec());
    let plain =
        parameters.decrypt_in_place(passphrase, &mut buffer).map_err(|_| KeyError::WrongPassphrase)?;
    read_plain(plain)
}

/// Only PBES2 with scrypt within bounds and AES-256-CBC: anything else would let a planted file choose a weak
/// derivation, or one that takes all memory.
fn acceptable(scheme: &EncryptionScheme) -> Result<&pbes2::Parameters, KeyError> {
    let parameters = scheme.pbes2().ok_or(KeyError::UnsupportedEncryption)?;
    match (&parameters.kdf, &parameters.encryption) {
        (Kdf::Scrypt(cost), pbes2::EncryptionScheme::Aes256Cbc { .. }) => within_bounds(cost)?,
        _ => return Err(KeyError::UnsupportedEncryption),
    }
    Ok(parameters)
}

/// Checked before the library sees them: it panics on N = 0 and allocates whatever is asked.
fn within_bounds(cost: &ScryptParams) -> Result<(), KeyError> {
    let (n, r, p) = (cost.cost_parameter, u64::from(cost.block_size), u64::from(cost.parallelization));
    let work = n.checked_mul(r).and_then(|nr| nr.checked_mul(p)).unwrap_or(u64::MAX);
    let memory = n.checked_mul(r).and_then(|nr| nr.checked_mul(128)).unwrap_or(u64::MAX);
    let sound = n.is_power_of_two() && n > 1 && r > 0 && p > 0;
    if sound && work <= MAX_WORK && memory <= MAX_MEMORY { Ok(()) } else { Err(KeyError::CostlyParameters) }
}

fn read_plain(plain: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    // A wrong passphrase passes the padding check once in 256 times; then the bytes are no DER.
    let info = PrivateKeyInfoRef::from_der(plain).map_err(|_| KeyError::WrongPassphrase)?;
    let mut pair = KeypairBytes::try_from(info).map_err(|_| KeyError::NotEd25519)?;
    let seed = Zeroizing::new(pair.secret_key);
    pair.secret_key.zeroize();
    if let Some(stated) = pair.public_key {
        let own: VerifyingKey = SigningKey::from_bytes(&seed).verifying_key();
        if own.to_bytes() != stated.to_bytes() {
            return Err(KeyError::NotEd25519);
        }
    }
    Ok(seed)
}
