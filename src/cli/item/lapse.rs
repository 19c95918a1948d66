//! `item lapse`.

use clap::Args;

use super::columns::END;
use super::doing::Doing;
use super::each::{Step, each};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 标注失效（仍留在目录中） · Mark as no longer in force; it stays in the catalogue
#[derive(Args)]
pub struct Lapse {
    #[command(flatten)]
    which: Which,
    /// 失效原因：废止、期限届满、被新文件取代、宣布失效 · repealed, expired, superseded or declared
    #[arg(long, value_name = "CODE")]
    cause: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Lapse {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.lapsed", columns: &END };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let cause = it.need("cause", "lapse_cause", self.cause.as_deref())?;
            Ok(it.wish("item.lapsed")?.fact("cause", cause))
        })
    }
}
