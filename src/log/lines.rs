//! A pass over the log: its lines in order, with the damage that stands between them.

use std::sync::Arc;

use super::act::{start_of, synced_by};
use super::cursor::{Cursor, Next};
use super::position::{Damage, Spot};
use super::read::{Entry, LineKind, LogLine, LogReader};
use super::segment::plain_path;
use crate::fault::Outcome;

/// The lines of the log from one event on. Ends after the seal of the last act, or after an error.
///
/// Events are counted, not parsed; local lines check the count and are left out. Nothing is verified here: that
/// is the work of the record's verifier.
pub struct Lines {
    reader: LogReader,
    segments: std::vec::IntoIter<u64>,
    cursor: Option<Cursor>,
    segment: u64,
    file: Arc<str>,
    from: u64,
    end: u64,
    /// `seq` of the next event.
    next: u64,
    /// Whether `next` is known; after damage it is read from the next event.
    sure: bool,
    /// Lines before the next one in its segment.
    number: Option<u64>,
    /// Whether the last line was a seal, or none has been read.
    closed: bool,
    ended: bool,
}

/// What a line is, by its beginning.
enum Shape {
    Event,
    Seal,
    Synced(u64),
}

fn shape_of(line: &[u8]) -> Option<Shape> {
    if line.starts_with(b"{\"event\":") {
        Some(Shape::Event)
    } else if line.starts_with(b"{\"seal\":") {
        Some(Shape::Seal)
    } else {
        synced_by(line).map(Shape::Synced)
    }
}

impl Lines {
    pub(super) fn new(reader: LogReader, from: u64, end: u64) -> Outcome<Self> {
        let segments = reader.segments()?;
        let first = segments.range(..=from).next_back().map_or(0, |(first, _)| *first);
        let rest: Vec<u64> = segments.range(first..).map(|(first, _)| *first).collect();
        let mut lines = Self {
            reader,
            segments: rest.into_iter(),
            cursor: None,
            segment: first,
            file: Arc::from(""),
            from,
            end,
            next: first,
            sure: true,
            number: None,
            closed: true,
            ended: from >= end,
        };
        lines.seek(first)?;
        Ok(lines)
    }

    fn seek(&mut self, first: u64) -> Outcome<()> {
        if self.ended || self.segments.as_slice().first() != Some(&first) {
            return Ok(());
        }
        self.segments.next();
        let source = self.reader.source(first)?;
        self.file = Arc::from(source.path.as_str());
        let near = if self.from == first { (0, first) } else { self.reader.near(&source, self.from)? };
        self.next = near.1;
        self.number = (near.0 == 0).then_some(0);
        self.cursor = Some(if near.0 == 0 { Cursor::start(source) } else { Cursor::from(source, near.0) });
        Ok(())
    }

    /// Ends at damage: a pass for those who need every line.
    pub fn strict(self) -> impl Iterator<Item = Outcome<LogLine>> {
        self.map(|entry| match entry? {
            Entry::Line(line) => Ok(line),
            Entry::Damage(damage) => Err(damage.fault()),
        })
    }

    fn step(&mut self) -> Outcome<Option<Entry>> {
        loop {
            let Some(cursor) = &mut self.cursor else { return self.next_segment() };
            let (next, sure) = (self.next, self.sure);
            match cursor.next()? {
                Next::Line(offset, line) => {
                    let read = read_line(line, next, sure);
                    let bytes = if read.seq() >= Some(self.from) { line.to_vec() } else { Vec::new() };
                    if let Some(entry) = self.take(read, offset, bytes) {
                        return Ok(Some(entry));
                    }
                }
                Next::Unfinished(offset, _) => {
                    return Ok(Some(self.broken(offset, None, "the line does not end")));
                }
                Next::Broken(damage) => {
                    (self.sure, self.closed, self.number) = (false, true, None);
                    return Ok(Some(Entry::Damage(Damage { seq: next, ..damage })));
                }
                Next::End => self.cursor = None,
            }
            if self.ended {
                return Ok(None);
            }
        }
    }

    fn take(&mut self, read: Read, offset: u64, bytes: Vec<u8>) -> Option<Entry> {
        self.number = self.number.map(|number| number + 1);
        match read {
            Read::Line(kind, seq) => {
                self.closed = kind == LineKind::Seal;
                if kind == LineKind::Event {
                    (self.next, self.sure) = (seq + 1, true);
                }
                self.ended = self.closed && self.sure && self.next >= self.end;
                let (file, number) = (Arc::clone(&self.file), self.number);
                let spot = Spot { segment: self.segment, offset };
                let line = LogLine { kind, seq, file, spot, number, bytes };
                (seq >= self.from).then_some(Entry::Line(line))
            }
            Read::Local(size) => {
                (self.next, self.sure) = (size, true);
                None
            }
            Read::Wrong(size, why) => Some(self.broken(offset, size, why)),
        }
    }

    fn broken(&mut self, offset: u64, size: Option<u64>, why: &str) -> Entry {
        let damage = self.damage(offset, why);
        (self.next, self.sure) = (size.unwrap_or(self.next), size.is_some());
        self.closed = true;
        Entry::Damage(damage)
    }

    fn damage(&self, byte: u64, why: &str) -> Damage {
        Damage { seq: self.next, file: self.file.to_string(), byte, why: why.into() }
    }

    fn next_segment(&mut self) -> Outcome<Option<Entry>> {
        let Some(first) = self.segments.next() else {
            self.ended = true;
            let missing = self.next < self.end || !self.sure || !self.closed;
            return Ok(missing.then(|| Entry::Damage(self.damage(0, "the log ends here and should go on"))));
        };
        let gap = (self.sure && self.next != first) || !self.closed;
        let damage = Damage {
            seq: self.next,
            file: plain_path(first),
            byte: 0,
            why: format!("the segment begins at event {first}, event {} is due", self.next),
        };
        let source = self.reader.source(first)?;
        self.file = Arc::from(source.path.as_str());
        self.cursor = Some(Cursor::start(source));
        self.segment = first;
        (self.next, self.sure, self.number, self.closed) = (first, true, Some(0), true);
        if first >= self.end {
            self.ended = true;
        }
        if gap {
            Ok(Some(Entry::Damage(damage)))
        } else if self.ended {
            Ok(None)
        } else {
            self.step()
        }
    }
}

enum Read {
    Line(LineKind, u64),
    Local(u64),
    /// What is wrong, and the `seq` of the next event if the line tells it.
    Wrong(Option<u64>, &'static str),
}

fn read_line(line: &[u8], next: u64, sure: bool) -> Read {
    match shape_of(line) {
        Some(Shape::Event) if sure => Read::Line(LineKind::Event, next),
        Some(Shape::Event) => match start_of(line) {
            Some(start) => Read::Line(LineKind::Event, start.seq),
            None => Read::Wrong(None, "this is not an event"),
        },
        Some(Shape::Seal) => Read::Line(LineKind::Seal, next.saturating_sub(1)),
        Some(Shape::Synced(size)) if !sure || size == next => Read::Local(size),
        Some(Shape::Synced(size)) => Read::Wrong(Some(size), "the local line names another event"),
        None => Read::Wrong(None, "this is not a line of a log"),
    }
}

impl Read {
    fn seq(&self) -> Option<u64> {
        match self {
            Self::Line(_, seq) => Some(*seq),
            Self::Local(_) | Self::Wrong(..) => None,
        }
    }
}

impl Iterator for Lines {
    type Item = Outcome<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let step = self.step();
        self.ended |= step.is_err();
        step.transpose()
    }
}
