//! Which days are working days: Monday to Friday, but for the days the State Council moves each year.
//! A year's calendar is dated knowledge: an event adopts it, a later event may adopt it anew. See `docs/rules.md` §11.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::record::Day;

/// The calendars this program was built with, as their file.
const SHIPPED: &str = include_str!("../../schemas/calendars.json");

/// Days off and make-up working days of one year; both lists sorted, without repetitions, inside the year.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct YearCalendar {
    year: i16,
    holidays: Vec<Day>,
    workdays: Vec<Day>,
}

/// A year's calendar as someone wrote it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    year: i16,
    holidays: Vec<Day>,
    workdays: Vec<Day>,
}

impl From<Written> for YearCalendar {
    fn from(written: Written) -> Self {
        Self::new(written.year, written.holidays, written.workdays)
    }
}

impl YearCalendar {
    /// The calendar of `year`; days outside the year are left out.
    pub fn new(year: i16, holidays: Vec<Day>, workdays: Vec<Day>) -> Self {
        let tidy = |mut days: Vec<Day>| {
            days.retain(|day| day.0.year() == year);
            days.sort_unstable();
            days.dedup();
            days
        };
        Self { year, holidays: tidy(holidays), workdays: tidy(workdays) }
    }

    /// The year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// Days off (放假), weekends inside a holiday among them.
    pub fn holidays(&self) -> &[Day] {
        &self.holidays
    }

    /// Make-up working days (调休上班).
    pub fn workdays(&self) -> &[Day] {
        &self.workdays
    }
}

/// The calendars that ship with the program: 2007 to 2026, each as last amended.
pub fn shipped_calendars() -> Vec<YearCalendar> {
    serde_json::from_str(SHIPPED).unwrap_or_default()
}

/// Why a day is no working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// Saturday or Sunday.
    Weekend,
    /// A day off of the adopted calendar.
    Holiday,
}

/// What a calendar says of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Whether a calendar of its year is adopted.
    pub known: bool,
    /// Why it is no working day; `None`: it is one.
    pub off: Option<Off>,
    /// A working day by the calendar, though a Saturday or Sunday.
    pub made_up: bool,
}

/// A year adopted, and the event that adopted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Adopted {
    seq: u64,
    calendar: YearCalendar,
}

/// The calendars a ledger has adopted. Serialises as a list in order of years.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Adopted>", into = "Vec<Adopted>")]
pub struct WorkCalendar {
    years: BTreeMap<i16, Adopted>,
}

impl From<Vec<Adopted>> for WorkCalendar {
    fn from(list: Vec<Adopted>) -> Self {
        Self { years: list.into_iter().map(|one| (one.calendar.year, one)).collect() }
    }
}

impl From<WorkCalendar> for Vec<Adopted> {
    fn from(calendar: WorkCalendar) -> Self {
        calendar.years.into_values().collect()
    }
}

impl WorkCalendar {
    /// The years whose calendars were adopted, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.keys().copied()
    }

    /// Whether no calendar was adopted.
    pub fn is_empty(&self) -> bool {
        self.years.is_empty()
    }

    /// Takes over a year's days off and make-up working days from event `seq`; what was adopted for that year ends.
    pub fn adopt(&mut self, year: i16, off: Vec<Day>, on: Vec<Day>, seq: u64) {
        self.adopt_year(YearCalendar::new(year, off, on), seq);
    }

    /// The same, of a calendar at hand.
    pub fn adopt_year(&mut self, calendar: YearCalendar, seq: u64) {
        self.years.insert(calendar.year, Adopted { seq, calendar });
    }

    /// Whether a calendar of `year` is adopted.
    pub fn knows(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// The event that adopted the calendar of `year`.
    pub fn adopted(&self, year: i16) -> Option<u64> {
        self.years.get(&year).map(|one| one.seq)
    }

    /// The calendar of `year`.
    pub fn year(&self, year: i16) -> Option<&YearCalendar> {
        self.years.get(&year).map(|one| &one.calendar)
    }

    /// Whether `day` is a working day. In a year without a calendar these are Monday to Friday.
    pub fn is_working(&self, day: Day) -> bool {
        self.why_off(day).is_none()
    }

    /// Why `day` is no working day; `None` if it is one.
    pub fn why_off(&self, day: Day) -> Option<Off> {
        self.look(day).off
    }

    /// All that is known of `day`.
    pub(super) fn look(&self, day: Day) -> Look {
        let year = self.year(day.0.year());
        let stands = |list: fn(&YearCalendar) -> &[Day]| {
            year.is_some_and(|calendar| list(calendar).binary_search(&day).is_ok())
        };
        let weekend = matches!(day.0.weekday(), Weekday::Saturday | Weekday::Sunday);
        let worked = stands(YearCalendar::workdays);
        let off = if worked {
            None
        } else if stands(YearCalendar::holidays) {
            Some(Off::Holiday)
        } else {
            weekend.then_some(Off::Weekend)
        };
        Look { known: year.is_some(), off, made_up: weekend && worked }
    }
}
