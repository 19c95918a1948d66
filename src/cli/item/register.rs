//! `item register`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::columns::REGISTER;
use super::doing::{Doing, Done, day};
use super::each::refuse;
use super::filling::{missing, need};
use super::which::{Cells, find_item, read_rows};
use crate::cli::desk::{Desk, Planned};
use crate::cli::numbering::{Numbering, Numbers};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, dossier, lookup};
use crate::exchange::normal_number;
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;
use crate::record::{PartName, Subject};
use crate::rules::RuleBook;

/// 登记政府信息 · Register an item
///
/// 表格中有“公开属性建议”一列（或写了 --propose）的，登记的同时提出建议。
/// With a column 公开属性建议 in the table (or --propose) the attribute is proposed in the same act.
#[derive(Args)]
pub struct Register {
    /// 标题 · Title
    #[arg(long, value_name = "TEXT", conflicts_with = "from")]
    title: Option<String>,
    /// 从表格读取（CSV 或 XLSX），每行一件 · Take them from a table, an item a row
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME", requires = "from")]
    sheet: Option<String>,
    /// 文号 · Document number
    #[arg(long, value_name = "TEXT")]
    document_number: Option<String>,
    /// 索引号 · Index number
    #[arg(long, value_name = "TEXT")]
    index_number: Option<String>,
    /// 发文机关 · Issuer
    #[arg(long, value_name = "TEXT")]
    issuer: Option<String>,
    /// 成文日期 · Date written
    #[arg(long, value_name = "DATE")]
    formed: Option<String>,
    /// 主题分类 · Topic
    #[arg(long, value_name = "TEXT")]
    topic: Option<String>,
    /// 内容概述 · Summary
    #[arg(long, value_name = "TEXT")]
    summary: Option<String>,
    /// 主题词 · Keywords
    #[arg(long, value_name = "TEXT")]
    keywords: Option<String>,
    /// 承办科室 · Department
    #[arg(long, value_name = "TEXT")]
    department: Option<String>,
    /// 单位（名称或编号） · Unit
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// 试点领域 · Field
    #[arg(long, value_name = "CODE")]
    field: Option<String>,
    /// 本件是哪件政策文件的解读（编号、索引号或文号） · The policy that this interprets
    #[arg(long, value_name = "ITEM")]
    interprets: Option<String>,
    /// 《条例》施行前形成的历史信息 · Formed before the regulation
    #[arg(long)]
    backlog: bool,
    #[command(flatten)]
    numbers: Numbers,
    /// 责任主体依据，缺省为本机关制作；来自其他机关的写 organ · Ground of responsibility: made, kept, lead, own_name, organ, joint
    #[arg(long, value_name = "CODE")]
    responsible_ground: Option<String>,
    /// 原机关公开属性（责任主体为其他机关时） · Attribute given by the responsible body
    #[arg(long, value_name = "CODE")]
    source_attribute: Option<String>,
    /// 涉密事项：定密依据（不登记标题和内容） · State secret: basis of classification; no title, no content
    #[arg(long, value_name = "CODE", conflicts_with = "title")]
    secret_basis: Option<String>,
    /// 涉密事项：复核日期 · State secret: review by
    #[arg(long, value_name = "DATE")]
    review_by: Option<String>,
    /// 涉密事项：密级（须政策允许） · State secret: level, where policy permits
    #[arg(long, value_name = "CODE")]
    secret_level: Option<String>,
    /// 涉密事项：保密年限（须政策允许） · State secret: years, where policy permits
    #[arg(long, value_name = "N")]
    secret_years: Option<String>,
    /// 同时提出公开属性建议 · Propose this attribute at the same time
    #[arg(long, value_name = "CODE")]
    propose: Option<String>,
    /// 建议的依据 · Ground of the proposal
    #[arg(long, value_name = "CODE")]
    ground: Option<String>,
    /// 建议时写明需要同步解读 · Say in the proposal that an interpretation is needed
    #[arg(long)]
    interpretation_needed: bool,
    /// 索引号或文号已登记的，仍再登记 · Register again although the numbers are known
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    doing: Doing,
}

