//! Repair: what is damaged or missing comes back from a copy.
//!
//! A gap stands between two positions: the chain hash before it and the one the sound acts behind it name, or the
//! high-water mark when nothing sound stands behind. Acts fill a gap only if their chain leads from the one to the
//! other and every seal verifies. The damaged bytes are kept in side files, each segment is replaced whole, and a
//! part that was erased does not come back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::act::{Checker, Fed, missing_part, start_of};
use super::commit::lock;
use super::disk::Disk;
use super::durable::{self, Sink};
use super::erase::{Erasure, without_parts};
use super::mark;
use super::position::{Position, Settings};
use super::segment::{self, DIR, Forms, packed_path, plain_path};
use super::side;
use super::survey::{Gap, Sight, State, survey};
use crate::fault::{Fault, Outcome};
use crate::record::event::synced_line;

/// What a repair has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The gaps that were filled: first event, and the event behind the last. Equal when only local bytes were bad.
    pub gaps: Vec<(u64, u64)>,
    /// Side files with the damaged bytes.
    pub sides: Vec<String>,
}

/// The damage of a log.
struct Found {
    gaps: Vec<Gap>,
    /// Whether the last gap reaches to where the mark says the log has been.
    to_mark: bool,
    /// Where the survey stood at the beginning of each segment.
    states: BTreeMap<u64, State>,
    /// Segments with bytes that belong to no sound act.
    bad: BTreeSet<u64>,
}

fn look(disk: &dyn Disk, settings: &Settings, segments: &BTreeMap<u64, Forms>) -> Outcome<Found> {
    let closed = Position { size: 0, head: settings.start };
    let start = State { closed, lost: None };
    let (mut gaps, mut states, mut bad) = (Vec::new(), BTreeMap::from([(0, start)]), BTreeSet::new());
    let mut at = 0;
    let end = survey(disk, segments.keys().copied(), start, &mut |sight| {
        match sight {
            Sight::Gap(gap) => gaps.push(gap),
            Sight::Segment(first, state) => {
                at = first;
                states.insert(first, state);
            }
            Sight::Bad(_) => {
                bad.insert(at);
            }
            Sight::Act(..) => {}
        }
        Ok(())
    })?;
    gaps.pop_if(|gap| gap.to.is_none());
    let mark = mark::read(disk)?.filter(|mark| mark.size > end.size);
    gaps.extend(mark.map(|mark| Gap { from: end, to: Some(mark) }));
    Ok(Found { gaps, to_mark: mark.is_some(), states, bad })
}

/// Where acts are missing in a log, looking through all of it: first event, and the event behind the last. What
/// stands behind the last sound act counts only if the mark says that acts stood there; otherwise opening sets it
/// aside. Takes no lock and changes nothing.
pub fn gaps(disk: &dyn Disk, settings: &Settings) -> Outcome<Vec<(u64, u64)>> {
    let found = look(disk, settings, &segment::list(disk)?)?;
    Ok(found.gaps.iter().map(ends).collect())
}

fn ends(gap: &Gap) -> (u64, u64) {
    (gap.from.size, gap.to.map_or(gap.from.size, |to| to.size))
}

/// Repairs a log that no writer has open. `copy` gives the lines of a good copy, without `\n`, in the order of the
/// log, from any event on; `erased` names every part that is to stay gone.
///
/// Errors: `log.repair_short` when the copy does not reach over a gap, `log.repair_other` when its chain is another,
/// `log.repair_part` when it lacks a part that was not erased, `log.locked`; nothing has been changed then.
pub fn repair(
    disk: &Arc<dyn Disk>,
    settings: &Settings,
    copy: impl Iterator<Item = Outcome<Vec<u8>>>,
    erased: &[Erasure],
) -> Outcome<Repaired> {
    let _lock = lock(&**disk, &settings.note)?;
    let segments = segment::list(&**disk)?;
    let found = look(&**disk, settings, &segments)?;
    let mut filler = Filler { copy: copy.peekable(), erased: erased.iter().copied().collect() };
    let mut acts = BTreeMap::new();
    for gap in &found.gaps {
        filler.fill(gap, &mut acts)?;
    }
    let gaps = found.gaps.iter().map(ends).collect();
    let sides = Rewrite { disk: &**disk, segments, found, acts }.run()?;
    Ok(Repaired { gaps, sides })
}

/// Takes acts out of a copy.
struct Filler<I: Iterator> {
    copy: std::iter::Peekable<I>,
    erased: BTreeSet<Erasure>,
}

impl<I: Iterator<Item = Outcome<Vec<u8>>>> Filler<I> {
    /// Adds the acts of one gap: their first `seq` and their lines as they are to stand in the log.
    fn fill(&mut self, gap: &Gap, acts: &mut BTreeMap<u64, Vec<u8>>) -> Outcome<()> {
        let Gap { from, to: Some(to) } = gap else { return Ok(()) };
        let mut checker = Checker::after(*from);
        if from.size < to.size {
            self.skip_to(from.size)?;
        }
        let mut act = Vec::new();
        while checker.closed().size < to.size {
            let short = || Fault::refused("log.repair_short").with("from", from.size).with("to", to.size);
            let line = self.copy.next().ok_or_else(short)??;
            let seq = checker.next_seq();
            match checker.feed(&line).map_err(|why| other(seq, &why))? {
                Fed::Within => act.extend_from_slice(&self.restored(&line, seq)?),
                Fed::Closed => {
                    act.extend_from_slice(&line);
                    act.push(b'\n');
                    acts.insert(checker.began().size, std::mem::take(&mut act));
                }
                Fed::Local => {}
            }
        }
        if checker.closed() == *to { Ok(()) } else { Err(other(to.size, "the chain does not lead there")) }
    }

