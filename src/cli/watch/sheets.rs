//! The board as tables.

use std::collections::BTreeMap;

use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Kind, Place, Sheet};
use crate::fault::Lang;
use crate::record::Day;
use crate::rules::RuleBook;
use crate::views::{Duty, Level};

/// Duties and signals that no clock of the rule book stands for.
const SIGNALS: &[(&str, &str, &str)] = &[
    ("round", "年度评估", "yearly re-evaluation"),
    (
        "many_requests",
        "多人申请，建议转为主动公开（条例44）",
        "asked for by several: propose to make it public (art. 44)",
    ),
    ("uncovered", "不在负面清单范围内的不予公开", "withheld, and no exclusion covers it"),
    ("unsupported", "负面清单条目没有法律依据", "an exclusion without a basis in law"),
    ("superseded", "负面清单条目的依据已经失效", "an exclusion whose basis is no longer in force"),
    ("uninterpreted", "需要解读而没有解读材料", "its interpretation is missing"),
];

/// What a duty is, in words.
fn what(book: Option<&RuleBook>, what: &str) -> Word {
    if let Some((code, zh, en)) = SIGNALS.iter().find(|(code, ..)| *code == what) {
        return Word::new(*code, *zh, *en);
    }
    let clock = book.and_then(|book| book.data().clocks.get(what));
    clock.map_or_else(|| Word::new(what, what, what), |clock| Word::new(what, &*clock.zh, &*clock.en))
}

fn level(level: Level) -> Word {
    let (zh, en) = match level {
        Level::Red => ("红", "red"),
        Level::Yellow => ("黄", "yellow"),
        Level::Green => ("绿", "green"),
        Level::Paused => ("暂停", "paused"),
    };
    Word::new(level.as_str(), zh, en)
}

fn unit_name<'a>(units: &'a BTreeMap<String, String>, duty: &'a Duty) -> &'a str {
    let id = duty.unit.as_deref().unwrap_or_default();
    units.get(id).map_or(id, String::as_str)
}

/// Every duty, the most pressing first.
pub fn board(
    duties: &[Duty],
    units: &BTreeMap<String, String>,
    book: Option<&RuleBook>,
    on: Day,
    lang: Lang,
) -> Sheet {
    let row = |duty: &Duty| {
        let remark = match (duty.provisional, duty.unsourced, lang) {
            (true, _, Lang::Zh) => "暂定：有年份的日历未公布",
            (true, _, Lang::En) => "provisional: a calendar is not out yet",
            (_, true, Lang::Zh) => "期限长度未查得依据",
            (_, true, Lang::En) => "the length of this period is not sourced",
            _ => "",
        };
        vec![
            level(duty.level).into(),
            what(book, &duty.what).into(),
            duty.due.map_or(Cell::Empty, |day| day.0.into()),
            duty.left.map_or(Cell::Empty, Cell::Number),
            duty.called.as_str().into(),
            unit_name(units, duty).into(),
            duty.subject.as_ref().map_or(Cell::Empty, |subject| subject.as_str().into()),
            duty.count.as_str().into(),
            book.map(|book| book.cites(&duty.cites, lang)).unwrap_or_default().as_str().into(),
            remark.into(),
        ]
    };
    Sheet {
        name: "电子监察".into(),
        title: format!("电子监察  {on}"),
        columns: vec![
            Column::new("level", "等级", "Level", 6).kind(Kind::Tag).filter(crate::exchange::Filter::Value),
            Column::new("what", "事项", "Matter", 24).filter(crate::exchange::Filter::Value),
            Column::new("due", "期限", "Due", 12).kind(Kind::Date),
            Column::new("left", "剩余工作日", "Working days left", 8).kind(Kind::Number),
            Column::new("called", "名称", "Name", 48).kind(Kind::Long).place(Place::Main),
            Column::new("unit", "单位", "Unit", 16).filter(crate::exchange::Filter::Value),
            Column::new("id", "编号", "Id", 24).kind(Kind::Code).loud().place(Place::Under),
            Column::new("count", "期限推算", "Count", 40).kind(Kind::Long).quiet().place(Place::Under),
            Column::new("article", "依据", "Provision", 40).kind(Kind::Long).quiet().place(Place::Under),
            Column::new("remark", "说明", "Remark", 24).kind(Kind::Long),
        ],
        rows: duties.iter().map(row).collect(),
        ..Sheet::default()
    }
}

/// How many of each level each unit has.
pub fn summary(duties: &[Duty], units: &BTreeMap<String, String>) -> Sheet {
    let levels = [Level::Red, Level::Yellow, Level::Green, Level::Paused];
    let mut counts: BTreeMap<&str, [i64; 4]> = BTreeMap::new();
    for duty in duties {
        let row = counts.entry(unit_name(units, duty)).or_default();
        for (count, _) in row.iter_mut().zip(levels).filter(|(_, level)| *level == duty.level) {
            *count += 1;
        }
    }
    let mut columns = vec![Column::new("unit", "单位", "Unit", 24)];
    for one in levels {
        let word = level(one);
        columns.push(Column::new(&word.code, &word.zh, &word.en, 8).kind(Kind::Number));
    }
    let row = |(unit, counts): (&&str, &[i64; 4])| {
        let name = if unit.is_empty() { "（未分单位）" } else { unit };
        let mut cells = vec![Cell::from(name)];
        cells.extend(counts.iter().map(|count| Cell::Number(*count)));
        cells
    };
    Sheet {
        name: "按单位".into(),
        title: "按单位".into(),
        columns,
        rows: counts.iter().map(row).collect(),
        ..Sheet::default()
    }
}
