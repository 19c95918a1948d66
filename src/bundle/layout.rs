//! Which files a bundle has, and in which order. `docs/format.md`, section Bundle.

use serde::Serialize;

use super::lists::to_file;
use super::meta::{CHECKPOINT, CONSISTENCY, META, VERIFY};
use crate::record::verify::first_of;

/// Where a file stands in a bundle; they come in this order.
pub(super) fn rank(path: &str) -> usize {
    let order = [
        META,
        CHECKPOINT,
        "rules/",
        "schemas/",
        VERIFY,
        "events/",
        "people.json",
        "catalog.json",
        "catalog.csv",
        "withheld.json",
        "withheld.csv",
        CONSISTENCY,
    ];
    order
        .iter()
        .position(|start| path == *start || (start.ends_with('/') && path.starts_with(start)))
        .unwrap_or(order.len())
}

/// Whether a file is read and checked as it streams by.
pub(super) fn is_read_elsewhere(path: &str) -> bool {
    matches!(path, META | CHECKPOINT | CONSISTENCY) || path.starts_with("rules/") || is_events(path)
}

/// `events/<12 digits>.jsonl`, and no other spelling of it.
pub(super) fn is_events(path: &str) -> bool {
    first_of(path).is_some_and(|first| path == format!("events/{first:012}.jsonl"))
}

/// The files that a verifier derives again.
pub(super) const DERIVED: [&str; 5] =
    ["people.json", "catalog.json", "catalog.csv", "withheld.json", "withheld.csv"];

/// Whether `bytes` are the one way to write `value`: canonical JSON and a line end.
pub(super) fn is_written_so(value: &impl Serialize, bytes: &[u8]) -> bool {
    to_file(value).is_ok_and(|ours| ours == bytes)
}
