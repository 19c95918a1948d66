//! Sheets as an Excel workbook: to be read, printed, filled in and brought back.

use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Url, Workbook, Worksheet, XlsxError,
};

use super::sheet::{Cell, Column, Kind, Sheet};
use super::xlsx_in::column_letters;
use crate::fault::{Fault, Lang, Outcome};

/// What a workbook says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookInfo {
    /// Title in the file's properties.
    pub title: String,
    /// Office in the file's properties and at the foot of every page.
    pub office: String,
    /// Line at the head of every printed page, for example 演示数据; empty for none.
    pub banner: String,
    /// Date of creation in the file's properties, UTC; given, so that the same content makes the same bytes.
    pub created: DateTime,
}

/// Name of the sheet that long drop-down lists are kept on.
const LISTS: &str = "选项";
/// Longest text a cell can hold, in UTF-16 units.
const CELL_UNITS: usize = 32_767;
/// Longest list that fits a validation rule itself, in UTF-16 units with separators.
const LIST_UNITS: usize = 255;
/// Longest address Excel follows.
const URL_UNITS: usize = 2_079;
/// Links Excel takes on one sheet.
const URLS: usize = 65_530;

const INK: u32 = 0x1F_2A_44;
const HEAD: u32 = 0x24_3B_6B;
const LINE: u32 = 0xC9_CE_D6;
const FILL: u32 = 0xFF_F7_D6;
const FILL_HEAD: u32 = 0x9A_6B_00;
const BAND: u32 = 0xF6_F7_F9;

/// Writes the sheets as one workbook. The same sheets and info always give the same bytes.
///
/// Each sheet: title, notes, a frozen and filterable header, wrapped text, drop-down lists for choices (an invalid entry only warns, so
/// that a list of this office never blocks another), printed on landscape A4 with the header on every page and page numbers.
/// Every text is written as text, so nothing in a cell is ever run as a formula.
///
/// # Errors
/// `table.write` when a sheet is beyond what Excel takes (1,048,576 rows, 16,384 columns).
pub fn xlsx(sheets: &[Sheet], lang: Lang, info: &BookInfo) -> Outcome<Vec<u8>> {
    build(sheets, lang, info)
        .map_err(|e| Fault::machine("table.write").with("found", "XLSX").with("reason", e))
}

fn build(sheets: &[Sheet], lang: Lang, info: &BookInfo) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&properties(info)?);
    let styles = Styles::new();
    let mut lists = Lists::default();
    for sheet in sheets {
        let tab = book.add_worksheet();
        tab.set_name(tab_name(&sheet.name))?;
        SheetWriter { tab, sheet, lang, styles: &styles, lists: &mut lists, urls: 0 }.write(info)?;
    }
    lists.write(&mut book)?;
    book.save_to_buffer()
}

pub(super) fn properties(info: &BookInfo) -> Result<DocProperties, XlsxError> {
    let at = info.created;
    let (year, month, day) = parts(at.date());
    let hour = u16::try_from(at.hour()).unwrap_or(0);
    let created = ExcelDateTime::from_ymd(year, month, day)?.and_hms(
        hour,
        u8::try_from(at.minute()).unwrap_or(0),
        u8::try_from(at.second()).unwrap_or(0),
    )?;
    Ok(DocProperties::new()
        .set_title(&info.title)
        .set_author(&info.office)
        .set_company(&info.office)
        .set_creation_datetime(&created))
}

/// Excel's days begin in 1900; a default or older date becomes the first.
fn parts(date: Date) -> (u16, u8, u8) {
    let date = date.max(Date::constant(1900, 1, 1));
    (
        u16::try_from(date.year()).unwrap_or(1900),
        u8::try_from(date.month()).unwrap_or(1),
        u8::try_from(date.day()).unwrap_or(1),
    )
}

/// Excel takes 31 characters and none of `[]:*?/\`.
fn tab_name(name: &str) -> String {
    let kept: String =
        name.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c)).take(31).collect();
    if kept.is_empty() { "表".to_owned() } else { kept }
}

