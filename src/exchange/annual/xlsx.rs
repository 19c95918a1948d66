//! The report's tables as a workbook, merged as the official form has them.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::ReportInfo;
use super::doc::{Doc, fill_in, notes};
use super::grid::{Grid, Holds, Spot};
use super::labels::{Labels, labels};
use crate::exchange::out_xlsx::{BookInfo, footer_text, half_widths, properties};
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::annual::{Figures, TableId};

/// First row of the tables; above it stand title and office.
pub(super) const TOP: u32 = 2;

/// Writes the three tables as one workbook, each on a sheet of its own that prints on one A4 page; findings on a fourth.
/// The same report always gives the same bytes.
///
/// # Errors
/// `table.write` when the workbook cannot be written.
pub fn xlsx(figures: &Figures, info: &ReportInfo, lang: Lang) -> Outcome<Vec<u8>> {
    build(figures, info, lang)
        .map_err(|e| Fault::machine("table.write").with("found", "XLSX").with("reason", e))
}

fn build(figures: &Figures, info: &ReportInfo, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let (doc, t) = (Doc::new(figures, info, lang), labels(lang));
    let book_info = BookInfo {
        title: doc.title.clone(),
        office: info.office.clone(),
        banner: info.banner.clone(),
        created: info.created,
    };
    let mut book = Workbook::new();
    book.set_properties(&properties(&book_info)?);
    let by = fill_in(t.by, figures, info, lang);
    let parts = doc.parts.iter().filter_map(|part| part.grid.as_ref().map(|grid| (part, grid)));
    for (part, grid) in parts {
        let tab = book.add_worksheet();
        tab.set_name(tab_name(t, grid.table))?;
        let notes = notes(grid.table, figures, lang);
        Writer { tab, grid, figures, style: Style::new(), title: &part.title, by: &by, notes: &notes }
            .write()?;
        page(tab, &book_info)?;
        if grid.table == TableId::T4 {
            tab.set_landscape();
        }
    }
    findings(&mut book, &doc, t, &book_info)?;
    book.save_to_buffer()
}

fn tab_name(t: &Labels, id: TableId) -> &'static str {
    let [disclosed, requests, remedies] = t.tabs;
    match id {
        TableId::T2 => disclosed,
        TableId::T3 => requests,
        TableId::T4 => remedies,
    }
}

struct Style {
    title: Format,
    by: Format,
    section: Format,
    note: Format,
    head: Format,
    label: Format,
    side: Format,
    figure: Format,
}

impl Style {
    fn new() -> Self {
        let font = || {
            let font = Format::new().set_font_name("宋体").set_font_size(10.5);
            font.set_align(FormatAlign::VerticalCenter).set_text_wrap()
        };
        let boxed = || font().set_border(FormatBorder::Thin);
        let head = boxed().set_align(FormatAlign::Center);
        Self {
            title: font().set_font_size(15).set_bold().set_align(FormatAlign::Center),
            by: font().set_align(FormatAlign::Left),
            section: font().set_font_size(13).set_bold(),
            note: font().set_font_size(9).set_font_color(Color::RGB(0x55_55_55)).set_align(FormatAlign::Top),
            side: head.clone(),
            head: head.set_background_color(Color::RGB(0xF2_F2_F2)),
            label: boxed().set_align(FormatAlign::Left).set_indent(1),
            figure: boxed().set_align(FormatAlign::Center),
        }
    }
}

struct Writer<'a> {
    tab: &'a mut Worksheet,
    grid: &'a Grid,
    figures: &'a Figures,
    style: Style,
    title: &'a str,
    by: &'a str,
    notes: &'a [String],
}

