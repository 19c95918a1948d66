//! From rows of a table to records: every cell normalised once, rows in parallel.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use super::columns::Mapping;
use super::dates::read_date;
use super::identity::{Fingerprint, Identifying, Identity};
use super::plan::Rejected;
use super::records::{CODE, GivenCell, LINE, REASON, RECORD_COLUMNS, RecordRow};
use super::table::{Row, Table};
use super::text::{heading_of, normal, normal_heading, number_of, odd_chars, says_nothing};
use super::words::ATTRIBUTES;
use crate::fault::{Fault, Outcome};

/// Reads every row of a table as a record, or says why it cannot be taken. Rows keep the file's order.
///
/// # Errors
/// `table.column_missing` when no column is called 标题 in any of its names, `table.column_twice`.
pub fn read_records(table: &Table) -> Outcome<Vec<Result<RecordRow, Rejected>>> {
    let reader = Reader::new(table)?;
    let read = |row: &Row| reader.record(row).map_err(|fault| Rejected::new(row, fault));
    Ok(table.rows.par_iter().map(read).collect())
}

struct Reader<'a> {
    table: &'a Table,
    mapping: Mapping,
    /// Every name of every known column, as headings are compared.
    names: BTreeSet<String>,
    /// Columns that a reject file added.
    added: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn new(table: &'a Table) -> Outcome<Self> {
        let mapping = table.columns(RECORD_COLUMNS)?;
        if !mapping.known.contains_key("title") {
            let fault = Fault::usage("table.column_missing")
                .with("file", &table.file)
                .with("line", table.header_line);
            return Err(fault.with("expected", "标题").with("found", table.header.join("、")));
        }
        let known = RECORD_COLUMNS.iter().filter(|spec| mapping.known.contains_key(spec.key));
        let names = known
            .flat_map(|spec| [spec.key, spec.zh, spec.en].into_iter().chain(spec.aliases.iter().copied()));
        let names = names.map(normal_heading).collect();
        let added = [LINE, CODE, REASON].iter().filter_map(|key| mapping.known.get(key).copied()).collect();
        Ok(Self { table, mapping, names, added })
    }

    fn record(&self, row: &Row) -> Outcome<RecordRow> {
        if let Some(problem) = &row.problem {
            return Err(problem.clone());
        }
        let cells = Cells { reader: self, row, normal: row.cells.iter().map(|cell| normal(cell)).collect() };
        cells.refuse_repeated_header()?;
        let title = cells.text("title").ok_or_else(|| cells.fault("row.no_title", "title"))?;
        let date_written = cells.date("date_written")?;
        let date_published = cells.date("date_published")?;
        let attribute = cells.attribute()?;
        let columns = cells.columns(date_written, date_published);
        let field = |key: &str| columns.get(key).map_or("", String::as_str);
        let (identity, basis) = Identity::of(&Identifying {
            index_number: field("index_number"),
            title: field("title"),
            document_number: field("document_number"),
            issuer: field("issuer"),
            date_written: field("date_written"),
            date_published: field("date_published"),
        });
        Ok(RecordRow {
            line: row.line,
            given: cells.given(),
            title,
            index_number: cells.text("index_number"),
            document_number: cells.text("document_number"),
            issuer: cells.text("issuer"),
            date_written,
            date_published,
            topic: cells.text("topic"),
            validity: cells.text("validity"),
            url: cells.text("url"),
            source: cells.text("source"),
            attribute,
            ground: cells.text("ground"),
            summary: cells.text("summary"),
            extra: cells.extra(),
            identity,
            basis,
            fingerprint: Fingerprint::of(&columns),
            odd: odd_chars(row.cells.iter().map(String::as_str)),
        })
    }
}

/// One row with its cells normalised.
struct Cells<'a> {
    reader: &'a Reader<'a>,
    row: &'a Row,
    normal: Vec<String>,
}

impl Cells<'_> {
    fn normal(&self, key: &str) -> &str {
        self.reader.mapping.cell(key, &self.normal)
    }

    /// The cell without surrounding white space, unless it only says that there is nothing.
    fn text(&self, key: &str) -> Option<String> {
        if says_nothing(self.normal(key)) {
            None
        } else {
            Some(self.reader.mapping.cell(key, &self.row.cells).trim().to_owned())
        }
    }

    fn fault(&self, code: &'static str, key: &str) -> Fault {
        let at = self.reader.mapping.known.get(key);
        let name = at.and_then(|at| self.reader.table.header.get(*at)).map_or("", String::as_str);
        Fault::usage(code)
            .with("column", name)
            .with("found", self.reader.mapping.cell(key, &self.row.cells).trim())
    }

    /// Tables glued together carry the header again among the rows.
    fn refuse_repeated_header(&self) -> Outcome<()> {
        let named = |key: &str| self.reader.names.contains(&heading_of(self.normal(key)));
        let others = || self.reader.mapping.known.keys().filter(|key| **key != "title").any(|key| named(key));
        if named("title") && others() { Err(Fault::usage("row.header_again")) } else { Ok(()) }
    }

    fn date(&self, key: &str) -> Outcome<Option<Date>> {
        let text = self.normal(key);
        if says_nothing(text) {
            return Ok(None);
        }
        read_date(text).map(Some).ok_or_else(|| self.fault("row.date", key))
    }

    fn attribute(&self) -> Outcome<Option<String>> {
        let text = self.normal("attribute");
        if says_nothing(text) {
            return Ok(None);
        }
        let word = ATTRIBUTES.read(text).map(|word| Some(word.code.clone()));
        word.ok_or_else(|| {
            self.fault("row.choice", "attribute").with("expected", ATTRIBUTES.all_zh().join("、"))
        })
    }

    fn given(&self) -> Vec<GivenCell> {
        let cells = self.reader.table.header.iter().zip(&self.row.cells).enumerate();
        cells
            .filter(|(at, (_, value))| !value.is_empty() && !self.reader.added.contains(at))
            .map(|(_, (name, value))| GivenCell { name: name.clone(), value: value.clone() })
            .collect()
    }

    fn extra(&self) -> BTreeMap<String, String> {
        let cell = |(at, name): &(usize, String)| {
            let says = self.normal.get(*at).is_some_and(|text| !says_nothing(text));
            let value = self.row.cells.get(*at).filter(|_| says)?;
            Some((name.clone(), value.trim().to_owned()))
        };
        self.reader.mapping.extra.iter().filter_map(cell).collect()
    }

    /// Every column that says something, in the form that identity and fingerprint are taken over.
    fn columns(&self, date_written: Option<Date>, date_published: Option<Date>) -> BTreeMap<String, String> {
        let iso = |date: Option<Date>| date.map(|d| d.to_string()).unwrap_or_default();
        let mut columns = BTreeMap::new();
        for (key, at) in self.reader.mapping.known.iter().filter(|(key, _)| !key.starts_with('_')) {
            let text = self.normal.get(*at).map_or("", String::as_str);
            let value = match *key {
                _ if says_nothing(text) => continue,
                "date_written" => iso(date_written),
                "date_published" => iso(date_published),
                "index_number" | "document_number" => number_of(text),
                _ => text.to_owned(),
            };
            columns.insert((*key).to_owned(), value);
        }
        for (at, name) in &self.reader.mapping.extra {
            if let Some(text) = self.normal.get(*at).filter(|text| !says_nothing(text)) {
                columns.insert(format!("x:{name}"), text.clone());
            }
        }
        columns
    }
}
