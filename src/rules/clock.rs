//! The clocks of the law: which provision applies, from when it counts, what stops it. See `docs/rules.md` §14.

use super::book::RuleBook;
use super::calendar::WorkCalendar;
use super::count::{self, Count, Due, Period, Unit};
use super::data::{ClockData, DayUnit, EditionData, Provision};
use super::expr::{Operand, Scene};
use super::known::Known;
use super::scalar::Holder;
use super::state::{Span, State};
use crate::fault::Outcome;
use crate::record::Day;

/// A clock with its operands read.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) data: ClockData,
    start: Operand,
    by: Operand,
    extra: Option<Operand>,
    until: Option<Operand>,
    ends: Option<Operand>,
}

impl Clock {
    pub(super) fn compile(
        known: &Known<'_>,
        name: &str,
        edition: &EditionData,
        data: &ClockData,
    ) -> Outcome<Self> {
        let bad = |found: String| super::book::bad(format!("clock {name}: {found}"));
        let scope = known.clock(&data.class).ok_or_else(|| bad(format!("class {}", data.class)))?;
        let span = data.span.iter().chain(&data.pauses).find(|span| !scope.has_span(span));
        if let Some(unknown) = span.or_else(|| data.runs.iter().find(|state| !scope.has_state(state))) {
            return Err(bad(unknown.clone()));
        }
        let read = |text: &String| {
            let operand = Operand::parse(text).ok_or_else(|| bad(text.clone()))?;
            match scope.unknown(&operand) {
                None => Ok(operand),
                Some(unknown) => Err(bad(unknown)),
            }
        };
        let maybe = |text: &Option<String>| text.as_ref().map(read).transpose();
        let start = read(&data.start)?;
        let by = maybe(&data.by)?.unwrap_or_else(|| start.clone());
        let (extra, until, ends) = (maybe(&data.extra)?, maybe(&data.until)?, maybe(&data.ends)?);
        let mut cites = data.provisions.iter().flat_map(|provision| &provision.cites);
        if let Some(cite) = cites.find(|cite| !edition.sources.contains_key(&cite.source)) {
            return Err(bad(format!("source {}", cite.source)));
        }
        Ok(Self { data: data.clone(), start, by, extra, until, ends })
    }
}

/// A clock that runs, or has run, for a subject.
#[derive(Debug, Clone)]
pub struct Running<'a> {
    /// Name of the clock.
    pub name: &'a str,
    /// What the book says of it.
    pub clock: &'a ClockData,
    /// The provision that applies.
    pub provision: &'a Provision,
    /// The span it runs for: `seq` of the event that opened it.
    pub span: Option<u64>,
    /// What is counted.
    pub period: Period,
    /// The fixed day, where one was set.
    pub fixed: Option<Day>,
}

impl Running<'_> {
    /// Whether a span keeps it standing.
    pub fn is_paused(&self, calendar: &WorkCalendar) -> bool {
        self.fixed.is_none() && self.count(calendar).is_paused()
    }

    /// The day it runs out, and whether that is certain.
    pub fn due(&self, calendar: &WorkCalendar) -> Due {
        match self.fixed {
            Some(day) => Due { day: Some(day), provisional: false },
            None => count::due(calendar, &self.period),
        }
    }

    /// The day and its count in one line without words.
    pub fn short(&self, calendar: &WorkCalendar) -> String {
        self.fixed.map_or_else(|| self.count(calendar).short(), |day| day.to_string())
    }

    /// The count behind it.
    pub fn count(&self, calendar: &WorkCalendar) -> Count {
        count::count(calendar, &self.period)
    }
}

/// The clock `name` for the subject of `scene`; `None` when nothing started it, or no provision applies.
pub(super) fn running<'a>(scene: &Scene<'a>, name: &str) -> Option<Running<'a>> {
    let (name, clock) = scene.book.clock(name)?;
    let day = |operand: &'a Operand| scene.value(operand)?.as_text()?.parse::<Day>().ok();
    if clock.ends.as_ref().is_some_and(|ends| scene.value(ends).is_some()) {
        return None;
    }
    let (start, by) = (day(&clock.start)?, day(&clock.by)?);
    let within = |p: &&Provision| p.from <= by && p.until.is_none_or(|until| by <= until);
    let provision = clock.data.provisions.iter().find(within)?;
    let extra = clock.extra.as_ref().and_then(|extra| scene.value(extra)?.into_scalar().number());
    let extra = u32::try_from(extra.unwrap_or_default()).unwrap_or(u32::MAX);
    let unit = match provision.unit {
        DayUnit::Working => Unit::Working,
        DayUnit::Calendar => Unit::Calendar,
    };
    let pauses = pauses(scene.holder, &clock.data.pauses);
    let period = Period { start, days: provision.days.saturating_add(extra), unit, pauses };
    let fixed = clock.until.as_ref().and_then(day);
    let span = scene.span.map(|span| span.seq);
    Some(Running { name, clock: &clock.data, provision, span, period, fixed })
}

fn pauses(holder: Holder<'_>, names: &[String]) -> Vec<(Day, Option<Day>)> {
    let Holder::Dossier(dossier) = holder else { return Vec::new() };
    let spans = dossier.spans.values().filter(|span| names.iter().any(|name| **name == *span.name));
    spans.map(|span| (span.from, span.until)).collect()
}

/// Every clock that runs for `subject` of `state`: its own, and one for each open span that has one.
pub fn clocks<'a>(book: &'a RuleBook, state: &'a State, subject: &str) -> Vec<Running<'a>> {
    clocks_of(
        book,
        state,
        Holder::find(state, subject),
        subject.split_once('/').map_or("", |(class, _)| class),
    )
}

/// The same of a subject that is given. `state` is asked for nothing but the calendar and the people.
pub fn clocks_of<'a>(
    book: &'a RuleBook,
    state: &'a State,
    holder: Holder<'a>,
    class: &str,
) -> Vec<Running<'a>> {
    let mut found = Vec::new();
    let standing = holder.register("state");
    let standing = standing.as_ref().and_then(|state| state.as_text()).unwrap_or_default();
    let mut add = |name: &str, span: Option<&'a Span>| {
        let scene = Scene { book, state, reading: None, holder, span };
        found.extend(running(&scene, name));
    };
    for (name, clock) in &book.data().clocks {
        if clock.class != class || !clock.runs.iter().any(|runs| runs == standing) {
            continue;
        }
        match (&clock.span, holder) {
            (None, _) => add(name, None),
            (Some(wanted), Holder::Dossier(dossier)) => {
                let open = dossier.spans.values().filter(|s| s.until.is_none() && *s.name == **wanted);
                open.for_each(|span| add(name, Some(span)));
            }
            _ => {}
        }
    }
    found
}
