//! What a verification reports: findings with a stable code and a place, and counted verdicts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::digest::{ChainHash, TreeHash};
use super::ids::{Moment, Origin};
use crate::fault::{self, Lang};

/// Findings a report keeps; more are counted only.
pub const FINDINGS_MAX: usize = 10_000;

/// What a finding means for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The bytes are not what was signed. Can never be acknowledged.
    Integrity,
    /// Signed, but against the rule book, and not declared.
    Unlawful,
    /// A declared departure, with reason and evidence.
    Irregular,
    /// An unlawful act that two persons have acknowledged since.
    Acknowledged,
    /// Could not be checked with what was given.
    Uncheckable,
    /// Worth knowing; changes no verdict.
    Notice,
}

/// Where a finding stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// File or bundle entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Line in it, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// The provision a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Article {
    /// Code of the source in the rule book.
    pub source: String,
    /// Name of the source, Chinese.
    pub name: String,
    /// The article, as written there.
    pub article: String,
}

/// One thing a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable code.
    pub code: String,
    /// What it means for the verdict.
    pub class: Class,
    /// Where it stands.
    pub place: Place,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The provision, for findings of law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub article: Option<Article>,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

impl Finding {
    /// A finding whose sentence stands in the message table.
    pub fn new(code: &'static str, class: Class, expected: impl ToString, found: impl ToString) -> Self {
        let (expected, found) = (expected.to_string(), found.to_string());
        let args = BTreeMap::from([("expected", expected.clone()), ("found", found.clone())]);
        let text = |lang| {
            let message = fault::message(code);
            message.map_or_else(
                || code.to_owned(),
                |m| fault::fill(if lang == Lang::Zh { &m.zh } else { &m.en }, &args),
            )
        };
        let (zh, en) = (text(Lang::Zh), text(Lang::En));
        Self { code: code.into(), class, place: Place::default(), expected, found, article: None, zh, en }
    }

    /// An integrity finding.
    pub fn integrity(code: &'static str, expected: impl ToString, found: impl ToString) -> Self {
        Self::new(code, Class::Integrity, expected, found)
    }

    /// The finding, at an event.
    #[must_use]
    pub fn at_seq(mut self, seq: u64) -> Self {
        self.place.seq = Some(seq);
        self
    }
}

/// Counted verdicts, in events. An event may be intact and unlawful; it is never both lawful and unlawful.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdicts {
    /// Events whose every byte, place and signature was checked and holds.
    pub intact: u64,
    /// Events the rule book admits.
    pub lawful: u64,
    /// Events with declared departures.
    pub irregular: u64,
    /// Events the rule book does not admit, acknowledged ones included.
    pub unlawful: u64,
    /// Events whose law could not be checked.
    pub uncheckable: u64,
}

/// The result of a verification.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The origin that was expected.
    pub origin: Origin,
    /// The genesis hash that was expected.
    pub genesis: ChainHash,
    /// Events before this one were not in what was verified; 0 when all were.
    pub from: u64,
    /// Events that stand, those before `from` included.
    pub size: u64,
    /// Chain hash of the last event.
    pub head: ChainHash,
    /// Root of the tree.
    pub root: TreeHash,
    /// Acts that were read.
    pub acts: u64,
    /// Parts whose digest was checked.
    pub parts: u64,
    /// Parts that a later event declares erased.
    pub erased: u64,
    /// Counted verdicts.
    pub verdicts: Verdicts,
    /// Findings by class.
    pub counts: BTreeMap<Class, u64>,
    /// The findings, at most 10,000 of them.
    pub findings: Vec<Finding>,
}

/// A report as it is written: what a verification gave, and whether it passed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Judged{R}")]
pub struct Judged<'r, R> {
    /// What the verification gave.
    #[serde(flatten)]
    pub report: &'r R,
    /// Whether it passed.
    pub passed: bool,
    /// Who cosigned the checkpoints that were given, as far as they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cosigned: Vec<CosignedBy>,
}

/// A cosignature of a checkpoint that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CosignedBy {
    /// Events that the witness saw.
    pub size: u64,
    /// Name of the witness's key.
    pub witness: String,
    /// When it saw them.
    pub at: Moment,
}

impl Report {
    /// Whether nothing was found that makes a verification fail.
    pub fn passed(&self) -> bool {
        [Class::Integrity, Class::Unlawful, Class::Uncheckable].iter().all(|class| self.count(*class) == 0)
    }

    /// Findings of a class, those beyond the kept ones included.
    pub fn count(&self, class: Class) -> u64 {
        self.counts.get(&class).copied().unwrap_or(0)
    }

    /// Adds a finding, counting it always and keeping it while there is room.
    pub fn add(&mut self, finding: Finding) {
        *self.counts.entry(finding.class).or_default() += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}
