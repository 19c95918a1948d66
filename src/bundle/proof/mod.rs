//! Proof of one entry: a file by which an outsider checks what a ledger says of one subject, with nothing else at
//! hand than the origin and the genesis hash. `docs/format.md`, section Proof of one entry.

mod check;
pub mod order;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::fault::{Fault, Outcome};
use crate::record::tree::{self, Nodes};
use crate::record::verify::Trust;
use crate::record::{Checkpoint, Event, Line, PartName, Seal, Subject, TreeHash};
pub use check::{ProofReport, check};

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
    #[schemars(with = "crate::record::Parts", extend("propertyNames" = { "enum": ["closed", "open", "personal"] }))]
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
    #[schemars(extend("const" = 1))]
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
    let newest = seqs.iter().map(|seq| Ok(maker.event(*seq)?.keys)).collect::<Outcome<Vec<_>>>()?;
    let newest = newest.into_iter().flatten().max().unwrap_or(0);
    let proof = Proof {
        checkpoint: checkpoint.into(),
        events,
        format: 1,
        genesis: trust.genesis.to_string(),
        keys: maker.keys(newest)?,
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

    /// The `keys` back-chain from `newest` to genesis, every act of it whole.
    fn keys(&self, newest: u64) -> Outcome<Vec<Entry>> {
        let (mut acts, mut link) = (Vec::new(), Some(newest));
        while let Some(seq) = link {
            let event = self.event(seq)?;
            let seal = Seal::parse(&self.source.seal(event.act)?);
            let seal =
                seal.map_err(|e| Fault::machine("proof.unreadable").with("seq", seq).with("found", e))?;
            acts.push(event.act..seal.head.size);
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
