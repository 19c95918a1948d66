//! `watch`: the deadline board (电子监察).

mod sheets;

use std::path::PathBuf;

use clap::Args;

use super::catalog::{Form, page};
use super::item::doing::day;
use super::lookup::{self, Past};
use super::{Ctx, Ui, dossier, output};
use crate::exchange::{self, Page, Sheet};
use crate::fault::Outcome;
use crate::views::{Duty, Level};

/// 电子监察：到期的、逾期的和应当查看的 · The deadline board: what is due, what is late, what should be looked at
///
/// 绿：未到期；黄：五个工作日内到期，或者应当查看；红：逾期，或者没有依据。
/// Green: not yet due; yellow: due within five working days, or to be looked at; red: late, or without a basis.
#[derive(Args)]
pub struct Watch {
    /// 截至某日（过去的日期按当时的记录） · As of this day; a past one by the records of that time
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// 只看一个单位 · One unit only
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// 只看红的和黄的 · Leave out what is green or paused
    #[arg(long)]
    pressing: bool,
    /// 输出形式 · Form of the output; follows the file's ending if not given
    #[arg(long, value_enum, value_name = "table|csv|json|xlsx|html")]
    format: Option<Form>,
    /// 写入文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Watch {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let today = ctx.today()?;
        let on = self.on.as_deref().map(day).transpose()?.unwrap_or(today);
        let past = Past { as_of: (on < today).then_some(on), known: None };
        let mut duties = lookup::board(ctx, &ledger, on, &past)?;
        let units = dossier::unit_names(&ledger)?;
        if let Some(name) = &self.unit {
            let unit = dossier::find(&ledger, "unit", name)?.id;
            duties.retain(|duty| duty.unit.as_deref() == Some(unit.as_str()));
        }
        if self.pressing {
            duties.retain(|duty| matches!(duty.level, Level::Red | Level::Yellow));
        }
        let book = crate::rules::book_for(ledger.books(), &lookup::office_law(&ledger)?).cloned();
        let board = sheets::board(&duties, &units, book.as_deref(), on, ui.lang());
        let summary = sheets::summary(&duties, &units);
        self.show(ui, ctx, &ledger, &[board, summary], &past, &duties)
    }

    fn show(
        &self,
        ui: &Ui,
        ctx: &Ctx<'_>,
        ledger: &crate::ledger::Ledger,
        both: &[Sheet],
        past: &Past,
        duties: &[Duty],
    ) -> Outcome<()> {
        let form = super::catalog::form_of(self.format, self.output.as_deref(), ui);
        if form == Form::Table && self.output.is_none() {
            return both.iter().try_for_each(|sheet| ui.sheet(sheet));
        }
        let [board, ..] = both else { return Ok(()) };
        let lang = ui.lang();
        let bytes = match form {
            Form::Json => exchange::json(board).into_bytes(),
            Form::Csv => exchange::csv(board, lang),
            Form::Table => exchange::terminal(board, lang, None).into_bytes(),
            Form::Xlsx => exchange::xlsx(both, lang, &output::book(ctx, ledger, &board.title)?)?,
            Form::Html => {
                let title = format!("{} 政府信息公开电子监察", ledger.info().office);
                let page = Page { title, ..page(ctx, ledger, past)? };
                exchange::html(both, lang, &page)?.into_bytes()
            }
        };
        let Some(path) = &self.output else { return ui.raw(&bytes) };
        output::write_file(path, &bytes)?;
        let (count, file) = (duties.len(), path.display());
        ui.say(format!("已写入 {file}：{count} 条。"), format!("{count} entries written to {file}."))
    }
}
