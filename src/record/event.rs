//! Events, their parts, and the three kinds of line a log is made of.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::canonical::{self, NotCanonical};
use super::digest::{ChainHash, PartDigest};
use super::ids::{Day, Kind, Moment, Subject};
use super::keys::KeyId;

/// Events an act may hold at most.
pub const ACT_MAX: u64 = 4096;

/// The bodies an event can commit to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartName {
    /// Office only.
    Closed,
    /// Made for the public.
    Open,
    /// Data about people.
    Personal,
}

impl PartName {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::Personal];

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }

    /// The name as it stands in the format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Personal => "personal",
        }
    }
}

/// Codes, dates, numbers, digests and references; no free text. All that the law is judged by.
pub type Facts = Map<String, Value>;

/// One fact about one subject. Members are declared in byte order, which is the canonical order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// `seq` of the act's first event.
    pub act: u64,
    /// When it was entered.
    pub at: Moment,
    /// The signer's public key.
    pub by: KeyId,
    /// What the law is judged by.
    pub facts: Facts,
    /// `seq` of the newest person, key or rule-book event before this act; absent at genesis.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub keys: Option<u64>,
    /// What happened.
    pub kind: Kind,
    /// `seq` of this subject's previous event; absent for its first.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub last: Option<u64>,
    /// Digest of each part.
    #[schemars(extend("propertyNames" = { "enum": ["closed", "open", "personal"] }))]
    pub parts: BTreeMap<PartName, PartDigest>,
    /// Chain hash of the event before; of the origin for event 0.
    pub prev: ChainHash,
    /// Place in the log: 0, 1, 2, …
    pub seq: u64,
    /// What it is about.
    pub subject: Subject,
    /// Format version: 1.
    #[schemars(extend("const" = 1))]
    pub v: u64,
}

/// A member that is there must hold a value: `null` is not a way to write "absent".
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    u64::deserialize(from).map(Some)
}

impl Event {
    /// The canonical bytes: what is hashed into the chain and the tree.
    pub fn to_bytes(&self) -> Result<Vec<u8>, NotCanonical> {
        canonical::sorted_to_bytes(self, 1)
    }

    /// A fact that is a string.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).and_then(Value::as_str)
    }

    /// A fact that is a non-negative integer.
    pub fn fact_number(&self, name: &str) -> Option<u64> {
        self.facts.get(name).and_then(Value::as_u64)
    }

    /// The date it happened: the fact `on`.
    pub fn on(&self) -> Option<Day> {
        self.fact("on").and_then(|day| day.parse().ok())
    }
}

/// A body an event commits to. The salt keeps its digest from giving the content away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The body.
    pub data: Map<String, Value>,
    /// Base64 of 16 random bytes.
    #[schemars(regex(pattern = "^[A-Za-z0-9+/]{21}[AQgw]==$"))]
    pub salt: String,
}

impl Part {
    /// A part from its body and 16 bytes of randomness.
    pub fn new(data: Map<String, Value>, salt: [u8; 16]) -> Self {
        Self { data, salt: STANDARD.encode(salt) }
    }

    /// The canonical bytes and their digest.
    pub fn to_bytes(&self) -> Result<(Vec<u8>, PartDigest), NotCanonical> {
        let bytes = canonical::sorted_to_bytes(self, 2)?;
        let digest = PartDigest::of_part(&bytes);
        Ok((bytes, digest))
    }

    /// Whether the salt is 16 bytes in standard base64.
    pub fn salt_is_sound(&self) -> bool {
        STANDARD.decode(&self.salt).is_ok_and(|salt| salt.len() == 16)
    }
}

/// The parts that a copy of an event has.
pub type Parts = BTreeMap<PartName, Part>;

/// An event line taken apart, still borrowing the line's bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawEventLine<'a> {
    /// Canonical bytes of the event.
    #[serde(borrow)]
    pub event: &'a RawValue,
    /// Canonical bytes of each part this copy has.
    #[serde(borrow)]
    pub parts: BTreeMap<PartName, &'a RawValue>,
}

/// What a line of a log is.
#[derive(Debug)]
pub enum Line<'a> {
    /// `{"event":{…},"parts":{…}}`
    Event(RawEventLine<'a>),
    /// `{"seal":"…"}`: the signed note that closes an act.
    Seal(String),
    /// `{"synced":N}`: all events before N were durable. Local; never exported.
    Synced(u64),
}

