//! `report annual`: 政府信息公开工作年度报告.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::gather::{self, Gathered};
use super::{cells, explain, template};
use crate::cli::item::doing::day;
use crate::cli::{Ctx, Ui, input, output};
use crate::exchange::annual::{self, Narrative, ReportInfo};
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::annual::Figures;

/// 编制年度报告：表二、表三、表四，勾稽关系，每个数字背后的事件 · The annual report: its tables, the relations between them, the events behind each figure
///
/// 表三、表四由依申请公开件逐件计数，表二和期初数取自 figure state 填报的数字；没有填报的留空，不写零。
/// Tables 3 and 4 are counted from the requests; the others hold what was stated with `figure state`. What nobody stated stays blank.
#[derive(Args)]
pub struct Annual {
    /// 报告年度 · Report year
    #[arg(value_name = "YEAR")]
    year: i16,
    /// 写入的文件（.xlsx、.html、.docx 或 .json） · File to write, .xlsx, .html, .docx or .json
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 第一部分“总体情况”的文字所在文件 · File with the text of section 1
    #[arg(long, value_name = "FILE")]
    overview: Option<PathBuf>,
    /// 第五部分“存在的主要问题及改进情况”的文字所在文件 · File with the text of section 5
    #[arg(long, value_name = "FILE")]
    problems: Option<PathBuf>,
    /// 第六部分“其他需要报告的事项”的文字所在文件 · File with the text of section 6
    #[arg(long, value_name = "FILE")]
    other: Option<PathBuf>,
    /// 列出一个单元格背后的事件：单元格代码，或者行和列（代码或标题） · The events behind a cell: its code, or row and column by code or title
    #[arg(long, value_name = "CELL|ROW COLUMN", num_args = 1..=2, conflicts_with = "template")]
    explain: Option<Vec<String>>,
    /// 只算到某日为止已经录入的 · Only what was entered by this day
    #[arg(long, value_name = "DATE")]
    known: Option<String>,
    /// 用来比对的上年度报告（JSON）；缺省取自本台账 · Last year's report as JSON to compare with; else from this ledger
    #[arg(long, value_name = "FILE.json")]
    previous: Option<PathBuf>,
    /// 写出还没有数字的单元格，填好后用 figure state --from 导入 · Write the cells without a figure, to be filled in and imported with figure state --from
    #[arg(long, value_name = "FILE.xlsx", conflicts_with = "output")]
    template: Option<PathBuf>,
}

impl Annual {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let known = self.known.as_deref().map(day).transpose()?;
        let previous = self.previous.as_deref().map(read_report).transpose()?;
        let narrative = self.narrative()?;
        let gathered = gather::gather(ctx, &ledger, self.year, known, previous)?;
        gathered.notices.iter().for_each(|notice| ctx.notice(notice));
        if let Some(words) = &self.explain {
            let cell = cells::read(gathered.figures.form(), words)?;
            return ui.sheet(&explain::sheet(&ledger, &gathered, cell, ui.lang())?);
        }
        if let Some(path) = &self.template {
            return template::write(ui, ctx, &ledger, &gathered.figures, path);
        }
        let info = gather::info(ctx, &ledger, &gathered, narrative)?;
        match &self.output {
            None if ui.is_json() => ui.raw(annual::json(&gathered.figures, &info)?.as_bytes()),
            None => show(ui, &gathered, &info),
            Some(path) => write(ui, path, &gathered, &info),
        }
    }

    fn narrative(&self) -> Outcome<Narrative> {
        let text = |path: &Option<PathBuf>| path.as_deref().map_or_else(|| Ok(String::new()), input::text);
        Ok(Narrative {
            overview: text(&self.overview)?,
            problems: text(&self.problems)?,
            other: text(&self.other)?,
        })
    }
}

/// The figures of a report that was written as JSON.
fn read_report(path: &Path) -> Outcome<Figures> {
    let text = input::text(path)?;
    let bad = |e| Fault::usage("annual.unreadable").with("path", path.display()).with("found", e);
    let file: annual::AnnualFile = serde_json::from_str(&text).map_err(bad)?;
    file.figures()
}

fn show(ui: &Ui, gathered: &Gathered, info: &ReportInfo) -> Outcome<()> {
    let (figures, year) = (&gathered.figures, gathered.figures.year());
    let notice = &figures.form().notice;
    ui.say(
        format!("{} {year} 年政府信息公开工作年度报告（{}）", info.office, notice.get(Lang::Zh)),
        format!("{}: annual report on disclosure, {year} ({})", info.office, notice.get(Lang::En)),
    )?;
    for sheet in annual::tables(figures, ui.lang()) {
        ui.sheet(&sheet)?;
    }
    for found in &info.findings {
        let (zh, en) = if found.notice { ("提示", "notice") } else { ("不符", "error") };
        let line = |word: &str, lang| format!("{word} [{}] {}", found.code, found.text(lang));
        ui.say(line(zh, Lang::Zh), line(en, Lang::En))?;
    }
    let errors = info.findings.iter().filter(|found| !found.notice).count();
    match (errors, gathered.compared) {
        (0, true) => {
            ui.say("勾稽关系全部成立，上年结转已比对。", "Every relation holds; compared with last year.")
        }
        (0, false) => ui.say(
            "勾稽关系全部成立；没有上年度报告可比对。",
            "Every relation holds; there is no report of last year to compare with.",
        ),
        _ => ui.say(format!("{errors} 处不符。"), format!("{errors} relations do not hold.")),
    }
}

fn write(ui: &Ui, path: &Path, gathered: &Gathered, info: &ReportInfo) -> Outcome<()> {
    let (figures, lang) = (&gathered.figures, ui.lang());
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let bytes = match ending.as_str() {
        "xlsx" => annual::xlsx(figures, info, lang)?,
        "html" | "htm" => annual::html(figures, info, lang)?.into_bytes(),
        "docx" => annual::docx(figures, info, lang)?,
        "json" => annual::json(figures, info)?.into_bytes(),
        _ => {
            return Err(Fault::usage("output.ending")
                .with("found", path.display())
                .with("expected", ".xlsx、.html、.docx、.json"));
        }
    };
    output::write_file(path, &bytes)?;
    let errors = info.findings.iter().filter(|found| !found.notice).count();
    let (file, open) = (path.display(), info.findings.len());
    ui.say(
        format!("已写入 {file}：{errors} 处不符，{} 处提示。", open - errors),
        format!("Written to {file}: {errors} relations do not hold, {} notices.", open - errors),
    )?;
    ui.json(&json!({ "file": path, "errors": errors, "notices": open - errors }))
}
