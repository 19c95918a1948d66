//! The judge of packages: what the intake asks, answered with the whole check of a package.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha512};

use super::copies::{EventLine, beyond, each_line, lines, rest_is_same, shown};
use super::intake::{Claim, Holding, Judge, Judged, Look, ReadSeek, Refusal, Report, Shown, Sound, Verdict};
use super::store::ObjectTree;
use super::store::{Key, Store};
use super::tree::{Landing, Tree};
use crate::bundle::package::check::{Opened, PackageGiven, PackageReport, open};
use crate::bundle::package::derive::{EVIDENCE, Earlier, HANDOVER, is_metadata};
use crate::bundle::package::inspect::{Inspection, Stage};
use crate::bundle::package::{Handover, Input, Limits, unpack};
use crate::bundle::verify::{Given, Saved};
use crate::fault::{Fault, Outcome};
use crate::log::disk::Disk;
use crate::record::event::Line;
use crate::record::{Class, Day, Finding};
use crate::rules::Books;

/// Longest 移交信息.json, and checkpoint, in bytes.
const SMALL: u64 = 1 << 20;
/// What names a bag.
const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";
/// What is told of every package that is given without a checkpoint and an origin.
const ALWAYS: [&str; 2] = ["bundle.trust_not_given", "prefix.unproved"];

/// Judges packages against what an archive holds.
pub struct PackageJudge {
    store: Store,
    books: Books,
    limits: Limits,
    /// The day that reports bear.
    today: Day,
}

impl PackageJudge {
    /// A judge for the archive on `disk`.
    pub fn new(disk: Arc<dyn Disk>, books: Books, limits: Limits, today: Day) -> Self {
        Self { store: Store::at(disk, "store", "work"), books, limits, today }
    }

    /// The whole check of a package: report, and the state to go on from. `before` is the state the batch before it left.
    ///
    /// Errors: the machine; `bundle.state`.
    pub fn check(&self, tree: &dyn Tree, before: Option<&[u8]>) -> Outcome<(PackageReport, Option<Saved>)> {
        self.go_on(open(tree)?, tree, before)
    }

    fn go_on(
        &self,
        opened: Opened,
        tree: &dyn Tree,
        before: Option<&[u8]>,
    ) -> Outcome<(PackageReport, Option<Saved>)> {
        let saved = before.map(Saved::parse).transpose()?;
        let earlier = Shelf::new(&self.store, opened.report.handover.as_ref());
        let given = Given { saved, for_package: true, ..Given::default() };
        let (mut report, saved) =
            opened.judge(tree, PackageGiven { given, earlier: &earlier }, &self.books)?;
        if let Some(found) = self.previous(&report)? {
            report.findings.push(found);
        }
        Ok((report, saved))
    }

    /// The batch before, as the package names it, held against the one that is stored.
    fn previous(&self, report: &PackageReport) -> Outcome<Option<Finding>> {
        let Some(handover) = &report.handover else { return Ok(None) };
        let Some(previous) = &handover.previous else { return Ok(None) };
        let held = match Key::new(&handover.fonds, &previous.name) {
            Ok(key) if self.store.has(&key)? => self.store.object(&key)?,
            _ => return Ok(Some(unlike("a batch that is held", &previous.name))),
        };
        let tree = held.tree("bag")?;
        // Once a part of it was erased here, its manifests are others than the office has.
        if held.inventory().versions.len() > 1 {
            return Ok(None);
        }
        let ours = hex::encode(Sha512::digest(tree.read(TAG_MANIFEST, SMALL << 6)?));
        Ok((ours != previous.manifest).then(|| unlike(&ours, &previous.manifest)))
    }

    fn reports(&self, report: &PackageReport) -> Outcome<Vec<Report>> {
        let inspection = Inspection::of(report, Stage::HandOver, self.today);
        let own = serde_json::to_vec_pretty(report);
        let own =
            own.map_err(|error| Fault::machine("io.failed").with("path", "JSON").with("found", error))?;
        let files = [
            ("四性检测报告.html", inspection.page()?),
            ("四性检测报告.json", inspection.json()?),
            ("四性检测报告.xml", inspection.xml()),
            ("核验报告.json", own),
        ];
        Ok(files.into_iter().map(|(name, bytes)| Report { name: name.into(), bytes }).collect())
    }
}

fn unlike(expected: &str, found: &str) -> Finding {
    let mut finding = Finding::integrity("package.previous_differs", expected, found);
    finding.place.file = Some(format!("data/{HANDOVER}"));
    finding
}

/// Why it is refused: the gravest finding, and how many there are.
fn refusal(report: &PackageReport) -> Refusal {
    let found = report.refusing();
    let rule = found.first().map_or("package.unfinished", |finding| finding.code.as_str());
    Refusal { rule: rule.to_owned(), findings: (found.len() as u64).max(1) }
}

fn claim(handover: &Handover, manifest: String) -> Claim {
    Claim {
        origin: handover.origin.to_string(),
        batch: handover.bag_name(),
        fonds: handover.fonds.clone(),
        from: handover.from,
        size: handover.size,
        manifest,
    }
}

impl Judge for PackageJudge {
    fn unpack(&self, _name: &str, input: &mut dyn ReadSeek, landing: &mut dyn Landing) -> Outcome<()> {
        unpack(Input::sniff(input)?, &self.limits, landing).map(drop)
    }

    fn look(&self, tree: &dyn Tree) -> Outcome<Look> {
        let report = open(tree)?.report;
        let told = report.handover.as_ref().zip(report.manifest.clone());
        match told {
            Some((handover, manifest)) if report.refusing().is_empty() => {
                Ok(Look::Claims(claim(handover, manifest)))
            }
            _ => Ok(Look::Refused(refusal(&report), self.reports(&report)?)),
        }
    }

