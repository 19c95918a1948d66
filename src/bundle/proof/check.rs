//! Checking a proof, with nothing at hand but origin and genesis hash.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Entry, PROOF_MAX, Proof, parse_checkpoint};
use crate::fault::{Fault, Outcome};
use crate::record::event::{RawEventLine, event_line};
use crate::record::keys::PublicKey;
use crate::record::tree;
use crate::record::verify::{PreparedEvent, Trust, check_checkpoint, prepare_event};
use crate::record::{
    Authority, Checkpoint, Class, Event, Finding, Law, Part, PartName, Seal, Subject, TreeHash, canonical,
};

/// An event stands two levels deeper in a proof than in its line.
const DEPTH: usize = canonical::DEPTH_MAX + 2;

/// What checking a proof gives.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProofReport {
    /// What is proved.
    pub subject: Subject,
    /// As of this many events; later ones, and ones of this subject that the file leaves out at its end, cannot be
    /// excluded by the file alone.
    pub size: u64,
    /// Root of the tree at that size.
    pub root: TreeHash,
    /// The subject's events.
    pub events: Vec<Event>,
    /// The open part that is shown, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Part>,
    /// What is wrong; empty when the proof holds.
    pub findings: Vec<Finding>,
}

impl ProofReport {
    /// Whether the proof holds.
    pub fn passed(&self) -> bool {
        self.findings.iter().all(|finding| finding.class != Class::Integrity)
    }
}

/// Checks a proof's bytes. `law` is asked who may sign; it must be new, before event 0.
///
/// Errors: `proof.form` and `checkpoint.form` when the file cannot be read at all.
pub fn check<L: Law>(bytes: &[u8], trust: &Trust, law: L) -> Outcome<ProofReport> {
    let form = |found: &dyn ToString| Fault::usage("proof.form").with("found", found.to_string());
    let body = bytes.strip_suffix(b"\n").ok_or_else(|| form(&"no line end"))?;
    canonical::check_limits(body, PROOF_MAX, DEPTH).map_err(|e| form(&e))?;
    let proof: Proof = serde_json::from_slice(body).map_err(|e| form(&e))?;
    if proof.format != 1 {
        return Err(form(&format!("format {}", proof.format)));
    }
    let checkpoint = parse_checkpoint(&proof.checkpoint)?;
    let mut checker = Checker { trust, law, checkpoint, findings: Vec::new() };
    let keys = checker.read_all(&proof.keys)?;
    let events = checker.read_all(&proof.events)?;
    checker.head(&proof);
    checker.key_acts(&keys);
    checker.back_chain(&proof.subject, &events);
    checker.links(&keys, &events);
    checker.authority(&keys, &events);
    checker.ledger_key();
    checker.parts(&proof, &keys, &events);
    let open = proof.events.iter().rev().find_map(|entry| entry.parts.get(&PartName::Open));
    Ok(ProofReport {
        subject: proof.subject,
        size: checker.checkpoint.head.size,
        root: checker.checkpoint.head.root,
        events: events.into_iter().map(|(event, _)| event.event).collect(),
        open: open.and_then(|part| serde_json::from_str(part.get()).ok()),
        findings: checker.findings,
    })
}

type Read = (PreparedEvent, Seal);

struct Checker<'a, L> {
    trust: &'a Trust,
    law: L,
    checkpoint: Checkpoint,
    findings: Vec<Finding>,
}

