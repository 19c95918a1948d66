//! Periods counted: the cases the law knows, the edges, and every start day of twenty years against a counter that
//! numbers the days instead of walking over them.

use std::collections::HashSet;

use jiff::civil::{Date, Weekday};
use proptest::prelude::*;

use super::calendar::{day, days, shipped};
use crate::record::Day;
use crate::rules::{
    Count, DAYS_LOOKED_AT, Due, Period, Skipped, Unit, Why, WorkCalendar, count, days_left, due,
};

fn working(start: &str, days: u32) -> Period {
    Period { start: day(start), days, unit: Unit::Working, pauses: vec![] }
}

fn calendar_days(start: &str, days: u32) -> Period {
    Period { unit: Unit::Calendar, ..working(start, days) }
}

fn paused(mut period: Period, pauses: &[(&str, Option<&str>)]) -> Period {
    period.pauses = pauses.iter().map(|(from, until)| (day(from), until.map(day))).collect();
    period
}

fn counted(period: &Period) -> Count {
    let calendar = shipped();
    let counted = count(&calendar, period);
    let Due { day, provisional } = due(&calendar, period);
    assert_eq!((day, provisional), (counted.due, !counted.provisional.is_empty()), "{period:?}");
    counted
}

fn last(period: &Period) -> String {
    counted(period).due.unwrap().to_string()
}

fn run(from: &str, until: &str, why: Why) -> Skipped {
    Skipped { from: day(from), until: Some(day(until)), why }
}

#[test]
fn a_reply_over_national_day_skips_the_holiday_and_counts_the_make_up_days() {
    let count = counted(&working("2023-09-12", 20));
    assert_eq!(count.due, Some(day("2023-10-16")));
    assert_eq!((count.left, count.counted.len()), (0, 20));
    assert_eq!(count.counted.first(), Some(&day("2023-09-13")), "the day itself is not counted");
    assert_eq!(count.counted.last(), count.due.as_ref());
    assert_eq!(count.made_up, days(&["2023-10-07", "2023-10-08"]));
    let skipped = [
        run("2023-09-16", "2023-09-17", Why::Weekend),
        run("2023-09-23", "2023-09-24", Why::Weekend),
        run("2023-09-29", "2023-10-06", Why::Holiday),
        run("2023-10-14", "2023-10-15", Why::Weekend),
    ];
    assert_eq!(count.skipped, skipped);
    assert_eq!((count.provisional.as_slice(), count.calendars.as_slice()), (&[][..], &[(2023, 17)][..]));
}

#[test]
fn the_periods_of_the_regulations() {
    assert_eq!(last(&working("2023-09-12", 15)), "2023-10-09", "an opinion of a third party");
    assert_eq!(last(&working("2023-09-12", 7)), "2023-09-21", "a request to be made complete");
    assert_eq!(last(&working("2023-09-22", 7)), "2023-10-09");
    assert_eq!(last(&working("2024-01-25", 15)), "2024-02-20", "over Spring Festival");
    assert_eq!(last(&working("2020-01-20", 20)), "2020-02-25", "as Spring Festival was prolonged in 2020");
    assert_eq!(last(&working("2023-09-28", 1)), "2023-10-07", "a make-up Saturday is the next working day");
    assert_eq!(last(&working("2023-09-30", 1)), "2023-10-07", "from a day off");
    assert_eq!(last(&working("2023-10-07", 1)), "2023-10-08", "from a make-up day");
}

#[test]
fn a_reset_is_a_new_start() {
    // Received 09-12, asked to be made complete, the complete request received 09-27: nothing of the first is left.
    assert_eq!(last(&working("2023-09-27", 20)), "2023-10-31");
}

#[test]
fn a_pause_leaves_out_the_days_behind_its_first_up_to_its_last() {
    let count = counted(&paused(working("2023-09-12", 20), &[("2023-09-18", Some("2023-10-09"))]));
    assert_eq!(count.due, Some(day("2023-10-31")));
    assert!(count.counted.contains(&day("2023-09-18")), "the day it begins counts");
    assert!(!count.counted.contains(&day("2023-10-09")), "the day it ends does not");
    assert!(count.skipped.contains(&run("2023-09-19", "2023-10-09", Why::Paused)));
    assert!(count.made_up.is_empty(), "make-up days inside a pause do not count");
    assert!(!count.skipped.iter().any(|run| run.why == Why::Holiday), "inside a pause it is the pause");
}

