//! Reading CSV (RFC 4180 and what Excel makes of it) with true line numbers.
//!
//! Its own reader, because a quote that is never closed must be named with the line it opens on instead of swallowing the rest
//! of the file, and because a row is numbered by the line it begins on, line breaks inside quotes included.

use super::guard::unguard;
use super::limits::Limits;
use super::table::Row;
use crate::fault::{Fault, Outcome};

/// Reads all rows of a decoded file. The delimiter is a comma, or a tab when the first lines hold more tabs than commas.
///
/// Blank lines and lines of empty cells are left out. Cells that a spreadsheet guard marked are given back as they were.
pub(super) fn read_csv(file: &str, text: &str, limits: &Limits) -> Outcome<Vec<Row>> {
    let mut reader = CsvReader { file, text, at: 0, line: 1, delimiter: delimiter(text), limits };
    let mut rows = Vec::new();
    let mut bytes = 0;
    while let Some(row) = reader.row()? {
        if row.cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        bytes += row.bytes();
        rows.push(row);
        super::table::check_size(file, &rows, bytes, limits)?;
    }
    Ok(rows)
}

fn delimiter(text: &str) -> u8 {
    let (mut commas, mut tabs, mut quoted) = (0usize, 0usize, false);
    for byte in text.bytes().take(16 << 10) {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b'\t' if !quoted => tabs += 1,
            _ => {}
        }
    }
    if tabs > commas { b'\t' } else { b',' }
}

struct CsvReader<'a> {
    file: &'a str,
    text: &'a str,
    at: usize,
    line: u64,
    delimiter: u8,
    limits: &'a Limits,
}

impl<'a> CsvReader<'a> {
    fn row(&mut self) -> Outcome<Option<Row>> {
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let mut row = Row { line: self.line, ..Row::default() };
        loop {
            let cell = self.cell(&mut row)?;
            row.cells.push(match unguard(&cell) {
                Some(plain) => plain.to_owned(),
                None => cell,
            });
            if row.cells.len() > self.limits.columns {
                let fault =
                    Fault::usage("table.columns_limit").with("file", self.file).with("line", row.line);
                return Err(fault.with("limit", self.limits.columns));
            }
            if !self.skip(self.delimiter) {
                break;
            }
        }
        self.end_line();
        Ok(Some(row))
    }

    fn cell(&mut self, row: &mut Row) -> Outcome<String> {
        let mut cell = String::new();
        if self.skip(b'"') {
            self.quoted(&mut cell)?;
            let tail = self.plain();
            if !tail.is_empty() {
                row.fail(Fault::usage("row.quote").with("column", row.cells.len() + 1));
                cell.push_str(tail);
            }
        } else {
            cell.push_str(self.plain());
        }
        Ok(cell)
    }

    /// From behind an opening quote to behind the closing one.
    fn quoted(&mut self, cell: &mut String) -> Outcome<()> {
        let opened = self.line;
        loop {
            let rest = self.rest();
            let Some((inside, _)) = rest.split_once('"') else {
                return Err(Fault::usage("table.quote_open").with("file", self.file).with("line", opened));
            };
            cell.push_str(inside);
            self.line += line_breaks(inside);
            self.at += inside.len() + 1;
            if !self.skip(b'"') {
                return Ok(());
            }
            cell.push('"');
        }
    }

    /// Up to the next delimiter or line end.
    fn plain(&mut self) -> &'a str {
        let rest = self.rest();
        let end =
            rest.bytes().position(|b| b == self.delimiter || b == b'\n' || b == b'\r').unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn end_line(&mut self) {
        let returned = self.skip(b'\r');
        let fed = self.skip(b'\n');
        self.line += u64::from(returned || fed);
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Line breaks as editors count them: `\n`, `\r\n` or a lone `\r`.
fn line_breaks(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let lone = |i: usize| bytes.get(i + 1) != Some(&b'\n');
    bytes.iter().enumerate().filter(|(i, b)| **b == b'\n' || (**b == b'\r' && lone(*i))).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(u64, Vec<String>)> {
        let rows = read_csv("f.csv", text, &Limits::default()).unwrap();
        rows.into_iter().map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|c| (*c).to_owned()).collect())
    }

    #[test]
    fn line_numbers_stay_true_across_quoted_breaks_and_every_line_end() {
        let text = "a,b\r\n\"x\r\ny\",\"q\"\"q\"\n\n,\nc,d\re,f";
        let expected =
            [row(1, &["a", "b"]), row(2, &["x\r\ny", "q\"q"]), row(6, &["c", "d"]), row(7, &["e", "f"])];
        assert_eq!(cells(text), expected);
    }

    #[test]
    fn tabs_are_sniffed_and_commas_inside_quotes_do_not_count() {
        assert_eq!(cells("a\tb\n\"x,,,,y\"\tz"), [row(1, &["a", "b"]), row(2, &["x,,,,y", "z"])]);
    }

    #[test]
    fn an_unclosed_quote_names_the_line_it_opens_on() {
        let fault = read_csv("f.csv", "a,b\nc,\"d\ne,f\n", &Limits::default()).unwrap_err();
        assert_eq!((fault.code, fault.args["line"].as_str()), ("table.quote_open", "2"));
    }

    #[test]
    fn text_behind_a_closing_quote_spoils_its_row_only() {
        let rows = read_csv("f.csv", "a,b\n\"x\"y,z\nc,d\n", &Limits::default()).unwrap();
        let problems: Vec<_> = rows.iter().map(|r| r.problem.as_ref().map(|p| p.code)).collect();
        assert_eq!(problems, [None, Some("row.quote"), None]);
    }

    #[test]
    fn limits_on_rows_columns_and_size_are_faults() {
        let small = Limits { rows: 2, columns: 3, table_bytes: 10, ..Limits::default() };
        let code = |text| read_csv("f", text, &small).map_err(|f| f.code).err();
        assert_eq!(code("1\n2\n3"), None, "the header is not counted");
        assert_eq!(code("1\n2\n3\n4"), Some("table.rows_limit"));
        assert_eq!(code("1,2,3,4"), Some("table.columns_limit"));
        assert_eq!(code("123456,78901"), Some("table.size_limit"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a\"\n\r,\t'=啊]*") {
            let _ = read_csv("f", &text, &Limits::default());
        }
    }
}
