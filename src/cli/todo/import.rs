//! `todo import`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::import::decisions::sign_list;
use crate::cli::item::doing::Doing;
use crate::cli::steps::Taking;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 签署填好的待办表格：只签本人可签的步骤，其余留待他人 · Sign a filled-in list: the steps the signer may sign; the rest waits for others
#[derive(Args)]
pub struct Import {
    /// 填好的表格（XLSX 或 CSV） · The filled-in list
    file: PathBuf,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Import {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        sign_list(ui, ctx, &self.file, self.sheet.as_deref(), &self.doing, Taking::Mine)
    }
}
