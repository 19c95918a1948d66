//! Which record a row is, and whether it says the same as before.
//!
//! Both digests are BLAKE3 in key derivation mode over canonical JSON (RFC 8785), written `b3:<64 hex>`. They are guessable from the
//! row, so they belong in parts, never in facts.
//!
//! **Identity**, context `zhaoce.v1.identity`, over an array of strings:
//! 1. `["index",I]` when the row has a 索引号 I;
//! 2. else `["number",N,O,D]` when it has all of 文号 N, issuer O and a date D (成文日期, else 发布日期);
//! 3. else `["row",T,N,O,W,P]`: title, 文号, issuer, 成文日期, 发布日期, each `""` when absent.
//!
//! The third form leaves out topic, validity, address and whatever other columns there are, so that a row whose address or validity
//! changed is recognised as the same record and put before somebody instead of becoming a second record.
//!
//! **Fingerprint**, context `zhaoce.v1.identity.row`, over an object of every column that says something: expected columns
//! under their key, others as `"x:" + heading`.
//!
//! Texts are normalised first: NFKC, invisible format characters dropped, white space collapsed; 索引号 and 文号 also lose all white space
//! and get 〔 〕 for every kind of bracket; dates are `YYYY-MM-DD`; cells that only say "nothing" (`-`, 无, null …) count as absent.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Digest that two rows share when they are about the same record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity(String);

/// Digest that two rows share when they say the same in every column.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

/// What an identity rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityBasis {
    /// 索引号.
    IndexNumber,
    /// 文号, issuer and date.
    DocumentNumber,
    /// Digest of title, 文号, issuer and dates, some of which are missing.
    Row,
}

/// The normalised values that identify a row; absent ones are empty.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Identifying<'a> {
    pub index_number: &'a str,
    pub title: &'a str,
    pub document_number: &'a str,
    pub issuer: &'a str,
    pub date_written: &'a str,
    pub date_published: &'a str,
}

impl Identity {
    pub(super) fn of(row: &Identifying) -> (Self, IdentityBasis) {
        let date = if row.date_written.is_empty() { row.date_published } else { row.date_written };
        let (fields, basis) = if !row.index_number.is_empty() {
            (vec!["index", row.index_number], IdentityBasis::IndexNumber)
        } else if [row.document_number, row.issuer, date].iter().all(|field| !field.is_empty()) {
            (vec!["number", row.document_number, row.issuer, date], IdentityBasis::DocumentNumber)
        } else {
            let all =
                ["row", row.title, row.document_number, row.issuer, row.date_written, row.date_published];
            (all.to_vec(), IdentityBasis::Row)
        };
        (Self(plain_digest("zhaoce.v1.identity", &fields)), basis)
    }

    /// As written in a part, `b3:<64 hex>`; nothing when it is not of that form.
    pub fn from_text(text: &str) -> Option<Self> {
        is_digest(text).then(|| Self(text.to_owned()))
    }
}

impl Fingerprint {
    pub(super) fn of(columns: &BTreeMap<String, String>) -> Self {
        let sorts_alike = columns.keys().all(|name| name.chars().all(|c| c <= '\u{FFFF}'));
        let digest = if sorts_alike { plain_digest } else { digest };
        Self(digest("zhaoce.v1.identity.row", columns))
    }

    /// As written in a part, `b3:<64 hex>`; nothing when it is not of that form.
    pub fn from_text(text: &str) -> Option<Self> {
        is_digest(text).then(|| Self(text.to_owned()))
    }
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("b3:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// Strings and maps of strings always have a canonical form, so the fallback is never taken.
fn digest(context: &str, value: &impl Serialize) -> String {
    let canonical = serde_json_canonicalizer::to_vec(value).unwrap_or_default();
    named(context, &canonical)
}

/// Plain JSON is canonical already for arrays of strings and for objects whose names sort alike as UTF-8 and as UTF-16; several times faster.
fn plain_digest(context: &str, value: &impl Serialize) -> String {
    named(context, &serde_json::to_vec(value).unwrap_or_default())
}

fn named(context: &str, canonical: &[u8]) -> String {
    format!("b3:{}", hex::encode(blake3::derive_key(context, canonical)))
}

impl fmt::Display for Identity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Identifying = Identifying {
        index_number: "",
        title: "通知",
        document_number: "国发〔2018〕6号",
        issuer: "国务院",
        date_written: "2018-03-22",
        date_published: "2018-03-26",
    };

    #[test]
    fn the_definition_is_pinned_by_vectors() {
        let expected = |json: &str| {
            format!("b3:{}", hex::encode(blake3::derive_key("zhaoce.v1.identity", json.as_bytes())))
        };
        let (by_number, basis) = Identity::of(&FULL);
        assert_eq!(basis, IdentityBasis::DocumentNumber);
        assert_eq!(by_number.to_string(), expected(r#"["number","国发〔2018〕6号","国务院","2018-03-22"]"#));
        let (by_index, basis) = Identity::of(&Identifying { index_number: "000/2018-1", ..FULL });
        assert_eq!(basis, IdentityBasis::IndexNumber);
        assert_eq!(by_index.to_string(), expected(r#"["index","000/2018-1"]"#));
        let (by_row, basis) = Identity::of(&Identifying { issuer: "", ..FULL });
        assert_eq!(basis, IdentityBasis::Row);
        assert_eq!(
            by_row.to_string(),
            expected(r#"["row","通知","国发〔2018〕6号","","2018-03-22","2018-03-26"]"#)
        );
    }

    proptest::proptest! {
        #[test]
        fn both_ways_to_canonical_bytes_agree(
            columns in proptest::collection::btree_map("[a\u{E000}\u{FFFF}\u{10000}甲\"]{0,3}", "[\\PC\u{0}-\u{1F}\u{7F}/\\\\\"]{0,8}", 0..6)
        ) {
            proptest::prop_assert_eq!(Fingerprint::of(&columns).to_string(), digest("zhaoce.v1.identity.row", &columns));
            let fields: Vec<&String> = columns.values().collect();
            proptest::prop_assert_eq!(plain_digest("c", &fields), digest("c", &fields));
        }
    }

    #[test]
    fn digests_read_back() {
        let (identity, _) = Identity::of(&FULL);
        assert_eq!(Identity::from_text(&identity.to_string()), Some(identity));
        assert_eq!(Identity::from_text("b3:00"), None);
        assert_eq!(Fingerprint::from_text(&format!("b3:{}", "G".repeat(64))), None);
    }
}
