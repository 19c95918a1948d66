//! `item cover`.

use clap::Args;

use super::columns::COVER;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::missing;
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 写明不予公开的信息对应负面清单的哪一条 · Say which entry of the negative list covers what is withheld
#[derive(Args)]
pub struct Cover {
    #[command(flatten)]
    which: Which,
    /// 负面清单条目：编号（可只写开头几位）或范围 · The entry, by id or scope
    #[arg(long, value_name = "EXCLUSION")]
    exclusion: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Cover {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.covered", columns: &COVER };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let exclusion = it.exclusion(self.exclusion.as_deref())?;
            let exclusion = exclusion.ok_or_else(|| missing("exclusion"))?;
            Ok(it.wish("item.covered")?.fact("exclusion", exclusion))
        })
    }
}
