//! What `VERIFY.txt` tells its readers to type works on every kind of bundle that the program exports: `zstd`, `tar`,
//! `sha512sum`, `b3sum`, the Library of Congress's `bagit`, and OpenSSL for every signature.
//!
//! Runs when `ZHAOCE_THIRD_PARTY=1`, as `tools/test` sets it after installing the tools; says so loudly otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod exports;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exports::{EARLIER, Exported, exports, zhaoce};
use serde_json::Value;
use serde_json::value::RawValue;

fn asked_for(test: &str) -> bool {
    let asked = std::env::var("ZHAOCE_THIRD_PARTY").is_ok_and(|value| value == "1");
    if !asked {
        eprintln!("SKIPPED: {test}: set ZHAOCE_THIRD_PARTY=1 to run it");
    }
    asked
}

fn shell(folder: &Path, script: &str, input: &[u8]) -> Output {
    let mut child = Command::new("sh")
        .args(["-euc", script])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A tool may end without reading.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn must(folder: &Path, script: &str, input: &[u8]) -> String {
    let output = shell(folder, script, input);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{script}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

fn must_not(folder: &Path, script: &str) {
    assert!(!shell(folder, script, b"").status.success(), "{script} found nothing");
}

fn bagit(bag: &str) -> String {
    let python = std::env::var("ZHAOCE_PYTHON").unwrap_or_else(|_| "python3".into());
    format!("'{python}' -m bagit --validate {bag}")
}

/// The files of a bag and of nothing else, in a folder of the test's own.
fn unpacked(bundle: &Exported) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let packed = exports().folder.path().join(format!("{}.tar.zst", bundle.name));
    fs::copy(packed, folder.path().join("FILE.tar.zst")).unwrap();
    must(folder.path(), "zstd -qt FILE.tar.zst && zstd -qd FILE.tar.zst && tar xf FILE.tar", b"");
    (folder, bundle.bag.file_name().unwrap().to_str().unwrap().to_owned())
}

#[test]
fn every_kind_of_bundle_is_whole_by_common_tools_and_no_altered_file_is() {
    if !asked_for("every_kind_of_bundle_is_whole_by_common_tools_and_no_altered_file_is") {
        return;
    }
    for bundle in &exports().bundles {
        let (folder, name) = unpacked(bundle);
        let (folder, bag) = (folder.path(), folder.path().join(&name));
        must(folder, &format!("diff -r {name} '{}'", bundle.bag.display()), b"");
        let sums = "sha512sum --strict -c manifest-sha512.txt && sha512sum --strict -c tagmanifest-sha512.txt \
                    && b3sum -c manifest-blake3.txt";
        must(&bag, sums, b"");
        must(folder, &bagit(&name), b"");
        let listed = fs::read_to_string(bag.join("manifest-sha512.txt")).unwrap();
        for path in listed.lines().map(|line| line.split_once("  ").unwrap().1).chain(["bag-info.txt"]) {
            let sound = fs::read(bag.join(path)).unwrap();
            let mut altered = sound.clone();
            *altered.last_mut().unwrap() ^= 1;
            fs::write(bag.join(path), &altered).unwrap();
            must_not(&bag, sums);
            fs::write(bag.join(path), &sound).unwrap();
        }
        // Starting bagit takes long: one file of each sort.
        for path in ["data/catalog.csv", "data/checkpoint", "bag-info.txt", "manifest-blake3.txt"] {
            let sound = fs::read(bag.join(path)).unwrap();
            fs::write(bag.join(path), [&sound[..], b"\n"].concat()).unwrap();
            must_not(folder, &bagit(&name));
            fs::write(bag.join(path), &sound).unwrap();
        }
        must(folder, &bagit(&name), b"");
    }
}

/// `zhaoce bundle export --directory` writes the very bag that a `.tar.zst` unpacks to.
#[test]
fn a_bundle_written_as_a_folder_is_the_same_bag() {
    if !asked_for("a_bundle_written_as_a_folder_is_the_same_bag") {
        return;
    }
    let at = exports().folder.path();
    let bundle = &exports().bundles[1];
    zhaoce(
        at,
        &["bundle", "export", "--ledger", "demo/ledger", "--edition", "public", "--directory", "-o", "plain"],
    );
    let name = bundle.bag.file_name().unwrap().to_str().unwrap();
    must(at, &format!("diff -r plain/{name} public/{name} && {}", bagit(&format!("plain/{name}"))), b"");
}

/// Text and signature of a note with one signature line, in files as `VERIFY.txt` has them.
fn lay_out(folder: &Path, note: &str, key: &str) {
    let (text, line) = note.split_once("\n\n").unwrap();
    let blob = STANDARD.decode(line.trim_end().rsplit(' ').next().unwrap()).unwrap();
    fs::write(folder.join("text"), format!("{text}\n")).unwrap();
    fs::write(folder.join("sig"), &blob[4..]).unwrap();
    let hex = key.strip_prefix("ed25519:").unwrap();
    must(folder, &format!("printf 302a300506032b6570032100%s {hex} | xxd -r -p > key.der"), b"");
}

const OPENSSL: &str =
    "openssl pkeyutl -verify -pubin -inkey key.der -keyform DER -rawin -in text -sigfile sig";

#[test]
fn openssl_verifies_every_seal_and_every_checkpoint() {
    if !asked_for("openssl_verifies_every_seal_and_every_checkpoint") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let shipped = exports().bundles[0].text("VERIFY.txt");
    assert!(shipped.contains(OPENSSL) && shipped.contains("| xxd -r -p > key.der"), "what readers are told");
    let genesis = exports().bundles[0].acts()[0].first();
    let keys = genesis["facts"]["keys"].as_array().unwrap();
    let ledger = keys.iter().find(|key| key["roles"][0] == "ledger").unwrap()["key"].as_str().unwrap();
    let mut notes =
        vec![(fs::read_to_string(exports().folder.path().join(EARLIER)).unwrap(), ledger.to_owned())];
    for bundle in &exports().bundles {
        notes.push((bundle.text("checkpoint"), ledger.to_owned()));
        let enrolled = bundle.json("people.json");
        for act in bundle.acts() {
            let by = act.first()["by"].as_str().unwrap().to_owned();
            assert!(enrolled["keys"].as_array().unwrap().iter().any(|key| key["key"] == by.as_str()));
            notes.push((act.seal, by));
        }
    }
    assert!(notes.len() > 30);
    for (note, key) in &notes {
        lay_out(at, note, key);
        must(at, OPENSSL, b"");
        let text = fs::read_to_string(at.join("text")).unwrap();
        fs::write(at.join("text"), text.replacen('\n', "\n1", 1)).unwrap();
        must_not(at, OPENSSL);
    }
}

/// The chain and the parts of the public edition, hashed by `b3sum` as `VERIFY.txt` says; genesis as the ledger names it.
#[test]
fn b3sum_confirms_genesis_chain_and_parts() {
    #[derive(serde::Deserialize)]
    struct Line {
        event: Option<Box<RawValue>>,
        #[serde(default)]
        parts: std::collections::BTreeMap<String, Box<RawValue>>,
    }
    if !asked_for("b3sum_confirms_genesis_chain_and_parts") {
        return;
    }
    let bundle = &exports().bundles[1];
    let at = exports().folder.path();
    let hash = |context: &str, bytes: &[u8]| {
        let said = must(at, &format!("b3sum --derive-key {context} --no-names"), bytes);
        format!("b3:{}", said.trim())
    };
    let log = bundle.text("events/000000000000.jsonl");
    let meta = bundle.json("bundle.json");
    let mut before = hash("zhaoce.v1.origin", meta["origin"].as_str().unwrap().as_bytes());
    let (mut events, mut parts) = (0, 0);
    for line in log.lines().map(|line| serde_json::from_str::<Line>(line).unwrap()) {
        let Some(raw) = line.event else { continue };
        let event: Value = serde_json::from_str(raw.get()).unwrap();
        assert_eq!(event["prev"], before);
        before = hash("zhaoce.v1.event", raw.get().as_bytes());
        if event["seq"] == 0 {
            assert_eq!(meta["genesis"], before);
        }
        for (name, part) in line.parts {
            assert_eq!(event["parts"][&name], hash("zhaoce.v1.part", part.get().as_bytes()));
            parts += 1;
        }
        events += 1;
    }
    assert_eq!(meta["head"], before);
    assert!(events > 300 && parts > 2, "{events} {parts}");
}
