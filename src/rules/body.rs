//! What the body of a part must hold. See `docs/rules.md` §8.

use serde_json::{Map, Value};

use super::book::RuleBook;
use super::breach::Breach;
use crate::record::{Class, Kind, PartName};

/// Breaches of a part's body, for whoever holds it: the first member that is required and not there.
pub fn check_body(book: &RuleBook, kind: &Kind, part: PartName, data: &Map<String, Value>) -> Vec<Breach> {
    let rule = book.kind(kind.as_str()).and_then(|kind| kind.parts.get(&part));
    let members = rule.map_or(&[][..], |rule| rule.members.as_slice());
    let empty = |name: &&String| match data.get(*name) {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    };
    let breach = |name: &String| Breach {
        code: "part.member_missing",
        class: Class::Integrity,
        expected: format!("{}.{name}", part.as_str()),
        found: "none".into(),
        vocabulary: None,
    };
    members.iter().find(empty).map(breach).into_iter().collect()
}
