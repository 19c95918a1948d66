//! The log's bytes as they stand on the disk, local lines and damage included: what a verification reads.

use std::sync::Arc;

use super::disk::Disk;
use super::durable::{self, At as _};
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

/// Passes over every segment in order and gives the high-water mark, if there is a sound one. Takes no lock, changes
/// nothing, and stops at nothing but the machine's failure.
pub fn pass(disk: &Arc<dyn Disk>, each: &mut dyn FnMut(Raw<'_>)) -> Outcome<Option<Position>> {
    let mark = mark::read(&**disk)?;
    for first in segment::list(&**disk)?.into_keys() {
        let source = Source::open(&**disk, first)?;
        each(Raw::Segment(&source.path));
        let (mut offset, mut nth) = (0, 0);
        loop {
            match source.chunk(offset, nth, PIECE)? {
                Chunk::End => break,
                Chunk::Bytes(bytes, from, at) => {
                    let bytes = bytes.get(from..).unwrap_or_default();
                    each(Raw::Bytes(bytes));
                    offset = at + bytes.len() as u64;
                }
                Chunk::Broken(damage) => each(Raw::Damage(damage)),
            }
            nth += 1;
        }
    }
    Ok(mark)
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
