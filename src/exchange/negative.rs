//! An entry of the negative list (政务公开负面清单), and the digest of an exact list, which an approval signs.

use serde::{Deserialize, Serialize};

use super::standard::lines_digest;
use crate::fault::Outcome;
use crate::record::{Day, FileDigest};

/// What is not disclosed, and on which basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NegativeEntry {
    /// `exclusion/…`
    pub id: String,
    /// 范围
    pub scope: String,
    /// Ground of withholding, a code of the rule book.
    pub ground: String,
    /// 依据, a code of the rule book.
    pub provision: String,
    /// 依据条款, as written.
    pub basis_text: String,
    /// 领域, a code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// 复核日期
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Day>,
    /// 备注 for the public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// SHA-256 over the canonical JSON (RFC 8785) of each entry in order, each followed by a line feed, as for the standard catalogue. The shape is in
/// `docs/negative-list.md`.
///
/// # Errors
/// `standard.row_form`, naming the entry, for one that has no canonical form: longer than a mebibyte.
pub fn negative_digest(entries: &[NegativeEntry]) -> Outcome<FileDigest> {
    lines_digest(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> NegativeEntry {
        NegativeEntry {
            id: "exclusion/a".into(),
            scope: "正在讨论的人事安排".into(),
            ground: "internal".into(),
            provision: "foi_16_1".into(),
            basis_text: "第十六条第一款".into(),
            field: None,
            review_by: "2027-01-01".parse().ok(),
            note: None,
        }
    }

    #[test]
    fn the_digest_is_that_of_the_canonical_lines() {
        let line = r#"{"basis_text":"第十六条第一款","ground":"internal","id":"exclusion/a","provision":"foi_16_1","review_by":"2027-01-01","scope":"正在讨论的人事安排"}"#;
        let expected = FileDigest::of_file(format!("{line}\n").as_bytes());
        assert_eq!(negative_digest(&[entry()]).unwrap(), expected);
        let other = NegativeEntry { note: Some("说明".into()), ..entry() };
        assert_ne!(negative_digest(&[other]).unwrap(), expected);
    }
}
