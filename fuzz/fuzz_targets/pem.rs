//! Encrypted private keys and public keys in text: no panic, no unbounded work.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::record::keys::SecretKey;
use zhaoce::record::{KeyId, PublicKey};

fuzz_target!(|text: &str| {
    if let Ok(id) = KeyId::parse(text) {
        assert_eq!(id.to_string(), text);
        let _ = PublicKey::decode(id).map(|key| key.enrolable());
    }
    let _ = SecretKey::from_encrypted_pem(text, b"passphrase");
});
