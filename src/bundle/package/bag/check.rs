//! Judging a bag: complete and valid by RFC 8493, and, when asked, a package by our profile.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest as _, Sha512};
use unicode_normalization::UnicodeNormalization;

use super::algorithm::Algorithm;
use super::declaration::Version;
use super::hash::{Digests, digest_all};
use super::manifest::Listed;
use super::profile::{self, Seen, TAG_MANIFEST};
use super::tags::{self, Manifest, Tags, is_payload};
use super::text::Charset;
use crate::bundle::package::finding::{Finding, FindingList, Severity};
use crate::bundle::package::limits::MAX_TAG_FILE_BYTES;
use crate::bundle::package::names::{PathSet, check_path};
use crate::bundle::package::tree::Tree;
use crate::fault::Outcome;

/// By which rules a bag is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// RFC 8493 and, for bags that say so, the drafts before it.
    Any,
    /// Our profile on top of it; names as [`check_path`] wants them.
    Package,
}

/// A file whose digests were computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// Path in the bag.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// By [`Rules::Package`] every file has SHA-512 at least.
    pub digests: Digests,
}

/// What a check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BagCheck {
    /// The version of BagIt, when the declaration can be read.
    pub version: Option<Version>,
    /// Labels and values of `bag-info.txt`.
    pub info: Vec<(String, String)>,
    /// Payload files.
    pub payload_files: usize,
    /// Bytes of the payload.
    pub payload_octets: u64,
    /// Files whose digests were computed, by path.
    pub files: Vec<CheckedFile>,
    /// Digests that were compared with a manifest.
    pub checked: u64,
    /// Manifests whose digest is not known here.
    pub not_checked: Vec<String>,
    /// SHA-512 of `tagmanifest-sha512.txt`, when there is one.
    pub tag_manifest_sha512: Option<[u8; 64]>,
    /// All that was found.
    pub findings: FindingList,
}

impl BagCheck {
    /// True when no finding is an error. What was not checked is listed, and nothing at all checked is an error.
    pub fn passed(&self) -> bool {
        self.findings.errors() == 0
    }

    /// The value of a label of `bag-info.txt`, the first when there are several.
    pub fn info(&self, label: &str) -> Option<&str> {
        super::info::values(&self.info, label).first().copied()
    }
}

/// Checks a bag: declaration, manifests complete, every digest, Payload-Oxum, and what `rules` ask beyond. An error of
/// the result is one of the machine, or a tag file beyond the limit.
pub fn check(tree: &dyn Tree, rules: Rules) -> Outcome<BagCheck> {
    let payload = tree.files().iter().filter(|file| is_payload(&file.path));
    let mut report = BagCheck {
        version: None,
        info: Vec::new(),
        payload_files: payload.clone().count(),
        payload_octets: payload.map(|file| file.size).sum(),
        files: Vec::new(),
        checked: 0,
        not_checked: Vec::new(),
        tag_manifest_sha512: None,
        findings: FindingList::default(),
    };
    let mut found = Vec::new();
    names(tree, rules, &mut found);
    if tree.find("fetch.txt").is_some() {
        found.push(Finding::error("package.bag_fetch").path("fetch.txt"));
    }
    if tree.find(TAG_MANIFEST).is_some() {
        let bytes = tree.read(TAG_MANIFEST, MAX_TAG_FILE_BYTES)?;
        report.tag_manifest_sha512 = Some(Sha512::digest(bytes).into());
    }
    let before = found.len();
    let mut tags = tags::read(tree, &mut found)?;
    if rules == Rules::Package && tags.as_ref().is_some_and(|tags| tags.declaration.charset != Charset::Utf8)
    {
        // Read in another encoding, every line would be wrong in a way of its own.
        found.truncate(before);
        found.push(profile::declaration());
        tags = None;
    }
    report.findings.extend(found);
    if let Some(tags) = tags {
        report.version = Some(tags.declaration.version);
        Checking { tree, rules, tags: &tags, report: &mut report }.run()?;
        report.info = tags.info;
    }
    if report.checked == 0 {
        report.findings.push(Finding::error("package.nothing_checked").expected("≥ 1").found(0));
    }
    Ok(report)
}

