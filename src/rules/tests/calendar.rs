//! Calendars: what ships, what is adopted, and how they are kept.

use serde_json::json;

use crate::record::Day;
use crate::rules::{Off, WorkCalendar, YearCalendar, shipped_calendars};

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn days(texts: &[&str]) -> Vec<Day> {
    texts.iter().map(|text| day(text)).collect()
}

/// All that ships, adopted by events 1, 2, …
pub fn shipped() -> WorkCalendar {
    let mut calendar = WorkCalendar::default();
    for (year, seq) in shipped_calendars().into_iter().zip(1..) {
        calendar.adopt_year(year, seq);
    }
    calendar
}

#[test]
fn twenty_years_ship_and_nothing_of_their_file_is_lost() {
    let years = shipped_calendars();
    assert!(years.iter().map(YearCalendar::year).eq(2007..=2026));
    let file: serde_json::Value =
        serde_json::from_str(include_str!("../../../schemas/calendars.json")).unwrap();
    let written = file.as_array().unwrap();
    assert_eq!(written.len(), years.len());
    for (year, written) in years.iter().zip(written) {
        // Days of a neighbouring year would be left out, and be missing here.
        assert_eq!(&serde_json::to_value(year).unwrap(), written);
    }
    assert_eq!(years.iter().map(|y| y.holidays().len()).sum::<usize>(), 545);
    assert_eq!(years.iter().map(|y| y.workdays().len()).sum::<usize>(), 131);
}

#[test]
fn a_shipped_year_has_as_many_working_days_as_years_have() {
    let calendar = shipped();
    for year in 2007..=2026i16 {
        let first = day(&format!("{year}-01-01"));
        let all = first.0.series(jiff::Span::new().days(1)).take_while(|d| d.year() == year).map(Day);
        let working = all.filter(|d| calendar.is_working(*d)).count();
        assert!((247..=252).contains(&working), "{year}: {working}");
    }
}

#[test]
fn a_day_is_off_as_a_weekend_or_as_a_holiday() {
    let calendar = shipped();
    let why = |text| calendar.why_off(day(text));
    assert_eq!(why("2023-09-28"), None);
    assert_eq!(why("2023-09-29"), Some(Off::Holiday));
    assert_eq!(why("2023-09-30"), Some(Off::Holiday), "a Saturday inside the holiday");
    assert_eq!(why("2023-10-07"), None, "a make-up Saturday");
    assert_eq!(why("2023-10-14"), Some(Off::Weekend));
    assert_eq!(why("2027-01-01"), None, "a Friday of a year nobody has adopted");
    assert_eq!(why("2027-01-02"), Some(Off::Weekend));
}

#[test]
fn a_later_adoption_of_a_year_replaces_the_earlier() {
    let mut calendar = WorkCalendar::default();
    assert!(!calendar.knows(2020) && calendar.adopted(2020).is_none());
    calendar.adopt(2020, days(&["2020-01-30"]), days(&["2020-02-01"]), 7);
    calendar.adopt(2020, days(&["2020-01-31"]), vec![], 9);
    assert_eq!(calendar.adopted(2020), Some(9));
    assert!(calendar.is_working(day("2020-01-30")), "of the first adoption only");
    assert!(!calendar.is_working(day("2020-01-31")));
    assert!(!calendar.is_working(day("2020-02-01")), "a Saturday of the first adoption only");
}

#[test]
fn only_days_inside_the_year_count() {
    let mut calendar = WorkCalendar::default();
    let (off, on) = (days(&["2021-01-01", "2019-12-31"]), days(&["2021-01-02", "2020-01-04"]));
    calendar.adopt(2020, off, on, 1);
    assert!(calendar.is_working(day("2021-01-01")) && calendar.is_working(day("2019-12-31")));
    assert!(!calendar.is_working(day("2021-01-02")));
    assert!(calendar.is_working(day("2020-01-04")));
    assert!(calendar.knows(2020) && !calendar.knows(2021));
}

#[test]
fn a_day_in_both_lists_is_a_working_day() {
    let mut calendar = WorkCalendar::default();
    calendar.adopt(2020, days(&["2020-01-04", "2020-01-06"]), days(&["2020-01-06", "2020-01-04"]), 1);
    assert!(calendar.is_working(day("2020-01-04")) && calendar.is_working(day("2020-01-06")));
}

#[test]
fn calendars_are_kept_in_one_order_whatever_the_order_of_adoption() {
    let mut one = WorkCalendar::default();
    one.adopt(2021, vec![], days(&["2021-01-03"]), 4);
    one.adopt(900, days(&["0900-02-02", "0900-01-01", "0900-02-02"]), vec![], 5);
    let kept = json!([
        {"seq": 5, "calendar": {"year": 900, "holidays": ["0900-01-01", "0900-02-02"], "workdays": []}},
        {"seq": 4, "calendar": {"year": 2021, "holidays": [], "workdays": ["2021-01-03"]}},
    ]);
    assert_eq!(serde_json::to_value(&one).unwrap(), kept);
    assert_eq!(serde_json::from_value::<WorkCalendar>(kept).unwrap(), one);
    let untidy = json!([
        {"seq": 4, "calendar": {"year": 2021, "holidays": ["2020-01-01"], "workdays": ["2021-01-03"]}},
        {"seq": 5, "calendar": {"year": 900, "holidays": ["0900-02-02", "0900-01-01"], "workdays": []}},
    ]);
    assert_eq!(serde_json::from_value::<WorkCalendar>(untidy).unwrap(), one);
}
