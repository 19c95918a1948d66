//! Proof of one entry: a file by which an outsider checks what a ledger says of one subject, with nothing else at
//! hand than the origin and the genesis hash. `docs/format.md`, section Proof of one entry.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::fault::{Fault, Outcome};
use crate::record::event::RawEventLine;
use crate::record::keys::PublicKey;
use crate::record::tree::{self, Nodes};
use crate::record::verify::{PreparedEvent, Trust, check_checkpoint, prepare_event};
use crate::record::{
    Authority, Checkpoint, Class, Event, Finding, Law, Line, PartName, Seal, Subject, TreeHash, canonical,
};

/// Largest proof that is read, in bytes.
pub const PROOF_MAX: usize = 64 << 20;

/// One event in a proof.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Canonical event.
    #[schemars(with = "Event")]
    pub event: Box<RawValue>,
    /// Path from the event to the checkpoint's root.
    pub inclusion: Vec<TreeHash>,
    /// Parts that are shown.
    #[schemars(with = "crate::record::Parts")]
    pub parts: BTreeMap<PartName, Box<RawValue>>,
    /// The seal of the event's act: a signed note.
    pub seal: String,
    /// Path from the event to the seal's root.
    pub sealed: Vec<TreeHash>,
}

/// The file. Members stand in byte order.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The checkpoint all of it is proved against: a signed note.
    pub checkpoint: String,
    /// The subject's events, from its first on.
    pub events: Vec<Entry>,
    /// 1.
    pub format: u64,
    /// Chain hash of event 0.
    pub genesis: String,
    /// Every act that holds a link of the `keys` back-chain, whole.
    pub keys: Vec<Entry>,
    /// The origin.
    pub origin: String,
    /// Tree size of the checkpoint.
    pub size: u64,
    /// What is proved.
    pub subject: Subject,
}

/// Where a proof is made from.
pub trait Source: Nodes<Error = Fault> {
    /// The event line at `seq`, without its `\n`.
    fn line(&self, seq: u64) -> Outcome<Vec<u8>>;
    /// The seal's note of the act that begins at `act`.
    fn seal(&self, act: u64) -> Outcome<String>;
    /// The subject's events, in order.
    fn events_of(&self, subject: &Subject) -> Outcome<Vec<u64>>;
    /// The newest event whose kind is a link of the `keys` back-chain.
    fn newest_keys(&self) -> Outcome<u64>;
}

/// Makes the proof of `subject` against `checkpoint`; `open` is the event whose open part is in force, if any.
///
/// Errors: `proof.subject_unknown`; whatever reading the log may give.
pub fn make(
    source: &dyn Source,
    trust: &Trust,
    subject: &Subject,
    checkpoint: &str,
    open: Option<u64>,
) -> Outcome<Vec<u8>> {
    let size = parse_checkpoint(checkpoint)?.head.size;
    let seqs: Vec<u64> = source.events_of(subject)?.into_iter().filter(|seq| *seq < size).collect();
    if seqs.is_empty() {
        return Err(Fault::refused("proof.subject_unknown").with("found", subject));
    }
    let maker = Maker { source, size };
    let events = seqs.iter().map(|seq| maker.entry(*seq, open == Some(*seq))).collect::<Outcome<Vec<_>>>()?;
    let proof = Proof {
        checkpoint: checkpoint.into(),
        events,
        format: 1,
        genesis: trust.genesis.to_string(),
        keys: maker.keys()?,
        origin: trust.origin.to_string(),
        size,
        subject: subject.clone(),
    };
    let bytes = serde_json::to_vec(&proof).map_err(|e| Fault::usage("proof.form").with("found", e))?;
    Ok([bytes, b"\n".to_vec()].concat())
}

struct Maker<'a> {
    source: &'a dyn Source,
    size: u64,
}

impl Maker<'_> {
    fn entry(&self, seq: u64, with_open: bool) -> Outcome<Entry> {
        let line = self.source.line(seq)?;
        let broken = |found: &dyn ToString| {
            Fault::machine("proof.unreadable").with("seq", seq).with("found", found.to_string())
        };
        let Line::Event(raw) = Line::parse(&line).map_err(|e| broken(&e))? else {
            return Err(broken(&"not an event"));
        };
        let event = raw.event().map_err(|e| broken(&e))?;
        let shown = |name: &PartName| with_open && *name == PartName::Open;
        let parts =
            raw.parts.iter().filter(|(name, _)| shown(name)).map(|(n, body)| (*n, (*body).to_owned()));
        let note = self.source.seal(event.act)?;
        let seal = Seal::parse(&note).map_err(|e| broken(&e))?;
        Ok(Entry {
            event: raw.event.to_owned(),
            inclusion: tree::prove_inclusion(&Dyn(self.source), seq, self.size)?,
            parts: parts.collect(),
            sealed: tree::prove_inclusion(&Dyn(self.source), seq, seal.head.size)?,
            seal: note,
        })
    }

    /// The `keys` back-chain from its newest link to genesis, every act of it whole.
    fn keys(&self) -> Outcome<Vec<Entry>> {
        let (mut acts, mut link) = (Vec::new(), Some(self.source.newest_keys()?));
        while let Some(seq) = link {
            let event = self.event(seq)?;
            if seq < self.size {
                let seal = Seal::parse(&self.source.seal(event.act)?);
                let end = seal
                    .map_err(|e| Fault::machine("proof.unreadable").with("seq", seq).with("found", e))?
                    .head
                    .size;
                acts.push(event.act..end);
            }
            link = event.keys;
        }
        acts.into_iter().rev().flatten().map(|seq| self.entry(seq, false)).collect()
    }

    fn event(&self, seq: u64) -> Outcome<Event> {
        let line = self.source.line(seq)?;
        let broken = |e: &dyn ToString| {
            Fault::machine("proof.unreadable").with("seq", seq).with("found", e.to_string())
        };
        match Line::parse(&line).map_err(|e| broken(&e))? {
            Line::Event(raw) => raw.event().map_err(|e| broken(&e)),
            _ => Err(broken(&"not an event")),
        }
    }
}

