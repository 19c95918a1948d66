//! `item list`.

use std::collections::BTreeMap;

use clap::Args;

use crate::cli::lookup::{self, ItemView};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, dossier};
use crate::exchange::{Cell, Column, Kind, Sheet, read_date};
use crate::fault::Outcome;
use crate::ledger::Ledger;
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
    /// 只列一个单位的 · One unit only
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// 只列一个领域的 · One field only
    #[arg(long, value_name = "CODE")]
    field: Option<String>,
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
        let unit = self.unit.as_deref().map(|text| dossier::find(&ledger, "unit", text)).transpose()?;
        let unit = unit.map(|unit| unit.id.to_string());
        let field = code("field", &self.field)?;
        // What no facet knows is asked of every item.
        let narrow = unit.is_some() || field.is_some();
        let limit = self.limit.filter(|_| !narrow);
        let mut items = match &self.find {
            None => lookup::list(&ledger, &filter, limit)?,
            Some(text) => found(&ledger, text, filter, limit)?,
        };
        items.retain(|item| unit.as_deref().is_none_or(|unit| item.register("unit") == Some(unit)));
        items.retain(|item| field.as_deref().is_none_or(|field| item.register("field") == Some(field)));
        items.truncate(self.limit.unwrap_or(usize::MAX));
        ui.sheet(&sheet(&ledger, items)?)
    }
}

/// Items whose number or title has the text.
fn found(ledger: &Ledger, text: &str, filter: Filter, limit: Option<usize>) -> Outcome<Vec<ItemView>> {
    let mut items = lookup::numbered(ledger, text)?;
    let titled = lookup::list(ledger, &Filter { text: Some(text.to_owned()), ..filter }, limit)?;
    let known: Vec<_> = items.iter().map(|item| item.id.clone()).collect();
    items.extend(titled.into_iter().filter(|item| !known.contains(&item.id)));
    Ok(items)
}

/// The items as a table; unit and field only where some item has them.
fn sheet(ledger: &Ledger, items: Vec<ItemView>) -> Outcome<Sheet> {
    let mut columns = vec![
        Column::new("id", "编号", "Id", 22).kind(Kind::Code),
        Column::new("state", "状态", "State", 10).kind(Kind::Tag),
        Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag),
        Column::new("document_number", "文号", "Document number", 22),
        Column::new("index_number", "索引号", "Index number", 18).quiet(),
        Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date),
        Column::new("issuer", "发文机关", "Issuer", 20).quiet(),
        Column::new("title", "标题", "Title", 60).kind(Kind::Long),
    ];
    let has = |register: &str| items.iter().any(|item| item.register(register).is_some());
    let (unit, field) = (has("unit"), has("field"));
    let names = if unit { dossier::unit_names(ledger)? } else { BTreeMap::new() };
    columns.extend(unit.then(|| Column::new("unit", "单位", "Unit", 16)));
    columns.extend(field.then(|| Column::new("field", "领域", "Field", 16)));
    let cells = |item: ItemView| {
        let of_unit = item.register("unit").map(|id| names.get(id).map_or(id, String::as_str).to_owned());
        let of_field = words().cell("field", item.register("field"));
        let mut cells = row(item);
        cells.extend(unit.then(|| Cell::from(of_unit)));
        cells.extend(field.then_some(of_field));
        cells
    };
    Ok(Sheet {
        name: "政府信息".into(),
        columns,
        rows: items.into_iter().map(cells).collect(),
        ..Sheet::default()
    })
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
