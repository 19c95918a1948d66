//! Events that are durable in the log and not folded yet.
//!
//! A transaction of sled costs more than an act does. So acts that nobody asks about wait here, and are folded together
//! when somebody asks, when there are many, and when the views are closed. Should the machine stop before, they stand
//! in the log like any others that the views are behind by.

use std::collections::HashMap;

use super::parse::Parsed;
use crate::log::{Position, Spot};
use crate::record::Subject;

/// So many events wait at most.
const MOST: usize = 4096;

/// Events in order, each continuing the one before.
#[derive(Default)]
pub struct Waiting {
    events: Vec<Parsed>,
    by_subject: HashMap<Subject, Vec<u64>>,
}

impl Waiting {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Whether no more should wait.
    pub fn is_full(&self) -> bool {
        self.events.len() >= MOST
    }

    /// How far they go; nothing when there is none.
    pub fn end(&self) -> Option<Position> {
        self.events.last().map(|last| Position { size: last.event.seq + 1, head: last.chain })
    }

    /// Adds the events of an act; they continue what is here.
    pub fn add(&mut self, act: Vec<Parsed>) {
        for parsed in &act {
            self.by_subject.entry(parsed.event.subject.clone()).or_default().push(parsed.event.seq);
        }
        self.events.extend(act);
    }

    /// Takes all of them out.
    pub fn take(&mut self) -> Vec<Parsed> {
        std::mem::take(self).events
    }

    /// Where a waiting event stands.
    pub fn spot(&self, seq: u64) -> Option<Spot> {
        let first = self.events.first()?.event.seq;
        let nth = usize::try_from(seq.checked_sub(first)?).ok()?;
        self.events.get(nth).map(|parsed| parsed.spot)
    }

    /// Numbers of a subject's waiting events, oldest first.
    pub fn of(&self, subject: &Subject) -> &[u64] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }
}
