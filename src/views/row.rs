//! What is kept of an item: where it stands in law, its texts, its dates, its course.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::facets::Facet;
use super::hints::Word;
use super::norm::{number, searchable};
use super::parse::{Body, Parsed, Texts};
use crate::record::{Day, Event, Facts, Kind, Moment, PartName, Subject};
use crate::rules::{Attribute, Item, Step, next_step};

/// One event of an item, as its timeline shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// `seq` of the event.
    pub seq: u64,
    /// What happened.
    pub kind: Kind,
    /// When it was entered.
    pub at: Moment,
    /// Who entered it: the signer's holder, or the key where that is not known.
    pub by: Box<str>,
    /// Its facts: `on`, `person`, `mode`, and what the kind adds.
    pub facts: Facts,
}

impl Course {
    /// When it happened.
    pub fn on(&self) -> Option<Day> {
        self.fact("on").and_then(|on| on.parse().ok())
    }

    /// Who did it.
    pub fn person(&self) -> Option<&str> {
        self.fact("person")
    }

    /// A fact that is a string.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).and_then(Value::as_str)
    }

    /// Days between the day it happened and the day it was entered.
    pub fn entered_after(&self) -> Option<i64> {
        self.on().map(|on| days_between(on, self.at.day()))
    }
}

/// Days from one day to another; negative when the other is earlier.
pub fn days_between(from: Day, to: Day) -> i64 {
    to.0.duration_since(from.0).as_hours() / 24
}

