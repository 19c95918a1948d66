//! What the writer asks of a receipt before it seals: the same as every verifier asks afterwards, with the tree taken from
//! the index and the times from events.

use super::Ledger;
use super::session::{Reader, ledger_subject};
use crate::fault::{Fault, Outcome};
use crate::record::cosign::{Cosigned, GRACE_SECONDS};
use crate::record::tree::{check_consistency, prove_consistency, root_at};
use crate::record::{Event, Law as _, Moment, TreeHash};
use crate::rules::Replay;

/// Two trees of one ledger, and the proof that the second grew from the first.
#[derive(Debug)]
pub struct Grown {
    /// Root of the earlier.
    pub from: TreeHash,
    /// Root of the later.
    pub to: TreeHash,
    /// RFC 6962 consistency proof.
    pub path: Vec<TreeHash>,
}

/// The one kind of event that may be earlier than what stands before it.
const CLOCK_CORRECTED: &str = "ledger.clock_corrected";

impl Ledger {
    /// Proof that the tree of `size` events begins the ledger's present tree: the fact `proof` of a receipt recorded next.
    ///
    /// Errors: `receipt.root` when there are fewer events.
    pub fn consistency_from(&self, size: u64) -> Outcome<Vec<TreeHash>> {
        let own = self.head.size();
        if size == 0 || size > own {
            return Err(refused("receipt.root", size, own));
        }
        prove_consistency(&self.views, size, own)
    }

    /// Proof that the tree of `from` events begins that of `to` events, with both roots.
    ///
    /// Errors: `receipt.root` unless 1 ≤ `from` ≤ `to` ≤ the ledger's events.
    pub fn consistency(&self, from: u64, to: u64) -> Outcome<Grown> {
        if from == 0 || from > to {
            return Err(refused("receipt.root", from, to));
        }
        if to > self.head.size() {
            return Err(refused("receipt.root", to, self.head.size()));
        }
        let path = prove_consistency(&self.views, from, to)?;
        Ok(Grown { from: root_at(&self.views, from)?, to: root_at(&self.views, to)?, path })
    }

    /// Refuses an event that a verifier would find against receipts.
    ///
    /// Errors: `receipt.root`, `receipt.backdated`, `receipt.postdated`.
    pub(super) fn check_receipts(&self, law: &Replay, event: &Event) -> Outcome<()> {
        if event.kind.as_str() == CLOCK_CORRECTED {
            return self.check_clock(event);
        }
        law.cosigned(event).map_or(Ok(()), |receipt| self.check_receipt(&receipt, event))
    }

    fn check_receipt(&self, receipt: &Cosigned, event: &Event) -> Outcome<()> {
        let size = self.head.size();
        if event.act != size {
            // More events are written at once than one act holds: the tree before this act is not there yet.
            return Err(refused("receipt.root", event.act, size));
        }
        let root = root_at(&self.views, size)?;
        if !check_consistency((receipt.size, receipt.root), (size, root), &receipt.proof) {
            return Err(refused("receipt.root", receipt.size, size));
        }
        let before = receipt.size.checked_sub(1).map(|seq| self.entered(seq)).transpose()?;
        if let Some(at) = before.filter(|at| *at > receipt.time.saturating_add(GRACE_SECONDS)) {
            return Err(refused("receipt.postdated", told(receipt.time), told(at)));
        }
        not_earlier(receipt, self.earliest_from(receipt.size, event)?)
    }

    /// The earliest time of the events from `size` on, `event` being the newest: times go back only where the clock was
    /// corrected.
    fn earliest_from(&self, size: u64, event: &Event) -> Outcome<i64> {
        let mut earliest = event.at.unix();
        if size < self.head.size() {
            earliest = earliest.min(self.entered(size)?);
        }
        for seq in self.views.seqs_of(&ledger_subject()?)?.into_iter().filter(|seq| *seq > size) {
            let event = self.read(seq)?;
            if event.kind.as_str() == CLOCK_CORRECTED {
                earliest = earliest.min(event.at.unix());
            }
        }
        Ok(earliest)
    }

    /// A clock set back must not go behind what a witness saw.
    fn check_clock(&self, event: &Event) -> Outcome<()> {
        let mut law = self.fresh_law();
        for seq in 0..self.head.size() {
            let earlier = self.read(seq)?;
            law.push(&earlier);
            if let Some(receipt) = law.cosigned(&earlier) {
                not_earlier(&receipt, event.at.unix())?;
            }
        }
        Ok(())
    }

    fn read(&self, seq: u64) -> Outcome<Event> {
        Reader { log: &self.reader, index: &self.views }.event(seq)
    }

    /// When the event `seq` was entered, in Unix seconds.
    fn entered(&self, seq: u64) -> Outcome<i64> {
        Ok(self.read(seq)?.at.unix())
    }
}

fn not_earlier(receipt: &Cosigned, at: i64) -> Outcome<()> {
    let early = at < receipt.time.saturating_sub(GRACE_SECONDS);
    if early { Err(refused("receipt.backdated", told(receipt.time), told(at))) } else { Ok(()) }
}

/// A time in words.
fn told(unix: i64) -> String {
    Moment::from_unix(unix).map_or_else(|| unix.to_string(), |moment| moment.to_string())
}

fn refused(code: &'static str, expected: impl ToString, found: impl ToString) -> Fault {
    Fault::refused(code).with("expected", expected.to_string()).with("found", found.to_string())
}
