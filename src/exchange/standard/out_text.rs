//! The standard catalogue as CSV and JSON.

use serde::Serialize;

use super::digest::list_digest;
use super::row::MatterRow;
use super::template::{BESIDE, Catalogue, HEADS, beside, cells};
use crate::exchange::out_text::{csv_line, guarded};
use crate::fault::{Fault, Outcome};
use crate::record::FileDigest;

/// The table as CSV for spreadsheet programs: title, the two heading lines, the rows; no notes. UTF-8 with byte order mark, CRLF, cells
/// that would run as a formula guarded. Nothing is merged.
pub fn matters_csv(catalogue: &Catalogue) -> Vec<u8> {
    let heads: Vec<_> =
        if catalogue.beside { HEADS.iter().chain(&BESIDE).collect() } else { HEADS.iter().collect() };
    let width = heads.len();
    let mut text = String::from("\u{FEFF}");
    if !catalogue.title.is_empty() {
        let title = std::iter::once(guarded(catalogue.title.clone()));
        csv_line(&mut text, title.chain(std::iter::repeat_n(String::new(), width - 1)));
    }
    csv_line(&mut text, heads.iter().map(|head| head.upper.replace('\n', "")));
    csv_line(&mut text, heads.iter().map(|head| head.lower.to_owned()));
    for (at, row) in catalogue.rows.iter().enumerate() {
        let more = beside(row).into_iter().take(width - HEADS.len());
        csv_line(&mut text, cells(at + 1, row).into_iter().chain(more).map(guarded));
    }
    text.into_bytes()
}

#[derive(Serialize)]
struct Whole<'a> {
    title: &'a str,
    office: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_on: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    standing: &'a str,
    digest: FileDigest,
    rows: &'a [MatterRow],
}

/// The catalogue as one JSON object: title, office, who approved it, the digest of the list and the rows.
///
/// # Errors
/// `standard.row_form` as [`list_digest`].
pub fn matters_json(catalogue: &Catalogue) -> Outcome<String> {
    let approved = catalogue.approved.as_ref();
    let whole = Whole {
        title: &catalogue.title,
        office: &catalogue.office,
        approved_by: approved.map(|approved| approved.by.as_str()),
        approved_on: approved.map(|approved| approved.on.to_string()),
        standing: &catalogue.standing,
        digest: list_digest(&catalogue.rows)?,
        rows: &catalogue.rows,
    };
    let text = serde_json::to_string_pretty(&whole);
    text.map(|text| text + "\n")
        .map_err(|e| Fault::machine("table.write").with("found", "JSON").with("reason", e))
}
