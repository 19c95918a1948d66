//! Acts: where they begin and end, who may sign them, and the seals that close them.

use super::super::prepare::Signed;
use super::{Fold, Spot, text};
use crate::record::digest::ChainHash;
use crate::record::event::{ACT_MAX, Event};
use crate::record::finding::Finding;
use crate::record::ids::Moment;
use crate::record::keys::{KeyId, PublicKey};
use crate::record::law::{Authority, Law};
use crate::record::note::Seal;
use crate::record::tree::Frontier;

/// The act being read.
pub(super) struct Act {
    pub first: u64,
    at: Moment,
    pub by: KeyId,
    keys: Option<u64>,
    events: u64,
    pub sound: bool,
    /// Whether its signer may sign it; if not, the law is not asked about its events.
    pub authorised: bool,
    /// Whether the log begins with it: who may sign is known from its second event on.
    founds: bool,
    /// The tree before it.
    pub before: Frontier,
    pub end: u64,
}

impl<L: Law> Fold<L> {
    /// Act boundaries, and who may sign.
    pub(super) fn check_act(&mut self, event: &Event, found: &mut Vec<Finding>) {
        if self.act.as_ref().is_some_and(|act| event.act == act.first) {
            self.continue_act(event, found);
        } else {
            if let Some(act) = &self.act {
                let expected = format!("a seal for act {}", act.first);
                found.push(Finding::integrity("act.unsealed", expected, "none"));
            }
            self.open_act(event, found);
        }
        let keys = self.act.as_ref().and_then(|act| act.keys);
        if event.keys != keys && self.keys_known() {
            found.push(Finding::integrity("keys.wrong", text(keys), text(event.keys)));
        }
    }

    fn continue_act(&mut self, event: &Event, found: &mut Vec<Finding>) {
        let Some(act) = &mut self.act else { return };
        act.events += 1;
        if event.by != act.by {
            found.push(Finding::integrity("act.signer", act.by, event.by));
        }
        if event.at != act.at {
            found.push(Finding::integrity("act.time", act.at, event.at));
        }
        // Once: every further event of the act would say the same.
        if act.events == ACT_MAX + 1 {
            found.push(Finding::integrity("act.size", ACT_MAX, act.events));
        }
        if act.founds && act.events == 2 {
            let (by, first) = (act.by, act.first);
            self.authorise(by, first, found);
        }
    }

    fn keys_known(&self) -> bool {
        self.law_known || self.chain.head.keys.is_some()
    }

    fn open_act(&mut self, event: &Event, found: &mut Vec<Finding>) {
        if event.act != event.seq {
            found.push(Finding::integrity("act.boundary", event.seq, event.act));
        }
        let founds = self.chain.head.frontier.size() == 0;
        self.act = Some(Act {
            first: event.act,
            at: event.at,
            by: event.by,
            keys: self.chain.head.keys,
            events: 1,
            sound: true,
            authorised: true,
            founds,
            before: self.chain.head.frontier.clone(),
            end: event.seq,
        });
        if !founds {
            self.authorise(event.by, event.seq, found);
        }
    }

    /// Asks the law whether `by` may sign the act that begins at `first`.
    fn authorise(&mut self, by: KeyId, first: u64, found: &mut Vec<Finding>) {
        if !self.law_known {
            return;
        }
        let (code, expected) = match self.law.authority(&by, first) {
            Authority::Enrolled => return,
            Authority::Unknown => ("signer.unknown", "an enrolled key"),
            Authority::Revoked => ("signer.revoked", "a key in force"),
            Authority::NotForActs => ("signer.not_for_acts", "an acting key"),
        };
        found.push(Finding::integrity(code, expected, by));
        if let Some(act) = &mut self.act {
            act.authorised = false;
        }
    }

    pub(super) fn spoil_act(&mut self) {
        if let Some(act) = &mut self.act {
            act.sound = false;
        }
    }

    pub(super) fn seal(&mut self, seal: &Seal, signed: Option<Signed>, mut place: Spot) {
        let Some(act) = self.act.take() else {
            return self.add(Finding::integrity("seal.stray", "an event", "a seal"), &place);
        };
        self.report.acts += 1;
        place.seq = Some(act.end);
        let mut sound = act.sound;
        for finding in self.check_seal(seal, &act) {
            sound = false;
            self.add(finding, &place);
        }
        if !self.signature_holds(seal, signed, act.by) {
            self.add(Finding::integrity("seal.signature", act.by, &seal.signature.name), &place);
        } else if sound {
            self.report.verdicts.intact += act.events;
        }
    }

    /// Takes over what is known when it is of the act's own signer.
    fn signature_holds(&mut self, seal: &Seal, signed: Option<Signed>, by: KeyId) -> bool {
        match signed {
            Some(signed) if signed.by == by => signed.holds,
            _ => self.decoded(&by).is_some_and(|key| seal.verifies(&key)),
        }
    }

    fn check_seal(&mut self, seal: &Seal, act: &Act) -> Vec<Finding> {
        let mut found = Vec::new();
        if seal.head.origin != self.trust.origin {
            found.push(Finding::integrity("seal.origin", &self.trust.origin, &seal.head.origin));
        }
        if seal.head.size != self.chain.head.frontier.size() {
            found.push(Finding::integrity("seal.size", self.chain.head.frontier.size(), seal.head.size));
        }
        if (seal.first, seal.last) != (act.first, self.chain.head.chain) {
            let wrote = |first: u64, last: ChainHash| format!("act {first} {last}");
            let expected = wrote(act.first, self.chain.head.chain);
            found.push(Finding::integrity("seal.act", expected, wrote(seal.first, seal.last)));
        }
        let root = self.chain.head.frontier.root();
        if seal.head.root != root && !self.tree_broken {
            self.tree_broken = true;
            found.push(Finding::integrity("seal.root", root, seal.head.root));
        }
        found
    }

    pub(super) fn decoded(&mut self, key: &KeyId) -> Option<PublicKey> {
        self.keys.entry(*key).or_insert_with(|| PublicKey::decode(*key).ok()).clone()
    }
}