/// Where an imported row came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Digest of what identifies the row; member `identity` of the closed part.
    pub identity: Box<str>,
    /// Digest of the whole row, where the closed part states it: member `fingerprint`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Box<str>>,
    /// The event that holds the row.
    pub seq: u64,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// `item/…`
    pub id: Subject,
    /// What the law remembers of it; nothing when not one of its events could be folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<Item>,
    /// It was brought in from before the ledger (承接).
    #[serde(default, skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Each text as it stands in the newest body that has it, `open` before `closed` within an event.
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub texts: Texts,
    /// Texts of the open part in force; absent when nothing is public, or when that part is not in this copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Texts>,
    /// Channels of the newest publication.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Box<str>>,
    /// Day of the newest publication; for an inherited item the day it states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Day>,
    /// Day of the event that set the attribute in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Day>,
    /// Day of the newest reassessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassessed: Option<Day>,
    /// Rounds in which it has had its outcome, each by the event that opened it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<u64>,
    /// Year it belongs to: of its formation, else of its stated publication, else of its first event.
    pub year: i16,
    /// Where its imported row came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
    /// Declared departures of all its events.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub irregular: BTreeSet<Box<str>>,
    /// Its newest events, oldest first; older ones stand in chunks of their own when there are very many.
    pub course: Vec<Course>,
    /// Number of such chunks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) chunks: u32,
    /// Bodies that the texts were taken from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) bodies: Vec<(u64, PartName)>,
    /// Bodies that events have erased.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) erased: Vec<(u64, PartName)>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Row {
    /// A row for an item whose first event is `event`, before that event is taken in.
    pub(super) fn new(event: &Event) -> Self {
        let day = |name| event.fact(name).and_then(|day| day.parse::<Day>().ok());
        let day = day("formed").or_else(|| day("published")).or_else(|| event.on());
        Self {
            id: event.subject.clone(),
            law: None,
            inherited: false,
            texts: Texts::default(),
            open: None,
            channels: Vec::new(),
            published: None,
            decided: None,
            reassessed: None,
            rounds: Vec::new(),
            year: day.unwrap_or(event.at.day()).0.year(),
            imported: None,
            irregular: BTreeSet::new(),
            course: Vec::new(),
            chunks: 0,
            bodies: Vec::new(),
            erased: Vec::new(),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> Step {
        self.law.as_ref().map_or(Step::None, |law| law.state)
    }

    /// 公开属性 in force.
    pub fn attribute(&self) -> Attribute {
        self.law.as_ref().map_or(Attribute::Unstated, |law| law.attribute)
    }

    /// Something of it is public now.
    pub fn is_public(&self) -> bool {
        self.law.as_ref().is_some_and(Item::is_public)
    }

    /// It is withheld, in whole or in part, and not lapsed.
    pub fn is_withheld(&self) -> bool {
        self.law.as_ref().is_some_and(Item::is_withheld)
    }

    /// It can be had on request (依申请公开), and has not lapsed.
    pub fn is_on_request(&self) -> bool {
        self.attribute() == Attribute::OnRequest && self.state() != Step::Lapsed
    }

    /// Its newest event.
    pub fn newest(&self) -> Option<&Course> {
        self.course.last()
    }

    /// Takes in an event; `law` is the item after it.
    pub(super) fn take(&mut self, parsed: &Parsed, by: &str, law: Option<&Item>) {
        let event = &parsed.event;
        if law.is_some_and(|law| law.last == event.seq) {
            self.effect(event);
        }
        for body in &parsed.bodies {
            self.read(event.seq, body, law);
        }
        if let Some(opened) = law.and_then(|law| law.round_done)
            && !self.rounds.contains(&opened)
        {
            self.rounds.push(opened);
        }
        if law.is_none_or(|law| law.open.is_none()) {
            self.open = None;
        }
        let codes = event.facts.get("irregular").and_then(Value::as_array);
        self.irregular.extend(codes.into_iter().flatten().filter_map(Value::as_str).map(Box::from));
        if event.kind.as_str() == "part.erased" {
            self.erased.extend(erased_by(event));
        }
        let (seq, kind, at) = (event.seq, event.kind.clone(), event.at);
        self.course.push(Course { seq, kind, at, by: by.into(), facts: event.facts.clone() });
    }

    /// What an event that counts in law changes.
    fn effect(&mut self, event: &Event) {
        let on = event.on();
        match event.kind.as_str() {
            "item.inherited" => {
                self.inherited = true;
                self.published = event.fact("published").and_then(|day| day.parse().ok());
                self.decided = on;
            }
            "item.published" => {
                let channels = event.facts.get("channels").and_then(Value::as_array);
                let codes = channels.into_iter().flatten().filter_map(Value::as_str);
                self.channels = codes.map(Box::from).collect();
                self.published = on;
                self.open = None;
            }
            "item.corrected" => self.open = None,
            "item.decided" => self.decided = on,
            "item.reassessed" => {
                self.reassessed = on;
                if event.fact("outcome").is_some_and(|outcome| outcome.starts_with("to_")) {
                    self.decided = on;
                }
            }
            _ => {}
        }
    }

    /// Takes the texts of a body over, unless the body has been erased.
    pub(super) fn read(&mut self, seq: u64, body: &Body, law: Option<&Item>) {
        if self.erased.contains(&(seq, body.name)) {
            return;
        }
        self.bodies.push((seq, body.name));
        self.texts.overlay(&body.texts);
        if body.name == PartName::Open && law.and_then(|law| law.open) == Some(seq) {
            self.open = Some(body.texts.clone());
        }
        if let (PartName::Closed, Some((identity, fingerprint))) = (body.name, &body.identity) {
            let (identity, fingerprint) = (identity.clone(), fingerprint.clone());
            self.imported = Some(Imported { identity, fingerprint, seq });
        }
    }

    /// Forgets everything that came from bodies, so that they can be read again.
    pub(super) fn forget_texts(&mut self) {
        self.texts = Texts::default();
        self.open = None;
        self.imported = None;
        self.bodies.clear();
    }

    /// What it can be listed by.
    pub(super) fn facets(&self) -> BTreeSet<Facet> {
        let Some(law) = &self.law else { return BTreeSet::new() };
        let mut facets = BTreeSet::from([
            Facet::state(law.state),
            Facet::attribute(law.attribute),
            Facet::year(self.year),
        ]);
        let flags = [
            (Facet::PUBLIC, law.is_public()),
            (Facet::WITHHELD, law.is_withheld()),
            (Facet::ON_REQUEST, self.is_on_request()),
            (Facet::INHERITED, self.inherited),
            (Facet::SECRET, law.secret),
            (Facet::OTHER_BODY, law.other_body),
            (Facet::TRANSFERRED, law.transferred),
            (Facet::IRREGULAR, !self.irregular.is_empty()),
        ];
        facets.extend(flags.into_iter().filter(|(_, has)| *has).map(|(facet, _)| facet));
        facets.extend(self.rounds.iter().map(|opened| Facet::outcome_in(*opened)));
        facets.extend(next_step(law).and_then(|next| Facet::waiting(next.kind)));
        facets
    }

    /// The words it can be looked up by.
    pub(super) fn words(&self, item: u32) -> BTreeSet<u64> {
        let mut hints = BTreeSet::from([Word::Subject(self.id.as_str()).hint(item)]);
        hints.extend(id_prefix(self.id.as_str()).map(|prefix| Word::Prefix(prefix).hint(item)));
        hints.extend(self.imported.as_ref().map(|imported| Word::Identity(&imported.identity).hint(item)));
        for texts in [Some(&self.texts), self.open.as_ref()].into_iter().flatten() {
            hints.extend(texts.index_number.as_deref().map(|n| Word::IndexNumber(&number(n)).hint(item)));
            hints.extend(
                texts.document_number.as_deref().map(|n| Word::DocumentNumber(&number(n)).hint(item)),
            );
            let title = texts.title.as_deref().map(searchable).unwrap_or_default();
            hints.extend(title.chars().zip(title.chars().skip(1)).map(|(a, b)| Word::Pair(a, b).hint(item)));
        }
        hints
    }
}

/// The body that a `part.erased` names.
pub(super) fn erased_by(event: &Event) -> Option<(u64, PartName)> {
    let part = match event.fact("part")? {
        "open" => PartName::Open,
        "closed" => PartName::Closed,
        "personal" => PartName::Personal,
        _ => return None,
    };
    Some((event.fact_number("of")?, part))
}

/// The first four letters of a subject's id.
pub(super) fn id_prefix(subject: &str) -> Option<&str> {
    subject.split_once('/').and_then(|(_, id)| id.get(..4))
}
