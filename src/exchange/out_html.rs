//! Sheets as one HTML page for citizens: a single file that needs nothing else, reads without script, on a phone and on paper.
//!
//! Safety: every text is escaped by the template; a content security policy in the page allows exactly the embedded style and script by
//! their digests and nothing from elsewhere; only `http` and `https` addresses become links; direction and control characters are shown, not obeyed.

use std::collections::BTreeMap;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::page_words::{EN, Labels, ZH};
use super::sheet::{Cell, Column, Filter, Kind, Place, Sheet};
use super::text::printable;
use crate::fault::{Fault, Lang, Outcome};

/// What the page says around its tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Name of the office.
    pub office: String,
    /// Title of the page.
    pub title: String,
    /// One or two sentences under the title; empty for none.
    pub lead: String,
    /// Banner across the top, for example 演示数据; empty for none.
    pub banner: String,
    /// State as of this day (by the dates on which things happened).
    pub as_of: Option<Date>,
    /// As far as it was entered by this day.
    pub known: Option<Date>,
    /// Where the tables come from; shown at the foot with how to check it.
    pub ledger: Option<LedgerFacts>,
    /// Further lines on how to check an entry, such as the commands to use.
    pub how: Vec<String>,
}

/// What pins the tables of a page to a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerFacts {
    /// Origin of the ledger.
    pub origin: String,
    /// Number of events.
    pub size: u64,
    /// Root of the tree, base64.
    pub root: String,
    /// Genesis hash, `b3:…`.
    pub genesis: String,
}

/// Style of every page.
pub(super) const PAGE_CSS: &str = include_str!("page/page.css");
/// Script of every page: searching and narrowing the lists in its sections.
pub(super) const JS: &str = include_str!("page/page.js");

/// Writes the sheets as one page, in `lang`. The same sheets and page always give the same bytes.
///
/// A sheet's columns stand as their [`Place`] says; its first link column becomes the link of the main column.
///
/// # Errors
/// `table.write` when the template cannot be filled.
pub fn html(sheets: &[Sheet], lang: Lang, page: &Page) -> Outcome<String> {
    let (css, js) = (PAGE_CSS.replace('\r', ""), JS.replace('\r', ""));
    let csp = policy(&css, &js);
    let t = if lang == Lang::Zh { &ZH } else { &EN };
    let filters = filters(sheets, lang);
    let view = View {
        t,
        csp,
        css,
        js,
        office: printable(&page.office),
        title: printable(&page.title),
        lead: printable(&page.lead),
        banner: printable(&page.banner),
        dates: dates(page, t),
        total: sheets.iter().map(|sheet| sheet.rows.len()).sum(),
        sections: sheets.iter().enumerate().map(|(at, sheet)| section(at, sheet, lang, &filters)).collect(),
        filters,
        proof: proof(page, t),
        how: page.how.iter().map(|line| printable(line)).collect(),
    };
    view.render().map_err(|e| Fault::machine("table.write").with("found", "HTML").with("reason", e))
}

/// The content security policy of a page with this style and script: these two, by their digests, and nothing else.
pub(super) fn policy(css: &str, js: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        source_digest(css),
        source_digest(js),
    )
}

fn source_digest(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[derive(Template)]
#[template(path = "page.html")]
struct View<'a> {
    t: &'a Labels,
    csp: String,
    css: String,
    js: String,
    office: String,
    title: String,
    lead: String,
    banner: String,
    dates: Vec<Fact>,
    total: usize,
    filters: Vec<FilterView>,
    sections: Vec<Section>,
    proof: Vec<Fact>,
    how: Vec<String>,
}

pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) value: String,
}

pub(super) struct FilterView {
    pub(super) number: usize,
    pub(super) key: String,
    pub(super) label: String,
    pub(super) options: Vec<Choice>,
}

pub(super) struct Choice {
    pub(super) value: String,
    pub(super) count: usize,
}

pub(super) struct Section {
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) notes: Vec<String>,
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<RowView>,
}

pub(super) struct Head {
    pub(super) class: &'static str,
    pub(super) label: String,
}

pub(super) struct RowView {
    pub(super) number: usize,
    pub(super) filters: Vec<FilterValue>,
    pub(super) under: Vec<CellView>,
    pub(super) cells: Vec<CellView>,
}

pub(super) struct FilterValue {
    pub(super) number: usize,
    pub(super) value: String,
}

#[derive(Default)]
pub(super) struct CellView {
    pub(super) class: String,
    pub(super) label: String,
    pub(super) main: bool,
    pub(super) href: String,
    pub(super) tag: String,
    pub(super) text: String,
}

pub(super) fn dates(page: &Page, t: &Labels) -> Vec<Fact> {
    let fact = |label, date: Option<Date>| date.map(|date| Fact { label, value: date.to_string() });
    [fact(t.as_of, page.as_of), fact(t.known, page.known)].into_iter().flatten().collect()
}

pub(super) fn proof(page: &Page, t: &Labels) -> Vec<Fact> {
    let Some(ledger) = &page.ledger else {
        return Vec::new();
    };
    let facts = [
        (t.origin, printable(&ledger.origin)),
        (t.genesis, printable(&ledger.genesis)),
        (t.size, ledger.size.to_string()),
        (t.root, printable(&ledger.root)),
    ];
    facts.into_iter().map(|(label, value)| Fact { label, value }).collect()
}

