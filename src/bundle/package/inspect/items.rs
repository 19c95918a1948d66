//! The items, after DA/T 70 as far as it is public, and what each rests on: data, in `items.json`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Property;
use crate::bundle::package::check::Step;

/// How an item is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// By steps of the check.
    Machine,
    /// By a person.
    Person,
    /// Not at all, here.
    NotRun,
}

/// An item.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its number behind the stage, such as `1-14`.
    #[serde(default)]
    pub number: Option<String>,
    /// Of which property.
    pub property: Property,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// How it is judged.
    pub by: By,
    /// Steps without which it was not run.
    #[serde(default)]
    pub needs: BTreeSet<Step>,
    /// Codes of findings by which it fails, or their beginnings where they end in `.` or `_`.
    #[serde(default)]
    pub fails: Vec<String>,
    /// How it is judged, or what a person has to do; Chinese.
    pub how_zh: String,
    /// The same, English.
    pub how_en: String,
}

static ITEMS: LazyLock<Vec<Item>> =
    LazyLock::new(|| serde_json::from_str(include_str!("items.json")).unwrap_or_default());

/// Every item, in the order of the report.
pub fn items() -> &'static [Item] {
    &ITEMS
}
