//! What events on the ledger, persons and keys do.

use super::super::book::Books;
use super::super::check::ledger::first_keys;
use super::super::code::{Action, KeyUse, Role, Roles, SecretStub, Separation};
use super::super::fact::{FactId, Reading};
use super::super::people::{Key, Person};
use super::super::state::{Office, Policy, State};
use crate::record::KeyId;

pub(super) fn fold(books: &Books, state: &mut State, reading: &Reading<'_>) {
    let office = &mut state.office;
    let seq = reading.event.seq;
    match reading.kind.action {
        Action::LedgerOpened => open(office, reading),
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

fn open(office: &mut Office, reading: &Reading<'_>) {
    office.edition = Some(reading.book.digest());
    office.known = true;
    for first in first_keys(reading.value(FactId::Keys)) {
        let roles: Roles = first.roles().filter_map(Role::parse).collect();
        let before = office.people.get(first.holder).map(|person| person.roles).unwrap_or_default();
        let person = Person { id: first.holder.into(), roles: roles.union(before), first: 0, last: 0 };
        office.people.put(person);
        let usage = if first.has("ledger") {
            KeyUse::Ledger
        } else if first.has("recovery") {
            KeyUse::Recovery
        } else {
            KeyUse::Act
        };
        if let Ok(key) = KeyId::parse(first.key) {
            let holder = first.holder.into();
            office.keys.put(Key { key, holder, usage, enrolled: 0, from: 0, revoked: None, signed: None });
        }
    }
}

fn adopt(books: &Books, office: &mut Office, reading: &Reading<'_>) {
    let edition = reading.text(FactId::Edition).and_then(|text| text.parse().ok());
    office.known = edition.is_some_and(|edition| books.get(&edition).is_some());
    office.edition = edition;
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
