//! `import records`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::desk::Desk;
use crate::cli::inherit::{Taker, inherited};
use crate::cli::input;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, dossier, lookup, output};
use crate::exchange::{
    ImportPlan, RECORD_COLUMNS, ReadOptions, RecordRow, Rejected, Sheet, Table, confirm_sheet, plan_import,
    read_records, reject_sheet,
};
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;
use crate::record::{Moment, Subject};

/// Records signed as one act; each act is durable before the next begins, so a killed import goes on where it stopped.
const ACT: usize = 1_000;

/// 导入原有目录（承接台账之前的记录）；重复导入不会重复登记 · Import an older catalogue; importing it again adds nothing
///
/// 不能取入的行写入 FILE.rejects.csv，与已有记录不一致的行写入 FILE.confirm.csv，两者都不登记。
/// Rows that cannot be taken go to FILE.rejects.csv, rows that differ from what is known to FILE.confirm.csv; nothing is entered for either.
#[derive(Args)]
pub struct Records {
    /// 表格（CSV 或 XLSX；UTF-8 或 GB18030） · The table
    file: PathBuf,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// 没有写明公开属性的行作何处理；缺省：有发布日期或链接的为主动公开，其余为未载明 · Attribute of rows that state none
    #[arg(long, value_name = "CODE")]
    attribute: Option<String>,
    /// 本机关在“发文机关”一列中的写法，可写多个；缺省为本机关名称 · How this office is written in the issuer column
    #[arg(long, value_name = "NAME", value_delimiter = ',', num_args = 1..)]
    own: Vec<String>,
    /// 全部归入的单位（名称或编号） · Unit that all rows belong to
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// 未取入的行写入何处 · Where rejected rows go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// 待确认的行写入何处 · Where rows to be confirmed go
    #[arg(long, value_name = "FILE")]
    confirm: Option<PathBuf>,
    /// 只检查，不写入 · Check only, write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Records {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let options =
            ReadOptions { sheet: self.sheet.as_deref(), columns: RECORD_COLUMNS, ..ReadOptions::default() };
        let table = input::table(&self.file, &options)?;
        let rows = read_records(&table)?;
        let attribute =
            self.attribute.as_deref().map(|text| words().read("stated_attribute", text)).transpose()?;
        let mut desk = Desk::open(ctx)?;
        let taker = Taker::new(&desk, ctx.today()?, &table.file, attribute, &self.own);
        let unit = self.unit.as_deref().map(|text| dossier::find(&desk.ledger, "unit", text)).transpose()?;
        let taker = taker.of_unit(unit.map(|unit| unit.id));
        let identities: Vec<String> = rows.iter().flatten().map(|row| row.identity.to_string()).collect();
        let known = lookup::imported(&desk.ledger, &identities)?;
        let mut plan = plan_import(rows, &|identity| known.get(&identity.to_string()).cloned());
        let new = std::mem::take(&mut plan.new);
        let signed = self.sign(ui, ctx, &mut desk, &taker, &new, (&table, &mut plan))?;
        let lists = self.lists(ctx, &desk, ui, &table, &plan)?;
        self.show(ui, signed, &plan, &desk, lists)
    }

    /// Enters the new rows, an act at a time. Rows that the rule book refuses join the rejected ones.
    fn sign(
        &self,
        ui: &Ui,
        ctx: &Ctx<'_>,
        desk: &mut Desk<'_>,
        taker: &Taker,
        new: &[RecordRow],
        (table, plan): (&Table, &mut ImportPlan),
    ) -> Outcome<usize> {
        let at = desk.at()?;
        let bar = ui.bar("导入", "importing", new.len() as u64);
        let mut signed = 0;
        for rows in new.chunks(ACT) {
            let mut wishes = self.wishes(ctx, taker, rows)?;
            drop_refused(desk, at, &mut wishes, table, plan)?;
            let count = wishes.len();
            if count > 0 && !self.dry_run {
                let wishes = wishes.into_iter().map(|(_, wish)| wish).collect();
                let (ledger, signer, mut entropy) = desk.parts();
                ledger.commit(signer, at, wishes, entropy.as_mut())?;
            }
            signed += count;
            bar.inc(rows.len() as u64);
        }
        bar.finish_and_clear();
        Ok(signed)
    }

    fn wishes(&self, ctx: &Ctx<'_>, taker: &Taker, rows: &[RecordRow]) -> Outcome<Vec<(u64, Wish)>> {
        let wish = |row: &RecordRow| {
            let id: Subject = ctx.fresh("item")?;
            Ok((row.line, inherited(taker, &id, row)?))
        };
        rows.iter().map(wish).collect()
    }

    /// Writes the lists of what was not taken; says where they are.
    fn lists(
        &self,
        ctx: &Ctx<'_>,
        desk: &Desk<'_>,
        ui: &Ui,
        table: &Table,
        plan: &ImportPlan,
    ) -> Outcome<(Option<PathBuf>, Option<PathBuf>)> {
        let write = |given: Option<&PathBuf>, what: &str, sheet: Sheet| {
            let put = |path: &Path| {
                output::sheets(ctx, &desk.ledger, path, ui.lang(), std::slice::from_ref(&sheet))
            };
            if let Some(path) = given {
                return put(path).map(|()| path.clone());
            }
            let path = beside(&self.file, what);
            match (put(&path), path.file_name()) {
                (Ok(()), _) => Ok(path),
                // The table may stand where nobody writes: then the list comes to where the user stands.
                (Err(_), Some(name)) => put(Path::new(name)).map(|()| PathBuf::from(name)),
                (Err(fault), None) => Err(fault),
            }
        };
        let (mut rejects, mut confirm) = (None, None);
        if !plan.rejected.is_empty() && !self.dry_run {
            let sheet = reject_sheet(table, &plan.rejected, "未取入的行");
            rejects = Some(write(self.rejects.as_ref(), "rejects", sheet)?);
        }
        if !plan.changed.is_empty() && !self.dry_run {
            let sheet = confirm_sheet(&plan.changed, "待确认的行");
            confirm = Some(write(self.confirm.as_ref(), "confirm", sheet)?);
        }
        Ok((rejects, confirm))
    }

    fn show(
        &self,
        ui: &Ui,
        signed: usize,
        plan: &ImportPlan,
        desk: &Desk<'_>,
        (rejects, confirm): (Option<PathBuf>, Option<PathBuf>),
    ) -> Outcome<()> {
        let (same, repeated) = (plan.same.len(), plan.repeated.len());
        let (changed, rejected) = (plan.changed.len(), plan.rejected.len());
        let done = if self.dry_run { ("将取入", "would be taken") } else { ("取入", "taken") };
        ui.say(
            format!("{} {signed} 件；已在台账中 {same} 件，文件内重复 {repeated} 行，待确认 {changed} 行，未取入 {rejected} 行。", done.0),
            format!("{signed} {}; {same} known already, {repeated} repeated in the file, {changed} to be confirmed, {rejected} rejected.", done.1),
        )?;
        for refused in plan.rejected.iter().take(5) {
            let line = refused.line;
            ui.say(format!("  第 {line} 行：{}", refused.zh), format!("  line {line}: {}", refused.en))?;
        }
        if let Some(path) = &rejects {
            ui.say(
                format!("未取入的行及原因：{}", path.display()),
                format!("Rejected rows: {}", path.display()),
            )?;
        }
        if let Some(path) = &confirm {
            ui.say(
                format!("待确认的行：{}", path.display()),
                format!("Rows to be confirmed: {}", path.display()),
            )?;
        }
        ui.json(&json!({
            "taken": signed, "known": same, "repeated": repeated, "to_confirm": changed, "rejected": rejected,
            "rejects": rejects, "confirm": confirm,
            "written": !self.dry_run, "size": desk.ledger.head().size(),
        }))
    }
}

