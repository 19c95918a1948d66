//! `item withdraw`.

use clap::Args;

use super::columns::PUBLISH;
use super::doing::Doing;
use super::each::{Step, each};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 撤回已公开的信息 · Withdraw what is public
#[derive(Args)]
pub struct Withdraw {
    #[command(flatten)]
    which: Which,
    /// 撤回原因：内容有误、涉密或疑似涉密…… · Cause: error, secrecy, …
    #[arg(long, value_name = "CODE")]
    cause: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Withdraw {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.withdrawn", columns: &PUBLISH };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let cause = it.need("cause", "withdraw_cause", self.cause.as_deref())?;
            Ok(it.wish("item.withdrawn")?.fact("cause", cause))
        })
    }
}
