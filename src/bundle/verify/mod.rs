//! Verifying a bundle as it streams by: the container, every event, the law, and everything it ships beside them.

mod files;
mod saved;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

pub use saved::Saved;
use schemars::JsonSchema;
use serde::Serialize;

use super::derived::{Deriving, Texts};
use super::digest::FileHasher;
use super::layout::{is_events, is_read_elsewhere, is_written_so, rank};
use super::meta::{CHECKPOINT, CONSISTENCY, Consistency, META, Meta, SMALL_MAX};
use super::package::Tree;
use super::{BagFinding, BagReader, BagReport, FileDigests, Payload, PayloadFile, PayloadVisitor};
use crate::fault::{Fault, Lang, Outcome};
use crate::record::tree::check_consistency;
use crate::record::verify::{Chain, Copy, Erased, Trust, Verifier};
use crate::record::{ChainHash, Checkpoint, Class, EditionDigest, Finding, Origin, Place, Report};
use crate::rules::{Books, Replay, RuleBook};

/// Bytes of events that are handed on at a time.
const PIECE: usize = 1 << 20;

/// What an outsider brings to a bundle.
#[derive(Default)]
pub struct Given {
    /// Origin and genesis hash; taken from the bundle, and said so, when not given.
    pub trust: Option<(Origin, ChainHash)>,
    /// Tree heads shown earlier or elsewhere.
    pub checkpoints: Vec<Checkpoint>,
    /// A state verified before, that a partial bundle goes on from.
    pub saved: Option<Saved>,
    /// Remembers what a package for an archive shows besides; a saved state goes on as it was begun.
    pub for_package: bool,
    /// Parts erased by events that are not in what is verified.
    pub erased: Erased,
}

/// What verifying a bundle gives.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BundleReport {
    /// What the bundle says of itself.
    pub meta: Meta,
    /// Verdicts and findings of everything in it.
    pub report: Report,
    /// What was checked, and what could not be: (Chinese, English).
    pub checked: Vec<(String, String)>,
}

/// Verifies a `.tar.zst` bundle. The second result is the state to keep, if everything holds.
///
/// Errors: `bundle.meta`, `bundle.order` when the bundle cannot be read as one at all; the machine.
pub fn verify<R: Read>(input: R, given: Given, books: &Books) -> Outcome<(BundleReport, Option<Saved>)> {
    let mut visitor = Visitor::new(given, books.clone());
    let bag = BagReader::zstd(input)?.read(&mut visitor)?;
    visitor.finish(&bag)
}

/// The same for a bundle's payload where it lies as files below `folder` of a tree: the container is the business of whoever
/// checked the tree.
///
/// Errors: as [`verify`]; `bundle.small_file`; the machine.
pub fn verify_files(
    tree: &dyn Tree,
    folder: &str,
    given: Given,
    books: &Books,
) -> Outcome<(BundleReport, Option<Saved>)> {
    let mut visitor = Visitor::new(given, books.clone());
    visitor.contained = false;
    let below = |path: &str| Some(path.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
    let mut files: Vec<(String, u64)> =
        tree.files().iter().filter_map(|file| Some((below(&file.path)?, file.size))).collect();
    files.sort_by_cached_key(|(path, _)| (rank(path), path.clone()));
    let mut bag = BagReport { complete: true, ..BagReport::default() };
    for (path, size) in files {
        let mut content = BufReader::with_capacity(PIECE, tree.open(&format!("{folder}/{path}"))?);
        let payload = Payload { bag: "", path: &path, size };
        visitor.payload(&payload, &mut content)?;
        if !is_read_elsewhere(&path) {
            let digests = digests(tree, &format!("{folder}/{path}"))?;
            bag.payload.push(PayloadFile { path, size, digests });
        }
    }
    visitor.finish(&bag)
}

fn digests(tree: &dyn Tree, path: &str) -> Outcome<FileDigests> {
    let failed = |error: std::io::Error| Fault::io(path, &error);
    let (mut input, mut hashing, mut room) = (tree.open(path)?, FileHasher::new(), vec![0; 256 << 10]);
    loop {
        match input.read(&mut room).map_err(failed)? {
            0 => return hashing.finish().map_err(failed),
            read => hashing.update(room.get(..read).unwrap_or_default()).map_err(failed)?,
        }
    }
}

struct Visitor {
    /// Whether it is read out of a container, whose name and times are to fit.
    contained: bool,
    given: Option<Given>,
    books: Books,
    meta: Option<Meta>,
    checkpoint: Option<Checkpoint>,
    consistency: Option<Consistency>,
    verifier: Option<Verifier<Deriving>>,
    findings: Vec<Finding>,
    trust_given: bool,
    partial_unknown: bool,
    /// Whether the shipped lists could not be derived: for want of a state, or of the edition in force.
    lists_unknown: bool,
    checkpoints: usize,
    /// Editions that the bundle ships.
    shipped: BTreeSet<EditionDigest>,
}

impl PayloadVisitor for Visitor {
    fn payload(&mut self, file: &Payload<'_>, content: &mut dyn BufRead) -> Outcome<()> {
        match file.path {
            META => self.read_meta(&small(file, content)?)?,
            CHECKPOINT => self.read_checkpoint(&small(file, content)?),
            CONSISTENCY => self.read_consistency(&small(file, content)?),
            path if path.starts_with("rules/") => self.rules(path, &small(file, content)?),
            path if is_events(path) => self.events(path, content)?,
            _ => {}
        }
        Ok(())
    }
}

/// A small file, whole.
fn small(file: &Payload<'_>, content: &mut dyn BufRead) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    if file.size > SMALL_MAX {
        return Err(Fault::refused("bundle.small_file").with("path", file.path).with("expected", SMALL_MAX));
    }
    // A container that ends early is reported by the container's own report.
    let _ = content.read_to_end(&mut bytes);
    Ok(bytes)
}

