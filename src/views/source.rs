//! Where events come from: the log, or any other holder of event lines, such as a bundle.

use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::log::{LineKind, LogReader, Position, Spot};

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

    /// The same source, to be kept: damaged records are made anew from it, whenever that shows.
    fn share(&self) -> Arc<dyn EventSource + Send>;
}

impl EventSource for LogReader {
    fn end(&self) -> Position {
        self.position()
    }

    fn events(&self, from: u64) -> Outcome<EventLines<'_>> {
        let lines = self.lines(from)?.strict();
        Ok(Box::new(lines.filter_map(|line| match line {
            Ok(line) if line.kind == LineKind::Event => {
                Some(Ok(EventLine { seq: line.seq, spot: line.spot, bytes: line.bytes }))
            }
            Ok(_) => None,
            Err(fault) => Some(Err(fault)),
        })))
    }

    fn event(&self, seq: u64, spot: Option<Spot>) -> Outcome<EventLine> {
        // In full: the trait has a method of the same name.
        let line = LogReader::event(self, seq, spot)?;
        Ok(EventLine { seq, spot: line.spot, bytes: line.bytes })
    }

    fn share(&self) -> Arc<dyn EventSource + Send> {
        Arc::new(self.clone())
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

    fn share(&self) -> Arc<dyn EventSource + Send> {
        Arc::new(self.clone())
    }
}
