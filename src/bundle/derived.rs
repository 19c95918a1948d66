//! What a bundle ships beside the events and a verifier derives again: catalogue, withheld list, people.
//!
//! [`Deriving`] is the law with a memory for texts: it replays the rule book and keeps, of the bodies that stream by,
//! the few that those lists show. Memory grows with items, not with events.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::lists::{CATALOGUE_COLUMNS, csv, list_file, to_file, withheld_columns};
use super::package::Memory;
use crate::fault::{Fault, Outcome};
use crate::record::{Authority, Cosigned, EditionDigest, Event, Finding, KeyId, Law, PartName, Subject};
use crate::rules::{Attribute, Item, Replay, Step};
use crate::views::Texts as InfoTexts;

/// Texts of the open part in force that the catalogue shows.
const CATALOGUE_TEXTS: [&str; 9] = [
    "address",
    "document_number",
    "formed",
    "index_number",
    "issuer",
    "summary",
    "title",
    "topic",
    "validity",
];
/// Texts that a full copy's withheld list shows.
const WITHHELD_TEXTS: [&str; 5] = ["title", "document_number", "index_number", "issuer", "formed"];

/// What is kept of one item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// It was taken over from before the ledger.
    pub inherited: bool,
    /// The texts of the open part in force.
    #[serde(default)]
    pub open: InfoTexts,
    /// Its texts, from the newest part that has each.
    #[serde(default)]
    pub newest: InfoTexts,
    #[serde(default)]
    channels: Vec<String>,
    /// Day of the newest publication.
    pub published: Option<String>,
    /// Day of the decision in force.
    pub decided: Option<String>,
    /// Day of the newest re-evaluation.
    pub reassessed: Option<String>,
}

/// The texts kept so far: part of what a verifier saves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Texts {
    items: HashMap<Box<str>, Kept>,
    names: BTreeMap<String, String>,
    /// What the office called itself when it opened the ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    /// Editions of the rule book that events adopt.
    adopted: BTreeSet<EditionDigest>,
    /// What an archive's package shows besides; kept only where it was asked for from the first event on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
}

impl Texts {
    /// Texts that also remember what a package shows.
    pub fn for_package() -> Self {
        Self { memory: Some(Memory::default()), ..Self::default() }
    }
}

/// The law, replayed, with the texts of what passed by.
pub struct Deriving {
    law: Replay,
    texts: Texts,
}

/// The files that are derived.
#[derive(Debug, PartialEq, Eq)]
pub struct Derived {
    /// Path below `data/` and content, in the order of the bundle.
    pub files: Vec<(&'static str, Vec<u8>)>,
}

impl Deriving {
    /// From a law and texts at the same place of the log.
    pub fn new(law: Replay, texts: Texts) -> Self {
        Self { law, texts }
    }

    /// The law's part.
    pub fn law(&self) -> &Replay {
        &self.law
    }

    /// The editions of the rule book that events have adopted so far.
    pub fn adopted(&self) -> impl Iterator<Item = EditionDigest> {
        self.texts.adopted.iter().copied()
    }

    /// What a package shows; nothing when it was not asked for from the first event on.
    pub fn memory(&self) -> Option<&Memory> {
        self.texts.memory.as_ref()
    }

    /// The texts of an item, from the newest part that has each.
    pub fn newest(&self, item: &str) -> Option<&InfoTexts> {
        self.texts.items.get(item).map(|kept| &kept.newest)
    }

    /// What is kept of an item.
    pub fn texts(&self, item: &str) -> Option<&Kept> {
        self.texts.items.get(item)
    }

    /// What the office called itself when it opened the ledger.
    pub fn office(&self) -> Option<&str> {
        self.texts.office.as_deref()
    }

    /// What a person is called.
    pub fn name(&self, person: &str) -> Option<&str> {
        self.texts.names.get(person).map(String::as_str)
    }

    /// Both parts, to be saved.
    pub fn into_parts(self) -> (Replay, Texts) {
        (self.law, self.texts)
    }

