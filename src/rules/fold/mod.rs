//! Folding a judged event into the state. See `docs/rules.md` §7.

mod dossier;
mod item;
mod office;
mod round;

use super::book::{Books, Flow, Next, has_state};
use super::check::{Effect, Judgement};
use super::code::Step;
use super::fact::Reading;
use super::state::{Acknowledgement, State};
use crate::record::{Class, Event};

/// Folds an event with its judgement.
pub(super) fn fold(books: &Books, state: &mut State, event: &Event, judgement: &Judgement<'_>) {
    if event.seq == 0 && event.kind.as_str() == "ledger.opened" {
        // Whatever is found against it: it is pinned by its hash, and all that follows stands on it.
        office::open(books, &mut state.office, event);
    }
    if judgement.effect == Effect::Nothing {
        if judgement.breaches.iter().any(|breach| breach.code == "edition.unknown") {
            office::keep_keys(state, event);
        }
        return;
    }
    seen(state, event);
    keep_findings(state, event, judgement);
    if let (Effect::Folded, Some(reading)) = (judgement.effect, &judgement.reading) {
        effect(books, state, reading);
    }
}

fn seen(state: &mut State, event: &Event) {
    state.office.at = Some(event.at);
    if let Some(key) = state.office.keys.get_mut(&event.by) {
        key.signed = Some(event.seq);
    }
}

fn keep_findings(state: &mut State, event: &Event, judgement: &Judgement<'_>) {
    let breaches = &judgement.breaches;
    // Nobody can acknowledge that the ledger began wrongly.
    if event.seq == 0 || breaches.iter().any(|breach| breach.class == Class::Integrity) {
        return;
    }
    for breach in breaches.iter().filter(|breach| breach.class == Class::Unlawful) {
        let place = (event.seq, breach.code.into());
        state.office.findings.insert(place, Acknowledgement::default());
    }
}

/// What an event does, once it counts.
fn effect(books: &Books, state: &mut State, reading: &Reading<'_>) {
    let subject = reading.subject();
    if subject.starts_with("item/") {
        item::fold(state, reading);
    } else if subject.starts_with("round/") {
        round::fold(state, reading);
    } else if reading.book.class(reading.event.subject.class()).is_some() {
        dossier::fold(state, reading);
    } else {
        office::fold(books, state, reading);
    }
}

/// The state after an event that found its subject in `before`; `None` when it stays.
fn next<'a>(flow: Option<&'a Flow>, before: &str, reading: &Reading<'_>) -> Option<&'a str> {
    let flow = flow?;
    if has_state(&flow.keeps, before) {
        return None;
    }
    match &flow.to {
        Next::To(state) => state.as_deref(),
        Next::By(fact, values) => {
            let value = reading.event.fact(fact).unwrap_or_default();
            values.iter().find(|(known, _)| **known == *value).and_then(|(_, state)| state.as_deref())
        }
    }
}

/// The same for items and rounds.
fn after(flow: Option<&Flow>, before: Step, reading: &Reading<'_>) -> Step {
    next(flow, before.as_str(), reading).and_then(Step::parse).unwrap_or(before)
}
