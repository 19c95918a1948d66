//! Where events come from: the log, or any other holder of event lines, such as a bundle.

use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::log::{Entry, LineKind, Lines, LogReader, Position, Spot};

/// One event line and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLine {
    /// `seq` of the event.
    pub seq: u64,
    /// Where it stands in the log; of no meaning elsewhere.
    pub spot: Spot,
    /// The line, without its `\n`.
    pub bytes: Vec<u8>,
}

impl EventLine {
    /// Where a line right behind it stands.
    pub(super) fn behind(&self) -> Spot {
        Spot { offset: self.spot.offset + self.bytes.len() as u64 + 1, ..self.spot }
    }
}

/// Event lines in order.
pub type EventLines<'a> = Box<dyn Iterator<Item = Outcome<EventLine>> + Send + 'a>;

/// Gives event lines: the truth that the projections are made from.
pub trait EventSource: Sync {
    /// How far it goes.
    fn end(&self) -> Position;

    /// The events from `from` on.
    fn events(&self, from: u64) -> Outcome<EventLines<'_>>;

    /// One event; `spot` is where it was seen.
    fn event(&self, seq: u64, spot: Option<Spot>) -> Outcome<EventLine>;

    /// The fault of an event line that is not what was written.
    fn damaged(&self, seq: u64, spot: Spot, why: &str) -> Fault;

    /// The same source, to be kept: damaged records are made anew from it, whenever that shows.
    fn share(&self) -> Arc<dyn EventSource + Send>;
}

impl EventSource for LogReader {
    fn end(&self) -> Position {
        self.position()
    }

    fn events(&self, from: u64) -> Outcome<EventLines<'_>> {
        Ok(Box::new(WholeActs { lines: self.lines(from)?, open: Vec::new(), sealed: Vec::new().into_iter() }))
    }

    fn event(&self, seq: u64, spot: Option<Spot>) -> Outcome<EventLine> {
        // In full: the trait has a method of the same name.
        let line = LogReader::event(self, seq, spot)?;
        Ok(EventLine { seq, spot: line.spot, bytes: line.bytes })
    }

    fn damaged(&self, seq: u64, spot: Spot, why: &str) -> Fault {
        LogReader::damaged(self, seq, spot, why)
    }

    fn share(&self) -> Arc<dyn EventSource + Send> {
        Arc::new(self.clone())
    }
}

/// The events of a log, act by act: one whose seal is not reached is left out, damage stands in its stead.
struct WholeActs {
    lines: Lines,
    /// Events behind the last seal.
    open: Vec<EventLine>,
    sealed: std::vec::IntoIter<EventLine>,
}

impl Iterator for WholeActs {
    type Item = Outcome<EventLine>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(line) = self.sealed.next() {
                return Some(Ok(line));
            }
            match self.lines.next()? {
                Ok(Entry::Line(line)) if line.kind == LineKind::Event => {
                    self.open.push(EventLine { seq: line.seq, spot: line.spot, bytes: line.bytes });
                }
                Ok(Entry::Line(_)) => self.sealed = std::mem::take(&mut self.open).into_iter(),
                Ok(Entry::Damage(damage)) => {
                    self.open.clear();
                    return Some(Err(damage.fault()));
                }
                Err(fault) => return Some(Err(fault)),
            }
        }
    }
}

/// Event lines in memory.
#[derive(Debug, Clone)]
pub struct LinesInMemory {
    /// How far they go.
    pub end: Position,
    /// The lines, from event 0 on.
    pub lines: Vec<EventLine>,
}

impl EventSource for LinesInMemory {
    fn end(&self) -> Position {
        self.end
    }

    fn events(&self, from: u64) -> Outcome<EventLines<'_>> {
        let rest = self.lines.get(usize::try_from(from).unwrap_or(usize::MAX)..).unwrap_or_default();
        Ok(Box::new(rest.iter().cloned().map(Ok)))
    }

    fn event(&self, seq: u64, _: Option<Spot>) -> Outcome<EventLine> {
        let line = usize::try_from(seq).ok().and_then(|seq| self.lines.get(seq));
        line.cloned().ok_or_else(|| Fault::usage("log.no_event").with("seq", seq))
    }

    fn damaged(&self, seq: u64, _: Spot, why: &str) -> Fault {
        Fault::refused("views.line").with("seq", seq).with("found", why)
    }

    fn share(&self) -> Arc<dyn EventSource + Send> {
        Arc::new(self.clone())
    }
}
