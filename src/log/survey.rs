//! Looking through the whole log for damage: which acts are sound, and where others are missing between them.

use std::sync::Arc;

use super::act::{Checker, Fed, start_of};
use super::cursor::{Cursor, Next};
use super::disk::Disk;
use super::durable::read_range;
use super::position::Position;
use super::segment::Source;
use crate::fault::Outcome;

/// A stretch of the log that cannot be read, between two sound acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Where the sound acts before it end.
    pub from: Position,
    /// Where the sound acts behind it begin; nothing if there are none.
    pub to: Option<Position>,
}

/// What a survey comes upon, in the order of the log.
pub enum Sight<'a> {
    /// A sound act that begins at this event; the bytes of its lines with the local lines before it.
    Act(u64, &'a [u8]),
    /// Bytes that belong to no sound act.
    Bad(&'a [u8]),
    /// A gap has ended, or the log has ended within it.
    Gap(Gap),
    /// A segment begins, by its first `seq`, and where the survey stands. Gaps may go on over it.
    Segment(u64, State),
}

/// Where a survey stands between two segments.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Where the last sound act ended.
    pub closed: Position,
    /// The same, if a gap has been open since.
    pub lost: Option<Position>,
}

/// Goes through the log and shows what is there.
pub struct Survey<'a> {
    checker: Checker,
    /// The position behind the last sound act, while a gap is open.
    lost: Option<Position>,
    /// Bytes since the last sound act.
    held: Vec<u8>,
    show: &'a mut dyn FnMut(Sight<'_>) -> Outcome<()>,
}

/// Surveys segments from a state on; gives where the last sound act before any open gap ended.
pub fn survey(
    disk: &dyn Disk,
    segments: impl Iterator<Item = u64>,
    state: State,
    show: &mut dyn FnMut(Sight<'_>) -> Outcome<()>,
) -> Outcome<Position> {
    let State { closed, lost } = state;
    let mut survey = Survey { checker: Checker::after(closed), lost, held: Vec::new(), show };
    for first in segments {
        let closed = survey.checker.closed();
        (survey.show)(Sight::Segment(first, State { closed, lost: survey.lost }))?;
        if survey.lost.is_none() && closed.size != first {
            survey.lost = Some(closed);
        }
        survey.segment(&Arc::new(Source::open(disk, first)?))?;
        if !survey.held.is_empty() {
            // No act goes on in the next segment.
            survey.lose()?;
        }
    }
    let end = survey.checker.closed();
    let Some(from) = survey.lost else { return Ok(end) };
    (survey.show)(Sight::Gap(Gap { from, to: None }))?;
    Ok(from)
}

impl Survey<'_> {
    fn segment(&mut self, source: &Arc<Source>) -> Outcome<()> {
        let mut cursor = Cursor::start(Arc::clone(source));
        loop {
            match cursor.next()? {
                Next::Line(_, line) => {
                    let fits = self.line(line)?;
                    self.held.extend_from_slice(line);
                    self.held.push(b'\n');
                    if fits == Some(Fed::Closed) {
                        self.act()?;
                    }
                }
                Next::Unfinished(_, rest) => {
                    self.held.extend_from_slice(rest);
                    self.lose()?;
                }
                Next::Broken(damage) => {
                    let frames = source.frames().unwrap_or_default();
                    if let Some(frame) = frames.iter().find(|frame| frame.at == damage.byte) {
                        let raw = read_range(source.file(), &source.path, frame.at, frame.at + frame.len)?;
                        self.held.extend_from_slice(&raw);
                    }
                    self.lose()?;
                }
                Next::End => return Ok(()),
            }
        }
    }

    /// Takes a line; what was held turns bad when the line does not continue it.
    fn line(&mut self, line: &[u8]) -> Outcome<Option<Fed>> {
        if (self.lost.is_none() || self.checker.is_open())
            && let Ok(fed) = self.checker.feed(line)
        {
            return Ok(Some(fed));
        }
        self.lose()?;
        let start = start_of(line).and_then(|start| start.after);
        let Some(after) = start.filter(|after| self.lost.is_some_and(|from| after.size >= from.size)) else {
            return Ok(None);
        };
        self.checker = Checker::after(after);
        Ok(self.checker.feed(line).ok())
    }

    fn act(&mut self) -> Outcome<()> {
        let to = self.checker.began();
        if let Some(from) = self.lost.take() {
            (self.show)(Sight::Gap(Gap { from, to: Some(to) }))?;
        }
        (self.show)(Sight::Act(to.size, &self.held))?;
        self.held.clear();
        Ok(())
    }

    /// What is held belongs to no sound act.
    fn lose(&mut self) -> Outcome<()> {
        self.lost.get_or_insert(self.checker.closed());
        self.checker.reset();
        if !self.held.is_empty() {
            (self.show)(Sight::Bad(&self.held))?;
            self.held.clear();
        }
        Ok(())
    }
}
