//! `item list`.

use clap::Args;

use crate::cli::lookup::{self, ItemView};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Kind, Sheet, read_date};
use crate::fault::Outcome;
use crate::rules::{Attribute, Step};
use crate::views::Filter;

/// 列出政府信息 · List items
#[derive(Args)]
pub struct List {
    /// 标题中的文字，或文号、索引号 · Text in the title, or a 文号 or 索引号
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// 状态，例如 已定性 · State
    #[arg(long, value_name = "CODE")]
    state: Option<String>,
    /// 公开属性 · Attribute
    #[arg(long, value_name = "CODE")]
    attribute: Option<String>,
    /// 至多列出多少件 · List this many at most
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl List {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let code = |vocabulary: &str, text: &Option<String>| {
            text.as_deref().map(|text| words().read(vocabulary, text)).transpose()
        };
        let state = code("state", &self.state)?.and_then(|code| Step::parse(&code));
        let attribute = code("stated_attribute", &self.attribute)?.and_then(|code| Attribute::parse(&code));
        let filter = Filter {
            states: state.into_iter().collect(),
            attributes: attribute.into_iter().collect(),
            ..Filter::default()
        };
        let ledger = ctx.read()?;
        let Some(text) = &self.find else {
            return ui.sheet(&sheet(lookup::list(&ledger, &filter, self.limit)?.into_iter()));
        };
        let numbered = lookup::numbered(&ledger, text)?;
        let titled = lookup::list(&ledger, &Filter { text: Some(text.clone()), ..filter }, self.limit)?;
        let known: Vec<_> = numbered.iter().map(|item| item.id.clone()).collect();
        let titled = titled.into_iter().filter(|item| !known.contains(&item.id));
        ui.sheet(&sheet(numbered.into_iter().chain(titled).take(self.limit.unwrap_or(usize::MAX))))
    }
}

fn sheet(items: impl Iterator<Item = ItemView>) -> Sheet {
    Sheet {
        name: "政府信息".into(),
        columns: vec![
            Column::new("id", "编号", "Id", 22).kind(Kind::Code),
            Column::new("state", "状态", "State", 10).kind(Kind::Tag),
            Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag),
            Column::new("document_number", "文号", "Document number", 22),
            Column::new("index_number", "索引号", "Index number", 18).quiet(),
            Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date),
            Column::new("issuer", "发文机关", "Issuer", 20).quiet(),
            Column::new("title", "标题", "Title", 60).kind(Kind::Long),
        ],
        rows: items.map(row).collect(),
        ..Sheet::default()
    }
}

fn row(item: ItemView) -> Vec<Cell> {
    let text = |text: &Option<Box<str>>| Cell::from(text.as_deref().unwrap_or_default());
    let formed = item.texts.formed.as_deref().and_then(read_date);
    vec![
        item.id.as_str().into(),
        words().word("state", item.law.state.as_str()).into(),
        words().attribute(&item.law).into(),
        text(&item.texts.document_number),
        text(&item.texts.index_number),
        formed.map_or_else(|| text(&item.texts.formed), Cell::from),
        text(&item.texts.issuer),
        text(&item.texts.title),
    ]
}
