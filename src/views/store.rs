//! What the projections need of a store: ordered bytes, changed in atomic batches.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::fault::{Fault, Outcome};

/// What a scan calls for each entry, in key order; `Break` ends the scan.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> Outcome<ControlFlow<()>> + 'a;

/// Changes that become visible together or not at all: key → new value, or `None` to remove it.
pub type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// An ordered map from bytes to bytes. Whatever it holds can be rebuilt from the log.
pub trait Store: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>>;

    /// Visits the entries with `from` ≤ key < `to`, in key order.
    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Outcome<()>;

    /// The entry with the greatest key in `from` ≤ key < `to`.
    fn last(&self, from: &[u8], to: &[u8]) -> Outcome<Option<(Vec<u8>, Vec<u8>)>>;

    /// Applies a batch atomically.
    fn commit(&self, batch: Batch) -> Outcome<()>;

    /// Hands everything committed so far to the disk. Nothing depends on it being done.
    fn flush(&self) -> Outcome<()>;

    /// Whether bytes may have changed since they were written, as they may on a disk.
    fn may_rot(&self) -> bool;
}

/// The fault of a store that cannot be trusted any more; the answer is to build it anew.
pub fn damaged(found: impl std::fmt::Display) -> Fault {
    Fault::machine(DAMAGED).with("found", found)
}

/// Code of [`damaged`].
pub const DAMAGED: &str = "views.damaged";
