//! What an import would do, worked out before anything is written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::identity::{Fingerprint, Identity};
use super::records::RecordRow;
use super::table::Row;
use crate::fault::{Fault, Lang};

/// A row that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Line of the file it begins on.
    pub line: u64,
    /// Stable code of the reason, `row.…`.
    pub code: std::borrow::Cow<'static, str>,
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
