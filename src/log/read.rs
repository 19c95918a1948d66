//! Readers: lines in order from any event on, and single events.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::act;
use super::cursor::{Cursor, Next};
use super::disk::Disk;
use super::lines::Lines;
use super::mark;
use super::position::{Damage, Position, Settings, Spot};
use super::segment::{self, Forms, Source};
use super::survey::{State, survey};
use super::tail;
use crate::fault::{Fault, Outcome};
use crate::record::ChainHash;

/// Plain bytes between two places a search looks at in a plain segment.
const STEP: u64 = 256 << 10;
/// Guesses a search may make before it halves.
const GUESSES: u32 = 6;

/// What a line of an act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// `{"event":{…},"parts":{…}}`
    Event,
    /// `{"seal":"…"}`
    Seal,
}

/// A line of the log as it stands there. Local lines are not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// What it is.
    pub kind: LineKind,
    /// `seq` of the event, or of the last event before the seal.
    pub seq: u64,
    /// The file, relative to the ledger.
    pub file: Arc<str>,
    /// Where it stands in the log.
    pub spot: Spot,
    /// Number of the line in its segment, from 1, local lines counted; known when the pass began at the segment's
    /// start. [`LogReader::line_number`] counts it otherwise.
    pub number: Option<u64>,
    /// The bytes, without `\n`.
    pub bytes: Vec<u8>,
}

/// What a pass over the log comes upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A line.
    Line(LogLine),
    /// Bytes that are not a line, or lines that are missing; the pass goes on behind them.
    Damage(Damage),
}

/// Reads a log at any time, beside a writer in this process or another. Clones share what they have open.
///
/// It shows whole acts only, and only those that were durable before it looked: an act that is seen is never lost
/// later. A reader that was opened on its own shows the log as it was then; one that was given out by a
/// [`Log`](super::Log) follows it.
#[derive(Clone)]
pub struct LogReader {
    shared: Arc<Shared>,
}

struct Shared {
    disk: Arc<dyn Disk>,
    end: Arc<Mutex<Position>>,
    open: Mutex<Opened>,
}

#[derive(Default)]
struct Opened {
    segments: Option<Arc<BTreeMap<u64, Forms>>>,
    sources: BTreeMap<u64, Arc<Source>>,
}

