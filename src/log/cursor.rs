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

/// Reads a segment line by line. Lines are shown where they were unpacked; only one that is cut by the end of a
/// piece is put together elsewhere.
pub struct Cursor {
    source: Arc<Source>,
    chunk: Arc<Vec<u8>>,
    /// Where reading goes on in the chunk.
    at: usize,
    /// Plain offset of the chunk's first byte.
    base: u64,
    /// The beginning of a line that the chunks before held, and its plain offset.
    carry: Vec<u8>,
    carry_at: u64,
    frame: usize,
    /// Bytes read next; grows, so that one line costs little and many lines cost few calls.
    piece: u64,
    /// Whether bytes are passed over up to the next line end.
    skipping: bool,
    ended: bool,
}

enum Found {
    /// In the chunk.
    Line(Range<usize>),
    /// Put together in the carry.
    Carried,
    /// What is left in the carry at the end.
    Rest,
    Broken(Damage),
    End,
}

impl Cursor {
    /// From the segment's first line on.
    pub fn start(source: Arc<Source>) -> Self {
        Self::at(source, 0, 0, PIECE_MAX)
    }

    /// From a plain offset on, at which a line must begin.
    pub fn from(source: Arc<Source>, offset: u64) -> Self {
        let frame = if offset == 0 { 0 } else { source.frame_of(offset) };
        Self::at(source, offset, frame, PIECE_MIN)
    }

    /// As `from`, but at any offset: the line that is cut by it is passed over.
    pub fn within(source: Arc<Source>, offset: u64) -> Self {
        // One byte earlier, so that a line which begins at the offset itself is not passed over.
        let mut cursor = Self::from(source, offset.saturating_sub(1));
        cursor.skipping = offset > 0;
        cursor
    }

    fn at(source: Arc<Source>, base: u64, frame: usize, piece: u64) -> Self {
        let (chunk, carry) = (Arc::default(), Vec::new());
        let (skipping, ended) = (false, false);
        Self { source, chunk, at: 0, base, carry, carry_at: base, frame, piece, skipping, ended }
    }

    /// The next line or whatever stands in its place. After `End` it is always `End`.
    pub fn next(&mut self) -> Outcome<Next<'_>> {
        self.carry.clear();
        Ok(match self.find()? {
            Found::Line(range) => {
                Next::Line(self.base + range.start as u64, self.chunk.get(range).unwrap_or_default())
            }
            Found::Carried => Next::Line(self.carry_at, &self.carry),
            Found::Rest => Next::Unfinished(self.carry_at, &self.carry),
            Found::Broken(damage) => Next::Broken(damage),
            Found::End => Next::End,
        })
    }

    fn find(&mut self) -> Outcome<Found> {
        loop {
            if let Some(found) = self.take_line() {
                if !std::mem::take(&mut self.skipping) {
                    return Ok(found);
                }
                self.carry.clear();
                continue;
            }
            if self.skipping {
                self.carry.clear();
            } else if self.carry.len() > LINE_MAX {
                self.skipping = true;
                let (file, byte) = (self.source.path.clone(), self.carry_at);
                self.carry.clear();
                return Ok(Found::Broken(Damage {
                    seq: 0,
                    file,
                    byte,
                    why: "a line is longer than 1 MiB".into(),
                }));
            }
            if self.ended {
                return Ok(if self.carry.is_empty() { Found::End } else { Found::Rest });
            }
            if let Some(damage) = self.refill()? {
                return Ok(Found::Broken(damage));
            }
        }
    }

    /// The next line that ends in the chunk; otherwise what is left of the chunk is carried over.
    fn take_line(&mut self) -> Option<Found> {
        let rest = self.chunk.get(self.at..).filter(|rest| !rest.is_empty())?;
        let mut reader = rest;
        let len = reader.skip_until(b'\n').ok()?;
        let start = self.at;
        self.at += len;
        let piece = rest.get(..len)?;
        let line = piece.strip_suffix(b"\n");
        if self.carry.is_empty() {
            self.carry_at = self.base + start as u64;
            if let Some(line) = line {
                return Some(Found::Line(start..start + line.len()));
            }
        }
        self.carry.extend_from_slice(line.unwrap_or(piece));
        line.map(|_| Found::Carried)
    }

    fn refill(&mut self) -> Outcome<Option<Damage>> {
        let next = self.base + self.chunk.len() as u64;
        let chunk = self.source.chunk(next, self.frame, self.piece)?;
        self.frame += 1;
        self.piece = (self.piece * 8).min(PIECE_MAX);
        match chunk {
            Chunk::End => self.ended = true,
            Chunk::Bytes(bytes, from, offset) => {
                (self.base, self.at) = (offset - from as u64, from);
                self.chunk = bytes;
            }
            Chunk::Broken(damage) => {
                self.carry.clear();
                (self.chunk, self.at, self.base) = (Arc::default(), 0, next);
                return Ok(Some(damage));
            }
        }
        Ok(None)
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
