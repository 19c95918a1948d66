//! How a count reads.

use super::calendar::{day, shipped};
use crate::fault::Lang;
use crate::record::Day;
use crate::rules::{Period, Unit, count};

fn texts(start: &str, days: u32, unit: Unit, pauses: &[(&str, Option<&str>)]) -> String {
    let pauses: Vec<(Day, Option<Day>)> = pauses.iter().map(|(a, b)| (day(a), b.map(day))).collect();
    let count = count(&shipped(), &Period { start: day(start), days, unit, pauses });
    format!("{}\n{}\n{}\n", count.short(), count.explain(Lang::Zh), count.explain(Lang::En))
}

#[test]
fn counts_read_well_in_both_languages() {
    let (working, calendar) = (Unit::Working, Unit::Calendar);
    let all = [
        texts("2023-10-16", 7, working, &[]),
        texts("2023-09-12", 20, working, &[]),
        texts("2023-12-20", 15, working, &[("2023-12-25", Some("2023-12-28"))]),
        texts("2023-09-12", 20, working, &[("2023-09-18", Some("2023-09-20")), ("2023-09-26", None)]),
        texts("2026-12-10", 20, working, &[("2026-12-14", Some("2026-12-15"))]),
        texts("2023-09-01", 30, calendar, &[]),
        texts("2023-09-01", 60, calendar, &[("2023-09-05", Some("2023-09-08"))]),
        texts("2026-12-03", 30, calendar, &[]),
        texts("2023-09-01", 60, calendar, &[("2023-09-05", None)]),
        texts("2000-01-01", 5000, calendar, &[]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn no_place_is_left_unfilled() {
    for unit in [Unit::Working, Unit::Calendar] {
        for until in [None, Some("2023-10-20")] {
            let text = texts("2023-09-12", 20, unit, &[("2023-09-18", until)]);
            assert!(!text.contains(['{', '}']), "{text}");
        }
    }
}
