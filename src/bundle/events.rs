//! The lines of a log as an edition shows them, cut into files.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::mpsc::SyncSender;

use rayon::prelude::*;

use crate::fault::{Fault, Outcome};
use crate::log::{LineKind, LogLine};
use crate::record::event::{Line, RawEventLine};
use crate::record::verify::Copy;
use crate::record::{Law as _, PartName};
use crate::rules::Replay;

/// Bytes of events that go into one file, about.
const FILE: usize = 8 << 20;
/// Lines that are taken apart side by side.
const AT_ONCE: usize = 1024;

/// Parts that are recorded as erased and still stand in the log: a crash came between. They do not leave it.
pub type Erased = BTreeSet<(u64, PartName)>;

/// Lines of whole acts.
pub struct EventsFile {
    /// `seq` of the first event.
    pub first: u64,
    /// `seq` of the last event.
    pub last: u64,
    /// The lines.
    pub bytes: Vec<u8>,
}

/// Shows lines and cuts them into files.
pub struct Cutter<'a> {
    /// Which parts are shown.
    pub edition: Copy,
    /// The law at the end of the log: what is in force.
    pub law: &'a Replay,
    /// What is shown to nobody.
    pub erased: &'a Erased,
}

impl Cutter<'_> {
    /// Sends the events of `range` on as files of about 8 MiB, cut at seals. Ends early when nobody takes them any more.
    pub fn cut(
        &self,
        lines: impl Iterator<Item = Outcome<LogLine>>,
        range: Range<u64>,
        send: &SyncSender<EventsFile>,
    ) -> Outcome<()> {
        let wanted = |line: &Outcome<LogLine>| line.as_ref().map_or(true, |line| line.seq < range.end);
        let mut lines = lines.take_while(wanted);
        let mut file = EventsFile { first: range.start, last: range.start, bytes: Vec::new() };
        loop {
            let some: Vec<LogLine> = lines.by_ref().take(AT_ONCE).collect::<Outcome<_>>()?;
            if some.is_empty() {
                break;
            }
            let shown: Vec<_> =
                some.par_iter().with_min_len(64).map(|line| self.shown(line)).collect::<Outcome<_>>()?;
            for (line, shown) in some.iter().zip(shown) {
                file.bytes.extend_from_slice(&shown);
                file.bytes.push(b'\n');
                file.last = line.seq;
                if line.kind == LineKind::Seal && file.bytes.len() >= FILE {
                    let next = EventsFile { first: line.seq + 1, last: line.seq, bytes: Vec::new() };
                    if send.send(std::mem::replace(&mut file, next)).is_err() {
                        return Ok(());
                    }
                }
            }
        }
        if !file.bytes.is_empty() {
            // When nobody takes it, writing has failed, which is told there.
            let _ = send.send(file);
        }
        Ok(())
    }

    /// A line as this edition shows it.
    fn shown<'l>(&self, line: &'l LogLine) -> Outcome<Cow<'l, [u8]>> {
        match (line.kind, self.edition) {
            (LineKind::Seal, _) => Ok(Cow::Borrowed(&line.bytes)),
            (LineKind::Event, Copy::Full) => without(self.erased, &line.bytes, line.seq),
            (LineKind::Event, Copy::Public) => self.in_public(line).map(Cow::Owned),
        }
    }

    fn in_public(&self, line: &LogLine) -> Outcome<Vec<u8>> {
        let (raw, seq) = (read_event(&line.bytes, line.seq)?, line.seq);
        let event = raw.event().map_err(|e| unreadable(seq, &e))?;
        let in_force = self.law.standing_open(&event) || self.law.open_in_force(&event.subject) == Some(seq);
        let shown = in_force && !self.erased.contains(&(seq, PartName::Open));
        Ok(raw.with_parts(|name| shown && name == PartName::Open))
    }
}

/// An event's line without the parts that are erased.
pub fn without<'l>(erased: &Erased, line: &'l [u8], seq: u64) -> Outcome<Cow<'l, [u8]>> {
    if PartName::ALL.iter().all(|name| !erased.contains(&(seq, *name))) {
        return Ok(Cow::Borrowed(line));
    }
    let raw = read_event(line, seq)?;
    Ok(Cow::Owned(raw.with_parts(|name| !erased.contains(&(seq, name)))))
}

/// A line of the ledger that is not what it must be.
pub fn unreadable(seq: u64, found: &dyn ToString) -> Fault {
    Fault::machine("ledger.unreadable_event").with("seq", seq).with("found", found.to_string())
}

/// An event line, taken apart.
pub fn read_event(line: &[u8], seq: u64) -> Outcome<RawEventLine<'_>> {
    match Line::parse(line).map_err(|e| unreadable(seq, &e))? {
        Line::Event(raw) => Ok(raw),
        _ => Err(unreadable(seq, &"not an event")),
    }
}

/// The note in a seal line.
pub fn seal_note(line: &[u8], seq: u64) -> Outcome<String> {
    match Line::parse(line).map_err(|e| unreadable(seq, &e))? {
        Line::Seal(note) => Ok(note),
        _ => Err(unreadable(seq, &"not a seal")),
    }
}
