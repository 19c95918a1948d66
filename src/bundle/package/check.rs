//! Checking a whole package: the bag, what it says of itself, its rules, its chain and the law, what is derived, who signed it.
//!
//! Each step is asked whatever the steps before it found, as long as it has something to stand on; which steps were made is
//! told beside what they found, so that nothing that was not checked is taken for passed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256, Sha512};

use super::bag::{self, BagCheck};
use super::derive::{EVIDENCE, Earlier, HANDOVER, REGISTER};
use super::verify::compare;
use super::{FindingList, Handover, Severity, Tree, rules};
use crate::bundle::verify::BundleReport;
use crate::bundle::verify::{Given, Saved, verify_files};
use crate::fault::{Fault, FaultKind, Lang, Outcome};
use crate::record::act::Head;
use crate::record::statement::{SignedStatement, Statement};
use crate::record::{Class, Finding, Place, PublicKey};
use crate::rules::Books;

/// The signature over the tag manifest.
pub const SIGNATURE: &str = "signature/tagmanifest-sha512.txt.note";
const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";
/// Longest small file that is read whole, in bytes.
const SMALL: u64 = 64 << 20;

/// A step of the check.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 袋与清单: every file against every manifest.
    Bag,
    /// 移交信息
    Handover,
    /// 信息包结构: the rules of the information package.
    Rules,
    /// 事件链: chain, tree, seals, authority, the law, the shipped lists.
    Events,
    /// 派生文件: everything derived, derived again.
    Derived,
    /// 签名: who signed the tag manifest and the register.
    Signatures,
}

/// What a check found.
#[derive(Debug, Default, Serialize, schemars::JsonSchema)]
pub struct PackageReport {
    /// What the package says of itself, when that can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// Which steps were made.
    pub steps: BTreeSet<Step>,
    /// Payload files.
    pub files: u64,
    /// Bytes of them.
    pub octets: u64,
    /// Records (件).
    pub records: u64,
    /// `sha256:` of the tag manifest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manifest: Option<String>,
    /// Who signed it: (file, person, key).
    pub signed: Vec<(String, String, String)>,
    /// The events' own report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<BundleReport>,
    /// What was found, but for what the events' report tells.
    pub findings: Vec<Finding>,
}

/// What a checker brings.
pub struct PackageGiven<'a> {
    /// Origin, genesis hash, checkpoints and the state before the batch, as far as they are known.
    pub given: Given,
    /// The same records as they were handed over before.
    pub earlier: &'a dyn Earlier,
}

impl PackageReport {
    /// Whether it is sound: every step was made and nothing refuses it.
    pub fn passed(&self) -> bool {
        let refuses = |finding: &&Finding| refuses(finding.class);
        self.steps.len() == 6
            && !self.findings.iter().any(|finding| refuses(&finding))
            && self.events.as_ref().is_some_and(|events| events.report.passed())
    }

    /// Everything that refuses it, the gravest first: what is altered, then what is unlawful, then what could not be checked.
    pub fn refusing(&self) -> Vec<&Finding> {
        let mut all: Vec<&Finding> = self.all().filter(|finding| refuses(finding.class)).collect();
        all.sort_by_key(|finding| finding.class);
        all
    }

    /// Every finding, those of the events too.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        let events = self.events.iter().flat_map(|events| &events.report.findings);
        self.findings.iter().chain(events)
    }
}

fn refuses(class: Class) -> bool {
    matches!(class, Class::Integrity | Class::Unlawful | Class::Uncheckable)
}

/// What is read of a package before it is judged: its bag, and what it says of itself.
pub struct Opened {
    /// The report so far.
    pub report: PackageReport,
    tag_manifest: Option<[u8; 64]>,
}

/// Checks the bag and reads the hand-over.
///
/// Errors: the machine.
pub fn open(tree: &dyn Tree) -> Outcome<Opened> {
    let bag = told(bag::check(tree, bag::Rules::Package))?;
    let mut report = PackageReport::default();
    let mut tag_manifest = None;
    match bag {
        Ok(bag) => {
            report.steps.insert(Step::Bag);
            take_bag(&mut report, &bag);
            tag_manifest = bag.tag_manifest_sha512;
        }
        Err(finding) => report.findings.push(*finding),
    }
    if tree.find(TAG_MANIFEST).is_some() {
        let bytes = tree.read(TAG_MANIFEST, SMALL)?;
        report.manifest = Some(format!("sha256:{}", hex::encode(Sha256::digest(bytes))));
    }
    let handover = read(tree, &format!("data/{HANDOVER}"), "package.handover");
    match told(handover.and_then(|bytes| Handover::parse(&bytes)))? {
        Ok(handover) => {
            report.steps.insert(Step::Handover);
            report.handover = Some(handover);
        }
        Err(finding) => report.findings.push(*finding),
    }
    Ok(Opened { report, tag_manifest })
}

