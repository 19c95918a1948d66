//! The ordered half of a verification: sequence, chain, tree, acts, authority, time, law.

mod ending;
mod parts;

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::prepare::{Body, Prepared, PreparedEvent};
use super::{Copy, Trust, compare_root};
use crate::record::act::Head;
use crate::record::digest::{ChainHash, PartDigest, TreeHash};
use crate::record::event::{ACT_MAX, Event, PartName};
use crate::record::finding::{Class, Finding, Place, Report, Verdicts};
use crate::record::ids::{Moment, Origin, Subject};
use crate::record::keys::{KeyId, PublicKey};
use crate::record::law::{Authority, Law};
use crate::record::note::Seal;

/// Where a chain stands: enough to go on verifying, given the law's state beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Tree, chain hash, time, newest `keys` link.
    pub head: Head,
    /// `seq` of each subject's newest event.
    pub last: HashMap<Subject, u64>,
    /// Parts that were missing and are not yet known to be erased.
    #[serde(with = "pairs")]
    pub absent: HashMap<(u64, PartName), PartDigest>,
}

/// JSON has no tuple keys: a map as a list of pairs.
mod pairs {
    use super::{HashMap, PartDigest, PartName};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Absent = HashMap<(u64, PartName), PartDigest>;

    pub fn serialize<S: Serializer>(map: &Absent, to: S) -> Result<S::Ok, S::Error> {
        let mut list: Vec<_> = map.iter().collect();
        list.sort();
        list.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Absent, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().collect())
    }
}

impl Chain {
    /// Before event 0.
    pub fn at_origin(origin: &Origin) -> Self {
        Self::at(Head::at_origin(origin))
    }

    /// At an act boundary inside a log: what a partial bundle states about its beginning.
    pub fn at(head: Head) -> Self {
        Self { head, last: HashMap::new(), absent: HashMap::new() }
    }
}

/// A place, cheap to carry along until there is something to report.
#[derive(Clone)]
struct Spot {
    file: Arc<str>,
    line: u64,
    seq: Option<u64>,
}

impl Spot {
    fn with_seq(&self, seq: Option<u64>) -> Place {
        let file = Some(self.file.to_string()).filter(|file| !file.is_empty());
        Place { file, line: Some(self.line), seq: seq.or(self.seq) }
    }
}

/// The act being read.
struct Act {
    first: u64,
    at: Moment,
    by: KeyId,
    keys: Option<u64>,
    events: u64,
    sound: bool,
    /// Whether its signer may sign it; if not, the law is not asked about its events.
    authorised: bool,
    end: u64,
}

/// A seal whose text fits its act and whose signature is still to be checked.
struct Signed {
    seal: Box<Seal>,
    key: Option<PublicKey>,
    by: KeyId,
    place: Spot,
    /// Events of the act that are intact but for the signature.
    events: u64,
}

pub(super) struct Fold<L: Law> {
    trust: Trust,
    copy: Copy,
    law: L,
    /// Whether the log is read from a place whose law is known.
    law_known: bool,
    from: u64,
    chain: Chain,
    act: Option<Act>,
    keys: HashMap<KeyId, Option<PublicKey>>,
    /// Set by the first root that differs; later roots could only differ too.
    tree_broken: bool,
    after_synced: bool,
    /// Whether what is read left its ledger: it has no local lines then.
    pub exported: bool,
    /// Parts that events have named as erased, with the digest of those that were missing.
    erased: HashMap<(u64, PartName), Option<PartDigest>>,
    opens: HashMap<u64, Subject>,
    signed: Vec<Signed>,
    report: Report,
}

impl<L: Law> Fold<L> {
    pub fn new(trust: Trust, copy: Copy, law: L, chain: Chain, law_known: bool) -> Self {
        let from = chain.head.frontier.size();
        let report = Report {
            origin: trust.origin.clone(),
            genesis: trust.genesis,
            from,
            size: from,
            head: chain.head.chain,
            root: chain.head.frontier.root(),
            acts: 0,
            parts: 0,
            erased: 0,
            verdicts: Verdicts::default(),
            counts: std::collections::BTreeMap::new(),
            findings: Vec::new(),
        };
        let mut fold = Self {
            trust,
            copy,
            law,
            law_known,
            from,
            chain,
            act: None,
            keys: HashMap::new(),
            tree_broken: false,
            after_synced: false,
            exported: false,
            erased: HashMap::new(),
            opens: HashMap::new(),
            signed: Vec::new(),
            report,
        };
        fold.compare_checkpoints();
        fold
    }

    pub fn leave_law_unchecked(&mut self) {
        self.law_known = false;
        let finding = Finding::new("law.not_checked", Class::Uncheckable, "a saved state", self.from);
        self.report.add(finding.at_seq(self.from));
    }

    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    pub fn law(&self) -> &L {
        &self.law
    }

