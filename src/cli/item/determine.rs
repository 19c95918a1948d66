//! `item determine`.

use clap::Args;

use super::columns::REVIEW;
use super::doing::Doing;
use super::each::{Step, each};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 登记有权部门的确定结果 · Record what the authority determined
#[derive(Args)]
pub struct Determine {
    #[command(flatten)]
    which: Which,
    /// 确定结果：可以公开、不得公开 · open or exempt
    #[arg(long, value_name = "CODE")]
    outcome: Option<String>,
    /// 确定部门：保密行政管理部门、有关主管部门 · secrecy_admin or competent_department
    #[arg(long, value_name = "CODE")]
    authority: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Determine {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.determined", columns: &REVIEW };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let outcome = it.need("outcome", "determination", self.outcome.as_deref())?;
            let authority = it.need("by_authority", "authority", self.authority.as_deref())?;
            Ok(it.wish("item.determined")?.fact("outcome", outcome).fact("by_authority", authority))
        })
    }
}