fn take_bag(report: &mut PackageReport, bag: &BagCheck) {
    report.files = bag.payload_files as u64;
    report.octets = bag.payload_octets;
    report.findings.extend(bag.findings.list().iter().map(of_package));
}

fn read(tree: &dyn Tree, path: &str, code: &'static str) -> Outcome<Vec<u8>> {
    match tree.find(path) {
        Some(_) => tree.read(path, SMALL),
        None => Err(Fault::refused(code).with("found", "—").with("path", path)),
    }
}

/// A fault of the data becomes a finding; one of the machine stays a fault.
fn told<T>(outcome: Outcome<T>) -> Outcome<Result<T, Box<Finding>>> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(fault) if fault.kind == FaultKind::Machine => Err(fault),
        Err(fault) => Ok(Err(Box::new(of_fault(&fault)))),
    }
}

/// A fault as a finding of the class integrity.
pub fn of_fault(fault: &Fault) -> Finding {
    let text = |name: &str| fault.args.get(name).cloned().unwrap_or_default();
    let file = Some(text("path")).filter(|path| !path.is_empty());
    Finding {
        code: fault.code.to_string(),
        class: Class::Integrity,
        place: Place { file, line: None, seq: None },
        expected: text("expected"),
        found: text("found"),
        article: None,
        zh: fault.text(Lang::Zh),
        en: fault.text(Lang::En),
    }
}

/// A finding of a package's own kind.
pub fn of_package(found: &super::Finding) -> Finding {
    Finding {
        code: found.code.to_owned(),
        class: match found.severity {
            Severity::Error => Class::Integrity,
            Severity::Warning => Class::Notice,
            Severity::NotChecked => Class::Uncheckable,
        },
        place: Place { file: found.path.clone(), line: None, seq: None },
        expected: found.expected.clone(),
        found: found.found.clone(),
        article: None,
        zh: found.text(Lang::Zh),
        en: found.text(Lang::En),
    }
}

impl Opened {
    /// Judges the rest. The second result is the state to go on from, when the events hold.
    ///
    /// Errors: the machine.
    pub fn judge(
        mut self,
        tree: &dyn Tree,
        given: PackageGiven<'_>,
        books: &Books,
    ) -> Outcome<(PackageReport, Option<Saved>)> {
        let Some(handover) = self.report.handover.clone() else { return Ok((self.report, None)) };
        self.rules(tree)?;
        let saved = self.events(tree, &handover, given.given, books)?;
        if let Some(saved) = &saved {
            self.derived(tree, &handover, saved, given.earlier, books)?;
            self.signatures(tree, &handover, saved)?;
        }
        Ok((self.report, saved))
    }

    /// The rules of the information package, asked of it as it came.
    fn rules(&mut self, tree: &dyn Tree) -> Outcome<()> {
        let mut found = FindingList::default();
        let seen = rules::check(tree, &mut found)?;
        self.report.records = seen.catalogue.entries.len() as u64;
        self.report.steps.insert(Step::Rules);
        self.add(found.list().iter().map(of_package));
        Ok(())
    }

    /// Everything derived, derived again.
    fn derived(
        &mut self,
        tree: &dyn Tree,
        handover: &Handover,
        saved: &Saved,
        earlier: &dyn Earlier,
        books: &Books,
    ) -> Outcome<()> {
        let mut found = FindingList::default();
        let compared = compare(tree, handover, &saved.deriving(books), earlier, &mut found);
        self.add(found.list().iter().map(of_package));
        match told(compared)? {
            Ok(_) => drop(self.report.steps.insert(Step::Derived)),
            Err(finding) => self.add([*finding]),
        }
        Ok(())
    }

    fn add(&mut self, found: impl IntoIterator<Item = Finding>) {
        self.report.findings.extend(found);
    }

