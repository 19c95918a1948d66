//! C2SP signed notes, and the two notes of this format: seals and checkpoints.
//!
//! ```text
//! linyi.gov.cn/xxgk
//! 2
//! kTx1…base64 root…
//! act 0 b3:…
//!
//! — linyi.gov.cn/xxgk/3f0c9a41d2b87e56 base64(key hash ‖ signature)
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::digest::{ChainHash, TreeHash};
use super::ids::{INTEGER_MAX, Origin};
use super::keys::{KeyId, PublicKey};

/// Longest note that is read, in bytes.
pub const NOTE_MAX: usize = 4096;

/// Why a note is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoteError(pub &'static str);

/// A signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Key name: origin, or origin and label.
    pub name: String,
    /// First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).
    pub key_hash: [u8; 4],
    /// What follows the key hash: 64 bytes for Ed25519, other lengths for other algorithms.
    pub signature: Vec<u8>,
}

/// A note: a text that ends in a newline, and its signature lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, final newline included.
    pub text: String,
    /// The signatures, those by unknown keys or algorithms included: a reader passes over them.
    pub signatures: Vec<NoteSignature>,
}

/// The key hash of a C2SP signed note with an Ed25519 key (algorithm 0x01).
pub fn key_hash(name: &str, key: &KeyId) -> [u8; 4] {
    let digest =
        Sha256::new().chain_update(name).chain_update([0x0a, 0x01]).chain_update(key.as_bytes()).finalize();
    let [a, b, c, d, ..] = <[u8; 32]>::from(digest);
    [a, b, c, d]
}

impl NoteSignature {
    fn parse(line: &str) -> Option<Self> {
        let (name, blob) = line.strip_prefix("— ")?.split_once(' ')?;
        let blob = STANDARD.decode(blob).ok()?;
        let (key_hash, signature) = blob.split_first_chunk::<4>()?;
        let named = !name.is_empty() && !name.contains('+') && !name.contains(char::is_whitespace);
        (named && !signature.is_empty()).then_some(())?;
        Some(Self { name: name.into(), key_hash: *key_hash, signature: signature.to_vec() })
    }

    fn line(&self) -> String {
        let blob = [&self.key_hash[..], &self.signature[..]].concat();
        format!("— {} {}\n", self.name, STANDARD.encode(blob))
    }

    /// Whether this is `key`'s signature, under `name`, over `text`.
    pub fn verifies(&self, text: &str, name: &str, key: &PublicKey) -> bool {
        self.name == name
            && self.key_hash == key_hash(name, &key.id())
            && <&[u8; 64]>::try_from(&self.signature[..])
                .is_ok_and(|bytes| key.verify(text.as_bytes(), bytes))
    }
}

impl Note {
    /// Reads a note with 1 to 16 signature lines.
    pub fn parse(bytes: &str) -> Result<Self, NoteError> {
        if bytes.len() > NOTE_MAX {
            return Err(NoteError("longer than 4,096 bytes"));
        }
        let split = bytes.rfind("\n\n").ok_or(NoteError("no blank line before the signatures"))?;
        let (text, lines) = (&bytes[..split + 1], &bytes[split + 2..]);
        if bytes.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError("a control character stands in it"));
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError("the last signature line does not end"))?;
        let signatures: Option<Vec<_>> = lines.split('\n').take(17).map(NoteSignature::parse).collect();
        match signatures {
            Some(signatures) if signatures.len() <= 16 => Ok(Self { text: text.into(), signatures }),
            _ => Err(NoteError("a signature line is malformed, or there are more than 16")),
        }
    }

    /// Signs `text`, which must end in a newline and hold no blank line.
    pub fn sign(text: String, name: &str, key: &KeyId, signature: [u8; 64]) -> Self {
        let signature =
            NoteSignature { name: name.into(), key_hash: key_hash(name, key), signature: signature.to_vec() };
        Self { text, signatures: vec![signature] }
    }

    /// The whole note as it is written.
    pub fn encode(&self) -> String {
        let lines: String = self.signatures.iter().map(NoteSignature::line).collect();
        format!("{}\n{lines}", self.text)
    }
}

