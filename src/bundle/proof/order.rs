//! An erasure order: the proof of a subject from which an office has erased parts, read by whoever holds copies of it.
//!
//! It is the very file that [`make`](super::make) writes. What it orders are its `part.erased` events, each of which names an event of
//! the same subject; both are shown, sealed by somebody whose enrolment is shown, under a checkpoint of the ledger key.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{Entry, Proof, check};
use crate::fault::{Fault, Outcome};
use crate::record::verify::Trust;
use crate::record::{Class, Event, Law as _, Origin, PartDigest, PartName, Subject};
use crate::rules::{Books, Replay};

/// What an order says.
#[derive(Debug, Clone)]
pub struct Order {
    /// `sha256:` of the file.
    pub digest: String,
    /// The subject.
    pub subject: Subject,
    /// What is erased, in the order of the events that say so.
    pub erasures: Vec<Erasure>,
    /// Canonical bytes of the events that lose a part.
    pub events: BTreeMap<u64, Vec<u8>>,
}

/// One part that is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The event that says so.
    pub seq: u64,
    /// The event that loses the part.
    pub of: u64,
    /// The part.
    pub part: PartName,
    /// What the event commits to.
    pub digest: PartDigest,
    /// On what ground.
    pub ground: String,
    /// Who asked.
    pub asked_by: String,
}

/// The ledger that an order says it is of; nothing of it is believed before [`read`] has held it against that ledger's genesis.
///
/// Errors: `proof.form`.
pub fn origin(bytes: &[u8]) -> Outcome<Origin> {
    parse(bytes)?.origin.parse().map_err(|error| form(&error))
}

/// Reads and verifies an order.
///
/// Errors: `proof.form`, `checkpoint.form`; `erase.order_false` with the first thing that is wrong; `erase.order_empty` when it orders nothing.
pub fn read(bytes: &[u8], trust: &Trust, books: &Books) -> Outcome<Order> {
    let law = || Replay::new(std::sync::Arc::new(books.clone()), trust.origin.clone());
    let report = check(bytes, trust, law())?;
    let proof = parse(bytes)?;
    if let Some(finding) = report.findings.iter().find(|finding| finding.class == Class::Integrity) {
        return Err(untrue(&finding.code, finding.place.seq));
    }
    let mut order = Order {
        digest: format!("sha256:{}", hex::encode(Sha256::digest(bytes))),
        subject: report.subject.clone(),
        erasures: Vec::new(),
        events: BTreeMap::new(),
    };
    stand(&proof, law())?;
    for event in report.events.iter().filter(|event| event.kind.as_str() == "part.erased") {
        let erasure =
            erasure(event, &report.events).ok_or_else(|| untrue("erasure.digest", Some(event.seq)))?;
        order.erasures.push(erasure);
    }
    for erasure in &order.erasures {
        let entry = proof.events.iter().zip(&report.events).find(|(_, event)| event.seq == erasure.of);
        let bytes = entry.map(|(entry, _)| entry.event.get().as_bytes().to_vec()).unwrap_or_default();
        order.events.insert(erasure.of, bytes);
    }
    if order.erasures.is_empty() {
        return Err(Fault::refused("erase.order_empty").with("found", &order.subject));
    }
    Ok(order)
}

/// The law is asked about the events that erase: one it finds against does not stand, and orders nothing.
fn stand(proof: &Proof, mut law: Replay) -> Outcome<()> {
    let mut events = proof.keys.iter().chain(&proof.events).map(event).collect::<Outcome<Vec<_>>>()?;
    events.sort_by_key(|event| event.seq);
    events.dedup_by_key(|event| event.seq);
    for event in &events {
        let against = |class: Class| matches!(class, Class::Unlawful | Class::Integrity);
        let found = law.judge(event).into_iter().find(|finding| against(finding.class));
        if let Some(finding) = found.filter(|_| event.kind.as_str() == "part.erased") {
            return Err(untrue(&finding.code, Some(event.seq)));
        }
    }
    Ok(())
}

fn event(entry: &Entry) -> Outcome<Event> {
    serde_json::from_str(entry.event.get()).map_err(|error| form(&error))
}

/// What a `part.erased` orders, when its digest is what the event before it commits to.
fn erasure(event: &Event, events: &[Event]) -> Option<Erasure> {
    let of = event.fact_number("of").filter(|of| *of < event.seq)?;
    let part = PartName::parse(event.fact("part")?)?;
    let digest = *events.iter().find(|event| event.seq == of)?.parts.get(&part)?;
    let text = |name: &str| event.fact(name).unwrap_or_default().to_owned();
    (text("digest") == digest.to_string()).then(|| Erasure {
        seq: event.seq,
        of,
        part,
        digest,
        ground: text("ground"),
        asked_by: text("asked_by"),
    })
}

fn parse(bytes: &[u8]) -> Outcome<Proof> {
    if bytes.len() > super::PROOF_MAX {
        return Err(form(&"more than 64 MiB"));
    }
    serde_json::from_slice(bytes).map_err(|error| form(&error))
}

fn form(found: &dyn ToString) -> Fault {
    Fault::usage("proof.form").with("found", found.to_string())
}

fn untrue(code: &str, seq: Option<u64>) -> Fault {
    let seq = seq.map_or_else(|| "—".to_owned(), |seq| seq.to_string());
    Fault::refused("erase.order_false").with("found", code).with("seq", seq)
}
