//! Reading XLSX through calamine, cell by cell, within limits.
//!
//! Cells are streamed instead of taken as a range: a range is dense, and two cells at opposite corners of a sheet would make it
//! as large as the sheet. Formulas give the value saved with them; links to other files, macros and pictures are never followed.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};

use super::limits::Limits;
use super::table::{ReadOptions, Row, check_size};
use super::zip_guard::check_zip;
use crate::fault::{Fault, Outcome};

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Largest serial number that is a date in Excel: 9999-12-31.
const LAST_SERIAL: f64 = 2_958_466.0;

/// Reads the sheet that `options` name, or the first visible one: its name and its rows, numbered as in Excel.
///
/// Hidden rows and columns are read like others; merged areas give their value to every row they span.
pub(super) fn read_xlsx(file: &str, bytes: &[u8], options: &ReadOptions) -> Outcome<(String, Vec<Row>)> {
    check_zip(file, bytes, &options.limits)?;
    // The workbook reader is not ours: should it panic on a crafted file, that is a broken file, not the end of the program.
    let read = catch_unwind(AssertUnwindSafe(|| read_sheet(file, bytes, options)));
    read.unwrap_or_else(|_| Err(Fault::usage("table.xlsx_broken").with("file", file).with("found", "panic")))
}

fn read_sheet(file: &str, bytes: &[u8], options: &ReadOptions) -> Outcome<(String, Vec<Row>)> {
    let broken = |e: XlsxError| Fault::usage("table.xlsx_broken").with("file", file).with("found", e);
    let mut book: Book = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheet = choose_sheet(file, &book, options.sheet)?;
    let merged = book.merge_cells_by_sheet_name(&sheet).unwrap_or_default();
    let mut rows = read_rows(file, &mut book, &sheet, &options.limits)?;
    spread_merged(file, &mut rows, &merged, &options.limits)?;
    rows.retain(|row| row.problem.is_some() || row.cells.iter().any(|cell| !cell.trim().is_empty()));
    Ok((sheet, rows))
}

fn choose_sheet(file: &str, book: &Book, wanted: Option<&str>) -> Outcome<String> {
    let sheets = book.sheets_metadata();
    let chosen = match wanted {
        Some(name) => sheets.iter().find(|s| s.name == name),
        None => sheets.iter().find(|s| s.visible == SheetVisible::Visible).or_else(|| sheets.first()),
    };
    chosen.map(|s| s.name.clone()).ok_or_else(|| {
        let all: Vec<&str> = sheets.iter().map(|s| s.name.as_str()).collect();
        Fault::usage("table.no_sheet")
            .with("file", file)
            .with("sheet", wanted.unwrap_or("1"))
            .with("found", all.join("、"))
    })
}

fn read_rows(file: &str, book: &mut Book, sheet: &str, limits: &Limits) -> Outcome<Vec<Row>> {
    let broken = |e: XlsxError| Fault::usage("table.xlsx_broken").with("file", file).with("found", e);
    let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut bytes = 0;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        let value = cell.get_value();
        if matches!(value, DataRef::Empty) {
            continue;
        }
        if column >= limits.columns {
            return Err(Fault::usage("table.columns_limit")
                .with("file", file)
                .with("line", line)
                .with("limit", limits.columns));
        }
        let text = cell_text(value);
        bytes += text.len();
        let row = row_at(file, &mut rows, line)?;
        if let DataRef::Error(e) = value {
            row.fail(Fault::usage("row.excel_error").with("column", column_letters(column)).with("found", e));
        }
        put(row, column, text);
        check_size(file, &rows, bytes, limits)?;
    }
    Ok(rows)
}

/// The row of that line, which must be the last one or a new one: rows of a sheet come in order.
fn row_at<'a>(file: &str, rows: &'a mut Vec<Row>, line: u64) -> Outcome<&'a mut Row> {
    let last = rows.last().map_or(0, |row| row.line);
    if line < last {
        return Err(Fault::usage("table.xlsx_broken")
            .with("file", file)
            .with("found", format!("row {line} after {last}")));
    }
    if line > last {
        rows.push(Row { line, ..Row::default() });
    }
    rows.last_mut().ok_or_else(|| Fault::usage("table.empty").with("file", file))
}

fn put(row: &mut Row, column: usize, text: String) {
    if row.cells.len() <= column {
        row.cells.resize(column + 1, String::new());
    }
    if let Some(cell) = row.cells.get_mut(column) {
        *cell = text;
    }
}

fn cell_text(value: &DataRef) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::Error(e) => e.to_string(),
    }
}

/// Whole numbers without `.0`; others in the shortest form that reads back the same.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.0}") } else { number.to_string() }
}

/// `2024-01-15`, with the time of day only when there is one.
fn moment_text(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    if moment.is_duration() || !(0.0..LAST_SERIAL).contains(&serial) {
        return number_text(serial);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

/// Gives the rows below the first one of a merged area the area's value, as a reader of the sheet takes them.
///
/// Only downwards: across, a merged area is one cell, most often a heading over several columns.
fn spread_merged(file: &str, rows: &mut [Row], merged: &[Dimensions], limits: &Limits) -> Outcome<()> {
    let mut budget = limits.table_bytes;
    for area in merged {
        let (top, bottom, column) =
            (u64::from(area.start.0) + 1, u64::from(area.end.0) + 1, area.start.1 as usize);
        let from = rows.partition_point(|row| row.line < top);
        let first = rows.get(from).filter(|row| row.line == top);
        let Some(value) = first.and_then(|row| row.cells.get(column)).filter(|v| !v.is_empty()).cloned()
        else {
            continue;
        };
        for row in rows.iter_mut().skip(from + 1).take_while(|row| row.line <= bottom) {
            budget = budget.checked_sub(value.len()).ok_or_else(|| {
                Fault::usage("table.size_limit").with("file", file).with("limit", limits.table_bytes)
            })?;
            put(row, column, value.clone());
        }
    }
    Ok(())
}

/// `A`, `Z`, `AA`, … as Excel names columns; `column` counts from 0.
pub(super) fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}
