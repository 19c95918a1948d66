//! The standard catalogue as an Excel workbook: the very table of the annex, ready to print on landscape A4.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::row::MatterRow;
use super::template::{BESIDE, Catalogue, HEADS, Head, NOTES, beside, cells};
use crate::exchange::out_xlsx::{BookInfo, clipped, footer_text, half_widths, properties};
use crate::fault::{Fault, Outcome};

/// Writes the catalogue as one workbook. The same catalogue and info always give the same bytes.
///
/// Title, two heading rows repeated on every page, the rows with their ticks, the seven notes, the line of approval. Every text is
/// written as text.
///
/// # Errors
/// `table.write` when it is beyond what Excel takes.
pub fn matters_xlsx(catalogue: &Catalogue, info: &BookInfo) -> Outcome<Vec<u8>> {
    build(catalogue, info).map_err(|e| Fault::machine("table.write").with("found", "XLSX").with("reason", e))
}

const LAST: u16 = 11;
/// Tallest row Excel draws, in points.
const TALLEST: f64 = 409.0;
const FONT: f64 = 10.0;

fn build(catalogue: &Catalogue, info: &BookInfo) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(info)?);
    let tab = book.add_worksheet();
    tab.set_name("标准目录")?;
    let mut writer = Writer { tab, catalogue, styles: Styles::new(), row: 0 };
    writer.columns()?;
    writer.title()?;
    let head = writer.heads()?;
    writer.rows()?;
    writer.foot()?;
    writer.page(head, info)?;
    book.save_to_buffer()
}

struct Styles {
    title: Format,
    head: Format,
    text: Format,
    center: Format,
    note: Format,
    note_head: Format,
    beside_head: Format,
    beside: Format,
}

impl Styles {
    fn new() -> Self {
        let font = |name: &str, size: f64| {
            Format::new().set_font_name(name).set_font_size(size).set_align(FormatAlign::VerticalCenter)
        };
        let boxed =
            |format: Format| format.set_border(FormatBorder::Thin).set_text_wrap().set_num_format("@");
        let quiet = font("宋体", 9.0).set_font_color(0x5B_64_75).set_num_format("@");
        Self {
            title: font("黑体", 18.0).set_align(FormatAlign::Center).set_text_wrap(),
            head: boxed(font("黑体", FONT)).set_align(FormatAlign::Center),
            text: boxed(font("宋体", FONT)),
            center: boxed(font("宋体", FONT)).set_align(FormatAlign::Center),
            note: font("宋体", 9.0).set_text_wrap().set_num_format("@"),
            note_head: font("黑体", 9.0).set_num_format("@"),
            beside_head: quiet
                .clone()
                .set_bold()
                .set_background_color(0xEE_F1_F6)
                .set_align(FormatAlign::Center),
            beside: quiet,
        }
    }

    /// The style of a column of the table.
    fn of(&self, column: usize) -> &Format {
        if matches!(column, 3 | 4 | 7) { &self.text } else { &self.center }
    }
}

struct Writer<'a> {
    tab: &'a mut Worksheet,
    catalogue: &'a Catalogue,
    styles: Styles,
    row: u32,
}