impl Register {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let rows = match &self.from {
            Some(path) => read_rows(path, self.sheet.as_deref(), &REGISTER)?,
            None => vec![(0, Cells::default())],
        };
        let book = desk
            .ledger
            .books()
            .newest()
            .cloned()
            .ok_or_else(|| Fault::machine("rules.bad_edition").with("found", "none"))?;
        let (mut plan, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        let numbering = RefCell::new(Numbering::open(&desk.ledger, &self.numbers)?);
        for (line, cells) in &rows {
            let done = done.for_row(&desk, cells)?;
            let row = Row { verb: &self, cells, done, book: &book, desk: &desk, numbering: &numbering };
            let id = ctx.fresh("item")?;
            let place = place(*line, row.text("title", self.title.as_deref()));
            match row.fresh(&mut seen).and_then(|()| row.wishes(&id)) {
                Ok(wishes) => {
                    plan.extend(wishes.into_iter().map(|wish| Planned { wish, place: place.clone() }));
                }
                Err(fault) => faults.push((place, String::new(), fault)),
            }
        }
        if rows.is_empty() {
            return Err(Fault::usage("item.none_named"));
        }
        if !faults.is_empty() {
            return Err(refuse(ui, rows.len(), faults.into_iter()));
        }
        desk.sign_and_show(ui, plan, self.doing.dry_run)
    }
}

fn place(line: u64, title: Option<String>) -> String {
    let title = title.map(|title| format!("《{title}》")).unwrap_or_default();
    if line == 0 { title } else { format!("第 {line} 行 line {line} {title}") }
}

/// One row to register; without a table, the options alone.
struct Row<'a> {
    verb: &'a Register,
    cells: &'a Cells,
    done: Done,
    book: &'a RuleBook,
    desk: &'a Desk<'a>,
    numbering: &'a RefCell<Option<Numbering>>,
}

