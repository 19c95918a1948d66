//! Cells of the annual report as people name them.

use crate::exchange::normal;
use crate::fault::Outcome;
use crate::rules::annual::{CellId, Form};

/// The cell that one word (`ROW.COLUMN`) or two words (row and column, by code or title) name.
///
/// Errors: `annual.no_cell`.
pub fn read(form: &'static Form, words: &[String]) -> Outcome<CellId> {
    let [row, column] = words else { return form.cell(words.first().map_or("", String::as_str)) };
    if let Some(cell) = form.cell_for(row, column) {
        return Ok(cell);
    }
    let named = |cell: &CellId| {
        let Some((r, c)) = form.row_and_column(*cell) else { return false };
        is(&r.code, [&r.title.zh, &r.title.en], row) && is(&c.code, [&c.title.zh, &c.title.en], column)
    };
    let found: Vec<CellId> = form.cells().filter(named).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        _ => form.cell(&format!("{row}.{column}")),
    }
}

/// Whether a row or column is meant: by its code, its title, or its title without number and remarks.
fn is(code: &str, titles: [&String; 2], text: &str) -> bool {
    let wanted = normal(text);
    code == text || titles.into_iter().any(|title| normal(title) == wanted || normal(bare(title)) == wanted)
}

/// 三、（一）予以公开 → 予以公开
fn bare(title: &str) -> &str {
    let numbering = |c: char| c.is_ascii_digit() || "一二三四五六七八九十、.（）() ".contains(c);
    let title = title.trim_start_matches(numbering);
    title.split(['（', '(', '：']).next().unwrap_or(title).trim()
}
