//! What events on the ledger, persons and keys do.

use super::super::book::Books;
use super::super::check::ledger::first_keys;
use super::super::check::signer::authority;
use super::super::code::{Action, KeyUse, Role, Roles, SecretStub, Separation};
use super::super::fact::{FactId, Reading};
use super::super::people::{Key, Person};
use super::super::state::{Office, Policy, State};
use crate::record::{Authority, Day, Event, KeyId, Subject};

pub(super) fn fold(books: &Books, state: &mut State, reading: &Reading<'_>) {
    let office = &mut state.office;
    let seq = reading.event.seq;
    match reading.kind.action {
        Action::LedgerClosed => office.ended = true,
        Action::RulesAdopted => adopt(books, office, reading),
        Action::RulesPolicy => office.policy = policy(reading),
        Action::PersonAdded => {
            let roles = reading.roles();
            office.people.put(Person { id: reading.subject().into(), roles, first: seq, last: seq });
        }
        Action::PersonChanged => {
            if let Some(person) = office.people.get_mut(reading.subject()) {
                person.roles = reading.roles();
            }
        }
        Action::KeyEnrolled => enrol(office, reading),
        Action::KeyRevoked => {
            let key = reading.key().and_then(|key| office.keys.get_mut(&key));
            if let Some(key) = key {
                key.revoked = Some(reading.event.act);
            }
        }
        Action::FindingAcknowledged => acknowledge(office, reading),
        Action::CalendarAdopted => adopt_calendar(office, reading),
        _ => {}
    }
    touch(office, reading);
}

/// Notes the subject's newest event.
fn touch(office: &mut Office, reading: &Reading<'_>) {
    let seq = reading.event.seq;
    if reading.subject() == "ledger/main" {
        office.last = seq;
    } else if let Some(person) = office.people.get_mut(reading.subject()) {
        person.last = seq;
    }
}

/// Genesis: its edition, its keys and their holders, as far as the facts are of their forms. It needs no rule book.
pub(super) fn open(books: &Books, office: &mut Office, event: &Event) {
    office.edition = event.fact("rules").and_then(|text| text.parse().ok());
    office.known = office.edition.is_some_and(|edition| books.get(&edition).is_some());
    for first in first_keys(event.facts.get("keys")).into_iter().filter(|first| first.listed) {
        let holder = first.holder.parse::<Subject>().ok().filter(|holder| holder.class() == "person");
        let (Ok(key), Some(holder)) = (KeyId::parse(first.key), holder) else { continue };
        let id: Box<str> = holder.as_str().into();
        let before = office.people.get(&id).map(|person| person.roles).unwrap_or_default();
        let roles = first.roles().filter_map(Role::parse).collect::<Roles>().union(before);
        office.people.put(Person { id: id.clone(), roles, first: 0, last: 0 });
        let usage = if first.has("ledger") {
            KeyUse::Ledger
        } else if first.has("recovery") {
            KeyUse::Recovery
        } else {
            KeyUse::Act
        };
        office.keys.put(Key { key, holder: id, usage, enrolled: 0, from: 0, revoked: None, signed: None });
    }
}

/// What an event says of keys under an edition that is not at hand: it is not judged, but who may sign stays known as
/// far as enrolments and revocations tell.
pub(super) fn keep_keys(state: &mut State, event: &Event) {
    if event.seq == 0 || authority(state, &event.by, event.act) != Authority::Enrolled {
        return;
    }
    let Some(key) = event.fact("key").and_then(|text| KeyId::parse(text).ok()) else { return };
    match (event.kind.as_str(), state.office.keys.get_mut(&key)) {
        ("key.enrolled", None) => state.office.keys.put(Key {
            key,
            holder: event.subject.as_str().into(),
            usage: KeyUse::Act,
            enrolled: event.seq,
            from: event.act + 1,
            revoked: None,
            signed: None,
        }),
        ("key.revoked", Some(known)) => {
            known.revoked.get_or_insert(event.act);
        }
        _ => {}
    }
}

fn adopt(books: &Books, office: &mut Office, reading: &Reading<'_>) {
    let edition = reading.text(FactId::Edition).and_then(|text| text.parse().ok());
    office.known = edition.is_some_and(|edition| books.get(&edition).is_some());
    office.edition = edition;
}

fn adopt_calendar(office: &mut Office, reading: &Reading<'_>) {
    let year = reading.number(FactId::Year).and_then(|year| i16::try_from(year).ok());
    let days = |fact| {
        let list = reading.value(fact).and_then(serde_json::Value::as_array).into_iter().flatten();
        list.filter_map(|day| day.as_str()?.parse().ok()).collect::<Vec<Day>>()
    };
    if let Some(year) = year {
        office.calendar.adopt(year, days(FactId::Holidays), days(FactId::Workdays), reading.event.seq);
    }
}

fn policy(reading: &Reading<'_>) -> Policy {
    let strict = Policy::default();
    let separation = reading.text(FactId::Separation).and_then(Separation::parse);
    let secret_stub = reading.text(FactId::SecretStub).and_then(SecretStub::parse);
    Policy {
        separation: separation.unwrap_or(strict.separation),
        secret_stub: secret_stub.unwrap_or(strict.secret_stub),
        round_months: reading.number(FactId::RoundMonths).unwrap_or(strict.round_months),
    }
}

fn enrol(office: &mut Office, reading: &Reading<'_>) {
    let Some(key) = reading.key() else { return };
    let event = reading.event;
    office.keys.put(Key {
        key,
        holder: reading.subject().into(),
        usage: KeyUse::Act,
        enrolled: event.seq,
        from: event.act + 1,
        revoked: None,
        signed: None,
    });
}

fn acknowledge(office: &mut Office, reading: &Reading<'_>) {
    let of = reading.number(FactId::Of).unwrap_or(u64::MAX);
    let code = reading.text(FactId::Code).unwrap_or_default();
    if let Some(entry) = office.findings.get_mut(&(of, code.into())) {
        match entry.first {
            None => entry.first = Some(reading.person().into()),
            Some(_) => entry.done = true,
        }
    }
}
