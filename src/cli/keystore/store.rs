//! The folder of keys: making, listing and reading them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::private;
use super::{Env, KeyName, Passphrase, PassphraseFrom};
use crate::fault::{Fault, Outcome};
use crate::record::keys::{KeyError, KeyId, MAX_PEM_BYTES, SecretKey};

const MAX_SIDE_BYTES: usize = 16 << 10;

/// What is known of a key without its passphrase: the side file `keys/<name>.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEntry {
    /// The local name, `--as NAME`.
    pub name: KeyName,
    /// The public key.
    pub key: KeyId,
    /// The person it was last enrolled for, `person/…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The ledger it was last enrolled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// The user's keys.
#[derive(Debug, Clone)]
pub struct Keystore {
    folder: PathBuf,
}

impl Keystore {
    /// The key store of this user; nothing is read or made yet.
    pub fn of(env: &Env) -> Outcome<Self> {
        let home = env.home.clone();
        let config =
            || env.config_home.clone().or_else(|| env.user_home.as_ref().map(|home| home.join(".config")));
        let home = home.or_else(|| config().map(|config| config.join("zhaoce")));
        let home = home.ok_or_else(|| Fault::usage("key.no_home"))?;
        Ok(Self { folder: home.join("keys") })
    }

    /// The folder the keys are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a key, encrypted under a passphrase that is asked for once the name is known to be free. Never
    /// overwrites: a taken name is a fault.
    pub fn create(&self, name: &KeyName, from: &PassphraseFrom<'_>) -> Outcome<KeyEntry> {
        let path = self.path(name, "pem");
        let taken = || Fault::usage("key.exists").with("name", name).with("path", path.display());
        // A side file alone still names a key that may exist elsewhere, in a backup or an agent.
        if self.entry(name)?.is_some() || private::read(&path, MAX_PEM_BYTES)?.is_some() {
            return Err(taken());
        }
        let secret = random_key()?;
        let pem =
            encrypt(&secret, &from.new_key(name)?).map_err(|fault| fault.with("path", path.display()))?;
        private::make_folder(&self.folder)?;
        if !private::create(&self.folder, &file_name(name, "pem"), pem.as_bytes())? {
            return Err(taken());
        }
        let entry = KeyEntry { name: name.clone(), key: secret.key(), holder: None, origin: None };
        self.write_entry(&entry)?;
        Ok(entry)
    }

    /// What is known of a key without its passphrase; nothing when it has no side file.
    pub fn entry(&self, name: &KeyName) -> Outcome<Option<KeyEntry>> {
        let path = self.path(name, "json");
        private::check_folder(&self.folder)?;
        let Some(bytes) = private::read(&path, MAX_SIDE_BYTES)? else { return Ok(None) };
        let bad =
            |found: &str| Fault::usage("key.bad_side_file").with("path", path.display()).with("found", found);
        let entry: KeyEntry = serde_json::from_slice(&bytes).map_err(|error| bad(&error.to_string()))?;
        if entry.name == *name { Ok(Some(entry)) } else { Err(bad(entry.name.as_str())) }
    }

    /// Every key that has a side file, sorted by name. Files of other kinds are passed over.
    pub fn list(&self) -> Outcome<Vec<KeyEntry>> {
        if !private::check_folder(&self.folder)? {
            return Ok(Vec::new());
        }
        let mut entries = Vec::new();
        for file in std::fs::read_dir(&self.folder).map_err(|error| private::io_fault(&self.folder, error))? {
            let file = file.map_err(|error| private::io_fault(&self.folder, error))?.file_name();
            let stem = file.to_str().and_then(|file| file.strip_suffix(".json"));
            if let Some(name) = stem.and_then(KeyName::from_stem) {
                entries.extend(self.entry(&name)?);
            }
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// Notes for whom and in which ledger a key was enrolled.
    pub fn note_enrolment(&self, name: &KeyName, holder: &str, origin: &str) -> Outcome<()> {
        let mut entry = self.entry(name)?.ok_or_else(|| self.unknown(name))?;
        (entry.holder, entry.origin) = (Some(holder.to_owned()), Some(origin.to_owned()));
        self.write_entry(&entry)
    }

    /// Decrypts a key from its file, and finds a file that was exchanged by the public key in the side file.
    pub(super) fn open(&self, name: &KeyName, passphrase: &Passphrase) -> Outcome<SecretKey> {
        let path = self.path(name, "pem");
        let bytes = private::read(&path, MAX_PEM_BYTES)?.ok_or_else(|| self.unknown(name))?;
        let pem = std::str::from_utf8(&bytes).map_err(|_| refused(KeyError::BadPem, &path))?;
        let secret =
            SecretKey::from_encrypted_pem(pem, passphrase.bytes()).map_err(|error| refused(error, &path))?;
        match self.entry(name)? {
            Some(entry) if entry.key != secret.key() => Err(Fault::refused("key.mismatch")
                .with("name", name)
                .with("expected", entry.key)
                .with("found", secret.key())),
            Some(_) => Ok(secret),
            None => {
                let entry = KeyEntry { name: name.clone(), key: secret.key(), holder: None, origin: None };
                self.write_entry(&entry).map(|()| secret)
            }
        }
    }

    /// Faults before anybody is asked for a passphrase of a key that is not there.
    pub(super) fn must_exist(&self, name: &KeyName) -> Outcome<()> {
        private::check_folder(&self.folder)?;
        let there = private::read(&self.path(name, "pem"), MAX_PEM_BYTES)?.is_some();
        if there { Ok(()) } else { Err(self.unknown(name)) }
    }

    fn write_entry(&self, entry: &KeyEntry) -> Outcome<()> {
        let path = self.path(&entry.name, "json");
        let mut text = serde_json::to_string(entry)
            .map_err(|error| Fault::machine("io.failed").with("path", path.display()).with("found", error))?;
        text.push('\n');
        private::replace(&self.folder, &file_name(&entry.name, "json"), text.as_bytes())
    }

    fn path(&self, name: &KeyName, ending: &str) -> PathBuf {
        self.folder.join(file_name(name, ending))
    }

    pub(super) fn unknown(&self, name: &KeyName) -> Fault {
        Fault::usage("key.unknown").with("name", name).with("path", self.path(name, "pem").display())
    }
}

fn random_key() -> Outcome<SecretKey> {
    let mut seed = Zeroizing::new([0; 32]);
    private::fill_random(seed.as_mut_slice())?;
    Ok(SecretKey::from_seed(*seed))
}

fn encrypt(secret: &SecretKey, passphrase: &Passphrase) -> Outcome<String> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    private::fill_random(&mut salt)?;
    private::fill_random(&mut iv)?;
    let pem = secret.to_encrypted_pem(passphrase.bytes(), &salt, &iv);
    pem.map_err(|error| Fault::usage(error.code()))
}

fn file_name(name: &KeyName, ending: &str) -> String {
    format!("{}.{ending}", name.stem())
}

fn refused(error: KeyError, path: &Path) -> Fault {
    Fault::usage(error.code()).with("path", path.display())
}
