//! `catalog public`: the public catalogue in the field sets that are in use.

use clap::{Args, ValueEnum};

use super::Options;
use super::sheets::{Catalog, date, mark, notes, text};
use crate::cli::lookup::{ItemView, Past};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Filter, Kind, Place, Sheet};
use crate::fault::{Lang, Outcome};
use crate::ledger::Info;

/// 主动公开目录 · What is public
#[derive(Args)]
pub struct Public {
    /// 字段：最低（条例第十二条）、中国政府网式样、全部 · Fields: the regulation's minimum, those of the central government's site, or all
    #[arg(long, value_enum, value_name = "minimum|govcn|full", default_value = "full")]
    fields: Fields,
    #[command(flatten)]
    options: Options,
}

/// Which fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fields {
    /// 索引、名称、内容概述、生成日期 · Index, name, summary, date made (Regulation article 12)
    Minimum,
    /// 索引号、主题分类、发文机关、成文日期、标题、发文字号、发布日期 · As on the central government's site
    Govcn,
    /// 台账所有的字段 · Everything the ledger has
    Full,
}

impl Public {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let fields = self.fields;
        self.options
            .show(ui, ctx, Catalog::Public, |items, info, past, lang| public(fields, items, info, past, lang))
    }
}

/// The public catalogue of `items` with these fields.
pub fn public(fields: Fields, items: &[ItemView], info: &Info, past: &Past, lang: Lang) -> Sheet {
    let columns: Vec<Shown> = match fields {
        Fields::Minimum => minimum(),
        Fields::Govcn => govcn(),
        Fields::Full => full(),
    };
    let row = |item: &ItemView| columns.iter().map(|shown| (shown.cell)(item)).collect();
    let rows = items.iter().map(row).collect();
    let title = Catalog::Public.title(lang);
    Sheet {
        name: title.to_owned(),
        title: format!("{} {title}", info.office),
        notes: notes(past, lang),
        rows,
        columns: columns.into_iter().map(|shown| shown.column).collect(),
    }
}

/// A column and what it shows of an item. Only what was made for the public: never the texts of the office.
struct Shown {
    column: Column,
    cell: fn(&ItemView) -> Cell,
}

fn shown(column: Column, cell: fn(&ItemView) -> Cell) -> Shown {
    Shown { column, cell }
}

/// A text of the open part in force.
macro_rules! open_text {
    ($name:ident) => {
        |item| item.public.as_ref().map(|texts| text(&texts.$name)).unwrap_or_default()
    };
}

fn formed(item: &ItemView) -> Cell {
    item.public.as_ref().map(date).unwrap_or_default()
}

fn published(item: &ItemView) -> Cell {
    item.published.map(|day| day.0).into()
}

/// The day it was declared to be without effect, whatever the cause.
fn repealed(item: &ItemView) -> Cell {
    item.newest("item.lapsed").and_then(|event| event.on()).map(|day| day.0).into()
}

fn channels(item: &ItemView) -> Cell {
    let channels: Vec<_> = item.channels.iter().map(|code| words().word("channel", code)).collect();
    if channels.is_empty() { Cell::Empty } else { Cell::Words(channels) }
}

/// 条例第十二条
fn minimum() -> Vec<Shown> {
    vec![
        shown(Column::new("index_number", "索引", "Index", 26), open_text!(index_number)),
        shown(
            Column::new("title", "名称", "Name", 56).kind(Kind::Long).place(Place::Main),
            open_text!(title),
        ),
        shown(Column::new("summary", "内容概述", "Summary", 50).kind(Kind::Long), open_text!(summary)),
        shown(
            Column::new("formed", "生成日期", "Date made", 12).kind(Kind::Date).filter(Filter::Year),
            formed,
        ),
    ]
}

/// The header of a document on the central government's site.
fn govcn() -> Vec<Shown> {
    vec![
        shown(Column::new("index_number", "索引号", "Index number", 24), open_text!(index_number)),
        shown(
            Column::new("topic", "主题分类", "Topic", 26).filter(Filter::Value).kind(Kind::Long),
            open_text!(topic),
        ),
        shown(Column::new("issuer", "发文机关", "Issuer", 18).filter(Filter::Value), open_text!(issuer)),
        shown(Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date), formed),
        shown(
            Column::new("title", "标题", "Title", 56).kind(Kind::Long).place(Place::Main),
            open_text!(title),
        ),
        shown(Column::new("document_number", "发文字号", "Document number", 22), open_text!(document_number)),
        shown(
            Column::new("published", "发布日期", "Published", 12).kind(Kind::Date).filter(Filter::Year),
            published,
        ),
        shown(Column::new("address", "地址", "Address", 40).kind(Kind::Link), open_text!(address)),
    ]
}

fn full() -> Vec<Shown> {
    let under =
        |key: &str, zh: &str, en: &str, width| Column::new(key, zh, en, width).place(Place::Under).quiet();
    vec![
        shown(under("index_number", "索引号", "Index number", 18), open_text!(index_number)),
        shown(
            Column::new("title", "标题", "Title", 56).kind(Kind::Long).place(Place::Main),
            open_text!(title),
        ),
        shown(
            Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
            open_text!(document_number),
        ),
        shown(
            Column::new("issuer", "发文机关", "Issuer", 20).filter(Filter::Value).quiet(),
            open_text!(issuer),
        ),
        shown(Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date), formed),
        shown(
            Column::new("published", "发布日期", "Published", 12).kind(Kind::Date).filter(Filter::Year),
            published,
        ),
        shown(Column::new("topic", "主题", "Topic", 16).filter(Filter::Value).quiet(), open_text!(topic)),
        shown(Column::new("attribute", "公开方式", "Attribute", 12).kind(Kind::Tag).quiet(), |item| {
            words().word("stated_attribute", item.law.attribute.as_str()).into()
        }),
        shown(Column::new("state", "状态", "State", 8).kind(Kind::Tag), |item| {
            words().word("state", item.law.state.as_str()).into()
        }),
        shown(Column::new("validity", "有效性", "Validity", 8).quiet(), open_text!(validity)),
        shown(under("repealed", "废止日期", "Without effect since", 12).kind(Kind::Date), repealed),
        shown(under("channels", "渠道", "Channels", 20), channels),
        shown(Column::new("address", "地址", "Address", 40).kind(Kind::Link), open_text!(address)),
        shown(under("summary", "概述", "Summary", 40).kind(Kind::Long), open_text!(summary)),
        shown(under("inherited", "承接", "Inherited", 6), |item| mark(item.inherited)),
        shown(super::sheets::id(), |item| item.id.as_str().into()),
    ]
}
