//! Looking at holdings again: every byte of their objects, and the packages as on the day they came.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::digest::fact_of;
use super::durable;
use super::intake::Holding;
use super::judge::PackageJudge;
use super::keeping::{KEPT, evidence};
use super::store::{Key, Object};
use super::tree::Tree as _;
use crate::bundle::package::Handover;
use crate::bundle::package::check::{PackageReport, of_fault};
use crate::bundle::package::derive::HANDOVER;
use crate::bundle::package::inspect::{Found, Inspected, Inspection, Outcome as Verdict, Property, Stage};
use crate::bundle::package::verify::replay;
use crate::bundle::verify::Saved;
use crate::fault::{Fault, FaultKind, Outcome};
use crate::log::disk::Disk;

const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";
const SMALL: u64 = 64 << 20;
/// Flaws that a report tells in full.
const TOLD: usize = 20;
/// Where reports are kept.
const AUDITS: &str = "audits";

/// One thing that is wrong with a holding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Stable code.
    pub code: String,
    /// File, where it is about one.
    pub file: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What looking at one holding has found.
#[derive(Debug, Clone, Serialize)]
pub struct Audited {
    /// Its bag's name.
    pub batch: String,
    /// Files whose digest was compared.
    pub checked: u64,
    /// What is wrong.
    pub damage: Vec<Damage>,
    /// The damaged batch before it for which it could not be judged; then nothing is recorded of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<String>,
    /// The report: its name without an ending, and the bytes of each form.
    #[serde(skip)]
    pub reports: [(&'static str, Vec<u8>); 3],
}

/// A share of the holdings: the `nth` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// From 1.
    pub nth: u64,
    /// How many there are.
    pub of: u64,
}

impl Share {
    /// Reads `n/m`.
    ///
    /// Errors: `audit.part`.
    pub fn parse(text: &str) -> Outcome<Self> {
        let parts = text.split_once('/').and_then(|(n, m)| Some((n.parse().ok()?, m.parse().ok()?)));
        let share =
            parts.map(|(nth, of)| Self { nth, of }).filter(|share| (1..=share.of).contains(&share.nth));
        share.ok_or_else(|| Fault::usage("audit.part").with("found", text))
    }

    /// Whether a batch is in it: each is in exactly one of the shares of a number, whatever else is held.
    pub fn has(self, batch: &str) -> bool {
        let bytes = blake3::hash(batch.as_bytes());
        let first: [u8; 8] = bytes.as_bytes().first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(first) % self.of == self.nth - 1
    }
}

/// A holding, and the digest that the ledger says its object had when it was last decided on.
pub struct Kept {
    /// The holding.
    pub holding: Holding,
    /// The digest of an inventory of the object.
    pub object: String,
    /// Whether something was erased from it.
    pub erased: bool,
}

/// Looks at the holdings that `chosen` names, offices in parallel. `each` is told of every one that is done.
///
/// Errors: the machine.
pub fn audit(
    judge: &PackageJudge,
    holdings: Vec<Kept>,
    chosen: &BTreeSet<String>,
    each: &(dyn Fn(&str) + Sync),
) -> Outcome<Vec<Audited>> {
    let mut offices: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for kept in holdings {
        offices.entry(kept.holding.claim.origin.clone()).or_default().push(kept);
    }
    let audited: Vec<Vec<Audited>> = offices
        .into_par_iter()
        .map(|(_, kept)| office(judge, &kept, chosen, each))
        .collect::<Outcome<_>>()?;
    Ok(audited.into_iter().flatten().collect())
}

/// Where going through an office's batches stands.
enum Stand {
    /// The state before the next one.
    At(Option<Box<Saved>>),
    /// A batch could not be gone through.
    Lost(String),
}

fn office(
    judge: &PackageJudge,
    holdings: &[Kept],
    chosen: &BTreeSet<String>,
    each: &(dyn Fn(&str) + Sync),
) -> Outcome<Vec<Audited>> {
    let is_chosen = |kept: &Kept| chosen.contains(&kept.holding.claim.batch);
    let last = holdings.iter().rposition(is_chosen).map_or(0, |at| at + 1);
    let (mut stand, mut audited) = (Stand::At(None), Vec::new());
    for kept in holdings.iter().take(last) {
        if is_chosen(kept) {
            audited.push(look(judge, kept, &stand)?);
            each(&kept.holding.claim.batch);
        }
        stand = behind(judge, kept, stand)?;
    }
    Ok(audited)
}

/// The state that a batch leaves.
fn behind(judge: &PackageJudge, kept: &Kept, stand: Stand) -> Outcome<Stand> {
    let Stand::At(before) = stand else { return Ok(stand) };
    let (store, books, keeping, _) = judge.parts();
    let batch = &kept.holding.claim.batch;
    let gone = || -> Outcome<Option<Saved>> {
        let tree = store.object(&kept.holding.key()?)?.tree("bag")?;
        let handover = Handover::parse(&tree.read(&format!("data/{HANDOVER}"), SMALL)?)?;
        let erased = keeping.of(&kept.holding.claim.origin);
        let (report, saved) = replay(&tree, &handover, before.map(|saved| *saved), &erased, books)?;
        Ok(report.passed().then_some(saved))
    };
    match gone() {
        Ok(Some(saved)) => Ok(Stand::At(Some(Box::new(saved)))),
        // A file that is gone or cannot be read is damage as well; what is told of it is told where it is looked at.
        Ok(None) | Err(_) => Ok(Stand::Lost(batch.clone())),
    }
}

/// Looks at one holding.
fn look(judge: &PackageJudge, kept: &Kept, stand: &Stand) -> Outcome<Audited> {
    let (store, .., today) = judge.parts();
    let key = kept.holding.key()?;
    let checked = store.verify_object(&key)?;
    let before = match stand {
        Stand::At(saved) => saved.as_ref().map(|saved| saved.to_bytes()).transpose()?,
        Stand::Lost(_) => None,
    };
    let mut report = match package(judge, &key, before.as_deref()) {
        Ok(report) => report,
        Err(fault) if fault.kind == FaultKind::Machine && checked.flaws.is_empty() => return Err(fault),
        Err(fault) => PackageReport { findings: vec![of_fault(&fault)], ..PackageReport::default() },
    };
    let own = own_flaws(store.object(&key).ok().as_ref(), kept)?;
    report.findings.extend(checked.flaws.iter().chain(&own).map(of_fault));
    let mut inspection = Inspection::of(&report, Stage::Keeping, today);
    add_object(&mut inspection, checked.flaws.iter().chain(&own));
    let behind = match stand {
        Stand::Lost(batch) => Some(batch.clone()),
        Stand::At(_) => None,
    };
    let damage = if behind.is_some() && checked.flaws.is_empty() && own.is_empty() {
        Vec::new()
    } else {
        report.refusing().into_iter().map(Damage::of).collect()
    };
    let reports = [("json", inspection.json()?), ("xml", inspection.xml()), ("html", inspection.page()?)];
    let behind = behind.filter(|_| damage.is_empty());
    Ok(Audited { batch: kept.holding.claim.batch.clone(), checked: checked.files, damage, behind, reports })
}

fn package(judge: &PackageJudge, key: &Key, before: Option<&[u8]>) -> Outcome<PackageReport> {
    let tree = judge.parts().0.object(key)?.tree("bag")?;
    Ok(judge.check(&tree, before)?.0)
}

/// The object around the package is an item of its own: the items of the standard know only the package.
fn add_object<'f>(inspection: &mut Inspection, flaws: impl Iterator<Item = &'f Fault>) {
    let found: Vec<Found> = flaws
        .map(|fault| {
            let finding = of_fault(fault);
            Found { code: finding.code, file: finding.place.file, seq: None, zh: finding.zh, en: finding.en }
        })
        .collect();
    let failed = !found.is_empty();
    inspection.counts.pass += u64::from(!failed);
    inspection.counts.fail += u64::from(failed);
    inspection.items.push(Inspected {
        code: None,
        property: Property::Integrity,
        zh: "存储对象核对".into(),
        en: "Object of the store".into(),
        outcome: if failed { Verdict::Fail } else { Verdict::Pass },
        how_zh: "按OCFL清单逐字节核对各版本的全部文件，并与台账记载的摘要比对".into(),
        how_en: "every file of every version held against the OCFL inventory, and that against the ledger"
            .into(),
        findings: found.len() as u64,
        found: found.into_iter().take(TOLD).collect(),
    });
}

