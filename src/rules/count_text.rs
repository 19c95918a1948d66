//! A count in words, so that whoever reads a deadline can count it over.

use std::collections::BTreeMap;

use super::count::{Count, Skipped, Unit, Why};
use crate::fault::{Lang, fill, message};
use crate::record::Day;

impl Count {
    /// How the last day was found: start, first day, length, then, as far as there are any, days off, make-up working
    /// days, pauses, the move of the last day, and years whose calendar is not adopted. Weekends go without saying.
    pub fn explain(&self, lang: Lang) -> String {
        let listed = [
            ("count.holidays", self.runs(Why::Holiday, lang)),
            ("count.made_up", self.made_up.iter().map(Day::to_string).collect()),
            ("count.paused", self.runs(Why::Paused, lang)),
        ];
        let mut sentences = vec![self.result(lang)];
        // What the last day was moved over is told by that sentence.
        let told = if self.period.unit == Unit::Working { &listed[..] } else { &listed[2..] };
        let told = told.iter().filter(|(_, days)| !days.is_empty());
        sentences.extend(told.map(|(code, days)| said(code, lang, [("found", list(days, lang))])));
        if let (Some(expected), Some(due)) = (self.moved_from(), self.due) {
            let args = [("expected", expected.to_string()), ("found", due.to_string())];
            sentences.push(said("count.moved", lang, args));
        }
        if !self.provisional.is_empty() {
            let years: Vec<_> = self.provisional.iter().map(i16::to_string).collect();
            sentences.push(said("count.provisional", lang, [("found", list(&years, lang))]));
        }
        sentences.join(if lang == Lang::Zh { "" } else { " " })
    }

    /// The count in one line without words: `last day = start + days (− days off, + make-up working days, ‖ pauses)`.
    /// `≈` instead of `=` when a calendar is not adopted yet, `d` behind calendar days, `→` where the last day was
    /// moved, and `? = start + counted/days` without a last day.
    pub fn short(&self) -> String {
        let period = &self.period;
        let equals = if self.provisional.is_empty() { "=" } else { "≈" };
        let unit = if period.unit == Unit::Working { "" } else { "d" };
        let head = match self.due {
            Some(due) => format!("{due} {equals} {} + {}{unit}", period.start, period.days),
            None => format!("? {equals} {} + {}/{}{unit}", period.start, self.counted.len(), period.days),
        };
        let notes = self.notes();
        if notes.is_empty() { head } else { format!("{head} ({})", notes.join(", ")) }
    }

    /// What stands in the brackets of [`Self::short`], in order of time within each sign.
    fn notes(&self) -> Vec<String> {
        let signed = |sign: &str, why: Why| -> Vec<String> {
            self.runs_of(why).map(|run| format!("{sign} {}", range(run))).collect()
        };
        let mut notes = Vec::new();
        if self.period.unit == Unit::Working {
            notes.extend(signed("−", Why::Holiday));
            notes.extend(self.made_up.iter().map(|day| format!("+ {day}")));
        }
        notes.extend(signed("‖", Why::Paused));
        if let (Some(from), Some(due)) = (self.moved_from(), self.due) {
            notes.push(format!("{from} → {due}"));
        }
        notes
    }

    /// The first sentence: what was counted, and to which end.
    fn result(&self, lang: Lang) -> String {
        let code = match (self.period.unit, self.due) {
            (Unit::Working, Some(_)) => "count.working",
            (Unit::Working, None) => "count.working_endless",
            (Unit::Calendar, Some(_)) => "count.days",
            (Unit::Calendar, None) => "count.days_endless",
        };
        let start = self.period.start;
        let first = start.0.tomorrow().map_or(start, Day);
        let found = self.due.map_or_else(|| self.counted.len().to_string(), |due| due.to_string());
        let args = [
            ("expected", self.period.days.to_string()),
            ("where", start.to_string()),
            ("from", first.to_string()),
            ("found", found),
            ("left", self.left.to_string()),
        ];
        said(code, lang, args)
    }

    /// The last day before it was moved to a working day, if it was.
    fn moved_from(&self) -> Option<Day> {
        let last = self.counted.last().copied().unwrap_or(self.period.start);
        self.due.filter(|due| *due != last).map(|_| last)
    }

    fn runs_of(&self, why: Why) -> impl Iterator<Item = &Skipped> {
        self.skipped.iter().filter(move |run| run.why == why)
    }

    fn runs(&self, why: Why, lang: Lang) -> Vec<String> {
        let worded = |run: &Skipped| match (run.until, lang) {
            (None, Lang::Zh) => format!("{}起", run.from),
            (None, Lang::En) => format!("from {} on", run.from),
            (Some(until), _) if until == run.from => until.to_string(),
            (Some(until), Lang::Zh) => format!("{}至{until}", run.from),
            (Some(until), Lang::En) => format!("{} to {until}", run.from),
        };
        self.runs_of(why).map(worded).collect()
    }
}

/// `from..until`, one day alone, or `from..` for what still lasts.
fn range(run: &Skipped) -> String {
    match run.until {
        Some(until) if until == run.from => until.to_string(),
        Some(until) => format!("{}..{until}", run.from),
        None => format!("{}..", run.from),
    }
}

fn list(days: &[String], lang: Lang) -> String {
    days.join(if lang == Lang::Zh { "、" } else { ", " })
}

fn said<const N: usize>(code: &str, lang: Lang, args: [(&'static str, String); N]) -> String {
    let Some(message) = message(code) else { return code.to_owned() };
    fill(if lang == Lang::Zh { &message.zh } else { &message.en }, &BTreeMap::from(args))
}
