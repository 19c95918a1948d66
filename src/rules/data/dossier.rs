//! What the data says of dossiers: their classes, their spans, conditions and clocks. See `docs/rules.md` §12 to §14.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cite, Title};
use crate::record::Day;

/// A stretch of time that a dossier notes, from one event to another that closes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpanData {
    /// Operand: its name. For one that is closed: names it may have, parted by `|`.
    pub span: String,
    /// What is kept with it: name → operand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keeps: BTreeMap<String, String>,
}

/// A rule and the condition under which an event breaks it. See `docs/rules.md` §11.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckData {
    /// Code of the rule.
    pub rule: String,
    /// The condition: an array whose first element names it.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub when: serde_json::Value,
    /// Operand told as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Operand told as found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// A class of dossiers: subjects that are judged and folded by data alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassData {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Its states, `none` left out.
    pub states: BTreeMap<String, Title>,
    /// States in which its newest open part of a kind with `open: in_force` is public.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public: Vec<String>,
}

/// How days are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    /// 工作日
    Working,
    /// 日
    Calendar,
}

/// What a period of law says of a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provision {
    /// First day on which it looks.
    pub from: Day,
    /// Last day on which it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Length.
    pub days: u32,
    /// In which days.
    pub unit: DayUnit,
    /// Longest extension, in the same days; 0 when there is none.
    pub extension: u32,
    /// Whether its text was at hand. What is not sourced is shown and never refused on.
    pub sourced: bool,
    /// Where it stands.
    pub cites: Vec<Cite>,
}

/// A clock: from when, how long, what pauses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockData {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Class of the subjects it runs for.
    pub class: String,
    /// The span it runs for, one clock for each; for the subject itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<String>,
    /// States of the subject in which it runs.
    pub runs: Vec<String>,
    /// Operand: the day it starts after.
    pub start: String,
    /// Operand: the day that chooses the provision; `start` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Spans while which it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<String>,
    /// Operand: days added to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<String>,
    /// Operand: a fixed day, where there is one, in place of the count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Operand: it does not run when this is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<String>,
    /// What silence means when it has run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Title>,
    /// The provisions, oldest first.
    pub provisions: Vec<Provision>,
}