/// Whether the object is the one that the ledger speaks of.
fn own_flaws(object: Option<&Object>, kept: &Kept) -> Outcome<Vec<Fault>> {
    let Some(object) = object else { return Ok(Vec::new()) };
    let other =
        |path: &str| Fault::refused("audit.other_object").with("path", path).with("found", &kept.object);
    let mut flaws = Vec::new();
    let mut known = false;
    for number in 1..=object.inventory().newest() {
        known |= fact_of(&object.inventory().at(number).to_bytes()?) == kept.object;
    }
    if !known {
        flaws.push(other("inventory.json"));
    }
    let claim = &kept.holding.claim;
    let manifest = if kept.erased {
        evidence(&object.tree(KEPT)?, &claim.origin)?.map(|evidence| evidence.tag_manifest)
    } else {
        object.tree("bag")?.read(TAG_MANIFEST, SMALL).ok()
    };
    if manifest.is_none_or(|bytes| fact_of(&bytes) != claim.manifest) {
        flaws.push(other(TAG_MANIFEST));
    }
    Ok(flaws)
}

impl Damage {
    fn of(finding: &crate::record::Finding) -> Self {
        Self {
            code: finding.code.clone(),
            file: finding.place.file.clone().unwrap_or_default(),
            zh: finding.zh.clone(),
            en: finding.en.clone(),
        }
    }
}

/// Keeps the reports of a day; gives the digest that the ledger keeps. One that differs from an earlier one of the day stands beside it.
pub fn keep(disk: &dyn Disk, day: &str, audited: &Audited) -> Outcome<String> {
    let folder = format!("{AUDITS}/{day}");
    durable::folder(disk, &folder)?;
    let [(_, json), ..] = &audited.reports;
    let names =
        std::iter::once(audited.batch.clone()).chain((2..).map(|nth| format!("{}.{nth}", audited.batch)));
    for name in names {
        let there = durable::read(disk, &format!("{folder}/{name}.json"))?;
        if there.as_ref().is_some_and(|bytes| bytes != json) {
            continue;
        }
        for (ending, bytes) in &audited.reports {
            durable::place(disk, &format!("{folder}/{name}.{ending}"), bytes)?;
        }
        break;
    }
    durable::sync(disk, AUDITS)?;
    durable::sync(disk, "")?;
    Ok(fact_of(json))
}
