//! `item transfer`.

use clap::Args;

use super::columns::END;
use super::doing::Doing;
use super::each::{Step, each};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 移交进馆 · Transfer to the archive
#[derive(Args)]
pub struct Transfer {
    #[command(flatten)]
    which: Which,
    /// 接收档案馆的标识，例如 archive.linyi.gov.cn · Origin of the archive
    #[arg(long, value_name = "ORIGIN")]
    archive: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Transfer {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.transferred", columns: &END };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let archive = it.text("archive", self.archive.as_deref());
            Ok(it.wish("item.transferred")?.maybe("archive", archive))
        })
    }
}
