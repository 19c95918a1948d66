//! Opening a log for writing: what a crash may have left is put in order, or the opening is refused and nothing
//! is changed.
//!
//! | found | what is done |
//! |---|---|
//! | bytes behind the last whole act, nothing says they were acknowledged | set aside in a side file, cut off, reported |
//! | the same, but the mark or the views know of more acts | refused: `log.damaged` |
//! | the log ends before the mark or the views | refused: `log.rolled_back` |
//! | another head than the mark or the views know | refused: `log.forked` |
//! | the last batch may not have been synced | its bytes are written again and synced |
//! | half-written files, a compressed form beside the plain one | removed |

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::disk::Disk;
use super::durable::{self, At, NEW};
use super::mark::{self, Mark};
use super::position::{Position, Settings};
use super::read::LogReader;
use super::segment::{self, DIR, Forms, packed_path};
use super::side;
use super::tail::{self, Rest, Tail};
use super::writer::{OpenSegment, Writer};
use crate::fault::{Fault, Outcome};
use crate::record::ChainHash;

/// What opening found and did.
#[derive(Debug, Clone)]
pub struct OpenReport {
    /// How far the log goes.
    pub position: Position,
    /// What was set aside: to be told loudly.
    pub torn: Option<Torn>,
    /// The log had events but no sound mark, so a lost end would not have been seen: to be told.
    pub mark_missing: bool,
}

/// An act that was never acknowledged and that a crash left incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// `seq` its first event would have had.
    pub seq: u64,
    /// The segment's file it was cut from.
    pub file: String,
    /// Byte of the first line that does not fit.
    pub byte: u64,
    /// What is wrong with that line.
    pub why: String,
    /// Number of bytes set aside.
    pub bytes: u64,
    /// The file that holds them now.
    pub side: String,
}

impl Torn {
    /// The notice `log.torn`.
    pub fn fault(&self) -> Fault {
        Fault::machine("log.torn")
            .with("seq", self.seq)
            .with("file", &self.file)
            .with("byte", self.byte)
            .with("found", &self.why)
            .with("bytes", self.bytes)
            .with("side", &self.side)
    }
}

/// Puts the log in order and opens its end. The lock is held. `known` are positions that are known to have been
/// acknowledged: of the views, or of this process before a failure.
pub fn recover(
    disk: &Arc<dyn Disk>,
    settings: &Settings,
    known: &[Position],
) -> Outcome<(Writer, OpenReport)> {
    let segments = segment::list(&**disk)?;
    let tail = tail::scan(&**disk, &segments, settings.start, false)?;
    let mark = mark::read(&**disk)?;
    for at_least in mark.iter().chain(known) {
        check_against(disk, &tail, *at_least, settings.start)?;
    }
    sweep(&**disk, &segments)?;
    let clean = mark == Some(tail.position);
    let (position, mark_missing) = (tail.position, mark.is_none() && tail.position.size > 0);
    let torn = set_aside(&**disk, &tail)?;
    let open = open_segment(&**disk, tail, clean, segments.is_empty())?;
    let mut mark = Mark::open(&**disk, position)?;
    mark.write(position)?;
    let report = OpenReport { position, torn, mark_missing };
    Ok((Writer::new(Arc::clone(disk), settings.clone(), open, mark), report))
}

/// Refuses a log that does not hold what is known to have been acknowledged.
fn check_against(disk: &Arc<dyn Disk>, tail: &Tail, known: Position, start: ChainHash) -> Outcome<()> {
    if known.size > tail.position.size {
        return Err(match &tail.rest {
            Some(Rest { damage, .. }) => damage.fault(),
            None => Fault::refused("log.rolled_back")
                .with("expected", known.size)
                .with("found", tail.position.size),
        });
    }
    let head = if known.size == tail.position.size {
        tail.position.head
    } else {
        let reader = LogReader::following(Arc::clone(disk), Arc::new(Mutex::new(tail.position)));
        reader.head_at(known.size, start)?
    };
    if head == known.head {
        return Ok(());
    }
    let fault = Fault::refused("log.forked").with("seq", known.size.saturating_sub(1));
    Err(fault.with("expected", known.head).with("found", head))
}

/// Removes what interrupted work left: half-written files, and compressed forms beside a plain one, which wins.
fn sweep(disk: &dyn Disk, segments: &BTreeMap<u64, Forms>) -> Outcome<()> {
    for name in disk.list(DIR).at(DIR)?.iter().filter(|name| name.ends_with(NEW)) {
        durable::remove_if_there(disk, &format!("{DIR}/{name}"))?;
    }
    for (first, _) in segments.iter().filter(|(_, forms)| forms.plain && forms.packed) {
        durable::remove_if_there(disk, &packed_path(*first))?;
    }
    Ok(())
}

fn set_aside(disk: &dyn Disk, tail: &Tail) -> Outcome<Option<Torn>> {
    let Some(Rest { damage, bytes }) = &tail.rest else { return Ok(None) };
    let side = side::keep(disk, &format!("torn-{:012}", damage.seq), bytes)?;
    Ok(Some(Torn {
        seq: damage.seq,
        file: damage.file.clone(),
        byte: damage.byte,
        why: damage.why.clone(),
        bytes: bytes.len() as u64,
        side,
    }))
}

/// Opens the open segment, whole acts only, everything in it durable under a durable name.
fn open_segment(disk: &dyn Disk, tail: Tail, clean: bool, fresh: bool) -> Outcome<OpenSegment> {
    if fresh {
        disk.create_dir(DIR).at(DIR)?;
        disk.sync_dir("").at("")?;
    }
    let Tail { segment, path, position, batch, end, whole, rest, missing } = tail;
    let file = if missing {
        durable::create(disk, DIR, &path)?
    } else {
        let mut file = disk.open_write(&path).at(&path)?;
        if !clean || rest.is_some() {
            durable::settle(&mut *file, &path, batch, &whole, rest.is_some())?;
        }
        // Whoever created or replaced files here last may have been stopped before making the names durable.
        disk.sync_dir(DIR).at(DIR)?;
        file
    };
    Ok(OpenSegment { segment, file, offset: end, position })
}
