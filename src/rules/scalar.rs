//! One value of the law's memory, and where expressions read it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::state::{Dossier, Item, State};
use crate::record::Day;

/// A value that a register holds: a text (codes, dates and subjects are texts too) or a whole number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// A number.
    Number(u64),
    /// A text.
    Text(Box<str>),
}

impl Scalar {
    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) => None,
        }
    }

    /// The day, if it is a text that names one.
    pub fn day(&self) -> Option<Day> {
        self.text()?.parse().ok()
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(out),
            Self::Text(text) => text.fmt(out),
        }
    }
}

/// Registers by name.
pub type Values = BTreeMap<Box<str>, Scalar>;

/// A value while an expression is evaluated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held<'a> {
    Number(u64),
    Text(Cow<'a, str>),
}

impl<'a> Held<'a> {
    pub(super) fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(super) fn day(day: Day) -> Self {
        Self::Text(Cow::Owned(day.to_string()))
    }

    pub(super) fn of(scalar: &'a Scalar) -> Self {
        match scalar {
            Scalar::Number(number) => Self::Number(*number),
            Scalar::Text(text) => Self::text(text),
        }
    }

    /// The value of a fact, when it is one value and no list.
    pub(super) fn of_fact(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::text(text)),
            Value::Number(number) => number.as_u64().map(Self::Number),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    pub(super) fn into_scalar(self) -> Scalar {
        match self {
            Self::Number(number) => Scalar::Number(number),
            Self::Text(text) => Scalar::Text(text.into()),
        }
    }
}

impl std::fmt::Display for Held<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(out),
            Self::Text(text) => text.fmt(out),
        }
    }
}

/// A subject whose registers are read.
#[derive(Debug, Clone, Copy)]
pub enum Holder<'a> {
    /// Without events, or of a class that has no registers.
    Nothing,
    /// An item.
    Item(&'a Item),
    /// A dossier.
    Dossier(&'a Dossier),
}

impl<'a> Holder<'a> {
    /// The subject of this name in `state`.
    pub fn find(state: &'a State, subject: &str) -> Self {
        match (state.item(subject), state.dossier(subject)) {
            (Some(item), _) => Self::Item(item),
            (_, Some(dossier)) => Self::Dossier(dossier),
            _ => Self::Nothing,
        }
    }

    /// The register: `state` for all, `attribute` and `public` for items, and what events have set.
    pub(super) fn register(self, name: &str) -> Option<Held<'a>> {
        match (self, name) {
            (Self::Nothing, "state") => Some(Held::text("none")),
            (Self::Nothing, _) => None,
            (Self::Item(item), "state") => Some(Held::text(item.state.as_str())),
            (Self::Item(item), "attribute") => Some(Held::text(item.attribute.as_str())),
            (Self::Item(item), "public") => Some(Held::text(if item.is_public() { "yes" } else { "no" })),
            (Self::Item(item), "withheld") => Some(Held::text(if item.is_withheld() { "yes" } else { "no" })),
            (Self::Item(item), "kept") => item.is_kept().then(|| Held::text("yes")),
            (Self::Item(item), "last_on") => Some(Held::day(item.last_on)),
            (Self::Item(item), name) => item.values.get(name).map(Held::of),
            (Self::Dossier(dossier), "state") => Some(Held::text(&dossier.state)),
            (Self::Dossier(dossier), "last_on") => Some(Held::day(dossier.last_on)),
            (Self::Dossier(dossier), name) => dossier.values.get(name).map(Held::of),
        }
    }
}
