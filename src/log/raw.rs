//! The log's bytes as they stand on the disk, local lines and damage included: what a verification reads.
//!
//! A writer may be at work meanwhile. What it adds after the look is left to the next look. What stands behind the
//! last seal at the look is an act that is being written, or one that was torn: [`Look::moved`] tells them apart, for
//! a writer goes on.

use std::sync::Arc;

use super::disk::Disk;
use super::durable::{self, At as _, read_range};
use super::mark;
use super::position::{Damage, Position};
use super::segment::{self, Chunk, Source};
use crate::fault::Outcome;

/// Bytes that are read at a time.
const PIECE: u64 = 4 << 20;

/// What a pass over the raw bytes comes by.
pub enum Raw<'a> {
    /// The bytes of another segment follow; its path.
    Segment(&'a str),
    /// Plain bytes, in order.
    Bytes(&'a [u8]),
    /// A stretch that cannot be unpacked.
    Damage(Damage),
}

/// The log as it stood at one moment: which segments there were, and how long the newest was.
pub struct Look {
    disk: Arc<dyn Disk>,
    mark: Option<Position>,
    closed: Vec<u64>,
    newest: Option<Newest>,
}

/// The newest segment, open since the look: a file that replaces it is not what was looked at.
struct Newest {
    source: Source,
    /// Its length, if it is plain.
    length: Option<u64>,
    /// Where the last seal ends that was whole then.
    whole: u64,
}

impl Look {
    /// Looks where the log stands now. Takes no lock and changes nothing.
    pub fn new(disk: Arc<dyn Disk>) -> Outcome<Self> {
        // Before the log is looked at: a mark read later could be of an act that was not there yet.
        let mark = mark::read(&*disk)?;
        let mut closed: Vec<u64> = segment::list(&*disk)?.into_keys().collect();
        let newest = closed.pop().map(|first| Newest::open(&*disk, first)).transpose()?;
        Ok(Self { disk, mark, closed, newest })
    }

    /// The high-water mark, if there was a sound one.
    pub fn mark(&self) -> Option<Position> {
        self.mark
    }

    /// Passes over every segment in order, up to the last seal there was. Stops at nothing but the machine's failure.
    pub fn pass(&self, each: &mut dyn FnMut(Raw<'_>)) -> Outcome<()> {
        for first in &self.closed {
            let source = Source::open(&*self.disk, *first)?;
            each(Raw::Segment(&source.path));
            walk(&source, 0, u64::MAX, each)?;
        }
        let Some(newest) = &self.newest else { return Ok(()) };
        each(Raw::Segment(&newest.source.path));
        let end = newest.length.map_or(u64::MAX, |_| newest.whole);
        walk(&newest.source, 0, end, each)
    }

    /// Bytes that stood behind the last seal.
    pub fn unfinished(&self) -> u64 {
        self.newest.as_ref().map_or(0, Newest::unfinished)
    }

    /// Passes over what stood behind the last seal.
    pub fn rest(&self, each: &mut dyn FnMut(Raw<'_>)) -> Outcome<()> {
        match &self.newest {
            Some(Newest { source, length: Some(length), whole }) => walk(source, *whole, *length, each),
            _ => Ok(()),
        }
    }

    /// Whether the log has gone on since: a writer is at work.
    pub fn moved(&self) -> Outcome<bool> {
        let Some((first, _)) = segment::list(&*self.disk)?.pop_last() else {
            return Ok(self.newest.is_some());
        };
        let now = Newest::open(&*self.disk, first)?;
        let stood = |newest: &Newest| (newest.source.first, newest.length, newest.whole);
        Ok(self.newest.as_ref().map(stood) != Some(stood(&now)))
    }
}

impl Newest {
    fn open(disk: &dyn Disk, first: u64) -> Outcome<Self> {
        let source = Source::open(disk, first)?;
        if source.frames().is_some() {
            return Ok(Self { source, length: None, whole: 0 });
        }
        let length = source.file().len().at(&source.path)?;
        let whole = sealed_end(&source, length)?;
        Ok(Self { source, length: Some(length), whole })
    }

    fn unfinished(&self) -> u64 {
        self.length.map_or(0, |length| length.saturating_sub(self.whole))
    }
}

/// Where the last whole line that is a seal ends within the first `length` bytes; 0 if there is none.
fn sealed_end(source: &Source, length: u64) -> Outcome<u64> {
    const SEAL: &[u8] = b"{\"seal\":";
    let (mut upto, mut window) = (length, 64 << 10);
    while upto > 0 {
        let from = upto.saturating_sub(window);
        let bytes = read_range(source.file(), &source.path, from, upto)?;
        let ends: Vec<usize> = (0..bytes.len()).filter(|at| bytes.get(*at) == Some(&b'\n')).collect();
        // The first line of the window may have begun before it, unless the segment begins here.
        let starts = (from == 0).then_some(0).into_iter().chain(ends.iter().map(|end| end + 1));
        let lines = starts.zip(ends.iter().skip(usize::from(from > 0)));
        let seals = lines.filter(|(start, _)| bytes.get(*start..).is_some_and(|line| line.starts_with(SEAL)));
        if let Some((_, end)) = seals.last() {
            return Ok(from + *end as u64 + 1);
        }
        match ends.first() {
            // What was seen begins behind this line end; the line that ends here is looked at with what is before it.
            Some(end) if from > 0 => upto = from + *end as u64 + 1,
            _ if from > 0 => {}
            _ => return Ok(0),
        }
        window *= 2;
    }
    Ok(0)
}

/// Passes over the plain bytes of a segment from one offset to another.
fn walk(source: &Source, from: u64, to: u64, each: &mut dyn FnMut(Raw<'_>)) -> Outcome<()> {
    let (mut offset, mut nth) = (from, 0);
    while offset < to {
        match source.chunk(offset, nth, PIECE.min(to - offset))? {
            Chunk::End => break,
            Chunk::Bytes(bytes, start, at) => {
                let bytes = bytes.get(start..).unwrap_or_default();
                each(Raw::Bytes(bytes));
                offset = at + bytes.len() as u64;
            }
            Chunk::Broken(damage) => each(Raw::Damage(damage)),
        }
        nth += 1;
    }
    Ok(())
}

/// Writes a small file beside the log, whole or not at all, durable under a durable name.
pub fn place_file(disk: &dyn Disk, path: &str, bytes: &[u8]) -> Outcome<()> {
    durable::replace(disk, "", path, |sink| sink.put(bytes))
}

/// Reads a small file beside the log; `None` when there is none.
pub fn read_file(disk: &dyn Disk, path: &str) -> Outcome<Option<Vec<u8>>> {
    match disk.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        file => {
            let file = file.at(path)?;
            let length = file.len().at(path)?;
            durable::read_range(&*file, path, 0, length).map(Some)
        }
    }
}
