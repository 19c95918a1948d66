//! The derived lists as files: canonical JSON, and CSV for people. One spelling each, so that two implementations write
//! the same bytes.

use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fault::{Fault, Lang, Outcome};
use crate::record::canonical;
use crate::rules::RuleBook;

/// Canonical JSON and a line end.
pub fn to_file(value: &impl Serialize) -> Outcome<Vec<u8>> {
    let mut bytes = canonical_bytes(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn canonical_bytes(value: &impl Serialize) -> Outcome<Vec<u8>> {
    let derive = |found: &dyn ToString| Fault::usage("bundle.derive").with("found", found.to_string());
    let bytes = serde_json_canonicalizer::to_vec(value).map_err(|e| derive(&e))?;
    canonical::check_within(&bytes, usize::MAX).map_err(|e| derive(&e))?;
    Ok(bytes)
}

/// `{"as_of":…,"items":[…]}`, canonical, with a line end.
pub fn list_file(day: &str, rows: &[Map<String, Value>]) -> Outcome<Vec<u8>> {
    let written = rows.par_iter().with_min_len(256).map(canonical_bytes).collect::<Outcome<Vec<_>>>()?;
    let mut bytes = canonical_bytes(&json!({ "as_of": day, "items": [] }))?;
    let tail = bytes.split_off(bytes.len().saturating_sub(2));
    for (nth, row) in written.iter().enumerate() {
        bytes.extend_from_slice(if nth == 0 { b"" } else { b"," });
        bytes.extend_from_slice(row);
    }
    bytes.extend_from_slice(&tail);
    bytes.push(b'\n');
    Ok(bytes)
}

/// A column: heading, member, and the vocabulary that its codes belong to.
pub type Column = (&'static str, &'static str, &'static str);

/// Columns of the catalogue.
pub const CATALOGUE_COLUMNS: [Column; 15] = [
    ("索引号", "index_number", ""),
    ("标题", "title", ""),
    ("文号", "document_number", ""),
    ("发文机关", "issuer", ""),
    ("成文日期", "formed", ""),
    ("发布日期", "published", ""),
    ("主题", "topic", ""),
    ("公开属性", "attribute", "stated_attribute"),
    ("状态", "state", "state"),
    ("有效性", "validity", ""),
    ("渠道", "channels", "channel"),
    ("地址", "address", ""),
    ("概述", "summary", ""),
    ("承接", "inherited", ""),
    ("编号", "id", ""),
];

const WITHHELD_COLUMNS: [Column; 14] = [
    ("编号", "id", ""),
    ("公开属性", "attribute", "stated_attribute"),
    ("依据", "ground", "ground"),
    ("余部依据", "remainder_ground", "ground"),
    ("状态", "state", "state"),
    ("定性日期", "decided", ""),
    ("最近评估", "reassessed", ""),
    ("承接", "inherited", ""),
    ("涉密", "secret", ""),
    ("标题", "title", ""),
    ("文号", "document_number", ""),
    ("索引号", "index_number", ""),
    ("发文机关", "issuer", ""),
    ("成文日期", "formed", ""),
];

/// Columns of the withheld list; a public one has no texts.
pub fn withheld_columns(full: bool) -> &'static [Column] {
    if full { &WITHHELD_COLUMNS } else { WITHHELD_COLUMNS.split_at(9).0 }
}

/// UTF-8 with BOM, CRLF, every field quoted: one spelling, so that two implementations write the same bytes.
pub fn csv(columns: &[Column], rows: &[Map<String, Value>], book: &RuleBook) -> Outcome<Vec<u8>> {
    let mut text = String::from("\u{feff}");
    text.push_str(&line(columns.iter().map(|(heading, _, _)| (*heading).to_owned())));
    let of = |row: &Map<String, Value>| {
        line(columns.iter().map(|(_, member, codes)| show(row.get(*member), codes, book)))
    };
    text.push_str(&rows.par_iter().with_min_len(256).map(of).collect::<String>());
    Ok(text.into_bytes())
}

fn line(fields: impl Iterator<Item = String>) -> String {
    let quoted: Vec<String> =
        fields.map(|field| format!("\"{}\"", guarded(field).replace('"', "\"\""))).collect();
    format!("{}\r\n", quoted.join(","))
}

/// A field that a spreadsheet would take for a formula gets a leading apostrophe.
fn guarded(field: String) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field }
}

fn show(value: Option<&Value>, codes: &str, book: &RuleBook) -> String {
    let titled = |text: &str| {
        if codes.is_empty() { text.into() } else { book.title(codes, text, Lang::Zh).to_owned() }
    };
    match value {
        Some(Value::String(text)) => titled(text),
        Some(Value::Bool(true)) => "是".into(),
        Some(Value::Array(list)) => {
            list.iter().filter_map(Value::as_str).map(titled).collect::<Vec<_>>().join("；")
        }
        _ => String::new(),
    }
}
