//! Bags of any make, judged by RFC 8493 and the drafts before it: the cases of the Library of Congress's BagIt conformance
//! suite, made anew. What the suite calls valid passes; what it calls invalid is refused, with a code; what it warns of is
//! warned of. And what the profile of a package refuses beyond.
//!
//! Each case is kept in `target/samples/package/cases/`, packages in `target/samples/package/sound/`;
//! `tools/test_package.py` asks other people's programs about them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest as _, Sha256, Sha512};
use zhaoce::bundle::package::bag::{Rules, check, profile, seal};
use zhaoce::bundle::package::{PackageName, Plain, Severity, Tree, ZipMethod, pack};

const DECLARATION: &str = "bagit.txt";
const INFO: &str = "bag-info.txt";
const SHA512: &str = "manifest-sha512.txt";
const TAGS: &str = "tagmanifest-sha512.txt";
const FILE: &str = "data/test-file.txt";

/// A bag by path.
#[derive(Clone)]
struct Bag(BTreeMap<String, Vec<u8>>);

impl Bag {
    fn new(version: &str) -> Self {
        let mut bag = Self(BTreeMap::new());
        bag.put(DECLARATION, &format!("BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n"));
        bag.put(FILE, "this is a test\n");
        bag.put("data/directory/other.txt", "and this another\n");
        bag.put(bag.info_name(version), "Source-Organization: Library\nBagging-Date: 2026-11-22\n");
        bag.pack();
        bag
    }

    fn info_name(&self, version: &str) -> &'static str {
        if matches!(version, "0.93" | "0.94") { "package-info.txt" } else { INFO }
    }

    fn put(&mut self, path: &str, text: &str) {
        self.0.insert(path.to_owned(), text.as_bytes().to_vec());
    }

    fn text(&self, path: &str) -> String {
        String::from_utf8(self.0[path].clone()).unwrap()
    }

    fn payload(&self) -> Vec<(String, Vec<u8>)> {
        self.0
            .iter()
            .filter(|(path, _)| path.starts_with("data/"))
            .map(|(p, b)| (p.clone(), b.clone()))
            .collect()
    }

    /// A manifest of the payload.
    fn manifest(&mut self, algorithm: &str, hash: fn(&[u8]) -> String) {
        let lines = self.payload().into_iter().map(|(path, bytes)| format!("{}  {path}\n", hash(&bytes)));
        let text: String = lines.collect();
        self.put(&format!("manifest-{algorithm}.txt"), &text);
    }

    /// The SHA-512 manifest and the tag manifest anew.
    fn pack(&mut self) {
        self.manifest("sha512", sha512);
        self.tags();
    }

    fn tags(&mut self) {
        let tags =
            self.0.iter().filter(|(path, _)| !path.starts_with("data/") && !path.starts_with("tagmanifest"));
        let text: String = tags.map(|(path, bytes)| format!("{}  {path}\n", sha512(bytes))).collect();
        self.put(TAGS, &text);
    }

    /// Changes a tag file; the tag manifest fits.
    fn change(&mut self, path: &str, change: impl FnOnce(String) -> String) {
        let text = change(self.text(path));
        self.put(path, &text);
        self.tags();
    }

    /// One more line in the SHA-512 manifest.
    fn list(&mut self, path: &str) {
        let digest = sha512(&self.0[DECLARATION]);
        self.change(SHA512, |text| format!("{text}{digest}  {path}\n"));
    }

    fn recode(&mut self, name: &str, encode: fn(&str) -> Vec<u8>) {
        self.change(DECLARATION, |text| text.replace("UTF-8", name));
        let tags: Vec<_> =
            self.0.keys().filter(|path| !path.contains('/') && *path != DECLARATION).cloned().collect();
        for path in tags.iter().filter(|path| *path != TAGS) {
            let bytes = encode(&self.text(path));
            self.0.insert(path.clone(), bytes);
        }
        self.tags();
        let bytes = encode(&self.text(TAGS));
        self.0.insert(TAGS.to_owned(), bytes);
    }

    fn tree(&self) -> Plain {
        Plain::new(self.0.clone())
    }
}

fn sha512(bytes: &[u8]) -> String {
    hex::encode(Sha512::digest(bytes))
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn blake3(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_string()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

/// Name, version, what is done to a sound bag, the codes of its errors (none: it passes), codes that warn, and, where the
/// package `bagit` says otherwise, why.
type Case = (
    &'static str,
    &'static str,
    fn(&mut Bag),
    &'static [&'static str],
    &'static [&'static str],
    Option<&'static str>,
);

