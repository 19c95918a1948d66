//! The streaming verifier: reads lines, trusts nothing but an origin and a genesis hash.
//!
//! Lines are pushed as bytes in whatever pieces they arrive. Each block of whole lines goes through two stages:
//! `prepare` (parallel, per line: canonical form, types, hashes, parts, signatures) and `fold` (in order: sequence,
//! chain, tree, acts, time, law). Preparing one block overlaps with folding the block before.

mod chain;
mod fold;
mod prepare;
mod times;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::canonical::LINE_MAX;
use super::digest::{ChainHash, PartDigest, TreeHash};
use super::event::PartName;
use super::finding::{Class, Finding, Report};
use super::ids::Origin;
use super::law::Law;
use super::note::Checkpoint;
pub use chain::Chain;
use fold::Fold;
use prepare::{Block, Prepared};
pub use prepare::{PreparedEvent, prepare_event};
pub use times::Times;

/// Parts that were erased by events which are not in the copy at hand: event, part, and the digest it is committed to by.
pub type Erased = BTreeMap<(u64, PartName), PartDigest>;

/// Bytes that are prepared at a time.
const BLOCK: usize = 1 << 20;

/// Which copy of a log is read, and so which parts must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Copy {
    /// A ledger or a full bundle: every part, unless a later event says that it was erased.
    Full,
    /// A public bundle: open parts in force, and no other.
    Public,
}

/// What an outsider brings: where the ledger comes from and how it began.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The origin.
    pub origin: Origin,
    /// Chain hash of event 0.
    pub genesis: ChainHash,
    /// Tree heads shown earlier or elsewhere; each must be a prefix of what is read, or equal to it.
    pub checkpoints: Vec<Checkpoint>,
}

/// Verifies a log from its lines. `L` is the law, replayed alongside.
pub struct Verifier<L: Law> {
    fold: Fold<L>,
    pending: Vec<Prepared>,
    buffer: Vec<u8>,
    file: Arc<str>,
    next_line: u64,
    overlong: bool,
}

impl<L: Law> Verifier<L> {
    /// A verifier for a whole log, from event 0.
    pub fn new(trust: Trust, copy: Copy, law: L) -> Self {
        let chain = Chain::at_origin(&trust.origin);
        Self::resume(trust, copy, law, chain)
    }

    /// A verifier that goes on where another stood; `law` must be the law's state at that place.
    pub fn resume(trust: Trust, copy: Copy, law: L, chain: Chain) -> Self {
        Self {
            fold: Fold::new(trust, copy, law, chain, true),
            pending: Vec::new(),
            buffer: Vec::new(),
            file: Arc::from(""),
            next_line: 1,
            overlong: false,
        }
    }

    /// A verifier for a part of a log whose beginning is not known: the law, and who may sign, stay unchecked.
    pub fn without_law(trust: Trust, copy: Copy, law: L, chain: Chain) -> Self {
        let mut verifier = Self::resume(trust, copy, law, chain);
        verifier.fold.leave_law_unchecked();
        verifier
    }

    /// The same, for what has left its ledger: a bundle's events, which have no local lines.
    #[must_use]
    pub fn exported(mut self) -> Self {
        self.fold.exported = true;
        self
    }

    /// The same, knowing of erasures from elsewhere: each excuses the absence of its part, where the digest is the part's.
    #[must_use]
    pub fn excusing(mut self, erased: Erased) -> Self {
        self.fold.elsewhere = erased;
        self
    }

    /// Names the file the following bytes come from; whatever line was unfinished ends here. A file named
    /// `…/<12 digits>.jsonl…` must begin with that event, which must begin an act.
    pub fn file(&mut self, name: &str) {
        self.flush(true);
        self.file = name.into();
        self.next_line = 1;
        if let Some(first) = first_of(name) {
            self.pending.push(Prepared::start(self.file.clone(), first));
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BLOCK {
            self.flush(false);
        }
    }

    /// Where the chain stands after everything pushed so far, and the law at that place: a state to go on from.
    pub fn state(&mut self) -> (&Chain, &L) {
        self.flush(false);
        self.settle();
        (self.fold.chain(), self.fold.law())
    }

    /// Ends the reading and gives the report and the final state.
    pub fn finish(mut self) -> (Report, Chain, L) {
        self.flush(true);
        self.settle();
        self.fold.finish()
    }

    /// Cuts whole lines off the buffer and sends them on; `end` sends an unfinished last line too.
    fn flush(&mut self, end: bool) {
        let whole = self.buffer.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let cut = if end { self.buffer.len() } else { whole };
        let rest = self.buffer.split_off(cut);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        if !bytes.is_empty() {
            self.send(bytes);
        }
        self.bound_line();
    }

    /// A line that outgrows the limit is reported once and dropped, so that memory stays bounded.
    fn bound_line(&mut self) {
        if self.buffer.len() > LINE_MAX + 1 {
            if !self.overlong {
                let finding = Finding::integrity("line.canonical", "at most 1 MiB", "more");
                self.fold.report_line(finding, self.file.clone(), self.next_line);
            }
            self.overlong = true;
            self.buffer.clear();
        }
    }

    fn send(&mut self, mut bytes: Vec<u8>) {
        if std::mem::take(&mut self.overlong) {
            let rest = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
            bytes.drain(..rest);
            self.next_line += 1;
        }
        let block = Block { file: &self.file, first_line: self.next_line, bytes: &bytes };
        self.next_line += bytes.iter().filter(|b| **b == b'\n').count() as u64;
        let before = std::mem::take(&mut self.pending);
        let fold = &mut self.fold;
        let (prepared, ()) = rayon::join(|| block.prepare(), || fold.block(before));
        self.pending = prepared;
    }

    fn settle(&mut self) {
        let last = std::mem::take(&mut self.pending);
        self.fold.block(last);
    }
}

/// The event that a file of events begins with, as its name says; `None` for other names.
pub fn first_of(name: &str) -> Option<u64> {
    let (digits, _) = name.rsplit('/').next()?.split_once(".jsonl")?;
    let first: u64 = digits.parse().ok()?;
    (format!("{first:012}") == digits).then_some(first)
}

/// Checks that a checkpoint is of this origin and signed by the ledger key; `None` when it is.
pub fn check_checkpoint(
    checkpoint: &Checkpoint,
    origin: &Origin,
    ledger_key: Option<&super::keys::PublicKey>,
) -> Option<Finding> {
    if checkpoint.head.origin != *origin {
        return Some(Finding::integrity("checkpoint.origin", origin, &checkpoint.head.origin));
    }
    match ledger_key {
        Some(key) if checkpoint.verifies(key) => None,
        Some(key) => Some(Finding::integrity("checkpoint.signature", key.id(), "no signature by this key")),
        None => {
            Some(Finding::new("checkpoint.key_unknown", Class::Uncheckable, "the ledger key", "none known"))
        }
    }
}

/// Compares a tree head that was shown with the root the log gives at that size.
pub(super) fn compare_root(shown: TreeHash, ours: TreeHash) -> Option<Finding> {
    (shown != ours).then(|| Finding::integrity("checkpoint.fork", shown, ours))
}

#[cfg(test)]
#[path = "../verify_tests.rs"]
mod tests;
