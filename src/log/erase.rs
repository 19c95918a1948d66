//! Erasure: a part leaves the segment it stands in.
//!
//! The event that orders an erasure is appended first; the erasure itself may be interrupted anywhere and is done
//! again at the next open by whoever knows those events. A segment is replaced whole, so a crash leaves it as it
//! was or without the part. The bytes that a file system keeps in freed blocks are out of reach from here.

use std::collections::{BTreeMap, BTreeSet};

use super::commit::{Core, Log, locked, must_read_again};
use super::disk::Disk;
use super::durable::{self, At, Sink, read_range};
use super::frames::{self, Packer};
use super::position::Damage;
use super::segment::{DIR, Source, packed_path, plain_path};
use super::side;
use crate::fault::{Fault, Outcome};
use crate::record::{Line, PartName};

/// A part that is to leave the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Erasure {
    /// The event that has the part.
    pub seq: u64,
    /// The part.
    pub part: PartName,
}

/// What an erasure has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Parts that were there and are gone now; those that had gone before are not counted.
    pub parts: u64,
    /// Segments, by first `seq`, in which the lines behind the part have moved: spots kept for them are stale.
    pub moved: Vec<u64>,
}

/// Line changes in one segment: plain offset → length of the old line and the new line, without `\n`.
type Edits = BTreeMap<u64, (usize, Vec<u8>)>;

impl Log {
    /// Takes parts out of their segments and all bodies out of the side files. Parts that are not there any more
    /// are fine, so an interrupted erasure is completed by asking for it again. A pass that is under way may still
    /// show them.
    ///
    /// Errors: `log.damaged` when an event cannot be read, after all others have been done; `log.no_event`;
    /// the machine, after which the log may have to be read again.
    pub fn erase(&self, erasures: &[Erasure]) -> Outcome<Erased> {
        let core = self.core();
        let _tidying = locked(&core.tidying);
        let (edits, parts, failed) = find(core, erasures);
        for (segment, edits) in &edits {
            core.rewrite(*segment, edits)?;
        }
        if !erasures.is_empty() {
            side::scrub(&*core.disk)?;
        }
        let moved = edits.into_keys().collect();
        failed.map_or(Ok(Erased { parts, moved }), Err)
    }
}

/// Which lines have to change, how many parts go with that, and the first event that could not be read.
fn find(core: &Core, erasures: &[Erasure]) -> (BTreeMap<u64, Edits>, u64, Option<Fault>) {
    let mut by_event: BTreeMap<u64, BTreeSet<PartName>> = BTreeMap::new();
    for erasure in erasures {
        by_event.entry(erasure.seq).or_default().insert(erasure.part);
    }
    let (mut edits, mut parts, mut failed) = (BTreeMap::<u64, Edits>::new(), 0, None);
    for (seq, names) in by_event {
        let edit = core.reader.event(seq, None).and_then(|line| {
            let without = without_parts(&line.bytes, |name| names.contains(&name));
            let (without, gone) = without.ok_or_else(|| unreadable(seq, &line.file, line.spot.offset))?;
            if gone > 0 {
                parts += gone;
                edits
                    .entry(line.spot.segment)
                    .or_default()
                    .insert(line.spot.offset, (line.bytes.len(), without));
            }
            Ok(())
        });
        failed = failed.or(edit.err());
    }
    (edits, parts, failed)
}

fn unreadable(seq: u64, file: &str, byte: u64) -> Fault {
    Damage { seq, file: file.into(), byte, why: "this is not an event".into() }.fault()
}

/// An event line without some of its parts, and how many those were.
pub fn without_parts(line: &[u8], gone: impl Fn(PartName) -> bool) -> Option<(Vec<u8>, u64)> {
    let Ok(Line::Event(event)) = Line::parse(line) else { return None };
    let count = event.parts.keys().filter(|name| gone(**name)).count() as u64;
    Some((event.with_parts(|name| !gone(name)), count))
}

impl Core {
    fn rewrite(&self, segment: u64, edits: &Edits) -> Outcome<()> {
        let mut slot = locked(&self.writer);
        let mut writer = slot.take().ok_or_else(must_read_again)?;
        let disk = &*self.disk;
        let source = Source::open(disk, segment)?;
        let replaced = match source.frames() {
            None => rewrite_plain(disk, &source, edits),
            Some(_) => rewrite_packed(disk, &source, edits),
        };
        self.reader.forget();
        // If that failed, it may have been after the rename: the slot stays empty, and the log is read again.
        replaced?;
        if segment == writer.segment() {
            let path = plain_path(segment);
            let len = disk.open(&path).and_then(|file| file.len()).at(&path)?;
            writer.reopened(disk.open_write(&path).at(&path)?, len);
        }
        *slot = Some(writer);
        Ok(())
    }
}

fn rewrite_plain(disk: &dyn Disk, source: &Source, edits: &Edits) -> Outcome<()> {
    let end = source.plain_len()?;
    durable::replace(disk, DIR, &source.path, |sink| {
        let mut at = 0;
        for (offset, (len, line)) in edits {
            copy(source, at, *offset, sink)?;
            sink.put(line)?;
            at = offset + *len as u64;
        }
        copy(source, at, end, sink)
    })
}

/// Copies bytes as they are, sound or not.
fn copy(source: &Source, from: u64, to: u64, sink: &mut Sink) -> Outcome<()> {
    let mut at = from;
    while at < to {
        let bytes = read_range(source.file(), &source.path, at, to.min(at + (1 << 20)))?;
        if bytes.is_empty() {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof)).at(&source.path);
        }
        sink.put(&bytes)?;
        at += bytes.len() as u64;
    }
    Ok(())
}

/// Copies the frames that do not change as they are, and packs the others anew.
fn rewrite_packed(disk: &dyn Disk, source: &Source, edits: &Edits) -> Outcome<()> {
    let (file, path) = (source.file(), packed_path(source.first));
    durable::replace(disk, DIR, &path, |sink| {
        let mut packer = Packer::new(sink)?;
        for frame in source.frames().unwrap_or_default() {
            let within = || edits.range(frame.plain..frame.plain + frame.plain_len);
            if within().next().is_none() {
                packer.packed(&frames::packed(file, &path, *frame)?)?;
                continue;
            }
            let plain = frames::unpack(file, &path, *frame)?.map_err(|why| {
                let (seq, file, byte) = (source.first, path.clone(), frame.at);
                Damage { seq, file, byte, why }.fault()
            })?;
            let mut at = 0;
            for (offset, (len, line)) in within() {
                let from = (offset - frame.plain) as usize;
                packer.add(plain.get(at..from).unwrap_or_default());
                packer.add(line);
                at = from + len;
            }
            packer.add(plain.get(at..).unwrap_or_default());
            packer.cut()?;
        }
        Ok(())
    })
}
