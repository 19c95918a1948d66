//! `item refer`.

use clap::Args;

use super::columns::REVIEW;
use super::doing::Doing;
use super::each::{Step, each};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 报请有权部门确定 · Refer to an authority
#[derive(Args)]
pub struct Refer {
    #[command(flatten)]
    which: Which,
    /// 报送部门：保密行政管理部门、有关主管部门 · secrecy_admin or competent_department
    #[arg(long, value_name = "CODE")]
    to: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Refer {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.referred", columns: &REVIEW };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let to = it.need("to", "authority", self.to.as_deref())?;
            Ok(it.wish("item.referred")?.fact("to", to))
        })
    }
}
