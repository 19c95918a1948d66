//! The digest of an exact list, which an approval signs.

use serde::Serialize;

use crate::fault::{Fault, Outcome};
use crate::record::{FileDigest, canonical};

use super::row::MatterRow;

/// SHA-256 over the canonical JSON (RFC 8785) of each row in order, each followed by a line feed. So `sha256sum` of that file gives
/// the same; a row added, left out, moved or changed in any element gives another. The shape is in `docs/standard-catalogue.md`.
///
/// # Errors
/// `standard.row_form`, naming the row, for one that has no canonical form: longer than a mebibyte.
pub fn list_digest(rows: &[MatterRow]) -> Outcome<FileDigest> {
    lines_digest(rows)
}

/// The same of any list that is approved.
///
/// # Errors
/// As [`list_digest`].
pub(in crate::exchange) fn lines_digest<T: Serialize>(list: &[T]) -> Outcome<FileDigest> {
    let mut bytes = Vec::new();
    for (at, entry) in list.iter().enumerate() {
        let line = canonical::to_bytes(entry)
            .map_err(|e| Fault::usage("standard.row_form").with("line", at + 1).with("found", e))?;
        bytes.extend_from_slice(&line);
        bytes.push(b'\n');
    }
    Ok(FileDigest::of_file(&bytes))
}

#[cfg(test)]
mod tests {
    use super::super::read_tests::annex;
    use super::*;

    #[test]
    fn the_digest_names_exactly_this_list() {
        let rows = annex();
        let digest = list_digest(&rows).unwrap();
        assert_eq!(
            digest.to_string(),
            "sha256:5f723d2cf58af59a3cb69712b92fe0c9445a67246af38810511fe2c4223ab4fb"
        );
        let turned: Vec<MatterRow> = rows.iter().rev().cloned().collect();
        assert_ne!(list_digest(&turned).unwrap(), digest);
        let mut other = rows.clone();
        other[1].service = true;
        assert_ne!(list_digest(&other).unwrap(), digest);
        assert_ne!(list_digest(&rows[..1]).unwrap(), digest);
    }

    #[test]
    fn a_row_is_read_back_from_its_json() {
        for row in annex() {
            let text = serde_json::to_string(&row).unwrap();
            assert_eq!(serde_json::from_str::<MatterRow>(&text).unwrap(), row);
        }
    }
}
