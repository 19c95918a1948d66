//! The members of an edition file, as written. Unknown members are refused. See `docs/rules.md` §1.

mod dossier;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::Lang;
use crate::record::{Class, Day};

pub use dossier::{CheckData, ClassData, ClockData, DayUnit, Provision, SpanData};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Title {
    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

/// What sort of source a provision has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// 法律、行政法规
    Statute,
    /// 国家规范
    NationalNorm,
    /// 地方规定
    LocalRule,
    /// A rule of this product.
    Product,
}

/// Where provisions come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Name used in refusals.
    pub short: Title,
    /// What sort of source.
    pub kind: SourceKind,
    /// In force from, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
}

/// A provision: source and article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cite {
    /// Code of the source.
    pub source: String,
    /// Article, Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// Article, English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// One code of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// The provision it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<Cite>,
    /// The attribute a mark stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The origin a ground of responsibility implies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// The responsible body a ground of responsibility implies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible: Option<String>,
    /// Longest period of a level of secrecy, in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub years: Option<u64>,
    /// The day from which what it stands for is no longer in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Day>,
}

/// A vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Its codes.
    pub values: BTreeMap<String, Code>,
}

/// The type of a fact. See `docs/rules.md` §2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FactForm {
    /// A code.
    Code {
        /// Its vocabulary.
        of: String,
    },
    /// A sorted list of codes.
    Codes {
        /// Their vocabulary.
        of: String,
        /// How many at least.
        min: usize,
    },
    /// A day.
    Date,
    /// A moment.
    Moment,
    /// An integer.
    Int {
        /// Least value.
        min: u64,
        /// Greatest value.
        max: u64,
    },
    /// An earlier event.
    Seq,
    /// A BLAKE3 digest.
    Digest,
    /// A SHA-256 digest of a file.
    File,
    /// A public key.
    Key,
    /// 64 bytes in base64.
    Signature,
    /// A subject.
    Subject {
        /// Its class.
        of: String,
    },
    /// An origin.
    Origin,
    /// A sorted list of origins.
    Origins,
    /// A sorted list of dates, 366 at most.
    Dates,
    /// A code of a rule.
    Rule,
    /// A name: 1 to 64 of `A-Za-z0-9._-`, the first a letter or digit.
    Token,
    /// A digest in lower-case hex without a prefix: 64, 96 or 128 digits.
    Imprint,
    /// A C2SP signed note.
    Note,
    /// A list of tree hashes, 64 at most.
    Hashes,
    /// A cell of a report: row and column.
    Cell,
    /// The keys of genesis.
    FirstKeys,
}

/// A fact of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactRule {
    /// Its type.
    #[serde(flatten)]
    pub form: FactForm,
    /// Whether it must be there.
    pub required: bool,
}

/// A part of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartRule {
    /// Whether it must be committed to.
    pub required: bool,
    /// Members its body must hold.
    pub members: Vec<String>,
    /// Members its body may hold.
    pub optional: Vec<String>,
}

/// The state after an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Target {
    /// A state, or `same`.
    State(String),
    /// By the value of a fact.
    By(ByFact),
}

/// The state after an event, by the value of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByFact {
    /// The fact.
    pub fact: String,
    /// Its value → state, or `same`.
    pub values: BTreeMap<String, String>,
}

/// How much of the state an admission needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Needs {
    /// Office part, subject, and the round named in the facts.
    Subject,
    /// All of it.
    Ledger,
}

/// When an open part is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenRule {
    /// While its event is the one in force for the item.
    InForce,
    /// Always.
    Standing,
    /// Never.
    None,
}

/// Whether an unlawful event changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnlawful {
    /// It happened, so it counts.
    Counts,
    /// It has no effect.
    Void,
}

/// A kind of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KindData {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// Class of its subject, or `any`.
    pub subject: String,
    /// Roles one of which the person must hold.
    pub roles: Vec<String>,
    /// Modes it may be recorded in.
    pub modes: Vec<String>,
    /// What its admission needs.
    pub needs: Needs,
    /// Its facts, besides the common ones.
    pub facts: BTreeMap<String, FactRule>,
    /// Its parts.
    pub parts: BTreeMap<String, PartRule>,
    /// Named rules.
    pub rules: Vec<String>,
    /// When its open part is public.
    pub open: OpenRule,
    /// Whether it counts when unlawful.
    pub unlawful: WhenUnlawful,
    /// States it may follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Vec<String>>,
    /// States it may follow when a missing step is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waivable: Option<Vec<String>>,
    /// State after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Target>,
    /// States it leaves as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeps: Option<Vec<String>>,
    /// What it writes on its dossier: register → operand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sets: BTreeMap<String, String>,
    /// Registers it clears, before it sets any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clears: Vec<String>,
    /// The span it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<SpanData>,
    /// The span it closes, which the fact `of` points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<SpanData>,
    /// Rules whose condition stands in the data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckData>,
}

/// A rule's text, sources and weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleData {
    /// Sentence, Chinese.
    pub zh: String,
    /// Sentence, English.
    pub en: String,
    /// What to do next, Chinese.
    pub next_zh: String,
    /// What to do next, English.
    pub next_en: String,
    /// The provisions it rests on, the main one first.
    pub cites: Vec<Cite>,
    /// Its weight: `integrity`, `unlawful`, `uncheckable` or `notice`.
    pub class: Class,
    /// The code that, declared, makes a breach irregular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<String>,
}

/// An edition file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditionData {
    /// 1
    #[schemars(extend("const" = 1))]
    pub format: u64,
    /// Such as `2026-1`.
    pub name: String,
    /// Later editions have greater ones.
    pub ordinal: u64,
    /// Title.
    pub titles: Title,
    /// Sources by code.
    pub sources: BTreeMap<String, Source>,
    /// Vocabularies.
    pub codes: BTreeMap<String, Vocabulary>,
    /// Titles of facts.
    pub fact_titles: BTreeMap<String, Title>,
    /// Facts of every event.
    pub facts: BTreeMap<String, FactRule>,
    /// Classes of dossiers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<String, ClassData>,
    /// Clocks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub clocks: BTreeMap<String, ClockData>,
    /// Kinds of events.
    pub kinds: BTreeMap<String, KindData>,
    /// Rules by code.
    pub rules: BTreeMap<String, RuleData>,
}
