//! A statement: a signed note over a file of a package. It has three lines, so that it is never taken for a seal or a checkpoint:
//!
//! ```text
//! linyi.gov.cn/xxgk
//! package GZK-Z109-2026-0001
//! sha512 9b71d2…
//!
//! — linyi.gov.cn/xxgk/3f0c9a41d2b87e56 base64(key hash ‖ signature)
//! ```

use super::ids::Origin;
use super::keys::{PublicKey, SignError, Signer};
use super::note::{Note, NoteError, NoteSignature, seal_key_name};

/// Longest name of a package, in bytes.
const NAME_MAX: usize = 200;

/// What is stated of a file: whose ledger, which package, which bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The ledger.
    pub origin: Origin,
    /// The package's name.
    pub package: String,
    /// SHA-512 of the file.
    pub sha512: [u8; 64],
}

/// A statement and the one signature under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedStatement {
    /// What is stated.
    pub statement: Statement,
    /// The signature.
    pub signature: NoteSignature,
}

impl Statement {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\npackage {}\nsha512 {}\n", self.origin, self.package, hex::encode(self.sha512))
    }

    /// Signs it with a person's key; gives the note.
    ///
    /// # Errors
    /// What signing gives.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        let text = self.text();
        let signature = signer.sign(text.as_bytes())?;
        let key = signer.key();
        Ok(Note::sign(text, &seal_key_name(&self.origin, &key), &key, signature).encode())
    }
}

impl SignedStatement {
    /// Reads a note of exactly three lines and one signature.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let note = Note::parse(note)?;
        let body = note.text.strip_suffix('\n').ok_or(NoteError("the text does not end in a newline"))?;
        let lines: Vec<&str> = body.split('\n').collect();
        let [origin, package, digest] = lines.as_slice() else {
            return Err(NoteError("a statement has exactly three lines"));
        };
        let origin = origin.parse().map_err(|_| NoteError("the first line is not an origin"))?;
        let package = package.strip_prefix("package ").filter(|name| is_name(name));
        let package = package.ok_or(NoteError("the second line is not `package <name>`"))?.to_owned();
        let sha512 = digest.strip_prefix("sha512 ").and_then(digest_of);
        let sha512 = sha512.ok_or(NoteError("the third line is not `sha512 <hex>`"))?;
        let Ok([signature]) = <[NoteSignature; 1]>::try_from(note.signatures) else {
            return Err(NoteError("a statement has exactly one signature"));
        };
        Ok(Self { statement: Statement { origin, package, sha512 }, signature })
    }

    /// Whether the signature is `key`'s under its name at this origin.
    pub fn verifies(&self, key: &PublicKey) -> bool {
        let name = seal_key_name(&self.statement.origin, &key.id());
        self.signature.verifies(&self.statement.text(), &name, key)
    }

    /// The first 16 hex digits of the public key, as the signature's name gives them: which key to look for.
    pub fn label(&self) -> Option<&str> {
        self.signature.name.strip_prefix(self.statement.origin.as_str())?.strip_prefix('/')
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_MAX && !text.contains(char::is_whitespace)
}

fn digest_of(text: &str) -> Option<[u8; 64]> {
    let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    hex::decode(text).ok().filter(|_| lower)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::keys::SecretKey;
    use crate::record::note::{Checkpoint, Seal};

    fn statement() -> Statement {
        let origin = "linyi.gov.cn/xxgk".parse().unwrap();
        Statement { origin, package: "GZK-Z109-2026-0001".into(), sha512: [0xab; 64] }
    }

    #[test]
    fn what_is_signed_is_read_and_verified() {
        let key = SecretKey::from_seed([7; 32]);
        let note = statement().sign(&key).unwrap();
        let read = SignedStatement::parse(&note).unwrap();
        assert_eq!(read.statement, statement());
        assert_eq!(read.label(), Some(key.key().label().as_str()));
        assert!(read.verifies(&PublicKey::decode(key.key()).unwrap()));
        assert!(!read.verifies(&PublicKey::decode(SecretKey::from_seed([8; 32]).key()).unwrap()));
        let altered = SignedStatement::parse(&note.replace("0001", "0002")).unwrap();
        assert!(!altered.verifies(&PublicKey::decode(key.key()).unwrap()));
    }

    #[test]
    fn it_is_neither_a_seal_nor_a_checkpoint() {
        let note = statement().sign(&SecretKey::from_seed([7; 32])).unwrap();
        assert!(Seal::parse(&note).is_err() && Checkpoint::parse(&note).is_err());
    }

    #[test]
    fn other_forms_are_refused() {
        let note = statement().sign(&SecretKey::from_seed([7; 32])).unwrap();
        let signature = note.lines().last().unwrap().to_owned();
        for bad in [
            note.replace("package ", "packet "),
            note.replace("sha512 ab", "sha512 AB"),
            note.replace("sha512 abab", "sha512 ab"),
            note.replace("\n\n", "\nmore\n\n"),
            format!("{note}{signature}\n"),
            note.replace("0001", "00 01"),
        ] {
            assert!(SignedStatement::parse(&bad).is_err(), "{bad}");
        }
    }
}
