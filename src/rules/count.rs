//! Counting a period: from the day after its start, over working days or calendar days, around pauses.
//! Described for a second implementation in `docs/rules.md` §11.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::calendar::{Look, Off, WorkCalendar};
use crate::record::Day;

/// Most days that are looked at for one period; a longer one has no last day.
pub const DAYS_LOOKED_AT: u32 = 4000;

/// What a period is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日
    Working,
    /// 日; the last one moves to the next working day (民法典 203).
    Calendar,
}

/// A period to be counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The day of the occasion. It is not counted itself (民法典 201).
    pub start: Day,
    /// How many days.
    pub days: u32,
    /// What days.
    pub unit: Unit,
    /// Pauses (from, until): days `d` with from < `d` ≤ until are not counted; without `until` it still lasts.
    pub pauses: Vec<(Day, Option<Day>)>,
}

/// Why a day was not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Saturday or Sunday.
    Weekend,
    /// A day off of the adopted calendar.
    Holiday,
    /// The period was paused, whatever day it was.
    Paused,
}

/// Successive days that were not counted, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// First of them.
    pub from: Day,
    /// Last of them; `None`: a pause that still lasts.
    pub until: Option<Day>,
    /// Why.
    pub why: Why,
}

/// A period counted, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What was counted.
    pub period: Period,
    /// The last day; `None` while a pause lasts, or when it is beyond what is looked at.
    pub due: Option<Day>,
    /// Days still to be counted; 0 when there is a last day.
    pub left: u32,
    /// The days that count, in order.
    pub counted: Vec<Day>,
    /// The days passed over, in order. In calendar days: pauses, and what the last day was moved over.
    pub skipped: Vec<Skipped>,
    /// Saturdays and Sundays that counted as working days, or that the last day was moved to.
    pub made_up: Vec<Day>,
    /// Years without a calendar of which a day was asked whether it is a working day.
    pub provisional: Vec<i16>,
    /// Years with a calendar of which a day was asked, and the event that adopted it.
    pub calendars: Vec<(i16, u64)>,
}

/// The last day of a period, and whether an adopted calendar may yet change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// As [`Count::due`].
    pub day: Option<Day>,
    /// Whether [`Count::provisional`] has a year.
    pub provisional: bool,
}

/// One day on the way, in order.
enum Passed {
    /// It counts. With what the calendar says if it was asked.
    Counted(Option<Look>),
    /// It does not count: a pause lies over it, which ends or not.
    Paused { ends: bool },
    /// It is no working day.
    Off(Look, Off),
    /// The last day was moved here.
    MovedTo(Look),
}

/// Where a count ended: the last day, or how many days are still to be counted.
enum End {
    Due(Day),
    Left(u32),
}

/// Walks over the days of `period` and tells `seen` each of them.
fn walk(calendar: &WorkCalendar, period: &Period, mut seen: impl FnMut(Day, Passed)) -> End {
    let (mut day, mut left) = (period.start, period.days);
    let mut budget = DAYS_LOOKED_AT;
    while left > 0 {
        let Some(next) = following(day, &mut budget) else { return End::Left(left) };
        day = next;
        let passed = pass(calendar, period, day);
        left -= u32::from(matches!(passed, Passed::Counted(_)));
        let lasts = matches!(passed, Passed::Paused { ends: false });
        seen(day, passed);
        if lasts {
            return End::Left(left);
        }
    }
    match period.unit {
        Unit::Working => End::Due(day),
        Unit::Calendar => moved(calendar, day, budget, seen).map_or(End::Left(0), End::Due),
    }
}

/// The next day, as long as there is one and the budget allows it.
fn following(day: Day, budget: &mut u32) -> Option<Day> {
    *budget = budget.checked_sub(1)?;
    day.0.tomorrow().ok().map(Day)
}

fn pass(calendar: &WorkCalendar, period: &Period, day: Day) -> Passed {
    let mut over = period.pauses.iter().filter(|(from, until)| *from < day && until.is_none_or(|u| day <= u));
    if let Some((_, until)) = over.next() {
        return Passed::Paused { ends: until.is_some() && over.all(|(_, until)| until.is_some()) };
    }
    if period.unit == Unit::Calendar {
        return Passed::Counted(None);
    }
    let look = calendar.look(day);
    look.off.map_or(Passed::Counted(Some(look)), |off| Passed::Off(look, off))
}

