//! Rules on erasures and acknowledgements: events about events.

use super::super::fact::FactId;
use super::super::state::Acknowledgement;
use super::{Case, Hit};

pub(super) fn of(case: &Case<'_>) -> Option<Hit> {
    let named = case.reading.number(FactId::Of)?;
    let span = span(case);
    let within = span.is_some_and(|(first, last)| (first..=last).contains(&named));
    (!within).then(|| Hit::found(named))
}

/// First and newest event of the subject.
fn span(case: &Case<'_>) -> Option<(u64, u64)> {
    let (subject, state) = (case.reading.subject(), case.state);
    match case.reading.event.subject.class() {
        "item" => case.item.map(|item| (item.first, item.last)),
        "round" => state.round(subject).map(|round| (round.first, round.last)),
        "person" => state.office.people.get(subject).map(|person| (person.first, person.last)),
        "ledger" => (subject == "ledger/main").then_some((0, state.office.last)),
        _ => case.dossier.map(|dossier| (dossier.first, dossier.last)),
    }
}

pub(super) fn in_force(case: &Case<'_>) -> Option<Hit> {
    let named = case.reading.number(FactId::Of)?;
    let open = case.reading.is(FactId::Part, "open") && in_force_of(case) == Some(named);
    open.then(|| Hit::found(named))
}

/// The event whose open part is in force for the subject.
fn in_force_of(case: &Case<'_>) -> Option<u64> {
    case.item.and_then(|item| item.open).or_else(|| case.dossier.and_then(|dossier| dossier.open))
}

fn entry<'a>(case: &Case<'a>) -> Option<&'a Acknowledgement> {
    let of = case.reading.number(FactId::Of)?;
    let code = case.reading.text(FactId::Code)?;
    case.state.office.findings.get(&(of, code.into()))
}

pub(super) fn ack_finding(case: &Case<'_>) -> Option<Hit> {
    let waits = entry(case).is_some_and(|entry| !entry.done);
    let (of, code) = (case.reading.number(FactId::Of)?, case.reading.text(FactId::Code)?);
    (!waits).then(|| Hit::new(of, code))
}

pub(super) fn ack_same_person(case: &Case<'_>) -> Option<Hit> {
    let (entry, person) = (entry(case)?, case.reading.person());
    (!entry.done && entry.first.as_deref() == Some(person)).then(|| Hit::found(person))
}