struct Styles {
    title: Format,
    note: Format,
    head: Format,
    head_fill: Format,
    body: Format,
}

impl Styles {
    fn new() -> Self {
        let font = || {
            Format::new().set_font_name("微软雅黑").set_font_size(10).set_align(FormatAlign::VerticalCenter)
        };
        let head =
            font().set_bold().set_text_wrap().set_align(FormatAlign::Center).set_font_color(Color::White);
        let head = head.set_border(FormatBorder::Thin).set_border_color(Color::RGB(LINE));
        let body =
            font().set_font_color(Color::RGB(INK)).set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        Self {
            title: font().set_bold().set_font_size(16).set_font_color(Color::RGB(HEAD)),
            note: font().set_font_color(Color::RGB(0x5B_64_75)),
            head: head.clone().set_background_color(Color::RGB(HEAD)),
            head_fill: head.set_background_color(Color::RGB(FILL_HEAD)),
            body: body.set_border_color(Color::RGB(LINE)),
        }
    }

    fn cell(&self, column: &Column, banded: bool) -> Format {
        let format = self.body.clone();
        let format = match column.kind {
            Kind::Date => format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            Kind::Number => format.set_num_format("#,##0").set_align(FormatAlign::Right),
            Kind::Tag => format.set_align(FormatAlign::Center).set_text_wrap(),
            Kind::Code => format.set_font_name("Consolas").set_font_size(9).set_num_format("@"),
            Kind::Link => format.set_num_format("@"),
            Kind::Text | Kind::Long | Kind::Choice(_) | Kind::Choices(_) => {
                format.set_text_wrap().set_num_format("@")
            }
        };
        match (column.fill, banded) {
            (true, _) => format.set_background_color(Color::RGB(FILL)),
            (false, true) => format.set_background_color(Color::RGB(BAND)),
            (false, false) => format,
        }
    }
}

struct SheetWriter<'a> {
    tab: &'a mut Worksheet,
    sheet: &'a Sheet,
    lang: Lang,
    styles: &'a Styles,
    lists: &'a mut Lists,
    urls: usize,
}