#[test]
fn overlapping_pauses_are_one() {
    let one = paused(working("2023-09-12", 20), &[("2023-09-18", Some("2023-10-09"))]);
    for pauses in [
        &[("2023-09-18", Some("2023-09-25")), ("2023-09-21", Some("2023-10-09"))][..],
        &[("2023-09-21", Some("2023-10-09")), ("2023-09-18", Some("2023-09-25"))],
        &[("2023-09-18", Some("2023-10-09")), ("2023-09-20", Some("2023-09-22"))],
        &[("2023-09-18", Some("2023-09-30")), ("2023-09-30", Some("2023-10-09"))],
    ] {
        let two = counted(&paused(working("2023-09-12", 20), pauses));
        assert_eq!(Count { period: one.clone(), ..two }, counted(&one));
    }
}

#[test]
fn a_pause_that_lasts_leaves_the_end_open() {
    let count = counted(&paused(working("2023-09-12", 20), &[("2023-09-18", None)]));
    assert_eq!((count.due, count.left, count.counted.len()), (None, 16, 4));
    assert!(count.is_paused());
    let open = Skipped { from: day("2023-09-19"), until: None, why: Why::Paused };
    assert_eq!(count.skipped.last(), Some(&open));
    // Inside another that has ended, the one that lasts is what matters.
    let both = [("2023-09-14", Some("2023-09-20")), ("2023-09-18", None)];
    let count = counted(&paused(working("2023-09-12", 20), &both));
    assert_eq!((count.due, count.left), (None, 18));
    assert_eq!(
        count.skipped,
        [Skipped { from: day("2023-09-15"), until: None, why: Why::Paused }],
        "one run, open"
    );
}

#[test]
fn a_pause_behind_the_last_day_or_of_no_days_changes_nothing() {
    for pause in [
        ("2023-10-16", None),
        ("2023-10-16", Some("2023-12-01")),
        ("2023-09-01", Some("2023-09-12")),
        ("2023-09-20", Some("2023-09-20")),
        ("2023-09-20", Some("2023-09-18")),
    ] {
        let count = counted(&paused(working("2023-09-12", 20), &[pause]));
        assert_eq!(count.due, Some(day("2023-10-16")), "{pause:?}");
        assert!(!count.is_paused());
    }
    let count = counted(&paused(working("2023-09-12", 20), &[("2023-10-15", None)]));
    assert_eq!((count.due, count.left), (None, 1), "begun on the day before the last");
}

#[test]
fn calendar_days_run_over_holidays_and_only_the_last_one_moves() {
    let count = counted(&calendar_days("2023-09-01", 30));
    assert_eq!(
        count.due,
        Some(day("2023-10-07")),
        "10-01 is a holiday; the next working day is a make-up day"
    );
    assert_eq!(count.counted.last(), Some(&day("2023-10-01")));
    assert_eq!(count.skipped, [run("2023-10-01", "2023-10-06", Why::Holiday)]);
    assert_eq!(count.made_up, days(&["2023-10-07"]), "and none of those it ran over");
    assert_eq!(last(&calendar_days("2023-09-01", 60)), "2023-10-31");
    assert_eq!(last(&calendar_days("2023-10-13", 1)), "2023-10-16", "a Saturday");
    let count = counted(&paused(calendar_days("2023-10-09", 5), &[("2023-10-10", Some("2023-10-11"))]));
    assert_eq!(count.due, Some(day("2023-10-16")), "the fifth day is Sunday 10-15");
    assert_eq!(
        count.skipped,
        [run("2023-10-11", "2023-10-11", Why::Paused), run("2023-10-15", "2023-10-15", Why::Weekend)]
    );
    let count = counted(&paused(calendar_days("2023-10-09", 5), &[("2023-10-14", None)]));
    assert_eq!(count.due, Some(day("2023-10-16")), "a pause does not reach a period that is over");
}

