//! `import reassessments`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::decisions::rejected;
use crate::cli::desk::{Desk, Planned};
use crate::cli::input;
use crate::cli::item::doing::{Doing, Done};
use crate::cli::item::each::refuse;
use crate::cli::item::filling::Filling;
use crate::cli::item::reassess::{Given, reassessment};
use crate::cli::item::which::{Cells, Target, find_key};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, dossier, lookup};
use crate::exchange::worklist::{ReassessmentRow, read_reassessments};
use crate::exchange::{ReadOptions, Worklist};
use crate::fault::Outcome;

/// 导入评估结果（round worklist 导出、填好的表格），一次签署 · Import re-evaluations (a filled-in round worklist), signed as one act
#[derive(Args)]
pub struct Reassessments {
    /// 表格（XLSX 或 CSV） · The table
    file: PathBuf,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Reassessments {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let columns = Worklist::Reassessments.columns();
        let options =
            ReadOptions { sheet: self.sheet.as_deref(), columns: &columns, ..ReadOptions::default() };
        let table = input::table(&self.file, &options)?;
        let list = read_reassessments(&table, &words().for_work())?;
        if !list.rejected.is_empty() {
            let faults: Vec<_> = list.rejected.into_iter().map(rejected).collect();
            return Err(refuse(ui, table.rows.len(), faults.into_iter()));
        }
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let (mut plan, mut faults, mut recorded) = (Vec::new(), Vec::new(), 0);
        for row in &list.rows {
            match plan_row(&desk, &done, row) {
                Ok(Some(planned)) => plan.push(planned),
                Ok(None) => recorded += 1,
                Err(fault) => {
                    faults.push((format!("第 {} 行 line {}", row.line, row.line), String::new(), fault))
                }
            }
        }
        if !faults.is_empty() {
            return Err(refuse(ui, list.rows.len(), faults.into_iter()));
        }
        let blank = list.blank.len();
        if recorded + blank > 0 {
            ui.say(
                format!("已在台账中的 {recorded} 件、没有填写的 {blank} 行，略过。"),
                format!("Passed over: {recorded} that stand in the ledger already, {blank} left blank."),
            )?;
        }
        if plan.is_empty() {
            ui.say("没有需要签署的。", "There is nothing to sign.")?;
            return ui.json(&json!({ "events": 0, "recorded": recorded }));
        }
        desk.sign_and_show(ui, plan, self.doing.dry_run)
    }
}

/// The wish a row comes to; nothing when the ledger says so already.
fn plan_row(desk: &Desk<'_>, done: &Done, row: &ReassessmentRow) -> Outcome<Option<Planned>> {
    let item = find_key(&desk.ledger, &row.item)?;
    let newest = item.newest("item.reassessed");
    let waits = lookup::round_of(&desk.ledger, &item)?.is_some();
    if !waits && newest.is_some_and(|event| event.fact("outcome") == Some(&row.outcome)) {
        return Ok(None);
    }
    let done = done.for_step(desk, &row.done, row.reason.as_ref())?.with(row.evidence.as_ref(), Vec::new());
    let target = Target::new(item, Cells::default(), Some(row.line));
    let place = target.place.clone();
    let it = Filling { desk, item: &target.item, cells: &target.cells, done };
    let entry = |text: &str| dossier::find(&desk.ledger, "exclusion", text).map(|row| row.id.to_string());
    let given = Given {
        outcome: row.outcome.clone(),
        trigger: row.trigger.clone(),
        ground: row.ground.clone(),
        remainder: row.remainder_ground.clone(),
        redacted: row.redacted.clone(),
        exclusion: row.exclusion.as_deref().map(entry).transpose()?,
    };
    reassessment(&it, given).map(|wish| Some(Planned { wish, place }))
}
