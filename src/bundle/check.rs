//! The checks that need the whole bag: declaration, bag-info, manifests.
//!
//! Each manifest is made anew from the digests of what was read, and compared byte for byte; only when it differs is
//! it taken apart to say where.

use std::collections::{HashMap, HashSet};

use super::bag::{Algorithm, DECLARATION_TEXT, Listed, TagFile, manifest, oxum};
use super::digest::FileDigests;
use super::finding::{BagFinding, Findings, shown};
use super::info::{self, PAYLOAD_OXUM};
use super::reader::PayloadFile;

/// All that was read of a bag, payload bytes aside.
#[derive(Default)]
pub(super) struct Bag {
    pub(super) name: String,
    pub(super) payload: Vec<PayloadFile>,
    pub(super) tags: Vec<TagContent>,
}

/// A tag file: its content, and where that begins in the tar.
pub(super) struct TagContent {
    pub(super) tag: TagFile,
    pub(super) at: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) digests: FileDigests,
}

impl Bag {
    fn tag(&self, tag: TagFile) -> Option<&TagContent> {
        self.tags.iter().find(|content| content.tag == tag)
    }
}

/// The lines of bag-info.txt that can be read.
pub(super) fn bag_info(bag: &Bag) -> Vec<info::Pair> {
    bag.tag(TagFile::Info).map(|content| info::parse(&content.bytes).pairs).unwrap_or_default()
}

/// Adds everything that is wrong with the bag as a whole.
pub(super) fn check(bag: &Bag, findings: &mut Findings) {
    for tag in TagFile::ALL {
        if bag.tag(tag).is_none() {
            findings.push(BagFinding::new("bundle.bag_missing_file").path(tag.name()).expected(tag.name()));
        }
    }
    if bag.payload.is_empty() {
        findings.push(BagFinding::new("bundle.bag_no_payload").expected("data/…").found("0"));
    }
    check_declaration(bag, findings);
    check_info(bag, findings);
    let payload: Vec<Listed> = bag
        .payload
        .iter()
        .map(|file| Listed { path: format!("data/{}", file.path), digests: file.digests })
        .collect();
    let tags: Vec<Listed> = TagFile::ALL
        .into_iter()
        .filter(|tag| *tag != TagFile::Tags)
        .filter_map(|tag| bag.tag(tag))
        .map(|content| Listed { path: content.tag.name().to_owned(), digests: content.digests })
        .collect();
    check_manifest(bag, TagFile::Sha512, Algorithm::Sha512, &payload, findings);
    check_manifest(bag, TagFile::Blake3, Algorithm::Blake3, &payload, findings);
    check_manifest(bag, TagFile::Tags, Algorithm::Sha512, &tags, findings);
}

fn check_declaration(bag: &Bag, findings: &mut Findings) {
    let Some(content) = bag.tag(TagFile::Declaration) else { return };
    if content.bytes != DECLARATION_TEXT.as_bytes() {
        let finding = BagFinding::new("bundle.bag_declaration").path(content.tag.name()).at(content.at);
        findings.push(finding.expected(shown(DECLARATION_TEXT.as_bytes())).found(shown(&content.bytes)));
    }
}

fn check_info(bag: &Bag, findings: &mut Findings) {
    let Some(content) = bag.tag(TagFile::Info) else { return };
    let parsed = info::parse(&content.bytes);
    if let Some(line) = parsed.bad_line {
        let finding =
            BagFinding::new("bundle.bag_info").path(content.tag.name()).at(content.at + line as u64);
        let bytes = content.bytes.get(line..).unwrap_or_default();
        let bytes = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        findings.push(finding.expected("Bagging-Date, Label: value …, Payload-Oxum").found(shown(bytes)));
    }
    let octets = bag.payload.iter().fold(0_u64, |sum, file| sum.saturating_add(file.size));
    let due = oxum(octets, bag.payload.len());
    let said = parsed.pairs.iter().find(|(label, _)| label == PAYLOAD_OXUM);
    if let Some((_, said)) = said.filter(|(_, said)| *said != due) {
        let finding = BagFinding::new("bundle.bag_oxum").path(content.tag.name()).at(content.at);
        findings.push(finding.expected(shown(said.as_bytes())).found(due));
    }
}

/// Compares a manifest with the one that `files` give, and says what differs.
fn check_manifest(bag: &Bag, tag: TagFile, algorithm: Algorithm, files: &[Listed], findings: &mut Findings) {
    let Some(content) = bag.tag(tag) else { return };
    if content.bytes == manifest(files, algorithm) {
        return;
    }
    let differences = Differences {
        content,
        algorithm,
        due: files.iter().enumerate().map(|(at, file)| (file.path.as_str(), (at, file))).collect(),
        met: HashSet::new(),
        last: None,
    };
    differences.name_all(files, findings);
}

/// Takes a manifest apart.
struct Differences<'m> {
    content: &'m TagContent,
    algorithm: Algorithm,
    /// Path → its place in the order, and what was read of it.
    due: HashMap<&'m str, (usize, &'m Listed)>,
    met: HashSet<&'m str>,
    /// Place in the order of the line before.
    last: Option<usize>,
}

impl<'m> Differences<'m> {
    fn name_all(mut self, files: &[Listed], findings: &mut Findings) {
        let (before, mut at) = ((findings.list().len(), findings.more()), self.content.at);
        for line in self.content.bytes.split_inclusive(|byte| *byte == b'\n') {
            match self.line(line) {
                Ok(()) => {}
                Err(finding) => findings.push(finding.at(at)),
            }
            at += line.len() as u64;
        }
        for file in files.iter().filter(|file| !self.met.contains(file.path.as_str())) {
            let finding = BagFinding::new("bundle.manifest_unlisted").path(&file.path);
            findings.push(finding.expected(self.content.tag.name()).found(self.algorithm.hex(&file.digests)));
        }
        if before == (findings.list().len(), findings.more()) {
            // Cannot happen while a line's checks are complete; kept so that a difference is never passed over.
            findings.push(self.syntax(b"").at(self.content.at));
        }
    }

    fn syntax(&self, line: &[u8]) -> BagFinding {
        let finding = BagFinding::new("bundle.manifest_syntax").path(self.content.tag.name());
        let form = format!("{} lower-case hex digits, two spaces, a path, LF", self.algorithm.digits());
        finding.expected(form).found(shown(line))
    }

    fn line(&mut self, line: &'m [u8]) -> Result<(), BagFinding> {
        let (hex, path) = self.parse(line).ok_or_else(|| self.syntax(line))?;
        let finding = |code: &'static str| BagFinding::new(code).path(shown(path.as_bytes()));
        let manifest = self.content.tag.name();
        let Some(&(place, file)) = self.due.get(path) else {
            return Err(finding("bundle.manifest_absent_file").expected(manifest).found(hex));
        };
        if !self.met.insert(file.path.as_str()) {
            return Err(finding("bundle.manifest_duplicate").expected(manifest).found(hex));
        }
        let read = self.algorithm.hex(&file.digests);
        if read != hex {
            self.last = Some(place);
            return Err(finding("bundle.digest").expected(hex).found(read));
        }
        if self.last.replace(place).is_some_and(|last| place < last) {
            return Err(finding("bundle.manifest_order").expected("the order of the tar").found(manifest));
        }
        Ok(())
    }

    fn parse(&self, line: &'m [u8]) -> Option<(&'m str, &'m str)> {
        let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
        let (hex, path) = text.split_once("  ")?;
        let strict = hex.len() == self.algorithm.digits()
            && hex.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        (strict && !path.is_empty()).then_some((hex, path))
    }
}
