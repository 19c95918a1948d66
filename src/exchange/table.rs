//! Tables from outside: from bytes of any kind that offices send to a header and numbered rows.

use std::path::Path;

use serde::Serialize;

use super::columns::{ColumnSpec, matching};
use super::limits::Limits;
use super::{csv_in, decode, text, xlsx_in};
use crate::fault::{Fault, Outcome};

/// How a table is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions<'a> {
    /// What is too much.
    pub limits: Limits,
    /// Sheet of a workbook; the first visible one when absent.
    pub sheet: Option<&'a str>,
    /// Columns that are expected. The header is the first of the top 30 rows that names most of them, so titles and notes
    /// above it do no harm; without any known name it is the first row.
    pub columns: &'a [ColumnSpec],
}

/// Which kind of file a table came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text, in this encoding.
    Csv(decode::TextEncoding),
    /// A workbook; the sheet that was read.
    Xlsx {
        /// Name of the sheet.
        sheet: String,
    },
}

/// One row as it stands in the file.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Line of the file it begins on, or row of the sheet; the first is 1.
    pub line: u64,
    /// Cells as given, one for each column of the header.
    pub cells: Vec<String>,
    /// Why this row cannot be taken, when its form already says so.
    pub problem: Option<Fault>,
}

impl Row {
    pub(super) fn bytes(&self) -> usize {
        self.cells.iter().map(String::len).sum()
    }

    /// Notes the first problem of the row.
    pub(super) fn fail(&mut self, fault: Fault) {
        self.problem.get_or_insert(fault);
    }
}

/// A table that was read: a header and the rows below it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Name of the file, for messages.
    pub file: String,
    /// Kind of file.
    pub format: Format,
    /// Line of the header.
    pub header_line: u64,
    /// Column names, normalised; a column without one is called 列N, a second of the same name gets a number in brackets.
    pub header: Vec<String>,
    /// Rows below the header that hold anything.
    pub rows: Vec<Row>,
}

/// Reads a table from a file on disk.
///
/// # Errors
/// `io.failed` when the machine cannot read it, and all of [`read_table`].
pub fn read_table_file(path: &Path, options: &ReadOptions) -> Outcome<Table> {
    use std::io::Read;
    let failed =
        |e: std::io::Error| Fault::machine("io.failed").with("path", path.display()).with("found", e);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(options.limits.file_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    let name =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    read_table(&name, &bytes, options)
}

/// Reads a table from bytes: XLSX when it is a zip, else text. `name` is only used in messages.
///
/// # Errors
/// A usage fault `table.…` naming the file and, where there is one, the line: too large, of no known encoding, not a table,
/// a quote never closed, a workbook that is damaged or inflates too far, no such sheet, nothing in it.
pub fn read_table(name: &str, bytes: &[u8], options: &ReadOptions) -> Outcome<Table> {
    let (format, rows) = numbered_rows(name, bytes, options)?;
    with_header(name, format, rows, options)
}

/// All rows of a file that hold anything, before one of them is taken as the header.
pub(super) fn numbered_rows(name: &str, bytes: &[u8], options: &ReadOptions) -> Outcome<(Format, Vec<Row>)> {
    let limits = &options.limits;
    if bytes.len() as u64 > limits.file_bytes {
        return Err(Fault::usage("table.file_limit").with("file", name).with("limit", limits.file_bytes));
    }
    refuse_other_formats(name, bytes)?;
    let (format, rows) = if bytes.starts_with(b"PK\x03\x04") {
        let (sheet, rows) = xlsx_in::read_xlsx(name, bytes, options)?;
        (Format::Xlsx { sheet }, rows)
    } else {
        let (decoded, encoding) = decode::decode(name, bytes)?;
        (Format::Csv(encoding), csv_in::read_csv(name, &decoded, limits)?)
    };
    if rows.is_empty() {
        return Err(Fault::usage("table.empty").with("file", name));
    }
    Ok((format, rows))
}

fn refuse_other_formats(name: &str, bytes: &[u8]) -> Outcome<()> {
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return Err(Fault::usage("table.old_excel").with("file", name));
    }
    let start = String::from_utf8_lossy(bytes.get(..512).unwrap_or(bytes))
        .trim_start_matches('\u{FEFF}')
        .trim_start()
        .to_lowercase();
    if ["<html", "<!doctype", "<table", "<?xml", "<meta"].iter().any(|mark| start.starts_with(mark)) {
        return Err(Fault::usage("table.web_page").with("file", name));
    }
    if start.starts_with("%pdf") {
        return Err(Fault::usage("table.not_a_table").with("file", name).with("found", "PDF"));
    }
    Ok(())
}

/// The limits that only show while rows are added.
pub(super) fn check_size(file: &str, rows: &[Row], bytes: usize, limits: &Limits) -> Outcome<()> {
    if rows.len() > limits.rows.saturating_add(1) {
        return Err(Fault::usage("table.rows_limit").with("file", file).with("limit", limits.rows));
    }
    if bytes > limits.table_bytes {
        return Err(Fault::usage("table.size_limit").with("file", file).with("limit", limits.table_bytes));
    }
    Ok(())
}

fn with_header(name: &str, format: Format, mut rows: Vec<Row>, options: &ReadOptions) -> Outcome<Table> {
    let at = header_position(&rows, options.columns);
    if at >= rows.len() {
        return Err(Fault::usage("table.empty").with("file", name));
    }
    let mut below = rows.split_off(at + 1);
    let head = rows.pop().unwrap_or_default();
    let width = head.cells.iter().rposition(|c| !c.trim().is_empty()).map_or(0, |last| last + 1);
    let header = heading(&head.cells, width);
    let padded = matches!(format, Format::Xlsx { .. });
    for row in &mut below {
        fit(row, width, padded, &options.limits, &header);
    }
    Ok(Table { file: name.to_owned(), format, header_line: head.line, header, rows: below })
}