    fn refuse(&mut self, code: &'static str, path: &str, expected: impl ToString, found: impl ToString) {
        let mut finding = Finding::integrity(code, expected, found);
        finding.place.file = Some(path.to_owned());
        self.report.findings.push(finding);
    }

    /// The chain, the law and the shipped lists, and that the hand-over is about them.
    fn events(
        &mut self,
        tree: &dyn Tree,
        handover: &Handover,
        given: Given,
        books: &Books,
    ) -> Outcome<Option<Saved>> {
        let folder = format!("data/{EVIDENCE}");
        let given = Given { for_package: true, ..given };
        match told(verify_files(tree, &folder, given, books))? {
            Ok((report, saved)) => {
                self.report.steps.insert(Step::Events);
                let meta = &report.meta;
                let told = (&meta.origin, meta.genesis, meta.from, meta.size, meta.head, meta.root);
                let said = (
                    &handover.origin,
                    handover.genesis,
                    handover.from,
                    handover.size,
                    handover.head,
                    handover.root,
                );
                if told != said {
                    let expected = format!("{} {}-{} {}", told.0, told.2, told.3, told.4);
                    let found = format!("{} {}-{} {}", said.0, said.2, said.3, said.4);
                    self.refuse("package.handover_differs", HANDOVER, expected, found);
                }
                self.previous(handover, meta.start_head().ok());
                self.report.events = Some(report);
                Ok(saved)
            }
            Err(finding) => {
                self.add([*finding]);
                Ok(None)
            }
        }
    }

    /// The batch goes on where the batch before is said to end.
    fn previous(&mut self, handover: &Handover, start: Option<Head>) {
        let (Some(previous), Some(start)) = (&handover.previous, start) else { return };
        if (previous.size, previous.root) != (start.size(), start.frontier.root()) {
            let expected = format!("{} {}", start.size(), start.frontier.root());
            let found = format!("{} {}", previous.size, previous.root);
            self.refuse("package.handover_differs", HANDOVER, expected, found);
        }
    }

    /// Who signed the tag manifest, and who the register, with keys in force at the end of the batch.
    fn signatures(&mut self, tree: &dyn Tree, handover: &Handover, saved: &Saved) -> Outcome<()> {
        self.report.steps.insert(Step::Signatures);
        let register = tree.read(&format!("data/{REGISTER}"), SMALL);
        let register: Option<[u8; 64]> = told(register)?.ok().map(|bytes| Sha512::digest(bytes).into());
        let tags = self.tag_manifest;
        for (path, signed) in [(SIGNATURE.to_owned(), tags), (format!("data/{REGISTER}.note"), register)] {
            let note = match told(read(tree, &path, "package.signature"))? {
                Ok(note) => note,
                Err(finding) => {
                    self.add([*finding]);
                    continue;
                }
            };
            match signer(&note, handover, signed, saved) {
                Ok((holder, key)) => self.report.signed.push((path, holder, key)),
                Err((expected, found)) => self.refuse("package.signature", &path, expected, found),
            }
        }
        Ok(())
    }
}

/// The person and the key that signed `note` over the file with this SHA-512; else what was expected and found.
fn signer(
    note: &[u8],
    handover: &Handover,
    sha512: Option<[u8; 64]>,
    saved: &Saved,
) -> Result<(String, String), (String, String)> {
    let note =
        std::str::from_utf8(note).map_err(|error| ("a signed statement".to_owned(), error.to_string()))?;
    let signed =
        SignedStatement::parse(note).map_err(|error| ("a signed statement".to_owned(), error.to_string()))?;
    let Some(sha512) = sha512 else { return Err(("the file it is about".into(), "none".into())) };
    let expected = Statement { origin: handover.origin.clone(), package: handover.bag_name(), sha512 };
    if signed.statement != expected {
        return Err((expected.text(), signed.statement.text()));
    }
    let label = signed.label().unwrap_or_default();
    let (key, holder) =
        saved.holder(label).ok_or_else(|| ("a key in force".to_owned(), signed.signature.name.clone()))?;
    let holds = PublicKey::decode(key).is_ok_and(|key| signed.verifies(&key));
    holds.then(|| (holder, key.to_string())).ok_or_else(|| (key.to_string(), "no signature by it".into()))
}
