//! Which parts a copy must have, must not have, and what erasures account for.

use serde_json::{Map, Value};

use super::Fold;
use crate::record::event::{Event, PartName};
use crate::record::finding::Finding;
use crate::record::law::Law;
use crate::record::verify::Copy;

impl<L: Law> Fold<L> {
    /// Which parts this copy must have, and must not have.
    pub(super) fn check_parts(&mut self, event: &Event, held: &[PartName], found: &mut Vec<Finding>) {
        match self.copy {
            Copy::Full => {
                for (name, digest) in &event.parts {
                    if !held.contains(name) {
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
        if event.kind.as_str() == "part.erased" {
            self.check_erasure(event, found);
        }
    }

    /// A public copy has every open part that always stands; those in force are known at the end only.
    fn note_open(&mut self, event: &Event, held: bool) {
        let committed = event.parts.get(&PartName::Open);
        match (self.law.standing_open(&event.kind), held, committed) {
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
            if let Some(missing) = self.law.missing_member(&event.kind, *name, data) {
                found.push(Finding::integrity("part.member_missing", missing, name.as_str()));
            }
        }
    }

    /// `part.erased` accounts for a missing part, by the digest that the part's own event commits to.
    fn check_erasure(&mut self, event: &Event, found: &mut Vec<Finding>) {
        let name = match event.fact("part") {
            Some("closed") => PartName::Closed,
            Some("open") => PartName::Open,
            _ => PartName::Personal,
        };
        let of = event.fact_number("of").unwrap_or(u64::MAX);
        let missing = self.chain.absent.remove(&(of, name));
        self.report.erased += u64::from(missing.is_some());
        if let Some(digest) = missing {
            self.erased.insert((of, name), Some(digest));
        }
        // What is named a second time is held against the same digest.
        let Some(digest) = *self.erased.entry((of, name)).or_default() else { return };
        let named = event.fact("digest").unwrap_or_default();
        if named != digest.to_string() {
            found.push(Finding::integrity("erasure.digest", digest, named));
        }
    }
}