impl Writer<'_> {
    fn columns(&mut self) -> Result<(), XlsxError> {
        for (at, head) in HEADS.iter().enumerate() {
            self.tab.set_column_width(column(at), head.width)?;
        }
        for (at, head) in BESIDE.iter().enumerate().filter(|_| self.catalogue.beside) {
            self.tab.set_column_width(column(HEADS.len() + 1 + at), head.width)?;
        }
        Ok(())
    }

    fn title(&mut self) -> Result<(), XlsxError> {
        if self.catalogue.title.is_empty() {
            return Ok(());
        }
        let title = clipped(&self.catalogue.title);
        self.tab.merge_range(self.row, 0, self.row, LAST, &title, &self.styles.title)?;
        self.tab.set_row_height(self.row, 36)?;
        self.row += 1;
        Ok(())
    }

    /// The two heading rows; gives the first of them.
    fn heads(&mut self) -> Result<u32, XlsxError> {
        let (top, low) = (self.row, self.row + 1);
        for (at, head) in HEADS.iter().enumerate() {
            let style = &self.styles.head;
            let wide = HEADS.get(at + 1).is_some_and(|next| next.upper.is_empty());
            if head.lower.is_empty() {
                self.tab.merge_range(top, column(at), low, column(at), head.upper, style)?;
            } else {
                if wide {
                    self.tab.merge_range(top, column(at), top, column(at + 1), head.upper, style)?;
                }
                self.tab.write_string_with_format(low, column(at), head.lower, style)?;
            }
        }
        for (at, head) in BESIDE.iter().enumerate().filter(|_| self.catalogue.beside) {
            let at = column(HEADS.len() + 1 + at);
            self.tab.merge_range(top, at, low, at, head.upper, &self.styles.beside_head)?;
        }
        self.tab.set_row_height(top, 20)?;
        self.tab.set_row_height(low, 30)?;
        self.row += 2;
        Ok(top)
    }

    fn rows(&mut self) -> Result<(), XlsxError> {
        let rows = &self.catalogue.rows;
        for (at, row) in rows.iter().enumerate() {
            let texts = cells(at + 1, row);
            for (column_at, text) in texts.iter().enumerate() {
                let style = self.styles.of(column_at);
                match (column_at, text.is_empty()) {
                    (0, _) => self.tab.write_number_with_format(
                        self.row,
                        0,
                        number(at + 1),
                        &number_style(style),
                    )?,
                    (_, true) => self.tab.write_blank(self.row, column(column_at), style)?,
                    _ => self.tab.write_string_with_format(
                        self.row,
                        column(column_at),
                        clipped(text),
                        style,
                    )?,
                };
            }
            self.beside(row)?;
            self.tab.set_row_height(self.row, height(&HEADS, &texts))?;
            self.row += 1;
        }
        if self.catalogue.merge { self.merge() } else { Ok(()) }
    }

    fn beside(&mut self, row: &MatterRow) -> Result<(), XlsxError> {
        for (at, text) in beside(row).iter().enumerate().filter(|_| self.catalogue.beside) {
            self.tab.write_string_with_format(
                self.row,
                column(HEADS.len() + 1 + at),
                text,
                &self.styles.beside,
            )?;
        }
        Ok(())
    }

    /// Makes consecutive equal 一级事项 one cell.
    fn merge(&mut self) -> Result<(), XlsxError> {
        let rows = &self.catalogue.rows;
        let start = self.row - u32::try_from(rows.len()).unwrap_or(0);
        let mut at = start;
        for group in rows.chunk_by(|a, b| a.first == b.first && a.field == b.field) {
            let end = at + u32::try_from(group.len()).unwrap_or(1);
            if let (Some(first), true) = (group.first(), group.len() > 1) {
                self.tab.merge_range(at, 1, end - 1, 1, &clipped(&first.first), &self.styles.center)?;
            }
            at = end;
        }
        Ok(())
    }

    fn foot(&mut self) -> Result<(), XlsxError> {
        self.tab.write_string_with_format(self.row, 0, "注释：", &self.styles.note_head)?;
        self.row += 1;
        let width = HEADS.iter().map(|head| head.width).sum::<f64>() * 1.1;
        let approved = self.catalogue.approval();
        for note in NOTES.iter().map(|note| (*note).to_owned()).chain(approved) {
            self.tab.merge_range(self.row, 0, self.row, LAST, &note, &self.styles.note)?;
            self.tab.set_row_height(self.row, 3.0 + 12.5 * lines(&note, width))?;
            self.row += 1;
        }
        Ok(())
    }

    fn page(&mut self, head: u32, info: &BookInfo) -> Result<(), XlsxError> {
        self.tab.set_freeze_panes(head + 2, 3)?;
        self.tab.set_repeat_rows(head, head + 1)?;
        self.tab.set_print_area(0, 0, self.row.saturating_sub(1), LAST)?;
        self.tab
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true);
        self.tab.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        if !info.banner.is_empty() {
            self.tab.set_header(format!("&C{}", footer_text(&info.banner)));
        }
        self.tab.set_footer(format!("&L{}&R&P / &N", footer_text(&info.office)));
        Ok(())
    }
}

fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

fn number(at: usize) -> f64 {
    u32::try_from(at).map_or(0.0, f64::from)
}

fn number_style(style: &Format) -> Format {
    style.clone().set_num_format("0")
}

/// Lines a text takes in a column that is `width` half-width characters wide.
fn lines(text: &str, width: f64) -> f64 {
    let line = |line: &str| (number(half_widths(line)) / (width - 1.0).max(1.0)).ceil().max(1.0);
    text.lines().map(line).sum::<f64>().max(1.0)
}

fn height(heads: &[Head], texts: &[String]) -> f64 {
    let most = heads.iter().zip(texts).map(|(head, text)| lines(text, head.width)).fold(1.0, f64::max);
    (6.0 + 13.5 * most).min(TALLEST)
}