    pub fn report_line(&mut self, finding: Finding, file: Arc<str>, line: u64) {
        self.add(finding, &Spot { file, line, seq: None });
    }

    pub fn block(&mut self, lines: Vec<Prepared>) {
        for Prepared { file, line, body } in lines {
            let place = Spot { file, line, seq: None };
            match body {
                Body::Event(event) => self.event(*event, &place),
                Body::Seal(seal) => self.seal(seal, place),
                Body::Synced(events) => self.synced(events, &place),
                Body::Start(first) => self.file_starts(first, &place),
                Body::Bad(finding) => {
                    self.spoil_act();
                    self.add(*finding, &place);
                }
            }
        }
        self.check_signatures();
    }

    fn add(&mut self, mut finding: Finding, place: &Spot) {
        finding.place = place.with_seq(finding.place.seq);
        self.report.add(finding);
    }

    fn spoil_act(&mut self) {
        if let Some(act) = &mut self.act {
            act.sound = false;
        }
    }

    fn event(&mut self, prepared: PreparedEvent, place: &Spot) {
        let PreparedEvent { event, chain, leaf, held, present, findings } = prepared;
        let place = Spot { seq: Some(event.seq), ..place.clone() };
        let mut found = findings;
        self.check_place(&event, chain, &mut found);
        self.check_act(&event, &mut found);
        self.check_parts(&event, &held, &mut found);
        self.check_members(&event, &present, &mut found);
        self.advance(&event, chain, leaf, present.len());
        let sound = found.is_empty();
        self.after_synced = false;
        if let Some(act) = &mut self.act {
            act.sound &= sound;
        }
        found.into_iter().for_each(|finding| self.add(finding, &place));
        self.judge(&event, present, &place);
        self.compare_checkpoints();
    }

    /// Sequence, chain and back-chain.
    fn check_place(&self, event: &Event, chain: ChainHash, found: &mut Vec<Finding>) {
        let expected = self.chain.head.frontier.size();
        if event.seq != expected {
            found.push(Finding::integrity("seq.order", expected, event.seq));
        }
        if event.prev != self.chain.head.chain {
            found.push(Finding::integrity("chain.broken", self.chain.head.chain, event.prev));
        }
        if expected == 0 && chain != self.trust.genesis {
            found.push(Finding::integrity("genesis.pin", self.trust.genesis, chain));
        }
        let last = self.chain.last.get(&event.subject).copied();
        let unknown = self.from > 0 && last.is_none() && !self.law_known;
        if event.last != last && !unknown {
            found.push(Finding::integrity("last.wrong", text(last), text(event.last)));
        }
        let corrects = event.kind.as_str() == "ledger.clock_corrected";
        if self.chain.head.at.is_some_and(|before| event.at < before) && !corrects {
            found.push(Finding::integrity("time.order", text(self.chain.head.at), event.at));
        }
    }

    /// Act boundaries, and who may sign.
    fn check_act(&mut self, event: &Event, found: &mut Vec<Finding>) {
        match &mut self.act {
            Some(act) if event.act == act.first => {
                act.events += 1;
                if event.by != act.by {
                    found.push(Finding::integrity("act.signer", act.by, event.by));
                }
                if event.at != act.at {
                    found.push(Finding::integrity("act.time", act.at, event.at));
                }
                if act.events > ACT_MAX {
                    found.push(Finding::integrity("act.size", ACT_MAX, act.events));
                }
            }
            open => {
                if let Some(act) = open {
                    found.push(Finding::integrity(
                        "act.unsealed",
                        format!("a seal for act {}", act.first),
                        "none",
                    ));
                }
                self.open_act(event, found);
            }
        }
        let keys = self.act.as_ref().and_then(|act| act.keys);
        if event.keys != keys && self.keys_known() {
            found.push(Finding::integrity("keys.wrong", text(keys), text(event.keys)));
        }
    }

    fn keys_known(&self) -> bool {
        self.law_known || self.chain.head.keys.is_some()
    }

    fn open_act(&mut self, event: &Event, found: &mut Vec<Finding>) {
        if event.act != event.seq {
            found.push(Finding::integrity("act.boundary", event.seq, event.act));
        }
        let (first, keys) = (event.act, self.chain.head.keys);
        self.act = Some(Act {
            first,
            at: event.at,
            by: event.by,
            keys,
            events: 1,
            sound: true,
            authorised: true,
            end: event.seq,
        });
        let genesis = self.chain.head.frontier.size() == 0;
        if genesis || !self.law_known {
            return;
        }
        let (code, expected) = match self.law.authority(&event.by, event.seq) {
            Authority::Enrolled => return,
            Authority::Unknown => ("signer.unknown", "an enrolled key"),
            Authority::Revoked => ("signer.revoked", "a key in force"),
            Authority::NotForActs => ("signer.not_for_acts", "an acting key"),
        };
        found.push(Finding::integrity(code, expected, event.by));
        if let Some(act) = &mut self.act {
            act.authorised = false;
        }
    }

