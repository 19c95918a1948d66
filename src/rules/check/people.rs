//! Rules on persons and keys.

use super::super::code::{Action, KeyUse, Role};
use super::super::fact::FactId;
use super::super::people::Key;
use super::ledger::first_keys;
use super::{Case, Hit};
use crate::record::{KeyId, PublicKey};

pub(super) fn exists(case: &Case<'_>) -> Option<Hit> {
    let subject = case.reading.subject();
    case.state.office.people.get(subject).map(|_| Hit::found(subject))
}

pub(super) fn missing(case: &Case<'_>) -> Option<Hit> {
    let subject = case.reading.subject();
    case.state.office.people.get(subject).is_none().then(|| Hit::found(subject))
}

/// The key the facts name, if it is the subject's.
fn own_key<'a>(case: &Case<'a>) -> Option<&'a Key> {
    let key = case.state.office.keys.get(&case.reading.key()?)?;
    (&*key.holder == case.reading.subject()).then_some(key)
}

/// Persons with the role 管理 and a key in force, after what `role` and `key` say of the change.
fn live_admins(case: &Case<'_>, role: impl Fn(&str) -> bool, key: impl Fn(&Key) -> bool) -> usize {
    let office = &case.state.office;
    let live = |id: &str| {
        let mut keys = office.keys.iter().filter(|k| &*k.holder == id);
        keys.any(|k| k.usage == KeyUse::Act && k.revoked.is_none() && key(k))
    };
    office.people.iter().filter(|person| role(&person.id) && live(&person.id)).count()
}

pub(super) fn admin_last(case: &Case<'_>) -> Option<Hit> {
    let (reading, people) = (case.reading, &case.state.office.people);
    let holds = |id: &str| people.holds(id, Role::Admin);
    let after = if reading.kind.action == Action::KeyRevoked {
        let gone = own_key(case)?.key;
        live_admins(case, holds, |key| key.key != gone)
    } else {
        let (subject, keeps) = (reading.subject(), reading.roles().has(Role::Admin));
        live_admins(case, |id| if id == subject { keeps } else { holds(id) }, |_| true)
    };
    (after == 0 && live_admins(case, holds, |_| true) > 0).then(Hit::default)
}

/// (key, holder, possession) of every key the event enrols.
fn enrolments<'a>(case: &Case<'a>) -> Vec<(KeyId, &'a str, &'a str)> {
    let reading = case.reading;
    if reading.kind.action == Action::LedgerOpened {
        let keys = first_keys(reading.value(FactId::Keys));
        let parsed = |key: &str| KeyId::parse(key).ok();
        return keys.iter().filter_map(|k| Some((parsed(k.key)?, k.holder, k.possession))).collect();
    }
    let possession = reading.text(FactId::Possession).unwrap_or_default();
    reading.key().map(|key| (key, reading.subject(), possession)).into_iter().collect()
}

fn sound(key: KeyId) -> Option<PublicKey> {
    PublicKey::decode(key).ok().filter(|key| key.enrolable().is_ok())
}

pub(super) fn key_weak(case: &Case<'_>) -> Option<Hit> {
    enrolments(case).into_iter().find(|(key, ..)| sound(*key).is_none()).map(|(key, ..)| Hit::found(key))
}

pub(super) fn key_possession(case: &Case<'_>) -> Option<Hit> {
    let origin = case.state.office.origin.as_str();
    let unproved = |(key, holder, possession): &(KeyId, &str, &str)| {
        sound(*key).is_some_and(|key| !key.proves_possession(origin, holder, possession))
    };
    enrolments(case).into_iter().find(unproved).map(|(key, ..)| Hit::found(key))
}

pub(super) fn key_once(case: &Case<'_>) -> Option<Hit> {
    let key = case.reading.key()?;
    case.state.office.keys.get(&key).map(|_| Hit::found(key))
}

pub(super) fn key_stranger(case: &Case<'_>) -> Option<Hit> {
    own_key(case).is_none().then(|| Hit::found(case.reading.text(FactId::Key).unwrap_or_default()))
}

pub(super) fn key_gone(case: &Case<'_>) -> Option<Hit> {
    let key = own_key(case)?;
    key.revoked.map(|_| Hit::found(key.key))
}

pub(super) fn key_ledger(case: &Case<'_>) -> Option<Hit> {
    (own_key(case)?.usage == KeyUse::Ledger).then(Hit::default)
}

pub(super) fn key_doubtful_range(case: &Case<'_>) -> Option<Hit> {
    let (from, key) = (case.reading.number(FactId::DoubtfulFrom)?, own_key(case)?);
    (from < key.enrolled).then(|| Hit::new(key.enrolled, from))
}

pub(super) fn key_doubtful(case: &Case<'_>) -> Option<Hit> {
    let (from, key) = (case.reading.number(FactId::DoubtfulFrom)?, own_key(case)?);
    let event = case.reading.event;
    let signed = if event.by == key.key { Some(event.seq) } else { key.signed }?;
    (signed >= from).then(|| Hit::new(from, signed))
}
