//! The few subtrees that a consistency proof is made of, kept while the leaves go by.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::events::unreadable;
use crate::fault::{Fault, Outcome};
use crate::record::TreeHash;
use crate::record::tree::{self, Nodes};

/// Complete subtrees by height and index: those that a proof is made of, hashed once they have gone by. Few, however
/// long the log is.
pub struct Subtrees(BTreeMap<(u32, u64), Option<TreeHash>>);

/// Notes what a proof asks for.
#[derive(Default)]
struct Asked(RefCell<BTreeMap<(u32, u64), Option<TreeHash>>>);

impl Nodes for Asked {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        self.0.borrow_mut().insert((height, index), None);
        Ok(TreeHash([0; 32]))
    }
}

impl Subtrees {
    /// What the proof between trees of `old` and `size` leaves, and the root at `old`, are made of; nothing when there
    /// is no such proof.
    pub fn wanted(old: u64, size: u64) -> Self {
        let asked = Asked::default();
        if (1..=size).contains(&old) {
            // Asked never fails.
            let _ = tree::root_at(&asked, old).and_then(|_| tree::prove_consistency(&asked, old, size));
        }
        Self(asked.0.into_inner())
    }

    /// Whether none is wanted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps a subtree that has just gone by, if it is wanted.
    pub fn keep(&mut self, height: u32, index: u64, hash: TreeHash) {
        if let Some(wanted) = self.0.get_mut(&(height, index)) {
            *wanted = Some(hash);
        }
    }
}

impl Nodes for Subtrees {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        let kept = self.0.get(&(height, index)).copied().flatten();
        kept.ok_or_else(|| unreadable(index, &"no such subtree"))
    }
}
