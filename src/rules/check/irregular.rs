//! Stage 6: declared departures, and what declaring one takes.

use serde_json::Value;

use super::super::code::Role;
use super::super::fact::FactId;
use super::{Case, Hit, Notes};
use crate::record::{Class, PartName};

/// Turns waived breaches irregular, and checks the declaration.
pub(super) fn check(case: &Case<'_>, notes: &mut Notes<'_>) {
    let Some(declared) = case.reading.value(FactId::Irregular).and_then(Value::as_array) else { return };
    let mut used = Vec::new();
    for breach in notes.breaches.iter_mut().filter(|breach| breach.class == Class::Unlawful) {
        let waiver = notes.book.rule(breach.code).and_then(|rule| rule.waiver.as_deref());
        if let Some(waiver) = waiver
            && case.reading.declares(waiver)
        {
            breach.class = Class::Irregular;
            used.push(waiver);
        }
    }
    let unneeded = declared.iter().filter_map(Value::as_str).find(|code| !used.contains(code));
    declaration(case, notes);
    if let Some(code) = unneeded {
        notes.add("irregular.unneeded", Hit::found(code).of("irregular"));
    }
}

fn declaration(case: &Case<'_>, notes: &mut Notes<'_>) {
    let people = &case.state.office.people;
    let approver = case.signer.is_some_and(|key| people.holds(&key.holder, Role::Approver));
    notes.add_if(!case.reading.has(FactId::Evidence), "irregular.evidence", Hit::default);
    notes.add_if(!case.reading.commits(PartName::Closed), "irregular.reason", Hit::default);
    notes.add_if(!approver, "irregular.signer", Hit::default);
}
