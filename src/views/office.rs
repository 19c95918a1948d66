//! The small records beside the items: the law's office part and rounds, people's names, rounds' dates, erasures.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::dossier::is_dossier;
use super::layout::key;
use super::parse::Parsed;
use super::row::erased_by;
use super::store::damaged;
use super::table::{Puts, Table};
use crate::fault::Outcome;
use crate::record::{Day, Origin, PartName, Subject};
use crate::rules::{Round, State};

/// What is kept of a round besides its law.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RoundRow {
    /// When it was opened.
    pub opened_on: Option<Day>,
    /// When it was closed.
    pub closed_on: Option<Day>,
    /// When its results were published.
    pub published_on: Option<Day>,
}

/// A round with its law.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundView {
    /// `round/…`
    pub id: Subject,
    /// What the law remembers of it.
    #[serde(flatten)]
    pub law: Round,
    /// Its dates.
    #[serde(flatten)]
    pub dates: RoundRow,
}

/// Everything that is no item. Kept whole in memory; it grows with people and rounds only.
#[derive(Debug, Clone, PartialEq)]
pub struct Office {
    /// The law, without items.
    pub law: State,
    /// Dates of the rounds.
    pub rounds: BTreeMap<Box<str>, RoundRow>,
    /// Names of people.
    pub names: Names,
    /// Erasures.
    pub erasures: Erasures,
}

/// Names of people, by `person/…`, and the events whose bodies gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The newest name of each.
    pub of: BTreeMap<Box<str>, Box<str>>,
    /// Events whose personal body was read.
    pub bodies: BTreeSet<u64>,
}

/// Bodies that events have erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasures {
    /// All of them.
    pub all: BTreeSet<(u64, PartName)>,
    /// Those whose bodies still stood in the log when the erasure was taken in.
    pub pending: BTreeSet<(u64, PartName)>,
}

const LAW: &[u8] = b"law";
const ROUNDS: &[u8] = b"rounds";
const NAMES: &[u8] = b"names";
const ERASURES: &[u8] = b"erasures";

fn load<T: DeserializeOwned>(table: &Table, name: &[u8]) -> Outcome<Option<T>> {
    let bytes = table.get(&key(b'o', [name]))?;
    bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(damaged)).transpose()
}

fn put<T: Serialize>(puts: &mut Puts, name: &[u8], value: &T) -> Outcome<()> {
    puts.insert(key(b'o', [name]), Some(serde_json::to_vec(value).map_err(damaged)?));
    Ok(())
}

impl Office {
    /// Before event 0.
    pub fn new(origin: &Origin) -> Self {
        Self {
            law: State::new(origin.clone()),
            rounds: BTreeMap::new(),
            names: Names::default(),
            erasures: Erasures::default(),
        }
    }

    /// As stored.
    pub fn load(table: &Table, origin: &Origin) -> Outcome<Self> {
        let Some(law) = load(table, LAW)? else {
            return if table.mark().head.size() == 0 {
                Ok(Self::new(origin))
            } else {
                Err(damaged("no law"))
            };
        };
        Ok(Self {
            law,
            rounds: load(table, ROUNDS)?.unwrap_or_default(),
            names: load(table, NAMES)?.unwrap_or_default(),
            erasures: load(table, ERASURES)?.unwrap_or_default(),
        })
    }

    /// Writes what differs from `before`. The law must hold no items.
    pub fn put(&self, before: &Self, puts: &mut Puts) -> Outcome<()> {
        if self.law != before.law {
            put(puts, LAW, &self.law)?;
        }
        if self.rounds != before.rounds {
            put(puts, ROUNDS, &self.rounds)?;
        }
        if self.names != before.names {
            put(puts, NAMES, &self.names)?;
        }
        if self.erasures != before.erasures {
            put(puts, ERASURES, &self.erasures)?;
        }
        Ok(())
    }

    /// Takes in what an event says of rounds, names and erasures. `pending` tells whether a body still stands in
    /// the log. Returns whether the names have to be read again.
    pub fn take(&mut self, parsed: &Parsed, pending: impl Fn(u64, PartName) -> bool) -> bool {
        let event = &parsed.event;
        if event.subject.class() == "round" {
            self.take_round(parsed);
        }
        for body in parsed.bodies.iter().filter(|_| !is_dossier(&event.subject)) {
            if body.name == PartName::Personal && !self.erasures.all.contains(&(event.seq, body.name)) {
                self.names.bodies.insert(event.seq);
                for (person, name) in &body.people {
                    let person = person.as_deref().unwrap_or(event.subject.as_str());
                    self.names.of.insert(person.into(), name.clone());
                }
            }
        }
        let Some((of, part)) = erased_by(event).filter(|_| event.kind.as_str() == "part.erased") else {
            return false;
        };
        if self.erasures.all.insert((of, part)) && pending(of, part) {
            self.erasures.pending.insert((of, part));
        }
        part == PartName::Personal && self.names.bodies.contains(&of)
    }

    fn take_round(&mut self, parsed: &Parsed) {
        let event = &parsed.event;
        let round = self.rounds.entry(event.subject.as_str().into()).or_default();
        match event.kind.as_str() {
            "round.opened" => round.opened_on = event.on(),
            "round.closed" => round.closed_on = event.on(),
            "round.published" => round.published_on = event.on(),
            _ => {}
        }
    }

    /// A round with its law; nothing when the law knows none of that name.
    pub fn round(&self, subject: &Subject) -> Option<RoundView> {
        let law = self.law.round(subject.as_str())?.clone();
        let dates = self.rounds.get(subject.as_str()).cloned().unwrap_or_default();
        Some(RoundView { id: subject.clone(), law, dates })
    }
}
