//! Stages 1 and 3: who signed, who did it, and when.

use super::super::breach::Breach;
use super::super::code::{Action, KeyUse, Role, Roles};
use super::super::fact::FactId;
use super::super::state::State;
use super::{Case, Hit, Notes};
use crate::record::{Authority, Class, Event, KeyId};

/// Whether `key` may sign the act that begins at event `act`.
pub(in super::super) fn authority(state: &State, key: &KeyId, act: u64) -> Authority {
    let Some(known) = state.office.keys.get(key) else {
        // Without the edition in force nothing can be said of a key that is not on the list.
        return if state.office.known { Authority::Unknown } else { Authority::Enrolled };
    };
    if known.from > act {
        Authority::Unknown
    } else if known.usage == KeyUse::Ledger {
        Authority::NotForActs
    } else if known.revoked.is_some_and(|revoked| revoked < act) {
        Authority::Revoked
    } else {
        Authority::Enrolled
    }
}

/// Stage 1.
pub(super) fn check(state: &State, event: &Event) -> Option<Breach> {
    if event.seq == 0 {
        return None;
    }
    let code = match authority(state, &event.by, event.act) {
        Authority::Enrolled => return None,
        Authority::Unknown => "signer.unknown",
        Authority::Revoked => "signer.revoked",
        Authority::NotForActs => "signer.not_for_acts",
    };
    Some(Hit::found(event.by).breach(code, Class::Integrity))
}

/// Stage 3.
pub(super) fn common(case: &Case<'_>, notes: &mut Notes<'_>) {
    let (reading, entered) = (case.reading, case.reading.event.at.day());
    notes.add_if(reading.on > entered, "date.on_future", || Hit::new(entered, reading.on));
    let mode = reading.text(FactId::Mode).unwrap_or_default();
    let allowed = &reading.kind.modes;
    notes.add_if(!allowed.iter().any(|known| &**known == mode), "mode.forbidden", || {
        Hit::new(allowed.join(", "), mode).of("mode")
    });
    if reading.event.seq == 0 {
        return;
    }
    notes.add_if(exceeds_recovery(case), "signer.recovery", || Hit::found(&reading.kind.name));
    person(case, mode, notes);
    if mode == "transcribed" {
        transcription(case, notes);
    }
    backdated(case, notes);
}

fn person(case: &Case<'_>, mode: &str, notes: &mut Notes<'_>) {
    let (id, kind) = (case.reading.person(), case.reading.kind);
    let Some(person) = case.state.office.people.get(id) else {
        return notes.add("person.unknown", Hit::found(id));
    };
    let holder = case.signer.map_or("", |key| &key.holder);
    notes.add_if(mode != "transcribed" && id != holder, "person.not_signer", || Hit::new(holder, id));
    let recovery = case.signer.is_some_and(|key| key.usage == KeyUse::Recovery);
    notes.add_if(!recovery && !person.roles.meets(kind.roles), "role.missing", || {
        Hit::new(role_list(kind.roles), role_list(person.roles)).of("role")
    });
}

fn role_list(roles: Roles) -> String {
    roles.iter().map(Role::as_str).collect::<Vec<_>>().join(", ")
}

fn transcription(case: &Case<'_>, notes: &mut Notes<'_>) {
    let may = [Role::Clerk, Role::Approver, Role::Admin].into_iter().collect::<Roles>();
    let people = &case.state.office.people;
    let signs = case.signer.and_then(|key| people.get(&key.holder)).is_some_and(|p| p.roles.meets(may));
    notes.add_if(!signs, "transcribe.signer", Hit::default);
    notes.add_if(!case.reading.has(FactId::Evidence), "transcribe.evidence", Hit::default);
}

fn backdated(case: &Case<'_>, notes: &mut Notes<'_>) {
    let round = || case.own_round().map(|round| round.last_on);
    let dossier = || case.dossier.map(|dossier| dossier.last_on);
    let before = case.item.map(|item| item.last_on).or_else(round).or_else(dossier);
    if let Some(before) = before {
        notes.add_if(case.reading.on < before, "date.backdated", || Hit::new(before, case.reading.on));
    }
}

/// The recovery key makes an administrator and gives one a key; nothing else.
fn exceeds_recovery(case: &Case<'_>) -> bool {
    if case.signer.is_none_or(|key| key.usage != KeyUse::Recovery) {
        return false;
    }
    let (reading, people) = (case.reading, &case.state.office.people);
    let admin: Roles = [Role::Admin].into_iter().collect();
    let fits = match reading.kind.action {
        Action::PersonAdded => reading.roles() == admin,
        Action::PersonChanged => {
            people.get(reading.subject()).is_some_and(|person| reading.roles() == person.roles.union(admin))
        }
        Action::KeyEnrolled => people.holds(reading.subject(), Role::Admin),
        _ => false,
    };
    !fits
}
