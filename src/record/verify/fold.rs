//! The ordered half of a verification: sequence, chain, tree, acts, authority, time, law.

mod acts;
mod ending;
mod parts;
mod receipts;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::prepare::{Body, Prepared, PreparedEvent};
use super::{Chain, Copy, Erased, Trust, compare_root};
use crate::record::digest::{ChainHash, TreeHash};
use crate::record::event::{Event, PartName};
use crate::record::finding::{Class, Finding, Place, Report, Verdicts};
use crate::record::ids::Subject;
use crate::record::keys::{KeyId, PublicKey};
use crate::record::law::Law;
use acts::Act;
use parts::Erasures;
use receipts::told;

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
    /// Erasures that the copy's own events do not tell of.
    pub elsewhere: Erased,
    erasures: Erasures,
    opens: HashMap<u64, Subject>,
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
            elsewhere: Erased::default(),
            erasures: Erasures::default(),
            opens: HashMap::new(),
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
        let mut read = Vec::with_capacity(lines.len());
        for Prepared { file, line, body } in lines {
            let place = Spot { file, line, seq: None };
            match body {
                Body::Event(mut event) => {
                    self.event(&mut event, &place);
                    read.push(event);
                }
                Body::Seal(seal, signed) => self.seal(&seal, signed, place),
                Body::Synced(events) => self.synced(events, &place),
                Body::Start(first) => self.file_starts(first, &place),
                Body::Bad(finding) => {
                    self.spoil_act();
                    self.add(*finding, &place);
                }
            }
        }
        // Here everything waits for what was before it; what has been read is let go of elsewhere.
        rayon::spawn(move || drop(read));
    }

    fn add(&mut self, mut finding: Finding, place: &Spot) {
        finding.place = place.with_seq(finding.place.seq);
        self.report.add(finding);
    }

    fn event(&mut self, prepared: &mut PreparedEvent, place: &Spot) {
        let PreparedEvent { event, chain, leaf, held, present, findings } = prepared;
        let place = Spot { seq: Some(event.seq), ..place.clone() };
        let mut found = std::mem::take(findings);
        self.check_place(event, *chain, &mut found);
        self.check_act(event, &mut found);
        self.check_parts(event, held, &mut found);
        self.check_members(event, present, &mut found);
        self.advance(event, *chain, *leaf, present.len());
        let sound = found.is_empty();
        self.after_synced = false;
        if let Some(act) = &mut self.act {
            act.sound &= sound;
        }
        found.into_iter().for_each(|finding| self.add(finding, &place));
        let stands = self.judge(event, present, &place);
        if stands && event.kind.as_str() == "part.erased" {
            self.take_erasure(event, &place);
        }
        if let Some(cosigned) = self.law.cosigned(event).filter(|_| stands && self.law_known) {
            self.take_receipt(&cosigned, &place);
        }
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
        if let Some(seen) = self.chain.times.breaks_floor(event.at.unix()) {
            found.push(Finding::integrity("receipt.backdated", told(seen), event.at));
        }
    }

    /// Takes the event into the chain as it stands, so that one fault is reported once.
    fn advance(&mut self, event: &Event, chain: ChainHash, leaf: TreeHash, parts: usize) {
        let place = self.chain.head.frontier.size();
        self.tree_broken |= event.seq != place;
        self.chain.head.frontier.push(leaf);
        self.chain.head.chain = chain;
        self.chain.head.at = Some(event.at);
        self.chain.times.note(place, event.at.unix());
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

    /// Asks the law and counts its verdict. Whether the event stands: it is not known to be unlawful.
    fn judge(&mut self, event: &Event, bodies: &[(PartName, Map<String, Value>)], place: &Spot) -> bool {
        let authorised = self.act.as_ref().is_none_or(|act| act.authorised && act.by == event.by);
        if !self.law_known || !authorised {
            self.report.verdicts.uncheckable += 1;
            return authorised;
        }
        let findings = self.law.judge(event);
        self.law.bodies(event, bodies);
        let verdicts = &mut self.report.verdicts;
        let has = |class| findings.iter().any(|finding| finding.class == class);
        let unlawful = has(Class::Unlawful) || has(Class::Integrity);
        if unlawful {
            verdicts.unlawful += 1;
        } else if has(Class::Uncheckable) {
            verdicts.uncheckable += 1;
        } else if has(Class::Irregular) {
            verdicts.irregular += 1;
        } else {
            verdicts.lawful += 1;
        }
        findings.into_iter().for_each(|finding| self.add(finding, place));
        !unlawful
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