impl Row<'_> {
    fn text(&self, key: &str, option: Option<&str>) -> Option<String> {
        self.cells.get(key).or(option).map(str::to_owned)
    }

    fn code(&self, key: &str, vocabulary: &str, option: Option<&str>) -> Outcome<Option<String>> {
        self.text(key, option).map(|text| words().read(vocabulary, &text)).transpose()
    }

    fn date(&self, key: &str, option: Option<&str>) -> Outcome<Option<String>> {
        self.text(key, option).map(|text| day(&text).map(|day| day.to_string())).transpose()
    }

    /// Refuses what is registered already: the same table signed twice must not double the register.
    fn fresh(&self, seen: &mut BTreeSet<String>) -> Outcome<()> {
        let number = |key, option: &Option<String>| self.text(key, option.as_deref());
        let index = number("index_number", &self.verb.index_number);
        let document = number("document_number", &self.verb.document_number);
        let Some(number) = index.or(document).filter(|_| !self.verb.again) else { return Ok(()) };
        if let Some(known) = lookup::numbered(&self.desk.ledger, &number)?.first() {
            return Err(Fault::refused("item.known").with("found", &number).with("expected", &known.id));
        }
        let first = seen.insert(normal_number(&number));
        if first { Ok(()) } else { Err(Fault::refused("item.known_above").with("found", &number)) }
    }

    fn wishes(&self, id: &Subject) -> Outcome<Vec<Wish>> {
        let verb = self.verb;
        let mut wishes = vec![self.registration(id)?];
        let secret = wishes.iter().any(|wish| wish.facts.contains_key("secret_basis"));
        let attribute = self.code("attribute", "attribute", verb.propose.as_deref())?;
        let attribute = attribute.or_else(|| secret.then(|| "withheld".into()));
        if let Some(attribute) = attribute {
            let ground = self.code("ground", "ground", verb.ground.as_deref())?;
            let ground = ground.or_else(|| secret.then(|| "state_secret".into()));
            let needed = need(self.cells.get("interpretation_needed"), verb.interpretation_needed)?;
            let wish = self.done.wish("item.proposed", id)?.maybe("interpretation", needed);
            wishes.push(wish.fact("attribute", attribute).maybe("ground", ground));
        }
        Ok(wishes)
    }

    fn registration(&self, id: &Subject) -> Outcome<Wish> {
        let verb = self.verb;
        let ground =
            self.code("responsible_ground", "responsible_ground", verb.responsible_ground.as_deref())?;
        let ground = ground.unwrap_or_else(|| "made".into());
        let code = self.book.code("responsible_ground", &ground);
        let origin = code.and_then(|code| code.origin.clone()).unwrap_or_else(|| "made".into());
        let responsible = code.and_then(|code| code.responsible.clone()).unwrap_or_else(|| "self".into());
        let source = self.code("source_attribute", "stated_attribute", verb.source_attribute.as_deref())?;
        let source = source.or_else(|| (responsible == "other").then(|| "unstated".into()));
        let wish = self.done.bare("item.registered", id)?;
        let wish = wish
            .fact("origin", origin)
            .fact("responsible", responsible)
            .fact("responsible_ground", ground)
            .maybe("source_attribute", source);
        let wish = self.belongs(wish)?;
        let basis = self.code("secret_basis", "secret_basis", verb.secret_basis.as_deref())?;
        match basis {
            Some(basis) => self.secret(wish.fact("secret_basis", basis)),
            None => self.plain(wish),
        }
    }

    /// Whose it is, which field it belongs to, what it interprets.
    fn belongs(&self, wish: Wish) -> Outcome<Wish> {
        let (verb, ledger) = (self.verb, &self.desk.ledger);
        let unit = self.text("unit", verb.unit.as_deref());
        let unit = unit.map(|text| dossier::find(ledger, "unit", &text)).transpose()?;
        let interprets = self.text("interprets", verb.interprets.as_deref());
        let interprets = interprets.map(|text| find_item(ledger, &text)).transpose()?;
        let backlog = self.code("backlog", "yes_no", verb.backlog.then_some("yes"))?;
        Ok(wish
            .maybe("unit", unit.map(|unit| unit.id.to_string()))
            .maybe("field", self.code("field", "field", verb.field.as_deref())?)
            .maybe("interprets", interprets.map(|item| item.to_string()))
            .maybe("backlog", backlog))
    }

    /// The number that is given, else the next one of the template, if that was asked for.
    fn index_number(&self, formed: Option<&str>) -> Outcome<Option<String>> {
        let given = self.text("index_number", self.verb.index_number.as_deref());
        let mut numbering = self.numbering.borrow_mut();
        let Some(numbering) = numbering.as_mut().filter(|_| given.is_none()) else { return Ok(given) };
        let formed = formed.and_then(|day| day.parse().ok());
        numbering.next(formed.unwrap_or_else(|| self.done.on())).map(Some)
    }

    fn secret(&self, wish: Wish) -> Outcome<Wish> {
        let years = self.text("secret_years", self.verb.secret_years.as_deref());
        let unreadable = |text: &String| Fault::usage("number.unreadable").with("found", text);
        let years = years.map(|text| text.parse::<u64>().map_err(|_| unreadable(&text))).transpose()?;
        let level = self.code("secret_level", "secret_level", self.verb.secret_level.as_deref())?;
        let review_by = self.date("review_by", self.verb.review_by.as_deref())?;
        Ok(wish.maybe("review_by", review_by).maybe("secret_level", level).maybe("secret_years", years))
    }

    fn plain(&self, wish: Wish) -> Outcome<Wish> {
        let verb = self.verb;
        let formed = self.date("formed", verb.formed.as_deref())?;
        let title = self.text("title", verb.title.as_deref()).ok_or_else(|| missing("title"))?;
        let texts = [
            ("document_number", &verb.document_number),
            ("issuer", &verb.issuer),
            ("topic", &verb.topic),
            ("summary", &verb.summary),
            ("keywords", &verb.keywords),
            ("department", &verb.department),
            ("drafter", &None),
        ];
        let index = self.index_number(formed.as_deref())?;
        let wish = wish.maybe("formed", formed).part(PartName::Closed, "title", title);
        let wish = wish.maybe_part(PartName::Closed, "index_number", index);
        let wish = texts.into_iter().fold(wish, |wish, (key, option)| {
            wish.maybe_part(PartName::Closed, key, self.text(key, option.as_deref()))
        });
        Ok(wish.maybe_part(PartName::Closed, "note", self.text("note", verb.doing.note.as_deref())))
    }
}
