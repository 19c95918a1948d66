//! Tools that are not ours accept the container: bagit (Library of Congress), sha512sum, b3sum, zstd, GNU tar.
//!
//! Runs when `ZHAOCE_THIRD_PARTY=1`, as `tools/test` sets it after installing the tools; says so loudly otherwise.
//! `ZHAOCE_PYTHON` names a Python that has the package `bagit`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zhaoce::bundle::{
    BagHead, BagName, BagReader, BagWriter, DEFAULT_LEVEL, FRAME_BYTES, PayloadPath, SkipPayload,
};

const MTIME: u64 = 1_795_312_000;

fn asked_for(test: &str) -> bool {
    let asked = std::env::var("ZHAOCE_THIRD_PARTY").is_ok_and(|value| value == "1");
    if !asked {
        eprintln!("SKIPPED: {test}: set ZHAOCE_THIRD_PARTY=1 to run it");
    }
    asked
}

fn head() -> BagHead {
    BagHead {
        name: BagName::new("zhaoce-demo").unwrap(),
        mtime_unix: MTIME,
        bagging_date: "2026-11-22".into(),
        info: vec![("Source-Organization".into(), "演示县政务公开办公室".into())],
    }
}

fn payload() -> Vec<(&'static str, Vec<u8>)> {
    let mut big = vec![0; FRAME_BYTES + 777];
    blake3::Hasher::new().update(b"big").finalize_xof().fill(&mut big);
    let line = "{\"event\":{\"seq\":0},\"parts\":{}}\n";
    vec![
        ("events/000000000000.jsonl", line.repeat(5_000).into_bytes()),
        ("events/big.bin", big),
        ("catalog.csv", "\u{feff}题名,文号\r\n".into()),
        ("empty", vec![]),
    ]
}

struct Made {
    folder: tempfile::TempDir,
    zst: PathBuf,
    tar: PathBuf,
}

/// The same bag three times: `bag.tar.zst`, `bag.tar`, and the directory `plain/zhaoce-demo`.
fn make() -> Made {
    let folder = tempfile::tempdir().unwrap();
    let (zst, tar) = (folder.path().join("bag.tar.zst"), folder.path().join("bag.tar"));
    let mut frames = BagWriter::zstd(fs::File::create(&zst).unwrap(), DEFAULT_LEVEL, &head()).unwrap();
    let mut plain = BagWriter::tar(fs::File::create(&tar).unwrap(), &head()).unwrap();
    let mut files = BagWriter::directory(&folder.path().join("plain"), &head()).unwrap();
    for (path, bytes) in payload() {
        let path = PayloadPath::new(path).unwrap();
        frames.payload(&path, &bytes).unwrap();
        plain.payload(&path, &bytes).unwrap();
        files.payload(&path, &bytes).unwrap();
    }
    frames.finish().unwrap();
    plain.finish_tar().unwrap();
    files.finish_directory().unwrap();
    Made { folder, zst, tar }
}

fn run(program: &str, args: &[&str], folder: &Path) -> Output {
    let output = Command::new(program).args(args).current_dir(folder).env("TZ", "UTC").output();
    output.unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"))
}

fn must(program: &str, args: &[&str], folder: &Path) -> String {
    let output = run(program, args, folder);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {said}");
    said
}

fn same_file(one: &Path, other: &Path) {
    let same = fs::read(one).unwrap() == fs::read(other).unwrap();
    assert!(same, "{} and {} differ", one.display(), other.display());
}

fn python() -> String {
    std::env::var("ZHAOCE_PYTHON").unwrap_or_else(|_| "python3".into())
}

#[test]
fn zstd_and_tar_unpack_it_to_the_plain_directory() {
    if !asked_for("zstd_and_tar_unpack_it_to_the_plain_directory") {
        return;
    }
    let made = make();
    let folder = made.folder.path();
    must("zstd", &["-t", "bag.tar.zst"], folder);
    let listing = must("zstd", &["-lv", "bag.tar.zst"], folder);
    assert!(listing.contains("Check: XXH64"), "{listing}");
    must("zstd", &["-dq", "bag.tar.zst", "-o", "again.tar"], folder);
    same_file(&folder.join("again.tar"), &made.tar);
    let listing = must("tar", &["tvf", "bag.tar"], folder);
    assert_eq!(listing.lines().count(), payload().len() + 5);
    assert!(listing.lines().all(|line| line.starts_with("-rw-r--r-- 0/0 ")), "{listing}");
    must("tar", &["--zstd", "-xf", "bag.tar.zst"], folder);
    must("diff", &["-r", "zhaoce-demo", "plain/zhaoce-demo"], folder);
}

#[test]
fn gnu_tar_makes_the_same_bytes() {
    if !asked_for("gnu_tar_makes_the_same_bytes") {
        return;
    }
    let made = make();
    let folder = made.folder.path();
    let names = must("tar", &["tf", "bag.tar"], folder);
    let time = format!("--mtime=@{MTIME}");
    let mut args = vec!["-cf", "../gnu.tar", "--format=ustar", "-b1", "--mode=0644"];
    args.extend(["--numeric-owner", "--owner=0", "--group=0"]);
    args.push(&time);
    args.extend(names.lines());
    must("tar", &args, &folder.join("plain"));
    same_file(&folder.join("gnu.tar"), &made.tar);
    must("zstd", &["-q", "-19", "gnu.tar"], folder);
    let again = fs::File::open(folder.join("gnu.tar.zst")).unwrap();
    let report = BagReader::zstd(again).unwrap().read(&mut SkipPayload).unwrap();
    assert!(report.is_valid(), "{:?}", report.findings);
}

#[test]
fn sha512sum_and_b3sum_accept_the_manifests() {
    if !asked_for("sha512sum_and_b3sum_accept_the_manifests") {
        return;
    }
    let made = make();
    let bag = made.folder.path().join("plain/zhaoce-demo");
    must("sha512sum", &["--strict", "-c", "manifest-sha512.txt"], &bag);
    must("sha512sum", &["--strict", "-c", "tagmanifest-sha512.txt"], &bag);
    must("b3sum", &["-c", "manifest-blake3.txt"], &bag);
    fs::write(bag.join("data/empty"), b"not any more").unwrap();
    assert!(!run("sha512sum", &["-c", "manifest-sha512.txt"], &bag).status.success());
    assert!(!run("b3sum", &["-c", "manifest-blake3.txt"], &bag).status.success());
}

#[test]
fn library_of_congress_bagit_validates_it() {
    if !asked_for("library_of_congress_bagit_validates_it") {
        return;
    }
    let made = make();
    let folder = made.folder.path();
    must("tar", &["--zstd", "-xf", "bag.tar.zst"], folder);
    must(&python(), &["-m", "bagit", "--validate", "zhaoce-demo"], folder);
    must(&python(), &["-m", "bagit", "--validate", "plain/zhaoce-demo"], folder);
    let script =
        "import bagit; b = bagit.Bag('zhaoce-demo'); print(b.version, b.info['Source-Organization'])";
    let said = must(&python(), &["-c", script], folder);
    assert_eq!(said.trim(), "1.0 演示县政务公开办公室");
    fs::write(folder.join("zhaoce-demo/manifest-blake3.txt"), b"").unwrap();
    assert!(!run(&python(), &["-m", "bagit", "--validate", "zhaoce-demo"], folder).status.success());
    assert!(made.zst.exists());
}
