//! Sheets as text: terminal table, CSV, JSON.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::guard::guard;
use super::sheet::{Cell, Column, Kind, Sheet};
use super::text::printable;
use crate::fault::{Fault, Lang, Outcome};

/// A rule under the headings and nothing else: full-width text reads best without boxes.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::new(' ', '─', '─', ' '));

/// The sheet as lines for a terminal `width` half-width characters wide, or unwrapped when there is no width (output is piped).
///
/// Full-width characters count as two. Control and direction characters cannot act on the terminal. Columns marked quiet are left out.
pub fn terminal(sheet: &Sheet, lang: Lang, width: Option<u16>) -> String {
    let shown: Vec<usize> = (0..sheet.columns.len()).filter(|at| sheet.columns.get(*at).is_some_and(|c| !c.quiet)).collect();
    let columns: Vec<&Column> = shown.iter().filter_map(|at| sheet.columns.get(*at)).collect();
    let mut table = Table::new();
    table.force_no_tty().load_style(STYLE);
    table.set_header(columns.iter().map(|column| printable(column.heading(lang))));
    for row in &sheet.rows {
        table.add_row(shown.iter().map(|at| row.get(*at).map_or_else(String::new, |cell| printable(&cell.show(lang)))));
    }
    arrange(&mut table, &columns, width);
    let mut lines = vec![printable(&sheet.title)];
    lines.extend(sheet.notes.iter().map(|note| printable(note)));
    lines.retain(|line| !line.is_empty());
    lines.push(table.trim_fmt());
    lines.push(count_line(sheet.rows.len(), lang));
    lines.join("\n") + "\n"
}

