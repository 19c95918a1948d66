//! Arrivals that may hold a part which was erased since are let go of.

use std::collections::BTreeSet;

use super::ask::{Refusal, Register};
use super::card::{Card, State};
use super::decide::{Desk, Sitting};
use super::office::path_of;
use super::{Intake, QUARANTINE, STATES};
use crate::archive::durable;
use crate::fault::Outcome;
use crate::log::disk::EntryKind;
use crate::record::Moment;

/// Why an arrival that was made before an erasure is refused.
const RULE: &str = "archive.erased_since";

impl Intake<'_> {
    /// Removes the state that an office's newest batch left. It is made again from the store.
    pub fn forget(&self, origin: &str) -> Outcome<()> {
        let path = path_of(origin);
        if durable::kind(self.disk(), &path)?.is_some() {
            durable::remove_file(self.disk(), &path)?;
        }
        durable::sync(self.disk(), STATES)
    }

    /// Refuses the undecided arrivals of an office that hold events which lost a part, and were made before they did; and removes the
    /// content of those that were refused. `spans` are (event, event that erases). Gives their tickets, and those of refused
    /// arrivals that say nothing of themselves.
    pub fn purge(
        &self,
        origin: &str,
        spans: &[(u64, u64)],
        needles: &BTreeSet<Vec<u8>>,
        register: &mut dyn Register,
        now: Moment,
    ) -> Outcome<(Vec<String>, Vec<String>)> {
        let sitting = Sitting { desk: Desk::new(register), now, approved: None };
        for card in self.cards()? {
            let looked = card.claim.is_none() && card.refusal.is_none() && card.state == State::Received;
            let card = if looked { self.look(card)? } else { card };
            if concerned(&card, origin, spans) {
                let refusal = Refusal { rule: RULE.into(), findings: 1 };
                self.refuse(card, refusal, false, &[], &sitting)?;
            }
        }
        let (mut purged, mut unread) = (Vec::new(), Vec::new());
        for name in durable::folders(self.disk(), QUARANTINE)? {
            let folder = format!("{QUARANTINE}/{name}");
            let object = format!("{folder}/object");
            let Some(card) = self.card_in(&folder)? else { continue };
            if card.claim.is_none() && durable::is_dir(self.disk(), &object)? {
                unread.push(card.ticket.clone());
            }
            if concerned(&card, origin, spans) && durable::is_dir(self.disk(), &object)? {
                durable::remove(self.disk(), &object)?;
                self.purge_reports(&folder, needles)?;
                purged.push(card.ticket);
            }
        }
        Ok((purged, unread))
    }

    fn purge_reports(&self, folder: &str, needles: &BTreeSet<Vec<u8>>) -> Outcome<()> {
        for (name, kind) in durable::entries(self.disk(), folder)? {
            let path = format!("{folder}/{name}");
            let bytes = if kind == EntryKind::File { durable::read(self.disk(), &path)? } else { None };
            if bytes.is_some_and(|bytes| crate::archive::erase::tells(&bytes, needles)) {
                durable::remove_file(self.disk(), &path)?;
            }
        }
        durable::sync(self.disk(), folder)
    }
}

fn concerned(card: &Card, origin: &str, spans: &[(u64, u64)]) -> bool {
    let made_between = |size: u64| spans.iter().any(|(of, erased)| *of < size && size <= *erased);
    card.claim.as_ref().is_some_and(|claim| claim.origin == origin && made_between(claim.size))
}
