#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use pkcs8::der::Encode as _;
use pkcs8::pkcs5::pbes2::Pbkdf2Params;

use super::*;
use crate::record::keys::SecretKey;

const PASSPHRASE: &[u8] = "公开为常态".as_bytes();

/// A file with its own idea of parameters and content; cheap scrypt, since what is inside matters here.
fn file(parameters: impl Into<EncryptionScheme>, plain: &[u8]) -> String {
    let scheme = parameters.into();
    let encrypted = scheme.encrypt(PASSPHRASE, plain).unwrap();
    wrap(scheme, &encrypted)
}

fn wrap(scheme: EncryptionScheme, encrypted: &[u8]) -> String {
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: scheme,
        encrypted_data: OctetStringRef::new(encrypted).unwrap(),
    };
    SecretDocument::try_from(&info).unwrap().to_pem(LABEL, LineEnding::LF).unwrap().to_string()
}

fn scheme(n: u64, r: u16, p: u16) -> EncryptionScheme {
    let mut cost =
        ScryptParams::from_params_and_salt(scrypt::Params::new(4, 8, 1).unwrap(), &[1; 16]).unwrap();
    (cost.cost_parameter, cost.block_size, cost.parallelization) = (n, r, p);
    pbes2::Parameters { kdf: cost.into(), encryption: pbes2::EncryptionScheme::Aes256Cbc { iv: [2; 16] } }
        .into()
}

fn cheap() -> EncryptionScheme {
    scheme(16, 8, 1)
}

fn plain(seed: &[u8; 32]) -> Vec<u8> {
    [PREFIX.as_slice(), seed].concat()
}

fn refusal(pem: &str, passphrase: &[u8]) -> Option<KeyError> {
    decrypt(pem, passphrase).err()
}

#[test]
fn our_files_read_back_and_state_their_parameters() {
    let pem = encrypt(&[7; 32], PASSPHRASE, &[1; 16], &[2; 16]).unwrap();
    assert_eq!(*decrypt(&pem, PASSPHRASE).unwrap(), [7; 32]);
    let (label, document) = SecretDocument::from_pem(&pem).unwrap();
    let info = EncryptedPrivateKeyInfoRef::from_der(document.as_bytes()).unwrap();
    let parameters = info.encryption_algorithm.pbes2().unwrap();
    let cost = parameters.kdf.scrypt().unwrap();
    assert_eq!(label, "ENCRYPTED PRIVATE KEY");
    assert_eq!((cost.cost_parameter, cost.block_size, cost.parallelization), (16_384, 8, 5));
    assert_eq!((cost.salt.as_bytes(), cost.key_length), (&[1; 16][..], None));
    assert_eq!(parameters.encryption, pbes2::EncryptionScheme::Aes256Cbc { iv: [2; 16] });
    assert!(pem.len() < 400 && pem.ends_with("-----END ENCRYPTED PRIVATE KEY-----\n"));
    assert!(pem.lines().all(|line| line.len() <= 64));
}

#[test]
fn a_wrong_passphrase_is_called_that() {
    let pem = file(cheap(), &plain(&[7; 32]));
    // Enough of them that the padding is right by chance for some.
    for nth in 0..1000_u32 {
        assert_eq!(refusal(&pem, &nth.to_be_bytes()), Some(KeyError::WrongPassphrase));
    }
    assert_eq!(*decrypt(&pem, PASSPHRASE).unwrap(), [7; 32]);
}

#[test]
fn no_key_is_written_without_a_passphrase() {
    assert_eq!(encrypt(&[7; 32], b"", &[1; 16], &[2; 16]).err(), Some(KeyError::EmptyPassphrase));
}

#[test]
fn bombs_are_refused_before_any_work() {
    let bombs = [
        (0, 8, 1),               // the library would panic
        (1, 8, 1),               // no work at all
        (3 << 12, 8, 1),         // not a power of two
        (1 << 17, 8, 1),         // 128 MiB
        (1 << 63, 8, 1),         // everything there is
        (1 << 63, u16::MAX, 1),  // overflows
        (2, u16::MAX, u16::MAX), // too much work in little memory
        (1 << 14, 8, 21),        // more than four times our work
        (1 << 14, 0, 1),
        (1 << 14, 8, 0),
    ];
    for (n, r, p) in bombs {
        let pem = wrap(scheme(n, r, p), &[0; 64]);
        assert_eq!(refusal(&pem, PASSPHRASE), Some(KeyError::CostlyParameters), "{n} {r} {p}");
    }
    // The largest allowed is worked through, and found not to decrypt.
    assert_eq!(refusal(&wrap(scheme(1 << 16, 8, 1), &[0; 64]), PASSPHRASE), Some(KeyError::WrongPassphrase));
}

