//! The lines of one segment, in order, from any plain offset.

use std::io::BufRead as _;
use std::ops::Range;
use std::sync::Arc;

use super::position::Damage;
use super::segment::{Chunk, Source};
use crate::fault::Outcome;
use crate::record::canonical::LINE_MAX;

const PIECE_MIN: u64 = 8 << 10;
const PIECE_MAX: u64 = 1 << 20;

/// What comes next in a segment.
#[derive(Debug)]
pub enum Next<'a> {
    /// A line that ends in `\n`, given without it, and its plain offset.
    Line(u64, &'a [u8]),
    /// The segment ends within a line.
    Unfinished(u64, &'a [u8]),
    /// Bytes that cannot be read as lines; reading goes on behind them.
    Broken(Damage),
    /// The segment ends.
    End,
}

/// Reads a segment line by line.
pub struct Cursor {
    source: Arc<Source>,
    buffer: Vec<u8>,
    /// Plain offset of the buffer's first byte.
    base: u64,
    at: usize,
    frame: usize,
    /// Bytes read next; grows, so that one line costs little and many lines cost few calls.
    piece: u64,
    /// Whether bytes are passed over up to the next line end.
    skipping: bool,
    ended: bool,
}

enum Found {
    Line(Range<usize>),
    Rest(Range<usize>),
    Broken(Damage),
    End,
}

impl Cursor {
    /// From the segment's first line on.
    pub fn start(source: Arc<Source>) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            base: 0,
            at: 0,
            frame: 0,
            piece: PIECE_MAX,
            skipping: false,
            ended: false,
        }
    }

    /// From a plain offset on, at which a line must begin.
    pub fn from(source: Arc<Source>, offset: u64) -> Self {
        let frame = if offset == 0 { 0 } else { source.frame_of(offset) };
        Self {
            source,
            buffer: Vec::new(),
            base: offset,
            at: 0,
            frame,
            piece: PIECE_MIN,
            skipping: false,
            ended: false,
        }
    }

    /// As `from`, but at any offset: the line that is cut by it is passed over.
    pub fn within(source: Arc<Source>, offset: u64) -> Self {
        // One byte earlier, so that a line which begins at the offset itself is not passed over.
        let mut cursor = Self::from(source, offset.saturating_sub(1));
        cursor.skipping = offset > 0;
        cursor
    }

    /// The next line or whatever stands in its place. After `End` it is always `End`.
    pub fn next(&mut self) -> Outcome<Next<'_>> {
        let found = self.find()?;
        Ok(match found {
            Found::Line(range) => {
                Next::Line(self.base + range.start as u64, self.buffer.get(range).unwrap_or_default())
            }
            Found::Rest(range) => {
                Next::Unfinished(self.base + range.start as u64, self.buffer.get(range).unwrap_or_default())
            }
            Found::Broken(damage) => Next::Broken(damage),
            Found::End => Next::End,
        })
    }

    fn find(&mut self) -> Outcome<Found> {
        loop {
            if let Some(line) = self.take_line() {
                if !std::mem::take(&mut self.skipping) {
                    return Ok(Found::Line(line));
                }
                continue;
            }
            if self.skipping {
                self.at = self.buffer.len();
            } else if self.buffer.len() - self.at > LINE_MAX {
                self.skipping = true;
                return Ok(Found::Broken(self.damage("a line is longer than 1 MiB")));
            }
            if self.ended {
                let rest = self.at..self.buffer.len();
                self.at = self.buffer.len();
                return Ok(if rest.is_empty() { Found::End } else { Found::Rest(rest) });
            }
            if let Some(damage) = self.refill()? {
                return Ok(Found::Broken(damage));
            }
        }
    }

    fn take_line(&mut self) -> Option<Range<usize>> {
        let mut rest = self.buffer.get(self.at..).filter(|rest| !rest.is_empty())?;
        let len = rest.skip_until(b'\n').ok()?;
        let end = self.at + len;
        let range = self.at..end - 1;
        if self.buffer.get(range.end) != Some(&b'\n') {
            return None;
        }
        self.at = end;
        Some(range)
    }

    fn refill(&mut self) -> Outcome<Option<Damage>> {
        self.buffer.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
        let chunk = self.source.chunk(self.base + self.buffer.len() as u64, self.frame, self.piece)?;
        self.frame += 1;
        self.piece = (self.piece * 8).min(PIECE_MAX);
        match chunk {
            Chunk::End => self.ended = true,
            Chunk::Bytes(bytes, from, offset) => {
                if self.buffer.is_empty() {
                    self.base = offset;
                }
                self.buffer.extend_from_slice(bytes.get(from..).unwrap_or_default());
            }
            Chunk::Broken(damage) => {
                self.buffer.clear();
                return Ok(Some(damage));
            }
        }
        Ok(None)
    }

    fn damage(&self, why: &str) -> Damage {
        let byte = self.base + self.at as u64;
        Damage { seq: 0, file: self.source.path.clone(), byte, why: why.into() }
    }
}

/// The lines of a piece of memory: offset, the line without its `\n`, and whether it ended in one.
pub fn lines_of(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8], bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let mut reader = rest;
        let len = reader.skip_until(b'\n').ok()?;
        let start = at;
        at += len;
        let line = rest.get(..len)?;
        Some(match line.strip_suffix(b"\n") {
            Some(line) => (start, line, true),
            None => (start, line, false),
        })
    })
}
