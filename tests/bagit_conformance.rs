//! The cases of the Library of Congress's BagIt conformance suite, made anew out of a bundle of ours. What RFC 8493
//! refuses is refused, and so is what it allows and a bundle does not need: other versions and encodings, other digests,
//! `fetch.txt`, names that are not plain.
//!
//! Each case is kept in `target/samples/bagit/`; `tools/test_bagit.py` asks the Library's own `bagit` and the second
//! verifier about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;

use std::fs;
use std::path::PathBuf;

use bags::{Outsider, export};
use serde_json::json;
use sha2::{Digest as _, Sha256, Sha512};
use zhaoce::bundle::{BagReader, SkipPayload};
use zhaoce::record::verify::Copy;

const DECLARATION: &str = "bagit.txt";
const INFO: &str = "bag-info.txt";
const SHA512: &str = "manifest-sha512.txt";
const BLAKE3: &str = "manifest-blake3.txt";
const TAGS: &str = "tagmanifest-sha512.txt";
const PAYLOAD: &str = "data/catalog.csv";

/// The files of a bag, tag files included, by path below its top directory.
#[derive(Clone)]
struct Files {
    top: String,
    mtime: u64,
    list: Vec<(String, Vec<u8>)>,
}

impl Files {
    fn open(tar: &[u8]) -> Self {
        let (mut top, mut mtime, mut list) = (String::new(), 0, Vec::new());
        for entry in tar::Archive::new(tar).entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            let (bag, path) = path.split_once('/').unwrap();
            (top, mtime) = (bag.to_owned(), entry.header().mtime().unwrap());
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
            list.push((path.to_owned(), bytes));
        }
        Self { top, mtime, list }
    }

    fn tar(&self) -> Vec<u8> {
        let mut tar = Vec::new();
        for (path, bytes) in &self.list {
            let name = if path.starts_with('/') { path.clone() } else { format!("{}/{path}", self.top) };
            tar.extend(header(&name, bytes.len(), self.mtime));
            tar.extend(bytes);
            tar.resize(tar.len().next_multiple_of(512), 0);
        }
        tar.resize(tar.len() + 1024, 0);
        tar
    }

    fn at(&self, path: &str) -> usize {
        self.list.iter().position(|(name, _)| name == path).unwrap_or_else(|| panic!("no {path}"))
    }

    fn bytes(&mut self, path: &str) -> &mut Vec<u8> {
        let at = self.at(path);
        &mut self.list[at].1
    }

    fn text(&mut self, path: &str, change: impl FnOnce(String) -> String) {
        let bytes = self.bytes(path);
        *bytes = change(String::from_utf8(bytes.clone()).unwrap()).into_bytes();
    }

    fn remove(&mut self, path: &str) -> Vec<u8> {
        let at = self.at(path);
        self.list.remove(at).1
    }

    /// One more file, after the one at `after`.
    fn insert(&mut self, after: &str, path: &str, bytes: &[u8]) {
        let at = self.at(after) + 1;
        self.list.insert(at, (path.into(), bytes.to_vec()));
    }

    fn rename(&mut self, path: &str, to: &str) {
        let at = self.at(path);
        self.list[at].0 = to.into();
    }

    fn payload(&self) -> impl Iterator<Item = &(String, Vec<u8>)> {
        self.list.iter().filter(|(path, _)| path.starts_with("data/"))
    }

    /// Both manifests of the payload, its Oxum, and the tag manifest, as whoever packs a bag anew makes them.
    fn pack(&mut self) {
        let list = |hash: &dyn Fn(&[u8]) -> String| -> Vec<u8> {
            self.payload()
                .map(|(path, bytes)| format!("{}  {path}\n", hash(bytes)))
                .collect::<String>()
                .into()
        };
        let (sha512, blake3) = (list(&sha512), list(&|bytes| blake3::hash(bytes).to_string()));
        let oxum = self.payload().map(|(_, bytes)| bytes.len()).sum::<usize>();
        let oxum = format!("Payload-Oxum: {oxum}.{}\n", self.payload().count());
        self.text(INFO, |text| {
            let kept = text.split_inclusive('\n').filter(|line| !line.starts_with("Payload-Oxum"));
            kept.collect::<String>() + &oxum
        });
        (*self.bytes(SHA512), *self.bytes(BLAKE3)) = (sha512, blake3);
        self.list_tags();
    }

    /// The tag manifest anew, of the tag files that there are.
    fn list_tags(&mut self) {
        let tags = self.list.iter().filter(|(path, _)| !path.contains('/') && path != TAGS);
        let text: String = tags.map(|(path, bytes)| format!("{}  {path}\n", sha512(bytes))).collect();
        *self.bytes(TAGS) = text.into_bytes();
    }

    /// Changes the text of a tag file; the tag manifest fits.
    fn retag(&mut self, path: &str, change: impl FnOnce(String) -> String) {
        self.text(path, change);
        self.list_tags();
    }

    /// Names a payload file otherwise, everywhere.
    fn repath(&mut self, to: &str) {
        self.rename(PAYLOAD, to);
        self.pack();
    }

    /// Lists a payload file under another name, in the manifests only.
    fn relist(&mut self, to: &str) {
        for manifest in [SHA512, BLAKE3] {
            self.text(manifest, |text| text.replace(&format!("  {PAYLOAD}\n"), &format!("  {to}\n")));
        }
        self.list_tags();
    }

    /// Adds a line of `bagit.txt`'s own digest under `path` to the SHA-512 manifest.
    fn list_outside(&mut self, path: &str) {
        let digest = sha512(self.bytes(DECLARATION));
        self.retag(SHA512, |text| format!("{text}{digest}  {path}\n"));
    }
}

