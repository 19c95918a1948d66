//! What the body of a part must hold. See `docs/rules.md` §8.

use serde_json::{Map, Value};

use super::book::RuleBook;
use super::breach::Breach;
use crate::record::{Class, Kind, PartName};

/// The first member that a part of this kind must hold and `data` has not.
pub(super) fn missing<'a>(
    book: &'a RuleBook,
    kind: &Kind,
    part: PartName,
    data: &Map<String, Value>,
) -> Option<&'a str> {
    let members = &book.kind(kind.as_str())?.parts.get(&part)?.members;
    let empty = |name: &&String| data.get(*name).is_none_or(|value| value.is_null() || value == "");
    members.iter().find(empty).map(String::as_str)
}

/// The breach of a part's body, for whoever holds it.
pub fn check_body(book: &RuleBook, kind: &Kind, part: PartName, data: &Map<String, Value>) -> Option<Breach> {
    missing(book, kind, part, data).map(|name| Breach {
        code: "part.member_missing",
        class: Class::Integrity,
        expected: name.to_owned(),
        found: part.as_str().to_owned(),
        vocabulary: None,
    })
}