/// A trait object as the generic the tree functions ask for.
struct Dyn<'a>(&'a dyn Source);

impl Nodes for Dyn<'_> {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        self.0.node(height, index)
    }
}

fn parse_checkpoint(note: &str) -> Outcome<Checkpoint> {
    Checkpoint::parse(note).map_err(|error| Fault::usage("checkpoint.form").with("found", error))
}

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
    pub open: Option<serde_json::Value>,
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
    canonical::check_within(body, PROOF_MAX).map_err(|e| form(&e))?;
    let proof: Proof = serde_json::from_slice(body).map_err(|e| form(&e))?;
    if proof.format != 1 {
        return Err(form(&format!("format {}", proof.format)));
    }
    let checkpoint = parse_checkpoint(&proof.checkpoint)?;
    let mut checker = Checker { trust, law, checkpoint, findings: Vec::new() };
    let keys = checker.read_all(&proof.keys)?;
    let events = checker.read_all(&proof.events)?;
    checker.head(&proof);
    checker.bare(&proof.keys, &keys);
    checker.key_acts(&keys);
    checker.back_chain(&proof.subject, &events);
    checker.links(&keys, &events);
    checker.authority(&keys, &events);
    checker.ledger_key();
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
        let read = prepare_event(&RawEventLine { event: &entry.event, parts }).map_err(|e| form(&e))?;
        let seal = Seal::parse(&entry.seal).map_err(|e| form(&e))?;
        let seq = read.event.seq;
        self.findings.extend(read.findings.iter().cloned().map(|finding| finding.at_seq(seq)));
        for name in entry.parts.keys().filter(|name| **name != PartName::Open) {
            self.add(seq, "part.leak", "open parts only", name.as_str());
        }
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

    /// Events about keys are shown without their parts.
    fn bare(&mut self, entries: &[Entry], read: &[Read]) {
        for (entry, (read, _)) in entries.iter().zip(read) {
            if let Some(name) = entry.parts.keys().next() {
                self.add(read.event.seq, "part.leak", "no part of a key event", name.as_str());
            }
        }
    }

    /// Key acts stand in order, from event 0, each whole.
    fn key_acts(&mut self, keys: &[Read]) {
        let mut next = 0;
        let mut end = 0;
        for (read, seal) in keys {
            let event = &read.event;
            let begins = next == end;
            if event.seq != if begins { event.act } else { next } || event.seq < next {
                self.add(event.seq, "proof.keys", "each act whole and in order", event.seq);
            }
            next = event.seq + 1;
            end = seal.head.size;
        }
        match keys.first() {
            Some((read, _)) if read.event.seq == 0 && read.chain == self.trust.genesis => {}
            Some((read, _)) => self.add(read.event.seq, "genesis.pin", self.trust.genesis, read.chain),
            None => self.add(0, "proof.keys", "event 0", "nothing"),
        }
        if next != end {
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

    /// Every entry names the newest link before its act, so no key event up to there is left out.
    fn links(&mut self, keys: &[Read], events: &[Read]) {
        let links: BTreeSet<u64> = keys
            .iter()
            .filter(|(read, _)| read.event.kind.is_keys_link())
            .map(|(read, _)| read.event.seq)
            .collect();
        for (read, _) in keys.iter().chain(events) {
            let event = &read.event;
            let newest = links.range(..event.act).next_back().copied();
            if event.keys != newest {
                let say = |seq: Option<u64>| seq.map_or_else(|| "none".into(), |seq| seq.to_string());
                self.add(event.seq, "proof.keys", say(event.keys), say(newest));
            }
        }
    }

    /// Who signed was enrolled and not revoked, as far as the key events go.
    fn authority(&mut self, keys: &[Read], events: &[Read]) {
        let mut all: Vec<(&Event, bool)> = keys.iter().map(|(read, _)| (&read.event, true)).collect();
        all.extend(events.iter().map(|(read, _)| (&read.event, false)));
        all.sort_by_key(|(event, _)| event.seq);
        for (event, is_key) in all {
            if event.act > 0 {
                match self.law.authority(&event.by, event.act) {
                    Authority::Enrolled => {}
                    Authority::Unknown => self.add(event.seq, "signer.unknown", "an enrolled key", event.by),
                    Authority::Revoked => self.add(event.seq, "signer.revoked", "a key in force", event.by),
                    Authority::NotForActs => {
                        self.add(event.seq, "signer.not_for_acts", "an acting key", event.by)
                    }
                }
            }
            if is_key {
                self.law.judge(event);
            }
        }
    }

    fn ledger_key(&mut self) {
        let key = self.law.ledger_key().and_then(|key| PublicKey::decode(key).ok());
        self.findings.extend(check_checkpoint(&self.checkpoint, &self.trust.origin, key.as_ref()));
    }
}
