//! Answers across ledgers as tables.

use std::collections::BTreeMap;

use super::catalog::List;
use crate::archive::across::{Answer, Entry, Left, OfficeAnswer};
use crate::cli::words::words;
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Filter, Kind, Place, Sheet, read_date};
use crate::fault::Lang;
use crate::record::Day;

fn number(count: u64) -> Cell {
    Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn date(day: Option<Day>) -> Cell {
    day.map(|day| day.0).into()
}

fn text(text: &Option<String>) -> Cell {
    text.as_deref().unwrap_or_default().into()
}

fn sheet(
    zh: &str,
    en: &str,
    lang: Lang,
    answer: &Answer,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
) -> Sheet {
    let title = if lang == Lang::Zh { zh } else { en };
    let (offices, left) = (answer.offices.len(), answer.left.len());
    let note = match lang {
        Lang::Zh => format!("计入 {offices} 个单位；未计入的移交信息包、归档包 {left} 个。"),
        Lang::En => format!("{offices} offices are counted; {left} packages or bundles are not."),
    };
    Sheet { name: title.to_owned(), title: title.to_owned(), notes: vec![note], columns, rows }
}

fn count_column(key: &str, zh: &str, en: &str) -> Column {
    Column::new(key, zh, en, 10).kind(Kind::Number)
}

/// One row an office.
pub fn offices(answer: &Answer, lang: Lang) -> Sheet {
    let columns = vec![
        Column::new("name", "单位", "Office", 28).place(Place::Main),
        Column::new("origin", "台账标识", "Origin", 28).kind(Kind::Code).loud(),
        count_column("batches", "批次", "Batches"),
        count_column("events", "事件", "Events"),
        count_column("items", "信息", "Items"),
        count_column("public", "已公开", "Public"),
        count_column("withheld", "不予公开", "Withheld"),
        count_column("partial", "其中部分", "In part"),
        count_column("on_request", "依申请", "On request"),
        Column::new("oldest_withheld_since", "最早不予公开", "Oldest withheld since", 12).kind(Kind::Date),
        Column::new("as_of", "截至", "As of", 12).kind(Kind::Date).quiet(),
    ];
    let rows = answer.offices.iter().map(office).collect();
    sheet("各单位公开情况", "Offices", lang, answer, columns, rows)
}

fn batches(office: &OfficeAnswer) -> u64 {
    office.batches.iter().filter(|batch| batch.counted).count() as u64
}

fn office(office: &OfficeAnswer) -> Vec<Cell> {
    let counts = office.counts;
    vec![
        office.name.as_str().into(),
        office.origin.as_str().into(),
        number(batches(office)),
        number(office.events),
        number(counts.items),
        number(counts.public),
        number(counts.withheld),
        number(counts.partial),
        number(counts.on_request),
        date(office.oldest),
        date(office.as_of),
    ]
}

/// Items and offices by ground.
fn by_ground(answer: &Answer) -> BTreeMap<&str, (u64, u64)> {
    let mut grounds: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (ground, items) in answer.offices.iter().flat_map(|office| &office.grounds) {
        let (offices, sum) = grounds.entry(ground).or_default();
        (*offices, *sum) = (*offices + 1, *sum + items);
    }
    grounds
}

/// One row a ground.
pub fn grounds(answer: &Answer, lang: Lang) -> Sheet {
    let columns = vec![
        Column::new("ground", "代码", "Code", 26).kind(Kind::Code).loud(),
        Column::new("name", "依据", "Ground", 40).place(Place::Main),
        count_column("offices", "单位", "Offices"),
        count_column("items", "信息", "Items"),
    ];
    let called = |code: &str| match (code, lang) {
        ("", Lang::Zh) => "未载明".to_owned(),
        ("", Lang::En) => "not stated".to_owned(),
        _ => words().name("ground", code, lang),
    };
    let row = |(code, (offices, items)): (&str, (u64, u64))| {
        vec![code.into(), called(code).into(), number(offices), number(items)]
    };
    let rows = by_ground(answer).into_iter().map(row).collect();
    sheet("各依据不予公开情况", "Grounds", lang, answer, columns, rows)
}

fn entry_columns(dates: Vec<Column>) -> Vec<Column> {
    let mut columns = vec![
        Column::new("office", "单位", "Office", 24).filter(Filter::Value),
        Column::new("title", "标题", "Title", 50).kind(Kind::Long).place(Place::Main),
        Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
        Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag).filter(Filter::Value),
    ];
    columns.extend(dates);
    columns.extend([
        Column::new("state", "状态", "State", 8).kind(Kind::Tag).quiet(),
        Column::new("index_number", "索引号", "Index number", 18).place(Place::Under).quiet(),
        Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date).quiet(),
        Column::new("secret", "涉密", "Secret", 6).quiet(),
        Column::new("inherited", "承接", "Inherited", 6).quiet(),
        Column::new("origin", "台账标识", "Origin", 28).kind(Kind::Code).place(Place::Hidden).quiet(),
        Column::new("id", "编号", "Id", 23).kind(Kind::Code).place(Place::Hidden).loud(),
    ]);
    columns
}

