//! `import decisions`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::input;
use crate::cli::item::doing::Doing;
use crate::cli::item::each::refuse;
use crate::cli::steps::{Taken, Taking, take};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::worklist::read_decisions;
use crate::exchange::{ReadOptions, Rejected, Worklist};
use crate::fault::{Fault, Message, Outcome};

/// 导入建议、审查、定性、发布（例如纸面办理的；他人办理的须附凭证摘要） · Import proposals, reviews, decisions, publications
#[derive(Args)]
pub struct Decisions {
    /// 表格（XLSX 或 CSV） · The table
    file: PathBuf,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Decisions {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        sign_list(ui, ctx, &self.file, self.sheet.as_deref(), &self.doing, Taking::All)
    }
}

/// Reads a filled-in list and signs its new steps as one act.
pub fn sign_list(
    ui: &Ui,
    ctx: &Ctx<'_>,
    file: &Path,
    sheet: Option<&str>,
    doing: &Doing,
    taking: Taking,
) -> Outcome<()> {
    let columns = Worklist::Decisions.columns();
    let table = input::table(file, &ReadOptions { sheet, columns: &columns, ..ReadOptions::default() })?;
    let list = read_decisions(&table, &words().for_work())?;
    if !list.rejected.is_empty() {
        return Err(refuse(
            ui,
            table.rows.len(),
            list.rejected.into_iter().map(rejected).collect::<Vec<_>>().into_iter(),
        ));
    }
    let mut desk = Desk::open(ctx)?;
    let done = doing.resolve(ctx, &desk)?;
    let mut taken = take(&mut desk, &done, &list.rows, taking)?;
    if !taken.faults.is_empty() {
        return Err(refuse(ui, list.rows.len(), std::mem::take(&mut taken.faults).into_iter()));
    }
    beside(ui, &taken, list.blank.len())?;
    if taken.plan.is_empty() {
        return nothing(ui, &taken);
    }
    desk.sign_and_show(ui, taken.plan, doing.dry_run)
}

/// A row that cannot be read, as a refusal.
pub fn rejected(row: Rejected) -> (String, String, Fault) {
    let message = Message { zh: row.zh, en: row.en, ..Message::default() };
    let mut fault = Fault::usage("row.rejected");
    fault.code = row.code;
    fault.given = Some(Box::new(message));
    (format!("第 {} 行 line {}", row.line, row.line), String::new(), fault)
}

/// Says what was passed over.
fn beside(ui: &Ui, taken: &Taken, blank: usize) -> Outcome<()> {
    if taken.recorded > 0 {
        let count = taken.recorded;
        ui.say(
            format!("已在台账中的 {count} 步，略过。"),
            format!("{count} steps stand in the ledger already; passed over."),
        )?;
    }
    for (kind, count) in &taken.others {
        let word = words().kind(kind);
        ui.say(
            format!("留待他人：{} {count} 件。", word.zh),
            format!("Left to others: {count} × {}.", word.en),
        )?;
    }
    if blank > 0 {
        ui.say(
            format!("没有填写的 {blank} 行，略过。"),
            format!("{blank} rows were left blank; passed over."),
        )?;
    }
    Ok(())
}

fn nothing(ui: &Ui, taken: &Taken) -> Outcome<()> {
    ui.say("没有需要签署的。", "There is nothing to sign.")?;
    ui.json(&json!({ "events": 0, "recorded": taken.recorded, "others": taken.others }))
}
