//! Stage 0: the event's place, and the edition it is judged by.

use super::super::book::{Books, RuleBook};
use super::super::breach::Breach;
use super::super::state::State;
use super::Hit;
use crate::record::{Class, EditionDigest, Event};

/// The edition that judges the event.
pub(super) fn check<'a>(books: &'a Books, state: &State, event: &Event) -> Result<&'a RuleBook, Breach> {
    let genesis = event.seq == 0;
    if genesis != (event.kind.as_str() == "ledger.opened") {
        return Err(Hit::new(0, event.seq).breach("genesis.place", Class::Integrity));
    }
    let book = edition(books, state, event).ok_or_else(|| {
        let found = if genesis { event.fact("rules").map(str::to_owned) } else { None };
        let found = found.or_else(|| state.office.edition.map(|digest| digest.to_string()));
        Hit::found(found.unwrap_or_else(|| "none".into())).breach("edition.unknown", Class::Uncheckable)
    })?;
    if state.office.ended {
        return Err(Hit::default().breach("ledger.ended", Class::Integrity));
    }
    Ok(book)
}

/// The edition that judges `event`, if it is at hand: for event 0 the one it names, else the one in force.
pub(in super::super) fn edition<'a>(books: &'a Books, state: &State, event: &Event) -> Option<&'a RuleBook> {
    let digest = if event.seq == 0 {
        event.fact("rules")?.parse::<EditionDigest>().ok()?
    } else {
        state.office.edition.filter(|_| state.office.known)?
    };
    books.get(&digest).map(|book| &**book)
}
