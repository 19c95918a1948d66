//! Receipts held against the log that records them: whether it is the log the witness saw, and when.

use super::{Fold, Spot};
use crate::record::cosign::Cosigned;
use crate::record::finding::Finding;
use crate::record::ids::Moment;
use crate::record::law::Law;
use crate::record::tree::{check_consistency, empty_root};

/// A time in words.
pub(super) fn told(unix: i64) -> String {
    Moment::from_unix(unix).map_or_else(|| unix.to_string(), |moment| moment.to_string())
}

impl<L: Law> Fold<L> {
    /// Finds a receipt wrong; its act is not intact then.
    fn doubt(&mut self, finding: Finding, place: &Spot) {
        self.spoil_act();
        self.add(finding, place);
    }

    /// The tree and the times that a lawful receipt claims. What it says of later events holds from here on.
    pub(super) fn take_receipt(&mut self, receipt: &Cosigned, place: &Spot) {
        let before = self.act.as_ref().map(|act| &act.before);
        let (size, root) = before.map_or_else(|| (0, empty_root()), |tree| (tree.size(), tree.root()));
        if !check_consistency((receipt.size, receipt.root), (size, root), &receipt.proof) {
            let claimed = format!("{} {}", receipt.size, receipt.root);
            return self.doubt(Finding::integrity("receipt.root", claimed, format!("{size} {root}")), place);
        }
        if let Some((code, at)) = self.chain.times.against(receipt.size, receipt.time) {
            self.doubt(Finding::integrity(code, told(receipt.time), told(at)), place);
        }
        self.chain.times.raise_floor(receipt.time);
    }
}
