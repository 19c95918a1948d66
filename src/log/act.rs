//! Whole acts: whether a run of lines is what was sealed, and continues what stands before it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::position::Position;
use crate::record::event::{ACT_MAX, RawEventLine};
use crate::record::{ChainHash, KeyId, Line, PartDigest, PartName, PublicKey, Seal};

/// What the log needs to know of an event; the other members are not its business.
#[derive(Deserialize)]
struct Links {
    act: u64,
    by: KeyId,
    parts: BTreeMap<PartName, PartDigest>,
    prev: ChainHash,
    seq: u64,
}

/// What a line that fits has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fed {
    /// An act is open.
    Within,
    /// The line closed an act.
    Closed,
    /// A local line between two acts.
    Local,
}

struct Unclosed {
    first: u64,
    by: KeyId,
    at: Position,
}

/// Takes lines in turn and says whether each fits.
pub struct Checker {
    closed: Position,
    /// Where the act that was closed last began.
    began: Position,
    open: Option<Unclosed>,
}

impl Checker {
    /// Checks what follows `closed`.
    pub fn after(closed: Position) -> Self {
        Self { closed, began: closed, open: None }
    }

    /// Where the last whole act ended.
    pub fn closed(&self) -> Position {
        self.closed
    }

    /// Where the act that was closed last began.
    pub fn began(&self) -> Position {
        self.began
    }

    /// Whether an act is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Forgets the act that is open.
    pub fn reset(&mut self) {
        self.open = None;
    }

    /// The `seq` of the event that comes next.
    pub fn next_seq(&self) -> u64 {
        self.open.as_ref().map_or(self.closed.size, |open| open.at.size)
    }

    /// Takes the next line, given without its `\n`. After an error the checker has not moved on.
    pub fn feed(&mut self, line: &[u8]) -> Result<Fed, String> {
        match Line::parse(line).map_err(|error| error.to_string())? {
            Line::Event(event) => self.event(&event),
            Line::Seal(note) => self.seal(&note),
            Line::Synced(size) if self.open.is_none() && size == self.closed.size => Ok(Fed::Local),
            Line::Synced(size) => Err(format!("synced {size} where event {} is due", self.next_seq())),
        }
    }

    fn event(&mut self, line: &RawEventLine<'_>) -> Result<Fed, String> {
        let links = links(line)?;
        let (first, at) = self.open.as_ref().map_or((self.closed.size, self.closed), |o| (o.first, o.at));
        if links.seq != at.size || links.act != first {
            let (seq, act) = (links.seq, links.act);
            return Err(format!("event {seq} of act {act} where event {} of act {first} is due", at.size));
        }
        if links.prev != at.head {
            return Err(format!("prev is {}, the event before has {}", links.prev, at.head));
        }
        let by = self.open.as_ref().map_or(links.by, |open| open.by);
        if links.by != by || at.size - first >= ACT_MAX {
            return Err("an act has one signer and at most 4,096 events".into());
        }
        check_parts(line, &links)?;
        let head = ChainHash::of_event(line.event_bytes());
        self.open = Some(Unclosed { first, by, at: Position { size: at.size + 1, head } });
        Ok(Fed::Within)
    }

    fn seal(&mut self, note: &str) -> Result<Fed, String> {
        let open = self.open.as_ref().ok_or("a seal without an act")?;
        let seal = Seal::parse(note).map_err(|error| error.to_string())?;
        if (seal.first, seal.head.size, seal.last) != (open.first, open.at.size, open.at.head) {
            return Err("the seal states another act".into());
        }
        let key = PublicKey::decode(open.by).map_err(|_| "the signer is not a key")?;
        if !seal.verifies(&key) {
            return Err("the seal does not verify".into());
        }
        (self.began, self.closed) = (self.closed, open.at);
        self.open = None;
        Ok(Fed::Closed)
    }
}

fn links(line: &RawEventLine<'_>) -> Result<Links, String> {
    serde_json::from_str(line.event.get()).map_err(|error| error.to_string())
}

fn check_parts(line: &RawEventLine<'_>, links: &Links) -> Result<(), String> {
    for (name, raw) in &line.parts {
        if links.parts.get(name) != Some(&PartDigest::of_part(raw.get().as_bytes())) {
            return Err(format!("the part {} does not have the digest its event names", name.as_str()));
        }
    }
    Ok(())
}

/// What an event line says of its own place, if it is one: `seq`, the place its act begins after.
pub struct Start {
    /// `seq` of the event.
    pub seq: u64,
    /// What the event stands behind, if it is the first of its act.
    pub after: Option<Position>,
}

/// Reads an event line's own place without any check against its surroundings.
pub fn start_of(line: &[u8]) -> Option<Start> {
    let Ok(Line::Event(event)) = Line::parse(line) else { return None };
    let links = links(&event).ok()?;
    let after = Position { size: links.seq, head: links.prev };
    Some(Start { seq: links.seq, after: (links.seq == links.act).then_some(after) })
}

/// The position a seal line states.
pub fn sealed_by(line: &[u8]) -> Option<Position> {
    let Ok(Line::Seal(note)) = Line::parse(line) else { return None };
    let seal = Seal::parse(&note).ok()?;
    Some(Position { size: seal.head.size, head: seal.last })
}

/// The number of a local line.
pub fn synced_by(line: &[u8]) -> Option<u64> {
    match Line::parse(line) {
        Ok(Line::Synced(size)) => Some(size),
        _ => None,
    }
}

/// The chain hash of the event in an event line.
pub fn chain_hash_of(line: &[u8]) -> Option<ChainHash> {
    match Line::parse(line) {
        Ok(Line::Event(event)) => Some(ChainHash::of_event(event.event_bytes())),
        _ => None,
    }
}

/// A part that the event of a line names and the line does not have, other than those that are `gone`.
pub fn missing_part(line: &[u8], gone: impl Fn(PartName) -> bool) -> Option<PartName> {
    let Ok(Line::Event(event)) = Line::parse(line) else { return None };
    let named = links(&event).ok()?.parts;
    named.into_keys().find(|name| !event.parts.contains_key(name) && !gone(*name))
}