    /// Takes the event into the chain as it stands, so that one fault is reported once.
    fn advance(&mut self, event: &Event, chain: ChainHash, leaf: TreeHash, parts: usize) {
        self.tree_broken |= event.seq != self.chain.head.frontier.size();
        self.chain.head.frontier.push(leaf);
        self.chain.head.chain = chain;
        self.chain.head.at = Some(event.at);
        match self.chain.last.get_mut(&event.subject) {
            Some(last) => *last = event.seq,
            None => drop(self.chain.last.insert(event.subject.clone(), event.seq)),
        }
        if event.kind.is_keys_link() {
            self.chain.head.keys = Some(event.seq);
        }
        if let Some(act) = &mut self.act {
            act.end = event.seq;
        }
        self.report.parts += parts as u64;
    }

    fn judge(&mut self, event: &Event, bodies: Vec<(PartName, Map<String, Value>)>, place: &Spot) {
        let authorised = self.act.as_ref().is_none_or(|act| act.authorised);
        if !self.law_known || !authorised {
            self.report.verdicts.uncheckable += 1;
            return;
        }
        let findings = self.law.judge(event);
        self.law.bodies(event, bodies);
        let verdicts = &mut self.report.verdicts;
        let has = |class| findings.iter().any(|finding| finding.class == class);
        if has(Class::Unlawful) || has(Class::Integrity) {
            verdicts.unlawful += 1;
        } else if has(Class::Uncheckable) {
            verdicts.uncheckable += 1;
        } else if has(Class::Irregular) {
            verdicts.irregular += 1;
        } else {
            verdicts.lawful += 1;
        }
        findings.into_iter().for_each(|finding| self.add(finding, place));
    }

    fn synced(&mut self, events: u64, place: &Spot) {
        if self.exported {
            self.spoil_act();
            return self.add(Finding::integrity("line.shape", "an event or a seal", "a local line"), place);
        }
        let stands_twice = std::mem::replace(&mut self.after_synced, true);
        if self.act.is_some() || stands_twice || events != self.chain.head.frontier.size() {
            self.add(Finding::integrity("synced.wrong", self.chain.head.frontier.size(), events), place);
        }
    }

    /// A file begins: with the event its name says, and with an act.
    fn file_starts(&mut self, first: u64, place: &Spot) {
        let next = self.chain.head.frontier.size();
        if let Some(act) = &self.act {
            let expected = format!("the seal of act {}", act.first);
            self.add(Finding::integrity("file.start", expected, "another file"), place);
        } else if first != next {
            self.add(Finding::integrity("file.start", next, first), place);
        }
    }

    fn seal(&mut self, seal: Box<Seal>, mut place: Spot) {
        let Some(act) = self.act.take() else {
            return self.add(Finding::integrity("seal.stray", "an event", "a seal"), &place);
        };
        self.report.acts += 1;
        place.seq = Some(act.end);
        let mut sound = act.sound;
        for finding in self.check_seal(&seal, &act) {
            sound = false;
            self.add(finding, &place);
        }
        let key = self.decoded(&act.by);
        self.signed.push(Signed { seal, key, by: act.by, place, events: if sound { act.events } else { 0 } });
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

    fn decoded(&mut self, key: &KeyId) -> Option<PublicKey> {
        self.keys.entry(*key).or_insert_with(|| PublicKey::decode(*key).ok()).clone()
    }

    /// The signatures of the seals gathered so far, all at once.
    fn check_signatures(&mut self) {
        let signed = std::mem::take(&mut self.signed);
        let verdicts: Vec<bool> = signed
            .par_iter()
            .with_min_len(8)
            .map(|signed| signed.key.as_ref().is_some_and(|key| signed.seal.verifies(key)))
            .collect();
        for (signed, holds) in signed.into_iter().zip(verdicts) {
            if holds {
                self.report.verdicts.intact += signed.events;
            } else {
                let found = &signed.seal.signature.name;
                self.add(Finding::integrity("seal.signature", signed.by, found), &signed.place);
            }
        }
    }

    /// Checkpoints whose size has just been reached.
    fn compare_checkpoints(&mut self) {
        let size = self.chain.head.frontier.size();
        for nth in 0..self.trust.checkpoints.len() {
            let Some(checkpoint) = self.trust.checkpoints.get(nth) else { return };
            if checkpoint.head.size == size
                && let Some(finding) = compare_root(checkpoint.head.root, self.chain.head.frontier.root())
            {
                self.report.add(finding.at_seq(size.saturating_sub(1)));
            }
        }
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}
