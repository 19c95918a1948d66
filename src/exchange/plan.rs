//! What an import would do, worked out before anything is written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::identity::{Fingerprint, Identity};
use super::records::{CODE, LINE, REASON, RECORD_COLUMNS, RecordRow};
use super::sheet::{Cell, Column, Kind, Sheet};
use super::table::{Row, Table};
use crate::fault::{Fault, Lang};

/// A row that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Line of the file it begins on.
    pub line: u64,
    /// Stable code of the reason, `row.…`.
    pub code: &'static str,
    /// The reason in Chinese.
    pub zh: String,
    /// The reason in English.
    pub en: String,
    /// The row as given, one cell for each column of the header.
    pub cells: Vec<String>,
}

impl Rejected {
    /// Rejects a row for the reason that the fault names.
    pub fn new(row: &Row, fault: Fault) -> Self {
        let (zh, en) = (fault.text(Lang::Zh), fault.text(Lang::En));
        Self { line: row.line, code: fault.code, zh, en, cells: row.cells.clone() }
    }
}

/// What a changed row was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// A record that is in the ledger.
    Ledger,
    /// A row further up in the same file, by line.
    Line(u64),
}

/// A row about a known record that says something else; somebody has to confirm it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The row.
    pub row: RecordRow,
    /// What it differs from.
    pub against: Against,
}

/// A row that repeats one further up in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// Its line.
    pub line: u64,
    /// Line of the row it repeats.
    pub first: u64,
}

/// What an import would do. Every row of the file is in exactly one list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportPlan {
    /// Records that are not known yet, in the file's order.
    pub new: Vec<RecordRow>,
    /// Rows that say what is known already.
    pub same: Vec<RecordRow>,
    /// Rows that somebody has to confirm; nothing is entered for them.
    pub changed: Vec<Changed>,
    /// Rows that repeat another row of the file.
    pub repeated: Vec<Repeated>,
    /// Rows that cannot be taken.
    pub rejected: Vec<Rejected>,
}

/// Sorts rows into what an import would do with them; pure, so that planning twice gives the same.
///
/// `lookup` gives the fingerprint under which an identity is known in the ledger. Within the file the first row of an identity
/// counts: one that repeats it exactly is `repeated`, one that differs is `changed` against its line.
pub fn plan_import(
    rows: Vec<Result<RecordRow, Rejected>>,
    lookup: &dyn Fn(&Identity) -> Option<Fingerprint>,
) -> ImportPlan {
    let mut plan = ImportPlan::default();
    let mut seen: BTreeMap<Identity, (u64, Fingerprint)> = BTreeMap::new();
    for row in rows {
        match row {
            Ok(row) => plan.place(row, &mut seen, lookup),
            Err(rejected) => plan.rejected.push(rejected),
        }
    }
    plan
}

impl ImportPlan {
    fn place(
        &mut self,
        row: RecordRow,
        seen: &mut BTreeMap<Identity, (u64, Fingerprint)>,
        lookup: &dyn Fn(&Identity) -> Option<Fingerprint>,
    ) {
        if let Some((first, fingerprint)) = seen.get(&row.identity) {
            let first = *first;
            if *fingerprint == row.fingerprint {
                self.repeated.push(Repeated { line: row.line, first });
            } else {
                self.changed.push(Changed { row, against: Against::Line(first) });
            }
            return;
        }
        seen.insert(row.identity.clone(), (row.line, row.fingerprint.clone()));
        match lookup(&row.identity) {
            None => self.new.push(row),
            Some(known) if known == row.fingerprint => self.same.push(row),
            Some(_) => self.changed.push(Changed { row, against: Against::Ledger }),
        }
    }
}

/// The reject file: the rows as given, with line, code and reason before them.
///
/// Its columns keep the given headings, so once corrected it can be imported itself; the added columns are then left aside.
pub fn reject_sheet(table: &Table, rejected: &[Rejected], title: &str) -> Sheet {
    reject_sheet_of(&table.header, rejected, title)
}

/// The same for a table of which only the headings are at hand.
pub fn reject_sheet_of(header: &[String], rejected: &[Rejected], title: &str) -> Sheet {
    let added = [(LINE, 10), (CODE, 22), (REASON, 48)];
    let spec = |key: &str| RECORD_COLUMNS.iter().find(|spec| spec.key == key);
    let mut columns: Vec<Column> = added
        .iter()
        .filter_map(|(key, width)| spec(key).map(|s| Column::new(s.key, s.zh, s.en, *width).kind(Kind::Long)))
        .collect();
    let given =
        |(at, name): (usize, &String)| Column::new(&format!("c{}", at + 1), name, name, 20).kind(Kind::Long);
    columns.extend(header.iter().enumerate().map(given));
    let row = |r: &Rejected| {
        let line = i64::try_from(r.line).unwrap_or(i64::MAX);
        let added = [Cell::Number(line), Cell::from(r.code), Cell::from(r.zh.as_str())];
        added.into_iter().chain(r.cells.iter().map(|cell| Cell::from(cell.as_str()))).collect()
    };
    Sheet {
        name: "未取入".into(),
        title: title.to_owned(),
        notes: Vec::new(),
        columns,
        rows: rejected.iter().map(row).collect(),
    }
}

/// The to-be-confirmed list: which rows say something else than what is known, and against what.
pub fn confirm_sheet(changed: &[Changed], title: &str) -> Sheet {
    let columns = vec![
        Column::new("line", "原文件行号", "Line in the file", 12).kind(Kind::Number),
        Column::new("against", "与何者不同", "Differs from", 18),
        Column::new("title", "标题", "Title", 50).kind(Kind::Long),
        Column::new("document_number", "文号", "Document number", 22),
        Column::new("issuer", "发文机关", "Issuer", 22),
        Column::new("date_written", "成文日期", "Date written", 12).kind(Kind::Date),
        Column::new("date_published", "发布日期", "Date published", 12).kind(Kind::Date),
        Column::new("identity", "识别摘要", "Identity", 24).kind(Kind::Code).quiet(),
    ];
    let row = |c: &Changed| {
        let against = match c.against {
            Against::Ledger => "台账中的记录".to_owned(),
            Against::Line(line) => format!("本文件第 {line} 行"),
        };
        vec![
            Cell::Number(i64::try_from(c.row.line).unwrap_or(i64::MAX)),
            Cell::from(against),
            Cell::from(c.row.title.as_str()),
            Cell::from(c.row.document_number.clone()),
            Cell::from(c.row.issuer.clone()),
            Cell::from(c.row.date_written),
            Cell::from(c.row.date_published),
            Cell::from(c.row.identity.to_string()),
        ]
    };
    Sheet {
        name: "待确认".into(),
        title: title.to_owned(),
        notes: Vec::new(),
        columns,
        rows: changed.iter().map(row).collect(),
    }
}