fn drop_refused(
    desk: &mut Desk<'_>,
    at: Moment,
    wishes: &mut Vec<(u64, Wish)>,
    table: &Table,
    plan: &mut ImportPlan,
) -> Outcome<()> {
    let key = desk.key();
    let asked: Vec<Wish> = wishes.iter().map(|(_, wish)| wish.clone()).collect();
    let refused = desk.ledger.refusals(key, at, &asked)?;
    // What refuses every row is no fault of the rows: a missing role, a closed ledger.
    if refused.len() > 1
        && refused.len() == wishes.len()
        && let Some((_, fault)) = refused.first()
    {
        return Err(fault.clone());
    }
    for (nth, fault) in refused.into_iter().rev() {
        if nth < wishes.len() {
            let (line, _) = wishes.remove(nth);
            plan.rejected.push(reject(table, line, fault));
        }
    }
    Ok(())
}

fn reject(table: &Table, line: u64, fault: Fault) -> Rejected {
    match table.rows.iter().find(|row| row.line == line) {
        Some(row) => Rejected::new(row, fault),
        None => Rejected::new(&crate::exchange::Row { line, ..Default::default() }, fault),
    }
}

/// Where a list of rows goes by default: beside the table.
pub fn beside(file: &Path, what: &str) -> PathBuf {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    file.with_file_name(format!("{name}.{what}.csv"))
}