const NO_FETCH: Option<&str> = Some("nothing is fetched: an archive takes what is whole");

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Every version, as it is.
    ("v0.93-basic-bag", "0.93", |_| (), &[], &[], None),
    ("v0.94-basic-bag", "0.94", |_| (), &[], &[], None),
    ("v0.95-basic-bag", "0.95", |_| (), &[], &[], None),
    ("v0.96-basic-bag", "0.96", |_| (), &[], &[], None),
    ("v0.97-basic-bag", "0.97", |_| (), &[], &[], None),
    ("v1.0-basic-bag", "1.0", |_| (), &[], &[], None),
    ("v0.93-duplicate-metadata-entries", "0.93", |bag| bag.change("package-info.txt", |text| text + "Contact-Name: a\nContact-Name: b\n"), &[], &[], None),
    ("v0.97-duplicate-metadata-entries", "0.97", |bag| bag.change(INFO, |text| text + "Contact-Name: a\nContact-Name: b\n"), &[], &[], None),
    ("v1.0-duplicate-metadata-entries", "1.0", |bag| bag.change(INFO, |text| text + "Contact-Name: a\nContact-Name: b\n"), &[], &[], None),

    // Digests.
    ("v0.97-basic-bag-md5", "0.97", |bag| { bag.0.remove(SHA512); bag.manifest("md5", |bytes| hex::encode(md5::Md5::digest(bytes))); bag.tags(); }, &[], &["package.digest_broken"], None),
    ("v0.97-basic-bag-sha1", "0.97", |bag| { bag.0.remove(SHA512); bag.manifest("sha1", |bytes| hex::encode(sha1::Sha1::digest(bytes))); bag.tags(); }, &[], &["package.digest_broken"], None),
    ("v0.97-basic-bag-sha224", "0.97", |bag| { bag.0.remove(SHA512); bag.manifest("sha224", |bytes| hex::encode(sha2::Sha224::digest(bytes))); bag.tags(); }, &[], &[], None),
    ("v0.97-basic-bag-sha256", "0.97", |bag| { bag.0.remove(SHA512); bag.manifest("sha256", sha256); bag.tags(); }, &[], &[], None),
    ("v1.0-basic-bag-sha384", "1.0", |bag| { bag.0.remove(SHA512); bag.manifest("sha384", |bytes| hex::encode(sha2::Sha384::digest(bytes))); bag.tags(); }, &[], &[], None),
    ("v1.0-several-manifests", "1.0", |bag| { bag.manifest("sha256", sha256); bag.manifest("blake3", blake3); bag.manifest("sm3", |bytes| hex::encode(sm3::Sm3::digest(bytes))); bag.tags(); }, &[], &[], None),
    ("v1.0-unknown-digest-beside-a-known-one", "1.0", |bag| { bag.manifest("whirlpool", sha512); bag.tags(); }, &[], &["package.manifest_unknown"], None),
    ("v1.0-unknown-digest-only", "1.0", |bag| { bag.0.remove(SHA512); bag.manifest("whirlpool", sha512); bag.tags(); }, &["package.file_unchecked", "package.nothing_checked"], &["package.manifest_unknown"], None),
    ("v1.0-false-blake3", "1.0", |bag| { bag.manifest("blake3", sha256); bag.tags(); }, &["package.digest"], &[], Some("bagit knows no BLAKE3 and leaves that manifest unread")),
    ("v1.0-false-sm3", "1.0", |bag| { bag.manifest("sm3", sha256); bag.tags(); }, &["package.digest"], &[], Some("bagit knows no SM3 and leaves that manifest unread")),
    ("v1.0-false-blake3-found-by-the-tag-manifest", "1.0", |bag| { bag.manifest("blake3", blake3); bag.tags(); bag.put("manifest-blake3.txt", &bag.text("manifest-blake3.txt").replace('0', "1")); }, &["package.digest"], &[], None),
    ("v1.0-digests-in-upper-case", "1.0", |bag| bag.change(SHA512, |text| text.lines().map(|line| format!("{}{}\n", line[..128].to_uppercase(), &line[128..])).collect()), &[], &[], None),

    // The declaration.
    ("v1.0-bagit-txt-missing", "1.0", |bag| { bag.0.remove(DECLARATION); bag.tags(); }, &["package.bag_missing", "package.nothing_checked"], &[], None),
    ("v1.0-bagit-txt-empty", "1.0", |bag| bag.change(DECLARATION, |_| String::new()), &["package.bag_declaration"], &[], None),
    ("v0.97-bom-in-bagit.txt", "0.97", |bag| bag.change(DECLARATION, |text| format!("\u{feff}{text}")), &["package.bag_declaration"], &[], None),
    ("v0.97-bagit-with-invalid-whitespace", "0.97", |bag| bag.change(DECLARATION, |text| text.replace(": ", " :  ")), &["package.bag_declaration"], &[], Some("bagit passes over blanks")),
    ("v1.0-bagit-with-invalid-whitespace", "1.0", |bag| bag.change(DECLARATION, |text| text.replace(": ", ":  ")), &["package.bag_declaration"], &[], Some("bagit passes over blanks, which 1.0 forbids")),
    ("v1.0-bagit-txt-without-blank", "1.0", |bag| bag.change(DECLARATION, |text| text.replace(": ", ":")), &["package.bag_declaration"], &[], Some("bagit passes over blanks, which 1.0 forbids")),
    ("v1.0-bagit-txt-one-line", "1.0", |bag| bag.change(DECLARATION, |_| "BagIt-Version: 1.0\n".into()), &["package.bag_declaration"], &[], None),
    ("v1.0-bagit-txt-three-lines", "1.0", |bag| bag.change(DECLARATION, |text| text + "Contact-Name: a\n"), &["package.bag_declaration"], &[], Some("bagit reads on behind the second line")),
    ("v1.0-bagit-txt-in-the-other-order", "1.0", |bag| bag.change(DECLARATION, |text| text.lines().rev().map(|line| format!("{line}\n")).collect()), &["package.bag_declaration"], &[], Some("bagit takes both orders")),
    ("v1.0-bagit-txt-cr-lf", "1.0", |bag| bag.change(DECLARATION, |text| text.replace('\n', "\r\n")), &[], &[], None),
    ("v1.0-bagit-txt-without-last-line-end", "1.0", |bag| bag.change(DECLARATION, |text| text.trim_end().to_owned()), &[], &[], None),
    ("version-of-the-future", "1.0", |bag| bag.change(DECLARATION, |text| text.replace("1.0", "2.0")), &["package.bag_version"], &[], None),
    ("version-that-never-was", "1.0", |bag| bag.change(DECLARATION, |text| text.replace("1.0", "0.98")), &["package.bag_version"], &[], Some("bagit takes any number below 2")),
    ("version-not-a-number", "1.0", |bag| bag.change(DECLARATION, |text| text.replace("1.0", "one.0")), &["package.bag_declaration"], &[], None),
    ("version-of-one-number", "1.0", |bag| bag.change(DECLARATION, |text| text.replace("1.0", "1")), &["package.bag_declaration"], &[], Some("bagit takes a version without a point")),
    ("v1.0-unknown-encoding", "1.0", |bag| bag.change(DECLARATION, |text| text.replace("UTF-8", "WTF-8")), &["package.bag_encoding"], &[], None),

    // Encodings.
    ("v0.97-UTF-16-encoded-tag-files", "0.97", |bag| bag.recode("UTF-16", utf16), &[], &[], None),
    ("v1.0-UTF-16-encoded-tag-files", "1.0", |bag| bag.recode("UTF-16", utf16), &[], &[], None),
    ("v0.97-ISO-8859-1-encoded-tag-files", "0.97", |bag| { bag.put(INFO, "Contact-Name: Jos\u{e9}\n"); bag.recode("ISO-8859-1", latin1); }, &[], &[], None),
    ("v1.0-not-in-the-encoding-declared", "1.0", |bag| { bag.0.insert(INFO.into(), b"Contact-Name: Jos\xe9\n".to_vec()); bag.tags(); }, &["package.bag_encoding"], &[], None),
    ("v1.0-bom-in-manifest", "1.0", |bag| bag.change(SHA512, |text| format!("\u{feff}{text}")), &["package.bag_encoding"], &[], Some("bagit passes over a mark, which 1.0 forbids")),

    // Payload and manifests.
    ("v1.0-missing-file", "1.0", |bag| { bag.0.remove(FILE); }, &["package.manifest_absent"], &[], None),
    ("v1.0-altered-file", "1.0", |bag| bag.put(FILE, "this is a tesT\n"), &["package.digest"], &[], None),
    ("v1.0-unlisted-file", "1.0", |bag| bag.put("data/extra", "x"), &["package.manifest_unlisted", "package.file_unchecked"], &[], None),
    ("v0.97-unlisted-file", "0.97", |bag| bag.put("data/extra", "x"), &["package.manifest_unlisted"], &[], None),
    ("v1.0-no-payload", "1.0", |bag| { bag.0.retain(|path, _| !path.starts_with("data/")); bag.pack(); }, &["package.nothing_checked"], &[], Some("nothing of an empty payload can be checked")),
    ("v1.0-no-manifest", "1.0", |bag| { bag.0.remove(SHA512); bag.tags(); }, &["package.bag_missing", "package.nothing_checked"], &[], None),
    ("v1.0-manifest-empty", "1.0", |bag| bag.change(SHA512, |_| String::new()), &["package.manifest_unlisted", "package.nothing_checked"], &[], None),
    ("v1.0-notAllManifestsListAllFiles", "1.0", |bag| { bag.manifest("sha256", sha256); bag.change("manifest-sha256.txt", |text| text.lines().take(1).map(|line| format!("{line}\n")).collect()); }, &["package.manifest_unlisted"], &[], Some("bagit takes manifests together, which 1.0 forbids")),
    ("v0.97-manifests-together-list-all-files", "0.97", |bag| {
        bag.manifest("sha256", sha256);
        bag.change("manifest-sha256.txt", |text| text.lines().take(1).map(|line| format!("{line}\n")).collect());
        bag.change(SHA512, |text| text.lines().skip(1).map(|line| format!("{line}\n")).collect());
    }, &[], &[], None),
    ("v1.0-same-filename-listed-twice-with-the-same-hash", "1.0", |bag| bag.change(SHA512, |text| format!("{}\n{text}", text.lines().next().unwrap())), &["package.manifest_duplicate"], &[], None),
    ("v1.0-same-filename-listed-twice-with-different-hashes", "1.0", |bag| bag.change(SHA512, |text| format!("{}  {FILE}\n{text}", "0".repeat(128))), &["package.manifest_duplicate", "package.digest"], &[], None),
    ("v0.97-same-filename-listed-twice-with-different-hashes", "0.97", |bag| bag.change(SHA512, |text| format!("{}  {FILE}\n{text}", "0".repeat(128))), &["package.manifest_duplicate"], &[], None),
    ("v1.0-digest-too-short", "1.0", |bag| bag.change(SHA512, |text| text[2..].to_owned()), &["package.manifest_syntax"], &[], None),
    ("v1.0-digest-not-hex", "1.0", |bag| bag.change(SHA512, |text| format!("zz{}", &text[2..])), &["package.manifest_syntax"], &[], None),
    ("v1.0-lines-without-names", "1.0", |bag| bag.change(SHA512, |text| text.lines().map(|line| format!("{}\n", &line[..128])).collect()), &["package.manifest_syntax"], &[], None),
    ("v1.0-line-of-nothing", "1.0", |bag| bag.change(SHA512, |text| format!("\n{text}")), &["package.manifest_syntax"], &[], Some("bagit passes over empty lines")),
    ("v1.0-cr-lf-manifest", "1.0", |bag| bag.change(SHA512, |text| text.replace('\n', "\r\n")), &[], &[], None),
    ("v1.0-cr-manifest", "1.0", |bag| bag.change(SHA512, |text| text.replace('\n', "\r")), &[], &[], None),
    ("v1.0-tabs-in-manifest", "1.0", |bag| bag.change(SHA512, |text| text.replace("  ", "\t")), &[], &[], None),
    ("v0.97-made-with-md5sum-tools", "0.97", |bag| bag.change(SHA512, |text| text.replace("  ", " *")), &[], &["package.manifest_form"], None),
    ("v0.97-bag-with-leading-dot-slash-in-manifest", "0.97", |bag| bag.change(SHA512, |text| text.replace("  ", "  ./")), &[], &["package.manifest_form"], None),
    ("v1.0-another-case-in-manifest", "1.0", |bag| bag.change(SHA512, |text| text.replace("test-file", "Test-file")), &["package.manifest_absent", "package.manifest_unlisted"], &[], None),

    // Ways out of the bag.
    ("v0.97-out-of-scope-file-paths-using-dot-notation", "0.97", |bag| bag.list("../bagit.txt"), &["package.manifest_scope"], &[], None),
    ("v1.0-out-of-scope-through-data", "1.0", |bag| bag.list("data/../../bagit.txt"), &["package.manifest_scope"], &[], None),
    ("v1.0-back-into-data", "1.0", |bag| bag.list("data/x/../test-file.txt"), &["package.manifest_scope"], &[], None),
    ("v0.97-out-of-scope-absolute-path", "0.97", |bag| bag.list("/etc/hostname"), &["package.manifest_scope"], &[], None),
    ("v0.97-out-of-scope-tilde", "0.97", |bag| bag.list("~/bagit.txt"), &["package.manifest_scope"], &[], None),
    ("v0.97-out-of-scope-tilde-of-a-user", "0.97", |bag| bag.list("~root/bagit.txt"), &["package.manifest_scope"], &[], None),
    ("v0.97-out-of-scope-drive", "0.97", |bag| bag.list("C:\\bagit.txt"), &["package.manifest_scope"], &[], None),
    ("v1.0-payload-manifest-lists-a-tag-file", "1.0", |bag| bag.list(DECLARATION), &["package.manifest_scope"], &[], None),
    ("v1.0-tag-manifest-lists-the-payload", "1.0", |bag| { let line = format!("{}  {FILE}\n", sha512(&bag.0[FILE])); bag.put(TAGS, &(bag.text(TAGS) + &line)); }, &["package.manifest_scope"], &[], None),
    ("v1.0-tag-manifest-lists-itself", "1.0", |bag| { let line = format!("{}  {TAGS}\n", "0".repeat(128)); bag.put(TAGS, &(bag.text(TAGS) + &line)); }, &["package.manifest_scope"], &[], None),
    ("v1.0-tag-manifest-goes-out", "1.0", |bag| { let line = format!("{}  ../x\n", "0".repeat(128)); bag.put(TAGS, &(bag.text(TAGS) + &line)); }, &["package.manifest_scope"], &[], None),
    ("v1.0-tag-manifest-without-a-payload-manifest", "1.0", |bag| bag.put(TAGS, &bag.text(TAGS).lines().filter(|line| !line.ends_with(SHA512)).map(|line| format!("{line}\n")).collect::<String>()), &["package.manifest_unlisted"], &[], Some("bagit takes it, which RFC 8493 2.2.1 forbids")),

    // Names.
    ("v0.97-bag-with-space", "0.97", |bag| { bag.put("data/test file.txt", "x"); bag.pack(); }, &[], &[], None),
    ("v1.0-bag-with-chinese-names", "1.0", |bag| { bag.put("data/说明文件.TXT", "x"); bag.pack(); }, &[], &[], None),
    ("v1.0-bag-with-escapable-characters", "1.0", |bag| { bag.put("data/a\nb\rc", "x"); bag.pack(); bag.change(SHA512, |text| text.replace("a\nb\rc", "a%0Ab%0Dc")); }, &[], &["package.path_control"], None),
    ("v1.0-bag-with-percent-in-a-name", "1.0", |bag| { bag.put("data/100%.txt", "x"); bag.pack(); bag.change(SHA512, |text| text.replace('%', "%25")); }, &[], &[], Some("bagit does not undo %25, which came with 1.0")),
    ("v0.97-bag-with-percent-in-a-name", "0.97", |bag| { bag.put("data/100%25.txt", "x"); bag.pack(); }, &[], &[], None),
    ("v0.97-precomposed-character-in-filename", "0.97", |bag| { bag.put("data/N\u{fa}\u{f1}ez.txt", "x"); bag.pack(); }, &[], &[], None),
    ("v0.97-filename-normalization", "0.97", |bag| { bag.put("data/N\u{fa}\u{f1}ez.txt", "x"); bag.pack(); bag.change(SHA512, |text| text.replace("N\u{fa}\u{f1}ez", "Nu\u{301}n\u{303}ez")); }, &[], &["package.manifest_normalized"], Some("bagit does not look beyond the bytes of a name")),
    ("v0.97-same-filename-listed-twice-with-different-normalization", "0.97", |bag| { bag.put("data/N\u{fa}\u{f1}ez.txt", "x"); bag.pack(); bag.change(SHA512, |text| { let other: String = text.lines().filter(|line| line.contains("ez.txt")).map(|line| line.replace("N\u{fa}\u{f1}ez", "Nu\u{301}n\u{303}ez") + "\n").collect(); text + &other }); }, &[], &["package.manifest_normalized", "package.manifest_duplicate"], Some("bagit does not look beyond the bytes of a name")),
    ("v1.0-files-that-differ-by-normalization", "1.0", |bag| { bag.put("data/\u{e9}", "x"); bag.put("data/e\u{301}", "y"); bag.pack(); }, &[], &["package.path_nfc_equal", "package.path_not_nfc"], None),
    ("v1.0-files-that-differ-by-case", "1.0", |bag| { bag.put("data/A", "x"); bag.put("data/a", "y"); bag.pack(); }, &[], &["package.path_case_equal"], None),
    ("v1.0-name-of-a-device", "1.0", |bag| { bag.put("data/aux.txt", "x"); bag.pack(); }, &[], &["package.path_device"], None),
    ("v1.0-hidden-file-of-a-desktop", "1.0", |bag| bag.put("data/.DS_Store", "x"), &["package.manifest_unlisted"], &[], None),

    // Tag files.
    ("v1.0-tag-file-altered", "1.0", |bag| bag.put(INFO, "Source-Organization: Somebody\n"), &["package.digest"], &[], None),
    ("v1.0-tag-file-missing", "1.0", |bag| { bag.0.remove(INFO); }, &["package.manifest_absent"], &[], None),
    ("v1.0-no-tag-manifest", "1.0", |bag| { bag.0.remove(TAGS); }, &[], &[], None),
    ("v1.0-no-bag-info", "1.0", |bag| { bag.0.remove(INFO); bag.tags(); }, &[], &[], None),
    ("v1.0-tag-file-not-listed", "1.0", |bag| bag.put("notes.txt", "x"), &[], &[], None),
    ("v0.97-tag-directory", "0.97", |bag| { bag.put("metadata/mets.xml", "<x/>"); bag.tags(); }, &[], &[], None),
    ("v1.0-tag-directory-altered", "1.0", |bag| { bag.put("metadata/mets.xml", "<x/>"); bag.tags(); bag.put("metadata/mets.xml", "<y/>"); }, &["package.digest"], &[], None),
    ("v0.97-uncommon-metadata-separators", "0.97", |bag| bag.change(INFO, |_| "Source-Organization :Library\nContact-Name\t:\ta\n".into()), &[], &[], None),
    ("v1.0-uncommon-metadata-separators", "1.0", |bag| bag.change(INFO, |_| "Source-Organization :Library\n".into()), &[], &["package.info_form"], None),
    ("v1.0-folded-metadata", "1.0", |bag| bag.change(INFO, |text| text + "External-Description: a\n  b\n\tc\n"), &[], &[], None),
    ("v1.0-metadata-without-colon", "1.0", |bag| bag.change(INFO, |text| text + "no colon\n"), &["package.info_syntax"], &[], None),
    ("v1.0-payload-oxum", "1.0", |bag| bag.change(INFO, |text| text + "payload-oxum: 32.2\n"), &[], &[], None),
    ("v1.0-payload-oxum-of-other-octets", "1.0", |bag| bag.change(INFO, |text| text + "Payload-Oxum: 31.2\n"), &["package.bag_oxum"], &[], None),
    ("v1.0-payload-oxum-of-another-count", "1.0", |bag| bag.change(INFO, |text| text + "Payload-Oxum: 32.3\n"), &["package.bag_oxum"], &[], None),
    ("v1.0-payload-oxum-of-no-numbers", "1.0", |bag| bag.change(INFO, |text| text + "Payload-Oxum: many\n"), &["package.bag_oxum"], &[], None),
    ("v1.0-payload-oxum-twice", "1.0", |bag| bag.change(INFO, |text| text + "Payload-Oxum: 32.2\nPayload-Oxum: 32.2\n"), &["package.info_oxum"], &[], Some("bagit takes the first, though RFC 8493 2.2.2 forbids a second")),

    // Bags that are not whole, and bags in bags.
    ("v0.97-local-fetch", "0.97", |bag| { bag.put("fetch.txt", &format!("https://example.org/x - {FILE}\n")); bag.tags(); }, &["package.bag_fetch"], &[], NO_FETCH),
    ("v1.0-holey-bag", "1.0", |bag| { bag.0.remove(FILE); bag.put("fetch.txt", &format!("https://example.org/x - {FILE}\n")); bag.tags(); }, &["package.bag_fetch", "package.manifest_absent"], &[], None),
    ("v1.0-fetch-to-outside", "1.0", |bag| { bag.put("fetch.txt", "https://example.org/x - ../x\n"); bag.tags(); }, &["package.bag_fetch"], &[], None),
    ("v0.97-bag-in-a-bag", "0.97", |bag| { let inner = bag.0.clone(); for (path, bytes) in inner { bag.0.insert(format!("data/inner/{path}"), bytes); } bag.pack(); }, &[], &[], None),
];

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples/package")
}