    fn judge(&self, tree: &dyn Tree, claim: &Claim, before: Option<&[u8]>) -> Outcome<Judged> {
        // A state that cannot be read is as good as none: the intake makes it anew.
        let opened = open(tree)?;
        let (report, saved) = self.go_on(opened, tree, before)?;
        let reports = self.reports(&report)?;
        let (Some(handover), Some(saved), true) = (&report.handover, saved, report.passed()) else {
            return Ok(Judged { verdict: Verdict::Unsound(refusal(&report)), reports });
        };
        let told = |finding: &&Finding| {
            matches!(finding.class, Class::Notice | Class::Irregular)
                && !ALWAYS.contains(&finding.code.as_str())
        };
        let checkpoint = tree.read(&format!("data/{EVIDENCE}/checkpoint"), SMALL)?;
        let sound = Sound {
            genesis: handover.genesis.to_string(),
            root: format!("sha256:{}", handover.root),
            head: handover.head.to_string(),
            ledger_key: saved.ledger_key().map(|key| key.to_string()).unwrap_or_default(),
            checkpoint: String::from_utf8_lossy(&checkpoint).into_owned(),
            records: report.records,
            files: report.files,
            octets: report.octets,
            warnings: report.all().filter(told).count() as u64,
            state: saved.to_bytes()?,
        };
        debug_assert_eq!(claim.size, handover.size);
        Ok(Judged { verdict: Verdict::Sound(Box::new(sound)), reports })
    }

    fn same(&self, tree: &dyn Tree, _claim: &Claim, held: &Holding, stored: &dyn Tree) -> Outcome<bool> {
        let path = format!("data/{HANDOVER}");
        if tree.read(&path, SMALL)? != stored.read(&path, SMALL)? {
            return Ok(false);
        }
        let (Some(ours), Some(theirs)) = (lines(stored)?, lines(tree)?) else { return Ok(false) };
        let same = |(own, other): (&EventLine, &EventLine)| own.event == other.event;
        if ours.len() != theirs.len() || !ours.iter().zip(&theirs).all(same) {
            return Ok(false);
        }
        let (lacking, more) = (beyond(&ours, &theirs), beyond(&theirs, &ours));
        // Copies with the same parts have the same bytes, or one of them was altered.
        if (lacking.is_empty() && more.is_empty()) || !rest_is_same(tree, stored)? {
            return Ok(false);
        }
        Ok(lacking.is_empty() || lacking.is_subset(&self.erased(&held.claim)?))
    }

    fn shown(&self, tree: &dyn Tree, sizes: &[u64]) -> Outcome<Option<Shown>> {
        shown(tree, sizes)
    }
}

impl PackageJudge {
    /// Parts that an office's later batches say were erased.
    fn erased(&self, claim: &Claim) -> Outcome<BTreeSet<(u64, String)>> {
        let mut erased = BTreeSet::new();
        for key in self.store.keys()? {
            let tree = self.store.object(&key)?.tree("bag")?;
            let handover = Handover::parse(&tree.read(&format!("data/{HANDOVER}"), SMALL)?)?;
            if handover.origin.as_str() == claim.origin && handover.from >= claim.size {
                each_line(&tree, &mut |line| {
                    if let Line::Event(raw) = line
                        && let Ok(event) = raw.event()
                        && event.kind.as_str() == "part.erased"
                        && let (Some(of), Some(part)) = (event.fact_number("of"), event.fact("part"))
                    {
                        erased.insert((of, part.to_owned()));
                    }
                })?;
            }
        }
        Ok(erased)
    }
}

/// The metadata of records in batches that are held, by 档号; looked for when it is first asked.
struct Shelf<'a> {
    store: &'a Store,
    before: Option<(String, u64)>,
    known: OnceLock<BTreeMap<String, (Key, String)>>,
}

impl<'a> Shelf<'a> {
    fn new(store: &'a Store, handover: Option<&Handover>) -> Self {
        let before = handover.map(|handover| (handover.fonds.clone(), handover.batch));
        Self { store, before, known: OnceLock::new() }
    }

    fn collect(&self) -> Outcome<BTreeMap<String, (Key, String)>> {
        let mut known = BTreeMap::new();
        let Some((fonds, batch)) = &self.before else { return Ok(known) };
        let number = |key: &Key| key.name().rsplit('-').next().and_then(|text| text.parse::<u64>().ok());
        let mut keys: Vec<(u64, Key)> = self
            .store
            .keys()?
            .into_iter()
            .filter_map(|key| Some((number(&key)?, key)))
            .filter(|(number, key)| key.fonds() == fonds && number < batch)
            .collect();
        // The newest wins, so the oldest goes in first.
        keys.sort_by_key(|(number, _)| *number);
        for (_, key) in keys {
            let tree = self.bag(&key)?;
            for file in tree.files() {
                let mut parts = file.path.rsplit('/');
                if let (Some(name), Some(folder)) = (parts.next(), parts.next())
                    && is_metadata(name)
                {
                    known.insert(folder.to_owned(), (key.clone(), file.path.clone()));
                }
            }
        }
        Ok(known)
    }

    fn bag(&self, key: &Key) -> Outcome<ObjectTree> {
        self.store.object(key)?.tree("bag")
    }
}

impl Earlier for Shelf<'_> {
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>> {
        let known = match self.known.get() {
            Some(known) => known,
            None => {
                let collected = self.collect()?;
                self.known.get_or_init(|| collected)
            }
        };
        let Some((key, path)) = known.get(number) else { return Ok(None) };
        self.bag(key)?.read(path, SMALL << 6).map(Some)
    }
}
