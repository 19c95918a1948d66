//! The catalogues as tables.

use std::collections::BTreeMap;

use crate::cli::lookup::{ItemView, Past};
use crate::cli::words::words;
use crate::exchange::{Cell, Column, Filter, Kind, Place, Sheet, read_date};
use crate::fault::Lang;
use crate::ledger::Info;
use crate::rules::{Attribute, Step};
use crate::views::{Filter as Chosen, Texts};

/// Which catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Catalog {
    /// 主动公开目录
    Public,
    /// 不予公开清单
    Withheld,
    /// 依申请公开目录
    OnRequest,
}

impl Catalog {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Public, Self::Withheld, Self::OnRequest];

    pub(super) fn title(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Public, Lang::Zh) => "主动公开目录",
            (Self::Public, Lang::En) => "Public catalogue",
            (Self::Withheld, Lang::Zh) => "不予公开清单",
            (Self::Withheld, Lang::En) => "What is withheld",
            (Self::OnRequest, Lang::Zh) => "依申请公开目录",
            (Self::OnRequest, Lang::En) => "Available on request",
        }
    }

    /// The items that are in it.
    pub fn filter(self) -> Chosen {
        let all = Chosen::default();
        match self {
            Self::Public => Chosen { public: Some(true), ..all },
            Self::Withheld => Chosen { withheld: Some(true), ..all },
            Self::OnRequest => {
                let states = Step::ALL.iter().copied().filter(|state| *state != Step::Lapsed).collect();
                Chosen { attributes: vec![Attribute::OnRequest], states, ..all }
            }
        }
    }
}

/// What is withheld. `scopes`: what the entries of the negative list are called.
pub(super) fn withheld(
    items: &[ItemView],
    scopes: &BTreeMap<String, String>,
    info: &Info,
    past: &Past,
    lang: Lang,
) -> Sheet {
    let rows = items.iter().map(|item| withheld_row(item, scopes)).collect();
    sheet(Catalog::Withheld, withheld_columns(), rows, info, past, lang)
}

/// What can be had on request.
pub(super) fn on_request(items: &[ItemView], info: &Info, past: &Past, lang: Lang) -> Sheet {
    let rows = items.iter().map(request_row).collect();
    sheet(Catalog::OnRequest, request_columns(), rows, info, past, lang)
}

fn sheet(
    catalog: Catalog,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    info: &Info,
    past: &Past,
    lang: Lang,
) -> Sheet {
    let title = catalog.title(lang);
    Sheet {
        name: title.to_owned(),
        title: format!("{} {title}", info.office),
        notes: notes(past, lang),
        columns,
        rows,
    }
}

pub(super) fn notes(past: &Past, lang: Lang) -> Vec<String> {
    let zh = lang == Lang::Zh;
    let as_of =
        past.as_of.map(|day| if zh { format!("截至 {day} 的状况") } else { format!("as it stood on {day}") });
    let known = past.known.map(|day| {
        if zh { format!("只计截至 {day} 录入的") } else { format!("only what was entered by {day}") }
    });
    as_of.into_iter().chain(known).collect()
}

pub(super) fn id() -> Column {
    Column::new("id", "编号", "Id", 23).kind(Kind::Code).place(Place::Hidden).quiet()
}

fn inherited() -> Column {
    Column::new("inherited", "承接", "Inherited", 6).place(Place::Under).quiet()
}

fn withheld_columns() -> Vec<Column> {
    vec![
        Column::new("title", "标题", "Title", 50).kind(Kind::Long).place(Place::Main),
        Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
        Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag).filter(Filter::Value),
        Column::new("ground", "依据", "Ground", 26).filter(Filter::Value),
        Column::new("decided", "定性日期", "Decided", 12).kind(Kind::Date).filter(Filter::Year),
        Column::new("reassessed", "最近评估", "Re-evaluated", 12).kind(Kind::Date),
        Column::new("state", "状态", "State", 8).kind(Kind::Tag).quiet(),
        Column::new("issuer", "发文机关", "Issuer", 20).quiet(),
        Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date).quiet(),
        Column::new("index_number", "索引号", "Index number", 18).place(Place::Under).quiet(),
        Column::new("secret", "涉密", "Secret", 6).quiet(),
        Column::new("exclusion", "负面清单条目", "Entry of the negative list", 26).kind(Kind::Long).quiet(),
        inherited(),
        id().loud(),
    ]
}

fn withheld_row(item: &ItemView, scopes: &BTreeMap<String, String>) -> Vec<Cell> {
    let exclusion = item.register("exclusion");
    let exclusion = exclusion.map(|id| scopes.get(id).map_or(id, String::as_str));
    vec![
        text(&item.texts.title),
        text(&item.texts.document_number),
        words().word("stated_attribute", item.law.attribute.as_str()).into(),
        words().cell("ground", item.law.ground.as_deref()),
        item.decided.map(|day| day.0).into(),
        item.reassessed.map(|day| day.0).into(),
        words().word("state", item.law.state.as_str()).into(),
        text(&item.texts.issuer),
        date(&item.texts),
        text(&item.texts.index_number),
        mark(item.law.secret),
        exclusion.unwrap_or_default().into(),
        mark(item.inherited),
        item.id.as_str().into(),
    ]
}

fn request_columns() -> Vec<Column> {
    vec![
        Column::new("title", "标题", "Title", 56).kind(Kind::Long).place(Place::Main),
        Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
        Column::new("issuer", "发文机关", "Issuer", 20).filter(Filter::Value).quiet(),
        Column::new("formed", "成文日期", "Date written", 12).kind(Kind::Date),
        Column::new("decided", "定性日期", "Decided", 12).kind(Kind::Date).filter(Filter::Year),
        Column::new("topic", "主题", "Topic", 16).filter(Filter::Value).quiet(),
        Column::new("index_number", "索引号", "Index number", 18).place(Place::Under).quiet(),
        inherited(),
        id().loud(),
    ]
}

fn request_row(item: &ItemView) -> Vec<Cell> {
    vec![
        text(&item.texts.title),
        text(&item.texts.document_number),
        text(&item.texts.issuer),
        date(&item.texts),
        item.decided.map(|day| day.0).into(),
        text(&item.texts.topic),
        text(&item.texts.index_number),
        mark(item.inherited),
        item.id.as_str().into(),
    ]
}

pub(super) fn text(text: &Option<Box<str>>) -> Cell {
    text.as_deref().unwrap_or_default().into()
}

pub(super) fn date(texts: &Texts) -> Cell {
    let day = texts.formed.as_deref().and_then(read_date);
    day.map_or_else(|| text(&texts.formed), Cell::from)
}

pub(super) fn mark(on: bool) -> Cell {
    if on { crate::exchange::words::Word::new("yes", "是", "yes").into() } else { Cell::Empty }
}