fn header_position(rows: &[Row], columns: &[ColumnSpec]) -> usize {
    let score = |row: &Row| columns.iter().filter(|c| row.cells.iter().any(|cell| c.is_named(cell))).count();
    let mut best = (0, 0);
    for (at, row) in rows.iter().take(30).enumerate() {
        let found = score(row);
        if found > best.0 {
            best = (found, at);
        }
    }
    best.1
}

fn heading(cells: &[String], width: usize) -> Vec<String> {
    let named = |(at, cell): (usize, &String)| {
        let name = text::normal(cell);
        if name.is_empty() { format!("列{}", at + 1) } else { name }
    };
    let mut names: Vec<String> = Vec::with_capacity(width);
    for name in cells.iter().take(width).enumerate().map(named) {
        let before = names.iter().filter(|n| **n == name || n.starts_with(&format!("{name}（"))).count();
        names.push(if before == 0 { name } else { format!("{name}（{}）", before + 1) });
    }
    names
}

/// Brings a row to the header's width, or says why that cannot be done without guessing.
fn fit(row: &mut Row, width: usize, padded: bool, limits: &Limits, header: &[String]) {
    if !padded && row.cells.len() < width {
        // A short line is most often one half of a row broken by a line break that was not quoted.
        let found = row.cells.len();
        row.fail(Fault::usage("row.too_few_cells").with("expected", width).with("found", found));
    }
    check_row(row, width, limits, header);
}

/// What a row may not hold, whatever its columns mean; cells beyond the header's must be empty.
pub(super) fn check_row(row: &mut Row, width: usize, limits: &Limits, header: &[String]) {
    let found = row.cells.len();
    let used = row.cells.iter().rposition(|c| !c.trim().is_empty()).map_or(0, |last| last + 1);
    if used > width {
        row.fail(Fault::usage("row.too_many_cells").with("expected", width).with("found", used));
    }
    let long = row.cells.iter().position(|cell| cell.len() > limits.cell_bytes);
    if let Some(at) = long {
        row.fail(
            Fault::usage("row.cell_limit")
                .with("column", column_name(header, at))
                .with("limit", limits.cell_bytes),
        );
    } else if row.bytes() > limits.row_bytes {
        row.fail(Fault::usage("row.row_limit").with("limit", limits.row_bytes));
    }
    let control =
        row.cells.iter().enumerate().find_map(|(at, cell)| text::control_char(cell).map(|c| (at, c)));
    if let Some((at, c)) = control {
        let found = format!("U+{:04X}", u32::from(c));
        row.fail(Fault::usage("row.control").with("column", column_name(header, at)).with("found", found));
    }
    if found < width || used <= width {
        row.cells.resize(width, String::new());
    }
}

fn column_name(header: &[String], at: usize) -> String {
    header.get(at).cloned().unwrap_or_else(|| format!("列{}", at + 1))
}

impl Table {
    /// Where each expected column stands; names are matched whatever their dress.
    ///
    /// # Errors
    /// `table.column_twice` when two columns carry names of the same expected column.
    pub fn columns(&self, specs: &[ColumnSpec]) -> Outcome<super::columns::Mapping> {
        matching(&self.file, self.header_line, &self.header, specs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Outcome<Table> {
        read_table(
            "t.csv",
            bytes,
            &ReadOptions { columns: super::super::records::RECORD_COLUMNS, ..ReadOptions::default() },
        )
    }

    #[test]
    fn the_header_is_found_below_titles_and_notes() {
        let table =
            read("某县政府信息公开目录,,\n制表：办公室,,\n标题,文号,\n甲,一号,\n乙,二号,\n".as_bytes())
                .unwrap();
        assert_eq!(
            (table.header_line, table.header.as_slice()),
            (3, ["标题".to_owned(), "文号".to_owned()].as_slice())
        );
        assert_eq!(table.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [4, 5]);
        assert!(table.rows.iter().all(|r| r.problem.is_none() && r.cells.len() == 2));
    }

    #[test]
    fn ragged_rows_are_marked_not_guessed() {
        let table = read("标题,文号\n甲,1,2\n乙\n丙,3,\n丁,\0\n".as_bytes()).unwrap();
        let problems: Vec<_> = table.rows.iter().map(|r| r.problem.as_ref().map(|p| p.code)).collect();
        assert_eq!(
            problems,
            [Some("row.too_many_cells"), Some("row.too_few_cells"), None, Some("row.control")]
        );
    }

    #[test]
    fn files_that_only_look_like_tables_are_named() {
        let code = |bytes: &[u8]| read(bytes).map_err(|f| f.code).err();
        assert_eq!(code(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), Some("table.old_excel"));
        assert_eq!(code(b"  <HTML><table>"), Some("table.web_page"));
        assert_eq!(code(b"%PDF-1.7"), Some("table.not_a_table"));
        assert_eq!(code(b""), Some("table.empty"));
        assert_eq!(code(b"\n,,\n"), Some("table.empty"));
        assert_eq!(code(b"PK\x03\x04 not a zip"), Some("table.zip_broken"));
    }

    #[test]
    fn long_cells_and_rows_are_marked() {
        let limits = Limits { cell_bytes: 10, row_bytes: 15, ..Limits::default() };
        let options = ReadOptions { limits, ..ReadOptions::default() };
        let table = read_table("t", b"a,b\n12345678901,x\n1234567890,123456\nok,ok\n", &options).unwrap();
        let problems: Vec<_> = table.rows.iter().map(|r| r.problem.as_ref().map(|p| p.code)).collect();
        assert_eq!(problems, [Some("row.cell_limit"), Some("row.row_limit"), None]);
    }
}
