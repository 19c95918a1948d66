//! Tables for the two targets that read them.

use std::io::Write;

use zhaoce::exchange::fuzz::fuzz_read;
use zhaoce::exchange::worklist::{read_decisions, read_reassessments};
use zhaoce::exchange::{Limits, RECORD_COLUMNS, ReadOptions, WorkWords, read_table};

/// Reads `bytes` as every kind of table there is.
pub fn read(bytes: &[u8]) {
    fuzz_read(bytes).expect("a promise of the tables");
    let limits =
        Limits { rows: 500, columns: 50, table_bytes: 1 << 20, inflated_bytes: 4 << 20, ..Limits::default() };
    let options = ReadOptions { limits, sheet: None, columns: RECORD_COLUMNS };
    let Ok(table) = read_table("fuzz", bytes, &options) else { return };
    let _ = read_decisions(&table, &WorkWords::default());
    let _ = read_reassessments(&table, &WorkWords::default());
}

/// The parts of a small workbook: the sheet, the workbook, the shared strings, and what does not change.
pub const PARTS: [(&str, &str); 6] = [
    (
        "xl/worksheets/sheet1.xml",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>文号</t></is></c></row><row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2"><f>1+1</f><v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A3:B4"/></mergeCells></worksheet>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="0"/><sheets><sheet name="记录" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/sharedStrings.xml",
        r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="2"><si><t>标题</t></si><si><r><t>关于某事的通知</t></r></si></sst>"#,
    ),
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    ),
];

/// The small workbook with one of its parts replaced.
pub fn workbook(part: usize, content: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (nth, (path, sound)) in PARTS.iter().enumerate() {
        zip.start_file(*path, stored).expect("memory");
        zip.write_all(if nth == part { content } else { sound.as_bytes() }).expect("memory");
    }
    zip.finish().expect("memory").into_inner()
}
