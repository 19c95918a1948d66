//! One entry for fuzzing the table readers: whatever the bytes are, no panic, within limits, and what was read survives being written.

use super::limits::Limits;
use super::plan::plan_import;
use super::record_read::read_records;
use super::records::RECORD_COLUMNS;
use super::sheet::{Cell, Column, Sheet};
use super::table::{ReadOptions, Table, read_table};
use crate::fault::Lang;

/// Reads `bytes` as a table and as records. `Err` tells of a promise broken: a row in no list or in two, a limit passed, or a table that reads
/// differently after being written as CSV.
pub fn fuzz_read(bytes: &[u8]) -> Result<(), String> {
    let limits =
        Limits { rows: 500, columns: 50, table_bytes: 1 << 20, inflated_bytes: 4 << 20, ..Limits::default() };
    let options = ReadOptions { limits, columns: RECORD_COLUMNS, ..ReadOptions::default() };
    let Ok(table) = read_table("fuzz", bytes, &options) else {
        return Ok(());
    };
    if table.rows.len() > limits.rows + 1 || table.header.len() > limits.columns {
        return Err("a limit was passed".to_owned());
    }
    if let Ok(rows) = read_records(&table) {
        let plan = plan_import(rows, &|_| None);
        let placed =
            plan.new.len() + plan.same.len() + plan.changed.len() + plan.repeated.len() + plan.rejected.len();
        if placed != table.rows.len() {
            return Err(format!("{placed} rows placed of {}", table.rows.len()));
        }
    }
    survives_csv(&table)
}

fn survives_csv(table: &Table) -> Result<(), String> {
    let sound: Vec<&Vec<String>> = table
        .rows
        .iter()
        .filter(|row| row.problem.is_none() && row.cells.iter().any(|c| !c.trim().is_empty()))
        .map(|row| &row.cells)
        .collect();
    let columns: Vec<Column> = table.header.iter().map(|name| Column::new("c", name, name, 9)).collect();
    let rows =
        sound.iter().map(|cells| cells.iter().map(|cell| Cell::from(cell.as_str())).collect()).collect();
    let written = super::csv(&Sheet { columns, rows, ..Sheet::default() }, Lang::Zh);
    // The header is found by position here, so that a row that looks like a header cannot take its place.
    let again = read_table("again", &written, &ReadOptions::default()).map_err(|fault| fault.to_string())?;
    let back: Vec<&Vec<String>> = again.rows.iter().map(|row| &row.cells).collect();
    if back == sound { Ok(()) } else { Err("a table reads differently after being written".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn promises_hold_for_texts_that_look_like_tables(text in "(标题|文号|成文日期|[a=+'\",\n\r\t ,,,\n0甲\0�])*") {
            fuzz_read(text.as_bytes()).map_err(proptest::test_runner::TestCaseError::fail)?;
        }

        #[test]
        fn promises_hold_for_any_bytes(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            fuzz_read(&bytes).map_err(proptest::test_runner::TestCaseError::fail)?;
        }
    }

    #[test]
    fn a_tab_in_a_table_of_one_column_is_no_delimiter() {
        fuzz_read("标题\r标题,标题标题\n\t标题标题".as_bytes()).unwrap();
    }

    /// Every third byte of a real workbook changed, one at a time: a fault or a table, never a panic.
    #[test]
    fn a_damaged_workbook_is_a_fault_or_a_table() {
        let columns = vec![Column::new("title", "标题", "Title", 9), Column::new("n", "文号", "Number", 9)];
        let rows = vec![vec![Cell::from("甲"), Cell::Number(1)], vec![Cell::from("乙"), Cell::Empty]];
        let sheet = Sheet { columns, rows, ..Sheet::default() };
        let good = super::super::xlsx(&[sheet], Lang::Zh, &super::super::BookInfo::default()).unwrap();
        for at in (0..good.len()).step_by(3) {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            fuzz_read(&bytes).unwrap();
        }
    }
}
