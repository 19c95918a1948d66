//! What a package shows beyond the lists of a bundle, remembered while the law is replayed: the 档号 of each record as it was
//! written when it was given, and what became of its disclosure and its secrecy.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::number::Series;
use crate::record::{Event, Facts, PartName};
use crate::rules::index_number::Template;
use crate::rules::{Attribute, Item, Replay};

/// Facts that every event has, and that a change says otherwise.
const COMMON: [&str; 3] = ["on", "person", "mode"];

/// One event that touched disclosure or secrecy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `seq` of the event.
    pub seq: u64,
    /// What happened.
    pub kind: Box<str>,
    /// When it happened.
    pub on: Box<str>,
    /// Its facts but the common ones.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub facts: Facts,
    /// 公开属性 after it.
    pub attribute: Attribute,
    /// Whether something is public after it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public: bool,
    /// Whether it is a secret's stub after it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

/// What is remembered of one item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
}

/// What is remembered of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Templates in force, by fonds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    templates: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    items: HashMap<Box<str>, Known>,
}

impl Memory {
    /// The 档号 of an item.
    pub fn number(&self, item: &str) -> Option<&str> {
        self.items.get(item)?.number.as_deref()
    }

    /// What became of an item, oldest first.
    pub fn changes(&self, item: &str) -> &[Change] {
        self.items.get(item).map_or(&[], |known| known.changes.as_slice())
    }

    /// Takes in an event that the law has just judged and folded, or has not.
    pub fn note(&mut self, law: &Replay, event: &Event) {
        let subject = event.subject.as_str();
        let Some(item) = law.state().item(subject).filter(|item| item.last == event.seq) else { return };
        if event.kind.as_str() == "item.filed" {
            let number = self.numbered(law, item);
            self.items.entry(subject.into()).or_default().number = number;
        } else if matters(event.kind.as_str()) {
            let change = change(event, item);
            self.items.entry(subject.into()).or_default().changes.push(change);
        }
    }

    /// Takes in the template that an event adopts.
    pub fn note_template(&mut self, event: &Event, bodies: &[(PartName, Map<String, Value>)]) {
        let open = bodies.iter().find(|(part, _)| *part == PartName::Open).map(|(_, data)| data);
        let template = open.and_then(|open| open.get("template")?.as_str());
        if let (Some(fonds), Some(template)) = (event.fact("fonds"), template) {
            self.templates.insert(fonds.into(), template.into());
        }
    }

    /// The number as it is written by the template in force now: one that comes later changes nothing.
    fn numbered(&self, law: &Replay, item: &Item) -> Option<Box<str>> {
        let (series, number) = place(law, item)?;
        let template = self.templates.get(&series.fonds).and_then(|text| Template::parse(text).ok());
        Some(series.write_anyway(template.as_ref(), number).into())
    }
}

/// The series an item is filed in, and its number there.
pub fn place(law: &Replay, item: &Item) -> Option<(Series, u64)> {
    let series = law.state().dossier(item.values.get("series")?.text()?)?;
    Some((Series::of(series)?, item.values.get("number")?.number()?))
}

fn matters(kind: &str) -> bool {
    !matches!(kind, "item.proposed" | "item.transferred" | "item.deposited" | "part.erased")
}

fn change(event: &Event, item: &Item) -> Change {
    let facts = event.facts.iter().filter(|(name, _)| !COMMON.contains(&name.as_str()));
    Change {
        seq: event.seq,
        kind: event.kind.as_str().into(),
        on: event.fact("on").unwrap_or_default().into(),
        facts: facts.map(|(name, value)| (name.clone(), value.clone())).collect(),
        attribute: item.attribute,
        public: item.is_public(),
        secret: item.secret,
    }
}