fn entry(office: &OfficeAnswer, entry: &Entry, dates: Vec<Cell>) -> Vec<Cell> {
    let mark = |on: bool| if on { Cell::from(Word::new("yes", "是", "yes")) } else { Cell::Empty };
    let formed = entry.formed.as_deref().and_then(read_date);
    let mut row = vec![
        office.name.as_str().into(),
        text(&entry.title),
        text(&entry.document_number),
        words().word("stated_attribute", entry.attribute.as_str()).into(),
    ];
    row.extend(dates);
    row.extend([
        words().word("state", entry.state.as_str()).into(),
        text(&entry.index_number),
        formed.map_or_else(|| text(&entry.formed), Cell::from),
        mark(entry.secret),
        mark(entry.inherited),
        office.origin.as_str().into(),
        entry.id.as_str().into(),
    ]);
    row
}

fn entries<'a>(answer: &'a Answer, dates: impl Fn(&'a Entry) -> Vec<Cell>) -> Vec<Vec<Cell>> {
    let all = answer.offices.iter().flat_map(|office| office.rows.iter().map(move |one| (office, one)));
    all.map(|(office, one)| entry(office, one, dates(one))).collect()
}

/// What is withheld.
pub fn withheld(answer: &Answer, lang: Lang) -> Sheet {
    let columns = entry_columns(vec![
        Column::new("ground", "依据", "Ground", 26).filter(Filter::Value),
        Column::new("since", "不予公开起", "Withheld since", 12).kind(Kind::Date).filter(Filter::Year),
        Column::new("decided", "定性日期", "Decided", 12).kind(Kind::Date).quiet(),
        Column::new("reassessed", "最近评估", "Re-evaluated", 12).kind(Kind::Date),
    ]);
    let rows = entries(answer, |one| {
        let ground = words().cell("ground", one.ground.as_deref());
        vec![ground, date(one.since), date(one.decided), date(one.reassessed)]
    });
    sheet("各单位不予公开清单", "Withheld, all offices", lang, answer, columns, rows)
}

/// What is public.
pub fn public(answer: &Answer, lang: Lang) -> Sheet {
    let columns = entry_columns(vec![
        Column::new("published", "发布日期", "Published", 12).kind(Kind::Date).filter(Filter::Year),
    ]);
    let rows = entries(answer, |one| vec![date(one.published)]);
    sheet("各单位主动公开目录", "Public, all offices", lang, answer, columns, rows)
}

/// Adds the row of sums to the lists that count.
pub fn total(sheet: &mut Sheet, answer: &Answer, list: List, lang: Lang) {
    let called = Cell::from(if lang == Lang::Zh { "合计" } else { "Total" });
    let sum = |of: fn(&OfficeAnswer) -> u64| number(answer.offices.iter().map(of).sum());
    let counts = answer.totals();
    let oldest = answer.offices.iter().filter_map(|office| office.oldest).min();
    match list {
        List::Offices => sheet.rows.push(vec![
            called,
            Cell::Empty,
            sum(batches),
            sum(|office| office.events),
            number(counts.items),
            number(counts.public),
            number(counts.withheld),
            number(counts.partial),
            number(counts.on_request),
            date(oldest),
            Cell::Empty,
        ]),
        List::Grounds => {
            let offices = answer.offices.iter().filter(|office| !office.grounds.is_empty()).count();
            sheet.rows.push(vec![called, Cell::Empty, number(offices as u64), number(counts.withheld)]);
        }
        List::Withheld | List::Public => {}
    }
}

/// What is not counted, and why.
pub fn left(left: &[Left], lang: Lang) -> Sheet {
    let title = if lang == Lang::Zh { "未计入" } else { "Not counted" };
    let columns = vec![
        Column::new("name", "所在", "Where", 44).kind(Kind::Long).place(Place::Main),
        Column::new("origin", "台账标识", "Origin", 26).kind(Kind::Code).loud(),
        Column::new("code", "代码", "Code", 24).kind(Kind::Code).loud(),
        Column::new("reason", "原因", "Reason", 44).kind(Kind::Long),
        count_column("findings", "问题", "Findings"),
    ];
    let row = |one: &Left| {
        let reason = if lang == Lang::Zh { &one.zh } else { &one.en };
        vec![
            one.name.as_str().into(),
            text(&one.origin),
            one.code.as_str().into(),
            reason.as_str().into(),
            number(one.findings),
        ]
    };
    let rows = left.iter().map(row).collect();
    Sheet { name: title.to_owned(), title: title.to_owned(), columns, rows, ..Sheet::default() }
}
