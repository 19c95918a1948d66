//! `archive catalog`: what many offices' ledgers say, from the packages and bundles that are held of them.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::across_sheets as sheets;
use super::place::Place;
use crate::archive::across::{Answer, Found, Left, Question, Rows, ask, find};
use crate::archive::keeping::Keeping;
use crate::cli::catalog::{Form, form_of};
use crate::cli::item::doing::day;
use crate::cli::room::room;
use crate::cli::ui::Refusal;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{self, BookInfo, Page, Sheet};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::{Access, Ledger};
use crate::rules::{Attribute, Books};

/// 跨单位目录：哪些单位、依据什么、自何时起不予公开，哪些已公开 · Catalogue across offices: who withholds what, on which ground, since when; what is public
///
/// 可给档案库（OCFL，本馆的或他馆的）、文件夹、移交信息包、归档包；不给时取本馆的档案库。只读；逐单位从头核验，
/// 核验不通过的不计入并逐一列出，此时退出码为1。
/// Takes OCFL stores, folders, packages and bundles; by default the archive's own store. Nothing is written. Every office is
/// verified from its first event on; what does not verify is not counted, is named, and makes the exit code 1.
#[derive(Args)]
pub struct Catalog {
    /// 档案库、文件夹、移交信息包或归档包 · Stores, folders, packages, bundles
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// 列出什么：offices 单位、grounds 依据、withheld 不予公开、public 主动公开 · What to list
    #[arg(long, value_enum, value_name = "offices|grounds|withheld|public", default_value = "offices")]
    list: List,
    /// 只计依据为此的 · Only what is withheld on this ground
    #[arg(long, value_name = "CODE")]
    ground: Option<String>,
    /// 只计此公开属性的 · Only items with this attribute
    #[arg(long, value_name = "ATTRIBUTE")]
    attribute: Option<String>,
    /// 只计名称或台账标识含此文字的单位 · Only offices whose name or origin has this in it
    #[arg(long, value_name = "TEXT")]
    office: Option<String>,
    /// 自此日起（不予公开按起始日，公开按发布日） · From this day on: withheld since, published on
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// 至此日止 · Up to this day
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// 只计标题、文号、索引号含此文字的 · Only items with this in title, document number or index number
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// 输出形式 · Form of the output; follows the file's ending if not given
    #[arg(long, value_enum, value_name = "table|csv|json|xlsx|html")]
    format: Option<Form>,
    /// 写入文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum List {
    /// 单位 · Offices
    Offices,
    /// 依据 · Grounds
    Grounds,
    /// 不予公开 · What is withheld
    Withheld,
    /// 主动公开 · What is public
    Public,
}

impl Catalog {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, archive: Option<PathBuf>) -> Outcome<()> {
        let question = self.question()?;
        let keeping = self.keeping(archive.as_deref())?;
        let found = self.found(ctx, archive)?;
        let bar = ui.bar("逐单位核验", "verifying offices", 0);
        let told = |done: usize, all: usize| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        };
        let answer = ask(&found.sources, &question, &Books::built_in()?, &keeping, &told)?;
        bar.finish_and_clear();
        self.show(ui, ctx, &answer, &found)?;
        ended(ui, &answer.left)
    }

    /// What the ledger says of the archive whose folder, or store, is read: of the first, when there are several.
    fn keeping(&self, archive: Option<&Path>) -> Outcome<Keeping> {
        let named = self.paths.iter().map(PathBuf::as_path).chain(archive);
        let mut places = named.flat_map(|path| [Some(path), path.parent()]).flatten();
        let ledger = places.find_map(|path| {
            let ledger = path.join("ledger");
            (path.join("archive.json").is_file() && ledger.is_dir()).then_some(ledger)
        });
        match ledger {
            Some(ledger) => Keeping::read(&Ledger::open(&ledger, Access::Read)?),
            None => Ok(Keeping::default()),
        }
    }

    fn found(&self, ctx: &Ctx<'_>, archive: Option<PathBuf>) -> Outcome<Found> {
        let room = room(ctx)?;
        if self.paths.is_empty() {
            let place = Place::named(archive)?;
            place.config()?;
            return find(&[place.dir], &room);
        }
        let found = find(&self.paths, &room)?;
        let named = || self.paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        if found.sources.is_empty() {
            return Err(Fault::usage("across.nothing").with("path", named().join("、")));
        }
        Ok(found)
    }

    fn question(&self) -> Outcome<Question> {
        let read = |text: &Option<String>| text.as_deref().map(day).transpose();
        let attribute = self.attribute.as_deref().map(attribute).transpose()?;
        Ok(Question {
            rows: match self.list {
                List::Public => Rows::Public,
                List::Withheld => Rows::Withheld,
                List::Offices | List::Grounds => Rows::None,
            },
            ground: self.ground.as_deref().map(|text| words().read("ground", text)).transpose()?,
            attribute,
            office: self.office.clone(),
            since: read(&self.since)?,
            until: read(&self.until)?,
            find: self.find.clone(),
        })
    }

    fn sheet(&self, answer: &Answer, lang: Lang) -> Sheet {
        match self.list {
            List::Offices => sheets::offices(answer, lang),
            List::Grounds => sheets::grounds(answer, lang),
            List::Withheld => sheets::withheld(answer, lang),
            List::Public => sheets::public(answer, lang),
        }
    }

    fn show(&self, ui: &Ui, ctx: &Ctx<'_>, answer: &Answer, found: &Found) -> Outcome<()> {
        let lang = ui.lang();
        let mut sheet = self.sheet(answer, lang);
        let form = form_of(self.format, self.output.as_deref(), ui);
        if form == Form::Json {
            let bytes = json_of(answer, &sheet, found)?;
            return self.put(ui, &bytes, sheet.rows.len());
        }
        let rows = sheet.rows.len();
        sheets::total(&mut sheet, answer, self.list, lang);
        let mut all = vec![sheet];
        all.extend((!answer.left.is_empty()).then(|| sheets::left(&answer.left, lang)));
        if form == Form::Table && self.output.is_none() {
            return all.iter().try_for_each(|sheet| ui.sheet(sheet));
        }
        self.put(ui, &bytes(ctx, answer, &all, form, lang)?, rows)
    }

    fn put(&self, ui: &Ui, bytes: &[u8], rows: usize) -> Outcome<()> {
        let Some(path) = &self.output else { return ui.raw(bytes) };
        output::write_file(path, bytes)?;
        let file = path.display();
        ui.say(format!("已写入 {file}：{rows} 行。"), format!("{rows} rows written to {file}."))?;
        ui.json(&json!({ "file": path, "rows": rows }))
    }
}

