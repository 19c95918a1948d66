//! What a unit has done in a period, month by month: the counts that a month's statistics, a quarter's review and a year's assessment are made of.

use std::collections::BTreeMap;

use super::annual::{closing, is_diverted};
use super::{DossierRow, Page, Query, Row};
use crate::fault::Outcome;
use crate::record::Day;
use crate::rules::Books;
use crate::views::row::Course;
use crate::views::{Filter, Level};

/// One thing that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// 登记
    Registered,
    /// 定性
    Decided,
    /// Decided to be withheld.
    Withheld,
    /// Decided to be published in part.
    Redacted,
    /// 发布
    Published,
    /// Published after the time for it, as declared.
    PublishedLate,
    /// 更正
    Corrected,
    /// 撤回
    Withdrawn,
    /// Requests received.
    Received,
    /// Requests answered or ended otherwise.
    Answered,
    /// Of these, late as declared.
    AnsweredLate,
    /// Requests open at the end of the period.
    Pending,
    /// Complaints received.
    Complaints,
    /// Complaints settled.
    ComplaintsClosed,
    /// Findings of inspections.
    Found,
    /// Findings put right.
    Rectified,
    /// Findings whose time was over at the end of the period and that were not put right.
    Unrectified,
    /// Everything that is overdue on the day the question is asked.
    Overdue,
}

impl Indicator {
    /// All of them, in the order they are shown.
    pub const ALL: [Self; 18] = [
        Self::Registered,
        Self::Decided,
        Self::Withheld,
        Self::Redacted,
        Self::Published,
        Self::PublishedLate,
        Self::Corrected,
        Self::Withdrawn,
        Self::Received,
        Self::Answered,
        Self::AnsweredLate,
        Self::Pending,
        Self::Complaints,
        Self::ComplaintsClosed,
        Self::Found,
        Self::Rectified,
        Self::Unrectified,
        Self::Overdue,
    ];

    /// Whether it is counted at the end of the period and not month by month.
    pub fn stands(self) -> bool {
        matches!(self, Self::Pending | Self::Unrectified | Self::Overdue)
    }
}

/// Counts of one unit. Month by month; what stands at the end has one count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By indicator.
    pub of: BTreeMap<Indicator, Vec<i64>>,
    /// Publications by channel.
    pub channels: BTreeMap<Box<str>, Vec<i64>>,
    /// Publications by field (试点领域); under the empty code those without one.
    pub fields: BTreeMap<Box<str>, Vec<i64>>,
}

/// What the units have done in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicators {
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// Number of months.
    pub months: usize,
    /// By `unit/…`; under the empty text what no unit is noted for.
    pub units: BTreeMap<String, Counts>,
}

impl Counts {
    /// The count of an indicator over the whole period.
    pub fn total(&self, indicator: Indicator) -> i64 {
        self.of.get(&indicator).map_or(0, |months| months.iter().sum())
    }
}

impl Query<'_> {
    /// Counts the months from that of `from` to that of `until`, both whole. What stands at the end is counted on `today` when the period is not
    /// over; what is overdue always.
    pub fn indicators(&self, books: &Books, from: Day, until: Day, today: Day) -> Outcome<Indicators> {
        let months = months_between(from, until) + 1;
        let mut counted = Indicators { from, until, months, units: BTreeMap::new() };
        // A unit that has done nothing is told of too.
        for row in self.dossiers("unit/")?.iter().filter(|row| row.state() == "active") {
            counted.unit(Some(row.id.as_str()));
        }
        for row in self.list(&Filter::default(), Page::ALL)?.items {
            let course = if row.chunks > 0 { self.timeline(&row.id)? } else { row.course.clone() };
            counted.item(&row, &course);
        }
        let end = until.min(today);
        for row in self.dossiers("request/")?.iter().filter(|row| !is_diverted(row)) {
            counted.request(row, end);
        }
        for row in self.dossiers("complaint/")? {
            counted.dated(&row, Indicator::Complaints, "received");
            counted.dated(&row, Indicator::ComplaintsClosed, "closed");
        }
        for row in self.dossiers("inspection/")? {
            counted.inspection(&row, end);
        }
        for duty in self.board(books, today)? {
            if duty.level == Level::Red && duty.left.is_some() {
                counted.stands(duty.unit.as_deref(), Indicator::Overdue);
            }
        }
        Ok(counted)
    }
}

