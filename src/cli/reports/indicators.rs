//! Indicators by unit and month as tables.

use std::collections::{BTreeMap, BTreeSet};

use super::period::Period;
use crate::cli::dossier::unit_names;
use crate::cli::words::words;
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Filter, Kind, Place, Sheet};
use crate::fault::{Lang, Outcome};
use crate::ledger::Ledger;
use crate::views::{Counts, Indicator, Indicators};

/// Names of the tables in JSON.
pub const KEYS: [&str; 6] = ["publication", "requests", "supervision", "channels", "fields", "months"];

const PUBLICATION: [Indicator; 8] = [
    Indicator::Registered,
    Indicator::Decided,
    Indicator::Withheld,
    Indicator::Redacted,
    Indicator::Published,
    Indicator::PublishedLate,
    Indicator::Corrected,
    Indicator::Withdrawn,
];

const REQUESTS: [Indicator; 4] =
    [Indicator::Received, Indicator::Answered, Indicator::AnsweredLate, Indicator::Pending];

const SUPERVISION: [Indicator; 6] = [
    Indicator::Complaints,
    Indicator::ComplaintsClosed,
    Indicator::Found,
    Indicator::Rectified,
    Indicator::Unrectified,
    Indicator::Overdue,
];

/// Names of the units.
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// Of a ledger.
    pub fn of(ledger: &Ledger) -> Outcome<Self> {
        unit_names(ledger).map(Self)
    }

    fn get(&self, unit: &str, lang: Lang) -> String {
        match (unit, lang) {
            ("", Lang::Zh) => "（未分单位）".into(),
            ("", Lang::En) => "(no unit noted)".into(),
            _ => self.0.get(unit).cloned().unwrap_or_else(|| unit.to_owned()),
        }
    }
}

/// What an indicator is called.
fn word(indicator: Indicator) -> Word {
    let (code, zh, en) = match indicator {
        Indicator::Registered => ("registered", "登记", "Registered"),
        Indicator::Decided => ("decided", "定性", "Decided"),
        Indicator::Withheld => ("withheld", "其中不予公开", "Withheld"),
        Indicator::Redacted => ("partial", "其中删减后公开", "In part"),
        Indicator::Published => ("published", "发布", "Published"),
        Indicator::PublishedLate => ("published_late", "其中逾期发布", "Published late"),
        Indicator::Corrected => ("corrected", "更正", "Corrected"),
        Indicator::Withdrawn => ("withdrawn", "撤回", "Withdrawn"),
        Indicator::Received => ("received", "收到申请", "Requests received"),
        Indicator::Answered => ("answered", "办结申请", "Requests closed"),
        Indicator::AnsweredLate => ("answered_late", "其中逾期答复", "Answered late"),
        Indicator::Pending => ("pending", "期末在办申请", "Requests pending"),
        Indicator::Complaints => ("complaints", "收到投诉", "Complaints"),
        Indicator::ComplaintsClosed => ("complaints_closed", "办结投诉", "Complaints closed"),
        Indicator::Found => ("found", "检查发现问题", "Findings"),
        Indicator::Rectified => ("rectified", "已整改", "Put right"),
        Indicator::Unrectified => ("unrectified", "期末逾期未整改", "Not put right in time"),
        Indicator::Overdue => ("overdue", "目前逾期事项", "Overdue now"),
    };
    Word::new(code, zh, en)
}

/// The tables in the order of [`KEYS`]: three by unit, publications by channel and by field, and everything month by month.
pub fn sheets(counted: &Indicators, period: Period, names: &Names, lang: Lang) -> Vec<Sheet> {
    let tables = Tables { counted, period, names, lang };
    vec![
        tables.by_unit("主动公开", "Publication", &PUBLICATION),
        tables.by_unit("依申请公开", "Requests", &REQUESTS),
        tables.by_unit("监督", "Supervision", &SUPERVISION),
        tables.by_code("发布渠道", "Channels", "channel", |counts| &counts.channels),
        tables.by_code("试点领域", "Fields", "field", |counts| &counts.fields),
        tables.by_month(),
    ]
}

struct Tables<'a> {
    counted: &'a Indicators,
    period: Period,
    names: &'a Names,
    lang: Lang,
}

