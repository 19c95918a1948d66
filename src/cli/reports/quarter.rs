//! `report quarter`: what each unit has done in a month, a quarter or a year.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use super::indicators::{self, Names};
use super::period::Period;
use crate::cli::catalog::{Form, form_of, page};
use crate::cli::lookup::Past;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{self, Page, Sheet};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::Ledger;

/// 季度统计：各单位的公开、依申请、投诉和整改，按月列出；也可以是一个月或一年 · A quarter by unit and month; also a month or a year
///
/// 用于月度统计、季度评议、年末测评和督查通报。期末数按期末（期间未满的按今天）计，“目前逾期”总是按今天计。
/// What stands at the end is counted on the last day, or today while the period is not over; what is overdue, always today.
#[derive(Args)]
pub struct Quarter {
    /// 期间：2026Q3、2026-07 或 2026 · Period: 2026Q3, 2026-07 or 2026
    #[arg(value_name = "YYYYQn")]
    period: String,
    /// 只看一个单位 · One unit only
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// 输出形式 · Form of the output; follows the file's ending if not given
    #[arg(long, value_enum, value_name = "table|csv|json|xlsx|html")]
    format: Option<Form>,
    /// 写入文件；CSV 为逐单位、逐指标、逐月的一张表 · File to write; CSV holds one table by unit, indicator and month
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Quarter {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let period = Period::read(&self.period)?;
        let ledger = ctx.read()?;
        let today = ctx.today()?;
        let books = ledger.books();
        let ask = |query: &crate::views::Query<'_>| query.indicators(books, period.from, period.until, today);
        let mut counted = ledger.views().ask(ledger.log(), ask)?;
        if let Some(name) = &self.unit {
            let unit = crate::cli::dossier::find(&ledger, "unit", name)?.id;
            counted.units.retain(|id, _| id == unit.as_str());
        }
        if today <= period.until {
            let fault = Fault::usage("period.not_over").with("found", today).with("expected", period.until);
            ctx.notice(&fault);
        }
        let sheets = indicators::sheets(&counted, period, &Names::of(&ledger)?, ui.lang());
        self.show(ui, ctx, &ledger, period, &sheets)
    }

    fn show(&self, ui: &Ui, ctx: &Ctx<'_>, ledger: &Ledger, period: Period, sheets: &[Sheet]) -> Outcome<()> {
        let (form, lang) = (form_of(self.format, self.output.as_deref(), ui), ui.lang());
        if form == Form::Table && self.output.is_none() {
            return sheets
                .iter()
                .filter(|sheet| !sheet.rows.is_empty())
                .try_for_each(|sheet| ui.sheet(sheet));
        }
        let title = format!("{} {} 政务公开统计", ledger.info().office, period.name(Lang::Zh));
        let bytes = match form {
            Form::Json => as_json(period, sheets)?,
            Form::Csv => sheets.last().map(|sheet| exchange::csv(sheet, lang)).unwrap_or_default(),
            Form::Table => {
                sheets.iter().map(|s| exchange::terminal(s, lang, None)).collect::<String>().into_bytes()
            }
            Form::Xlsx => exchange::xlsx(sheets, lang, &output::book(ctx, ledger, &title)?)?,
            Form::Html => {
                let page = Page { title, ..page(ctx, ledger, &Past::default())? };
                exchange::html(sheets, lang, &page)?.into_bytes()
            }
        };
        let Some(path) = &self.output else { return ui.raw(&bytes) };
        output::write_file(path, &bytes)?;
        let file = path.display();
        ui.say(format!("已写入 {file}。"), format!("Written to {file}."))?;
        ui.json(&json!({ "file": path }))
    }
}

/// Every table under its name, as an array of objects.
fn as_json(period: Period, sheets: &[Sheet]) -> Outcome<Vec<u8>> {
    let mut all = Map::new();
    all.insert("from".into(), json!(period.from.to_string()));
    all.insert("until".into(), json!(period.until.to_string()));
    let failed = |e| Fault::machine("table.write").with("found", "JSON").with("reason", e);
    for (key, sheet) in indicators::KEYS.iter().zip(sheets) {
        let rows: Value = serde_json::from_str(&exchange::json(sheet)).map_err(failed)?;
        all.insert((*key).to_owned(), rows);
    }
    let text = serde_json::to_string_pretty(&all).map_err(failed)?;
    Ok((text + "\n").into_bytes())
}
