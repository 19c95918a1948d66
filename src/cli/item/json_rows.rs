//! Tables as JSON: an array of objects, a row each, whose members are called like the columns.

use std::path::Path;

use serde_json::{Map, Value};

use super::which::Cells;
use crate::cli::input;
use crate::exchange::ColumnSpec;
use crate::fault::{Fault, Outcome};

/// Whether a file is read as JSON: by its ending.
pub fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

/// The rows of such a file by column key, each with its place from 1. Members that name no column are passed over, as columns are.
///
/// Errors: `table.json` for what is no array of objects, `row.json` for a member that is neither text, number, yes or no, nor a list of these.
pub fn json_rows(path: &Path, specs: &[ColumnSpec]) -> Outcome<Vec<(u64, Cells)>> {
    let fault =
        |reason: String| Fault::usage("table.json").with("file", path.display()).with("reason", reason);
    let bytes = input::bytes(path)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let rows: Vec<Map<String, Value>> =
        serde_json::from_slice(bytes).map_err(|error| fault(error.to_string()))?;
    (1..).zip(&rows).map(|(at, row)| Ok((at, cells(at, row, specs)?))).collect()
}

fn cells(at: u64, row: &Map<String, Value>, specs: &[ColumnSpec]) -> Outcome<Cells> {
    let mut cells = Cells::default();
    for (name, value) in row {
        let Some(spec) = specs.iter().find(|spec| spec.key == name || spec.is_named(name)) else { continue };
        let fault = || Fault::usage("row.json").with("line", at).with("column", name);
        let text = text(value).ok_or_else(fault)?;
        if !text.trim().is_empty() {
            cells.0.insert(spec.key, text.trim().to_owned());
        }
    }
    Ok(cells)
}

/// What a cell of a table would say.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) if list.iter().all(|one| !one.is_array()) => {
            Some(list.iter().map(text).collect::<Option<Vec<_>>>()?.join("、"))
        }
        _ => None,
    }
}
