//! A year, a quarter or a month.

use jiff::civil::Date;

use crate::fault::{Fault, Lang, Outcome};
use crate::record::Day;

/// Whole months, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

impl Period {
    /// The period that `2026Q3`, `2026-07` or `2026` names.
    ///
    /// Errors: `period.unreadable`.
    pub fn read(text: &str) -> Outcome<Self> {
        let found = Self::parse(text.trim());
        found.ok_or_else(|| Fault::usage("period.unreadable").with("found", text))
    }

    fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_at_checked(4)?;
        let year: i16 = year.parse().ok().filter(|year| (1949..=2999).contains(year))?;
        let rest = rest.trim_start_matches(['-', '年', ' ']).to_lowercase();
        let (first, count) = match rest.trim_end_matches(['月', '度']) {
            "" => (1, 12),
            "q1" | "一季" | "第一季" => (1, 3),
            "q2" | "二季" | "第二季" => (4, 3),
            "q3" | "三季" | "第三季" => (7, 3),
            "q4" | "四季" | "第四季" => (10, 3),
            month => (month.parse().ok()?, 1),
        };
        let from = Date::new(year, first, 1).ok()?;
        let until = Date::new(year, first + count - 1, 1).ok()?.last_of_month();
        Some(Self { from: Day(from), until: Day(until) })
    }

    /// The months as headings: 7月, 2026-07.
    pub fn months(self, lang: Lang) -> Vec<String> {
        let (year, last) = (self.from.0.year(), self.until.0.month());
        let name = |month: i8| match lang {
            Lang::Zh => format!("{month}月"),
            Lang::En => format!("{year}-{month:02}"),
        };
        (self.from.0.month()..=last).map(name).collect()
    }

    /// What it is called.
    pub fn name(self, lang: Lang) -> String {
        let (year, first, last) = (self.from.0.year(), self.from.0.month(), self.until.0.month());
        let quarter = (first + 2) / 3;
        match (last - first, lang) {
            (11, Lang::Zh) => format!("{year}年"),
            (11, Lang::En) => year.to_string(),
            (2, Lang::Zh) => format!("{year}年第{quarter}季度"),
            (2, Lang::En) => format!("{year}Q{quarter}"),
            (_, Lang::Zh) => format!("{year}年{first}月"),
            (_, Lang::En) => format!("{year}-{first:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn days(text: &str) -> Option<(String, String)> {
        Period::read(text).ok().map(|period| (period.from.to_string(), period.until.to_string()))
    }

    #[test]
    fn years_quarters_and_months_are_read_as_people_write_them() {
        let pair = |from: &str, until: &str| Some((from.to_owned(), until.to_owned()));
        for text in ["2026Q3", "2026q3", "2026-Q3", "2026年第三季度", "2026年三季度"] {
            assert_eq!(days(text), pair("2026-07-01", "2026-09-30"), "{text}");
        }
        assert_eq!(days("2024-02"), pair("2024-02-01", "2024-02-29"));
        assert_eq!(days("2026年12月"), pair("2026-12-01", "2026-12-31"));
        assert_eq!(days("2026"), pair("2026-01-01", "2026-12-31"));
        assert_eq!(days("2026年度"), pair("2026-01-01", "2026-12-31"));
        for text in ["2026Q5", "2026-13", "2026-00", "26Q1", "", "二〇二六", "2026-07-01", "2026-127"] {
            assert_eq!(days(text), None, "{text}");
        }
    }

    #[test]
    fn a_period_is_called_by_its_length() {
        let name = |text: &str, lang| Period::read(text).unwrap().name(lang);
        assert_eq!(name("2026Q4", Lang::Zh), "2026年第4季度");
        assert_eq!(name("2026Q1", Lang::En), "2026Q1");
        assert_eq!(name("2026-07", Lang::Zh), "2026年7月");
        assert_eq!(name("2026", Lang::En), "2026");
        assert_eq!(Period::read("2026Q4").unwrap().months(Lang::Zh), ["10月", "11月", "12月"]);
    }
}
