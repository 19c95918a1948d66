//! Erasure: an event that says what is erased and why, then the part leaves its segment.

use super::{Entropy, Ledger, Receipt, Wish, is_damage};
use crate::fault::{Fault, Outcome};
use crate::log::Erasure;
use crate::record::{Moment, PartName, Signer};

impl Ledger {
    /// Records the erasure of `part` of event `of` and removes the part from the log. `wish` says who asked and on
    /// what ground; its facts `of`, `part` and `digest` are filled in here.
    ///
    /// Errors: `erase.no_part` when the event commits to no such part; what the rule book objects to; the machine.
    /// When the machine fails after the event is durable, the next opening completes the removal.
    pub fn erase(
        &mut self,
        signer: &dyn Signer,
        at: Moment,
        (of, part): (u64, PartName),
        wish: Wish,
        entropy: &mut dyn Entropy,
    ) -> Outcome<Receipt> {
        let event = self.event(of)?;
        let missing = || Fault::refused("erase.no_part").with("seq", of).with("found", part.as_str());
        let digest = event.parts.get(&part).ok_or_else(missing)?;
        let mut wish = wish.fact("of", of).fact("part", part.as_str()).fact("digest", digest.to_string());
        wish.subject = event.subject;
        let receipt = self.commit(signer, at, vec![wish], entropy)?;
        self.remove(&[(of, part)])?;
        Ok(receipt)
    }

    /// The event at `seq`.
    pub fn event(&self, seq: u64) -> Outcome<crate::record::Event> {
        if seq >= self.head.size() {
            return Err(Fault::usage("event.unknown").with("seq", seq));
        }
        super::session::Reader { log: &self.reader, index: &self.views }.event(seq)
    }

    fn remove(&mut self, parts: &[(u64, PartName)]) -> Outcome<()> {
        let log = self.log.as_ref().ok_or_else(|| Fault::usage("ledger.read_only"))?;
        let erasures: Vec<Erasure> =
            parts.iter().map(|(seq, part)| Erasure { seq: *seq, part: *part }).collect();
        log.erase(&erasures)?;
        match self.views.forget(&self.reader, parts) {
            // The body has left log and views; that another place is damaged does not undo it.
            Err(fault) if is_damage(&fault) => {
                self.notice_behind(&fault);
                self.notices.push(fault);
            }
            outcome => outcome?,
        }
        Ok(())
    }

    /// Completes erasures that a crash interrupted between the event and the removal.
    pub(super) fn finish_erasures(&mut self) -> Outcome<()> {
        if self.log.is_none() {
            return Ok(());
        }
        let erased = self.views.erasures()?;
        if erased.is_empty() { Ok(()) } else { self.remove(&erased) }
    }
}
