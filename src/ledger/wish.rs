//! Wishes: what someone wants recorded, before it has salts, digests and a place.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::fault::{Fault, Outcome};
use crate::record::act::{Draft, SealedPart};
use crate::record::{Day, Facts, Kind, Part, PartName, Subject};

/// One event as it is wished for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wish {
    /// What happened.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// What the law is judged by.
    pub facts: Facts,
    /// The bodies; empty ones are left out of the event.
    pub parts: BTreeMap<PartName, Map<String, Value>>,
}

impl Wish {
    /// A wish of `kind` about `subject`.
    ///
    /// Errors: `event.kind` when `kind` is not of the form `class.verb`.
    pub fn new(kind: &str, subject: &Subject) -> Outcome<Self> {
        let kind = kind.parse().map_err(|error| Fault::usage("event.kind").with("found", error))?;
        Ok(Self { kind, subject: subject.clone(), facts: Facts::new(), parts: BTreeMap::new() })
    }

    /// Sets a fact.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }

    /// Sets a fact when there is a value for it.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.fact(name, value),
            None => self,
        }
    }

    /// Sets a member of a part.
    #[must_use]
    pub fn part(mut self, part: PartName, name: &str, value: impl Into<Value>) -> Self {
        self.parts.entry(part).or_default().insert(name.into(), value.into());
        self
    }

    /// Sets a member of a part when there is a value for it.
    #[must_use]
    pub fn maybe_part(self, part: PartName, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.part(part, name, value),
            None => self,
        }
    }

    /// Sets who did it, when, and how it is recorded.
    #[must_use]
    pub fn done(self, person: &Subject, on: Day, mode: &str) -> Self {
        self.fact("person", person.as_str()).fact("on", on.to_string()).fact("mode", mode)
    }

    /// The draft, each part salted with 16 fresh bytes from `salt`.
    pub(super) fn draft(self, salt: &mut dyn FnMut() -> Outcome<[u8; 16]>) -> Outcome<Draft> {
        let mut parts = Vec::with_capacity(self.parts.len());
        for (name, data) in self.parts {
            if !data.is_empty() {
                let part = Part::new(data, salt()?);
                parts.push(
                    SealedPart::new(name, &part)
                        .map_err(|e| Fault::usage("event.unwritable").with("found", e))?,
                );
            }
        }
        Ok(Draft { kind: self.kind, subject: self.subject, facts: self.facts, parts })
    }
}