    /// Passes over the lines before event `seq`.
    fn skip_to(&mut self, seq: u64) -> Outcome<()> {
        loop {
            match self.copy.peek() {
                Some(Ok(line)) if start_of(line).is_none_or(|start| start.seq < seq) => {
                    drop(self.copy.next())
                }
                Some(Err(fault)) => return Err(fault.clone()),
                _ => return Ok(()),
            }
        }
    }

    fn restored(&self, line: &[u8], seq: u64) -> Outcome<Vec<u8>> {
        let gone = |part| self.erased.contains(&Erasure { seq, part });
        if let Some(part) = missing_part(line, gone) {
            return Err(Fault::refused("log.repair_part").with("seq", seq).with("found", part.as_str()));
        }
        let (mut line, _) = without_parts(line, gone).ok_or_else(|| other(seq, "this is not an event"))?;
        line.push(b'\n');
        Ok(line)
    }
}

fn other(seq: u64, why: &str) -> Fault {
    Fault::refused("log.repair_other").with("seq", seq).with("found", why)
}

/// Writes damaged segments anew.
struct Rewrite<'a> {
    disk: &'a dyn Disk,
    segments: BTreeMap<u64, Forms>,
    found: Found,
    acts: BTreeMap<u64, Vec<u8>>,
}

impl Rewrite<'_> {
    fn run(&self) -> Outcome<Vec<String>> {
        let mut sides = Vec::new();
        if !self.segments.contains_key(&0) {
            self.segment(0, &mut sides)?;
        }
        for first in self.segments.keys() {
            self.segment(*first, &mut sides)?;
        }
        Ok(sides)
    }

    /// Writes one segment anew if something is bad in it or missing from it.
    fn segment(&self, first: u64, sides: &mut Vec<String>) -> Outcome<()> {
        let next = self.segments.range(first + 1..).next().map_or(u64::MAX, |(next, _)| *next);
        let has_acts = self.acts.range(first..next).next().is_some();
        if !has_acts && !self.found.bad.contains(&first) {
            return Ok(());
        }
        let (bad, left) = self.bad_bytes(first)?;
        if bad.is_empty() && !has_acts {
            return Ok(());
        }
        if !bad.is_empty() {
            sides.push(side::keep(self.disk, &format!("damaged-{first:012}"), &bad)?);
        }
        let path = plain_path(first);
        durable::replace(self.disk, DIR, &path, |sink| {
            self.merge(first, next, sink)?;
            sink.put(&left)
        })?;
        if self.segments.get(&first).is_some_and(|forms| forms.packed) {
            durable::remove(self.disk, DIR, &packed_path(first))?;
        }
        Ok(())
    }

    fn show(&self, first: u64, mut show: impl FnMut(Sight<'_>) -> Outcome<()>) -> Outcome<()> {
        let Some(state) = self.found.states.get(&first) else { return Ok(()) };
        let there = self.segments.contains_key(&first).then_some(first);
        survey(self.disk, there.into_iter(), *state, &mut show).map(|_| ())
    }

    /// The bad bytes of a segment, and those behind the last sound act that opening will set aside.
    fn bad_bytes(&self, first: u64) -> Outcome<(Vec<u8>, Vec<u8>)> {
        let (mut bad, mut behind) = (Vec::new(), 0);
        self.show(first, |sight| {
            match sight {
                Sight::Bad(bytes) => bad.extend_from_slice(bytes),
                Sight::Act(..) => behind = bad.len(),
                _ => {}
            }
            Ok(())
        })?;
        let last = self.segments.last_key_value().is_some_and(|(last, _)| *last == first);
        let left = if last && !self.found.to_mark { bad.split_off(behind) } else { Vec::new() };
        Ok((bad, left))
    }

    /// The sound acts of a segment and those that come back, in the order of the log.
    fn merge(&self, first: u64, next: u64, sink: &mut Sink) -> Outcome<()> {
        let mut done = first;
        self.show(first, |sight| {
            let Sight::Act(seq, lines) = sight else { return Ok(()) };
            self.put_back(done, seq, sink)?;
            done = seq;
            sink.put(lines)
        })?;
        self.put_back(done, next, sink)
    }

    /// Puts the acts from one event up to another back, as one batch.
    fn put_back(&self, from: u64, to: u64, sink: &mut Sink) -> Outcome<()> {
        for (nth, (seq, lines)) in self.acts.range(from..to.max(from)).enumerate() {
            if nth == 0 {
                sink.put(&synced_line(*seq))?;
                sink.put(b"\n")?;
            }
            sink.put(lines)?;
        }
        Ok(())
    }
}
