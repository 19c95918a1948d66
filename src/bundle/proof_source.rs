//! Making proofs from an open ledger.

use super::events::seal_note;
use super::proof::Source;
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::log::LineKind;
use crate::record::tree::Nodes;
use crate::record::{Subject, TreeHash};

/// A ledger as the source of proofs.
pub struct LogSource<'a>(&'a Ledger);

impl<'a> LogSource<'a> {
    /// Proofs from `ledger`.
    pub fn new(ledger: &'a Ledger) -> Self {
        Self(ledger)
    }
}

impl Nodes for LogSource<'_> {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        self.0.views().node(height, index)
    }
}

impl Source for LogSource<'_> {
    fn line(&self, seq: u64) -> Outcome<Vec<u8>> {
        let spot = self.0.views().spot(seq)?;
        Ok(self.0.log().event(seq, spot)?.bytes)
    }

    fn seal(&self, act: u64) -> Outcome<String> {
        for line in self.0.log().lines(act)?.strict() {
            let line = line?;
            if line.kind == LineKind::Seal {
                return seal_note(&line.bytes, line.seq);
            }
        }
        Err(Fault::usage("event.unknown").with("seq", act))
    }

    fn events_of(&self, subject: &Subject) -> Outcome<Vec<u64>> {
        self.0.views().seqs_of(subject)
    }
}
