//! The report as one page: a single file without script that prints on A4.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::ReportInfo;
use super::doc::{Doc, Part};
use super::grid::{Grid, Holds, Spot, lines};
use super::labels::{Labels, labels};
use crate::exchange::text::printable;
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::annual::{Figures, TableId};

const CSS: &str = include_str!("../page/annual.css");
/// Full-width characters that go into the width of the page.
const ACROSS: u16 = 54;

/// Writes the report as one page, in `lang`. The same report always gives the same bytes.
///
/// # Errors
/// `table.write` when the template cannot be filled.
pub fn html(figures: &Figures, info: &ReportInfo, lang: Lang) -> Outcome<String> {
    let css = CSS.replace('\r', "");
    let digest = STANDARD.encode(Sha256::digest(css.as_bytes()));
    let doc = Doc::new(figures, info, lang);
    let view = View {
        t: labels(lang),
        csp: format!(
            "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
        ),
        css,
        banner: printable(&info.banner),
        sections: doc.parts.iter().map(section).collect(),
        doc,
    };
    view.render().map_err(|e| Fault::machine("table.write").with("found", "HTML").with("reason", e))
}

#[derive(Template)]
#[template(path = "annual.html")]
struct View {
    t: &'static Labels,
    csp: String,
    css: String,
    banner: String,
    doc: Doc,
    sections: Vec<Section>,
}

struct Section {
    title: String,
    table: Option<TableView>,
    lines: Vec<String>,
    unwritten: bool,
}

struct TableView {
    class: &'static str,
    /// CSS classes that give the columns their width.
    columns: Vec<&'static str>,
    head: Vec<Vec<SpotView>>,
    body: Vec<Vec<SpotView>>,
}

struct SpotView {
    tag: &'static str,
    class: &'static str,
    down: usize,
    across: usize,
    /// Code of the figure's cell, so that a program finds it.
    cell: String,
    lines: Vec<String>,
}

fn section(part: &Part) -> Section {
    Section {
        title: part.title.clone(),
        table: part.grid.as_ref().map(table),
        lines: part.lines.clone(),
        unwritten: part.unwritten,
    }
}

fn table(grid: &Grid) -> TableView {
    let rows = |from: usize, to: usize| -> Vec<Vec<SpotView>> {
        (from..to).map(|row| grid.row(row).map(|spot| spot_view(grid, spot)).collect()).collect()
    };
    let (class, labels): (_, &[&'static str]) = match grid.table {
        TableId::T2 => ("t2", &["l"]),
        TableId::T3 => ("t3", &["a", "b", "c"]),
        TableId::T4 => ("t4", &[]),
    };
    let figures = std::iter::repeat_n("f", grid.widths.len().saturating_sub(labels.len()));
    TableView {
        class,
        columns: labels.iter().copied().chain(figures).collect(),
        head: rows(0, grid.head),
        body: rows(grid.head, grid.height),
    }
}

fn spot_view(grid: &Grid, spot: &Spot) -> SpotView {
    let fit = usize::from(grid.width(spot).saturating_mul(ACROSS) / 1000);
    let (tag, class, cell) = match spot.holds {
        Holds::Title => ("th", "title", String::new()),
        Holds::Head => ("th", "head", String::new()),
        Holds::Label => ("th", "label", String::new()),
        Holds::Side if spot.text.is_ascii() => ("th", "side turned", String::new()),
        Holds::Side => ("th", "side", String::new()),
        Holds::Figure(cell) if spot.text.is_empty() => ("td", "blank", cell.to_string()),
        Holds::Figure(cell) => ("td", "figure", cell.to_string()),
    };
    let broken = matches!(spot.holds, Holds::Head | Holds::Side);
    let lines = if broken { lines(&spot.text, fit) } else { vec![spot.text.clone()] };
    SpotView { tag, class, down: spot.down, across: spot.across, cell, lines }
}