fn sha512(bytes: &[u8]) -> String {
    hex::encode(Sha512::digest(bytes))
}

/// The header of a file as the format page has it, from the package `tar` but for the checksum, which it ends otherwise.
fn header(name: &str, size: usize, mtime: u64) -> [u8; 512] {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size as u64);
    header.set_mtime(mtime);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_device_major(0).unwrap();
    header.set_device_minor(0).unwrap();
    let bytes = header.as_mut_bytes();
    bytes[148..156].fill(b' ');
    let sum: u32 = bytes.iter().map(|byte| u32::from(*byte)).sum();
    bytes[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    *bytes
}

/// UTF-16, big end first, as the suite's own case has it.
fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

/// A case: its name, what is done to a sound bag, the codes with which we must refuse it (none: we must take it), and,
/// where the standard allows it, why we do not.
type Case = (&'static str, fn(&mut Files), &'static [&'static str], Option<&'static str>);

const NOT_ONE_TAR: &str = "one content has one tar: every tag file has one form";
const NO_FETCH: &str = "a bundle is whole: nothing of it is anywhere else";
const ONE_VERSION: &str = "BagIt 1.0 in UTF-8 is the only form";
const OWN_DIGESTS: &str = "the manifests are SHA-512 and BLAKE3, no other";
const PLAIN_NAMES: &str = "names mean the same file on every system";

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("basic-bag", |_| (), &[], None),
    ("basic-bag-packed-anew", |bag| bag.pack(), &[], None),

    // The declaration.
    ("bagit-txt-missing", |bag| { bag.remove(DECLARATION); bag.list_tags(); }, &["bundle.bag_missing_file"], None),
    ("bagit-txt-empty", |bag| bag.retag(DECLARATION, |_| String::new()), &["bundle.bag_declaration"], None),
    ("bagit-txt-with-bom", |bag| bag.retag(DECLARATION, |text| format!("\u{feff}{text}")), &["bundle.bag_declaration"], None),
    ("bagit-txt-one-line", |bag| bag.retag(DECLARATION, |_| "BagIt-Version: 1.0\n".into()), &["bundle.bag_declaration"], None),
    ("bagit-txt-without-encoding-value", |bag| bag.retag(DECLARATION, |text| text.replace("UTF-8", "")), &["bundle.bag_declaration"], None),
    ("bagit-txt-unknown-encoding", |bag| bag.retag(DECLARATION, |text| text.replace("UTF-8", "WTF-8")), &["bundle.bag_declaration"], None),
    ("bagit-txt-version-not-a-number", |bag| bag.retag(DECLARATION, |text| text.replace("1.0", "one")), &["bundle.bag_declaration"], None),
    ("bagit-txt-version-of-one-number", |bag| bag.retag(DECLARATION, |text| text.replace("1.0", "1")), &["bundle.bag_declaration"], Some("bagit takes a version without a point")),
    ("bagit-with-invalid-whitespace", |bag| bag.retag(DECLARATION, |text| text.replace(": ", " :  ")), &["bundle.bag_declaration"], Some("bagit passes over blanks, which 1.0 forbids")),
    ("bagit-txt-cr-lf", |bag| bag.retag(DECLARATION, |text| text.replace('\n', "\r\n")), &["bundle.bag_declaration"], Some(NOT_ONE_TAR)),
    ("bagit-txt-in-the-other-order", |bag| bag.retag(DECLARATION, |text| text.lines().rev().map(|line| format!("{line}\n")).collect()), &["bundle.bag_declaration"], Some("bagit takes both orders")),
    ("version-0.97", |bag| bag.retag(DECLARATION, |text| text.replace("1.0", "0.97")), &["bundle.bag_declaration"], Some(ONE_VERSION)),
    ("version-0.96", |bag| bag.retag(DECLARATION, |text| text.replace("1.0", "0.96")), &["bundle.bag_declaration"], Some(ONE_VERSION)),
    ("version-0.93", |bag| bag.retag(DECLARATION, |text| text.replace("1.0", "0.93")), &["bundle.bag_declaration"], Some(ONE_VERSION)),
    ("version-of-the-future", |bag| bag.retag(DECLARATION, |text| text.replace("1.0", "2.0")), &["bundle.bag_declaration"], None),
    ("tag-files-in-iso-8859-1", |bag| {
        bag.text(DECLARATION, |text| text.replace("UTF-8", "ISO-8859-1"));
        let oxum = String::from_utf8_lossy(bag.bytes(INFO)).lines().last().unwrap().to_owned();
        *bag.bytes(INFO) = [b"Bagging-Date: 2026-01-05\nContact-Name: Jos\xe9\n", oxum.as_bytes(), b"\n"].concat();
        bag.list_tags();
    }, &["bundle.bag_declaration"], Some(ONE_VERSION)),
    ("tag-files-in-utf-16", |bag| {
        bag.text(DECLARATION, |text| text.replace("UTF-8", "UTF-16"));
        for path in [INFO, SHA512, BLAKE3] {
            let text = String::from_utf8(bag.bytes(path).clone()).unwrap();
            *bag.bytes(path) = utf16(&text);
        }
        bag.list_tags();
        let text = String::from_utf8(bag.bytes(TAGS).clone()).unwrap();
        *bag.bytes(TAGS) = utf16(&text);
    }, &["bundle.bag_declaration", "bundle.bag_info", "bundle.manifest_syntax"], Some(ONE_VERSION)),

    // Payload and manifests.
    ("payload-missing", |bag| { bag.remove(PAYLOAD); }, &["bundle.manifest_absent_file", "bundle.bag_oxum"], None),
    ("payload-directory-missing", |bag| bag.list.retain(|(path, _)| !path.starts_with("data/")), &["bundle.bag_no_payload", "bundle.manifest_absent_file"], None),
    ("payload-altered", |bag| bag.bytes(PAYLOAD)[3] ^= 1, &["bundle.digest"], None),
    ("payload-shortened", |bag| { bag.bytes(PAYLOAD).pop(); }, &["bundle.digest", "bundle.bag_oxum"], None),
    ("payload-not-listed", |bag| bag.insert(PAYLOAD, "data/extra.txt", b"extra"), &["bundle.manifest_unlisted", "bundle.bag_oxum"], None),
    ("payload-not-listed-beside-a-listed-one", |bag| bag.insert(PAYLOAD, "data/catalog.csv.bak", b""), &["bundle.manifest_unlisted"], None),
    ("hidden-files-of-desktops", |bag| bag.insert(PAYLOAD, "data/.DS_Store", b"x"), &["bundle.path_reserved"], None),
    ("manifest-missing", |bag| { bag.remove(SHA512); bag.remove(BLAKE3); bag.list_tags(); }, &["bundle.bag_missing_file"], None),
    ("manifest-of-unknown-digest-only", |bag| { bag.remove(SHA512); bag.list_tags(); }, &["bundle.bag_missing_file"], None),
    ("manifest-sha256-too", |bag| {
        let text: String = bag.payload().map(|(path, bytes)| format!("{}  {path}\n", hex::encode(Sha256::digest(bytes)))).collect();
        bag.insert(INFO, "manifest-sha256.txt", text.as_bytes());
        bag.list_tags();
    }, &["bundle.bag_unexpected_file"], Some(OWN_DIGESTS)),
    ("not-all-manifests-list-all-files", |bag| {
        let one: String = bag.payload().take(1).map(|(path, bytes)| format!("{}  {path}\n", hex::encode(Sha256::digest(bytes)))).collect();
        bag.insert(INFO, "manifest-sha256.txt", one.as_bytes());
        bag.list_tags();
    }, &["bundle.bag_unexpected_file"], Some("bagit takes manifests together, which 1.0 forbids")),
    ("one-of-our-manifests-lists-less", |bag| bag.retag(BLAKE3, |text| text.lines().skip(1).map(|line| format!("{line}\n")).collect()), &["bundle.manifest_unlisted"], Some("bagit knows no BLAKE3 and leaves that manifest unread")),
    ("one-of-our-manifests-is-false", |bag| bag.retag(BLAKE3, |text| text.replace('0', "1")), &["bundle.digest"], Some("bagit knows no BLAKE3 and leaves that manifest unread")),
    ("manifest-empty", |bag| bag.retag(SHA512, |_| String::new()), &["bundle.manifest_unlisted"], None),
    ("manifest-digest-too-short", |bag| bag.retag(SHA512, |text| text[2..].to_owned()), &["bundle.manifest_syntax"], None),
    ("manifest-not-hex", |bag| bag.retag(SHA512, |text| format!("zz{}", &text[2..])), &["bundle.manifest_syntax"], None),
    ("manifest-without-names", |bag| bag.retag(SHA512, |text| text.lines().map(|line| format!("{}\n", &line[..128])).collect()), &["bundle.manifest_syntax"], None),
    ("manifest-with-bom", |bag| bag.retag(SHA512, |text| format!("\u{feff}{text}")), &["bundle.manifest_syntax"], Some("bagit passes over a BOM, which 1.0 forbids")),
    ("manifest-in-upper-case", |bag| bag.retag(SHA512, |text| text.lines().map(|line| format!("{}{}\n", line[..128].to_uppercase(), &line[128..])).collect()), &["bundle.manifest_syntax"], Some(NOT_ONE_TAR)),
    ("manifest-with-asterisks", |bag| bag.retag(SHA512, |text| text.replace("  ", " *")), &["bundle.manifest_syntax"], Some(NOT_ONE_TAR)),
    ("manifest-with-tabs", |bag| bag.retag(SHA512, |text| text.replace("  ", "\t")), &["bundle.manifest_syntax"], Some(NOT_ONE_TAR)),
    ("manifest-cr-lf", |bag| bag.retag(SHA512, |text| text.replace('\n', "\r\n")), &["bundle.manifest_absent_file"], Some(NOT_ONE_TAR)),
    ("manifest-without-last-line-end", |bag| bag.retag(SHA512, |text| text.trim_end().to_owned()), &["bundle.manifest_syntax"], Some(NOT_ONE_TAR)),
    ("manifest-with-dot-slash", |bag| bag.retag(SHA512, |text| text.replace("  ", "  ./")), &["bundle.manifest_absent_file"], Some(NOT_ONE_TAR)),
    ("manifest-in-another-order", |bag| bag.retag(SHA512, |text| text.lines().rev().map(|line| format!("{line}\n")).collect()), &["bundle.manifest_order"], Some(NOT_ONE_TAR)),
    ("same-filename-listed-twice-with-the-same-hash", |bag| bag.retag(SHA512, |text| format!("{}\n{text}", text.lines().next().unwrap())), &["bundle.manifest_duplicate"], None),
    ("same-filename-listed-twice-with-different-hashes", |bag| bag.retag(SHA512, |text| format!("{}{}", text.replacen(|c: char| c.is_ascii_digit(), "f", 1).lines().next().unwrap().to_owned() + "\n", text)), &["bundle.digest", "bundle.manifest_duplicate"], None),
    ("listed-file-of-another-case", |bag| bag.relist("data/CATALOG.csv"), &["bundle.manifest_absent_file", "bundle.manifest_unlisted"], None),
    ("listed-tag-file", |bag| bag.list_outside("bagit.txt"), &["bundle.manifest_absent_file"], None),

    // Ways out of the bag.
    ("out-of-scope-file-paths-using-dot-notation", |bag| bag.list_outside("../bagit.txt"), &["bundle.manifest_absent_file"], None),
    ("out-of-scope-file-paths-through-data", |bag| bag.list_outside("data/../../bagit.txt"), &["bundle.manifest_absent_file"], None),
    ("out-of-scope-absolute-path", |bag| bag.list_outside("/etc/hostname"), &["bundle.manifest_absent_file"], None),
    ("out-of-scope-home", |bag| bag.list_outside("~/bagit.txt"), &["bundle.manifest_absent_file"], None),
    ("out-of-scope-windows-drive", |bag| bag.list_outside("C:\\bagit.txt"), &["bundle.manifest_absent_file"], None),
    ("tar-goes-out-by-dots", |bag| bag.insert(PAYLOAD, "data/../../outside.txt", b"x"), &["bundle.path_parent"], None),
    ("tar-goes-out-by-an-absolute-path", |bag| bag.insert(PAYLOAD, "/tmp/outside.txt", b"x"), &["bundle.path_absolute"], None),

    // Names.
    ("name-with-blank", |bag| bag.repath("data/cata log.csv"), &["bundle.path_character"], Some(PLAIN_NAMES)),
    ("name-with-leading-dot", |bag| bag.repath("data/.catalog.csv"), &["bundle.path_reserved"], Some(PLAIN_NAMES)),
    ("name-percent-encoded", |bag| {
        bag.rename(PAYLOAD, "data/cata\nlog.csv");
        bag.pack();
        for manifest in [SHA512, BLAKE3] { bag.text(manifest, |text| text.replace("cata\nlog", "cata%0Alog")); }
        bag.list_tags();
    }, &["bundle.path_character"], Some(PLAIN_NAMES)),
    ("name-of-a-windows-device", |bag| bag.repath("data/aux.csv"), &["bundle.path_reserved"], Some(PLAIN_NAMES)),
    ("name-composed", |bag| bag.repath("data/caf\u{e9}.csv"), &["bundle.path_not_ascii"], Some(PLAIN_NAMES)),
    ("name-decomposed", |bag| bag.repath("data/cafe\u{301}.csv"), &["bundle.path_not_ascii"], Some(PLAIN_NAMES)),
    ("filename-normalization", |bag| { bag.repath("data/caf\u{e9}.csv"); bag.text(SHA512, |text| text.replace("caf\u{e9}", "cafe\u{301}")); bag.list_tags(); }, &["bundle.path_not_ascii"], None),
    ("names-that-differ-by-normalization", |bag| { bag.insert(PAYLOAD, "data/cafe\u{301}.csv", b"1"); bag.insert(PAYLOAD, "data/caf\u{e9}.csv", b"2"); bag.pack(); }, &["bundle.path_not_ascii"], Some(PLAIN_NAMES)),
    ("names-that-differ-by-case", |bag| { bag.insert(PAYLOAD, "data/CATALOG.csv", b"1"); bag.pack(); }, &["bundle.path_case"], Some(PLAIN_NAMES)),
    ("same-file-twice-in-the-tar", |bag| { let bytes = bag.bytes(PAYLOAD).clone(); bag.insert(PAYLOAD, PAYLOAD, &bytes); }, &["bundle.path_duplicate"], Some("an unpacked bag cannot show it")),

    // Tag files.
    ("bag-info-altered", |bag| bag.text(INFO, |text| text.replace("Bagging-Date: 2", "Bagging-Date: 3")), &["bundle.digest"], None),
    ("bag-info-missing", |bag| { bag.remove(INFO); bag.list_tags(); }, &["bundle.bag_missing_file"], Some(NOT_ONE_TAR)),
    ("bag-info-listed-and-missing", |bag| { bag.remove(INFO); }, &["bundle.bag_missing_file", "bundle.manifest_absent_file"], None),
    ("tag-manifest-missing", |bag| { bag.remove(TAGS); }, &["bundle.bag_missing_file"], Some("nothing would cover the BLAKE3 manifest")),
    ("tag-manifest-lists-less", |bag| bag.text(TAGS, |text| text.lines().skip(1).map(|line| format!("{line}\n")).collect()), &["bundle.manifest_unlisted"], Some(NOT_ONE_TAR)),
    ("tag-manifest-lists-itself", |bag| bag.text(TAGS, |text| format!("{text}{}  {TAGS}\n", "0".repeat(128))), &["bundle.manifest_absent_file"], None),
    ("tag-manifest-lists-payload", |bag| { let digest = sha512(bag.bytes(PAYLOAD)); bag.text(TAGS, |text| format!("{text}{digest}  {PAYLOAD}\n")); }, &["bundle.manifest_absent_file"], None),
    ("tag-file-not-listed", |bag| bag.insert(INFO, "notes.txt", b"x"), &["bundle.bag_unexpected_file"], Some(NOT_ONE_TAR)),
    ("tag-directory", |bag| { bag.insert(INFO, "metadata/notes.xml", b"<x/>"); }, &["bundle.bag_unexpected_file"], Some(NOT_ONE_TAR)),
    ("duplicate-metadata-entries", |bag| bag.retag(INFO, |text| text.replace("Payload-Oxum", "Contact-Name: a\nContact-Name: b\nPayload-Oxum")), &[], None),
    ("metadata-entry-folded", |bag| bag.retag(INFO, |text| text.replace("Payload-Oxum", "External-Description: a\n  b\nPayload-Oxum")), &["bundle.bag_info"], Some(NOT_ONE_TAR)),
    ("uncommon-metadata-separators", |bag| bag.retag(INFO, |text| text.replace("Payload-Oxum: ", "Payload-Oxum:\t")), &["bundle.bag_info"], Some(NOT_ONE_TAR)),
    ("metadata-line-without-colon", |bag| bag.retag(INFO, |text| format!("no colon\n{text}")), &["bundle.bag_info"], None),
    ("payload-oxum-false", |bag| bag.retag(INFO, |text| text.replace("Payload-Oxum: ", "Payload-Oxum: 1")), &["bundle.bag_oxum"], None),
    ("payload-oxum-of-another-count", |bag| bag.retag(INFO, |text| format!("{}9\n", text.trim_end())), &["bundle.bag_oxum"], None),
    ("payload-oxum-twice", |bag| bag.retag(INFO, |text| format!("Payload-Oxum: 1.1\n{text}")), &["bundle.bag_info"], None),

    // Bags that are not whole, and bags in bags.
    ("fetch-of-what-is-here", |bag| { bag.insert(INFO, "fetch.txt", format!("https://example.org/x 1 {PAYLOAD}\n").as_bytes()); bag.list_tags(); }, &["bundle.bag_unexpected_file"], Some(NO_FETCH)),
    ("fetch-of-what-is-not-here", |bag| { bag.remove(PAYLOAD); bag.insert(INFO, "fetch.txt", format!("https://example.org/x - {PAYLOAD}\n").as_bytes()); bag.list_tags(); }, &["bundle.bag_unexpected_file", "bundle.manifest_absent_file"], None),
    ("fetch-of-what-is-not-listed", |bag| { bag.insert(INFO, "fetch.txt", b"https://example.org/x - data/other.txt\n"); bag.list_tags(); }, &["bundle.bag_unexpected_file"], Some("bagit takes it, though RFC 8493 2.2.3 wants it listed")),
    ("fetch-to-outside", |bag| { bag.insert(INFO, "fetch.txt", b"https://example.org/x - ../outside.txt\n"); bag.list_tags(); }, &["bundle.bag_unexpected_file"], None),
    ("fetch-empty", |bag| { bag.insert(INFO, "fetch.txt", b""); bag.list_tags(); }, &["bundle.bag_unexpected_file"], Some(NO_FETCH)),
    ("bag-in-a-bag", |bag| {
        let inner: Vec<_> = bag.list.iter().filter(|(path, _)| !path.starts_with("data/")).cloned().collect();
        for (path, bytes) in inner.into_iter().rev() { bag.insert(PAYLOAD, &format!("data/inner/{path}"), &bytes); }
        bag.pack();
    }, &[], None),
];