/// Filters of all sheets; columns with the same key share one. Values stand in order of their number, years newest first.
pub(super) fn filters(sheets: &[Sheet], lang: Lang) -> Vec<FilterView> {
    let mut filters: Vec<FilterView> = Vec::new();
    for column in
        sheets.iter().flat_map(|sheet| &sheet.columns).filter(|column| column.filter != Filter::None)
    {
        if filters.iter().all(|filter| filter.key != column.key) {
            let year = if lang == Lang::Zh { "年份" } else { "Year" };
            let label = if column.filter == Filter::Year { year } else { column.heading(lang) };
            let options = options(sheets, &column.key, lang);
            filters.push(FilterView {
                number: filters.len(),
                key: column.key.clone(),
                label: printable(label),
                options,
            });
        }
    }
    filters.retain(|filter| filter.options.len() > 1);
    filters
}

fn options(sheets: &[Sheet], key: &str, lang: Lang) -> Vec<Choice> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut years = false;
    for sheet in sheets {
        let found = sheet.columns.iter().enumerate().find(|(_, c)| c.key == key && c.filter != Filter::None);
        let Some((at, column)) = found else { continue };
        years = column.filter == Filter::Year;
        for value in
            sheet.rows.iter().filter_map(|row| row.get(at)).map(|cell| filter_value(column, cell, lang))
        {
            *counts.entry(value).or_default() += 1;
        }
    }
    counts.remove("");
    let mut options: Vec<Choice> = counts.into_iter().map(|(value, count)| Choice { value, count }).collect();
    if years {
        options.reverse();
    } else {
        options.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    }
    options
}

fn filter_value(column: &Column, cell: &Cell, lang: Lang) -> String {
    match (column.filter, cell) {
        (Filter::Year, Cell::Date(date)) => date.year().to_string(),
        (Filter::Year, other) => other.show(lang).chars().take(4).filter(char::is_ascii_digit).collect(),
        (Filter::Value, other) => printable(&other.show(lang)),
        (Filter::None, _) => String::new(),
    }
}

pub(super) fn section(number: usize, sheet: &Sheet, lang: Lang, filters: &[FilterView]) -> Section {
    let link =
        sheet.columns.iter().position(|column| column.kind == Kind::Link && column.place != Place::Hidden);
    let has_main = sheet.columns.iter().any(|column| column.place == Place::Main);
    let link = link.filter(|_| has_main);
    let stands =
        |at: usize, column: &Column| matches!(column.place, Place::Own | Place::Main) && Some(at) != link;
    let heads = sheet.columns.iter().enumerate().filter(|(at, column)| stands(*at, column));
    let heads = heads
        .map(|(_, column)| Head { class: class(column), label: printable(column.heading(lang)) })
        .collect();
    let row = |(at, cells): (usize, &Vec<Cell>)| {
        let all = sheet
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| (at, column, cells.get(at).unwrap_or(&Cell::Empty)));
        let href =
            link.and_then(|at| cells.get(at)).map(|cell| web_address(&cell.show(lang))).unwrap_or_default();
        RowView {
            number: at + 1,
            filters: all
                .clone()
                .filter_map(|(_, column, cell)| filter_of(filters, column, cell, lang))
                .collect(),
            under: all
                .clone()
                .filter(|(_, c, cell)| c.place == Place::Under && **cell != Cell::Empty)
                .map(|(_, column, cell)| cell_view(column, cell, "", lang))
                .collect(),
            cells: all
                .filter(|(at, column, _)| stands(*at, column))
                .map(|(_, column, cell)| cell_view(column, cell, &href, lang))
                .collect(),
        }
    };
    Section {
        anchor: format!("s{}", number + 1),
        name: printable(if sheet.name.is_empty() { &sheet.title } else { &sheet.name }),
        title: printable(&sheet.title),
        notes: sheet.notes.iter().map(|note| printable(note)).collect(),
        heads,
        rows: sheet.rows.iter().enumerate().map(row).collect(),
    }
}

fn filter_of(filters: &[FilterView], column: &Column, cell: &Cell, lang: Lang) -> Option<FilterValue> {
    let filter = filters.iter().find(|filter| filter.key == column.key && column.filter != Filter::None)?;
    Some(FilterValue { number: filter.number, value: filter_value(column, cell, lang) })
}

fn cell_view(column: &Column, cell: &Cell, link: &str, lang: Lang) -> CellView {
    let main = column.place == Place::Main;
    let text = printable(&cell.show(lang));
    let href = match column.kind {
        _ if main => link.to_owned(),
        Kind::Link => web_address(&text),
        _ => String::new(),
    };
    let none = if text.is_empty() { " has-none" } else { "" };
    let tag = if column.kind == Kind::Tag && !text.is_empty() { tag_class(cell) } else { String::new() };
    CellView {
        class: format!("{}{none}", class(column)),
        label: printable(column.heading(lang)),
        main,
        href,
        tag,
        text,
    }
}

fn class(column: &Column) -> &'static str {
    match (&column.kind, column.place) {
        (_, Place::Main) => "main",
        (Kind::Date, _) => "date",
        (Kind::Number, _) => "num",
        (Kind::Code, _) => "code",
        (Kind::Tag, _) => "tagged",
        (Kind::Long, _) => "long",
        (Kind::Text | Kind::Link | Kind::Choice(_) | Kind::Choices(_), _) => "text",
    }
}

/// `t-` and the word's code, which decides the colour; other texts get the plain label.
fn tag_class(cell: &Cell) -> String {
    match cell {
        Cell::Word(word) if word.code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
            format!("t-{}", word.code)
        }
        _ => "t-other".to_owned(),
    }
}

/// The address when it is one of the web, else nothing: `javascript:` and the like never become links.
pub(super) fn web_address(text: &str) -> String {
    let text = text.trim();
    let start = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    if start.starts_with("https://") || start.starts_with("http://") {
        printable(text)
    } else {
        String::new()
    }
}