/// Names that mean different files on different systems.
fn names(tree: &dyn Tree, rules: Rules, found: &mut Vec<Finding>) {
    let severity = if rules == Rules::Package { Severity::Error } else { Severity::Warning };
    let mut seen = PathSet::default();
    for file in tree.files() {
        if let Err(code) = check_path(&file.path) {
            found.push(Finding::new(code, severity).path(&file.path));
        }
        if let Err((code, other)) = seen.file(&file.path) {
            found.push(Finding::new(code, severity).path(&file.path).found(other));
        }
    }
}

/// What the manifests say of each file: algorithm, digest, manifest.
type Expected<'t> = BTreeMap<&'t str, Vec<(Algorithm, &'t str, &'t str)>>;

struct Checking<'t, 'r> {
    tree: &'t dyn Tree,
    rules: Rules,
    tags: &'t Tags,
    report: &'r mut BagCheck,
}

impl<'t> Checking<'t, '_> {
    fn run(&mut self) -> Outcome<()> {
        let mut found = Vec::new();
        if self.tags.manifests(false).next().is_none() {
            found.push(Finding::error("package.bag_missing").path("manifest-sha512.txt"));
        }
        let mut expected = Expected::new();
        let mut listed = Vec::new();
        let decomposed = self.decomposed();
        for manifest in &self.tags.manifests {
            self.algorithm(manifest, &mut found);
            listed.push((manifest, self.lines(manifest, &decomposed, &mut expected, &mut found)));
        }
        self.complete(&listed, &mut found);
        // What the manifests say names the file; the sums only say that there is something.
        tags::oxum(self.tags, self.report.payload_octets, self.report.payload_files, &mut found);
        self.report.findings.extend(found);
        if self.rules == Rules::Package {
            self.profile();
        }
        self.digests(&expected)
    }

    fn strict(&self) -> bool {
        self.tags.declaration.version.is_strict()
    }

    fn algorithm(&mut self, manifest: &Manifest, found: &mut Vec<Finding>) {
        let file = &manifest.name.file;
        match manifest.name.known() {
            None => {
                found.push(
                    Finding::not_checked("package.manifest_unknown")
                        .path(file)
                        .found(&manifest.name.algorithm),
                );
                self.report.not_checked.push(file.clone());
            }
            Some(algorithm) if algorithm.is_broken() => {
                found.push(Finding::warning("package.digest_broken").path(file).found(algorithm.name()));
            }
            Some(_) => {}
        }
    }

    /// Files by their names in form C, for manifests that write them otherwise.
    fn decomposed(&self) -> HashMap<String, &'t str> {
        let files = self.tree.files().iter().filter(|file| !file.path.is_ascii());
        files.map(|file| (file.path.nfc().collect(), file.path.as_str())).collect()
    }

    /// Takes a manifest's lines; gives the files of the bag that it lists.
    fn lines(
        &self,
        manifest: &'t Manifest,
        decomposed: &HashMap<String, &'t str>,
        expected: &mut Expected<'t>,
        found: &mut Vec<Finding>,
    ) -> BTreeSet<&'t str> {
        let name = &manifest.name;
        let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
        for line in &manifest.lines {
            if let Some(finding) = scope(name.tag, line) {
                found.push(finding.found(&name.file));
                continue;
            }
            let Some(path) = self.place(line, decomposed, &name.file, found) else { continue };
            if let Some(before) = listed.insert(path, &line.digest) {
                let tolerated = !self.strict() && before == line.digest;
                let severity = if tolerated { Severity::Warning } else { Severity::Error };
                found.push(Finding::new("package.manifest_duplicate", severity).path(path).found(&name.file));
            }
            if let Some(algorithm) = name.known() {
                expected.entry(path).or_default().push((algorithm, &line.digest, &name.file));
            }
        }
        listed.into_keys().collect()
    }

    /// The file that a line means.
    fn place(
        &self,
        line: &Listed,
        decomposed: &HashMap<String, &'t str>,
        manifest: &str,
        found: &mut Vec<Finding>,
    ) -> Option<&'t str> {
        if let Some(file) = self.tree.find(&line.path) {
            return Some(&file.path);
        }
        let other = decomposed.get(&line.path.nfc().collect::<String>());
        match other {
            Some(other) => {
                found.push(
                    Finding::warning("package.manifest_normalized")
                        .path(other)
                        .expected(&line.path)
                        .found(manifest),
                );
            }
            None => found.push(Finding::error("package.manifest_absent").path(&line.path).expected(manifest)),
        }
        other.copied()
    }

    /// Every payload file is listed: since 1.0 by every payload manifest, before that by one of them.
    fn complete(&self, listed: &[(&Manifest, BTreeSet<&str>)], found: &mut Vec<Finding>) {
        let of_payload: Vec<_> = listed.iter().filter(|(manifest, _)| !manifest.name.tag).collect();
        for file in self.tree.files().iter().filter(|file| is_payload(&file.path)) {
            let lacking = of_payload.iter().filter(|(_, paths)| !paths.contains(file.path.as_str()));
            if self.strict() {
                for (manifest, _) in lacking {
                    found.push(
                        Finding::error("package.manifest_unlisted")
                            .path(&file.path)
                            .expected(&manifest.name.file),
                    );
                }
            } else if !of_payload.is_empty() && lacking.count() == of_payload.len() {
                found.push(Finding::error("package.manifest_unlisted").path(&file.path).expected("manifest"));
            }
        }
        for (tags, paths) in listed.iter().filter(|(manifest, _)| manifest.name.tag && self.strict()) {
            for (manifest, _) in of_payload.iter().filter(|(m, _)| !paths.contains(m.name.file.as_str())) {
                let finding = Finding::error("package.manifest_unlisted").path(&manifest.name.file);
                found.push(finding.expected(&tags.name.file));
            }
        }
    }

    fn profile(&mut self) {
        let ours = self.tags.manifests(true).filter(|manifest| manifest.name.file == TAG_MANIFEST);
        let seen = Seen {
            version: self.tags.declaration.version,
            utf8: self.tags.declaration.charset == Charset::Utf8,
            info: &self.tags.info,
            tags: self
                .tree
                .files()
                .iter()
                .map(|file| file.path.as_str())
                .filter(|path| !is_payload(path))
                .collect(),
            listed: ours.flat_map(|manifest| &manifest.lines).map(|line| line.path.as_str()).collect(),
        };
        profile::check(&seen, &mut self.report.findings);
    }

    /// Computes what the manifests list, each file once, and compares.
    fn digests(&mut self, expected: &Expected<'_>) -> Outcome<()> {
        let mut wanted: Vec<(&str, Vec<Algorithm>)> = Vec::new();
        for file in self.tree.files() {
            let told = expected.get(file.path.as_str()).into_iter().flatten();
            let mut algorithms: BTreeSet<_> = told.map(|(algorithm, ..)| *algorithm).collect();
            if algorithms.is_empty() && is_payload(&file.path) {
                self.report.findings.push(Finding::error("package.file_unchecked").path(&file.path));
            }
            if self.rules == Rules::Package {
                algorithms.insert(Algorithm::Sha512);
            }
            if !algorithms.is_empty() {
                wanted.push((&file.path, algorithms.into_iter().collect()));
            }
        }
        let digests = digest_all(self.tree, &wanted)?;
        for ((path, _), digests) in wanted.iter().zip(digests) {
            for (algorithm, digest, manifest) in expected.get(path).into_iter().flatten() {
                self.compare(path, &digests.hex(*algorithm), digest, manifest);
            }
            let size = self.tree.find(path).map_or(0, |file| file.size);
            self.report.files.push(CheckedFile { path: (*path).to_owned(), size, digests });
        }
        Ok(())
    }

    fn compare(&mut self, path: &str, computed: &str, listed: &str, manifest: &str) {
        if is_payload(path) {
            self.report.checked += 1;
        }
        if computed != listed {
            let found = format!("{computed} ({manifest})");
            self.report
                .findings
                .push(Finding::error("package.digest").path(path).expected(listed).found(found));
        }
    }
}

/// A line that speaks of what its manifest must not, or of what lies outside the bag.
fn scope(tag: bool, line: &Listed) -> Option<Finding> {
    let path = line.path.as_str();
    let wanders = path.starts_with(['/', '~', '\\'])
        || matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
        || path.split(['/', '\\']).any(|part| part == "..");
    let outside = if tag { is_payload(path) || path.starts_with("tagmanifest-") } else { !is_payload(path) };
    let expected = if tag { "a tag file" } else { "data/…" };
    (wanders || outside).then(|| Finding::error("package.manifest_scope").path(path).expected(expected))
}
