//! Rules on the ledger itself: genesis, editions, the clock.

use serde_json::Value;

use super::super::fact::FactId;
use super::super::form;
use super::{Case, Hit};
use crate::record::EditionDigest;

/// One of the keys of genesis.
pub(in super::super) struct FirstKey<'a> {
    pub(in super::super) holder: &'a str,
    pub(in super::super) key: &'a str,
    pub(in super::super) possession: &'a str,
    roles: &'a [Value],
    /// Whether its roles are a list at all.
    pub(in super::super) listed: bool,
}

impl FirstKey<'_> {
    pub(in super::super) fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|known| known == role)
    }

    pub(in super::super) fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().filter_map(Value::as_str)
    }
}

/// The keys of genesis, in their order.
pub(in super::super) fn first_keys(keys: Option<&Value>) -> Vec<FirstKey<'_>> {
    let entry = |entry| FirstKey {
        holder: text(entry, "holder"),
        key: text(entry, "key"),
        possession: text(entry, "possession"),
        roles: entry.get("roles").and_then(Value::as_array).map_or(&[], Vec::as_slice),
        listed: entry.get("roles").is_some_and(Value::is_array),
    };
    keys.and_then(Value::as_array).into_iter().flatten().map(entry).collect()
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry.get(name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn genesis_keys(case: &Case<'_>) -> Option<Hit> {
    let keys = first_keys(case.reading.value(FactId::Keys));
    let special = |key: &&FirstKey<'_>| key.has("ledger") || key.has("recovery");
    let ascending = keys.is_sorted_by(|a, b| a.key < b.key);
    let one = |role| keys.iter().filter(|key| key.has(role)).count() == 1;
    let alone = keys.iter().filter(special).all(|key| key.roles.len() == 1);
    let sound = ascending && one("ledger") && one("recovery") && alone && keys.iter().any(|k| k.has("admin"));
    (!sound).then(Hit::default)
}

pub(super) fn genesis_signer(case: &Case<'_>) -> Option<Hit> {
    let (by, person) = (case.reading.event.by.to_string(), case.reading.person());
    let keys = first_keys(case.reading.value(FactId::Keys));
    let signs = keys.iter().any(|key| key.key == by && key.has("admin") && key.holder == person);
    (!signs).then(|| Hit::found(by))
}

fn edition(case: &Case<'_>) -> Option<EditionDigest> {
    case.reading.text(FactId::Edition)?.parse().ok()
}

pub(super) fn edition_unknown(case: &Case<'_>) -> Option<Hit> {
    let edition = edition(case)?;
    case.books.get(&edition).is_none().then(|| Hit::found(edition))
}

pub(super) fn edition_older(case: &Case<'_>) -> Option<Hit> {
    let edition = edition(case)?;
    let known = case.books.get(&edition)?;
    let (new, now) = (known.data().ordinal, case.reading.book.data().ordinal);
    (new <= now).then(|| Hit::found(edition))
}

pub(super) fn clock_previous(case: &Case<'_>) -> Option<Hit> {
    let named = case.reading.text(FactId::Previous).and_then(form::moment)?;
    let before = case.state.office.at?;
    (named != before).then(|| Hit::new(before, named))
}

pub(super) fn clock_backwards(case: &Case<'_>) -> Option<Hit> {
    let (now, before) = (case.reading.event.at, case.state.office.at?);
    (now >= before).then(|| Hit::new(before, now))
}