    /// The derived files as of `day`, for a full or a public copy.
    ///
    /// Errors: `bundle.derive` when a text is outside canonical JSON.
    pub fn files(&self, day: &str, full: bool) -> Outcome<Derived> {
        let book =
            self.law.book().ok_or_else(|| Fault::usage("bundle.derive").with("found", "no rule book"))?;
        let mut items: Vec<(&str, &Item)> =
            self.law.state().items.iter().map(|(subject, item)| (&**subject, item)).collect();
        items.sort_by_key(|(_, item)| item.first);
        let catalogue: Vec<Map<String, Value>> = self.rows(&items, |s| self.catalogue_row(s));
        let withheld: Vec<Map<String, Value>> = self.rows(&items, |s| self.withheld_row(s, full));
        let json = |rows: &[Map<String, Value>]| list_file(day, rows);
        Ok(Derived {
            files: vec![
                ("people.json", to_file(&self.people(full))?),
                ("catalog.json", json(&catalogue)?),
                ("catalog.csv", csv(&CATALOGUE_COLUMNS, &catalogue, book)?),
                ("withheld.json", json(&withheld)?),
                ("withheld.csv", csv(withheld_columns(full), &withheld, book)?),
            ],
        })
    }

    fn rows<'a>(
        &self,
        items: &[(&'a str, &'a Item)],
        row: impl Fn((&'a str, &'a Item)) -> Option<Map<String, Value>> + Sync,
    ) -> Vec<Map<String, Value>> {
        items.par_iter().with_min_len(256).filter_map(|item| row(*item)).collect()
    }

    fn kept(&self, subject: &str) -> Cow<'_, Kept> {
        self.texts.items.get(subject).map_or_else(|| Cow::Owned(Kept::default()), Cow::Borrowed)
    }

    fn catalogue_row(&self, (subject, item): (&str, &Item)) -> Option<Map<String, Value>> {
        item.open?;
        let kept = self.kept(subject);
        let mut row = common(subject, item, &kept);
        row.insert("channels".into(), json!(kept.channels));
        put(&mut row, "published", kept.published.as_deref());
        for name in CATALOGUE_TEXTS {
            put(&mut row, name, kept.open.get(name));
        }
        Some(row)
    }

    fn withheld_row(&self, (subject, item): (&str, &Item), full: bool) -> Option<Map<String, Value>> {
        if !item.is_withheld() || item.state == Step::Lapsed {
            return None;
        }
        let kept = self.kept(subject);
        let mut row = common(subject, item, &kept);
        row.insert("secret".into(), item.secret.into());
        let of = if item.attribute == Attribute::Partial { "remainder_ground" } else { "ground" };
        put(&mut row, of, item.ground.as_deref());
        put(&mut row, "decided", kept.decided.as_deref());
        put(&mut row, "reassessed", kept.reassessed.as_deref());
        if full {
            for name in WITHHELD_TEXTS {
                put(&mut row, name, kept.newest.get(name));
            }
        }
        Some(row)
    }

    fn people(&self, full: bool) -> Value {
        let office = &self.law.state().office;
        let mut keys: Vec<_> = office.keys.iter().collect();
        keys.sort_by_key(|key| key.key);
        let mut persons: Vec<_> = office.people.iter().collect();
        persons.sort_by(|a, b| a.id.cmp(&b.id));
        let keys = keys.into_iter().map(|key| {
            let mut row = json!({ "enrolled": key.enrolled, "holder": key.holder, "key": key.key });
            if let (Some(revoked), Some(row)) = (key.revoked, row.as_object_mut()) {
                row.insert("revoked".into(), revoked.into());
            }
            row
        });
        let persons = persons.into_iter().map(|person| {
            let mut roles: Vec<&str> = person.roles.iter().map(|role| role.as_str()).collect();
            roles.sort_unstable();
            let mut row = json!({ "holder": person.id, "roles": roles });
            let name = self.texts.names.get(&*person.id).filter(|_| full);
            if let (Some(name), Some(row)) = (name, row.as_object_mut()) {
                row.insert("name".into(), name.as_str().into());
            }
            row
        });
        json!({ "keys": keys.collect::<Vec<_>>(), "persons": persons.collect::<Vec<_>>() })
    }

    fn note_template(&mut self, event: &Event, bodies: &[(PartName, Map<String, Value>)]) {
        let folded = self.law.state().office.last == event.seq;
        if let Some(memory) = self.texts.memory.as_mut().filter(|_| folded) {
            memory.note_template(event, bodies);
        }
    }

    fn note_item(&mut self, event: &Event, bodies: &[(PartName, Map<String, Value>)]) {
        let folded = |item: &&Item| item.last == event.seq;
        let subject = event.subject.as_str();
        let Some(item) = self.law.state().item(subject).filter(folded) else { return };
        let kept = match self.texts.items.get_mut(subject) {
            Some(kept) => kept,
            None => self.texts.items.entry(subject.into()).or_default(),
        };
        let texts = |name| bodies.iter().find(|(part, _)| *part == name).map(|(_, data)| InfoTexts::of(data));
        if let Some(closed) = texts(PartName::Closed) {
            kept.newest.overlay(&closed);
        }
        let open = texts(PartName::Open);
        if let Some(open) = &open {
            kept.newest.overlay(open);
        }
        if item.open == Some(event.seq) {
            kept.open = open.unwrap_or_default();
        } else if item.open.is_none() {
            kept.open = InfoTexts::default();
        }
        kept.note_dates(event, item.decided == Some(event.seq));
    }
}

