//! Keys and signatures against OpenSSL, as `docs/keys.md` tells its readers to check them.
//!
//! Runs with `ZHAOCE_THIRD_PARTY=1`, and then a missing `openssl` is a failure.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use zhaoce::cli::keystore::{Env, KeyEntry, KeyName, Keystore, Passphrase, PassphraseFrom};
use zhaoce::record::keys::{
    KeyError, KeyId, PublicKey, SecretKey, Signer, possession_text, prove_possession,
};

const PASSPHRASE: &str = "公开为常态 不公开为例外";

/// Says loudly when nothing was checked.
fn demanded() -> bool {
    let demanded = std::env::var_os("ZHAOCE_THIRD_PARTY").is_some_and(|value| value == "1");
    if !demanded {
        eprintln!("SKIPPED: ZHAOCE_THIRD_PARTY is not 1, nothing was compared with OpenSSL");
    }
    demanded
}

fn openssl(folder: &Path, args: &[&str]) -> Output {
    let run = Command::new("openssl").args(args).current_dir(folder).env("PASSPHRASE", PASSPHRASE).output();
    run.expect("openssl is not installed: apt-get install openssl")
}

fn succeeds(folder: &Path, args: &[&str]) -> Vec<u8> {
    let output = openssl(folder, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

struct Desk {
    folder: TempDir,
    env: Env,
    store: Keystore,
    name: KeyName,
    entry: KeyEntry,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let env = Env {
            home: Some(folder.path().to_owned()),
            passphrase: Some(Passphrase::from_bytes(PASSPHRASE.into())),
            ..Env::default()
        };
        let (store, name) = (Keystore::of(&env).unwrap(), KeyName::parse("张三").unwrap());
        let entry = store.create(&name, &PassphraseFrom { env: &env, file: None }).unwrap();
        fs::write(folder.path().join("key.pub.pem"), entry.key.to_public_pem()).unwrap();
        Self { folder, env, store, name, entry }
    }

    fn signer(&self) -> Box<dyn Signer> {
        self.store.unlock(&self.name, &PassphraseFrom { env: &self.env, file: None }).unwrap()
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(file), bytes).unwrap();
    }

    fn openssl_accepts(&self, public: &str) -> bool {
        let args =
            ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", public, "-in", "text", "-sigfile", "sig"];
        openssl(self.folder.path(), &args).status.success()
    }
}

#[test]
fn openssl_opens_our_key_files() {
    if !demanded() {
        return;
    }
    let desk = Desk::new();
    let args = ["pkey", "-in", "keys/张三.pem", "-passin", "env:PASSPHRASE", "-pubout"];
    assert_eq!(
        String::from_utf8(succeeds(desk.folder.path(), &args)).unwrap(),
        desk.entry.key.to_public_pem()
    );
    let wrong = ["pkey", "-in", "keys/张三.pem", "-passin", "pass:wrong", "-pubout"];
    assert!(!openssl(desk.folder.path(), &wrong).status.success());
    let shown = succeeds(desk.folder.path(), &["asn1parse", "-in", "keys/张三.pem"]);
    let shown = String::from_utf8(shown).unwrap();
    for part in ["PBES2", ":scrypt", ":4000", ":08", ":05", "aes-256-cbc"] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
}

#[test]
fn openssl_signs_the_same_bytes_and_accepts_ours() {
    if !demanded() {
        return;
    }
    let desk = Desk::new();
    let text = possession_text("linyi.gov.cn/xxgk", desk.entry.key, "person/7m2k9q4v");
    desk.write("text", text.as_bytes());
    let signature = desk.signer().sign(text.as_bytes()).unwrap();
    desk.write("sig", &signature);
    assert!(desk.openssl_accepts("key.pub.pem"));
    let args =
        ["pkeyutl", "-sign", "-rawin", "-inkey", "keys/张三.pem", "-passin", "env:PASSPHRASE", "-in", "text"];
    assert_eq!(succeeds(desk.folder.path(), &args), signature);
    // The documented way from the `possession` fact to the signature bytes.
    let possession = prove_possession(&*desk.signer(), "linyi.gov.cn/xxgk", "person/7m2k9q4v").unwrap();
    desk.write("possession", possession.as_bytes());
    assert_eq!(succeeds(desk.folder.path(), &["base64", "-d", "-A", "-in", "possession"]), signature);
    desk.write("text", text.replace("7m2k", "7m2l").as_bytes());
    assert!(!desk.openssl_accepts("key.pub.pem"));
}

#[test]
fn we_and_openssl_agree_on_altered_signatures() {
    if !demanded() {
        return;
    }
    let desk = Desk::new();
    let public = PublicKey::decode(desk.entry.key).unwrap();
    let good = desk.signer().sign(b"text").unwrap();
    desk.write("text", b"text");
    for at in (0..64).step_by(5) {
        let altered: Vec<u8> =
            good.iter().enumerate().map(|(nth, byte)| if nth == at { byte ^ 0x10 } else { *byte }).collect();
        desk.write("sig", &altered);
        let ours = public.verify(b"text", altered.as_slice().try_into().unwrap());
        assert_eq!((ours, desk.openssl_accepts("key.pub.pem")), (false, false), "byte {at}");
    }
}

#[test]
fn we_open_what_openssl_encrypts_with_scrypt_and_nothing_weaker() {
    if !demanded() {
        return;
    }
    let folder = TempDir::new().unwrap();
    succeeds(folder.path(), &["genpkey", "-algorithm", "ed25519", "-out", "plain.pem"]);
    let convert = ["pkcs8", "-topk8", "-in", "plain.pem", "-v2", "aes-256-cbc", "-passout", "env:PASSPHRASE"];
    let public =
        String::from_utf8(succeeds(folder.path(), &["pkey", "-in", "plain.pem", "-pubout"])).unwrap();
    let scrypt = succeeds(folder.path(), &[&convert[..], &["-scrypt"]].concat());
    let pbkdf2 = succeeds(folder.path(), &convert);
    let open = |pem: Vec<u8>| {
        SecretKey::from_encrypted_pem(&String::from_utf8(pem).unwrap(), PASSPHRASE.as_bytes())
            .map(|key| key.key())
    };
    assert_eq!(open(scrypt).map(|key: KeyId| key.to_public_pem()), Ok(public));
    assert_eq!(open(pbkdf2), Err(KeyError::UnsupportedEncryption));
    assert_eq!(open(fs::read(folder.path().join("plain.pem")).unwrap()), Err(KeyError::BadPem));
}

/// OpenSSL is laxer, and `docs/keys.md` says so: a key of small order has signatures that it takes for good.
#[test]
fn openssl_takes_a_small_order_key_and_we_do_not() {
    if !demanded() {
        return;
    }
    let desk = Desk::new();
    let mut neutral = [0; 32];
    if let Some(first) = neutral.first_mut() {
        *first = 1;
    }
    let id = KeyId::from_bytes(neutral);
    desk.write("neutral.pem", id.to_public_pem().as_bytes());
    desk.write("text", b"anything");
    // A and R the neutral element, S = 0: 0·B = R + k·A whatever k is.
    desk.write("sig", &[neutral, [0; 32]].concat());
    assert!(desk.openssl_accepts("neutral.pem"));
    assert_eq!(PublicKey::decode(id).err(), Some(KeyError::SmallOrder));
}
