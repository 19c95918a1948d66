//! An event read through the book: each fact at its place, so that no rule searches for one.

use serde_json::Value;

use super::book::{KindRules, RuleBook};
use super::code::{Attribute, Role, Roles};
use crate::record::{Day, Event, FileDigest, KeyId, PartName};

macro_rules! facts {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// The facts that rules and folding read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum FactId { $($variant),+ }

        impl FactId {
            const COUNT: usize = [$(Self::$variant),+].len();

            pub(super) fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

facts! {
    Attribute = "attribute",
    Basis = "basis",
    Code = "code",
    Count = "count",
    DoubtfulFrom = "doubtful_from",
    Edition = "edition",
    Evidence = "evidence",
    Extent = "extent",
    Formed = "formed",
    Ground = "ground",
    Holidays = "holidays",
    Irregular = "irregular",
    Key = "key",
    Keys = "keys",
    Mark = "mark",
    Mode = "mode",
    Of = "of",
    On = "on",
    Origin = "origin",
    Outcome = "outcome",
    Part = "part",
    Person = "person",
    Possession = "possession",
    Previous = "previous",
    Published = "published",
    Redacted = "redacted",
    RemainderGround = "remainder_ground",
    Responsible = "responsible",
    ResponsibleGround = "responsible_ground",
    ReviewBy = "review_by",
    Roles = "roles",
    Round = "round",
    RoundMonths = "round_months",
    Rules = "rules",
    Scope = "scope",
    SecretBasis = "secret_basis",
    SecretLevel = "secret_level",
    SecretStub = "secret_stub",
    SecretYears = "secret_years",
    Separation = "separation",
    SourceAttribute = "source_attribute",
    Trigger = "trigger",
    Workdays = "workdays",
    Year = "year",
}

/// An event whose facts are of their types, with each at its place.
pub(super) struct Reading<'a> {
    pub(super) book: &'a RuleBook,
    pub(super) kind: &'a KindRules,
    pub(super) event: &'a Event,
    pub(super) on: Day,
    values: [Option<&'a Value>; FactId::COUNT],
}

impl<'a> Reading<'a> {
    pub(super) fn new(book: &'a RuleBook, kind: &'a KindRules, event: &'a Event) -> Self {
        Self { book, kind, event, on: event.at.day(), values: [None; FactId::COUNT] }
    }

    pub(super) fn put(&mut self, id: FactId, value: &'a Value) {
        if let Some(place) = self.values.get_mut(id as usize) {
            *place = Some(value);
        }
    }

    pub(super) fn value(&self, id: FactId) -> Option<&'a Value> {
        self.values.get(id as usize).copied().flatten()
    }

    pub(super) fn has(&self, id: FactId) -> bool {
        self.value(id).is_some()
    }

    pub(super) fn text(&self, id: FactId) -> Option<&'a str> {
        self.value(id)?.as_str()
    }

    pub(super) fn is(&self, id: FactId, text: &str) -> bool {
        self.text(id) == Some(text)
    }

    pub(super) fn number(&self, id: FactId) -> Option<u64> {
        self.value(id)?.as_u64()
    }

    pub(super) fn day(&self, id: FactId) -> Option<Day> {
        self.text(id)?.parse().ok()
    }

    pub(super) fn key(&self) -> Option<KeyId> {
        KeyId::parse(self.text(FactId::Key)?).ok()
    }

    pub(super) fn file(&self, id: FactId) -> Option<FileDigest> {
        self.text(id)?.parse().ok()
    }

    pub(super) fn attribute(&self) -> Attribute {
        self.text(FactId::Attribute).and_then(Attribute::parse).unwrap_or(Attribute::Unstated)
    }

    pub(super) fn person(&self) -> &'a str {
        self.text(FactId::Person).unwrap_or_default()
    }

    pub(super) fn roles(&self) -> Roles {
        let list = self.value(FactId::Roles).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).filter_map(Role::parse).collect()
    }

    pub(super) fn declares(&self, waiver: &str) -> bool {
        let list = self.value(FactId::Irregular).and_then(Value::as_array);
        list.is_some_and(|codes| codes.iter().any(|code| code == waiver))
    }

    pub(super) fn commits(&self, part: PartName) -> bool {
        self.event.parts.contains_key(&part)
    }

    pub(super) fn subject(&self) -> &'a str {
        self.event.subject.as_str()
    }
}
