//! What an order changes: the part leaves the event lines, and everything that is derived is derived again, in the batch that has the
//! event and in every later one of the office.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use serde_json::Value;
use sha2::{Digest as _, Sha512};

use super::Edited;
use crate::archive::intake::Holding;
use crate::archive::judge::{PackageJudge, Shelf};
use crate::archive::keeping::{KEPT, evidence};
use crate::archive::store::{Gone, Key, Object};
use crate::archive::tree::Tree;
use crate::bundle::package::check::{Custody, EVIDENCE_FILES, Evidence, PackageGiven, SIGNATURE, open};
use crate::bundle::package::derive::{EVIDENCE, Earlier, HANDOVER, REGISTER, is_metadata};
use crate::bundle::package::verify::{rederive, replay};
use crate::bundle::package::{Handover, bag};
use crate::bundle::proof::order::{Erasure, Order};
use crate::bundle::verify::{Given, Saved};
use crate::fault::{Fault, Outcome};
use crate::record::event::{Line, RawEventLine, event_line};
use crate::record::verify::Erased;
use crate::record::{Signer, Statement};

/// Longest file that is read whole, in bytes.
const SMALL: u64 = 64 << 20;
/// Texts shorter than this are not looked for in reports: they would be found everywhere.
const TELLING: usize = 4;
const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";
/// The order itself, beside what it changed.
const ORDER: &str = "删除指令.json";

/// Texts that are to be nowhere afterwards.
pub type Needles = BTreeSet<Vec<u8>>;

/// What becomes of one holding.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its bag's name.
    pub batch: String,
    /// Its object.
    pub key: Key,
    /// What changes.
    pub gone: Gone,
    /// What is recorded of it.
    pub erasures: Vec<Erasure>,
}

/// Finds out what an order changes. Nothing is written.
pub struct Planner<'a> {
    /// What packages are judged by.
    pub judge: &'a PackageJudge,
    /// Signs for the archive.
    pub signer: &'a dyn Signer,
    /// The order.
    pub order: &'a Order,
    /// Its file.
    pub bytes: &'a [u8],
}

/// Going through an office's holdings in order.
struct Way {
    state: Option<Saved>,
    /// Metadata that was derived again, by 档号: what later batches nest.
    renewed: BTreeMap<String, Vec<u8>>,
    /// Everything that was or is to be erased of the office's events.
    erased: Erased,
    needles: Needles,
}

/// The metadata of earlier batches as it will be.
struct Renewed<'a> {
    shelf: Shelf<'a>,
    renewed: &'a BTreeMap<String, Vec<u8>>,
}

impl Earlier for Renewed<'_> {
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>> {
        match self.renewed.get(number) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None => self.shelf.eep(number),
        }
    }
}