/// The next bytes of a file, about [`PIECE`]; none at its end or where the container cannot be read on, which its own
/// report says.
fn next_piece(content: &mut dyn BufRead) -> Vec<u8> {
    let mut piece = Vec::with_capacity(PIECE);
    let _ = content.take(PIECE as u64).read_to_end(&mut piece);
    piece
}

impl Visitor {
    fn new(given: Given, books: Books) -> Self {
        Self {
            contained: true,
            trust_given: given.trust.is_some(),
            checkpoints: given.checkpoints.len(),
            given: Some(given),
            books,
            meta: None,
            checkpoint: None,
            consistency: None,
            verifier: None,
            findings: Vec::new(),
            partial_unknown: false,
            lists_unknown: false,
            shipped: BTreeSet::new(),
        }
    }

    fn integrity(&mut self, path: &str, code: &'static str, expected: impl ToString, found: impl ToString) {
        let mut finding = Finding::integrity(code, expected, found);
        finding.place.file = Some(path.to_owned());
        self.findings.push(finding);
    }

    fn read_meta(&mut self, bytes: &[u8]) -> Outcome<()> {
        let meta = Meta::parse(bytes)?;
        if !is_written_so(&meta, bytes) {
            self.integrity(META, "bundle.not_canonical", "canonical JSON", "another spelling");
        }
        self.meta = Some(meta);
        Ok(())
    }

