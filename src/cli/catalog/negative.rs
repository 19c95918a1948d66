//! `catalog negative`.

use std::collections::BTreeMap;

use clap::Args;

use super::{Catalog, Options, matters, sheets};
use crate::cli::lookup::{self, ItemView, Past};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Filter, Kind, NegativeEntry, Place, Sheet, negative_digest};
use crate::fault::Outcome;
use crate::ledger::Ledger;
use crate::record::Day;
use crate::rules::{RuleBook, book_for};
use crate::views::DossierRow;

/// 政务公开负面清单：现行条目，以及没有条目对应、依据不一致的不予公开信息 · The negative list, and the withheld items that do not fit it
#[derive(Args)]
pub struct Negative {
    /// 只列清单本身（供公开） · The list alone, as it is published
    #[arg(long)]
    list_only: bool,
    #[command(flatten)]
    options: Options,
}

impl Negative {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let past = self.options.past()?;
        let list = List::read(ctx, &ledger, &past)?;
        let digest = negative_digest(&list.entries()?)?.to_string();
        let approval = matters::approval(ctx, &ledger, "negative", &digest, &past)?;
        let line = approval.approved.as_ref().map_or_else(|| approval.standing.to_owned(), |by| by.line());
        let mut sheets = vec![list.sheet(&ledger, line)];
        if !self.list_only {
            sheets.extend([list.uncovered(), list.other_ground()]);
        }
        self.options.put_sheets(ui, ctx, &ledger, &sheets, &past)
    }
}

/// The current entries in the order they were first added.
pub fn entries(ctx: &Ctx<'_>, ledger: &Ledger, past: &Past) -> Outcome<Vec<NegativeEntry>> {
    List::read(ctx, ledger, past)?.entries()
}

/// What the exclusions of a ledger are called, by id.
pub fn scopes(ctx: &Ctx<'_>, ledger: &Ledger, past: &Past) -> Outcome<BTreeMap<String, String>> {
    let rows = lookup::dossiers_then(ctx, ledger, "exclusion/", past)?;
    Ok(rows.iter().map(|row| (row.id.to_string(), scope(row))).collect())
}

fn scope(row: &DossierRow) -> String {
    row.text("scope").unwrap_or(row.id.as_str()).to_owned()
}

/// Why an entry should be looked at.
pub fn flags(row: &DossierRow, book: Option<&RuleBook>, today: Day) -> Vec<Word> {
    let provision = row.code("provision").unwrap_or_default();
    let ended = book.and_then(|book| book.code("exclusion_basis", provision)).and_then(|code| code.ended);
    let mut flags = Vec::new();
    if ended.is_some_and(|ended| ended <= today) {
        flags.push(Word::new("superseded", "所依据的规定已废止", "its basis has been superseded"));
    }
    if matches!(provision, "norm" | "none") {
        flags.push(Word::new("unsupported", "没有法律、行政法规依据", "without a basis in law"));
    }
    if row.day("review_by").is_some_and(|by| by < today) {
        flags.push(Word::new("review_due", "复核日期已过", "its review is due"));
    }
    flags
}

/// Exclusions beside the withheld items.
struct List {
    exclusions: Vec<DossierRow>,
    withheld: Vec<ItemView>,
    book: Option<std::sync::Arc<RuleBook>>,
    today: Day,
}

impl List {
    fn read(ctx: &Ctx<'_>, ledger: &Ledger, past: &Past) -> Outcome<Self> {
        let exclusions = lookup::dossiers_then(ctx, ledger, "exclusion/", past)?;
        let withheld = lookup::list_then(ctx, ledger, &Catalog::Withheld.filter(), past)?;
        let book = book_for(ledger.books(), &lookup::office_law(ledger)?).cloned();
        let today = past.as_of.map_or_else(|| ctx.today(), Ok)?;
        Ok(Self { exclusions, withheld, book, today })
    }

    fn current(&self) -> impl Iterator<Item = &DossierRow> {
        self.exclusions.iter().filter(|row| row.state() == "current")
    }

    fn named_by<'a>(&'a self, item: &'a ItemView) -> Option<&'a DossierRow> {
        let named = item.register("exclusion")?;
        self.exclusions.iter().find(|row| row.id.as_str() == named)
    }

    fn entries(&self) -> Outcome<Vec<NegativeEntry>> {
        let entry = |row: &DossierRow| {
            let open = row.open();
            let text = |name: &str| open.and_then(|open| open.get(name)?.as_str()).map(str::to_owned);
            let code = |name: &str| row.code(name).map(str::to_owned);
            NegativeEntry {
                id: row.id.to_string(),
                scope: text("scope").unwrap_or_default(),
                ground: code("ground").unwrap_or_default(),
                provision: code("provision").unwrap_or_default(),
                basis_text: text("basis_text").unwrap_or_default(),
                field: code("field"),
                review_by: row.day("review_by"),
                note: text("note"),
            }
        };
        Ok(self.current().map(entry).collect())
    }