/// The first working day from `day` on. Pauses matter no more: the period is over.
fn moved(
    calendar: &WorkCalendar,
    mut day: Day,
    mut budget: u32,
    mut seen: impl FnMut(Day, Passed),
) -> Option<Day> {
    loop {
        let look = calendar.look(day);
        let Some(off) = look.off else {
            seen(day, Passed::MovedTo(look));
            return Some(day);
        };
        seen(day, Passed::Off(look, off));
        day = following(day, &mut budget)?;
    }
}

/// The last day of `period` alone: what judging needs.
pub fn due(calendar: &WorkCalendar, period: &Period) -> Due {
    let mut provisional = false;
    let end = walk(calendar, period, |_, passed| {
        provisional |= passed.look().is_some_and(|look| !look.known);
    });
    Due { day: end.day(), provisional }
}

/// Counts `period` and remembers each step.
pub fn count(calendar: &WorkCalendar, period: &Period) -> Count {
    let mut count = Count {
        period: period.clone(),
        due: None,
        left: 0,
        counted: Vec::new(),
        skipped: Vec::new(),
        made_up: Vec::new(),
        provisional: Vec::new(),
        calendars: Vec::new(),
    };
    let mut asked = BTreeSet::new();
    let end = walk(calendar, period, |day, passed| {
        if passed.look().is_some() {
            asked.insert(day.0.year());
        }
        count.note(day, &passed);
    });
    for year in asked {
        match calendar.adopted(year) {
            Some(seq) => count.calendars.push((year, seq)),
            None => count.provisional.push(year),
        }
    }
    count.due = end.day();
    count.left = if let End::Left(left) = end { left } else { 0 };
    count
}

/// Working days after `today` up to the last day of `period`, whatever its unit: 0 on the last day itself, and below 0
/// afterwards, by one at least, though no working day may have passed yet. `None` if there is no last day. At most
/// [`DAYS_LOOKED_AT`] days are looked at.
pub fn days_left(calendar: &WorkCalendar, period: &Period, today: Day) -> Option<i64> {
    Some(working_days(calendar, today, due(calendar, period).day?))
}

/// Working days after `today` up to `due`; below 0 when `due` is past, by one at least.
pub fn working_days(calendar: &WorkCalendar, today: Day, due: Day) -> i64 {
    let between = working_between(calendar, today.min(due), today.max(due));
    if today <= due { between } else { -between.max(1) }
}

/// Working days after `from` up to `until`.
fn working_between(calendar: &WorkCalendar, from: Day, until: Day) -> i64 {
    let (mut day, mut budget, mut working) = (from, DAYS_LOOKED_AT, 0);
    while day < until {
        let Some(next) = following(day, &mut budget) else { break };
        day = next;
        working += i64::from(calendar.is_working(day));
    }
    working
}

impl Passed {
    /// What the calendar said, if it was asked.
    fn look(&self) -> Option<&Look> {
        match self {
            Self::Counted(look) => look.as_ref(),
            Self::Paused { .. } => None,
            Self::Off(look, _) | Self::MovedTo(look) => Some(look),
        }
    }
}

impl End {
    fn day(&self) -> Option<Day> {
        if let Self::Due(day) = self { Some(*day) } else { None }
    }
}

impl Count {
    /// Whether a pause lasts, so that the last day cannot be known yet.
    pub fn is_paused(&self) -> bool {
        self.skipped.last().is_some_and(|run| run.until.is_none())
    }

    fn note(&mut self, day: Day, passed: &Passed) {
        if passed.look().is_some_and(|look| look.made_up) {
            self.made_up.push(day);
        }
        match passed {
            Passed::Counted(_) => self.counted.push(day),
            Passed::Paused { ends } => self.skip(day, ends.then_some(day), Why::Paused),
            Passed::Off(_, Off::Weekend) => self.skip(day, Some(day), Why::Weekend),
            Passed::Off(_, Off::Holiday) => self.skip(day, Some(day), Why::Holiday),
            Passed::MovedTo(_) => {}
        }
    }

    /// Adds a day to the run it goes on, or begins one.
    fn skip(&mut self, day: Day, until: Option<Day>, why: Why) {
        let yesterday = day.0.yesterday().ok().map(Day);
        match self.skipped.last_mut() {
            Some(run) if run.why == why && run.until.is_some() && run.until == yesterday => run.until = until,
            _ => self.skipped.push(Skipped { from: day, until, why }),
        }
    }
}