impl Tables<'_> {
    fn sheet(&self, zh: &str, en: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Sheet {
        let name = if self.lang == Lang::Zh { zh } else { en };
        let title = format!("{name}  {}", self.period.name(self.lang));
        Sheet { name: name.into(), title, notes: Vec::new(), columns, rows }
    }

    /// Units by name; those without a name noted last.
    fn units(&self) -> Vec<(String, &Counts)> {
        let mut units: Vec<(bool, String, &Counts)> = self
            .counted
            .units
            .iter()
            .map(|(unit, counts)| (unit.is_empty(), self.names.get(unit, self.lang), counts))
            .collect();
        units.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        units.into_iter().map(|(_, name, counts)| (name, counts)).collect()
    }

    /// A line for each unit and one for all, a column for each indicator.
    fn by_unit(&self, zh: &str, en: &str, indicators: &[Indicator]) -> Sheet {
        let mut columns = vec![unit_column()];
        for word in indicators.iter().map(|indicator| word(*indicator)) {
            columns.push(Column::new(&word.code, &word.zh, &word.en, 9).kind(Kind::Number));
        }
        let line = |name: String, of: &dyn Fn(Indicator) -> i64| {
            let counts = indicators.iter().map(|indicator| Cell::Number(of(*indicator)));
            std::iter::once(Cell::Text(name)).chain(counts).collect::<Vec<Cell>>()
        };
        let units = self.units();
        let mut rows: Vec<Vec<Cell>> =
            units.iter().map(|(name, counts)| line(name.clone(), &|one| counts.total(one))).collect();
        let all = if self.lang == Lang::Zh { "合计" } else { "Total" };
        rows.push(line(all.into(), &|one| units.iter().map(|(_, counts)| counts.total(one)).sum()));
        self.sheet(zh, en, columns, rows)
    }

    /// A line for each unit and code.
    fn by_code(
        &self,
        zh: &str,
        en: &str,
        vocabulary: &str,
        of: impl Fn(&Counts) -> &BTreeMap<Box<str>, Vec<i64>>,
    ) -> Sheet {
        let columns = self.monthly(Column::new(vocabulary, zh, en, 28).filter(Filter::Value));
        let mut rows = Vec::new();
        for (name, counts) in self.units() {
            let known: Vec<String> =
                words().vocab(vocabulary).words.into_iter().map(|word| word.code).collect();
            let place = |code: &str| known.iter().position(|known| known == code).unwrap_or(usize::MAX);
            let codes: BTreeSet<(usize, &str)> =
                of(counts).keys().map(|code| (place(code), &**code)).collect();
            for (_, code) in codes {
                let months = of(counts).get(code).map(Vec::as_slice).unwrap_or_default();
                rows.push(self.months(&name, self.code(vocabulary, code), months));
            }
        }
        self.sheet(zh, en, columns, rows)
    }

    fn code(&self, vocabulary: &str, code: &str) -> Cell {
        match (code, self.lang) {
            ("", Lang::Zh) => "（未注明）".into(),
            ("", Lang::En) => "(not noted)".into(),
            _ => words().word(vocabulary, code).into(),
        }
    }

    /// A line for each unit and each indicator that is not zero.
    fn by_month(&self) -> Sheet {
        let columns = self.monthly(Column::new("indicator", "指标", "Indicator", 20).filter(Filter::Value));
        let mut rows = Vec::new();
        for (name, counts) in self.units() {
            for (indicator, months) in &counts.of {
                // What stands at the end has no months.
                let months = if indicator.stands() {
                    [vec![0; self.counted.months], months.clone()].concat()
                } else {
                    months.clone()
                };
                rows.push(self.months(&name, word(*indicator).into(), &months));
            }
        }
        self.sheet("分月", "By month", columns, rows)
    }

    fn months(&self, unit: &str, what: Cell, months: &[i64]) -> Vec<Cell> {
        let total: i64 = months.iter().sum();
        let stands = months.len() > self.counted.months;
        let each = months.iter().take(self.counted.months);
        let each = each.map(|count| if stands { Cell::Empty } else { Cell::Number(*count) });
        [Cell::from(unit), what].into_iter().chain(each).chain([Cell::Number(total)]).collect()
    }

    fn monthly(&self, what: Column) -> Vec<Column> {
        let mut columns = vec![unit_column(), what];
        let keys = self.period.months(Lang::En);
        let titles = self.period.months(Lang::Zh);
        for (key, title) in keys.iter().zip(&titles) {
            columns.push(Column::new(key, title, key, 9).kind(Kind::Number));
        }
        columns.push(Column::new("total", "合计", "Total", 9).kind(Kind::Number));
        columns
    }
}

fn unit_column() -> Column {
    Column::new("unit", "单位", "Unit", 24).place(Place::Main).filter(Filter::Value)
}
