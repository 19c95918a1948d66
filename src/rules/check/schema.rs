//! Stage 2: subject, facts and parts are those of the kind.

use super::super::book::{FactSpec, KindRules, RuleBook};
use super::super::fact::{FactId, Reading};
use super::super::form;
use super::{Hit, Notes};
use crate::record::Event;

/// Reads the event; `None` when it does not fit its kind, and `notes` says why.
pub(super) fn check<'a>(book: &'a RuleBook, event: &'a Event, notes: &mut Notes<'_>) -> Option<Reading<'a>> {
    let Some(kind) = book.kind(event.kind.as_str()) else {
        notes.add("schema.kind", Hit::found(&event.kind));
        return None;
    };
    subject(kind, event, notes);
    let mut reading = Reading::new(book, kind, event);
    facts(&mut reading, notes);
    parts(kind, event, notes);
    if !notes.breaches.is_empty() {
        return None;
    }
    reading.on = reading.text(FactId::On).and_then(form::date)?;
    Some(reading)
}

fn subject(kind: &KindRules, event: &Event, notes: &mut Notes<'_>) {
    let Some(class) = kind.class.as_deref() else { return };
    let subject = &event.subject;
    let id = subject.as_str().strip_prefix(class).and_then(|rest| rest.strip_prefix('/'));
    let wrong = id.is_none_or(|id| class == "ledger" && id != "main");
    notes.add_if(wrong, "schema.subject", || Hit::new(class, subject));
}

/// Facts and specifications both come sorted by name, so one walk compares them.
fn facts(reading: &mut Reading<'_>, notes: &mut Notes<'_>) {
    let event = reading.event;
    let mut specs = reading.kind.facts.iter().peekable();
    for (name, value) in &event.facts {
        while let Some(spec) = specs.next_if(|spec| *spec.name < **name) {
            absent(spec, notes);
        }
        match specs.next_if(|spec| *spec.name == **name) {
            None => notes.add("schema.fact_unknown", Hit::found(name)),
            Some(spec) if !spec.form.admits(value, event.seq) => {
                let expected = format!("{name}: {}", spec.form.words());
                notes.add("schema.fact_value", Hit::new(expected, short(value)));
            }
            Some(spec) => {
                if let Some(id) = spec.id {
                    reading.put(id, value);
                }
            }
        }
    }
    specs.for_each(|spec| absent(spec, notes));
}

fn absent(spec: &FactSpec, notes: &mut Notes<'_>) {
    notes.add_if(spec.required, "schema.fact_missing", || Hit::new(&spec.name, "none"));
}

fn short(value: &serde_json::Value) -> String {
    value.to_string().chars().take(80).collect()
}

fn parts(kind: &KindRules, event: &Event, notes: &mut Notes<'_>) {
    for (name, rule) in &kind.parts {
        let missing = rule.required && !event.parts.contains_key(name);
        notes.add_if(missing, "schema.part_missing", || Hit::new(name.as_str(), "none").of("part"));
    }
    for name in event.parts.keys() {
        let unknown = !kind.parts.contains_key(name);
        notes.add_if(unknown, "schema.part_unknown", || Hit::found(name.as_str()).of("part"));
    }
}