#[test]
fn other_encryptions_are_refused() {
    let iterations = Pbkdf2Params::hmac_sha256(100_000_000, &[1; 16]).unwrap();
    let aes = pbes2::EncryptionScheme::Aes256Cbc { iv: [2; 16] };
    let slow = pbes2::Parameters { kdf: iterations.into(), encryption: aes };
    assert_eq!(refusal(&wrap(slow.into(), &[0; 64]), PASSPHRASE), Some(KeyError::UnsupportedEncryption));
    let cost = scrypt::Params::new(4, 8, 1).unwrap();
    let weak = pbes2::Parameters::generate_scrypt_aes128cbc(cost, &[1; 16], [2; 16]).unwrap();
    assert_eq!(refusal(&file(weak, &plain(&[7; 32])), PASSPHRASE), Some(KeyError::UnsupportedEncryption));
}

#[test]
fn files_that_are_no_encrypted_keys() {
    let open = SecretDocument::try_from(plain(&[7; 32])).unwrap();
    let open = open.to_pem("PRIVATE KEY", LineEnding::LF).unwrap();
    let pem = file(cheap(), &plain(&[7; 32]));
    let padded = format!("{pem}{}", " ".repeat(MAX_PEM_BYTES));
    for bad in ["", "\u{feff}", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n", &open, &pem[1..], &padded] {
        assert_eq!(refusal(bad, PASSPHRASE), Some(KeyError::BadPem), "{bad}");
    }
    // Windows line ends and a blank line after it do no harm.
    let windows = format!("{}\r\n", pem.replace('\n', "\r\n"));
    assert_eq!(*decrypt(&windows, PASSPHRASE).unwrap(), [7; 32]);
}

#[test]
fn only_one_ed25519_key_may_be_inside() {
    let other_curve = plain(&[7; 32]).iter().map(|b| if *b == 0x70 { 0x6e } else { *b }).collect::<Vec<_>>();
    assert_eq!(refusal(&file(cheap(), &other_curve), PASSPHRASE), Some(KeyError::NotEd25519));
    let mut long = plain(&[7; 32]);
    long.push(0);
    assert_eq!(refusal(&file(cheap(), &long), PASSPHRASE), Some(KeyError::WrongPassphrase));
}

#[test]
fn a_stated_public_half_must_fit() {
    let mut pair = KeypairBytes { secret_key: [7; 32], public_key: None };
    let public = SecretKey::from_seed([7; 32]).key();
    for (stated, fits) in [(*public.as_bytes(), true), ([9; 32], false)] {
        pair.public_key = Some(ed25519_dalek::pkcs8::PublicKeyBytes(stated));
        let document = ed25519_dalek::pkcs8::EncodePrivateKey::to_pkcs8_der(&pair).unwrap();
        let found = refusal(&file(cheap(), document.as_bytes()), PASSPHRASE);
        assert_eq!(found, (!fits).then_some(KeyError::NotEd25519));
    }
}

/// Whatever byte of a file is changed, it gives an error or the same key: never a panic, never a bomb. Except for
/// the second block of the cipher text, which decrypts to half a seed: CBC does not authenticate. The key store
/// finds that by comparing the public key.
#[test]
fn every_flipped_byte_is_survived() {
    let scheme = cheap();
    let encrypted = scheme.encrypt(PASSPHRASE, &plain(&[7; 32])).unwrap();
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: scheme,
        encrypted_data: OctetStringRef::new(&encrypted).unwrap(),
    };
    let der = info.to_der().unwrap();
    let second_block = der.len() - 48..der.len() - 32;
    for at in 0..der.len() {
        for mask in [0x01, 0x80, 0xff] {
            let mut bad = der.clone();
            bad[at] ^= mask;
            let Ok(document) = SecretDocument::try_from(bad) else { continue };
            let pem = document.to_pem(LABEL, LineEnding::LF).unwrap();
            if let Ok(seed) = decrypt(&pem, PASSPHRASE) {
                assert_eq!(*seed != [7; 32], second_block.contains(&at), "byte {at}");
            } else {
                assert!(!second_block.contains(&at), "byte {at}");
            }
        }
    }
}