impl SheetWriter<'_> {
    fn write(mut self, info: &BookInfo) -> Result<(), XlsxError> {
        let head = self.titles()?;
        self.header(head)?;
        let sheet = self.sheet;
        for (at, row) in sheet.rows.iter().enumerate() {
            let line = head.saturating_add(1).saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            self.row(line, at % 2 == 1, row)?;
        }
        let last = head.saturating_add(u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX));
        if !sheet.columns.is_empty() {
            let last_column = u16::try_from(sheet.columns.len() - 1).unwrap_or(u16::MAX);
            self.tab.autofilter(head, 0, last.max(head + 1), last_column)?;
            self.tab.set_print_area(0, 0, last, self.last_printed())?;
        }
        self.choices(head + 1, last)?;
        self.page(head, info)
    }

    /// Quiet columns at the right end (addresses, ids) are for the screen; on paper they would only make the rest small.
    fn last_printed(&self) -> u16 {
        let last = self.sheet.columns.iter().rposition(|column| !column.quiet).unwrap_or(0);
        u16::try_from(last).unwrap_or(u16::MAX)
    }

    /// How many columns stay in view: in a list to fill in, those up to the title.
    fn frozen_columns(&self) -> u16 {
        let filled = self.sheet.columns.iter().any(|column| column.fill);
        let title =
            self.sheet.columns.iter().position(|column| column.key == "title").filter(|at| filled && *at < 3);
        title.and_then(|at| u16::try_from(at + 1).ok()).unwrap_or(0)
    }

    /// Title and notes; gives the row of the header.
    fn titles(&mut self) -> Result<u32, XlsxError> {
        let sheet = self.sheet;
        let mut row = 0;
        if !sheet.title.is_empty() {
            self.tab.write_string_with_format(row, 0, clipped(&sheet.title), &self.styles.title)?;
            self.tab.set_row_height(row, 28)?;
            row += 1;
        }
        for note in &sheet.notes {
            self.tab.write_string_with_format(row, 0, clipped(note), &self.styles.note)?;
            row += 1;
        }
        Ok(row)
    }

    fn header(&mut self, row: u32) -> Result<(), XlsxError> {
        let sheet = self.sheet;
        self.tab.set_row_height(row, 30)?;
        for (at, column) in sheet.columns.iter().enumerate() {
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            let style = if column.fill { &self.styles.head_fill } else { &self.styles.head };
            self.tab.write_string_with_format(row, at, clipped(column.heading(self.lang)), style)?;
            self.tab.set_column_width(at, f64::from(column.width.clamp(4, 120)))?;
        }
        Ok(())
    }

    fn row(&mut self, line: u32, banded: bool, cells: &[Cell]) -> Result<(), XlsxError> {
        let sheet = self.sheet;
        for (at, column) in sheet.columns.iter().enumerate() {
            let format = self.styles.cell(column, banded);
            let at_column = u16::try_from(at).unwrap_or(u16::MAX);
            let cell = cells.get(at).unwrap_or(&Cell::Empty);
            self.cell(line, at_column, column, cell, &format)?;
        }
        let height = row_height(&sheet.columns, cells, self.lang);
        self.tab.set_row_height(line, height)?;
        Ok(())
    }

    fn cell(
        &mut self,
        row: u32,
        at: u16,
        column: &Column,
        cell: &Cell,
        format: &Format,
    ) -> Result<(), XlsxError> {
        match cell {
            Cell::Empty => self.tab.write_blank(row, at, format)?,
            Cell::Number(number) if number.unsigned_abs() < 1 << 53 => {
                self.tab.write_number_with_format(row, at, *number as f64, format)?
            }
            Cell::Date(date) if date.year() >= 1900 => {
                let (year, month, day) = parts(*date);
                self.tab.write_datetime_with_format(
                    row,
                    at,
                    ExcelDateTime::from_ymd(year, month, day)?,
                    format,
                )?
            }
            Cell::Text(text) if column.kind == Kind::Link && self.may_link(text) => {
                self.urls += 1;
                self.tab.write_url_with_format(
                    row,
                    at,
                    Url::new(text),
                    &format.clone().set_font_color(Color::RGB(0x1D_4E_89)),
                )?
            }
            other => self.tab.write_string_with_format(row, at, clipped(&other.show(self.lang)), format)?,
        };
        Ok(())
    }

    fn may_link(&self, text: &str) -> bool {
        let web = text.starts_with("https://") || text.starts_with("http://");
        web && !text.contains(char::is_whitespace)
            && text.encode_utf16().count() <= URL_UNITS
            && self.urls < URLS
    }

    fn choices(&mut self, first: u32, last: u32) -> Result<(), XlsxError> {
        let sheet = self.sheet;
        for (at, column) in sheet.columns.iter().enumerate() {
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            let rule = match &column.kind {
                Kind::Choice(list) if !list.is_empty() => self.choice(list)?,
                Kind::Choices(list) if !list.is_empty() => several(list)?,
                Kind::Date if column.fill => {
                    DataValidation::new().set_input_title("日期")?.set_input_message("写成 2024-01-15")?
                }
                _ => continue,
            };
            self.tab.add_data_validation(first, at, last.max(first), at, &rule)?;
        }
        Ok(())
    }

    fn choice(&mut self, list: &[String]) -> Result<DataValidation, XlsxError> {
        let units: usize = list.iter().map(|word| word.encode_utf16().count() + 1).sum();
        let rule = if units <= LIST_UNITS && list.iter().all(|word| !word.contains(',')) {
            DataValidation::new().allow_list_strings(list)?
        } else {
            DataValidation::new().allow_list_formula(Formula::new(self.lists.place(list)))
        };
        rule.set_error_style(DataValidationErrorStyle::Warning)
            .set_error_title("不在可选项之内")?
            .set_error_message("请从下拉列表中选择。")
    }

    fn page(&mut self, head: u32, info: &BookInfo) -> Result<(), XlsxError> {
        let frozen = self.frozen_columns();
        self.tab.set_freeze_panes(head + 1, frozen)?;
        if let Some(last) = frozen.checked_sub(1) {
            self.tab.set_repeat_columns(0, last)?;
        }
        self.tab.set_repeat_rows(head, head)?;
        self.tab.set_landscape().set_paper_size(9);
        let printed = self.sheet.columns.iter().take(usize::from(self.last_printed()) + 1);
        if printed.map(|column| u32::from(column.width)).sum::<u32>() <= 240 {
            self.tab.set_print_fit_to_pages(1, 0);
        } else {
            self.tab.set_print_scale(60);
        }
        self.tab.set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3);
        if !info.banner.is_empty() {
            self.tab.set_header(format!("&C{}", footer_text(&info.banner)));
        }
        self.tab.set_footer(format!(
            "&L{}&C{}&R&P / &N",
            footer_text(&info.office),
            footer_text(&self.sheet.title)
        ));
        Ok(())
    }
}

