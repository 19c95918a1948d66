//! 四性检测: the inspection that DA/T 70 asks for at hand-over and in keeping, item by item, read off a package's report.
//!
//! 按公开资料实现: numbers of items are given where they stand in what was at hand, and left out where not. An item passes only when
//! every step that it rests on was made and found nothing; what takes a person, or was not done, says so.

mod items;
mod page;
mod write;

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{PackageReport, Step};
use crate::record::{Class, Day, Finding};
pub use items::{By, Item, items};

/// Findings that an item tells in full.
const TOLD: usize = 20;

/// One of the four properties, and what this program adds to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Property {
    /// 真实性
    Authenticity,
    /// 完整性
    Integrity,
    /// 可用性
    Usability,
    /// 安全性
    Safety,
    /// 链上证明: what ordinary packages cannot prove.
    Chain,
}

/// What an item came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 合格
    Pass,
    /// 不合格
    Fail,
    /// 须人工
    Person,
    /// 未检测
    NotRun,
}

/// When the inspection is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Stage {
    /// 移交与接收
    #[serde(rename = "YJ")]
    HandOver,
    /// 长期保存
    #[serde(rename = "BC")]
    Keeping,
}

/// One item of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Inspected {
    /// Its number, such as `YJ-1-14`; absent where the number is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Of which property.
    pub property: Property,
    /// Its name, Chinese.
    pub zh: String,
    /// Its name, English.
    pub en: String,
    /// What it came to.
    pub outcome: Outcome,
    /// How it was judged, or what a person has to do; Chinese.
    pub how_zh: String,
    /// The same, English.
    pub how_en: String,
    /// What was found, 20 at most: (code, file, Chinese, English).
    pub found: Vec<Found>,
    /// How many there are in all.
    pub findings: u64,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Found {
    /// Stable code.
    pub code: String,
    /// File, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Event, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// How many items came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// 合格
    pub pass: u64,
    /// 不合格
    pub fail: u64,
    /// 须人工
    pub person: u64,
    /// 未检测
    pub not_run: u64,
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Inspection {
    /// 1.
    #[schemars(extend("const" = 1))]
    pub format: u64,
    /// When in the life of the package.
    pub stage: Stage,
    /// On which day.
    pub on: Day,
    /// The package; empty when it does not say.
    pub package: String,
    /// 移交单位
    pub office: String,
    /// The ledger it is of.
    pub origin: String,
    /// Records in it.
    pub records: u64,
    /// Payload files.
    pub files: u64,
    /// Their bytes.
    pub octets: u64,
    /// `sha256:` of its tag manifest, which pins every byte of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// Counts of what follows.
    pub counts: Counts,
    /// The items.
    pub items: Vec<Inspected>,
}

impl Inspection {
    /// The inspection of what `report` tells, on a day that is given.
    pub fn of(report: &PackageReport, stage: Stage, on: Day) -> Self {
        let items: Vec<Inspected> = items().iter().map(|item| item.inspect(report, stage)).collect();
        let mut counts = Counts::default();
        for item in &items {
            *counts.of(item.outcome) += 1;
        }
        let handover = report.handover.as_ref();
        Self {
            format: 1,
            stage,
            on,
            package: handover.map(super::Handover::bag_name).unwrap_or_default(),
            office: handover.map(|handover| handover.office.clone()).unwrap_or_default(),
            origin: handover.map(|handover| handover.origin.to_string()).unwrap_or_default(),
            records: report.records,
            files: report.files,
            octets: report.octets,
            manifest: report.manifest.clone(),
            counts,
            items,
        }
    }

    /// Whether nothing failed and nothing that a machine can do was left undone.
    pub fn passed(&self) -> bool {
        let undone =
            |(item, told): (&Item, &Inspected)| item.by == By::Machine && told.outcome == Outcome::NotRun;
        self.counts.fail == 0 && !items().iter().zip(&self.items).any(undone)
    }
}

impl Counts {
    fn of(&mut self, outcome: Outcome) -> &mut u64 {
        match outcome {
            Outcome::Pass => &mut self.pass,
            Outcome::Fail => &mut self.fail,
            Outcome::Person => &mut self.person,
            Outcome::NotRun => &mut self.not_run,
        }
    }
}

/// Whether a finding makes an item fail.
fn counts(finding: &Finding) -> bool {
    matches!(finding.class, Class::Integrity | Class::Unlawful | Class::Uncheckable)
}

/// Whether `code` is of a family: equal to it, or below it where it ends in `.` or `_`.
fn is_of(code: &str, family: &str) -> bool {
    code == family || (family.ends_with(['.', '_']) && code.starts_with(family))
}

impl Item {
    fn inspect(&self, report: &PackageReport, stage: Stage) -> Inspected {
        let prefix = if stage == Stage::HandOver { "YJ" } else { "BC" };
        let mut found: Vec<&Finding> =
            report.all().filter(|finding| counts(finding) && self.is_about(&finding.code)).collect();
        found.sort_by_key(|finding| finding.class);
        let done = |step: &Step| report.steps.contains(step);
        let outcome = match self.by {
            By::Machine if !found.is_empty() => Outcome::Fail,
            By::Machine if self.needs.iter().all(done) => Outcome::Pass,
            By::Machine | By::NotRun => Outcome::NotRun,
            By::Person => Outcome::Person,
        };
        Inspected {
            code: self.number.as_ref().map(|number| format!("{prefix}-{number}")),
            property: self.property,
            zh: self.zh.clone(),
            en: self.en.clone(),
            outcome,
            how_zh: self.how_zh.clone(),
            how_en: self.how_en.clone(),
            findings: found.len() as u64,
            found: found.into_iter().take(TOLD).map(Found::of).collect(),
        }
    }

    /// Whether a finding with this code speaks of the item.
    pub fn is_about(&self, code: &str) -> bool {
        self.fails.iter().any(|family| is_of(code, family))
    }
}

impl Found {
    fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code.clone(),
            file: finding.place.file.clone(),
            seq: finding.place.seq,
            zh: finding.zh.clone(),
            en: finding.en.clone(),
        }
    }
}