/// The head of a tree as notes state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeHead {
    /// Whose tree.
    pub origin: Origin,
    /// Number of events.
    pub size: u64,
    /// RFC 6962 root.
    pub root: TreeHash,
}

impl TreeHead {
    /// The three lines both notes begin with, each ended by a newline.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    fn parse<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Result<Self, NoteError> {
        let mut line = || lines.next().ok_or(NoteError("a line is missing"));
        let origin = line()?.parse().map_err(|_| NoteError("the first line is not an origin"))?;
        let size = decimal(line()?).ok_or(NoteError("the second line is not a tree size"))?;
        let root = STANDARD.decode(line()?).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let root = root.ok_or(NoteError("the third line is not a root in base64"))?;
        Ok(Self { origin, size, root: TreeHash(root) })
    }
}

/// A decimal without leading zeros, under 2^53.
fn decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|n| plain && *n <= INTEGER_MAX)
}

/// Name of the key that seals: `<origin>/<label>`, the label being the first 16 hex digits of the public key.
pub fn seal_key_name(origin: &Origin, key: &KeyId) -> String {
    format!("{origin}/{}", key.label())
}

/// A seal: the note that closes an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The tree after the act.
    pub head: TreeHead,
    /// `seq` of the act's first event.
    pub first: u64,
    /// Chain hash of the act's last event.
    pub last: ChainHash,
    /// The one signature.
    pub signature: NoteSignature,
    text: String,
}

impl Seal {
    /// The text a seal signs.
    pub fn text_of(head: &TreeHead, first: u64, last: &ChainHash) -> String {
        format!("{}act {first} {last}\n", head.text())
    }

    /// Reads a seal's note: four lines and exactly one signature.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let note = Note::parse(note)?;
        let body = note.text.strip_suffix('\n').ok_or(NoteError("the text does not end in a newline"))?;
        let mut lines = body.split('\n');
        let head = TreeHead::parse(&mut lines)?;
        let act = lines.next().and_then(|line| line.strip_prefix("act ")).and_then(|l| l.split_once(' '));
        let (first, last) = act.ok_or(NoteError("the fourth line is not `act <first> <chain hash>`"))?;
        let first = decimal(first).ok_or(NoteError("the act's first event is not a number"))?;
        let last = last.parse().map_err(|_| NoteError("the act's chain hash is malformed"))?;
        let Ok([signature]) = <[NoteSignature; 1]>::try_from(note.signatures) else {
            return Err(NoteError("a seal has exactly one signature"));
        };
        match lines.next() {
            Some(_) => Err(NoteError("a seal has exactly four lines")),
            None => Ok(Self { head, first, last, signature, text: note.text }),
        }
    }

    /// Whether the seal's signature is `key`'s under its name at this origin.
    pub fn verifies(&self, key: &PublicKey) -> bool {
        self.signature.verifies(&self.text, &seal_key_name(&self.head.origin, &key.id()), key)
    }
}

/// A checkpoint: the signed tree head that is shown outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The tree it states.
    pub head: TreeHead,
    /// The ledger key's signature and any cosignatures.
    pub signatures: Vec<NoteSignature>,
    text: String,
}

impl Checkpoint {
    /// Reads a checkpoint: exactly three lines (C2SP tlog-checkpoint without extension lines).
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let note = Note::parse(note)?;
        let body = note.text.strip_suffix('\n').ok_or(NoteError("the text does not end in a newline"))?;
        let mut lines = body.split('\n');
        let head = TreeHead::parse(&mut lines)?;
        match lines.next() {
            Some(_) => Err(NoteError("a checkpoint has exactly three lines")),
            None => Ok(Self { head, signatures: note.signatures, text: note.text }),
        }
    }

    /// The text that is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The note as it is written, every signature included.
    pub fn encode(&self) -> String {
        Note { text: self.text.clone(), signatures: self.signatures.clone() }.encode()
    }

    /// Whether the ledger key has signed it under the origin's name.
    pub fn verifies(&self, ledger_key: &PublicKey) -> bool {
        let name = self.head.origin.as_str();
        self.signatures.iter().any(|signature| signature.verifies(&self.text, name, ledger_key))
    }
}