fn keep(name: &str, bundle: &[u8], case: &serde_json::Value) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/samples/bagit").join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("bundle.tar.zst"), bundle).unwrap();
    fs::write(folder.join("case.json"), serde_json::to_vec_pretty(case).unwrap()).unwrap();
}

#[test]
fn the_cases_of_the_conformance_suite() {
    let mut office = bags::office();
    let outsider = Outsider::of(&office);
    let tar = zstd::decode_all(&export(&mut office, Copy::Public)[..]).unwrap();
    let sound = Files::open(&tar);
    assert_eq!(sound.tar(), tar, "taken apart and put together it is the same");
    let mut wrong = Vec::new();
    for (name, change, codes, stricter) in CASES {
        let mut bag = sound.clone();
        change(&mut bag);
        let bytes = bag.tar();
        assert!(bytes != tar || name.starts_with("basic"), "{name} alters nothing");
        let report = BagReader::tar(&bytes[..]).read(&mut SkipPayload).unwrap();
        let mut found: Vec<&str> = report.findings.list().iter().map(|finding| finding.code).collect();
        found.sort_unstable();
        found.dedup();
        if report.is_valid() != codes.is_empty() || codes.iter().any(|code| !found.contains(code)) {
            wrong.push(format!("{name}: {found:?} instead of {codes:?}"));
        }
        let bundle = bags::framed(&bytes);
        // The bag of a bundle may be sound where the bundle is not: a payload file that no bundle has.
        if !codes.is_empty() {
            assert!(!outsider.verify(&bundle).passed(), "{name}");
        }
        keep(
            name,
            &bundle,
            &json!({
                "codes": codes, "genesis": outsider.genesis, "origin": outsider.origin, "stricter": stricter,
                "top": bag.top,
            }),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
