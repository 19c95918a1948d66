//! `catalog check-index`.

use std::collections::BTreeMap;

use clap::Args;

use super::Options;
use crate::cli::lookup::{self, ItemView};
use crate::cli::numbering::adopted;
use crate::cli::{Ctx, Ui};
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Filter as By, Kind, Place, Sheet, normal_number};
use crate::fault::{Fault, Outcome};
use crate::rules::index_number::Template;
use crate::views::Filter;

/// 核对索引号：不合规则的、重复的；写 --missing 的，也列出没有索引号的 · Index numbers that do not fit the template, or stand twice
#[derive(Args)]
pub struct CheckIndex {
    /// 按此规则核对，缺省为本机关采用的规则 · Check against this template; the adopted one if not given
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// 也列出没有索引号的 · Also what has no index number
    #[arg(long)]
    missing: bool,
    #[command(flatten)]
    options: Options,
}

impl CheckIndex {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let template = match &self.template {
            Some(text) => Template::parse(text)?,
            None => {
                let adopted = adopted(&ledger)?;
                adopted.ok_or_else(|| Fault::usage("index_number.not_adopted"))?.template
            }
        };
        let past = self.options.past()?;
        let items = lookup::list_then(ctx, &ledger, &Filter::default(), &past)?;
        let found = wrong(&items, &template, self.missing);
        if found.is_empty() {
            let count = items.len();
            return ui.say(
                format!("全部相符：{count} 件，规则 {template}。"),
                format!("All fit: {count} items, template {template}."),
            );
        }
        let sheet = sheet(&ledger.info().office, &template, &found);
        self.options.put_sheets(ui, ctx, &ledger, &[sheet], &past)?;
        Err(Fault::refused("index_number.misfits").with("found", found.len()).with("expected", &template))
    }
}

/// Items whose number does not fit, and why.
fn wrong<'i>(items: &'i [ItemView], template: &Template, missing: bool) -> Vec<(&'i ItemView, Word)> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for number in items.iter().filter_map(number) {
        *times.entry(normal_number(number)).or_default() += 1;
    }
    let why = |item: &ItemView| {
        let Some(number) = number(item) else {
            return missing.then(|| Word::new("missing", "没有索引号", "no number"));
        };
        if template.recognise(number).is_none() {
            return Some(Word::new("misfit", "不合规则", "does not fit"));
        }
        let twice = times.get(&normal_number(number)).is_some_and(|times| *times > 1);
        twice.then(|| Word::new("twice", "重复", "given twice"))
    };
    items.iter().filter_map(|item| why(item).map(|why| (item, why))).collect()
}

/// The number the public sees, else that of the registration.
fn number(item: &ItemView) -> Option<&str> {
    let public = item.public.as_ref().and_then(|texts| texts.index_number.as_deref());
    public.or(item.texts.index_number.as_deref())
}

fn sheet(office: &str, template: &Template, found: &[(&ItemView, Word)]) -> Sheet {
    let row = |(item, why): &(&ItemView, Word)| {
        vec![
            Cell::from(number(item).unwrap_or_default()),
            why.clone().into(),
            super::sheets::text(&item.texts.title),
            super::sheets::text(&item.texts.document_number),
            item.id.as_str().into(),
        ]
    };
    Sheet {
        name: "索引号核对".into(),
        title: format!("{office} 索引号核对"),
        notes: vec![format!("规则 {template}")],
        columns: vec![
            Column::new("index_number", "索引号", "Index number", 26),
            Column::new("reason", "情形", "Reason", 14).kind(Kind::Tag).filter(By::Value),
            Column::new("title", "标题", "Title", 50).kind(Kind::Long).place(Place::Main),
            Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
            Column::new("id", "编号", "Id", 24).kind(Kind::Code).loud(),
        ],
        rows: found.iter().map(row).collect(),
    }
}
