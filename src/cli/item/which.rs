//! Which items a verb is about: ids, beginnings of ids, numbers, a table, or all that wait for it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::columns::{DOING, FIND};
use super::each::Step;
use super::json_rows::{is_json, json_rows};
use crate::cli::input;
use crate::cli::lookup::{self, ItemView};
use crate::exchange::worklist::ItemKey;
use crate::exchange::{ColumnSpec, Mapping, ReadOptions, Row, Table, normal};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{Day, Subject};

/// Items, named in any way.
#[derive(Args, Default)]
pub struct Which {
    /// 编号（可只写开头几位）、索引号或文号，可写多个 · Ids, beginnings of ids, 索引号 or 文号
    #[arg(value_name = "ITEM")]
    pub items: Vec<String>,
    /// 从表格读取（CSV 或 XLSX），每行一件 · Take them from a table, an item a row
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME", requires = "from")]
    pub sheet: Option<String>,
    /// 所有等待本步骤的政府信息 · Every item that waits for this step
    #[arg(long, conflicts_with_all = ["items", "from"])]
    pub waiting: bool,
}

/// One item to act on, and the row that names it.
pub struct Target {
    /// The item.
    pub item: ItemView,
    /// The row's cells by column, when a table was given.
    pub cells: Cells,
    /// How to call it in messages.
    pub place: String,
}

/// Cells of a row by column key; only those that hold something.
#[derive(Debug, Clone, Default)]
pub struct Cells(pub BTreeMap<&'static str, String>);

impl Cells {
    /// The cell under `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

impl Which {
    /// The items, each once, in the order they are named.
    ///
    /// Errors: `item.none_named`, `item.unknown`, `item.ambiguous`, `item.twice`; what reading the table gives.
    pub fn targets(&self, ledger: &Ledger, step: &Step, today: Day) -> Outcome<Vec<Target>> {
        let mut targets = Vec::new();
        for text in &self.items {
            targets.push(Target::new(find(ledger, text)?, Cells::default(), None));
        }
        if let Some(path) = &self.from {
            for (line, cells) in read_rows(path, self.sheet.as_deref(), step.columns)? {
                let item = find_row(ledger, &cells).map_err(|fault| fault.with("line", line))?;
                targets.push(Target::new(item, cells, Some(line)));
            }
        }
        if self.waiting {
            let waiting = lookup::waiting(ledger, step.kind, false, today)?;
            targets.extend(waiting.into_iter().map(|item| Target::new(item, Cells::default(), None)));
        }
        if targets.is_empty() {
            return Err(Fault::usage(if self.waiting { "item.none_waiting" } else { "item.none_named" }));
        }
        each_once(&targets)?;
        Ok(targets)
    }
}

impl Target {
    /// An item, and the line of the row that names it.
    pub fn new(item: ItemView, cells: Cells, line: Option<u64>) -> Self {
        let called = format!("{} {}", item.id, item.called());
        let place = line.map_or(called.clone(), |line| format!("第 {line} 行 line {line}: {called}"));
        Self { item, cells, place }
    }
}

fn each_once(targets: &[Target]) -> Outcome<()> {
    let mut seen = std::collections::BTreeSet::new();
    let twice = targets.iter().find(|target| !seen.insert(&target.item.id));
    twice.map_or(Ok(()), |target| Err(Fault::usage("item.twice").with("found", &target.place)))
}

/// The one item that a text names: an id, the beginning of one, an 索引号 or a 文号.
pub fn find(ledger: &Ledger, text: &str) -> Outcome<ItemView> {
    only(lookup::find(ledger, text)?, text)
}

/// The subject of the one item that a text names.
pub fn find_item(ledger: &Ledger, text: &str) -> Outcome<Subject> {
    find(ledger, text).map(|item| item.id)
}

fn only(mut found: Vec<ItemView>, text: &str) -> Outcome<ItemView> {
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(Fault::usage("item.unknown").with("found", text)),
        (Some(last), more) => {
            found.push(last);
            let shown: Vec<String> = found.iter().take(5).map(|item| item.id.to_string()).collect();
            let fault = Fault::usage("item.ambiguous").with("found", text).with("count", more + 1);
            Err(fault.with("expected", shown.join("、")))
        }
    }
}

/// The item a row names by the strongest thing it holds; a 文号 that several share is told apart by the title.
fn find_row(ledger: &Ledger, cells: &Cells) -> Outcome<ItemView> {
    if let Some(id) = cells.get("id") {
        return find(ledger, id);
    }
    let numbers = ["index_number", "document_number"].into_iter().find_map(|key| cells.get(key));
    let title = cells.get("title");
    let Some(text) = numbers else {
        let title = title.ok_or_else(|| Fault::usage("row.no_key"))?;
        return only(lookup::titled(ledger, title)?, title);
    };
    let mut found = lookup::numbered(ledger, text)?;
    if let (Some(title), true) = (title, found.len() > 1) {
        let wanted = normal(title);
        found.retain(|item| item.texts.title.as_deref().is_some_and(|title| normal(title) == wanted));
    }
    only(found, text)
}

/// The item a row of a worklist names.
pub fn find_key(ledger: &Ledger, key: &ItemKey) -> Outcome<ItemView> {
    let named = [
        ("id", &key.id),
        ("index_number", &key.index_number),
        ("document_number", &key.document_number),
        ("title", &key.title),
    ];
    let cells = named.into_iter().filter_map(|(name, text)| text.clone().map(|text| (name, text)));
    find_row(ledger, &Cells(cells.collect()))
}

/// The rows of a table, by column key. `columns` come besides those that find an item and say who did it.
pub fn read_rows(
    path: &std::path::Path,
    sheet: Option<&str>,
    columns: &[ColumnSpec],
) -> Outcome<Vec<(u64, Cells)>> {
    let find = FIND.iter().filter(|spec| !columns.iter().any(|own| own.key == spec.key));
    read_rows_of(path, sheet, &columns.iter().chain(find).copied().collect::<Vec<_>>())
}

/// The same with no other columns than those given and those that say who did it.
pub fn read_rows_of(
    path: &std::path::Path,
    sheet: Option<&str>,
    columns: &[ColumnSpec],
) -> Outcome<Vec<(u64, Cells)>> {
    // A verb's own columns come first, so that they win over the common ones of the same name.
    let mut specs: Vec<ColumnSpec> = columns.to_vec();
    specs.extend(DOING.iter().filter(|spec| !columns.iter().any(|own| own.key == spec.key)));
    if is_json(path) {
        return json_rows(path, &specs);
    }
    let table = input::table(path, &ReadOptions { sheet, columns: &specs, ..ReadOptions::default() })?;
    let mapping = table.columns(&specs)?;
    table.rows.iter().map(|row| cells(&table, &mapping, row)).collect()
}

fn cells(table: &Table, mapping: &Mapping, row: &Row) -> Outcome<(u64, Cells)> {
    if let Some(problem) = &row.problem {
        return Err(problem.clone().with("file", &table.file).with("line", row.line));
    }
    let filled = mapping.known.keys().filter_map(|key| {
        let text = mapping.cell(key, &row.cells).trim();
        (!text.is_empty()).then(|| (*key, text.to_owned()))
    });
    Ok((row.line, Cells(filled.collect())))
}