fn attribute(text: &str) -> Outcome<Attribute> {
    let code = words().read("stated_attribute", text)?;
    let known = Attribute::ALL.iter().copied().find(|known| known.as_str() == code);
    known.ok_or_else(|| Fault::usage("word.unknown").with("found", text).with("expected", "—"))
}

/// What is left out ends the command as refused: the answer stands, and is not the whole.
fn ended(ui: &Ui, left: &[Left]) -> Outcome<()> {
    for one in left {
        let reason = if ui.lang() == Lang::Zh { &one.zh } else { &one.en };
        let fault = Fault::refused("across.left").with("found", &one.code).with("reason", reason);
        ui.refusal(Refusal { place: one.name.clone(), subject: one.origin.clone(), fault });
    }
    match left.len() {
        0 => Ok(()),
        count => Err(Fault::refused("across.left_out").with("found", count)),
    }
}

fn json_of(answer: &Answer, sheet: &Sheet, found: &Found) -> Outcome<Vec<u8>> {
    let failed =
        |error: serde_json::Error| Fault::machine("io.failed").with("path", "JSON").with("found", error);
    let rows: Value = serde_json::from_str(&exchange::json(sheet)).map_err(failed)?;
    let ledgers: Vec<Value> = answer
        .offices
        .iter()
        .map(|office| {
            json!({
                "origin": office.origin, "name": office.name, "genesis": office.genesis, "events": office.events,
                "root": office.root, "as_of": office.as_of, "edition": office.edition, "batches": office.batches,
            })
        })
        .collect();
    let value = json!({
        "rows": rows, "totals": answer.totals(), "ledgers": ledgers,
        "left_out": answer.left, "other_files": found.others,
    });
    let text = serde_json::to_string_pretty(&value).map_err(failed)?;
    Ok((text + "\n").into_bytes())
}

fn bytes(ctx: &Ctx<'_>, answer: &Answer, sheets: &[Sheet], form: Form, lang: Lang) -> Outcome<Vec<u8>> {
    let first = sheets.first().ok_or_else(|| Fault::usage("item.none_named"))?;
    let names: String = answer.offices.iter().map(|office| office.name.as_str()).collect();
    let (banner, title) = (output::banner(&names), first.title.clone());
    Ok(match form {
        Form::Table => exchange::terminal(first, lang, None).into_bytes(),
        Form::Csv => exchange::csv(first, lang),
        Form::Json => exchange::json(first).into_bytes(),
        Form::Xlsx => {
            let book = BookInfo { title, banner, office: String::new(), created: ctx.now()?.0 };
            exchange::xlsx(sheets, lang, &book)?
        }
        Form::Html => {
            let page = Page { title, banner, as_of: Some(ctx.today()?.0), ..Page::default() };
            exchange::html(sheets, lang, &page)?.into_bytes()
        }
    })
}
