//! Compressing closed segments.

use std::sync::Arc;

use super::cursor::{Cursor, Next};
use super::disk::Disk;
use super::durable;
use super::frames::Packer;
use super::segment::{self, DIR, Source, packed_path, plain_path};
use crate::fault::{Fault, Outcome};

/// Compresses the closed segments that are still plain. The open segment is the last and stays.
///
/// The compressed form is written, synced, read back and compared before the plain one is removed; until then the
/// plain one wins.
pub fn compress_closed(disk: &dyn Disk) -> Outcome<()> {
    let segments = segment::list(disk)?;
    let open = segments.last_key_value().map(|(first, _)| *first);
    for (first, forms) in &segments {
        if forms.plain && Some(*first) != open {
            compress(disk, *first)?;
        }
    }
    Ok(())
}

fn compress(disk: &dyn Disk, first: u64) -> Outcome<()> {
    let plain = Arc::new(Source::open(disk, first)?);
    let path = packed_path(first);
    durable::replace(disk, DIR, &path, |sink| {
        let mut packer = Packer::new(sink)?;
        each_line(&plain, |line| packer.line(line))?;
        packer.cut()
    })?;
    if !same(&plain, &Arc::new(Source::open_packed(disk, first)?))? {
        durable::remove(disk, DIR, &path)?;
        let fault = Fault::machine("io.failed").with("path", &path);
        return Err(fault.with("found", "what was written cannot be read back"));
    }
    durable::remove(disk, DIR, &plain_path(first))
}

/// Hands over every byte of a segment, line by line, each with its `\n`.
fn each_line(source: &Arc<Source>, mut take: impl FnMut(&[u8]) -> Outcome<()>) -> Outcome<()> {
    let mut cursor = Cursor::start(Arc::clone(source));
    let mut whole = Vec::new();
    loop {
        match cursor.next()? {
            Next::Line(_, line) => {
                whole.clear();
                whole.extend_from_slice(line);
                whole.push(b'\n');
                take(&whole)?;
            }
            Next::End => return Ok(()),
            Next::Unfinished(byte, _) => return Err(not_lines(source, byte)),
            Next::Broken(damage) => return Err(damage.fault()),
        }
    }
}

fn not_lines(source: &Source, byte: u64) -> Fault {
    let (seq, file) = (source.first, source.path.clone());
    super::position::Damage { seq, file, byte, why: "the line does not end".into() }.fault()
}

fn same(left: &Arc<Source>, right: &Arc<Source>) -> Outcome<bool> {
    let (mut left, mut right) = (Cursor::start(Arc::clone(left)), Cursor::start(Arc::clone(right)));
    loop {
        match (left.next()?, right.next()?) {
            (Next::Line(a, left), Next::Line(b, right)) if a == b && left == right => {}
            (Next::End, Next::End) => return Ok(true),
            _ => return Ok(false),
        }
    }
}