    fn sheet(&self, ledger: &Ledger, standing: String) -> Sheet {
        let named = |row: &DossierRow| {
            let names = |item: &&ItemView| item.register("exclusion") == Some(row.id.as_str());
            i64::try_from(self.withheld.iter().filter(names).count()).unwrap_or(i64::MAX)
        };
        let line = |(at, row): (usize, &DossierRow)| {
            vec![
                Cell::Number(i64::try_from(at + 1).unwrap_or(i64::MAX)),
                scope(row).as_str().into(),
                words().cell("ground", row.code("ground")),
                words().cell("exclusion_basis", row.code("provision")),
                row.text("basis_text").unwrap_or_default().into(),
                words().cell("field", row.code("field")),
                row.day("since").map(|day| day.0).into(),
                row.day("review_by").map(|day| day.0).into(),
                Cell::Number(named(row)),
                Cell::Words(flags(row, self.book.as_deref(), self.today)),
                row.open().and_then(|open| open.get("note")?.as_str()).unwrap_or_default().into(),
                row.id.as_str().into(),
            ]
        };
        Sheet {
            name: "负面清单".into(),
            title: format!("{}政务公开负面清单", ledger.info().office),
            notes: vec![standing].into_iter().filter(|line| !line.is_empty()).collect(),
            columns: list_columns(),
            rows: self.current().enumerate().map(line).collect(),
        }
    }

    /// Withheld items that no current entry covers.
    fn uncovered(&self) -> Sheet {
        let why = |item: &ItemView| match self.named_by(item) {
            None => Some(Word::new("unnamed", "没有引用负面清单条目", "names no entry")),
            Some(row) if row.state() == "current" => None,
            Some(_) => Some(Word::new("retired", "所引用的条目已退出", "names a retired entry")),
        };
        let rows = self.withheld.iter().filter_map(|item| {
            let why = why(item)?;
            let scope = self.named_by(item).map(scope).unwrap_or_default();
            let mut cells = item_cells(item);
            cells.extend([why.into(), scope.as_str().into(), item.id.as_str().into()]);
            Some(cells)
        });
        let mut columns = item_columns();
        columns.extend([
            Column::new("reason", "情形", "Reason", 24).kind(Kind::Tag).filter(Filter::Value),
            Column::new("exclusion", "所引用的条目", "Entry named", 30).kind(Kind::Long),
            sheets::id().loud(),
        ]);
        let rows: Vec<Vec<Cell>> = rows.collect();
        inside("未列入的信息", "没有负面清单条目对应的不予公开信息", columns, rows)
    }

    /// Withheld items whose ground is another than that of the entry they name.
    fn other_ground(&self) -> Sheet {
        let rows = self.withheld.iter().filter_map(|item| {
            let row = self.named_by(item).filter(|row| row.state() == "current")?;
            let (own, listed) = (item.law.ground.as_deref(), row.code("ground"));
            if own == listed {
                return None;
            }
            let mut cells = item_cells(item);
            cells.extend([
                scope(row).as_str().into(),
                words().cell("ground", listed),
                item.id.as_str().into(),
            ]);
            Some(cells)
        });
        let mut columns = item_columns();
        columns.extend([
            Column::new("exclusion", "所引用的条目", "Entry named", 30).kind(Kind::Long),
            Column::new("listed_ground", "条目的依据", "Ground of the entry", 26),
            sheets::id().loud(),
        ]);
        let rows: Vec<Vec<Cell>> = rows.collect();
        inside("依据不一致的信息", "依据与负面清单条目不一致的不予公开信息", columns, rows)
    }
}

/// A sheet for the office only.
fn inside(name: &str, title: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Sheet {
    let notes = vec!["供内部核对，不对外公开".to_owned()];
    Sheet { name: name.into(), title: title.into(), notes, columns, rows }
}

fn list_columns() -> Vec<Column> {
    vec![
        Column::new("number", "序号", "No.", 5).kind(Kind::Number).place(Place::Hidden),
        Column::new("scope", "范围", "Scope", 30).kind(Kind::Long).place(Place::Main),
        Column::new("ground", "不予公开依据", "Ground", 16).filter(Filter::Value),
        Column::new("provision", "法律依据", "Provision", 26).kind(Kind::Long).filter(Filter::Value),
        Column::new("basis_text", "依据条款", "Text of the provision", 28)
            .kind(Kind::Long)
            .place(Place::Under),
        Column::new("field", "领域", "Field", 14).quiet().place(Place::Under),
        Column::new("since", "列入日期", "Since", 12).kind(Kind::Date),
        Column::new("review_by", "复核日期", "Review by", 12).kind(Kind::Date),
        Column::new("items", "引用件数", "Items", 8).kind(Kind::Number),
        Column::new("flags", "提示", "To be looked at", 22).kind(Kind::Long),
        Column::new("note", "备注", "Note", 16).kind(Kind::Long).quiet().place(Place::Under),
        Column::new("id", "编号", "Id", 26).kind(Kind::Code).place(Place::Hidden),
    ]
}

fn item_columns() -> Vec<Column> {
    vec![
        Column::new("title", "标题", "Title", 50).kind(Kind::Long).place(Place::Main),
        Column::new("document_number", "文号", "Document number", 22).place(Place::Under),
        Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag),
        Column::new("ground", "依据", "Ground", 26).filter(Filter::Value),
    ]
}

fn item_cells(item: &ItemView) -> Vec<Cell> {
    vec![
        sheets::text(&item.texts.title),
        sheets::text(&item.texts.document_number),
        words().word("stated_attribute", item.law.attribute.as_str()).into(),
        words().cell("ground", item.law.ground.as_deref()),
    ]
}
