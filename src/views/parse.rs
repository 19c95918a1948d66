//! Event lines taken apart, in parallel: the event, its hashes, and what the projections keep of its bodies.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::dossier::is_dossier;
use super::source::EventLine;
use crate::fault::{Fault, Outcome};
use crate::log::Spot;
use crate::record::event::RawEventLine;
use crate::record::{ChainHash, Event, Part, PartName, Subject, TreeHash, tree};

/// The texts of a piece of government information, as far as they are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// 地址
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Box<str>>,
    /// 文号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<Box<str>>,
    /// 成文日期, as written there
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formed: Option<Box<str>>,
    /// 索引号
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_number: Option<Box<str>>,
    /// 发文机关
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Box<str>>,
    /// 概述
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Box<str>>,
    /// 标题
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Box<str>>,
    /// 主题
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Box<str>>,
    /// 有效性
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity: Option<Box<str>>,
}

impl Texts {
    /// The members of a body that are strings.
    pub fn of(data: &Map<String, Value>) -> Self {
        let text = |name| data.get(name).and_then(Value::as_str).map(Box::from);
        Self {
            address: text("address"),
            document_number: text("document_number"),
            formed: text("formed"),
            index_number: text("index_number"),
            issuer: text("issuer"),
            summary: text("summary"),
            title: text("title"),
            topic: text("topic"),
            validity: text("validity"),
        }
    }

    /// Takes over every text that `newer` has.
    pub fn overlay(&mut self, newer: &Self) {
        let pairs = [
            (&mut self.address, &newer.address),
            (&mut self.document_number, &newer.document_number),
            (&mut self.formed, &newer.formed),
            (&mut self.index_number, &newer.index_number),
            (&mut self.issuer, &newer.issuer),
            (&mut self.summary, &newer.summary),
            (&mut self.title, &newer.title),
            (&mut self.topic, &newer.topic),
            (&mut self.validity, &newer.validity),
        ];
        for (mine, newer) in pairs {
            if newer.is_some() {
                mine.clone_from(newer);
            }
        }
    }

    /// The text of this name, if there is one of that name and it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        let text = match name {
            "address" => &self.address,
            "document_number" => &self.document_number,
            "formed" => &self.formed,
            "index_number" => &self.index_number,
            "issuer" => &self.issuer,
            "summary" => &self.summary,
            "title" => &self.title,
            "topic" => &self.topic,
            "validity" => &self.validity,
            _ => return None,
        };
        text.as_deref()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is kept of one body.
#[derive(Debug, Clone)]
pub struct Body {
    /// Which part.
    pub name: PartName,
    /// Its texts.
    pub texts: Texts,
    /// `identity` and `fingerprint` of an imported row.
    pub identity: Option<(Box<str>, Option<Box<str>>)>,
    /// People it names: `person/…`, or `None` for the event's own subject, and the name.
    pub people: Vec<(Option<Box<str>>, Box<str>)>,
    /// All of it, where its event is about a dossier and it is not personal.
    pub data: Option<Map<String, Value>>,
}

impl Body {
    fn of(subject: &Subject, name: PartName, part: &Part) -> Self {
        let text = |member| part.data.get(member).and_then(Value::as_str).map(Box::<str>::from);
        let mut people = Vec::new();
        if name == PartName::Personal {
            people.extend(text("name").map(|own| (None, own)));
            let names = part.data.get("names").and_then(Value::as_object);
            let named = |(holder, name): (&String, &Value)| {
                Some((Some(holder.as_str().into()), name.as_str()?.into()))
            };
            people.extend(names.into_iter().flatten().filter_map(named));
        }
        let identity = text("identity").map(|identity| (identity, text("fingerprint")));
        let whole = is_dossier(subject) && name != PartName::Personal;
        let data = whole.then(|| part.data.clone());
        Self { name, texts: Texts::of(&part.data), identity, people, data }
    }
}

/// An event line taken apart.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// Where it stands.
    pub spot: Spot,
    /// The event.
    pub event: Event,
    /// Its chain hash.
    pub chain: ChainHash,
    /// Its leaf in the tree.
    pub leaf: TreeHash,
    /// The bodies this copy has, `closed` before `open`.
    pub bodies: Vec<Body>,
}

/// Fewer lines than this are not worth waking another thread for.
const AT_ONCE: usize = 64;

/// Takes lines apart, in parallel and in order.
///
/// Errors: `views.line`, naming the event that cannot be read. Canonical form and digests are not checked here:
/// that is the work of the record's verifier.
pub fn parse(lines: &[EventLine]) -> Outcome<Vec<Parsed>> {
    if lines.len() < AT_ONCE {
        return lines.iter().map(parse_one).collect();
    }
    lines.par_iter().with_min_len(AT_ONCE).map(parse_one).collect()
}

/// Takes one line apart.
pub fn parse_one(line: &EventLine) -> Outcome<Parsed> {
    let bad = |error: &dyn std::fmt::Display| {
        Fault::refused("views.line").with("seq", line.seq).with("found", error)
    };
    let raw: RawEventLine<'_> = serde_json::from_slice(&line.bytes).map_err(|error| bad(&error))?;
    let event = raw.event().map_err(|error| bad(&error))?;
    let parts = raw.parts().map_err(|error| bad(&error))?;
    if event.seq != line.seq {
        return Err(bad(&format!("event {}", event.seq)));
    }
    // What is shown of a body is what was committed to.
    if let Some(name) = raw.altered_part(&event) {
        return Err(bad(&format!("the part {} does not have the digest its event names", name.as_str())));
    }
    Ok(Parsed {
        spot: line.spot,
        chain: ChainHash::of_event(raw.event_bytes()),
        leaf: tree::leaf_hash(raw.event_bytes()),
        bodies: parts.iter().map(|(name, part)| Body::of(&event.subject, *name, part)).collect(),
        event,
    })
}
