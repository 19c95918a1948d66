//! What the law remembers: an office part, and one part for each item and round. See `docs/rules.md` §3.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize, Serializer};

use super::calendar::WorkCalendar;
use super::code::{Attribute, KeyUse, ReviewOutcome, Scope, SecretStub, Separation, Step};
use super::people::{Keys, People, PersonIx};
use super::scalar::{Held, Scalar, Values};
use crate::record::{Day, EditionDigest, FileDigest, KeyId, Moment, Origin};

/// Everything the law remembers. Serialises in one order, so a verifier can save it and go on from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The office part.
    pub office: Office,
    /// Item parts, by subject.
    #[serde(serialize_with = "sorted")]
    pub items: HashMap<Box<str>, Item>,
    /// Round parts, by subject.
    pub rounds: BTreeMap<Box<str>, Round>,
    /// Dossier parts, by subject.
    #[serde(default, skip_serializing_if = "HashMap::is_empty", serialize_with = "sorted")]
    pub dossiers: HashMap<Box<str>, Dossier>,
}

fn sorted<S: Serializer, V: Serialize>(map: &HashMap<Box<str>, V>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(map.iter().collect::<BTreeMap<_, _>>())
}

impl State {
    /// Before event 0 of the ledger with this origin.
    pub fn new(origin: Origin) -> Self {
        let office = Office {
            origin,
            edition: None,
            known: false,
            at: None,
            ended: false,
            last: 0,
            policy: Policy::default(),
            people: People::default(),
            keys: Keys::default(),
            open_round: None,
            withheld: 0,
            findings: BTreeMap::new(),
            calendar: WorkCalendar::default(),
        };
        Self { office, items: HashMap::new(), rounds: BTreeMap::new(), dossiers: HashMap::new() }
    }

    /// The item with this subject (`item/…`).
    pub fn item(&self, subject: &str) -> Option<&Item> {
        self.items.get(subject)
    }

    /// The round with this subject (`round/…`).
    pub fn round(&self, subject: &str) -> Option<&Round> {
        self.rounds.get(subject)
    }

    /// The dossier with this subject.
    pub fn dossier(&self, subject: &str) -> Option<&Dossier> {
        self.dossiers.get(subject)
    }

    /// The open round and its subject.
    pub fn open_round(&self) -> Option<(&str, &Round)> {
        let subject = self.office.open_round.as_deref()?;
        self.rounds.get(subject).map(|round| (subject, round))
    }

    /// The state of an item or round; `Step::None` when it has no events.
    pub fn step(&self, subject: &str) -> Step {
        let item = || self.items.get(subject).map(|item| item.state);
        let round = || self.rounds.get(subject).map(|round| round.state);
        item().or_else(round).unwrap_or(Step::None)
    }
}

/// 机关部分: what concerns the whole ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Office {
    /// The ledger's origin.
    pub origin: Origin,
    /// Edition of the rule book in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<EditionDigest>,
    /// Whether that edition is at hand.
    pub known: bool,
    /// `at` of the newest event whose signer was in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// The ledger is closed.
    pub ended: bool,
    /// Newest folded event of `ledger/main`.
    pub last: u64,
    /// Policy of the office.
    pub policy: Policy,
    /// 人员名册
    pub people: People,
    /// Keys ever enrolled.
    pub keys: Keys,
    /// The open round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_round: Option<Box<str>>,
    /// Number of withheld items.
    pub withheld: u64,
    /// Unlawful findings and who acknowledged them.
    #[serde(with = "finding_list")]
    pub findings: BTreeMap<(u64, Box<str>), Acknowledgement>,
    /// Working days, as adopted so far.
    #[serde(default, skip_serializing_if = "WorkCalendar::is_empty")]
    pub calendar: WorkCalendar,
}

/// Map keys of JSON are strings, so the findings are written as a list.
mod finding_list {
    use super::{Acknowledgement, BTreeMap};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Findings = BTreeMap<(u64, Box<str>), Acknowledgement>;

    pub fn serialize<S: Serializer>(findings: &Findings, to: S) -> Result<S::Ok, S::Error> {
        findings.iter().collect::<Vec<_>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Findings, D::Error> {
        let list = Vec::<((u64, Box<str>), Acknowledgement)>::deserialize(from)?;
        Ok(list.into_iter().collect())
    }
}

impl Office {
    /// The key that signs checkpoints; `None` unless there is exactly one.
    pub fn ledger_key(&self) -> Option<KeyId> {
        let mut keys = self.keys.iter().filter(|key| key.usage == KeyUse::Ledger);
        match (keys.next(), keys.next()) {
            (Some(only), None) => Some(only.key),
            _ => None,
        }
    }
}

/// Policy of the office; strict until a `rules.policy` says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Separation of drafter and reviewer.
    pub separation: Separation,
    /// What a secret stub may hold.
    pub secret_stub: SecretStub,
    /// Months between rounds, at most 12.
    pub round_months: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { separation: Separation::Strict, secret_stub: SecretStub::Basis, round_months: 12 }
    }
}

/// Who has acknowledged an unlawful finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The first person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Box<str>>,
    /// A second person has done so too.
    pub done: bool,
}