/// A line of a log or of a bundle.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub enum LineForm {
    /// An event, and those of its parts that this copy has.
    Event(Box<EventForm>),
    /// The seal that closes an act.
    Seal(SealLine),
    /// All events before N were durable. Never exported.
    Synced(SyncedLine),
}

/// An event and those of its parts that this copy has.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "a shape to generate the schema from")]
pub struct EventForm {
    /// The event.
    event: Event,
    /// Its parts by name; maybe none.
    #[schemars(extend("propertyNames" = { "enum": ["closed", "open", "personal"] }))]
    parts: Parts,
}

/// Why a line is none of the three.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The bytes are not canonical JSON within the limits.
    #[error(transparent)]
    NotCanonical(#[from] NotCanonical),
    /// Canonical, but not a line of this format.
    #[error("{0}")]
    Shape(String),
}

/// The seal that closes an act.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealLine {
    /// A signed note.
    seal: String,
}

/// All events before N were durable.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SyncedLine {
    /// N.
    synced: u64,
}

impl<'a> Line<'a> {
    /// Reads one line, given without its `\n`. Checks canonical form and limits first.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, LineError> {
        let text = canonical::check(bytes)?;
        let shape = |error: serde_json::Error| LineError::Shape(error.to_string());
        if text.starts_with("{\"event\":") {
            serde_json::from_str(text).map(Self::Event).map_err(shape)
        } else if text.starts_with("{\"seal\":") {
            serde_json::from_str::<SealLine>(text).map(|line| Self::Seal(line.seal)).map_err(shape)
        } else {
            serde_json::from_str::<SyncedLine>(text).map(|line| Self::Synced(line.synced)).map_err(shape)
        }
    }
}

impl RawEventLine<'_> {
    /// The event, typed.
    pub fn event(&self) -> Result<Event, LineError> {
        serde_json::from_str(self.event.get()).map_err(|error| LineError::Shape(error.to_string()))
    }

    /// The canonical bytes of the event.
    pub fn event_bytes(&self) -> &[u8] {
        self.event.get().as_bytes()
    }

    /// The first part that does not have the digest which `event`, this line's own, names for it.
    pub fn altered_part(&self, event: &Event) -> Option<PartName> {
        let altered = |(name, part): &(&PartName, &&RawValue)| {
            event.parts.get(name) != Some(&PartDigest::of_part(part.get().as_bytes()))
        };
        self.parts.iter().find(altered).map(|(name, _)| *name)
    }

    /// The same line with those parts only that `keep` names.
    pub fn with_parts(&self, keep: impl Fn(PartName) -> bool) -> Vec<u8> {
        let kept = self.parts.iter().filter(|(name, _)| keep(**name));
        event_line(self.event_bytes(), kept.map(|(name, body)| (*name, body.get().as_bytes())))
    }

    /// The parts, typed.
    pub fn parts(&self) -> Result<Parts, LineError> {
        let part = |raw: &RawValue| serde_json::from_str(raw.get());
        self.parts
            .iter()
            .map(|(name, raw)| Ok((*name, part(raw).map_err(|e| LineError::Shape(e.to_string()))?)))
            .collect()
    }
}

/// Writes an event line, without its `\n`, from canonical bytes of the event and of the parts to include.
pub fn event_line<'p>(event: &[u8], parts: impl IntoIterator<Item = (PartName, &'p [u8])>) -> Vec<u8> {
    let mut line = Vec::with_capacity(event.len() + 64);
    line.extend_from_slice(b"{\"event\":");
    line.extend_from_slice(event);
    line.extend_from_slice(b",\"parts\":{");
    for (nth, (name, bytes)) in parts.into_iter().enumerate() {
        line.extend_from_slice(if nth == 0 { b"\"" } else { b",\"" });
        line.extend_from_slice(name.as_str().as_bytes());
        line.extend_from_slice(b"\":");
        line.extend_from_slice(bytes);
    }
    line.extend_from_slice(b"}}");
    line
}

/// Writes a seal line, without its `\n`.
pub fn seal_line(note: &str) -> Vec<u8> {
    serde_json::json!({ "seal": note }).to_string().into_bytes()
}

/// Writes a local durability line, without its `\n`.
pub fn synced_line(events: u64) -> Vec<u8> {
    format!("{{\"synced\":{events}}}").into_bytes()
}
