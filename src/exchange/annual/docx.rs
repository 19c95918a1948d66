//! The report as a Word document (WordprocessingML, ECMA-376): six sections, real tables with merged cells, page numbers.
//!
//! The few elements it needs are written by templates into a `zip` of its own; times in the container are fixed, so that the same report
//! always gives the same bytes.

use std::io::{Cursor, Write};

use askama::Template;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::ReportInfo;
use super::doc::{Doc, Part};
use super::grid::{Grid, Holds, Spot, lines};
use super::labels::{Labels, labels};
use crate::exchange::text::printable;
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::annual::Figures;

/// Width of the text on the page, in twentieths of a point: A4 less 25 mm on either side.
const WIDTH: u32 = 9_072;
/// Full-width characters of 9 points that go into that width, less what the cells keep free.
const ACROSS: u32 = 48;

const CONTENT_TYPES: &str = include_str!("../page/docx/content_types.xml");
const RELATIONS: &str = include_str!("../page/docx/relations.xml");
const DOCUMENT_RELATIONS: &str = include_str!("../page/docx/document_relations.xml");
const STYLES: &str = include_str!("../page/docx/styles.xml");
const SETTINGS: &str = include_str!("../page/docx/settings.xml");
const FOOTER: &str = include_str!("../page/docx/footer.xml");

/// Writes the report as a Word document, in `lang`. The same report always gives the same bytes.
///
/// # Errors
/// `table.write` when the document cannot be written.
pub fn docx(figures: &Figures, info: &ReportInfo, lang: Lang) -> Outcome<Vec<u8>> {
    let failed =
        |e: &dyn std::fmt::Display| Fault::machine("table.write").with("found", "DOCX").with("reason", e);
    let doc = Doc::new(figures, info, lang);
    let banner = printable(&info.banner);
    let core = Core {
        title: doc.title.clone(),
        office: printable(&info.office),
        created: info.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        language: labels(lang).html_lang,
    };
    let document = Document { t: labels(lang), sections: doc.parts.iter().map(section).collect(), doc };
    let render = |text: askama::Result<String>| text.map_err(|e| failed(&e));
    let files = [
        ("[Content_Types].xml", CONTENT_TYPES.to_owned()),
        ("_rels/.rels", RELATIONS.to_owned()),
        ("docProps/core.xml", render(core.render())?),
        ("word/document.xml", render(document.render())?),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS.to_owned()),
        ("word/styles.xml", STYLES.to_owned()),
        ("word/settings.xml", SETTINGS.to_owned()),
        ("word/header.xml", render(Header { banner }.render())?),
        ("word/footer.xml", FOOTER.to_owned()),
    ];
    pack(&files).map_err(|e| failed(&e))
}

fn pack(files: &[(&str, String)]) -> zip::result::ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, options)?;
        // Two characters that no XML may hold, whatever they are written as.
        let text = text.replace('\r', "").replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}");
        zip.write_all(text.trim_end().as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

#[derive(Template)]
#[template(path = "docx/core.xml")]
struct Core {
    title: String,
    office: String,
    created: String,
    language: &'static str,
}

#[derive(Template)]
#[template(path = "docx/header.xml")]
struct Header {
    banner: String,
}

#[derive(Template)]
#[template(path = "docx/document.xml")]
struct Document {
    t: &'static Labels,
    doc: Doc,
    sections: Vec<Section>,
}

struct Section {
    title: String,
    table: Option<TableView>,
    lines: Vec<String>,
}

struct TableView {
    columns: Vec<u32>,
    rows: Vec<RowView>,
}

struct RowView {
    head: bool,
    cells: Vec<CellView>,
}

struct CellView {
    width: u32,
    across: usize,
    /// Empty, `restart` for the first of cells merged downwards, or `continue`.
    merge: &'static str,
    shaded: bool,
    turned: bool,
    left: bool,
    /// Size of the text in half points, where it is not the table's.
    size: Option<u32>,
    /// Kept on one page with the next row.
    kept: bool,
    lines: Vec<String>,
}

fn section(part: &Part) -> Section {
    Section { title: part.title.clone(), table: part.grid.as_ref().map(table), lines: part.lines.clone() }
}

fn table(grid: &Grid) -> TableView {
    let mut at = 0;
    let columns = grid.widths.iter().map(|share| {
        let from = at;
        at += u32::from(*share);
        at * WIDTH / 1000 - from * WIDTH / 1000
    });
    let columns: Vec<u32> = columns.collect();
    let rows =
        (0..grid.height).map(|row| RowView { head: row < grid.head, cells: cells(grid, &columns, row) });
    TableView { rows: rows.collect(), columns }
}

/// The cells of a row, with those that continue a merged one from above.
fn cells(grid: &Grid, columns: &[u32], row: usize) -> Vec<CellView> {
    let mut cells = Vec::new();
    let mut column = 0;
    while column < columns.len() {
        let Some(spot) = grid.covering(row, column) else { break };
        let width = columns.iter().skip(spot.column).take(spot.across).sum();
        cells.push(cell(grid, spot, row, width));
        column = spot.column + spot.across;
    }
    cells
}

fn cell(grid: &Grid, spot: &Spot, row: usize, width: u32) -> CellView {
    let fit = usize::try_from(width * ACROSS / WIDTH).unwrap_or(0);
    let broken = matches!(spot.holds, Holds::Head | Holds::Side);
    let lines = if broken { lines(&spot.text, fit) } else { vec![spot.text.clone()] };
    let merge = match (spot.down, spot.row == row) {
        (1, _) => "",
        (_, true) => "restart",
        (_, false) => "continue",
    };
    CellView {
        width,
        across: spot.across,
        merge,
        shaded: matches!(spot.holds, Holds::Title | Holds::Head),
        turned: spot.holds == Holds::Side && spot.text.is_ascii(),
        left: spot.holds == Holds::Label,
        size: if spot.holds == Holds::Head { word_size(&spot.text, width) } else { None },
        kept: row + 1 < grid.height,
        lines: if merge == "continue" { Vec::new() } else { lines },
    }
}

/// A size in half points at which the longest word of a heading in letters goes into `width`; `None` when the table's own does.
fn word_size(text: &str, width: u32) -> Option<u32> {
    let longest = text.split_whitespace().map(str::len).max().filter(|_| text.is_ascii())?;
    // A letter is about 0.6 of its size wide; the cell keeps 4 points free; a point is two half points and twenty twentieths.
    let room = (width / 20).saturating_sub(4) * 20 / 6;
    let size = room / u32::try_from(longest).ok()?.max(1);
    (size < 18).then_some(size.max(11))
}
