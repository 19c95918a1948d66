//! `import matters`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::decisions::rejected;
use super::matter_plan::{Matched, Plan, Told, told};
use super::records::beside;
use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::item::each::refuse;
use crate::cli::{Ctx, Ui, dossier, input, output};
use crate::exchange::standard::{ReadMatters, read_matters};
use crate::exchange::{ReadOptions, Rejected, reject_sheet_of};
use crate::fault::{Fault, Outcome};

/// 导入标准目录（附件表样，XLSX 或 CSV）：新事项列入，有变动的修订，相同的不动 · Import a standard catalogue: new matters are listed, changed ones revised
///
/// 有编号的行按编号对应，其余按一级事项、二级事项、公开主体完全一致对应；全部变动一次签署。
/// Rows are matched by id, else by matter, part and body exactly; all changes are signed as one act.
/// 不能取入的行写入 FILE.rejects.csv。 Rows that cannot be taken go to FILE.rejects.csv.
#[derive(Args)]
pub struct Matters {
    /// 表格（XLSX 或 CSV） · The table
    file: PathBuf,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// 表中没有的事项退出目录（事项取消） · Retire the matters that the table has not got
    #[arg(long)]
    retire_missing: bool,
    /// 未取入的行写入何处 · Where rejected rows go
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    doing: Doing,
}

impl Matters {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let options = ReadOptions { sheet: self.sheet.as_deref(), ..ReadOptions::default() };
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let read = read_matters(&name, &input::bytes(&self.file)?, &options)?;
        if self.retire_missing && !read.rejected.is_empty() {
            let of = read.rows.len() + read.rejected.len();
            let faults: Vec<_> = read.rejected.into_iter().map(rejected).collect();
            return Err(refuse(ui, of, faults.into_iter()));
        }
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let mut plan = Plan::of(dossier::rows(&desk.ledger, "matter")?, &read)?;
        let fresh = plan.rows.iter().filter(|row| matches!(row.matched, Matched::New)).count();
        let mut wishes = Vec::new();
        let (mut same, mut revised) = (0, 0);
        for row in std::mem::take(&mut plan.rows) {
            match told(&row) {
                Told::Nothing => same += 1,
                Told::Event { kind, subject } => {
                    revised += usize::from(kind == "matter.revised");
                    let subject = subject.map_or_else(|| ctx.fresh("matter"), Ok)?;
                    let wish = row.fill(done.wish(kind, &subject)?);
                    wishes.push(Planned { wish, place: row.place() });
                }
            }
        }
        let gone = if self.retire_missing { plan.missing } else { Vec::new() };
        let (missing, retired) = (plan.missing_count, gone.len());
        for (subject, called) in gone {
            let wish = done.wish("matter.retired", &subject)?.fact("cause", "abolished");
            wishes.push(Planned { wish, place: format!("{subject} {called}") });
        }
        let counts = Counts { fresh, revised, same, retired, missing, rejected: read.rejected.len() };
        counts.say(ui)?;
        self.say_rejected(ui, ctx, &desk, &read)?;
        if wishes.is_empty() {
            ui.say("没有需要签署的。", "There is nothing to sign.")?;
            return ui.json(&json!({ "events": 0, "same": same, "rejected": counts.rejected }));
        }
        desk.sign_and_show(ui, wishes, self.doing.dry_run)
    }

    /// Writes the rows that were not taken beside the table, and says why the first ones were not.
    fn say_rejected(&self, ui: &Ui, ctx: &Ctx<'_>, desk: &Desk<'_>, read: &ReadMatters) -> Outcome<()> {
        if read.rejected.is_empty() {
            return Ok(());
        }
        for refused in read.rejected.iter().take(5) {
            let line = refused.line;
            ui.say(format!("  第 {line} 行：{}", refused.zh), format!("  line {line}: {}", refused.en))?;
        }
        if self.doing.dry_run {
            return Ok(());
        }
        let path = self.rejects.clone().unwrap_or_else(|| beside(&self.file, "rejects"));
        put_rejects(ui, ctx, desk, &path, &read.header, &read.rejected)?;
        let path = path.display();
        ui.say(format!("未取入的行及原因：{path}"), format!("Rejected rows: {path}"))
    }
}

fn put_rejects(
    ui: &Ui,
    ctx: &Ctx<'_>,
    desk: &Desk<'_>,
    path: &Path,
    header: &[String],
    rejected: &[Rejected],
) -> Outcome<()> {
    let sheet = reject_sheet_of(header, rejected, "未取入的行");
    output::sheets(ctx, &desk.ledger, path, ui.lang(), &[sheet])
}

struct Counts {
    fresh: usize,
    revised: usize,
    same: usize,
    retired: usize,
    missing: usize,
    rejected: usize,
}

impl Counts {
    fn say(&self, ui: &Ui) -> Outcome<()> {
        let Self { fresh, revised, same, retired, missing, rejected } = self;
        ui.say(
            format!("新列入 {fresh} 项，修订 {revised} 项，相同 {same} 项，退出 {retired} 项；未取入 {rejected} 行。"),
            format!("{fresh} new, {revised} revised, {same} the same, {retired} retired; {rejected} rejected."),
        )?;
        if *missing > *retired {
            return ui.say(
                format!("目录中另有 {missing} 项不在表中，未动（要退出，请加 --retire-missing）。"),
                format!("{missing} matters are not in the table and stay (--retire-missing retires them)."),
            );
        }
        Ok(())
    }
}

/// Two rows of the table mean the same matter.
pub fn twice(line: u64, called: &str) -> Fault {
    Fault::usage("matter.twice").with("line", line).with("found", called)
}