impl Planner<'_> {
    /// The holdings of the office that change, and the texts that go.
    ///
    /// Errors: `erase.order_other` when the office's history is not the one that is held; `erase.unsound` when a holding does not verify
    /// as it stands or would not afterwards; the machine.
    pub fn plan(&self, origin: &str, holdings: &[Holding]) -> Outcome<(Vec<Plan>, Needles)> {
        let first = self.order.erasures.iter().map(|one| one.of).min().unwrap_or_default();
        let mut erased = self.judge.parts().2.of(origin);
        erased.extend(self.order.erasures.iter().map(|one| ((one.of, one.part), one.digest)));
        let mut way = Way { state: None, renewed: BTreeMap::new(), erased, needles: Needles::new() };
        let mut plans = Vec::new();
        if !holdings.iter().any(|held| first < held.claim.size) {
            return Ok((plans, way.needles));
        }
        for held in holdings {
            plans.extend(self.holding(held, held.claim.size > first, &mut way)?);
        }
        Ok((plans, way.needles))
    }

    fn holding(&self, held: &Holding, may_change: bool, way: &mut Way) -> Outcome<Option<Plan>> {
        let (store, books, ..) = self.judge.parts();
        let key = held.key()?;
        let object = store.object(&key)?;
        let base = object.tree("bag")?;
        let handover = Handover::parse(&base.read(&format!("data/{HANDOVER}"), SMALL)?)?;
        let mut tree = Edited::new(&base);
        self.strip(held, &mut tree, &mut way.needles)?;
        let before = way.state.take();
        let (report, saved) = replay(&tree, &handover, before.clone(), &way.erased, books)?;
        if !report.passed() {
            let found = report.findings.first().map(|finding| finding.code.clone()).unwrap_or_default();
            return Err(unsound(&held.claim.batch, &found));
        }
        way.state = Some(saved.clone());
        if !may_change {
            return Ok(None);
        }
        let shelf = Shelf::new(store, Some(&handover));
        let earlier = Renewed { shelf, renewed: &way.renewed };
        let mut changed = Vec::new();
        rederive(&tree, &handover, &saved.deriving(books), &earlier, &mut |path, bytes| {
            changed.push((path, bytes));
        })?;
        changed.into_iter().for_each(|(path, bytes)| tree.put(path, bytes));
        if tree.edits().is_empty() {
            forget_renewed(&base, &mut way.renewed);
            return Ok(None);
        }
        let kept = self.seal(&base, &mut tree, &handover)?;
        self.judged(held, &object, &tree, before, &earlier, &way.erased, &kept)?;
        renew(&tree, &mut way.renewed);
        let gone = self.gone(&object, &tree, kept, &way.needles)?;
        let erasures = self.order.erasures.iter().filter(|one| one.of < held.claim.size).cloned().collect();
        Ok(Some(Plan { batch: held.claim.batch.clone(), key, gone, erasures }))
    }

    /// Takes the parts out of the event lines.
    fn strip(&self, held: &Holding, tree: &mut Edited<'_>, needles: &mut Needles) -> Outcome<()> {
        let within = |one: &&Erasure| (held.claim.from..held.claim.size).contains(&one.of);
        let due: Vec<&Erasure> = self.order.erasures.iter().filter(within).collect();
        if due.is_empty() {
            return Ok(());
        }
        let below = format!("data/{EVIDENCE}/events/");
        let files: Vec<String> = tree
            .files()
            .iter()
            .map(|file| &file.path)
            .filter(|path| path.starts_with(&below))
            .cloned()
            .collect();
        for path in files {
            let mut bytes = Vec::new();
            tree.open(&path)?.read_to_end(&mut bytes).map_err(|error| Fault::io(&path, &error))?;
            if let Some(stripped) = self.stripped(&bytes, &due, needles)? {
                tree.put(path, stripped);
            }
        }
        Ok(())
    }

    /// A file of events without the parts; nothing when it has none of them.
    fn stripped(&self, bytes: &[u8], due: &[&Erasure], needles: &mut Needles) -> Outcome<Option<Vec<u8>>> {
        let (mut out, mut any) = (Vec::with_capacity(bytes.len()), false);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let body = line.strip_suffix(b"\n").unwrap_or(line);
            match self.without(body, due, needles)? {
                Some(other) => {
                    any = true;
                    out.extend_from_slice(&other);
                    out.extend_from_slice(line.get(body.len()..).unwrap_or_default());
                }
                None => out.extend_from_slice(line),
            }
        }
        Ok(any.then_some(out))
    }

    /// A line without the parts that are due; nothing when that is the line itself.
    fn without(&self, line: &[u8], due: &[&Erasure], needles: &mut Needles) -> Outcome<Option<Vec<u8>>> {
        let Ok(Line::Event(raw)) = Line::parse(line) else { return Ok(None) };
        let Ok(event) = raw.event() else { return Ok(None) };
        let Some(expected) = self.order.events.get(&event.seq) else { return Ok(None) };
        if raw.event_bytes() != expected.as_slice() {
            return Err(Fault::refused("erase.order_other").with("seq", event.seq));
        }
        let goes = |name: &_| due.iter().any(|one| one.of == event.seq && one.part == *name);
        if !raw.parts.keys().any(goes) {
            return Ok(None);
        }
        note(&raw, &goes, needles);
        let left = raw.parts.iter().filter(|(name, _)| !goes(name));
        let left = left.map(|(name, body)| (*name, body.get().as_bytes()));
        Ok(Some(event_line(raw.event_bytes(), left)))
    }

    /// Makes the bag anew around the edited payload, signed by the archive. What the office had signed comes back.
    fn seal(&self, base: &dyn Tree, tree: &mut Edited<'_>, handover: &Handover) -> Outcome<Evidence> {
        let register = format!("data/{REGISTER}");
        let note = format!("{register}.note");
        let kept = Evidence {
            tag_manifest: base.read(TAG_MANIFEST, SMALL)?,
            signature: base.read(SIGNATURE, SMALL)?,
            register: base.read(&register, SMALL)?,
            register_signature: base.read(&note, SMALL)?,
        };
        if tree.edits().contains_key(&register) {
            let sha512 = Sha512::digest(tree.read(&register, SMALL)?).into();
            tree.put(note, self.signed(handover, sha512)?);
        }
        let sealed = bag::seal(&tree.below("data/"), &info(base)?)?;
        for (path, bytes) in sealed.tags.into_files() {
            if base.find(&path).is_none() || base.read(&path, SMALL)? != bytes {
                tree.put(path, bytes);
            }
        }
        tree.put(SIGNATURE.to_owned(), self.signed(handover, sealed.tag_manifest_sha512)?);
        Ok(kept)
    }

    fn signed(&self, handover: &Handover, sha512: [u8; 64]) -> Outcome<Vec<u8>> {
        let origin = self.custody(None)?.origin;
        let statement = Statement { origin, package: handover.bag_name(), sha512 };
        let failed =
            |error: crate::record::keys::SignError| Fault::machine(error.code()).with("found", error);
        statement.sign(self.signer).map(String::into_bytes).map_err(failed)
    }

    fn custody(&self, evidence: Option<Evidence>) -> Outcome<Custody> {
        let none = || Fault::machine("archive.none").with("path", "ledger").with("found", "—");
        self.judge.parts().2.custody_with(evidence).ok_or_else(none)
    }

    /// Nothing is put in the place of a holding that would not pass as one.
    #[expect(clippy::too_many_arguments, reason = "each is something that the judgement rests on")]
    fn judged(
        &self,
        held: &Holding,
        object: &Object,
        tree: &Edited<'_>,
        before: Option<Saved>,
        earlier: &dyn Earlier,
        erased: &Erased,
        kept: &Evidence,
    ) -> Outcome<()> {
        let older = evidence(&object.tree(KEPT)?, &held.claim.origin)?;
        let custody = self.custody(Some(older.unwrap_or_else(|| kept.clone())))?;
        let given = Given { saved: before, for_package: true, erased: erased.clone(), ..Given::default() };
        let given = PackageGiven { given, earlier, custody: Some(&custody) };
        let (report, _) = open(tree)?.judge(tree, given, self.judge.parts().1)?;
        match report.refusing().first() {
            None if report.passed() => Ok(()),
            finding => {
                let code = finding.map_or("package.unfinished", |finding| finding.code.as_str());
                Err(unsound(&held.claim.batch, code))
            }
        }
    }

    /// The change of the object: what is edited, the original that goes, reports that tell of the text, what is kept as evidence.
    fn gone(&self, object: &Object, tree: &Edited<'_>, kept: Evidence, needles: &Needles) -> Outcome<Gone> {
        let mut gone = Gone::default();
        let edits = tree.edits().iter();
        gone.files.extend(edits.map(|(path, bytes)| (format!("bag/{path}"), Some(bytes.clone()))));
        for number in 1..=object.inventory().newest() {
            let all = object.tree_at(number, "")?;
            for file in all.files() {
                let tells = || -> Outcome<bool> { Ok(tells(&all.read(&file.path, SMALL)?, needles)) };
                if file.path.starts_with("original/") || (file.path.starts_with("report/") && tells()?) {
                    gone.files.insert(file.path.clone(), None);
                }
            }
        }
        let folder = self.folder(object)?;
        let [tags, register] = EVIDENCE_FILES;
        let files = [
            (tags.0, kept.tag_manifest),
            (tags.1, kept.signature),
            (register.0, kept.register),
            (register.1, kept.register_signature),
            (ORDER, self.bytes.to_vec()),
        ];
        gone.added = files.into_iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes)).collect();
        Ok(gone)
    }

    /// A folder for the evidence, by the newest event that orders; of several changes by one order each has its own.
    fn folder(&self, object: &Object) -> Outcome<String> {
        let seq = self.order.erasures.iter().map(|one| one.seq).max().unwrap_or_default();
        let tree = object.tree(KEPT)?;
        let taken = |name: &str| tree.files().iter().any(|file| file.path.starts_with(&format!("{name}/")));
        let names = std::iter::once(format!("{seq:012}")).chain((2..).map(|nth| format!("{seq:012}.{nth}")));
        let free = names.into_iter().find(|name| !taken(name)).unwrap_or_default();
        Ok(format!("{KEPT}/{free}"))
    }
}