    fn read_checkpoint(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes)
            .map_err(|e| e.to_string())
            .and_then(|note| Checkpoint::parse(note).map_err(|e| e.to_string()))
        {
            Ok(checkpoint) => self.checkpoint = Some(checkpoint),
            Err(error) => self.integrity(CHECKPOINT, "checkpoint.form", "a checkpoint", error),
        }
    }

    fn read_consistency(&mut self, bytes: &[u8]) {
        match serde_json::from_slice(bytes) {
            Ok(consistency) => {
                if !is_written_so(&consistency, bytes) {
                    self.integrity(CONSISTENCY, "bundle.not_canonical", "canonical JSON", "another spelling");
                }
                self.consistency = Some(consistency);
            }
            Err(error) => self.integrity(CONSISTENCY, "bundle.consistency", "a consistency proof", error),
        }
    }

    /// A rule book is shipped to be read by people and by other programs. What this program judges by is what it has:
    /// a bundle that could bring its own law could excuse anything.
    fn rules(&mut self, path: &str, bytes: &[u8]) {
        let read = std::str::from_utf8(bytes).map_err(|e| e.to_string());
        match read.and_then(|text| RuleBook::parse(text).map_err(|fault| fault.text(Lang::En))) {
            Ok(book) if book.canonical() == bytes && path == format!("rules/{}.json", book.name()) => {
                self.shipped.insert(book.digest());
            }
            Ok(_) => self.integrity(path, "bundle.rules", "canonical bytes under its own name", "others"),
            Err(error) => self.integrity(path, "bundle.rules", "a rule-book edition", error),
        }
    }

    fn events(&mut self, path: &str, content: &mut dyn BufRead) -> Outcome<()> {
        if self.verifier.is_none() {
            self.verifier = Some(self.begin()?);
        }
        let Some(verifier) = &mut self.verifier else { return Ok(()) };
        verifier.file(path);
        let mut piece = next_piece(content);
        let empty = piece.is_empty();
        while !piece.is_empty() {
            // The container is unpacked and hashed here while the events before are verified.
            piece = rayon::in_place_scope(|beside| {
                beside.spawn(|_| verifier.push(&piece));
                next_piece(content)
            });
        }
        if empty {
            self.integrity(path, "file.start", "an event", "an empty file");
        }
        Ok(())
    }

    fn begin(&mut self) -> Outcome<Verifier<Deriving>> {
        let meta = self.meta.clone().ok_or_else(|| Fault::refused("bundle.order"))?;
        let given = self.given.take().unwrap_or_default();
        let (origin, genesis) = given.trust.unwrap_or_else(|| (meta.origin.clone(), meta.genesis));
        if (&origin, genesis) != (&meta.origin, meta.genesis) {
            let say = |origin: &Origin, genesis: ChainHash| format!("{origin} {genesis}");
            self.integrity(
                META,
                "bundle.other_ledger",
                say(&origin, genesis),
                say(&meta.origin, meta.genesis),
            );
        }
        let checkpoints = given.checkpoints.into_iter().chain(self.checkpoint.clone()).collect();
        let trust = Trust { origin: origin.clone(), genesis, checkpoints };
        let books = Arc::new(self.books.clone());
        if meta.from == 0 {
            let texts = if given.for_package { Texts::for_package() } else { Texts::default() };
            let law = Deriving::new(Replay::new(books, origin), texts);
            return Ok(Verifier::new(trust, meta.edition, law).exported().excusing(given.erased));
        }
        let start = meta.start_head()?;
        let Some(saved) = given.saved else {
            self.partial_unknown = true;
            let law = Deriving::new(Replay::new(books, origin), Texts::default());
            return Ok(Verifier::without_law(trust, meta.edition, law, Chain::at(start)).exported());
        };
        let head = &saved.chain.head;
        if (&head.frontier, head.chain) != (&start.frontier, start.chain)
            || (&saved.origin, saved.genesis) != (&trust.origin, trust.genesis)
        {
            let found = format!("{} {}", start.size(), start.chain);
            self.integrity(META, "bundle.start", format!("{} {}", head.size(), head.chain), found);
        }
        let law = Deriving::new(Replay::resume(books, saved.law), saved.texts);
        Ok(Verifier::resume(trust, meta.edition, law, saved.chain).exported().excusing(given.erased))
    }

    fn finish(mut self, bag: &BagReport) -> Outcome<(BundleReport, Option<Saved>)> {
        let Some(meta) = self.meta.clone() else { return Err(not_a_bundle(bag)) };
        let verifier = match self.verifier.take() {
            Some(verifier) => verifier,
            None => self.begin()?,
        };
        let (mut report, chain, deriving) = verifier.finish();
        bag.findings.list().iter().for_each(|found| report.add(container_finding(found)));
        if !bag.complete && bag.findings.is_empty() {
            report.add(Finding::integrity("bundle.incomplete", "the whole bundle", "a part of it"));
        }
        self.check_meta(&meta, &report, &chain, bag);
        self.check_consistency_proof(&meta);
        self.check_files(&meta, &chain, &deriving, bag)?;
        self.findings.drain(..).for_each(|finding| report.add(finding));
        if !self.trust_given {
            report.add(Finding::new(
                "bundle.trust_not_given",
                Class::Notice,
                "origin and genesis hash",
                "none",
            ));
        }
        if self.checkpoints == 0 {
            report.add(Finding::new("prefix.unproved", Class::Notice, "a checkpoint", "none"));
        }
        let checked = self.checked(&meta, &report);
        let saved = report.passed().then(|| Saved::of(&report, chain, deriving));
        Ok((BundleReport { meta, report, checked }, saved))
    }

    fn check_meta(&mut self, meta: &Meta, report: &Report, chain: &Chain, bag: &BagReport) {
        if (meta.size, meta.head, meta.root) != (report.size, report.head, report.root) {
            let say = |size: u64, head: ChainHash| format!("{size} {head}");
            self.integrity(
                META,
                "bundle.meta_differs",
                say(report.size, report.head),
                say(meta.size, meta.head),
            );
        }
        match &self.checkpoint {
            Some(checkpoint) if checkpoint.head.size == meta.size => {}
            Some(checkpoint) => {
                let size = checkpoint.head.size;
                self.integrity(CHECKPOINT, "bundle.checkpoint_size", meta.size, size);
            }
            None => self.integrity(CHECKPOINT, "checkpoint.form", "a checkpoint", "none"),
        }
        if self.contained {
            self.check_container(meta, chain, bag);
        }
    }

    /// What the events say of the container's name and times.
    fn check_container(&mut self, meta: &Meta, chain: &Chain, bag: &BagReport) {
        let at = report_time(chain);
        if bag.mtime_unix != at {
            let say = |at: Option<u64>| at.map_or_else(|| "none".into(), |at| at.to_string());
            self.integrity(META, "bundle.mtime_differs", say(at), say(bag.mtime_unix));
        }
        let day = chain.head.at.map_or_else(|| "none".into(), |at| at.day().to_string());
        let dated = bag.info.first().map(|(_, value)| value.as_str()).unwrap_or_default();
        if bag.complete && dated != day {
            self.integrity("bag-info.txt", "bundle.date_differs", day, dated);
        }
        let name = meta.bag_name().map(|name| name.as_str().to_owned()).unwrap_or_default();
        if bag.name != name {
            self.integrity(META, "bundle.name", name, &bag.name);
        }
    }

    fn check_consistency_proof(&mut self, meta: &Meta) {
        let Some(proof) = self.consistency.take() else {
            if meta.from > 0 {
                self.integrity(CONSISTENCY, "bundle.consistency", "a consistency proof", "none");
            }
            return;
        };
        let (from, to) = ((proof.from.size, proof.from.root), (proof.to.size, proof.to.root));
        let ends_here = to == (meta.size, meta.root);
        if !ends_here || !check_consistency(from, to, &proof.proof) {
            self.integrity(
                CONSISTENCY,
                "bundle.consistency",
                format!("a proof from {}", from.0),
                "one that fails",
            );
        }
    }

    fn checked(&self, meta: &Meta, report: &Report) -> Vec<(String, String)> {
        let mut said = vec![(
            format!("容器、链、树、{} 个封签、{} 份正文的摘要", report.acts, report.parts),
            format!("container, chain, tree, {} seals, digests of {} parts", report.acts, report.parts),
        )];
        if !self.lists_unknown {
            said.push((
                "附带的目录、不予公开清单、人员和密钥与事件一致".into(),
                "the shipped catalogue, withheld list and people are what the events give".into(),
            ));
        }
        if meta.edition == Copy::Public {
            said.push((
                "公开版不含内部正文，正文与要素是否一致只核验了公开部分".into(),
                "a public copy has no closed parts; only open ones were held against the facts".into(),
            ));
        }
        if self.partial_unknown {
            said.push((
                format!("未核验：第 {} 号事件之前的合法性、签名者的资格、附带的清单", meta.from),
                format!("not checked: the law, who may sign, and the shipped lists, for want of a state at event {}", meta.from),
            ));
        }
        said.push((
            format!("截至第 {} 个事件；之后的事件本包不能证明有无", report.size),
            format!("as of {} events; of later ones this bundle proves nothing", report.size),
        ));
        said
    }
}

/// When the last event was entered, which is the time of every file in the tar.
fn report_time(chain: &Chain) -> Option<u64> {
    chain.head.at.and_then(|at| u64::try_from(at.unix()).ok())
}

fn not_a_bundle(bag: &BagReport) -> Fault {
    let found = bag.findings.list().first().map_or_else(|| META.to_owned(), |finding| finding.text(Lang::En));
    Fault::refused("bundle.no_meta").with("found", found)
}

fn container_finding(found: &BagFinding) -> Finding {
    let place = Place { file: found.path.clone(), line: None, seq: None };
    Finding {
        code: found.code.to_owned(),
        class: Class::Integrity,
        place,
        expected: found.expected.clone(),
        found: found.found.clone(),
        article: None,
        zh: found.text(Lang::Zh),
        en: found.text(Lang::En),
    }
}