fn arrange(table: &mut Table, columns: &[&Column], width: Option<u16>) {
    let Some(width) = width else {
        table.set_content_arrangement(ContentArrangement::Disabled);
        return;
    };
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    let widths = table.column_max_content_widths();
    let rigid = |column: &Column| matches!(column.kind, Kind::Date | Kind::Number | Kind::Tag | Kind::Code | Kind::Choice(_));
    let fixed: u16 = columns.iter().zip(&widths).filter(|(c, _)| rigid(c)).map(|(_, w)| w.saturating_add(2)).sum();
    for (at, column) in columns.iter().enumerate() {
        let Some(drawn) = table.column_mut(at) else { continue };
        if column.kind == Kind::Number {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
        // Dates and ids that wrap are unreadable; they only may when they would leave no room for the text.
        if rigid(column) && fixed <= width / 3 * 2 {
            drawn.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

fn count_line(rows: usize, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("共 {rows} 条"),
        Lang::En => format!("{rows} in all"),
    }
}

/// The sheet as CSV for spreadsheet programs: UTF-8 with byte order mark, comma, CRLF (RFC 4180), headings in `lang`, no titles or notes.
///
/// Texts that a spreadsheet would run as a formula are marked (see [`guard`]); [`super::read_table`] takes the mark off again.
///
/// # Errors
/// `table.write` when memory for it cannot be had.
pub fn csv(sheet: &Sheet, lang: Lang) -> Outcome<Vec<u8>> {
    let failed = |e: csv::Error| Fault::machine("table.write").with("found", "CSV").with("reason", e);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    writer.write_record(sheet.columns.iter().map(|column| guarded(column.heading(lang).to_owned()))).map_err(failed)?;
    for row in &sheet.rows {
        writer.write_record(row.iter().map(|cell| csv_cell(cell, lang))).map_err(failed)?;
    }
    writer.into_inner().map_err(|e| Fault::machine("table.write").with("found", "CSV").with("reason", e))
}

fn csv_cell(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        other => guarded(other.show(lang)),
    }
}

fn guarded(text: String) -> String {
    guard(&text).unwrap_or(text)
}

/// The sheet as a JSON array with one object a row, members named by column key in column order, indented, ending in a line break.
///
/// Words stand as their codes, dates as `YYYY-MM-DD`, empty cells as `null`.
pub fn json(sheet: &Sheet) -> String {
    let rows: Vec<RowObject> = sheet.rows.iter().map(|row| RowObject(&sheet.columns, row)).collect();
    // Strings and integers always have a JSON form.
    serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n"
}

struct RowObject<'a>(&'a [Column], &'a [Cell]);

impl Serialize for RowObject<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut object = out.serialize_map(Some(self.0.len()))?;
        for (at, column) in self.0.iter().enumerate() {
            object.serialize_entry(&column.key, self.1.get(at).unwrap_or(&Cell::Empty))?;
        }
        object.end()
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => out.serialize_none(),
            Self::Text(text) => out.serialize_str(text),
            Self::Number(number) => out.serialize_i64(*number),
            Self::Date(date) => out.collect_str(date),
            Self::Word(word) => out.serialize_str(&word.code),
            Self::Words(words) => out.collect_seq(words.iter().map(|word| &word.code)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::exchange::{ReadOptions, read_table, words::ATTRIBUTES};

    fn sheet(titles: &[&str]) -> Sheet {
        let columns = vec![
            Column::new("id", "编号", "Id", 20).kind(Kind::Code),
            Column::new("title", "标题", "Title", 50).kind(Kind::Long),
            Column::new("date", "成文日期", "Date", 12).kind(Kind::Date),
            Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag),
            Column::new("count", "数量", "Count", 6).kind(Kind::Number),
            Column::new("url", "链接", "Address", 30).kind(Kind::Link),
        ];
        let row = |(at, title): (usize, &&str)| {
            vec![
                Cell::from(format!("item/{at}")),
                Cell::from(*title),
                Cell::from(Date::new(2024, 1, 5).ok()),
                Cell::from(ATTRIBUTES.word("on_request").cloned()),
                Cell::Number(-1),
                Cell::Empty,
            ]
        };
        Sheet { name: "目录".into(), title: "公开目录".into(), rows: titles.iter().enumerate().map(row).collect(), columns, ..Sheet::default() }
    }

    #[test]
    fn mixed_width_text_stays_aligned_and_wraps() {
        let table = sheet(&["关于印发2024年ABC计划的通知（试行）第一部分及其附件", "短", "plain ASCII title", "１０８线\u{1b}[2J\u{202E}公路"]);
        insta::assert_snapshot!(terminal(&table, Lang::Zh, Some(76)));
        insta::assert_snapshot!(terminal(&table, Lang::En, None));
        insta::assert_snapshot!(terminal(&table, Lang::Zh, Some(30)));
    }

    #[test]
    fn csv_has_mark_crlf_and_guarded_cells() {
        let bytes = csv(&sheet(&["=HYPERLINK(\"x\")", "a,\"b\"\nc"]), Lang::Zh).unwrap();
        let expected = "\u{FEFF}编号,标题,成文日期,公开属性,数量,链接\r\n\
            item/0,\"'=HYPERLINK(\"\"x\"\")\",2024-01-05,依申请公开,-1,\r\n\
            item/1,\"a,\"\"b\"\"\nc\",2024-01-05,依申请公开,-1,\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn json_names_columns_by_key_and_words_by_code() {
        let text = json(&sheet(&["标题\"</script>"]));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!([{"id": "item/0", "title": "标题\"</script>", "date": "2024-01-05",
            "attribute": "on_request", "count": -1, "url": null}]);
        assert_eq!(value, expected);
        assert!(text.find("\"title\"").unwrap() < text.find("\"date\"").unwrap(), "members keep column order");
    }

    proptest::proptest! {
        #[test]
        fn csv_gives_back_what_went_in(cells in proptest::collection::vec("[a甲=+'@\",;\t\r\n −－ -]{0,8}", 1..12)) {
            let column = |at: usize| Column::new("c", &format!("列名{at}"), "", 9);
            let width = 3;
            let columns: Vec<Column> = (0..width).map(column).collect();
            let rows: Vec<Vec<Cell>> = cells.chunks(width).filter(|c| c.len() == width)
                .map(|chunk| chunk.iter().map(|text| Cell::from(text.as_str())).collect()).collect();
            let kept: Vec<Vec<String>> = rows.iter().map(|r| r.iter().map(|c| c.show(Lang::Zh)).collect::<Vec<_>>())
                .filter(|r| r.iter().any(|c| !c.is_empty())).collect();
            let bytes = csv(&Sheet { columns, rows, ..Sheet::default() }, Lang::Zh).unwrap();
            let table = read_table("t.csv", &bytes, &ReadOptions::default()).unwrap();
            let back: Vec<Vec<String>> = table.rows.iter().map(|r| r.cells.clone()).collect();
            proptest::prop_assert_eq!(back, kept);
            proptest::prop_assert!(table.rows.iter().all(|r| r.problem.is_none()));
        }
    }
}
