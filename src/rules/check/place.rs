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
    let book = if genesis { named(books, event) } else { in_force(books, state) }?;
    if state.office.ended {
        return Err(Hit::default().breach("ledger.ended", Class::Integrity));
    }
    Ok(book)
}

fn named<'a>(books: &'a Books, event: &Event) -> Result<&'a RuleBook, Breach> {
    let rules = event.fact("rules").unwrap_or_default();
    let book = rules.parse::<EditionDigest>().ok().and_then(|digest| books.get(&digest));
    book.map(|book| &**book).ok_or_else(|| unknown(rules))
}

fn in_force<'a>(books: &'a Books, state: &State) -> Result<&'a RuleBook, Breach> {
    let edition = state.office.edition;
    let book = edition.filter(|_| state.office.known).and_then(|digest| books.get(&digest));
    book.map(|book| &**book)
        .ok_or_else(|| unknown(edition.map_or_else(|| "none".to_owned(), |digest| digest.to_string())))
}

fn unknown(found: impl ToString) -> Breach {
    Hit::found(found).breach("edition.unknown", Class::Uncheckable)
}