/// A cell with several words cannot have a drop-down list; it shows the words instead.
fn several(list: &[String]) -> Result<DataValidation, XlsxError> {
    let message: String = format!("可填多项，用“、”分开：{}", list.join("、")).chars().take(250).collect();
    DataValidation::new().set_input_title("可填多项")?.set_input_message(message)
}

/// `&` begins a field in headers and footers; the whole line has 255 characters.
pub(super) fn footer_text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect::<String>().replace('&', "&&")
}

/// Cuts what Excel cannot hold, saying so in the cell.
pub(super) fn clipped(text: &str) -> String {
    if text.encode_utf16().count() <= CELL_UNITS {
        return text.to_owned();
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= CELL_UNITS - 10
    };
    text.chars().take_while(fits).collect::<String>() + "……（超长截断）"
}

/// Rows are given their height, because Excel only measures wrapped rows when somebody edits them.
fn row_height(columns: &[Column], cells: &[Cell], lang: Lang) -> f64 {
    let lines = |(column, cell): (&Column, &Cell)| {
        let room = usize::from(column.width.clamp(4, 120));
        let rows = cell.show(lang).lines().map(|line| half_widths(line).div_ceil(room).max(1)).sum::<usize>();
        if column.kind == Kind::Link { 1 } else { rows }
    };
    let most = columns.iter().zip(cells).map(lines).max().unwrap_or(1).clamp(1, 20);
    6.0 + 15.0 * f64::from(u32::try_from(most).unwrap_or(1))
}

pub(super) fn half_widths(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) < 0x1100 { 1 } else { 2 }).sum()
}

/// Long drop-down lists, each one column of a hidden sheet.
#[derive(Default)]
struct Lists(Vec<Vec<String>>);

impl Lists {
    /// The reference of that list; the same list is kept once.
    fn place(&mut self, list: &[String]) -> String {
        let at = self.0.iter().position(|kept| kept == list).unwrap_or_else(|| {
            self.0.push(list.to_vec());
            self.0.len() - 1
        });
        let column = column_letters(at);
        format!("='{LISTS}'!${column}$1:${column}${}", list.len())
    }

    fn write(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let tab = book.add_worksheet();
        tab.set_name(LISTS)?.set_hidden(true);
        for (column, list) in self.0.iter().enumerate() {
            for (row, word) in list.iter().enumerate() {
                let (row, column) =
                    (u32::try_from(row).unwrap_or(u32::MAX), u16::try_from(column).unwrap_or(u16::MAX));
                tab.write_string(row, column, word)?;
            }
        }
        Ok(())
    }
}