fn write_tree(tree: &dyn Tree, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    for file in tree.files() {
        let place = folder.join(&file.path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, tree.read(&file.path, u64::MAX).unwrap()).unwrap();
    }
}

fn sorted(mut codes: Vec<&'static str>) -> Vec<&'static str> {
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn the_cases_of_the_conformance_suite() {
    let mut wrong = Vec::new();
    for (name, version, change, errors, warnings, reason) in CASES {
        let mut bag = Bag::new(version);
        change(&mut bag);
        let report = check(&bag.tree(), Rules::Any).unwrap();
        let of = |error: bool| {
            let list = report.findings.list().iter().filter(|f| (f.severity == Severity::Error) == error);
            sorted(list.map(|finding| finding.code).collect())
        };
        let (found, warned) = (of(true), of(false));
        let all = |told: &[&str], found: &[&str]| told.iter().all(|code| found.contains(code));
        let same_warnings = !errors.is_empty() || warned == sorted(warnings.to_vec());
        if report.passed() != errors.is_empty()
            || !all(errors, &found)
            || !all(warnings, &warned)
            || !same_warnings
        {
            wrong.push(format!("{name}: {found:?} {warned:?} instead of {errors:?} {warnings:?}"));
        }
        let folder = samples().join("cases").join(name);
        write_tree(&bag.tree(), &folder.join("bag"));
        let told = json!({ "errors": errors, "reason": reason, "warnings": warnings });
        fs::write(folder.join("case.json"), serde_json::to_vec_pretty(&told).unwrap()).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const NAME: &str = "GZK-Z109-2026-0001";

fn info() -> Vec<(String, String)> {
    let lines = [
        ("Source-Organization", "临沂市某局"),
        ("Bagging-Date", "2026-11-22"),
        ("External-Identifier", "linyi.gov.cn/xxgk 0-25"),
        ("Bag-Group-Identifier", "Z109"),
        ("Internal-Sender-Identifier", "0001"),
        ("BagIt-Profile-Identifier", profile::IDENTIFIER),
    ];
    lines.map(|(label, value)| (label.to_owned(), value.to_owned())).to_vec()
}

/// The files of a sound package, by path.
fn package() -> Bag {
    let long = format!("data/Z109/WS·2026/Y/办公室/{}/正文.txt", "Z109-WS·2026-Y-办公室-0001-".repeat(4));
    let payload = [
        ("data/说明文件.TXT", "移交单位：临沂市某局\n"),
        ("data/目录文件.XML", "<文件目录/>\n"),
        (&long, "正文\n"),
        ("data/其他/empty", ""),
    ];
    let payload = Plain::new(payload.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
    let sealed = seal(&payload, &info()).unwrap();
    let mut files = payload.into_files();
    files.extend(sealed.tags.into_files());
    files.insert("signature/tagmanifest-sha512.txt.note".into(), b"note\n".to_vec());
    Bag(files)
}

#[test]
fn a_package_in_every_form_is_kept_for_other_programs() {
    let (tree, name) = (package().tree(), PackageName::new(NAME).unwrap());
    let folder = samples().join("sound");
    write_tree(&tree, &folder.join(NAME));
    fs::write(
        folder.join("package.tar.zst"),
        pack::tar_zst(&tree, &name, 1_795_276_800, 3, Vec::new()).unwrap(),
    )
    .unwrap();
    for (file, method) in [("stored.zip", ZipMethod::Stored), ("deflated.zip", ZipMethod::Deflated)] {
        let bytes = pack::zip(&tree, &name, method, Cursor::new(Vec::new())).unwrap().into_inner();
        fs::write(folder.join(file), bytes).unwrap();
    }
    let report = check(&tree, Rules::Package).unwrap();
    assert!(report.passed() && report.findings.list().is_empty(), "{:#?}", report.findings);
}

/// What is done to a package, and the code by which the profile refuses it although RFC 8493 does not.
#[rustfmt::skip]
const STRICTER: &[(&str, fn(&mut Bag), &str)] = &[
    ("no tag manifest", |bag| drop(bag.0.remove(TAGS)), "package.profile_missing"),
    ("no SM3", |bag| { bag.0.remove("manifest-sm3.txt"); bag.tags_of(&["bagit.txt", INFO, SHA512, "manifest-blake3.txt"]); }, "package.profile_missing"),
    ("no bag-info", |bag| { bag.0.remove(INFO); bag.tags_of(&["bagit.txt", SHA512, "manifest-blake3.txt", "manifest-sm3.txt"]); }, "package.profile_missing"),
    ("another manifest", |bag| { bag.manifest("sha256", sha256); let mut list = bag.five(); list.push("manifest-sha256.txt"); bag.tags_of(&list); }, "package.profile_unexpected"),
    ("another tag manifest", |bag| { let text = bag.five().iter().map(|path| format!("{}  {path}\n", sha256(&bag.0[*path]))).collect::<String>(); bag.put("tagmanifest-sha256.txt", &text); }, "package.profile_unexpected"),
    ("another tag file", |bag| bag.put("notes.txt", "x"), "package.profile_unexpected"),
    ("another tag directory", |bag| bag.put("signatures/x", "x"), "package.profile_unexpected"),
    ("a signature listed", |bag| { let mut list = bag.five(); list.push("signature/tagmanifest-sha512.txt.note"); bag.tags_of(&list); }, "package.profile_listed"),
    ("bag-info not listed", |bag| bag.tags_of(&["bagit.txt", SHA512, "manifest-blake3.txt", "manifest-sm3.txt"]), "package.profile_unlisted"),
    ("a label missing", |bag| { bag.put(INFO, &bag.text(INFO).replace("Bag-Group-Identifier: Z109\n", "")); bag.tags_of(&bag.five()); }, "package.profile_label"),
    ("a label empty", |bag| { bag.put(INFO, &bag.text(INFO).replace("Identifier: Z109\n", "Identifier:  \n")); bag.tags_of(&bag.five()); }, "package.profile_label"),
    ("a label twice", |bag| { bag.put(INFO, &(bag.text(INFO) + "Bagging-Date: 2026-11-23\n")); bag.tags_of(&bag.five()); }, "package.profile_label"),
    ("another profile", |bag| { bag.put(INFO, &bag.text(INFO).replace(profile::IDENTIFIER, "urn:x")); bag.tags_of(&bag.five()); }, "package.profile_identifier"),
    ("a draft's version", |bag| { bag.put(DECLARATION, &bag.text(DECLARATION).replace("1.0", "0.97")); bag.tags_of(&bag.five()); }, "package.profile_declaration"),
];

impl Bag {
    fn five(&self) -> Vec<&'static str> {
        vec![INFO, "bagit.txt", "manifest-blake3.txt", SHA512, "manifest-sm3.txt"]
    }

    fn tags_of(&mut self, names: &[&str]) {
        let text: String = names.iter().map(|path| format!("{}  {path}\n", sha512(&self.0[*path]))).collect();
        self.put(TAGS, &text);
    }
}

#[test]
fn the_profile_refuses_what_the_standard_does_not() {
    for (name, change, code) in STRICTER {
        let mut bag = package();
        change(&mut bag);
        let (any, ours) =
            (check(&bag.tree(), Rules::Any).unwrap(), check(&bag.tree(), Rules::Package).unwrap());
        assert!(any.passed(), "{name}: {:#?}", any.findings);
        assert!(!ours.passed() && ours.findings.has(code), "{name}: {:#?}", ours.findings);
    }
    let mut bag = package();
    bag.put("signature/CON", "x");
    assert!(check(&bag.tree(), Rules::Package).unwrap().findings.has("package.path_device"));
}

#[test]
fn every_byte_of_a_package_counts() {
    let sound = package();
    for (path, bytes) in
        sound.0.iter().filter(|(path, bytes)| !path.starts_with("signature/") && !bytes.is_empty())
    {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut bag = sound.clone();
            bag.0.get_mut(path).unwrap()[at] ^= 0x02;
            let report = check(&bag.tree(), Rules::Package).unwrap();
            let named = report.tag_manifest_sha512
                != check(&sound.tree(), Rules::Package).unwrap().tag_manifest_sha512;
            assert!(!report.passed() || named, "{path} at {at}");
        }
        let mut bag = sound.clone();
        bag.0.remove(path);
        assert!(!check(&bag.tree(), Rules::Package).unwrap().passed(), "{path} removed");
    }
}

#[test]
fn the_profile_for_other_programs_is_current() {
    let text = serde_json::to_string_pretty(&profile::json()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/bagit-profile.json");
    if std::env::var_os("ZHAOCE_WRITE_SCHEMAS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        text,
        "ZHAOCE_WRITE_SCHEMAS=1 cargo test --test package_bags"
    );
}
