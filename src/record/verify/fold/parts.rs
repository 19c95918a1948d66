//! Which parts a copy must have, must not have, and what erasures account for.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Fold, Spot};
use crate::record::digest::PartDigest;
use crate::record::event::{Event, PartName};
use crate::record::finding::{Class, Finding};
use crate::record::law::Law;
use crate::record::verify::Copy;

impl<L: Law> Fold<L> {
    /// Which parts this copy must have, and must not have.
    pub(super) fn check_parts(&mut self, event: &Event, held: &[PartName], found: &mut Vec<Finding>) {
        match self.copy {
            Copy::Full => {
                for (name, digest) in &event.parts {
                    if held.contains(name) {
                        continue;
                    }
                    if self.elsewhere.get(&(event.seq, *name)) == Some(digest) {
                        self.report.erased += 1;
                    } else {
                        self.chain.absent.insert((event.seq, *name), *digest);
                    }
                }
            }
            Copy::Public => {
                let leaks = held.iter().filter(|name| **name != PartName::Open);
                found.extend(
                    leaks.map(|name| Finding::integrity("part.leak", "open parts only", name.as_str())),
                );
                self.note_open(event, held.contains(&PartName::Open));
            }
        }
        self.erasures.note(held);
    }

    /// A public copy has every open part that always stands; those in force are known at the end only.
    fn note_open(&mut self, event: &Event, held: bool) {
        let committed = event.parts.get(&PartName::Open);
        match (self.law.standing_open(event), held, committed) {
            (true, false, Some(digest)) => {
                self.chain.absent.insert((event.seq, PartName::Open), *digest);
            }
            (false, true, _) => {
                self.opens.insert(event.seq, event.subject.clone());
            }
            _ => {}
        }
    }

    /// Parts that are here hold what the rule book demands.
    pub(super) fn check_members(
        &self,
        event: &Event,
        present: &[(PartName, Map<String, Value>)],
        found: &mut Vec<Finding>,
    ) {
        for (name, data) in present {
            if let Some(missing) = self.law.missing_member(event, *name, data) {
                found.push(Finding::integrity("part.member_missing", missing, name.as_str()));
            }
        }
    }

    /// A `part.erased` that stands accounts for a missing part, by the digest that the part's own event commits to.
    /// A part that is still here was not erased from this copy; in a ledger, whose next opening for writing completes
    /// an erasure, that is worth a notice only.
    pub(super) fn take_erasure(&mut self, event: &Event, place: &Spot) {
        let Some((of, name)) = named_by(event) else { return };
        let missing = self.chain.absent.remove(&(of, name));
        self.report.erased += u64::from(missing.is_some());
        let first = !self.erasures.contains(of, name);
        let digest = self.erasures.digests.entry((of, name)).or_default();
        if missing.is_some() {
            *digest = missing;
        }
        if let Some(digest) = *digest {
            let named = event.fact("digest").unwrap_or_default();
            if named != digest.to_string() {
                self.spoil_act();
                self.add(Finding::integrity("erasure.digest", digest, named), place);
            }
        }
        if first && self.erasures.held(of.wrapping_sub(self.from), name) {
            let finding = if self.exported {
                Finding::integrity("part.not_erased", "no such part", name.as_str())
            } else {
                Finding::new("part.erasure_pending", Class::Notice, "no such part", name.as_str())
            };
            self.report.add(finding.at_seq(of));
        }
    }
}

/// The event and the part that a `part.erased` names.
fn named_by(event: &Event) -> Option<(u64, PartName)> {
    let name = PartName::parse(event.fact("part")?)?;
    let of = event.fact_number("of").filter(|of| *of < event.seq)?;
    Some((of, name))
}

/// What erasures were read, and which parts are here for them to be held against.
#[derive(Default)]
pub(super) struct Erasures {
    /// Parts that were named, with the digest of those that were missing.
    digests: HashMap<(u64, PartName), Option<PartDigest>>,
    /// One byte an event, a bit for each part that is here.
    held: Vec<u8>,
}

impl Erasures {
    /// Whether an erasure that stands names this part.
    pub(super) fn contains(&self, seq: u64, name: PartName) -> bool {
        self.digests.contains_key(&(seq, name))
    }

    fn note(&mut self, names: &[PartName]) {
        self.held.push(names.iter().fold(0, |bits, name| bits | 1 << *name as u8));
    }

    fn held(&self, nth: u64, name: PartName) -> bool {
        let bits = usize::try_from(nth).ok().and_then(|nth| self.held.get(nth));
        bits.is_some_and(|bits| bits & 1 << name as u8 != 0)
    }
}
