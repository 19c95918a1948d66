//! Where a passphrase comes from: `--passphrase-file`, else `ZHAOCE_PASSPHRASE`, else the terminal.
//!
//! The bytes are used as they are given, so that `openssl` opens the same file with the same passphrase.

use std::io::Read as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::private::{self, io_fault};
use super::{Env, KeyName};
use crate::fault::{Fault, Lang, Outcome, fill, message};

/// Fewest characters of a passphrase typed for a new key. Scripts that make test keys are not held to it.
pub const MIN_TYPED: usize = 8;
const MAX_BYTES: usize = 1024;

/// A passphrase: overwritten when dropped, never shown.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// Takes these bytes as they are.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for deriving the key.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn copy(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What the command line said about the passphrase, and what the passphrase is for.
pub struct PassphraseFrom<'a> {
    /// Environment and terminal.
    pub env: &'a Env,
    /// `--passphrase-file`: its first line, without the line end and without a byte order mark.
    pub file: Option<&'a Path>,
}

impl PassphraseFrom<'_> {
    /// The passphrase of an existing key.
    pub fn existing(&self, name: &KeyName) -> Outcome<Passphrase> {
        match self.given()? {
            Some(passphrase) => Ok(passphrase),
            None => self.ask("passphrase.ask", name),
        }
    }

    /// A passphrase for a new key; typed twice when typed.
    pub fn new_key(&self, name: &KeyName) -> Outcome<Passphrase> {
        if let Some(passphrase) = self.given()? {
            return Ok(passphrase);
        }
        let first = self.ask("passphrase.ask_new", name)?;
        if String::from_utf8_lossy(first.bytes()).chars().count() < MIN_TYPED {
            return Err(Fault::usage("passphrase.too_short").with("expected", MIN_TYPED));
        }
        let second = self.ask("passphrase.ask_again", name)?;
        if first.bytes() == second.bytes() { Ok(first) } else { Err(Fault::usage("passphrase.differs")) }
    }

    fn given(&self) -> Outcome<Option<Passphrase>> {
        if let Some(path) = self.file {
            return checked(first_line(path)?, &path.display().to_string()).map(Some);
        }
        let from_env = self.env.passphrase.as_ref().map(Passphrase::copy);
        from_env.map(|passphrase| checked(passphrase, "ZHAOCE_PASSPHRASE")).transpose()
    }

    fn ask(&self, code: &'static str, name: &KeyName) -> Outcome<Passphrase> {
        let Some(ask) = &self.env.ask else {
            return Err(Fault::usage("passphrase.missing").with("name", name));
        };
        let typed = ask(&prompt(code, name, self.env.lang));
        let typed = typed.map_err(|error| Fault::usage("passphrase.not_read").with("found", error.kind()))?;
        checked(Passphrase::from_bytes(typed.into_bytes()), prompt_place(self.env.lang))
    }
}

fn prompt(code: &str, name: &KeyName, lang: Lang) -> String {
    let args = [("name", name.to_string()), ("expected", MIN_TYPED.to_string())].into();
    let text = message(code).map(|message| match lang {
        Lang::Zh => message.zh.as_str(),
        Lang::En => message.en.as_str(),
    });
    fill(text.unwrap_or("> "), &args)
}

fn prompt_place(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "终端",
        Lang::En => "the terminal",
    }
}

fn checked(passphrase: Passphrase, place: &str) -> Outcome<Passphrase> {
    if passphrase.bytes().is_empty() {
        return Err(Fault::usage("passphrase.empty").with("where", place));
    }
    if passphrase.bytes().len() > MAX_BYTES {
        return Err(Fault::usage("passphrase.too_long").with("where", place).with("expected", MAX_BYTES));
    }
    Ok(passphrase)
}

/// The first line of a file. A pipe (`<(pass show zhaoce)`) will do; an ordinary file must be private.
fn first_line(path: &Path) -> Outcome<Passphrase> {
    let file = std::fs::File::open(path).map_err(|error| io_fault(path, error))?;
    let facts = file.metadata().map_err(|error| io_fault(path, error))?;
    if facts.is_file() {
        private::refuse_shared(&facts, path, "passphrase.file_open_to_others")?;
    }
    // Allocated once: a buffer that grows would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * MAX_BYTES));
    file.take(MAX_BYTES as u64 + 8).read_to_end(&mut bytes).map_err(|error| io_fault(path, error))?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    Ok(Passphrase::from_bytes(line.to_vec()))
}
