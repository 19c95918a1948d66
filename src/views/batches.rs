//! The log as it is folded: batches of whole acts, each continuing the one before, up to the first damage.

use super::fold::Folder;
use super::parse::{Parsed, parse, parse_one};
use super::source::{EventLine, EventLines, EventSource};
use crate::fault::{Fault, Outcome};
use crate::log::{Position, Spot};
use crate::record::ChainHash;
use crate::record::event::ACT_MAX;

/// Events that are folded at a time when many are to be caught up with.
const BATCH: usize = 1 << 16;

/// Whether the fault says that bytes of the log are damaged or missing. What stands before them is folded all the same.
pub fn is_log_damage(fault: &Fault) -> bool {
    matches!(fault.code, "log.damaged" | "log.missing")
}

/// Reads a source from an event on.
pub struct Batches<'a> {
    source: &'a dyn EventSource,
    lines: EventLines<'a>,
    end: Position,
    /// Place of the next event and the chain hash it must name.
    at: (u64, ChainHash),
    /// Whether an event has been read that continues what is applied.
    begun: bool,
    done: bool,
    /// The last act that was read. Whether its last event is what it was, only the next one tells.
    carry: Vec<Parsed>,
    damage: Option<Fault>,
    /// Where a line right behind the last one would stand.
    behind: Option<Spot>,
    /// The last act that was read goes on in a line that cannot be taken apart.
    torn: bool,
}

impl<'a> Batches<'a> {
    /// The events that continue `at`.
    pub fn after(source: &'a dyn EventSource, at: Position) -> Outcome<Self> {
        let (end, lines) = (source.end(), source.events(at.size)?);
        let at = (at.size, at.head);
        let (begun, done, carry) = (false, at.0 >= end.size, Vec::new());
        let (damage, behind, torn) = (None, None, false);
        Ok(Self { source, lines, end, at, begun, done, carry, damage, behind, torn })
    }

    /// The next batch; empty when there are no more.
    ///
    /// Errors: `views.fork` when the first event does not continue what is applied; the log cannot be read. Damage to
    /// the log ends the batches and is kept for [`Batches::finish`].
    pub fn next(&mut self) -> Outcome<Vec<Parsed>> {
        if self.done {
            return Ok(std::mem::take(&mut self.carry));
        }
        let lines = self.take()?;
        let parsed = self.parsed(&lines);
        self.join(parsed)?;
        if self.torn {
            self.carry.truncate(last_act(&self.carry));
        }
        let mut batch = std::mem::take(&mut self.carry);
        if self.done {
            self.check_end(&mut batch);
        } else {
            self.carry = batch.split_off(last_act(&batch));
        }
        Ok(batch)
    }

    /// What of the log could not be read.
    pub fn finish(self) -> Outcome<()> {
        self.damage.map_or(Ok(()), Err)
    }

    /// The damage is known, and nothing behind it is taken.
    fn stop(&mut self, damage: Fault) {
        self.damage.get_or_insert(damage);
        self.done = true;
    }

    fn take(&mut self) -> Outcome<Vec<EventLine>> {
        let mut lines = Vec::new();
        while lines.len() < BATCH && !self.done {
            match self.lines.next() {
                Some(Ok(line)) => lines.push(line),
                Some(Err(fault)) if is_log_damage(&fault) => {
                    // What stands before the first event that is wanted hides none that is.
                    self.done = self.begun || !lines.is_empty();
                    self.damage.get_or_insert(fault);
                }
                Some(Err(fault)) => return Err(fault),
                None => self.done = true,
            }
        }
        Ok(lines)
    }

    fn parsed(&mut self, lines: &[EventLine]) -> Vec<Parsed> {
        if let Ok(parsed) = parse(lines) {
            self.behind = lines.last().map(EventLine::behind);
            return parsed;
        }
        let mut sound = Vec::new();
        for line in lines {
            match parse_one(line) {
                Ok(parsed) => sound.push(parsed),
                Err(fault) => {
                    let why = fault.args.get("found").map_or(fault.code, String::as_str);
                    self.stop(self.source.damaged(line.seq, line.spot, why));
                    // Between two acts stands at least a seal.
                    self.torn = self.behind == Some(line.spot);
                    break;
                }
            }
            self.behind = Some(line.behind());
        }
        sound
    }

    /// Takes over what continues the events before it.
    fn join(&mut self, parsed: Vec<Parsed>) -> Outcome<()> {
        for next in parsed {
            if (next.event.seq, next.event.prev) == self.at {
                self.at = (next.event.seq + 1, next.chain);
                self.begun = true;
                self.carry.push(next);
            } else if self.begun {
                self.torn = false;
                self.doubt_last("the event behind it names another chain hash");
                return Ok(());
            } else if self.damage.is_some() {
                self.done = true;
                return Ok(());
            } else {
                let fault = Fault::refused("views.fork").with("seq", self.at.0);
                return Err(fault.with("expected", self.at.1).with("found", next.event.prev));
            }
        }
        Ok(())
    }

    /// Leaves out the last act: its last event is not known to be what it was.
    fn doubt_last(&mut self, why: &str) {
        if let Some(last) = self.carry.last() {
            let damage = self.source.damaged(last.event.seq, last.spot, why);
            self.carry.truncate(last_act(&self.carry));
            self.stop(damage);
        }
    }

    /// The very last event is vouched for by where the log is known to end.
    fn check_end(&mut self, batch: &mut Vec<Parsed>) {
        if self.damage.is_none() && self.at.0 == self.end.size && self.at.1 != self.end.head {
            self.carry = std::mem::take(batch);
            self.doubt_last("the log ends with another chain hash");
            *batch = std::mem::take(&mut self.carry);
        }
    }
}

/// Where the last act begins in a batch.
fn last_act(batch: &[Parsed]) -> usize {
    let Some(last) = batch.last() else { return 0 };
    let first = last.event.act.max(last.event.seq.saturating_sub(ACT_MAX - 1));
    batch.partition_point(|parsed| parsed.event.seq < first)
}

/// Folds all that continues what the folder has. Reading and taking apart go on while the batch before is folded.
///
/// Errors: as [`Batches::next`], and when the log is damaged: then all before the damage has been folded.
pub fn fold_all(folder: &mut Folder<'_>, mut batches: Batches<'_>) -> Outcome<()> {
    let mut parsed = batches.next()?;
    while !parsed.is_empty() {
        let (now, next) = rayon::join(|| folder.fold(&parsed), || batches.next());
        now?;
        parsed = next?;
    }
    batches.finish()
}