#[test]
fn a_year_nobody_adopted_makes_the_last_day_provisional() {
    let count = counted(&working("2026-12-10", 20));
    assert_eq!((count.due, &*count.provisional), (Some(day("2027-01-07")), &[2027][..]));
    assert_eq!(count.calendars, [(2026, 20)]);
    assert!(counted(&working("2026-12-10", 15)).provisional.is_empty(), "2026-12-31 is known");
    let none = count_without_calendars("2023-09-12");
    assert_eq!((none.due, &*none.provisional), (Some(day("2023-10-10")), &[2023][..]));
    // Calendar days ask for no calendar but of the last day's year; a pause for none.
    assert_eq!(counted(&calendar_days("2025-06-01", 700)).provisional, [2027]);
    assert!(counted(&calendar_days("2025-06-01", 700)).calendars.is_empty());
    let over = paused(working("2026-12-29", 5), &[("2026-12-31", Some("2027-12-31"))]);
    assert_eq!(counted(&over).provisional, [2028]);
}

fn count_without_calendars(start: &str) -> Count {
    count(&WorkCalendar::default(), &working(start, 20))
}

#[test]
fn no_days_end_where_they_begin() {
    assert_eq!(last(&working("2023-10-01", 0)), "2023-10-01");
    assert_eq!(last(&calendar_days("2023-10-01", 0)), "2023-10-07");
}

#[test]
fn what_is_too_long_has_no_last_day_and_nothing_panics() {
    let reach = DAYS_LOOKED_AT;
    let on_a_day_off = calendar_days("2000-01-01", reach);
    assert_eq!(counted(&on_a_day_off).due, Some(day("2010-12-14")), "a Tuesday");
    assert_eq!(counted(&calendar_days("2000-01-01", reach + 1)).due, None);
    assert_eq!(counted(&calendar_days("2000-01-01", reach + 1)).left, 1);
    let moved_beyond = counted(&calendar_days("2000-01-05", reach));
    assert_eq!((moved_beyond.due, moved_beyond.left), (None, 0), "2010-12-18 is a Saturday");
    assert_eq!(counted(&working("2000-01-01", u32::MAX)).due, None);
    for start in ["9999-12-31", "9999-12-20", "0001-01-01"] {
        for period in [working(start, 20), calendar_days(start, 20), working(start, 0)] {
            let count = counted(&period);
            assert_eq!(count.due.is_none(), start.starts_with('9') && period.days > 0, "{period:?}");
            days_left(&WorkCalendar::default(), &period, day("9999-12-31"));
            days_left(&WorkCalendar::default(), &period, day("0001-01-01"));
        }
    }
    let mut all_off = WorkCalendar::default();
    for year in 2000..2020i16 {
        let first = Date::new(year, 1, 1).unwrap();
        let whole = first.series(jiff::Span::new().days(1)).take_while(|d| d.year() == year).map(Day);
        all_off.adopt(year, whole.collect(), vec![], 1);
    }
    assert_eq!(count(&all_off, &working("2000-01-01", 1)).left, 1);
    assert_eq!(due(&all_off, &calendar_days("2000-01-01", 1)).day, None);
}

#[test]
fn days_left_are_working_days_and_below_zero_when_late() {
    let (calendar, period) = (shipped(), working("2023-09-12", 20));
    let left = |today: &str| days_left(&calendar, &period, day(today)).unwrap();
    assert_eq!([left("2023-09-12"), left("2023-09-13"), left("2023-09-17")], [20, 19, 17]);
    assert_eq!([left("2023-10-13"), left("2023-10-15"), left("2023-10-16")], [1, 1, 0]);
    assert_eq!([left("2023-10-17"), left("2023-10-18"), left("2023-10-23")], [-1, -2, -5]);
    let friday = working("2023-10-12", 1);
    assert_eq!(days_left(&calendar, &friday, day("2023-10-14")), Some(-1), "a Saturday is late all the same");
    let open = paused(period.clone(), &[("2023-09-18", None)]);
    assert_eq!(days_left(&calendar, &open, day("2023-09-20")), None);
}

/// Numbers the working days of twenty-one years, and finds the last day by its number.
struct Numbered {
    days: Vec<(Date, bool)>,
}

impl Numbered {
    fn new() -> Self {
        let years: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../../../schemas/calendars.json")).unwrap();
        let all = |name: &str| -> HashSet<String> {
            let lists = years.iter().map(|year| year[name].as_array().unwrap());
            lists.flatten().map(|day| day.as_str().unwrap().to_owned()).collect()
        };
        let (off, on) = (all("holidays"), all("workdays"));
        let works = |date: Date| {
            let weekday = !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
            on.contains(&date.to_string()) || weekday && !off.contains(&date.to_string())
        };
        let first = Date::new(2007, 1, 1).unwrap();
        let dates = first.series(jiff::Span::new().days(1)).take_while(|d| d.year() < 2030);
        Self { days: dates.map(|date| (date, works(date))).collect() }
    }

