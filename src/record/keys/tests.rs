#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn secret(fill: u8) -> SecretKey {
    SecretKey::from_seed([fill; 32])
}

#[test]
fn a_key_signs_and_verifies() {
    let key = secret(7);
    let public = PublicKey::decode(key.key()).unwrap();
    public.enrolable().unwrap();
    let signature = key.sign(b"text").unwrap();
    assert!(public.verify(b"text", &signature));
    assert!(!public.verify(b"texu", &signature));
}

#[test]
fn a_pem_reads_back_only_with_its_passphrase() {
    let pem = secret(7).to_encrypted_pem("口令".as_bytes(), &[1; 16], &[2; 16]).unwrap();
    let back = SecretKey::from_encrypted_pem(&pem, "口令".as_bytes()).map(|k| k.key());
    assert_eq!(back, Ok(secret(7).key()));
    let wrong = SecretKey::from_encrypted_pem(&pem, b"other").map(|k| k.key());
    assert_eq!(wrong, Err(KeyError::WrongPassphrase));
}
