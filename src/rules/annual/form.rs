//! The form of the report as data: tables, rows, columns and titles of one span of report years.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cell::{CellId, TableId, Unit};
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::data::Title;

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let read = serde_json::from_str(include_str!("../../../schemas/annual-forms.json"));
    read.map(|file: Forms| file.forms).unwrap_or_default()
});

/// `annual-forms.json`: the forms of the annual report, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// Always 1.
    pub format: u32,
    /// One for each span of report years.
    pub forms: Vec<Form>,
}

/// The form of the report for a span of report years.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its name, for example `2021-30`.
    pub id: String,
    /// First report year.
    pub from: i16,
    /// Last report year; absent when it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i16>,
    /// The notice that prescribes it.
    pub notice: Title,
    /// Whether the notice calls it 试行.
    pub trial: bool,
    /// What its rows and columns were taken from.
    pub seen: Seen,
    /// What is not certain about it.
    pub remarks: Vec<Title>,
    /// The six sections in order.
    pub sections: Vec<Section>,
    /// Tables in order. 表二 is several, one for each item of article 20.
    pub tables: Vec<Table>,
}

/// What a form was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The notice and its annex.
    Notice,
    /// Reports that were published in it.
    Filled,
}

/// A section of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its heading.
    pub title: Title,
    /// What stands in it.
    pub holds: Holds,
    /// What its text is to speak of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Title>,
}

/// What stands in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// A text: the overview.
    Overview,
    /// 表二
    T2,
    /// 表三
    T3,
    /// 表四
    T4,
    /// A text: problems and improvements.
    Problems,
    /// A text: other matters.
    Other,
}

/// A table, or one block of 表二.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Which table it is (part of).
    pub table: TableId,
    /// Line above a block of 表二.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// Heading of the rows' titles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stub: Option<Title>,
    /// What is printed in the corner of 表三.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Title>,
    /// Heading above all columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Title>,
    /// Titles that stand beside or above several rows or columns, by their code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Title>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Rows in order. In 表四 they stand side by side.
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Stored code.
    pub code: String,
    /// Its heading.
    pub title: Title,
    /// What its figures count.
    #[serde(default)]
    pub unit: Unit,
    /// Whether it is the sum of the others.
    #[serde(default)]
    pub role: ColumnRole,
    /// The group it stands under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Whether its heading and unit were read in a source.
    #[serde(default = "yes")]
    pub sourced: bool,
}

/// What a column is to the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// Filled by itself.
    #[default]
    Own,
    /// Sum of the others.
    Total,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Stored code; no other row of the form has it.
    pub code: String,
    /// Its title.
    pub title: Title,
    /// What it is to the others.
    #[serde(default)]
    pub role: RowRole,
    /// Groups it stands in, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Rows of other years' forms whose cases are counted here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<String>,
}

/// What a row is to the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowRole {
    /// Filled by itself; in 表三 one of the outcomes.
    #[default]
    Own,
    /// 本年新收
    Received,
    /// 上年结转
    CarriedIn,
    /// Sum of the outcomes.
    Total,
    /// 结转下年度
    CarriedOut,
}

fn yes() -> bool {
    true
}

impl Form {
    /// The form for reports on that year.
    ///
    /// # Errors
    /// `annual.no_form` for years before the first form: there was no unified national one.
    pub fn for_year(year: i16) -> Outcome<&'static Self> {
        let form = FORMS.iter().find(|form| form.from <= year && form.to.is_none_or(|to| year <= to));
        let first = FORMS.first().map_or(0, |form| form.from);
        form.ok_or_else(|| Fault::usage("annual.no_form").with("found", year).with("expected", first))
    }

    /// All forms, oldest first.
    pub fn all() -> &'static [Self] {
        &FORMS
    }

    /// Every cell, in the order of tables, rows and columns.
    pub fn cells(&'static self) -> impl Iterator<Item = CellId> {
        self.tables.iter().flat_map(Table::cells)
    }

    /// The cell written `ROW.COLUMN`.
    ///
    /// # Errors
    /// `annual.no_cell` when the form has none of that name.
    pub fn cell(&'static self, text: &str) -> Outcome<CellId> {
        let (row, column) = text.split_once('.').unwrap_or((text, ""));
        let found = self.cells().find(|cell| cell.row == row && cell.column == column);
        found.ok_or_else(|| Fault::usage("annual.no_cell").with("found", text).with("form", &self.id))
    }

    /// The cell of that row and column, where a row of another year's form stands for the row of this one that takes its cases.
    pub fn cell_for(&'static self, row: &str, column: &str) -> Option<CellId> {
        let taken = || {
            self.tables
                .iter()
                .flat_map(|table| &table.rows)
                .find(|r| r.takes.iter().any(|taken| taken == row))
                .map(|r| r.code.as_str())
        };
        let at = |row: &str| self.cells().find(|cell| cell.row == row && cell.column == column);
        at(row).or_else(|| taken().and_then(at))
    }

    /// Title of a cell: its row and its column.
    pub fn title(&'static self, cell: CellId, lang: Lang) -> String {
        let Some((row, column)) = self.row_and_column(cell) else { return cell.to_string() };
        format!("{} · {}", row.title.get(lang), column.title.get(lang))
    }

    /// What the cell's figure counts.
    pub fn unit(&'static self, cell: CellId) -> Unit {
        self.row_and_column(cell).map(|(_, column)| column.unit).unwrap_or_default()
    }

    /// The cells a sum is made of, none of them a sum; empty when the cell is filled by itself.
    pub fn addends(&'static self, cell: CellId) -> Vec<CellId> {
        let Some((row, column)) = self.row_and_column(cell) else { return Vec::new() };
        if row.role != RowRole::Total && column.role != ColumnRole::Total {
            return Vec::new();
        }
        let row_adds = |r: &Row| if row.role == RowRole::Total { r.role == RowRole::Own } else { r == row };
        let column_adds = |c: &Column| {
            if column.role == ColumnRole::Total { c.role == ColumnRole::Own } else { c == column }
        };
        let tables = self.tables.iter().filter(|table| table.rows.iter().any(|r| r == row));
        let rows = tables.flat_map(|t| t.rows.iter().filter(|r| row_adds(r)).map(move |r| (t, r)));
        rows.flat_map(|(t, r)| t.columns.iter().filter(|c| column_adds(c)).map(move |c| id(t, r, c)))
            .collect()
    }

    /// Row and column of a cell.
    pub fn row_and_column(&'static self, cell: CellId) -> Option<(&'static Row, &'static Column)> {
        let of_table = self.tables.iter().filter(|table| table.table == cell.table);
        of_table
            .filter_map(|table| table.rows.iter().find(|row| row.code == cell.row).map(|row| (table, row)))
            .find_map(|(t, row)| t.columns.iter().find(|c| c.code == cell.column).map(|column| (row, column)))
    }
}

impl Table {
    /// Its cells, row by row.
    pub fn cells(&'static self) -> impl Iterator<Item = CellId> {
        self.rows.iter().flat_map(move |row| self.columns.iter().map(move |column| id(self, row, column)))
    }

    /// The cell of that row and column.
    pub fn cell(&'static self, row: &'static Row, column: &'static Column) -> CellId {
        id(self, row, column)
    }

    /// Title of a group.
    pub fn group(&self, code: &str) -> Option<&Title> {
        self.groups.get(code)
    }
}

fn id(table: &'static Table, row: &'static Row, column: &'static Column) -> CellId {
    CellId { table: table.table, row: &row.code, column: &column.code }
}
