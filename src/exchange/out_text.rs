//! Sheets as text: terminal table, CSV, JSON.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::guard::guard;
use super::sheet::{Cell, Column, Kind, Sheet};
use super::text::printable;
use crate::fault::Lang;

/// A rule under the headings and nothing else: full-width text reads best without boxes.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// The sheet as lines for a terminal `width` half-width characters wide, or unwrapped when there is no width (output is piped).
///
/// Full-width characters count as two. Control and direction characters cannot act on the terminal. Columns marked quiet are left out.
/// Where a table does not fit, every row becomes a short list of `heading: cell` lines.
pub fn terminal(sheet: &Sheet, lang: Lang, width: Option<u16>) -> String {
    let shown: Vec<(usize, &Column)> =
        sheet.columns.iter().enumerate().filter(|(_, column)| !column.quiet).collect();
    let mut lines = vec![printable(&sheet.title)];
    lines.extend(sheet.notes.iter().map(|note| printable(note)));
    lines.retain(|line| !line.is_empty());
    let mut table = draw(sheet, &shown, lang);
    let columns: Vec<&Column> = shown.iter().map(|(_, column)| *column).collect();
    if arrange(&mut table, &columns, width) {
        lines.push(table.trim_fmt());
    } else {
        lines.extend(sheet.rows.iter().map(|row| card(row, &shown, lang)));
    }
    lines.push(count_line(sheet.rows.len(), lang));
    lines.join("\n") + "\n"
}

fn draw(sheet: &Sheet, shown: &[(usize, &Column)], lang: Lang) -> Table {
    let mut table = Table::new();
    table.force_no_tty().load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(shown.iter().map(|(_, column)| printable(column.heading(lang))));
    for row in &sheet.rows {
        table.add_row(
            shown
                .iter()
                .map(|(at, _)| row.get(*at).map_or_else(String::new, |cell| printable(&cell.show(lang)))),
        );
    }
    for (drawn, (_, column)) in table.column_iter_mut().zip(shown) {
        if column.kind == Kind::Number {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Gives every column its width; says no when the text columns would get too little.
fn arrange(table: &mut Table, columns: &[&Column], width: Option<u16>) -> bool {
    let Some(width) = width else {
        return true;
    };
    let wanted = table.column_max_content_widths();
    let Some(widths) = share(columns, &wanted, width) else {
        return false;
    };
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    for (drawn, width) in table.column_iter_mut().zip(widths) {
        drawn.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width.saturating_add(PADDING))));
    }
    true
}

/// Blank columns left and right of every cell.
const PADDING: u16 = 2;
/// Least a text column may get.
const LEAST: u16 = 8;

/// Widths without padding: dates, ids and labels get all they want, since wrapped they are unreadable; texts share the rest by the widths
/// that the sheet gives them, none more than it needs. Nothing when a text would get less than it can be read in.
fn share(columns: &[&Column], wanted: &[u16], width: u16) -> Option<Vec<u16>> {
    let rigid = |column: &Column| {
        matches!(column.kind, Kind::Date | Kind::Number | Kind::Tag | Kind::Code | Kind::Choice(_))
    };
    let mut widths: Vec<Option<u16>> =
        columns.iter().zip(wanted).map(|(c, w)| rigid(c).then_some(*w)).collect();
    let count = u16::try_from(columns.len()).ok()?;
    let mut room = width.checked_sub(count.checked_mul(PADDING + 1)?.saturating_sub(1))?;
    room = widths.iter().flatten().try_fold(room, |room, w| room.checked_sub(*w))?;
    loop {
        let open: Vec<usize> = (0..widths.len()).filter(|at| widths.get(*at) == Some(&None)).collect();
        let weight = |at: usize| columns.get(at).map_or(1, |c| u32::from(c.width.max(1)));
        let all: u32 = open.iter().map(|at| weight(*at)).sum();
        let part = |at: usize| u16::try_from(u32::from(room) * weight(at) / all.max(1)).unwrap_or(u16::MAX);
        let modest = open.iter().copied().find(|at| wanted.get(*at).is_some_and(|w| *w <= part(*at)));
        let Some(at) = modest else {
            let given: Vec<u16> = (0..widths.len())
                .map(|at| widths.get(at).copied().flatten().unwrap_or_else(|| part(at)))
                .collect();
            let readable = open.iter().all(|at| given.get(*at).is_some_and(|w| *w >= LEAST));
            return readable.then_some(given);
        };
        let takes = wanted.get(at).copied().unwrap_or(0);
        room = room.saturating_sub(takes);
        if let Some(width) = widths.get_mut(at) {
            *width = Some(takes);
        }
    }
}

fn card(row: &[Cell], shown: &[(usize, &Column)], lang: Lang) -> String {
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    let line = |(at, column): &(usize, &Column)| {
        let text = row.get(*at).map(|cell| printable(&cell.show(lang))).filter(|text| !text.is_empty())?;
        Some(format!("  {}{colon}{text}\n", printable(column.heading(lang))))
    };
    let lines: String = shown.iter().filter_map(line).collect();
    format!("-{}", lines.get(1..).unwrap_or_default())
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
pub fn csv(sheet: &Sheet, lang: Lang) -> Vec<u8> {
    let mut text = String::from("\u{FEFF}");
    csv_line(&mut text, sheet.columns.iter().map(|column| guarded(column.heading(lang).to_owned())));
    for row in &sheet.rows {
        csv_line(&mut text, row.iter().map(|cell| csv_cell(cell, lang)));
    }
    text.into_bytes()
}

pub(super) fn csv_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        // Tabs too: a reader that looks for the delimiter must not take them for it.
        if cell.contains(['"', ',', '\r', '\n', '\t']) || cell.trim() != cell {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

fn csv_cell(cell: &Cell, lang: Lang) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        other => guarded(other.show(lang)),
    }
}

pub(super) fn guarded(text: String) -> String {
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
        Sheet {
            name: "目录".into(),
            title: "公开目录".into(),
            rows: titles.iter().enumerate().map(row).collect(),
            columns,
            ..Sheet::default()
        }
    }

    #[test]
    fn mixed_width_text_stays_aligned_and_wraps() {
        let table = sheet(&[
            "关于印发2024年ABC计划的通知（试行）第一部分及其附件",
            "短",
            "plain ASCII title",
            "１０８线\u{1b}[2J\u{202E}公路",
        ]);
        insta::assert_snapshot!(terminal(&table, Lang::Zh, Some(76)));
        insta::assert_snapshot!(terminal(&table, Lang::En, None));
        insta::assert_snapshot!(terminal(&table, Lang::Zh, Some(30)));
    }

    #[test]
    fn csv_has_mark_crlf_and_guarded_cells() {
        let bytes = csv(&sheet(&["=HYPERLINK(\"x\")", "a,\"b\"\nc"]), Lang::Zh);
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
        assert!(
            text.find("\"title\"").unwrap() < text.find("\"date\"").unwrap(),
            "members keep column order"
        );
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
                .filter(|r| r.iter().any(|c| !c.trim().is_empty())).collect();
            let bytes = csv(&Sheet { columns, rows, ..Sheet::default() }, Lang::Zh);
            let table = read_table("t.csv", &bytes, &ReadOptions::default()).unwrap();
            let back: Vec<Vec<String>> = table.rows.iter().map(|r| r.cells.clone()).collect();
            proptest::prop_assert_eq!(back, kept);
            proptest::prop_assert!(table.rows.iter().all(|r| r.problem.is_none()));
        }
    }
}
