//! `ledger policy`.

use clap::Args;
use serde_json::json;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::ledger_subject;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::{Lang, Outcome};
use crate::rules;

/// 查看或采用本机关政策 · Show the office's policy, or adopt another
#[derive(Args)]
pub struct Policy {
    /// 拟稿与审查分离：严格、放宽 · Separation of drafter and reviewer: strict or relaxed
    #[arg(long, value_name = "CODE")]
    separation: Option<String>,
    /// 涉密事项登记内容：仅依据和复核日期、另记密级和期限 · Secret stubs: basis or full
    #[arg(long, value_name = "CODE")]
    secret_stub: Option<String>,
    /// 评估周期（月），至多12 · Months between rounds, 12 at most
    #[arg(long, value_name = "N")]
    round_months: Option<u64>,
    #[command(flatten)]
    doing: Doing,
}

impl Policy {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if self.separation.is_none() && self.secret_stub.is_none() && self.round_months.is_none() {
            let mut ledger = ctx.read()?;
            let policy = ledger.office()?.office.policy;
            ctx.tell(&mut ledger);
            return show(ui, &policy);
        }
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let now = desk.ledger.office()?.office.policy;
        let code = |vocabulary: &str, given: Option<&str>, now: &str| match given {
            Some(text) => words().read(vocabulary, text),
            None => Ok(now.to_owned()),
        };
        let separation = code("separation", self.separation.as_deref(), now.separation.as_str())?;
        let stub = code("secret_stub", self.secret_stub.as_deref(), now.secret_stub.as_str())?;
        let wish = done
            .wish("rules.policy", &ledger_subject()?)?
            .fact("separation", separation)
            .fact("secret_stub", stub)
            .fact("round_months", self.round_months.unwrap_or(now.round_months));
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}

fn show(ui: &Ui, policy: &rules::Policy) -> Outcome<()> {
    let name = |lang| {
        (
            words().name("separation", policy.separation.as_str(), lang),
            words().name("secret_stub", policy.secret_stub.as_str(), lang),
        )
    };
    let ((separation, stub), months) = (name(Lang::Zh), policy.round_months);
    let (separation_en, stub_en) = name(Lang::En);
    ui.say(
        format!("拟稿与审查分离：{separation}\n涉密事项登记内容：{stub}\n评估周期：{months} 个月"),
        format!("separation of drafter and reviewer: {separation_en}\nsecret stubs: {stub_en}\nmonths between rounds: {months}"),
    )?;
    ui.json(&json!(policy))
}