    fn due(&self, period: &Period) -> Option<Day> {
        let start = self.days.iter().position(|(date, _)| *date == period.start.0)?;
        let mut open = false;
        let counts = |(date, works): &&(Date, bool)| {
            let over = |until: Option<Day>| until.is_none_or(|until| *date <= until.0);
            let paused = period.pauses.iter().any(|(from, until)| *date > from.0 && over(*until));
            !paused && (*works || period.unit == Unit::Calendar)
        };
        let nth = usize::try_from(period.days).unwrap();
        let last = match nth.checked_sub(1) {
            None => period.start.0,
            Some(nth) => self.days[start + 1..].iter().filter(counts).nth(nth)?.0,
        };
        for (from, until) in &period.pauses {
            open |= nth > 0 && until.is_none() && from.0 < last;
        }
        let moved = self.days.iter().find(|(date, works)| *date >= last && *works)?.0;
        (!open).then_some(Day(if period.unit == Unit::Working { last } else { moved }))
    }
}

#[test]
fn every_start_day_of_twenty_years_ends_where_numbering_says() {
    let (numbered, calendar) = (Numbered::new(), shipped());
    let whole: Vec<Date> = numbered.days.iter().filter(|(_, works)| *works).map(|(date, _)| *date).collect();
    let starts = numbered.days.iter().filter(|(date, _)| date.year() <= 2026);
    for (start, _) in starts {
        let behind = whole.partition_point(|date| date <= start);
        for days in [7u32, 15, 20, 40] {
            let period = Period { start: Day(*start), days, unit: Unit::Working, pauses: vec![] };
            let found = due(&calendar, &period);
            let expected = whole[behind + usize::try_from(days).unwrap() - 1];
            assert_eq!(found.day, Some(Day(expected)), "{start} + {days}");
            assert_eq!(found.provisional, expected.year() > 2026, "{start} + {days}");
        }
    }
}

fn any_day() -> impl Strategy<Value = Day> {
    (0i64..7305).prop_map(|n| Day(Date::new(2007, 1, 1).unwrap() + jiff::Span::new().days(n)))
}

fn any_period() -> impl Strategy<Value = Period> {
    let pause = (-20i64..60, prop::option::weighted(0.8, -2i64..50));
    let unit = prop_oneof![Just(Unit::Working), Just(Unit::Calendar)];
    (any_day(), 0u32..70, unit, prop::collection::vec(pause, 0..4)).prop_map(|(start, days, unit, pauses)| {
        let later = |day: Day, n: i64| Day(day.0 + jiff::Span::new().days(n));
        let dated = |(at, length): (i64, Option<i64>)| {
            let from = later(start, at);
            (from, length.map(|n| later(from, n)))
        };
        Period { start, days, unit, pauses: pauses.into_iter().map(dated).collect() }
    })
}

proptest! {
    #[test]
    fn any_period_ends_where_numbering_says(period in any_period()) {
        let (numbered, calendar) = (Numbered::new(), shipped());
        let expected = numbered.due(&period);
        let found = count(&calendar, &period);
        prop_assert_eq!(found.due, expected);
        let cheap = due(&calendar, &period);
        prop_assert_eq!(cheap, Due { day: found.due, provisional: !found.provisional.is_empty() });
        let number = u32::try_from(found.counted.len()).unwrap();
        prop_assert_eq!(number + found.left, period.days);
        prop_assert_eq!(found.due.is_none(), found.is_paused());
    }

    /// Every day from the first to the last is either counted or passed over, once; but for the day a period of
    /// calendar days ends on and what it is moved over.
    #[test]
    fn no_day_is_forgotten(period in any_period()) {
        let found = count(&shipped(), &period);
        let mut seen: Vec<Day> = found.counted.clone();
        for run in &found.skipped {
            let until = run.until.unwrap_or(run.from);
            seen.extend(run.from.0.series(jiff::Span::new().days(1)).take_while(|d| *d <= until.0).map(Day));
        }
        seen.extend(found.due);
        seen.push(period.start);
        seen.sort_unstable();
        seen.dedup();
        if found.due.is_some() {
            let all = period.start.0.series(jiff::Span::new().days(1)).map(Day);
            prop_assert!(seen.iter().copied().eq(all.take(seen.len())), "{:?}", seen);
        }
    }
}