/// A secrecy review that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// `seq` of the review, or of the determination that settled it.
    pub seq: u64,
    /// What it found.
    pub outcome: ReviewOutcome,
    /// What it covered.
    pub scope: Scope,
    /// The redacted version it covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Box<FileDigest>>,
}

/// 政府信息: one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Where it stands.
    pub state: Step,
    /// Its first event.
    pub first: u64,
    /// Its newest folded event.
    pub last: u64,
    /// When that happened.
    pub last_on: Day,
    /// Another body is responsible for disclosing it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub other_body: bool,
    /// The attribute that body gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_attribute: Option<Attribute>,
    /// A state-secret stub.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// Who drafted the proposal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drafter: Option<PersonIx>,
    /// 公开属性
    pub attribute: Attribute,
    /// Ground of withholding, of the whole or of the remainder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Box<str>>,
    /// The decision that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<u64>,
    /// The review that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// Newest event that put content out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<u64>,
    /// Event whose open part is in force; there exactly while the item is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    /// Since when it is in the set of withheld items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld_since: Option<u64>,
    /// `opened` of the newest round in which it has its outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round_done: Option<u64>,
    /// 已移交进馆
    #[serde(default, skip_serializing_if = "is_false")]
    pub transferred: bool,
    /// What events have set on it by the data of the rule book.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
}

/// 案卷: a subject that is judged and folded by the data of the rule book alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Where it stands: `none` or a state of its class.
    pub state: Box<str>,
    /// Its first event.
    pub first: u64,
    /// Its newest folded event.
    pub last: u64,
    /// When that happened.
    pub last_on: Day,
    /// Event whose open part is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    /// What events have set on it.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
    /// Its spans, by the event that opened each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spans: BTreeMap<u64, Span>,
}

impl Dossier {
    /// What a register holds.
    pub fn get(&self, register: &str) -> Option<&Scalar> {
        self.values.get(register)
    }

    /// The text in a register.
    pub fn text(&self, register: &str) -> Option<&str> {
        self.get(register).and_then(Scalar::text)
    }

    /// The day in a register.
    pub fn day(&self, register: &str) -> Option<Day> {
        self.get(register).and_then(Scalar::day)
    }

    /// Whether a span of this name is open.
    pub fn is_open(&self, span: &str) -> bool {
        self.spans.values().any(|known| *known.name == *span && known.until.is_none())
    }
}

/// A stretch of time that a dossier notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its name.
    pub name: Box<str>,
    /// The event that opened it.
    pub seq: u64,
    /// When it began.
    pub from: Day,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// What is kept with it.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub values: Values,
}

impl Span {
    pub(super) fn value(&self, name: &str) -> Option<Held<'_>> {
        match name {
            "from" => Some(Held::day(self.from)),
            "until" => self.until.map(Held::day),
            "name" => Some(Held::text(&self.name)),
            name => self.values.get(name).map(Held::of),
        }
    }
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Item {
    /// An item whose first event is `seq`, before the effect of that event.
    pub(super) fn new(seq: u64, on: Day) -> Self {
        Self {
            state: Step::None,
            first: seq,
            last: seq,
            last_on: on,
            other_body: false,
            source_attribute: None,
            secret: false,
            drafter: None,
            attribute: Attribute::Unstated,
            ground: None,
            decided: None,
            review: None,
            content: None,
            open: None,
            withheld_since: None,
            round_done: None,
            transferred: false,
            values: Values::new(),
        }
    }

    /// Whether something of it is out now.
    pub fn is_public(&self) -> bool {
        self.open.is_some()
    }

    /// Whether it is in the set of withheld items (不予公开 and 删减后公开, not lapsed).
    pub fn is_withheld(&self) -> bool {
        self.withheld_since.is_some()
    }

    /// Whether nothing of it is to be made public: the clock of publication does not run for it.
    pub fn is_kept(&self) -> bool {
        matches!(self.attribute, Attribute::Withheld | Attribute::OnRequest)
    }

    /// Whether it waits for its outcome in this open round.
    pub fn waits_in(&self, round: &Round) -> bool {
        round.state == Step::Opened
            && self.withheld_since.is_some_and(|since| since < round.opened)
            && self.round_done != Some(round.opened)
    }

    /// Whether a review newer than the last content that went out found `attribute` fit to be public.
    pub fn is_cleared_for(&self, attribute: Attribute) -> bool {
        let Some(review) = &self.review else { return false };
        let fresh = self.content.is_none_or(|content| content < review.seq);
        let fits = match attribute {
            Attribute::Open => review.scope == Scope::Whole,
            Attribute::Partial => review.scope == Scope::Redacted,
            _ => true,
        };
        fresh && fits && review.outcome == ReviewOutcome::Open
    }
}

/// 评估轮次: one yearly re-evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// `opened`, `closed` or `published`.
    pub state: Step,
    /// Its first event.
    pub first: u64,
    /// Its newest folded event.
    pub last: u64,
    /// When that happened.
    pub last_on: Day,
    /// The year it is for.
    pub year: u64,
    /// Items that were withheld when it was opened.
    pub count: u64,
    /// `seq` of the event that opened it.
    pub opened: u64,
    /// Items that have their outcome.
    pub done: u64,
}
