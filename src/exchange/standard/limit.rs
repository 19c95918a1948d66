//! 公开时限: what a catalogue says about time, kept as written and read as far as it can be.

use serde::{Deserialize, Serialize};

use crate::exchange::text::normal;

/// 公开时限 of a matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// As written.
    pub text: String,
    /// What kind of limit it is.
    pub pace: Pace,
    /// Number of days, when there is exactly one such number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Whether these are working days.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub working: bool,
    /// What they are counted from.
    pub from: LimitFrom,
}

/// What kind of limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// A number of days.
    Days,
    /// At once: 及时, 实时, 立即.
    Promptly,
    /// Kept public all the time: 长期公开.
    Standing,
    /// Again and again: 每年, 按季度, 定期.
    Periodic,
    /// Something else, or several limits in one text; people read it.
    Other,
}

/// What the days are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitFrom {
    /// 制定或获取信息之日
    MadeOrObtained,
    /// 形成或者变更之日
    FormedOrChanged,
    /// The day of some other event that the text names: 作出决定之日.
    Event,
    /// Nothing is said.
    Unstated,
}

const PROMPT: [&str; 6] = ["及时", "实时", "即时", "立即", "随时", "第一时间"];
const STANDING: [&str; 4] = ["长期", "常年", "持续公开", "永久"];
const PERIODIC: [&str; 8] = ["每年", "每季", "每月", "每周", "按年", "按季", "按月", "定期"];

impl TimeLimit {
    /// Reads a text. Numbers of days are read in digits and Chinese, also `十个工作日`; two different limits are not made one.
    pub fn read(text: &str) -> Self {
        let said: String = normal(text).chars().filter(|c| !c.is_whitespace()).collect();
        let any = |words: &[&str]| words.iter().any(|word| said.contains(word));
        let (counts, periodic) = (day_counts(&said), any(&PERIODIC));
        let (pace, days, working) = match counts.as_slice() {
            [(days, working)] if !periodic => (Pace::Days, Some(*days), *working),
            [] if periodic => (Pace::Periodic, None, false),
            [] if any(&PROMPT) => (Pace::Promptly, None, false),
            [] if any(&STANDING) => (Pace::Standing, None, false),
            _ if periodic => (Pace::Periodic, None, false),
            _ => (Pace::Other, None, false),
        };
        Self { text: text.trim().to_owned(), pace, days, working, from: from(&said) }
    }
}

/// The different numbers of days that a text names, and whether they are working days.
fn day_counts(said: &str) -> Vec<(u32, bool)> {
    let mut found: Vec<(u32, bool)> = Vec::new();
    for (unit, working) in [
        ("个工作日", true),
        ("工作日", true),
        ("个自然日", false),
        ("个日历日", false),
        ("日", false),
        ("天", false),
    ] {
        for (at, _) in said.match_indices(unit) {
            let before = said.get(..at).unwrap_or_default();
            let Some(days) = number_before(before) else { continue };
            // 3月10日 names a day of the year, 之日 none at all.
            let rest = before.trim_end_matches(is_figure);
            if unit == "日" && rest.ends_with(['月', '/', '-', '.']) {
                continue;
            }
            if !found.contains(&(days, working)) {
                found.push((days, working));
            }
        }
    }
    found
}

fn is_figure(c: char) -> bool {
    c.is_ascii_digit() || "〇零一二两三四五六七八九十百".contains(c)
}

fn number_before(text: &str) -> Option<u32> {
    let start = text.trim_end_matches(is_figure).len();
    let figure = text.get(start..)?;
    if figure.bytes().all(|b| b.is_ascii_digit()) { figure.parse().ok() } else { han(figure) }
}

/// 一 to 九百九十九.
fn han(text: &str) -> Option<u32> {
    let (mut sum, mut digit) = (0, None);
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            c => {
                let all = ["〇零", "一", "二两", "三", "四", "五", "六", "七", "八", "九"];
                let value = all.iter().position(|same| same.contains(c))?;
                if digit.replace(u32::try_from(value).ok()?).is_some_and(|before| before != 0) {
                    return None;
                }
                continue;
            }
        };
        sum += digit.take().unwrap_or(1).max(1) * unit;
    }
    Some(sum + digit.unwrap_or(0)).filter(|value| *value > 0)
}

fn from(said: &str) -> LimitFrom {
    let Some(at) = said.find("之日").or_else(|| said.find("后")) else {
        return LimitFrom::Unstated;
    };
    let before = said.get(..at).unwrap_or_default();
    if before.contains("制定") || before.contains("获取") {
        LimitFrom::MadeOrObtained
    } else if before.contains("形成") || before.contains("变更") {
        LimitFrom::FormedOrChanged
    } else {
        LimitFrom::Event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Pace, Option<u32>, bool, LimitFrom) {
        let limit = TimeLimit::read(text);
        assert_eq!(limit.text, text);
        (limit.pace, limit.days, limit.working, limit.from)
    }

    #[test]
    fn usual_limits_are_read() {
        use LimitFrom::{Event, FormedOrChanged, MadeOrObtained, Unstated};
        for (text, expected) in [
            ("制定或获取信息之日起10个工作日", (Pace::Days, Some(10), true, MadeOrObtained)),
            ("制定或获取信息之日起10个工作日内", (Pace::Days, Some(10), true, MadeOrObtained)),
            ("20个工作日", (Pace::Days, Some(20), true, Unstated)),
            ("自信息形成或者变更之日起 ２０ 个工作日内公开", (Pace::Days, Some(20), true, FormedOrChanged)),
            ("二十个工作日内", (Pace::Days, Some(20), true, Unstated)),
            ("十五日", (Pace::Days, Some(15), false, Unstated)),
            ("作出行政处罚决定之日起7个工作日内", (Pace::Days, Some(7), true, Event)),
            ("公示7天", (Pace::Days, Some(7), false, Unstated)),
            ("及时公开", (Pace::Promptly, None, false, Unstated)),
            ("长期公开", (Pace::Standing, None, false, Unstated)),
            ("每年3月10日前", (Pace::Periodic, None, false, Unstated)),
            ("按季度公开", (Pace::Periodic, None, false, Unstated)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn two_limits_in_one_text_are_left_to_people() {
        for text in ["20个工作日；公示不少于7日", "1个月内", "按规定", ""] {
            assert_eq!(read(text).0, Pace::Other, "{text}");
            assert_eq!(read(text).1, None, "{text}");
        }
        assert_eq!(read("10个工作日内，即10个工作日").1, Some(10));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = TimeLimit::read(&text);
        }

        #[test]
        fn the_number_is_found(days in 1u32..400) {
            proptest::prop_assert_eq!(TimeLimit::read(&format!("自形成之日起{days}个工作日")).days, Some(days));
        }
    }
}
