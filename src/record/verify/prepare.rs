//! Per-line work that needs no neighbour: it runs in parallel.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;
use serde_json::{Map, Value};

use crate::record::digest::{ChainHash, PartDigest, TreeHash};
use crate::record::event::{Event, Line, LineError, Part, PartName, RawEventLine};
use crate::record::finding::Finding;
use crate::record::keys::{KeyId, PublicKey};
use crate::record::note::Seal;
use crate::record::tree;

/// Whole lines of one file.
pub(super) struct Block<'a> {
    pub file: &'a Arc<str>,
    pub first_line: u64,
    pub bytes: &'a [u8],
}

/// A line, read and hashed, and where it stood.
pub(super) struct Prepared {
    pub file: Arc<str>,
    pub line: u64,
    pub body: Body,
}

pub(super) enum Body {
    Event(Box<PreparedEvent>),
    Seal(Box<Seal>, Option<Signed>),
    Synced(u64),
    /// Not a line: a file begins here whose name says that it begins with this event.
    Start(u64),
    Bad(Box<Finding>),
}

/// Whether a seal's signature holds under the key of the event right before it, which is its act's in all that is sound.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    pub by: KeyId,
    pub holds: bool,
}

impl Prepared {
    pub fn start(file: Arc<str>, first: u64) -> Self {
        Self { file, line: 1, body: Body::Start(first) }
    }
}

/// An event line, read and hashed, its parts checked.
pub struct PreparedEvent {
    /// The event.
    pub event: Event,
    /// Its chain hash.
    pub chain: ChainHash,
    /// Its leaf hash.
    pub leaf: TreeHash,
    /// Parts that are here and sound, with their bodies.
    pub present: Vec<(PartName, Map<String, Value>)>,
    /// Parts that are here, sound or not.
    pub held: Vec<PartName>,
    /// What is wrong with it and its parts.
    pub findings: Vec<Finding>,
}

impl Block<'_> {
    pub fn prepare(&self) -> Vec<Prepared> {
        let mut lines: Vec<&[u8]> = self.bytes.split_inclusive(|b| *b == b'\n').collect();
        if lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        let mut prepared: Vec<Prepared> = lines
            .par_iter()
            .with_min_len(32)
            .enumerate()
            .map(|(nth, line)| Prepared {
                file: self.file.clone(),
                line: self.first_line + nth as u64,
                body: prepare_line(line),
            })
            .collect();
        check_signatures(&mut prepared);
        prepared
    }
}

/// Checks the seals' signatures here, where all cores are at work; what is not told here, the fold asks again.
fn check_signatures(lines: &mut [Prepared]) {
    let before = lines.iter().map(|line| match &line.body {
        Body::Event(event) => Some(event.event.by),
        _ => None,
    });
    let signers: Vec<Option<KeyId>> = std::iter::once(None).chain(before).collect();
    let distinct: HashSet<KeyId> = signers.iter().flatten().copied().collect();
    let keys: HashMap<KeyId, PublicKey> =
        distinct.into_iter().filter_map(|by| Some((by, PublicKey::decode(by).ok()?))).collect();
    lines.par_iter_mut().zip(signers).with_min_len(8).for_each(|(line, by)| {
        if let (Body::Seal(seal, signed), Some(by)) = (&mut line.body, by) {
            let key = keys.get(&by);
            *signed = Some(Signed { by, holds: key.is_some_and(|key| seal.verifies(key)) });
        }
    });
}

fn prepare_line(line: &[u8]) -> Body {
    let Some(line) = line.strip_suffix(b"\n") else {
        return Body::Bad(
            Finding::integrity("line.unterminated", "a line end", "the end of the file").into(),
        );
    };
    let prepared = Line::parse(line).and_then(|line| match line {
        Line::Event(raw) => prepare_event(&raw).map(|event| Body::Event(Box::new(event))),
        Line::Seal(note) => Ok(prepare_seal(&note)),
        Line::Synced(events) => Ok(Body::Synced(events)),
    });
    prepared.unwrap_or_else(|error| Body::Bad(line_finding(&error).into()))
}

fn line_finding(error: &LineError) -> Finding {
    match error {
        LineError::NotCanonical(error) => Finding::integrity("line.canonical", "canonical JSON", error),
        LineError::Shape(error) => {
            Finding::integrity("line.shape", "an event, a seal or a synced line", error)
        }
    }
}

fn prepare_seal(note: &str) -> Body {
    match Seal::parse(note) {
        Ok(seal) => Body::Seal(Box::new(seal), None),
        Err(error) => Body::Bad(Finding::integrity("seal.form", "a seal's signed note", error).into()),
    }
}

/// Reads and hashes an event line and checks the parts it holds.
pub fn prepare_event(raw: &RawEventLine<'_>) -> Result<PreparedEvent, LineError> {
    let event = raw.event()?;
    let bytes = raw.event_bytes();
    let mut prepared = PreparedEvent {
        chain: ChainHash::of_event(bytes),
        leaf: tree::leaf_hash(bytes),
        held: raw.parts.keys().copied().collect(),
        present: Vec::with_capacity(raw.parts.len()),
        findings: Vec::new(),
        event,
    };
    if prepared.event.v != 1 {
        prepared.findings.push(Finding::integrity("event.version", 1, prepared.event.v));
    }
    for (name, body) in &raw.parts {
        match check_part(&prepared.event, *name, body.get()) {
            Ok(data) => prepared.present.push((*name, data)),
            Err(finding) => prepared.findings.push(finding),
        }
    }
    Ok(prepared)
}

/// A part against the digest its event commits to, its own shape, and the facts it repeats.
fn check_part(event: &Event, name: PartName, text: &str) -> Result<Map<String, Value>, Finding> {
    let fail = |code, expected: &dyn ToString, found: &dyn ToString| {
        Err(Finding::integrity(code, expected.to_string(), found.to_string()))
    };
    let Some(expected) = event.parts.get(&name) else {
        return fail("part.unlisted", &"no such part", &name.as_str());
    };
    let found = PartDigest::of_part(text.as_bytes());
    if found != *expected {
        return fail("part.digest", expected, &found);
    }
    let part: Part = match serde_json::from_str(text) {
        Ok(part) => part,
        Err(error) => return fail("part.shape", &r#"{"data":{…},"salt":"…"}"#, &error),
    };
    if !part.salt_is_sound() {
        return fail("part.shape", &"base64 of 16 bytes", &part.salt);
    }
    for (member, value) in &part.data {
        if let Some(fact) = event.facts.get(member).filter(|fact| *fact != value) {
            return fail("part.fact", &format!("{member} = {fact}"), &format!("{member} = {value}"));
        }
    }
    Ok(part.data)
}