impl Indicators {
    /// The month of the period that a day lies in.
    fn month(&self, day: Day) -> Option<usize> {
        (self.from <= day && day <= self.until).then(|| months_between(self.from, day))
    }

    fn unit(&mut self, unit: Option<&str>) -> &mut Counts {
        self.units.entry(unit.unwrap_or_default().to_owned()).or_default()
    }

    fn add(&mut self, unit: Option<&str>, indicator: Indicator, on: Option<Day>) {
        let Some(month) = on.and_then(|on| self.month(on)) else { return };
        let months = self.months;
        let counts = self.unit(unit).of.entry(indicator).or_insert_with(|| vec![0; months]);
        bump(counts, month);
    }

    fn stands(&mut self, unit: Option<&str>, indicator: Indicator) {
        bump(self.unit(unit).of.entry(indicator).or_insert_with(|| vec![0]), 0);
    }

    fn item(&mut self, row: &Row, course: &[Course]) {
        let register = |name: &str| row.law.as_ref().and_then(|law| law.values.get(name)?.text());
        let (unit, field) = (register("unit"), register("field").unwrap_or_default());
        for event in course {
            let on = event.on();
            let indicator = match event.kind.as_str() {
                "item.registered" => Indicator::Registered,
                "item.decided" => Indicator::Decided,
                "item.published" => Indicator::Published,
                "item.corrected" => Indicator::Corrected,
                "item.withdrawn" => Indicator::Withdrawn,
                _ => continue,
            };
            self.add(unit, indicator, on);
            match (indicator, event.fact("attribute")) {
                (Indicator::Decided, Some("withheld")) => self.add(unit, Indicator::Withheld, on),
                (Indicator::Decided, Some("partial")) => self.add(unit, Indicator::Redacted, on),
                (Indicator::Published, _) => self.published(unit, field, event),
                _ => {}
            }
        }
    }

    fn published(&mut self, unit: Option<&str>, field: &str, event: &Course) {
        let Some(month) = event.on().and_then(|on| self.month(on)) else { return };
        if has(event, "irregular", "late") {
            self.add(unit, Indicator::PublishedLate, event.on());
        }
        let months = self.months;
        let channels = event.facts.get("channels").and_then(serde_json::Value::as_array);
        let counts = self.unit(unit);
        bump(counts.fields.entry(field.into()).or_insert_with(|| vec![0; months]), month);
        for channel in channels.into_iter().flatten().filter_map(serde_json::Value::as_str) {
            bump(counts.channels.entry(channel.into()).or_insert_with(|| vec![0; months]), month);
        }
    }

    fn request(&mut self, row: &DossierRow, end: Day) {
        let (unit, received, closing) = (row.code("unit"), row.day("received"), closing(row));
        self.add(unit, Indicator::Received, received);
        if let Some(closing) = closing {
            self.add(unit, Indicator::Answered, Some(closing.on));
            if closing.late {
                self.add(unit, Indicator::AnsweredLate, Some(closing.on));
            }
        }
        let open = closing.is_none_or(|closing| closing.on > end);
        if open && received.is_some_and(|received| received <= end) {
            self.stands(unit, Indicator::Pending);
        }
    }

    fn dated(&mut self, row: &DossierRow, indicator: Indicator, register: &str) {
        self.add(row.code("unit"), indicator, row.day(register));
    }

    fn inspection(&mut self, row: &DossierRow, end: Day) {
        self.dated(row, Indicator::Found, "found");
        self.dated(row, Indicator::Rectified, "rectified");
        let over = row.day("until").is_some_and(|until| until < end);
        if over && row.day("rectified").is_none_or(|rectified| rectified > end) {
            self.stands(row.code("unit"), Indicator::Unrectified);
        }
    }
}

fn has(event: &Course, fact: &str, code: &str) -> bool {
    let codes = event.facts.get(fact).and_then(serde_json::Value::as_array);
    codes.into_iter().flatten().any(|value| value == code)
}

fn bump(counts: &mut [i64], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

/// Months from that of one day to that of a later one.
fn months_between(from: Day, to: Day) -> usize {
    let number = |day: Day| i32::from(day.0.year()) * 12 + i32::from(day.0.month());
    usize::try_from(number(to) - number(from)).unwrap_or_default()
}