impl Kept {
    fn note_dates(&mut self, event: &Event, decides: bool) {
        let on = event.fact("on").map(str::to_owned);
        match event.kind.as_str() {
            "item.inherited" => {
                self.inherited = true;
                self.published = event.fact("published").map(str::to_owned);
                self.decided = on;
            }
            "item.published" => {
                let channels = event.facts.get("channels").and_then(Value::as_array);
                let codes = channels.into_iter().flatten().filter_map(Value::as_str);
                self.channels = codes.map(str::to_owned).collect();
                self.published = on;
            }
            "item.reassessed" => {
                if decides {
                    self.decided.clone_from(&on);
                }
                self.reassessed = on;
            }
            _ if decides => self.decided = on,
            _ => {}
        }
    }
}

/// What the open part of the first event says the office is called.
fn office_of(bodies: &[(PartName, Map<String, Value>)]) -> Option<String> {
    let (_, open) = bodies.iter().find(|(part, _)| *part == PartName::Open)?;
    open.get("office")?.as_str().map(str::to_owned)
}

fn common(subject: &str, item: &Item, kept: &Kept) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("id".into(), subject.into());
    row.insert("attribute".into(), item.attribute.as_str().into());
    row.insert("state".into(), item.state.as_str().into());
    row.insert("inherited".into(), kept.inherited.into());
    row
}

fn put(row: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        row.insert(name.into(), value.into());
    }
}

impl Law for Deriving {
    fn authority(&self, key: &KeyId, act: u64) -> Authority {
        self.law.authority(key, act)
    }

    fn judge(&mut self, event: &Event) -> Vec<Finding> {
        let findings = self.law.judge(event);
        self.texts.adopted.extend(self.law.state().office.edition);
        if let Some(memory) = &mut self.texts.memory {
            memory.note(&self.law, event);
        }
        findings
    }

    fn acknowledged(&self, seq: u64, code: &str) -> bool {
        self.law.acknowledged(seq, code)
    }

    fn ledger_key(&self) -> Option<KeyId> {
        self.law.ledger_key()
    }

    fn cosigned(&self, event: &Event) -> Option<Cosigned> {
        self.law.cosigned(event)
    }

    fn edition_known(&self) -> bool {
        self.law.edition_known()
    }

    fn missing_member(&self, event: &Event, part: PartName, data: &Map<String, Value>) -> Option<String> {
        self.law.missing_member(event, part, data)
    }

    fn bodies(&mut self, event: &Event, bodies: &[(PartName, Map<String, Value>)]) {
        match event.subject.class() {
            "item" => self.note_item(event, bodies),
            "ledger" if event.kind.as_str() == "rules.archival_number" => self.note_template(event, bodies),
            class => {
                if class == "ledger" && event.seq == 0 {
                    self.texts.office = office_of(bodies);
                }
                let personal =
                    bodies.iter().find(|(part, _)| *part == PartName::Personal).map(|(_, data)| data);
                let Some(personal) = personal else {
                    // A name whose newest part was erased is gone, older spellings of it included.
                    if event.parts.contains_key(&PartName::Personal) {
                        self.texts.names.remove(event.subject.as_str());
                    }
                    return;
                };
                if let Some(name) = personal.get("name").and_then(Value::as_str) {
                    self.texts.names.insert(event.subject.to_string(), name.into());
                }
                for (holder, name) in personal.get("names").and_then(Value::as_object).into_iter().flatten() {
                    if let Some(name) = name.as_str() {
                        self.texts.names.insert(holder.clone(), name.into());
                    }
                }
            }
        }
    }

    fn standing_open(&self, event: &Event) -> bool {
        self.law.standing_open(event)
    }

    fn open_in_force(&self, subject: &Subject) -> Option<u64> {
        self.law.open_in_force(subject)
    }

    fn opens_in_force(&self) -> Vec<(u64, Subject)> {
        self.law.opens_in_force()
    }
}
