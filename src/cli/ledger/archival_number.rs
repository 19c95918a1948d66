//! `ledger archival-number`.

use clap::Args;
use serde_json::json;

use crate::bundle::package::number;
use crate::cli::desk::{Desk, Planned};
use crate::cli::filing::adopted;
use crate::cli::item::doing::Doing;
use crate::cli::lookup::ledger_subject;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::record::PartName;
use crate::rules::index_number::Template;

/// 查看或采用档号规则 · Show the template of archival numbers of a fonds, or adopt one
///
/// 缺省为 {fonds}-{category}·{year}-{retention}-{unit}-{serial:4}；已经编定的档号不变。
/// Numbers that were given stay as they are.
#[derive(Args)]
pub struct ArchivalNumber {
    /// 全宗号，例如 Z109 · Fonds
    #[arg(long, value_name = "CODE")]
    fonds: String,
    /// 规则：文字和 {fonds} {category} {year} {retention} {unit} {serial:4} 等字段 · Literals and fields in braces
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// 全宗名称 · What the fonds is called
    #[arg(long, value_name = "TEXT", requires = "template")]
    fonds_name: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl ArchivalNumber {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let Some(text) = &self.template else { return self.show(ui, ctx) };
        let template = Template::parse(text)?;
        let example = number::check(&template, &self.fonds)?;
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let wish = done
            .wish("rules.archival_number", &ledger_subject()?)?
            .fact("fonds", self.fonds.as_str())
            .part(PartName::Open, "template", template.to_string())
            .part(PartName::Open, "example", example)
            .maybe_part(PartName::Open, "fonds_name", self.fonds_name);
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }

    fn show(&self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let adopted = adopted(&ctx.read()?, &self.fonds)?;
        let template =
            adopted.as_ref().map_or_else(|| number::DEFAULT.to_owned(), |a| a.template.to_string());
        let seq = adopted.as_ref().map(|adopted| adopted.seq);
        match seq {
            Some(seq) => ui.say(
                format!("档号规则：{template}\n采用于第 {seq} 号事件"),
                format!("template: {template}\nadopted by event {seq}"),
            )?,
            None => ui.say(
                format!("没有采用档号规则，按缺省规则编号：{template}"),
                format!("No template was adopted; the default applies: {template}"),
            )?,
        }
        ui.json(&json!({ "fonds": self.fonds, "template": template, "seq": seq }))
    }
}