impl<L: Law> Checker<'_, L> {
    fn add(&mut self, seq: u64, code: &'static str, expected: impl ToString, found: impl ToString) {
        self.findings.push(Finding::integrity(code, expected, found).at_seq(seq));
    }

    /// Each entry by itself: event, parts, seal, both paths.
    fn read_all(&mut self, entries: &[Entry]) -> Outcome<Vec<Read>> {
        entries.iter().map(|entry| self.read(entry)).collect()
    }

    fn read(&mut self, entry: &Entry) -> Outcome<Read> {
        let form = |found: &dyn ToString| Fault::usage("proof.form").with("found", found.to_string());
        let parts = entry.parts.iter().map(|(name, body)| (*name, &**body)).collect();
        let line = RawEventLine { event: &entry.event, parts };
        let bodies = line.parts.iter().map(|(name, body)| (*name, body.get().as_bytes()));
        if event_line(line.event_bytes(), bodies).len() > canonical::LINE_MAX {
            return Err(form(&"an event longer than a line may be"));
        }
        let read = prepare_event(&line).map_err(|e| form(&e))?;
        let seal = Seal::parse(&entry.seal).map_err(|e| form(&e))?;
        let seq = read.event.seq;
        self.findings.extend(read.findings.iter().cloned().map(|finding| finding.at_seq(seq)));
        self.seal(&read, &seal);
        let (head, sealed) = (&self.checkpoint.head, &seal.head);
        let included = tree::check_inclusion(read.leaf, seq, head.size, head.root, &entry.inclusion);
        let in_seal = tree::check_inclusion(read.leaf, seq, sealed.size, sealed.root, &entry.sealed);
        if !included {
            self.add(seq, "proof.inclusion", "a path to the checkpoint's root", "another root");
        }
        if !in_seal {
            self.add(seq, "proof.sealed", "a path to the seal's root", "another root");
        }
        Ok((read, seal))
    }

    fn seal(&mut self, read: &PreparedEvent, seal: &Seal) {
        let event = &read.event;
        if seal.head.origin != self.trust.origin {
            self.add(event.seq, "seal.origin", &self.trust.origin, &seal.head.origin);
        }
        if seal.first != event.act {
            self.add(event.seq, "seal.act", format!("act {}", event.act), format!("act {}", seal.first));
        }
        let (size, seals) = (self.checkpoint.head.size, event.seq + 1..=self.checkpoint.head.size);
        if !seals.contains(&seal.head.size) {
            self.add(event.seq, "seal.size", format!("at most {size}"), seal.head.size);
        }
        if seal.head.size == event.seq + 1 && seal.last != read.chain {
            self.add(event.seq, "seal.act", read.chain, seal.last);
        }
        if !PublicKey::decode(event.by).is_ok_and(|key| seal.verifies(&key)) {
            self.add(event.seq, "seal.signature", event.by, &seal.signature.name);
        }
    }

    fn head(&mut self, proof: &Proof) {
        let (trust, size) = (self.trust, self.checkpoint.head.size);
        if proof.origin != trust.origin.as_str() {
            self.add(0, "proof.origin", &trust.origin, &proof.origin);
        }
        if proof.genesis != trust.genesis.to_string() {
            self.add(0, "genesis.pin", trust.genesis, &proof.genesis);
        }
        if proof.size != size {
            self.add(0, "proof.size", size, proof.size);
        }
    }

    /// Key acts stand in order, from event 0, each whole under one seal.
    fn key_acts(&mut self, keys: &[Read]) {
        let (mut next, mut before): (u64, Option<&Read>) = (0, None);
        for read in keys {
            let (event, seal) = (&read.0.event, &read.1);
            let begun = before.filter(|(_, seal)| seal.head.size > next);
            let follows = match begun {
                Some((last, of)) => event.seq == next && event.prev == last.chain && seal == of,
                None => event.seq == event.act && event.seq >= next,
            };
            if !follows {
                self.add(event.seq, "proof.keys", "each act whole and in order", event.seq);
            }
            (next, before) = (event.seq + 1, Some(read));
        }
        match keys.first() {
            Some((read, _)) if read.event.seq == 0 && read.chain == self.trust.genesis => {}
            Some((read, _)) => self.add(read.event.seq, "genesis.pin", self.trust.genesis, read.chain),
            None => self.add(0, "proof.keys", "event 0", "nothing"),
        }
        if before.is_some_and(|(_, seal)| seal.head.size != next) {
            self.add(next, "proof.keys", "the rest of the act", "nothing");
        }
    }

    fn back_chain(&mut self, subject: &Subject, events: &[Read]) {
        let mut last = None;
        for (read, _) in events {
            let event = &read.event;
            if event.subject != *subject || event.last != last || last.is_some_and(|last| last >= event.seq) {
                let say = |seq: Option<u64>| seq.map_or_else(|| "none".into(), |seq| seq.to_string());
                self.add(event.seq, "proof.back_chain", say(last), say(event.last));
            }
            last = Some(event.seq);
        }
        if last.is_none() {
            self.add(0, "proof.back_chain", "an event", "nothing");
        }
    }

    /// Every entry names the newest link before its act, so no key event up to there is left out; and no act is there
    /// that is not named.
    fn links(&mut self, keys: &[Read], events: &[Read]) {
        let say = |seq: Option<u64>| seq.map_or_else(|| "none".into(), |seq| seq.to_string());
        let is_link = |event: &&Event| event.kind.is_keys_link();
        let links: BTreeSet<u64> =
            keys.iter().map(|(read, _)| &read.event).filter(is_link).map(|event| event.seq).collect();
        let mut named = BTreeSet::from([0]);
        for (read, _) in keys.iter().chain(events) {
            let event = &read.event;
            named.extend(event.keys);
            let newest = links.range(..event.act).next_back().copied();
            if event.keys != newest {
                self.add(event.seq, "proof.keys", say(event.keys), say(newest));
            }
        }
        let strange =
            |act: u64| !keys.iter().any(|(read, _)| read.event.act == act && named.contains(&read.event.seq));
        let acts: BTreeSet<u64> =
            keys.iter().map(|(read, _)| read.event.act).filter(|act| strange(*act)).collect();
        for act in acts {
            self.add(act, "proof.keys", "acts of the back-chain", format!("act {act}"));
        }
    }

    /// Who signed was enrolled and not revoked, as far as the key events go. All of it is folded, so that what is public
    /// of the subject is known; what the law thinks of it is not asked, for it does not see the whole ledger.
    fn authority(&mut self, keys: &[Read], events: &[Read]) {
        let mut all: Vec<&Event> = keys.iter().chain(events).map(|(read, _)| &read.event).collect();
        all.sort_by_key(|event| event.seq);
        all.dedup_by_key(|event| event.seq);
        let mut asked = None;
        for event in all {
            // Once for an act; in the first act when event 0 has said who may sign.
            if event.seq > 0 && asked.replace(event.act) != Some(event.act) {
                match self.law.authority(&event.by, event.act) {
                    Authority::Enrolled => {}
                    Authority::Unknown => self.add(event.seq, "signer.unknown", "an enrolled key", event.by),
                    Authority::Revoked => self.add(event.seq, "signer.revoked", "a key in force", event.by),
                    Authority::NotForActs => {
                        self.add(event.seq, "signer.not_for_acts", "an acting key", event.by)
                    }
                }
            }
            self.law.judge(event);
        }
    }

    fn ledger_key(&mut self) {
        let key = self.law.ledger_key().and_then(|key| PublicKey::decode(key).ok());
        self.findings.extend(check_checkpoint(&self.checkpoint, &self.trust.origin, key.as_ref()));
    }

    /// The open part in force, and no other part.
    fn parts(&mut self, proof: &Proof, keys: &[Read], events: &[Read]) {
        let in_force = self.law.open_in_force(&proof.subject);
        let all = proof.keys.iter().zip(keys).map(|pair| (pair, false));
        let all = all.chain(proof.events.iter().zip(events).map(|pair| (pair, true)));
        let mut shown = false;
        for ((entry, (read, _)), is_event) in all {
            let seq = read.event.seq;
            for name in entry.parts.keys() {
                if *name != PartName::Open {
                    self.add(seq, "part.leak", "open parts only", name.as_str());
                } else if !is_event || in_force != Some(seq) {
                    self.add(seq, "part.not_in_force", "no open part", &proof.subject);
                } else {
                    shown = true;
                }
            }
        }
        if let Some(seq) = in_force.filter(|_| !shown) {
            self.add(seq, "part.withheld", "the open part", &proof.subject);
        }
    }
}
