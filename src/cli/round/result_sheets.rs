//! The results of a round as tables: what may be published, and what the office keeps.

use serde_json::{Value, json};

use crate::cli::lookup::{ItemView, RoundResult};
use crate::cli::words::words;
use crate::exchange::{Cell, Column, Filter, Kind, Place, Sheet};

/// Outcomes by which something becomes public, or is said to be without effect.
const TOLD: [&str; 3] = ["to_open", "to_partial", "lapsed"];

/// The items that may be named: became open or lapsed, and the public knows a title of them. One that is to be opened but is not published
/// yet counts as a number only.
pub fn publishable(result: &RoundResult) -> Vec<(&ItemView, &str)> {
    let titled = |item: &ItemView| item.public.as_ref().is_some_and(|texts| texts.title.is_some());
    result
        .members
        .iter()
        .filter(|(item, outcome)| TOLD.contains(&outcome.as_str()) && titled(item))
        .map(|(item, outcome)| (item, outcome.as_str()))
        .collect()
}

/// The items that changed, for programs.
pub fn changed(result: &RoundResult, public: bool) -> Vec<Value> {
    if public {
        let entry = |(item, outcome): (&ItemView, &str)| json!({ "id": item.id, "outcome": outcome, "title": item.public.as_ref().and_then(|texts| texts.title.clone()) });
        return publishable(result).into_iter().map(entry).collect();
    }
    let changed = result.members.iter().filter(|(_, outcome)| outcome != "maintain");
    let entry = |(item, outcome): &(ItemView, String)| {
        json!({ "id": item.id, "outcome": outcome, "title": item.texts.title, "attribute": item.law.attribute.as_str(),
            "state": item.law.state.as_str() })
    };
    changed.map(entry).collect()
}

/// The list that is published, and unless `public` everything item by item.
pub fn sheets(office: &str, result: &RoundResult, public: bool) -> Vec<Sheet> {
    let mut sheets = vec![list(office, result)];
    if !public {
        sheets.push(all(result, |_| true));
    }
    sheets
}

/// For a terminal: how many had each outcome, and what changed.
pub fn short(office: &str, result: &RoundResult, public: bool) -> Vec<Sheet> {
    let mut sheets = vec![list(office, result)];
    if !public {
        sheets.push(all(result, |outcome| outcome != "maintain"));
    }
    sheets.retain(|sheet| !sheet.rows.is_empty());
    sheets.insert(0, outcomes(result));
    sheets
}

/// How many items had each outcome.
pub fn outcomes(result: &RoundResult) -> Sheet {
    let law = &result.round.law;
    let row = |(outcome, count): (&String, &i64)| {
        vec![words().word("reassess_outcome", outcome).into(), Cell::Number(*count)]
    };
    Sheet {
        name: "评估结果".into(),
        title: format!("{} 年度评估  {} / {}", law.year, law.done, law.count),
        columns: vec![
            Column::new("outcome", "评估结果", "Outcome", 24),
            Column::new("count", "件数", "Items", 8).kind(Kind::Number),
        ],
        rows: result.outcomes.iter().map(row).collect(),
        ..Sheet::default()
    }
}

/// 清理结果, as the public reads it.
fn list(office: &str, result: &RoundResult) -> Sheet {
    let text = |item: &ItemView, of: fn(&crate::views::Texts) -> &Option<Box<str>>| {
        Cell::from(item.public.as_ref().and_then(|texts| of(texts).as_deref()).unwrap_or_default())
    };
    let row = |(at, (item, outcome)): (usize, (&ItemView, &str))| {
        vec![
            Cell::Number(i64::try_from(at + 1).unwrap_or(i64::MAX)),
            text(item, |texts| &texts.title),
            text(item, |texts| &texts.document_number),
            words().word("reassess_outcome", outcome).into(),
            item.reassessed.map(|day| day.0).into(),
            text(item, |texts| &texts.address),
            item.id.as_str().into(),
        ]
    };
    let named = publishable(result);
    let rest = result.outcomes.iter().map(|(outcome, count)| {
        let shown = named.iter().filter(|(_, of)| of == outcome).count();
        (words().word("reassess_outcome", outcome).zh, count - i64::try_from(shown).unwrap_or(0))
    });
    let rest: Vec<String> =
        rest.filter(|(_, left)| *left > 0).map(|(word, left)| format!("{word} {left} 件")).collect();
    let total: i64 = result.outcomes.values().sum();
    let mut notes = vec![format!("本轮共评估 {total} 件，列名 {} 件", named.len())];
    notes.extend((!rest.is_empty()).then(|| format!("其余只计件数：{}", rest.join("，"))));
    Sheet {
        name: "清理结果".into(),
        title: format!("{office}{}年度不予公开信息清理结果", result.round.law.year),
        notes,
        columns: vec![
            Column::new("number", "序号", "No.", 5).kind(Kind::Number).place(Place::Hidden),
            Column::new("title", "标题", "Title", 56).kind(Kind::Long).place(Place::Main),
            Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
            Column::new("outcome", "清理结果", "Outcome", 16).kind(Kind::Tag).filter(Filter::Value),
            Column::new("reassessed", "评估日期", "Assessed on", 12).kind(Kind::Date),
            Column::new("address", "地址", "Address", 40).kind(Kind::Link),
            Column::new("id", "编号", "Id", 24).kind(Kind::Code).place(Place::Hidden),
        ],
        rows: named.into_iter().enumerate().map(row).collect(),
    }
}

/// Every item of the round, for the office.
fn all(result: &RoundResult, of: impl Fn(&str) -> bool) -> Sheet {
    let text = |text: &Option<Box<str>>| Cell::from(text.as_deref().unwrap_or_default());
    let row = |(item, outcome): &(ItemView, String)| {
        vec![
            text(&item.texts.title),
            text(&item.texts.document_number),
            words().word("reassess_outcome", outcome).into(),
            item.reassessed.map(|day| day.0).into(),
            words().word("stated_attribute", item.law.attribute.as_str()).into(),
            words().cell("ground", item.law.ground.as_deref()),
            words().word("state", item.law.state.as_str()).into(),
            item.id.as_str().into(),
        ]
    };
    Sheet {
        name: "逐件结果".into(),
        title: "逐件结果".into(),
        notes: vec!["供内部核对，不对外公开".into()],
        columns: vec![
            Column::new("title", "标题", "Title", 50).kind(Kind::Long).place(Place::Main),
            Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
            Column::new("outcome", "评估结果", "Outcome", 16).kind(Kind::Tag).filter(Filter::Value),
            Column::new("reassessed", "评估日期", "Assessed on", 12).kind(Kind::Date),
            Column::new("attribute", "现公开属性", "Attribute now", 12).kind(Kind::Tag),
            Column::new("ground", "现依据", "Ground now", 26),
            Column::new("state", "状态", "State", 10).kind(Kind::Tag),
            Column::new("id", "编号", "Id", 24).kind(Kind::Code).loud(),
        ],
        rows: result.members.iter().filter(|(_, outcome)| of(outcome)).map(row).collect(),
    }
}