impl Writer<'_> {
    fn write(mut self) -> Result<(), XlsxError> {
        for (at, width) in (0..).zip(self.widths()) {
            self.tab.set_column_width(at, width)?;
        }
        let last = index(self.grid.widths.len().saturating_sub(1));
        self.tab.merge_range(0, 0, 0, last, self.title, &self.style.title)?;
        self.tab.set_row_height(0, 30)?;
        self.tab.merge_range(1, 0, 1, last, self.by, &self.style.by)?;
        self.tab.set_row_height(1, 20)?;
        for row in 0..self.grid.height {
            self.tab.set_row_height(TOP + line(row), self.height(row))?;
        }
        let grid = self.grid;
        for spot in &grid.spots {
            self.spot(spot)?;
        }
        self.notes(last)
    }

    /// Widths in characters: the form's shares, with room enough for the figures.
    fn widths(&self) -> Vec<f64> {
        let whole = match self.grid.table {
            TableId::T2 => 92.0,
            TableId::T3 => 112.0,
            TableId::T4 => 135.0,
        };
        self.grid.widths.iter().map(|share| f64::from(*share) * whole / 1000.0).collect()
    }

    /// Height of a row: its longest text that is not spread over several rows.
    fn height(&self, row: usize) -> f64 {
        let widths = self.widths();
        let lines = |spot: &Spot| {
            let room: f64 = widths.iter().skip(spot.column).take(spot.across).sum();
            half_widths(&spot.text).div_ceil((room - 1.5).max(2.0) as usize).max(1)
        };
        let most = self.grid.row(row).filter(|spot| spot.down == 1).map(lines).max().unwrap_or(1);
        7.0 + 14.5 * f64::from(u32::try_from(most).unwrap_or(1))
    }

    fn spot(&mut self, spot: &Spot) -> Result<(), XlsxError> {
        let (row, column) = (TOP + line(spot.row), index(spot.column));
        let format = match spot.holds {
            Holds::Title | Holds::Head => self.style.head.clone(),
            Holds::Label => self.style.label.clone(),
            Holds::Side if spot.text.is_ascii() => self.style.side.clone().set_rotation(90),
            Holds::Side => self.style.side.clone(),
            Holds::Figure(_) => self.style.figure.clone().set_num_format(number_format(&spot.text)),
        };
        let bottom = TOP + line(spot.row + spot.down - 1);
        let right = index(spot.column + spot.across - 1);
        if spot.down > 1 || spot.across > 1 {
            self.tab.merge_range(row, column, bottom, right, "", &format)?;
        }
        match (spot.holds, spot.text.parse::<f64>()) {
            (Holds::Figure(cell), Ok(number)) if exact(self.figures, cell) => {
                self.tab.write_number_with_format(row, column, number, &format)?
            }
            _ if spot.text.is_empty() => self.tab.write_blank(row, column, &format)?,
            _ => self.tab.write_string_with_format(row, column, &spot.text, &format)?,
        };
        Ok(())
    }

    fn notes(&mut self, last: u16) -> Result<(), XlsxError> {
        let room = self.widths().iter().sum::<f64>() as usize;
        for (at, note) in self.notes.iter().enumerate() {
            let row = TOP + line(self.grid.height + at);
            if last > 0 {
                self.tab.merge_range(row, 0, row, last, note, &self.style.note)?;
            }
            let lines = half_widths(note).div_ceil(room.max(1)).max(1);
            self.tab.set_row_height(row, 4.0 + 12.5 * f64::from(u32::try_from(lines).unwrap_or(1)))?;
        }
        Ok(())
    }
}

/// Whether the spreadsheet's numbers hold the figure as it is.
fn exact(figures: &Figures, cell: crate::rules::annual::CellId) -> bool {
    figures.value(cell).is_some_and(|value| value.unsigned_abs() < 1 << 50)
}

/// As many decimal places as the shown figure has.
fn number_format(shown: &str) -> String {
    let places = shown.split_once('.').map_or(0, |(_, rest)| rest.len());
    if places == 0 { "0".to_owned() } else { format!("0.{}", "0".repeat(places)) }
}

fn page(tab: &mut Worksheet, info: &BookInfo) -> Result<(), XlsxError> {
    tab.set_paper_size(9).set_margins(0.5, 0.5, 0.7, 0.7, 0.3, 0.3).set_print_fit_to_pages(1, 1);
    tab.set_print_center_horizontally(true).set_screen_gridlines(false);
    if !info.banner.is_empty() {
        tab.set_header(format!("&C&B{}", footer_text(&info.banner)));
    }
    tab.set_footer(format!("&L{}&R&P / &N", footer_text(&info.office)));
    Ok(())
}

fn findings(book: &mut Workbook, doc: &Doc, t: &Labels, info: &BookInfo) -> Result<(), XlsxError> {
    if doc.findings.is_empty() {
        return Ok(());
    }
    let style = Style::new();
    let tab = book.add_worksheet();
    tab.set_name(t.check_tab)?.set_column_width(0, 72)?;
    tab.write_string_with_format(0, 0, t.findings, &style.section)?;
    for (row, found) in (1..).zip(&doc.findings) {
        tab.write_string_with_format(row, 0, found, &style.label)?;
        let lines = u32::try_from(half_widths(found).div_ceil(68).max(1)).unwrap_or(1);
        tab.set_row_height(row, 6.0 + 14.5 * f64::from(lines))?;
    }
    page(tab, info)?;
    tab.set_print_center_horizontally(false);
    Ok(())
}

fn line(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn index(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}
