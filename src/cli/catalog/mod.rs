//! `catalog`: what is public, what is withheld, what can be had on request; today or on a past day.

mod approve;
mod check_index;
mod compare;
mod feed;
mod fields;
pub mod matters;
pub mod negative;
mod platform;
mod sheets;
mod standard;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::item::doing::day;
use super::lookup::{self, ItemView, Past};
use super::{Ctx, Ui, output};
use crate::exchange::{self, LedgerFacts, Page, Sheet};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::{Info, Ledger};

pub use sheets::Catalog;

/// 目录：公开目录、不予公开清单、依申请公开目录、标准目录、负面清单；可看任意一天 · Catalogues, of today or of a past day
#[derive(Subcommand)]
pub enum Verb {
    /// 主动公开目录 · What is public
    Public(fields::Public),
    /// 不予公开清单 · What is withheld, with grounds
    Withheld(Options),
    /// 依申请公开目录 · What can be had on request
    OnRequest(Options),
    Standard(standard::Standard),
    Negative(negative::Negative),
    Approve(approve::Approve),
    Compare(compare::Compare),
    CheckIndex(check_index::CheckIndex),
    /// 政府信息公开平台网页 · The disclosure platform as one page
    Platform(platform::PlatformPage),
    /// 供政府网站取用的公开动态 · A feed for a government portal
    Feed(feed::FeedOut),
}

/// How a catalogue is asked for and written.
#[derive(Args)]
pub struct Options {
    /// 截至某日（按发生日期） · As it stood on this day, by what had happened
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// 截至某日已录入的（按录入日期） · As it was known on this day, by what had been entered
    #[arg(long, value_name = "DATE")]
    known: Option<String>,
    /// 输出形式 · Form of the output; follows the file's ending if not given
    #[arg(long, value_enum, value_name = "table|csv|json|xlsx|html")]
    format: Option<Form>,
    /// 写入文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Forms of output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// 终端表格 · For the terminal
    Table,
    /// CSV
    Csv,
    /// JSON
    Json,
    /// Excel
    Xlsx,
    /// 网页 · One page
    Html,
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Public(public) => public.run(ui, ctx),
            Self::Withheld(options) => withheld(&options, ui, ctx),
            Self::OnRequest(options) => options.show(ui, ctx, Catalog::OnRequest, sheets::on_request),
            Self::Standard(verb) => verb.run(ui, ctx),
            Self::Negative(verb) => verb.run(ui, ctx),
            Self::Approve(verb) => verb.run(ui, ctx),
            Self::Compare(verb) => verb.run(ui, ctx),
            Self::CheckIndex(verb) => verb.run(ui, ctx),
            Self::Platform(page) => page.run(ui, ctx),
            Self::Feed(feed) => feed.run(ui, ctx),
        }
    }
}

impl Options {
    /// Shows or writes the table that `make` makes of the catalogue's items.
    fn show(
        &self,
        ui: &Ui,
        ctx: &Ctx<'_>,
        catalog: Catalog,
        make: impl Fn(&[ItemView], &Info, &Past, Lang) -> Sheet,
    ) -> Outcome<()> {
        let ledger = ctx.read()?;
        let past = self.past()?;
        let items = lookup::list_then(ctx, &ledger, &catalog.filter(), &past)?;
        let sheet = make(&items, ledger.info(), &past, ui.lang());
        let form = form_of(self.format, self.output.as_deref(), ui);
        if form == Form::Table && self.output.is_none() {
            return ui.sheet(&sheet);
        }
        let bytes = bytes(ctx, &ledger, std::slice::from_ref(&sheet), form, &past, ui.lang())?;
        self.put(ui, &bytes, sheet.rows.len())
    }

    /// The past that is asked for.
    fn past(&self) -> Outcome<Past> {
        Ok(Past {
            as_of: self.as_of.as_deref().map(day).transpose()?,
            known: self.known.as_deref().map(day).transpose()?,
        })
    }