/// Whether any of the texts stands in `bytes`.
pub fn tells(bytes: &[u8], needles: &Needles) -> bool {
    let has = |needle: &Vec<u8>| bytes.windows(needle.len()).any(|window| window == needle.as_slice());
    needles.iter().any(has)
}

/// The labels of a bag but for the one that its writer writes.
fn info(base: &dyn Tree) -> Outcome<Vec<(String, String)>> {
    let bytes = base.read("bag-info.txt", SMALL)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let own = lines.filter(|(label, _)| *label != "Payload-Oxum");
    Ok(own.map(|(label, value)| (label.to_owned(), value.to_owned())).collect())
}

/// The 档号 that a file of metadata is of.
fn number(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    is_metadata(name).then(|| folder.rsplit('/').next().unwrap_or(folder))
}

fn forget_renewed(base: &dyn Tree, renewed: &mut BTreeMap<String, Vec<u8>>) {
    for number in base.files().iter().filter_map(|file| number(&file.path)) {
        renewed.remove(number);
    }
}

/// Takes over the metadata of a batch: the newest counts.
fn renew(tree: &Edited<'_>, renewed: &mut BTreeMap<String, Vec<u8>>) {
    forget_renewed(tree, renewed);
    for (path, bytes) in tree.edits() {
        if let Some(number) = number(path) {
            renewed.insert(number.to_owned(), bytes.clone());
        }
    }
}

/// Notes the texts of the parts that go, as they stand and as JSON writes them.
fn note(raw: &RawEventLine<'_>, goes: &dyn Fn(&crate::record::PartName) -> bool, needles: &mut Needles) {
    for (_, body) in raw.parts.iter().filter(|(name, _)| goes(name)) {
        let part: Value = serde_json::from_str(body.get()).unwrap_or_default();
        texts(part.get("data").unwrap_or(&Value::Null), needles);
    }
}

fn texts(value: &Value, needles: &mut Needles) {
    match value {
        Value::String(text) if text.len() >= TELLING => {
            let escaped = Value::from(text.as_str()).to_string();
            needles.insert(escaped.trim_matches('"').as_bytes().to_vec());
            needles.insert(text.as_bytes().to_vec());
        }
        Value::Array(list) => list.iter().for_each(|value| texts(value, needles)),
        Value::Object(map) => map.values().for_each(|value| texts(value, needles)),
        _ => {}
    }
}

fn unsound(batch: &str, found: &str) -> Fault {
    Fault::refused("erase.unsound").with("path", batch).with("found", found)
}
