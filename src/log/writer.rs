//! The writer's end of the log: batches into the open segment, and the change of segments.

use std::sync::Arc;

use super::cursor::lines_of;
use super::disk::{Disk, WriteFile};
use super::durable;
use super::mark::Mark;
use super::position::{Position, Settings, Spot};
use super::segment::{DIR, plain_path};
use crate::fault::{Fault, Outcome};
use crate::record::canonical::LINE_MAX;
use crate::record::event::{ACT_MAX, synced_line};

/// One act as it is to be appended: its event lines and its seal line, each ended by `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    before: Position,
    after: Position,
    lines: Vec<u8>,
}

impl Act {
    /// An act that takes the log from `before` to `after`.
    ///
    /// Errors: `log.act_shape` when the lines are not that many events and one seal. Their content is the
    /// sealer's business; what is checked here is what the log's own framing rests on.
    pub fn new(before: Position, after: Position, lines: Vec<u8>) -> Outcome<Self> {
        let act = Self { before, after, lines };
        if act.is_framed() { Ok(act) } else { Err(Fault::refused("log.act_shape").with("seq", before.size)) }
    }

    fn is_framed(&self) -> bool {
        let (mut events, mut seals) = (0, 0);
        for (_, line, ended) in lines_of(&self.lines) {
            let event = line.starts_with(b"{\"event\":");
            if !ended || line.len() > LINE_MAX || seals > 0 || !(event || line.starts_with(b"{\"seal\":")) {
                return false;
            }
            if event { events += 1 } else { seals += 1 }
        }
        seals == 1
            && (1..=ACT_MAX).contains(&events)
            && self.before.size.checked_add(events) == Some(self.after.size)
    }

    /// Where the log stands before it.
    pub fn before(&self) -> Position {
        self.before
    }

    /// Where the log stands after it.
    pub fn after(&self) -> Position {
        self.after
    }

    /// Its lines, each ended by `\n`.
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Its events: `seq`, spot and line without `\n`, given the spot of its first line.
    pub fn events(&self, at: Spot) -> impl Iterator<Item = (u64, Spot, &[u8])> {
        let events = lines_of(&self.lines).filter(|(_, line, _)| line.starts_with(b"{\"event\":"));
        (self.before.size..).zip(events).map(move |(seq, (offset, line, _))| {
            (seq, Spot { segment: at.segment, offset: at.offset + offset as u64 }, line)
        })
    }
}

/// Writes batches. Not shared: whoever leads a batch holds it.
pub struct Writer {
    disk: Arc<dyn Disk>,
    settings: Settings,
    segment: u64,
    path: String,
    file: Box<dyn WriteFile>,
    offset: u64,
    position: Position,
    mark: Mark,
    batch: Vec<u8>,
}

/// The open segment as recovery leaves it.
pub struct OpenSegment {
    /// First `seq`.
    pub segment: u64,
    /// Open for writing.
    pub file: Box<dyn WriteFile>,
    /// Length.
    pub offset: u64,
    /// Where the log stands.
    pub position: Position,
}

/// What a batch led to.
pub struct Batched {
    /// Spot of each act's first line.
    pub spots: Vec<Spot>,
    /// The segment that was closed before the batch.
    pub closed: Option<u64>,
}

impl Writer {
    /// A writer that goes on where recovery ended.
    pub fn new(disk: Arc<dyn Disk>, settings: Settings, open: OpenSegment, mark: Mark) -> Self {
        let OpenSegment { segment, file, offset, position } = open;
        let path = plain_path(segment);
        Self { disk, settings, segment, path, file, offset, position, mark, batch: Vec::new() }
    }

    /// Where the log stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// First `seq` of the open segment.
    pub fn segment(&self) -> u64 {
        self.segment
    }

    /// Appends acts that continue the log: one write, one sync, then they are acknowledged.
    ///
    /// After an error nobody knows what is on the disk; the writer must not be used again.
    pub fn append<'a>(&mut self, acts: impl Iterator<Item = &'a Act>) -> Outcome<Batched> {
        let closed = self.roll_over()?;
        self.batch.clear();
        self.batch.extend_from_slice(&synced_line(self.position.size));
        self.batch.push(b'\n');
        let (mut spots, mut position) = (Vec::new(), self.position);
        for act in acts {
            if act.before() != position {
                return Err(Fault::refused("log.not_next").with("seq", act.before().size));
            }
            spots.push(Spot { segment: self.segment, offset: self.offset + self.batch.len() as u64 });
            self.batch.extend_from_slice(act.lines());
            position = act.after();
        }
        durable::append(&mut *self.file, &self.path, self.offset, &self.batch)?;
        self.offset += self.batch.len() as u64;
        self.position = position;
        // The acts are durable: a mark that cannot be written does not take that back. It is written again, and
        // a failure reported, when the mark has to be relied on.
        let _ = self.mark.write(position);
        Ok(Batched { spots, closed })
    }

    /// Opens the next segment when the open one is full.
    fn roll_over(&mut self) -> Outcome<Option<u64>> {
        let events = self.position.size - self.segment;
        let full = events >= self.settings.segment_events || self.offset >= self.settings.segment_bytes;
        if !full || events == 0 {
            return Ok(None);
        }
        // Here a mark that fails stops the roll-over: the closed segment is to be vouched for.
        self.sync_mark()?;
        let closed = self.segment;
        self.segment = self.position.size;
        self.path = plain_path(self.segment);
        self.file = durable::create(&*self.disk, DIR, &self.path)?;
        self.offset = 0;
        Ok(Some(closed))
    }

    /// Makes the mark durable.
    pub fn sync_mark(&mut self) -> Outcome<()> {
        self.mark.write(self.position)?;
        self.mark.sync()
    }

    /// Goes on in a file that took the open segment's place.
    pub fn reopened(&mut self, file: Box<dyn WriteFile>, len: u64) {
        self.file = file;
        self.offset = len;
    }
}