/// What a reader found at the end of the log.
#[derive(Debug, Clone)]
pub struct ReadReport {
    /// Where the last whole act ends; if the end is damaged the mark, or without one the end of the last sound act.
    pub position: Position,
    /// The high-water mark, if there is a sound one.
    pub mark: Option<Position>,
    /// Bytes behind the last whole act: a writer is at work, or the machine stopped while one was.
    pub unfinished: Option<Damage>,
    /// Damage to what the end is learned from.
    pub damage: Option<Fault>,
    /// Whether the log is shorter than its mark: its end is lost, or it is an old copy.
    pub rolled_back: bool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LogReader {
    /// Opens a log for reading only: takes no lock and changes nothing.
    ///
    /// Where the end of the log is damaged, the mark says how far it went; without a mark it is shown up to the last
    /// act that is sound, which takes reading all of it.
    ///
    /// Errors: the machine fails.
    pub fn open(disk: Arc<dyn Disk>, settings: &Settings) -> Outcome<(Self, ReadReport)> {
        // Before the log is looked at: a mark read later could be of an act that was not there yet.
        let mark = mark::read(&*disk)?;
        let segments = segment::list(&*disk)?;
        let (position, unfinished, damage) = match tail::scan(&*disk, &segments, settings.start, true) {
            Ok(tail) => (tail.position, tail.rest.map(|rest| rest.damage), None),
            Err(fault) if fault.code == "log.damaged" => {
                let position = match mark {
                    Some(mark) => mark,
                    None => sound_end(&*disk, &segments, settings.start)?,
                };
                (position, None, Some(fault))
            }
            Err(fault) => return Err(fault),
        };
        let rolled_back = mark.is_some_and(|mark| mark.size > position.size);
        // What the mark knows of was acknowledged: where it cannot be read any more, passes shall say so.
        let end = mark.filter(|mark| mark.size > position.size).unwrap_or(position);
        let reader = Self::following(disk, Arc::new(Mutex::new(end)));
        Ok((reader, ReadReport { position, mark, unfinished, damage, rolled_back }))
    }

    pub(super) fn following(disk: Arc<dyn Disk>, end: Arc<Mutex<Position>>) -> Self {
        Self { shared: Arc::new(Shared { disk, end, open: Mutex::default() }) }
    }

    /// How far the log goes as this reader shows it; if its end is lost, how far it is known to have gone.
    pub fn position(&self) -> Position {
        *locked(&self.shared.end)
    }

    /// Closes what is open: files have been replaced.
    pub(super) fn forget(&self) {
        *locked(&self.shared.open) = Opened::default();
    }

    /// The lines from event `from` on, up to where the log goes now.
    pub fn lines(&self, from: u64) -> Outcome<Lines> {
        Lines::new(self.clone(), from, self.position().size)
    }

    /// The event `seq`. A spot that was kept saves the search; it is not trusted.
    ///
    /// Errors: `log.no_event`, `log.damaged`, or the machine.
    pub fn event(&self, seq: u64, kept: Option<Spot>) -> Outcome<LogLine> {
        if seq >= self.position().size {
            return Err(Fault::usage("log.no_event").with("seq", seq));
        }
        if let Some(spot) = kept
            && let Ok(Some(line)) = self.at_spot(seq, spot)
        {
            return Ok(line);
        }
        let mut damage = None;
        for entry in Lines::new(self.clone(), seq, seq + 1)? {
            match entry? {
                Entry::Damage(found) => damage = Some(found),
                Entry::Line(line) if line.seq == seq => {
                    // A pass counts events; the event itself has the last word.
                    let fits = act::start_of(&line.bytes).is_some_and(|start| start.seq == seq);
                    return if fits { Ok(line) } else { Err(self.wrong_line(seq, &line)) };
                }
                Entry::Line(_) => break,
            }
        }
        Err(damage.map_or_else(|| Fault::refused("log.missing").with("seq", seq), |found| found.fault()))
    }

    fn wrong_line(&self, seq: u64, line: &LogLine) -> Fault {
        self.damaged(seq, line.spot, "this is not the event that is due here")
    }

    /// The fault `log.damaged` of a line that a reader above has found not to be what was written.
    pub fn damaged(&self, seq: u64, spot: Spot, why: &str) -> Fault {
        let (file, byte) = match self.source(spot.segment) {
            Ok(source) => (source.path.clone(), source.byte_of(spot.offset)),
            Err(_) => (segment::plain_path(spot.segment), spot.offset),
        };
        Damage { seq, file, byte, why: why.into() }.fault()
    }

    /// The chain hash of the last event before `size`; that of the origin is given as `start`.
    pub(super) fn head_at(&self, size: u64, start: ChainHash) -> Outcome<ChainHash> {
        let Some(seq) = size.checked_sub(1) else { return Ok(start) };
        let line = self.event(seq, None)?;
        act::chain_hash_of(&line.bytes).ok_or_else(|| self.wrong_line(seq, &line))
    }

    /// The number of the line at a spot, from 1, local lines counted. Reads the segment up to there.
    pub fn line_number(&self, spot: Spot) -> Outcome<u64> {
        let mut cursor = Cursor::start(self.source(spot.segment)?);
        let mut number = 1;
        loop {
            match cursor.next()? {
                Next::Line(offset, _) if offset < spot.offset => number += 1,
                Next::Broken(_) => {}
                _ => return Ok(number),
            }
        }
    }

    fn at_spot(&self, seq: u64, spot: Spot) -> Outcome<Option<LogLine>> {
        let source = self.source(spot.segment)?;
        let mut cursor = Cursor::from(Arc::clone(&source), spot.offset);
        let Next::Line(_, bytes) = cursor.next()? else { return Ok(None) };
        let fits = act::start_of(bytes).is_some_and(|start| start.seq == seq);
        let file = Arc::from(source.path.as_str());
        let kind = LineKind::Event;
        Ok(fits.then(|| LogLine { kind, seq, file, spot, number: None, bytes: bytes.to_vec() }))
    }

    /// The segments that are there.
    pub(super) fn segments(&self) -> Outcome<Arc<BTreeMap<u64, Forms>>> {
        let mut open = locked(&self.shared.open);
        if let Some(segments) = &open.segments {
            return Ok(Arc::clone(segments));
        }
        let segments = Arc::new(segment::list(&*self.shared.disk)?);
        open.segments = Some(Arc::clone(&segments));
        Ok(segments)
    }

    /// A segment, open.
    pub(super) fn source(&self, first: u64) -> Outcome<Arc<Source>> {
        if let Some(source) = locked(&self.shared.open).sources.get(&first) {
            return Ok(Arc::clone(source));
        }
        let source = Arc::new(Source::open(&*self.shared.disk, first)?);
        locked(&self.shared.open).sources.insert(first, Arc::clone(&source));
        Ok(source)
    }

    /// A plain offset in a segment, and the `seq` of the next event there, at or before event `target`.
    ///
    /// Events of an office are much alike, so the place is guessed from the counts; a few wrong guesses and it is
    /// halved instead.
    pub(super) fn near(&self, source: &Arc<Source>, target: u64) -> Outcome<(u64, u64)> {
        let blocks = match source.frames() {
            Some(frames) => frames.len() as u64,
            None => source.plain_len()?.div_ceil(STEP),
        };
        let behind = self.segments()?.range(source.first + 1..).next().map(|(next, _)| *next);
        let (mut low, mut high) = ((0, source.first), (blocks, behind.unwrap_or(self.position().size)));
        let mut best = (0, source.first);
        for guesses in 0.. {
            if low.0 + 1 >= high.0 {
                break;
            }
            let (span, events) = (high.0 - low.0, high.1.saturating_sub(low.1).max(1));
            let guess = u128::from(span) * u128::from(target.saturating_sub(low.1)) / u128::from(events);
            let guess = if guesses < GUESSES { u64::try_from(guess).unwrap_or(span) } else { span / 2 };
            let middle = low.0 + guess.clamp(1, span - 1);
            match first_event(block(source, middle))? {
                Some((offset, seq)) if seq <= target => (low, best) = ((middle, seq), (offset, seq)),
                Some((_, seq)) => high = (middle, seq),
                None => high = (middle, high.1),
            }
        }
        Ok(best)
    }
}

/// Where the last sound act ends.
fn sound_end(disk: &dyn Disk, segments: &BTreeMap<u64, Forms>, start: ChainHash) -> Outcome<Position> {
    let closed = Position { size: 0, head: start };
    survey(disk, segments.keys().copied(), State { closed, lost: None }, &mut |_| Ok(()))
}

/// Reads from a search's `nth` place on.
fn block(source: &Arc<Source>, nth: u64) -> Cursor {
    let source = Arc::clone(source);
    match source.frames().map(|frames| frames.get(nth as usize).map_or(0, |frame| frame.plain)) {
        Some(offset) => Cursor::from(source, offset),
        None => Cursor::within(source, nth * STEP),
    }
}

fn first_event(mut cursor: Cursor) -> Outcome<Option<(u64, u64)>> {
    loop {
        match cursor.next()? {
            Next::Line(offset, line) => {
                if let Some(start) = act::start_of(line) {
                    return Ok(Some((offset, start.seq)));
                }
            }
            Next::End => return Ok(None),
            Next::Unfinished(..) | Next::Broken(_) => {}
        }
    }
}
