//! What is kept of a dossier: where it stands in law, its texts, its course.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::layout::{after_prefix, key};
use super::parse::Parsed;
use super::row::{Course, erased_by};
use super::store::damaged;
use super::table::{Puts, Table};
use crate::fault::Outcome;
use crate::record::{Day, Event, PartName, Subject};
use crate::rules::{Dossier, Scalar};

/// The members of a body, as its event gave them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Layer {
    seq: u64,
    part: PartName,
    data: Map<String, Value>,
}

/// A dossier: a request, a matter, an exclusion, a document …
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DossierRow {
    /// `request/…`, `matter/…`
    pub id: Subject,
    /// What the law remembers of it; nothing when not one of its events could be folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<Dossier>,
    /// Declared departures of all its events.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub irregular: BTreeSet<Box<str>>,
    /// Its events, oldest first.
    pub course: Vec<Course>,
    /// Bodies made for the public or the office; what is personal stays in the log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    layers: Vec<Layer>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    erased: BTreeSet<(u64, PartName)>,
}

impl DossierRow {
    fn new(id: Subject) -> Self {
        let (irregular, erased) = Default::default();
        Self { id, law: None, irregular, course: Vec::new(), layers: Vec::new(), erased }
    }

    /// Where it stands; `none` when nothing of it counts in law.
    pub fn state(&self) -> &str {
        self.law.as_ref().map_or("none", |law| &law.state)
    }

    /// What a register holds.
    pub fn get(&self, register: &str) -> Option<&Scalar> {
        self.law.as_ref()?.get(register)
    }

    /// The code or other text in a register.
    pub fn code(&self, register: &str) -> Option<&str> {
        self.get(register)?.text()
    }

    /// The day in a register.
    pub fn day(&self, register: &str) -> Option<Day> {
        self.get(register)?.day()
    }

    /// A member of the newest body that has it, whichever part it stands in.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.layers.iter().rev().find_map(|layer| layer.data.get(name))
    }

    /// A text of the newest body that has it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }

    /// The open part in force; nothing when nothing is public, or when this copy has not got it.
    pub fn open(&self) -> Option<&Map<String, Value>> {
        let seq = self.law.as_ref()?.open?;
        let open = self.layers.iter().find(|layer| layer.seq == seq && layer.part == PartName::Open);
        open.map(|layer| &layer.data)
    }

    /// Its newest event of this kind.
    pub fn newest(&self, kind: &str) -> Option<&Course> {
        self.course.iter().rev().find(|event| event.kind.as_str() == kind)
    }

    /// Its first event.
    pub fn first(&self) -> Option<&Course> {
        self.course.first()
    }

    fn take(&mut self, parsed: &Parsed, by: &str) {
        let event = &parsed.event;
        if event.kind.as_str() == "part.erased"
            && let Some(body) = erased_by(event)
        {
            self.erased.insert(body);
            self.layers.retain(|layer| (layer.seq, layer.part) != body);
        }
        for body in parsed.bodies.iter().filter(|body| body.name != PartName::Personal) {
            let layer =
                Layer { seq: event.seq, part: body.name, data: body.data.clone().unwrap_or_default() };
            if !self.erased.contains(&(layer.seq, layer.part)) {
                self.layers.push(layer);
            }
        }
        let codes = event.facts.get("irregular").and_then(Value::as_array);
        self.irregular.extend(codes.into_iter().flatten().filter_map(Value::as_str).map(Box::from));
        let (seq, kind, at) = (event.seq, event.kind.clone(), event.at);
        self.course.push(Course { seq, kind, at, by: by.into(), facts: event.facts.clone() });
    }
}

/// Whether subjects of this class are dossiers: everything that is no item, round or person, nor the ledger.
pub fn is_dossier(subject: &Subject) -> bool {
    !matches!(subject.class(), "item" | "round" | "person" | "ledger")
}

/// Dossiers that the facts of an event name.
fn named(event: &Event) -> impl Iterator<Item = Subject> {
    let texts = event.facts.values().filter_map(Value::as_str).filter(|text| text.contains('/'));
    texts.filter_map(|text| text.parse().ok()).filter(is_dossier)
}

fn row_key(subject: &str) -> Vec<u8> {
    key(b'd', [subject.as_bytes()])
}

fn decode(bytes: &[u8]) -> Outcome<DossierRow> {
    serde_json::from_slice(bytes).map_err(damaged)
}

/// The dossier with this subject.
pub fn dossier(table: &Table, subject: &Subject) -> Outcome<Option<DossierRow>> {
    table.get(&row_key(subject.as_str()))?.map(|bytes| decode(&bytes)).transpose()
}

/// Dossiers whose subject begins with `prefix`, by subject.
pub fn dossiers(table: &Table, prefix: &str) -> Outcome<Vec<DossierRow>> {
    let (from, mut found) = (row_key(prefix), Vec::new());
    table.scan(&from, &after_prefix(&from), &mut |_, bytes| {
        found.push(decode(bytes)?);
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// The dossiers a batch of events touches.
#[derive(Default)]
pub(super) struct Touched {
    /// Those that events are about.
    rows: BTreeMap<Subject, DossierRow>,
    /// Those that facts name: the law reads their registers, nothing is written to them.
    named: BTreeMap<Subject, DossierRow>,
}

impl Touched {
    /// Those that are there already, or new ones.
    pub(super) fn read(table: &Table, parsed: &[Parsed]) -> Outcome<Self> {
        let mut touched = Self { rows: BTreeMap::new(), named: BTreeMap::new() };
        for subject in parsed.iter().map(|parsed| &parsed.event.subject).filter(|s| is_dossier(s)) {
            if !touched.rows.contains_key(subject) {
                let row = dossier(table, subject)?.unwrap_or_else(|| DossierRow::new(subject.clone()));
                touched.rows.insert(subject.clone(), row);
            }
        }
        for subject in parsed.iter().flat_map(|parsed| named(&parsed.event)) {
            let known = touched.rows.contains_key(&subject) || touched.named.contains_key(&subject);
            if let Some(row) = if known { None } else { dossier(table, &subject)? } {
                touched.named.insert(subject, row);
            }
        }
        Ok(touched)
    }

    /// What the law remembers of them, by subject.
    pub(super) fn laws(&self) -> impl Iterator<Item = (Box<str>, Dossier)> {
        let all = self.rows.iter().chain(&self.named);
        all.filter_map(|(subject, row)| Some((subject.as_str().into(), row.law.clone()?)))
    }

    /// Takes an event in, if it is about a dossier.
    pub(super) fn take(&mut self, parsed: &Parsed, by: &str) {
        if let Some(row) = self.rows.get_mut(&parsed.event.subject) {
            row.take(parsed, by);
        }
    }

    /// Writes them, with what `law` says of each now.
    pub(super) fn put(self, puts: &mut Puts, mut law: impl FnMut(&str) -> Option<Dossier>) -> Outcome<()> {
        for (subject, mut row) in self.rows {
            row.law = law(subject.as_str());
            let bytes = serde_json::to_vec(&row).map_err(damaged)?;
            puts.insert(row_key(subject.as_str()), Some(bytes));
        }
        Ok(())
    }
}
