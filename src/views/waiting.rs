//! Events that are durable in the log and not folded yet.
//!
//! A transaction of sled costs more than an act does. So acts that nobody asks about wait here, and are folded together
//! when somebody asks, when there are many, and when the views are closed. Should the machine stop before, they stand
//! in the log like any others that the views are behind by.

use std::collections::HashMap;

use serde::Deserialize;

use super::source::{EventLine, EventSource};
use crate::fault::{Fault, Outcome};
use crate::log::{Position, Spot};
use crate::record::event::RawEventLine;
use crate::record::{ChainHash, Subject};

/// So many events wait at most.
const MOST: usize = 4096;

/// Events in order, each continuing the one before; taken apart when they are folded.
#[derive(Default)]
pub struct Waiting {
    lines: Vec<EventLine>,
    by_subject: HashMap<Subject, Vec<u64>>,
    end: Option<Position>,
}

/// What has to be known of an event while it waits.
#[derive(Deserialize)]
struct Waits {
    event: Place,
}

#[derive(Deserialize)]
struct Place {
    prev: ChainHash,
    seq: u64,
    subject: Subject,
}

/// Events of acts that have just been appended.
pub struct Arrived {
    lines: Vec<EventLine>,
    subjects: Vec<Subject>,
    /// Where the log stood before them.
    pub before: Position,
    end: Position,
}

impl Arrived {
    /// The lines of whole acts; nothing when there are none. `source` ends with them, or later.
    ///
    /// Errors: `views.line`.
    pub fn of(source: &dyn EventSource, lines: &[EventLine]) -> Outcome<Option<Self>> {
        let places = lines.iter().map(place).collect::<Outcome<Vec<_>>>()?;
        let (Some(first), Some(last)) = (places.first(), lines.last()) else { return Ok(None) };
        let before = Position { size: first.seq, head: first.prev };
        let known = source.end();
        let end = if known.size == last.seq + 1 { known } else { behind(last)? };
        let subjects = places.into_iter().map(|place| place.subject).collect();
        Ok(Some(Self { lines: lines.to_vec(), subjects, before, end }))
    }
}

fn bad(line: &EventLine, found: impl std::fmt::Display) -> Fault {
    Fault::refused("views.line").with("seq", line.seq).with("found", found)
}

fn place(line: &EventLine) -> Outcome<Place> {
    let read: Waits = serde_json::from_slice(&line.bytes).map_err(|error| bad(line, error))?;
    Ok(read.event)
}

/// Where the log stands after a line.
fn behind(line: &EventLine) -> Outcome<Position> {
    let raw: RawEventLine<'_> = serde_json::from_slice(&line.bytes).map_err(|error| bad(line, error))?;
    Ok(Position { size: line.seq + 1, head: ChainHash::of_event(raw.event_bytes()) })
}

impl Waiting {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether no more should wait.
    pub fn is_full(&self) -> bool {
        self.lines.len() >= MOST
    }

    /// How far they go; nothing when there is none.
    pub fn end(&self) -> Option<Position> {
        self.end
    }

    /// Adds events that continue what is here.
    pub fn add(&mut self, arrived: Arrived) {
        for (line, subject) in arrived.lines.iter().zip(arrived.subjects) {
            self.by_subject.entry(subject).or_default().push(line.seq);
        }
        self.lines.extend(arrived.lines);
        self.end = Some(arrived.end);
    }

    /// Takes all of them out.
    pub fn take(&mut self) -> Vec<EventLine> {
        std::mem::take(self).lines
    }

    /// Where a waiting event stands.
    pub fn spot(&self, seq: u64) -> Option<Spot> {
        let nth = usize::try_from(seq.checked_sub(self.lines.first()?.seq)?).ok()?;
        self.lines.get(nth).map(|line| line.spot)
    }

    /// Numbers of a subject's waiting events, oldest first.
    pub fn of(&self, subject: &Subject) -> &[u64] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }
}
