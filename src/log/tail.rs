//! The tail: where a log ends, learned from the last batch alone.
//!
//! A local line `{"synced":N}` begins each batch and states that all before it was durable when the batch was
//! written. So what stands behind the last such line may have been torn by a power cut, and nothing before it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::act::{Checker, Fed, sealed_by, synced_by};
use super::cursor::{Cursor, Next, lines_of};
use super::disk::Disk;
use super::durable::{At, read_range};
use super::position::{Damage, Position};
use super::segment::{Forms, Source, plain_path};
use crate::fault::Outcome;
use crate::record::ChainHash;

/// More than a seal line ever has.
const WINDOW: u64 = 16 << 10;

/// What was found at the end of the open segment.
pub struct Tail {
    /// First `seq` of the open segment.
    pub segment: u64,
    /// Path of the open segment.
    pub path: String,
    /// Where the last whole act ends.
    pub position: Position,
    /// Offset of the batch that was looked at.
    pub batch: u64,
    /// Offset behind the last whole act.
    pub end: u64,
    /// The whole acts of the batch, from `batch` to `end`.
    pub whole: Vec<u8>,
    /// What stands behind the last whole act.
    pub rest: Option<Rest>,
    /// Whether the open segment is yet to be created.
    pub missing: bool,
}

/// Bytes behind the last whole act: an act that was never finished, or one that was torn.
pub struct Rest {
    /// The first line that does not fit, or where the act that does not end begins.
    pub damage: Damage,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Tail {
    /// The tail of a log whose open segment is yet to be created.
    fn unopened(position: Position) -> Self {
        let (segment, path) = (position.size, plain_path(position.size));
        Self { segment, path, position, batch: 0, end: 0, whole: Vec::new(), rest: None, missing: true }
    }
}

/// Where the log ends. A reader has the open segment synced before it looks, so that what it sees is durable;
/// if that cannot be done it sees what the last local line vouches for.
pub fn scan(
    disk: &dyn Disk,
    segments: &BTreeMap<u64, Forms>,
    start: ChainHash,
    reader: bool,
) -> Outcome<Tail> {
    let Some((&first, _)) = segments.last_key_value() else {
        return Ok(Tail::unopened(Position { size: 0, head: start }));
    };
    let source = Source::open(disk, first)?;
    // The file decides, not the listing: a writer may have closed and compressed the segment in between.
    if source.frames().is_some() {
        let position = sealed_end(&Arc::new(source), u64::MAX)?;
        return Ok(Tail::unopened(position));
    }
    let mut len = source.file().len().at(&source.path)?;
    let synced = !reader || source.file().sync_data().is_ok();
    let (batch, before) = match last_synced(&source, len)? {
        Some((at, size)) if at > 0 => (at, sealed_before(&source, at, size)?),
        _ => (0, end_before(disk, segments, first, start)?),
    };
    len = if synced { len } else { batch };
    let mut bytes = read_range(source.file(), &source.path, batch, len)?;
    let (position, end, broken) = whole_acts(&bytes, before);
    let rest = bytes.split_off(end);
    let rest = (!rest.is_empty()).then(|| {
        let (at, why) = broken.unwrap_or((end, "the act does not end".into()));
        let damage = Damage { seq: position.size, file: source.path.clone(), byte: batch + at as u64, why };
        Rest { damage, bytes: rest }
    });
    let (path, end) = (source.path.clone(), batch + end as u64);
    Ok(Tail { segment: first, path, position, batch, end, whole: bytes, rest, missing: false })
}

/// Position and offset behind the last whole act of `bytes`, and the first line that does not fit.
fn whole_acts(bytes: &[u8], before: Position) -> (Position, usize, Option<(usize, String)>) {
    let mut checker = Checker::after(before);
    let mut end = 0;
    for (at, line, ended) in lines_of(bytes) {
        let fed = if ended { checker.feed(line) } else { Err("the line does not end".into()) };
        match fed {
            Ok(Fed::Closed) => end = at + line.len() + 1,
            Ok(_) => {}
            Err(why) => return (checker.closed(), end, Some((at, why))),
        }
    }
    (checker.closed(), end, None)
}

/// Offset and number of the last `{"synced":N}` line.
fn last_synced(source: &Source, len: u64) -> Outcome<Option<(u64, u64)>> {
    let (mut window, mut upto) = (64 << 10, len);
    while upto > 0 {
        let from = upto.saturating_sub(window);
        // The windows overlap by more than a local line's length.
        let bytes = read_range(source.file(), &source.path, from, (upto + 64).min(len))?;
        if let Some((at, size)) = synced_in(&bytes, from == 0) {
            return Ok(Some((from + at as u64, size)));
        }
        (upto, window) = (from, (window * 2).min(8 << 20));
    }
    Ok(None)
}

fn synced_in(bytes: &[u8], whole: bool) -> Option<(usize, u64)> {
    const MARK: &[u8] = b"\n{\"synced\":";
    let number = |at: usize| {
        let line = bytes.get(at..)?;
        let end = line.iter().take(64).position(|byte| *byte == b'\n')?;
        synced_by(line.get(..end)?).map(|size| (at, size))
    };
    let mut upto = bytes.len();
    while let Some(at) = bytes.get(..upto)?.windows(MARK.len()).rposition(|window| window == MARK) {
        if let Some(found) = number(at + 1) {
            return Some(found);
        }
        upto = at + MARK.len() - 1;
    }
    if whole { number(0) } else { None }
}

/// The position stated by the seal that stands right before `at`.
fn sealed_before(source: &Source, at: u64, size: u64) -> Outcome<Position> {
    let from = at.saturating_sub(WINDOW);
    let bytes = read_range(source.file(), &source.path, from, at)?;
    let line = bytes.strip_suffix(b"\n").and_then(|bytes| bytes.rsplit(|byte| *byte == b'\n').next());
    match line.and_then(sealed_by) {
        Some(position) if position.size == size => Ok(position),
        _ => {
            let byte = at - line.map_or(0, |line| line.len() as u64 + 1);
            let why = format!("no seal of the acts up to event {size}");
            Err(Damage { seq: size.saturating_sub(1), file: source.path.clone(), byte, why }.fault())
        }
    }
}

/// Where the log stood before its segment `first`.
fn end_before(
    disk: &dyn Disk,
    segments: &BTreeMap<u64, Forms>,
    first: u64,
    start: ChainHash,
) -> Outcome<Position> {
    let Some((&before, _)) = segments.range(..first).next_back() else {
        let why = format!("the log begins with event {first}");
        let damage = Damage { seq: 0, file: plain_path(first), byte: 0, why };
        return if first == 0 { Ok(Position { size: 0, head: start }) } else { Err(damage.fault()) };
    };
    let source = Arc::new(Source::open(disk, before)?);
    let position = sealed_end(&source, first)?;
    if position.size == first {
        return Ok(position);
    }
    let why = format!("the next segment begins at event {first}, not {}", position.size);
    let byte = source.file().len().at(&source.path)?;
    Err(Damage { seq: position.size, file: source.path.clone(), byte, why }.fault())
}

/// The position stated by the seal that ends a segment.
fn sealed_end(source: &Arc<Source>, next: u64) -> Outcome<Position> {
    if let Some(position) = last_line(source)?.as_deref().and_then(sealed_by) {
        return Ok(position);
    }
    let byte = source.file().len().at(&source.path)?;
    let why = "the segment does not end in a seal".into();
    Err(Damage { seq: next.saturating_sub(1), file: source.path.clone(), byte, why }.fault())
}

/// The last line of a segment, if it ends in one.
fn last_line(source: &Arc<Source>) -> Outcome<Option<Vec<u8>>> {
    let mut cursor = match source.frames() {
        Some(frames) => Cursor::from(Arc::clone(source), frames.last().map_or(0, |frame| frame.plain)),
        None => Cursor::within(Arc::clone(source), source.plain_len()?.saturating_sub(WINDOW)),
    };
    let mut last = None;
    loop {
        match cursor.next()? {
            Next::Line(_, line) => {
                let kept: &mut Vec<u8> = last.get_or_insert_default();
                kept.clear();
                kept.extend_from_slice(line);
            }
            Next::Unfinished(..) | Next::Broken(_) => last = None,
            Next::End => return Ok(last),
        }
    }
}