    /// Shows sheets, or writes them as asked. Of several, a terminal, a workbook and a page have all, the other forms the first.
    fn put_sheets(
        &self,
        ui: &Ui,
        ctx: &Ctx<'_>,
        ledger: &Ledger,
        sheets: &[Sheet],
        past: &Past,
    ) -> Outcome<()> {
        let form = form_of(self.format, self.output.as_deref(), ui);
        if form == Form::Table && self.output.is_none() {
            return sheets.iter().try_for_each(|sheet| ui.sheet(sheet));
        }
        let bytes = bytes(ctx, ledger, sheets, form, past, ui.lang())?;
        self.put(ui, &bytes, sheets.first().map_or(0, |sheet| sheet.rows.len()))
    }

    /// Writes what was made to the file, or to standard output.
    fn put(&self, ui: &Ui, bytes: &[u8], rows: usize) -> Outcome<()> {
        let Some(path) = &self.output else { return ui.raw(bytes) };
        output::write_file(path, bytes)?;
        let file = path.display();
        ui.say(format!("已写入 {file}：{rows} 条。"), format!("{rows} entries written to {file}."))?;
        ui.json(&json!({ "file": path, "items": rows }))
    }
}

/// What is withheld, each with the entry of the negative list that it names.
fn withheld(options: &Options, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
    let scopes = negative::scopes(ctx, &ctx.read()?, &options.past()?)?;
    options.show(ui, ctx, Catalog::Withheld, |items, info, past, lang| {
        sheets::withheld(items, &scopes, info, past, lang)
    })
}

/// The form that was asked for, or that a file's ending says.
pub fn form_of(asked: Option<Form>, output: Option<&std::path::Path>, ui: &Ui) -> Form {
    let ending = output.and_then(|path| path.extension()).and_then(|ending| ending.to_str());
    let implied = match ending {
        Some("csv") => Form::Csv,
        Some("json") => Form::Json,
        Some("xlsx") => Form::Xlsx,
        Some("html" | "htm") => Form::Html,
        _ if ui.is_json() => Form::Json,
        _ => Form::Table,
    };
    asked.unwrap_or(implied)
}

/// Sheets in a form; the forms that hold one table hold the first. A page has the title of the first, unless it is one of the catalogues of items.
///
/// Errors: `item.none_named` without a sheet; what writing the form gives.
pub fn bytes(
    ctx: &Ctx<'_>,
    ledger: &Ledger,
    sheets: &[Sheet],
    form: Form,
    past: &Past,
    lang: Lang,
) -> Outcome<Vec<u8>> {
    let first = sheets.first().ok_or_else(|| Fault::usage("item.none_named"))?;
    Ok(match form {
        Form::Table => exchange::terminal(first, lang, None).into_bytes(),
        Form::Csv => exchange::csv(first, lang),
        Form::Json => exchange::json(first).into_bytes(),
        Form::Xlsx => exchange::xlsx(sheets, lang, &output::book(ctx, ledger, &first.title)?)?,
        Form::Html => {
            let mut page = page(ctx, ledger, past)?;
            if !Catalog::ALL.iter().any(|catalog| first.name == catalog.title(lang)) {
                page.title.clone_from(&first.title);
            }
            exchange::html(sheets, lang, &page)?.into_bytes()
        }
    })
}

/// What a page of catalogues says around its tables.
pub fn page(ctx: &Ctx<'_>, ledger: &Ledger, past: &Past) -> Outcome<Page> {
    let info = ledger.info();
    let today = ctx.today()?;
    let origin = &info.origin;
    Ok(Page {
        office: info.office.clone(),
        title: format!("{} 政府信息公开目录", info.office),
        lead: String::new(),
        banner: output::banner(&info.office),
        as_of: Some(past.as_of.unwrap_or(today).0),
        known: past.known.map(|day| day.0),
        ledger: Some(LedgerFacts {
            origin: origin.to_string(),
            size: ledger.head().size(),
            root: base64_root(ledger),
            genesis: info.genesis.to_string(),
        }),
        how: vec![format!("zhaoce proof check P.json --origin {origin} --genesis {}", info.genesis)],
    })
}

fn base64_root(ledger: &Ledger) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(ledger.head().frontier.root().0)
}
