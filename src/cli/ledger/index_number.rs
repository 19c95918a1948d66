//! `ledger index-number`.

use clap::Args;
use serde_json::json;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::ledger_subject;
use crate::cli::numbering::adopted;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::record::PartName;
use crate::rules::index_number::Template;

/// 查看或采用索引号规则，例如 {body:9}/{year}-{serial:5} · Show the template of index numbers, or adopt one
///
/// 采用后，item register、item publish 加 --index auto 即依次编号，catalog check-index 列出不合规则的。
/// Then item register and item publish number with --index auto, and catalog check-index lists what does not fit.
#[derive(Args)]
pub struct IndexNumber {
    /// 规则：文字和 {year} {month} {date} {serial:5} {body:9} 等字段 · Literals and fields in braces
    #[arg(long, value_name = "TEMPLATE")]
    template: Option<String>,
    /// 本机关代码，即规则中的 {body} · What stands for {body}
    #[arg(long, value_name = "TEXT", requires = "template")]
    body: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl IndexNumber {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let Some(text) = &self.template else { return show(ui, ctx) };
        let template = Template::parse(text)?;
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let wish = done
            .wish("rules.index_number", &ledger_subject()?)?
            .part(PartName::Open, "template", template.to_string())
            .maybe_part(PartName::Open, "body", self.body);
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}

fn show(ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
    let ledger = ctx.read()?;
    let Some(adopted) = adopted(&ledger)? else {
        ui.say("没有采用索引号规则。", "No template of index numbers was adopted.")?;
        return ui.json(&json!(null));
    };
    let (template, seq) = (&adopted.template, adopted.seq);
    let body = adopted.body.as_deref().unwrap_or("—");
    ui.say(
        format!("索引号规则：{template}\n本机关代码：{body}\n采用于第 {seq} 号事件"),
        format!("template: {template}\nbody: {body}\nadopted by event {seq}"),
    )?;
    ui.json(&json!({ "template": template.to_string(), "body": adopted.body, "seq": seq }))
}
