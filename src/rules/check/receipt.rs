//! Receipts and cosignatures: whether the notes in the facts are what they say. Roots and times are the verifier's.

use super::super::cosigned::{self, Unsound};
use super::{Case, Hit};
use crate::record::{KeyId, TreeHash};

fn hit<T>(checked: Result<T, Unsound>) -> Option<Hit> {
    checked.err().map(|unsound| Hit::new(unsound.expected, unsound.found))
}

pub(super) fn receipt_note(case: &Case<'_>) -> Option<Hit> {
    hit(cosigned::receipt(case.state, case.reading.event))
}

/// The register of the office the event is about.
fn register<'a>(case: &Case<'a>, name: &str) -> &'a str {
    cosigned::register(case.state, case.reading.subject(), name).unwrap_or_default()
}

pub(super) fn advance_note(case: &Case<'_>) -> Option<Hit> {
    hit(advanced(case))
}

fn advanced(case: &Case<'_>) -> Result<(), Unsound> {
    let event = case.reading.event;
    let note = cosigned::checkpoint(event, "note")?;
    let fact = |name| event.fact(name).unwrap_or_default();
    let root = fact("root").trim_start_matches("sha256:").parse::<TreeHash>();
    let (size, stated) = (event.fact_number("size"), (Some(note.head.size), Ok(note.head.root)));
    if (size, root.map_err(drop)) != stated {
        let expected = format!("{} {}", size.unwrap_or_default(), fact("root"));
        return Err(Unsound { expected, found: format!("{} {}", note.head.size, note.head.root) });
    }
    let key = KeyId::parse(fact("ledger_key"));
    let key = key.map_err(|error| Unsound { expected: "a key".into(), found: error.to_string() })?;
    cosigned::signed_by(&note, register(case, "origin"), key)?;
    cosigned::cosigned_here(case.state, &note).map(drop)
}

pub(super) fn fork_notes(case: &Case<'_>) -> Option<Hit> {
    hit(forked(case))
}

/// Both notes are the office's, and they state different trees.
fn forked(case: &Case<'_>) -> Result<(), Unsound> {
    let event = case.reading.event;
    let (held, shown) = (cosigned::checkpoint(event, "held")?, cosigned::checkpoint(event, "shown")?);
    let key = register(case, "ledger_key");
    let key = KeyId::parse(key)
        .map_err(|_| Unsound { expected: "an office with a ledger key".into(), found: key.into() })?;
    for note in [&held, &shown] {
        cosigned::signed_by(note, register(case, "origin"), key)?;
    }
    let differ = held.head != shown.head;
    differ
        .then_some(())
        .ok_or_else(|| Unsound { expected: "two different trees".into(), found: held.head.root.to_string() })
}
