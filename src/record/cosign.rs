//! Cosignatures: what a witness adds to a checkpoint that it has seen to be consistent with all it saw before (C2SP
//! tlog-cosignature, `cosignature/v1`). See `docs/format.md`, section Receipts.
//!
//! ```text
//! — archive.example/witness base64(4-byte key hash ‖ 8-byte time ‖ 64-byte signature)
//! ```

use sha2::{Digest as _, Sha256};

use super::digest::TreeHash;
use super::keys::{KeyId, PublicKey, SignError, Signer};
use super::note::{Checkpoint, NoteSignature};

/// Seconds by which two honest clocks may differ.
pub const GRACE_SECONDS: i64 = 300;
/// Algorithm byte of a cosignature in a key hash.
const ALGORITHM: u8 = 0x04;

/// What a receipt claims: that the tree of `size` events had `root` at `time`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// Number of events the witness saw.
    pub size: u64,
    /// Their root.
    pub root: TreeHash,
    /// When, in Unix seconds.
    pub time: i64,
    /// RFC 6962 consistency proof from that tree to the one before the receipt's act.
    pub proof: Vec<TreeHash>,
}

fn key_hash(name: &str, key: &KeyId) -> [u8; 4] {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([0x0a, ALGORITHM])
        .chain_update(key.as_bytes())
        .finalize();
    let [a, b, c, d, ..] = <[u8; 32]>::from(digest);
    [a, b, c, d]
}

fn message(time: u64, checkpoint: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{checkpoint}")
}

impl NoteSignature {
    /// When `key` cosigned `checkpoint` under `name`, in Unix seconds; `None` when this line is no such cosignature.
    fn cosigned_at(&self, checkpoint: &str, name: &str, key: &PublicKey) -> Option<i64> {
        let (time, signature) = self.signature.split_first_chunk::<8>()?;
        let signature = <&[u8; 64]>::try_from(signature).ok()?;
        let time = u64::from_be_bytes(*time);
        let named = self.name == name && self.key_hash == key_hash(name, &key.id());
        let holds = named && key.verify(message(time, checkpoint).as_bytes(), signature);
        i64::try_from(time).ok().filter(|_| holds)
    }
}

impl Checkpoint {
    /// When the witness `key` cosigned it under `name`, in Unix seconds; the earliest where there are several.
    pub fn cosigned_by(&self, name: &str, key: &PublicKey) -> Option<i64> {
        self.signatures.iter().filter_map(|line| line.cosigned_at(self.text(), name, key)).min()
    }

    /// The same checkpoint with a cosignature by `witness`, named `name`, made at `time` (Unix seconds, not negative).
    pub fn cosign(mut self, name: &str, witness: &dyn Signer, time: i64) -> Result<Self, SignError> {
        let time = u64::try_from(time).unwrap_or_default();
        let signature = witness.sign(message(time, self.text()).as_bytes())?;
        let signature = [&time.to_be_bytes()[..], &signature[..]].concat();
        let key_hash = key_hash(name, &witness.key());
        self.signatures.push(NoteSignature { name: name.into(), key_hash, signature });
        Ok(self)
    }
}
