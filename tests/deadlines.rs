//! Working days and last days as this program counts them, written to `target/samples/deadlines.json`:
//! `tools/test_calendar.py` holds them against the package `chinesecalendar` and against the second verifier.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use jiff::civil::Date;
use serde_json::{Value, json};
use zhaoce::record::Day;
use zhaoce::rules::{Period, Unit, WorkCalendar, YearCalendar, count, days_left, due, shipped_calendars};

/// SplitMix64: the same cases for ever.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }
}

fn later(day: Day, days: i64) -> Day {
    Day(day.0 + jiff::Span::new().days(days))
}

fn first() -> Day {
    Day(Date::new(2007, 1, 1).unwrap())
}

/// Every day of the shipped years.
fn all_days() -> impl Iterator<Item = Day> {
    (0..).map(|n| later(first(), n)).take_while(|day| day.0.year() <= 2026)
}

/// Calendars to count by: all that ships, two years of it, none, and one that no State Council would give.
fn calendars() -> Vec<(&'static str, WorkCalendar)> {
    let of = |years: &[YearCalendar]| {
        let mut calendar = WorkCalendar::default();
        years.iter().zip(3..).for_each(|(year, seq)| calendar.adopt_year(year.clone(), seq));
        calendar
    };
    let shipped = shipped_calendars();
    let mut odd = of(&shipped[3..5]);
    let january = Day(Date::new(2012, 1, 1).unwrap());
    let off = (-40..200).map(|n| later(january, n)).collect();
    let on = (-80..60).step_by(2).map(|n| later(january, n)).collect();
    odd.adopt(2012, off, on, 90);
    odd.adopt(2013, vec![], vec![later(january, 370)], 91);
    vec![
        ("shipped", of(&shipped)),
        ("few", of(&shipped[8..10])),
        ("none", WorkCalendar::default()),
        ("odd", odd),
    ]
}

fn any_period(dice: &mut Dice) -> Period {
    let start = later(first(), dice.roll(7600));
    let days = match dice.roll(40) {
        0 => dice.roll(5000),
        1 => 0,
        _ => dice.roll(60),
    };
    let unit = if dice.roll(3) == 0 { Unit::Calendar } else { Unit::Working };
    let pauses = (0..dice.roll(4)).map(|_| {
        let from = later(start, dice.roll(80) - 20);
        (from, (dice.roll(5) > 0).then(|| later(from, dice.roll(50) - 2)))
    });
    Period { start, days: u32::try_from(days).unwrap(), unit, pauses: pauses.collect() }
}

fn edges() -> Vec<Period> {
    let day = |text: &str| -> Day { text.parse().unwrap() };
    let period = |start, days, unit| Period { start: day(start), days, unit, pauses: vec![] };
    let ends = ["9999-12-31", "9999-12-20", "0001-01-01", "2000-01-01", "2000-01-05"];
    let lengths = [0, 1, 20, 3999, 4000, 4001];
    let units = [Unit::Working, Unit::Calendar];
    let all = ends.iter().flat_map(|start| lengths.iter().map(move |days| (*start, *days)));
    all.flat_map(|(start, days)| units.map(|unit| period(start, days, unit))).collect()
}

fn case(name: &str, calendar: &WorkCalendar, period: &Period, today: Day) -> Value {
    let counted = count(calendar, period);
    let cheap = due(calendar, period);
    assert_eq!((cheap.day, cheap.provisional), (counted.due, !counted.provisional.is_empty()));
    let mut written = json!(counted);
    // Half of it all, and told by the days passed over.
    written.as_object_mut().unwrap().remove("counted");
    json!({"calendar": name, "today": today, "days_left": days_left(calendar, period, today), "count": written})
}

fn cases() -> Vec<Value> {
    let (mut dice, calendars) = (Dice(1), calendars());
    let mut cases = Vec::new();
    for nth in 0..2000 {
        let (name, calendar) = &calendars[nth % calendars.len()];
        let period = any_period(&mut dice);
        let today = later(period.start, dice.roll(140) - 20);
        cases.push(case(name, calendar, &period, today));
    }
    for (name, calendar) in &calendars {
        cases.extend(edges().iter().map(|period| case(name, calendar, period, period.start)));
    }
    cases
}

/// Last days of the periods of the Regulations, from every day.
fn deadlines(calendar: &WorkCalendar) -> Value {
    let of = |start: Day| -> Vec<_> {
        let period = |days| Period { start, days, unit: Unit::Working, pauses: vec![] };
        [7, 15, 20].map(|days| due(calendar, &period(days)).day).to_vec()
    };
    all_days().map(|start| (start.to_string(), json!(of(start)))).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn deadlines_are_written_for_other_counters() {
    let calendars = calendars();
    let shipped = &calendars[0].1;
    let working: String = all_days().map(|day| if shipped.is_working(day) { '1' } else { '0' }).collect();
    assert_eq!(working.len(), 7305);
    let named: serde_json::Map<String, Value> =
        calendars.iter().map(|(name, calendar)| ((*name).to_owned(), json!(calendar))).collect();
    let text = json!({
        "calendars": named, "cases": cases(), "deadlines": deadlines(shipped), "first": first(),
        "working": working,
    });
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("deadlines.json"), text.to_string()).unwrap();
}
