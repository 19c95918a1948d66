//! Keys that a command makes when they are not there: those a ledger begins with.

use std::path::PathBuf;

use super::Ctx;
use super::keystore::{self, KeyName, Keystore, PassphraseFrom};
use crate::fault::Outcome;
use crate::record::{Origin, Signer};

/// Longest part of an origin in a key's name; the rest of the 40 characters is for what follows.
const ORIGIN_SHOWN: usize = 30;

/// A key that is there now, unlocked.
pub struct FirstKey {
    /// Its local name.
    pub name: KeyName,
    /// The file of its private half.
    pub file: PathBuf,
    /// The key.
    pub signer: Box<dyn Signer>,
}

/// The local name of a ledger's own key: `<origin>.ledger`, `<origin>.recovery`.
pub fn key_name(origin: &Origin, what: &str) -> Outcome<KeyName> {
    let text = origin.as_str();
    if text.len() <= ORIGIN_SHOWN {
        return KeyName::parse(&format!("{text}.{what}"));
    }
    let short: String = text.chars().take(ORIGIN_SHOWN - 9).collect();
    let hash = blake3::hash(text.as_bytes()).to_hex();
    KeyName::parse(&format!("{short}~{}.{what}", hash.get(..8).unwrap_or_default()))
}

/// The key of this name, made if it is not there; a passphrase that is typed is typed for both.
pub fn ensure_key(ctx: &Ctx<'_>, name: &KeyName) -> Outcome<FirstKey> {
    let store = ctx.keystore()?;
    let signer = match store.entry(name)? {
        Some(_) => store.unlock(name, &ctx.passphrase())?,
        None => make(ctx, &store, name)?,
    };
    Ok(FirstKey { name: name.clone(), file: store.folder().join(format!("{}.pem", name.stem())), signer })
}

fn make(ctx: &Ctx<'_>, store: &Keystore, name: &KeyName) -> Outcome<Box<dyn Signer>> {
    let env = keystore::Env { passphrase: Some(ctx.passphrase().new_key(name)?), ..keystore::Env::default() };
    let from = PassphraseFrom { env: &env, file: None };
    store.create(name, &from)?;
    store.unlock(name, &from)
}
