//! `round worklist`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::lookup;
use crate::cli::worklist::reassessment_sheet;
use crate::cli::{Ctx, Ui, output};
use crate::fault::{Fault, Outcome};

/// 列出本轮尚待评估的，或导出为表格（填好后用 import reassessments 签署） · What still waits in the round, or a spreadsheet to fill in
#[derive(Args)]
pub struct Worklist {
    /// 写入的文件（.xlsx 或 .csv） · File to write, .xlsx or .csv
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Worklist {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let round = lookup::open_round(&ledger)?.ok_or_else(|| Fault::usage("round.none_open"))?;
        let items = lookup::round_waits(&ledger, &round.id)?;
        let title = format!("{} 年度评估", round.law.year);
        let sheet = reassessment_sheet(ctx, &ledger, &items, &title)?;
        let Some(path) = &self.output else { return ui.sheet(&sheet) };
        output::sheets(ctx, &ledger, path, ui.lang(), &[sheet])?;
        let (count, of, file) = (items.len(), round.law.count, path.display());
        ui.say(
            format!("已导出 {count} 件（本轮共 {of} 件）：{file}\n填好后：import reassessments {file}"),
            format!("{count} of {of} items written to {file}\nOnce filled in: import reassessments {file}"),
        )?;
        ui.json(&json!({ "round": round.id, "file": path, "items": count, "of": of }))
    }
}
