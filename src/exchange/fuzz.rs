//! One entry for fuzzing the table readers: whatever the bytes are, no panic, within limits, and what was read survives being written.

use super::limits::Limits;
use super::plan::plan_import;
use super::record_read::read_records;
use super::records::RECORD_COLUMNS;
use super::sheet::{Cell, Column, Sheet};
use super::standard::{Catalogue, ReadMatters, list_digest, matters_csv, read_matters};
use super::table::{ReadOptions, Table, read_table};
use crate::fault::Lang;

/// Reads `bytes` as a table and as records. `Err` tells of a promise broken: a row in no list or in two, a limit passed, or a table that reads
/// differently after being written as CSV.
pub fn fuzz_read(bytes: &[u8]) -> Result<(), String> {
    let limits =
        Limits { rows: 500, columns: 50, table_bytes: 1 << 20, inflated_bytes: 4 << 20, ..Limits::default() };
    let options = ReadOptions { limits, columns: RECORD_COLUMNS, ..ReadOptions::default() };
    if let Ok(read) = read_matters("fuzz", bytes, &options) {
        survives_template(read)?;
    }
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

/// A catalogue that was read has a digest, and its CSV gives its rows back.
fn survives_template(read: ReadMatters) -> Result<(), String> {
    let rows: Vec<_> = read.rows.into_iter().map(|(_, row)| row).collect();
    list_digest(&rows).map_err(|fault| fault.to_string())?;
    let catalogue = Catalogue { rows, beside: true, ..Catalogue::default() };
    let again = read_matters("again", &matters_csv(&catalogue), &ReadOptions::default());
    let back = again.map_err(|fault| fault.to_string())?;
    let same = back.rows.iter().map(|(_, row)| row).eq(&catalogue.rows);
    if same { Ok(()) } else { Err("a catalogue reads differently after being written".to_owned()) }
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

    proptest::proptest! {
        #[test]
        fn promises_hold_for_texts_that_look_like_a_standard_catalogue(
            cells in proptest::collection::vec("(|√|□|☑|甲|政府网站|☑其他：(a|、|√|\\(|：|甲){0,3}|社会救助领域|注释|20个工作日|全社会|主动公开|=1|'|□政府网站|√(甲|√|:){0,2})", 0..60),
        ) {
            let header = "一级事项,二级事项,公开内容,公开依据,公开时限,公开主体,公开渠道,全社会,特定群体,主动公开,依申请公开\n";
            let rows: Vec<String> = cells.chunks(7).map(|row| {
                let text = |at: usize| row.get(at).map_or("甲", String::as_str);
                format!("{},{},内容,依据,{},主体,{},{},{},{},{}\n", text(0), text(1), text(2), text(3), text(4), text(5), text(6), "")
            }).collect();
            fuzz_read((header.to_owned() + &rows.concat()).as_bytes()).map_err(proptest::test_runner::TestCaseError::fail)?;
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
