//! `archive audit`: what is held is looked at again, byte by byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod archive_support;
mod cli_support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use archive_support::*;
use cli_support::Desk;
use serde_json::Value;

/// An archive that holds this many batches of one office.
fn held(batches: usize) -> Desk {
    let desk = Desk::office();
    archive(&desk);
    let mut previous: Vec<String> = Vec::new();
    for nth in 1..=batches {
        withheld(&desk, &format!("第{nth}件"), &format!("示办发〔2026〕{nth}号"));
        let mut more: Vec<&str> = Vec::new();
        for package in &previous {
            more.extend(["--previous", package]);
        }
        let package = export(&desk, &more);
        ok(&desk, &["ingest", &package]);
        previous.push(package);
    }
    desk
}

fn outcomes(desk: &Desk) -> BTreeMap<String, String> {
    let list = json(desk, &["holding", "list"]);
    let rows = list.as_array().unwrap().iter();
    rows.map(|row| {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (text("batch"), text("outcome"))
    })
    .collect()
}

fn stored(desk: &Desk, batch: &str, ending: &str) -> PathBuf {
    let folder = desk.path(&format!("archive/store/Z109/{batch}"));
    let found = files(&folder).into_keys().find(|path| path.to_str().unwrap().ends_with(ending));
    found.unwrap_or_else(|| panic!("{ending}"))
}

fn flip(path: &PathBuf) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

const FIRST: &str = "GZK-Z109-2026-0001";

#[test]
fn what_is_sound_is_recorded_as_sound_with_its_report() {
    let desk = held(2);
    let said = json(&desk, &["audit"]);
    assert_eq!(
        (said["sound"].as_u64(), said["audited"].as_array().map(Vec::len)),
        (Some(2), Some(2)),
        "{said}"
    );
    assert!(outcomes(&desk).values().all(|outcome| !outcome.is_empty()), "{:?}", outcomes(&desk));
    for ending in ["json", "xml", "html"] {
        let folder = desk.path(&format!("archive/audits/2026-01-05/{FIRST}.{ending}"));
        assert!(folder.exists(), "{}", folder.display());
    }
    let report = std::fs::read(desk.path(&format!("archive/audits/2026-01-05/{FIRST}.json"))).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!((report["stage"].as_str(), report["counts"]["fail"].as_u64()), (Some("BC"), Some(0)));
    desk.ok(&["ledger", "verify", "--ledger", &desk.name("archive/ledger")]);
}

#[test]
fn a_byte_that_was_altered_is_found_and_recorded() {
    for (ending, code) in [
        ("目录文件.XML", "archive.ocfl_digest"),
        ("events/000000000000.jsonl", "archive.ocfl_digest"),
        ("inventory.json", "archive.ocfl_"),
    ] {
        let desk = held(2);
        flip(&stored(&desk, FIRST, ending));
        let ran = run(&desk, &["audit"]);
        assert_eq!(ran.code, 1, "{ending}: {}\n{}", ran.out, ran.err);
        assert!(ran.out.contains(FIRST) && ran.out.contains(code), "{ending}: {}", ran.out);
        assert!(ran.err.contains("[audit.damaged]"), "{}", ran.err);
        let outcomes = outcomes(&desk);
        assert!(outcomes[FIRST].contains("损坏") || outcomes[FIRST] == "damaged", "{outcomes:?}");
        assert_ne!(outcomes["GZK-Z109-2026-0002"], outcomes[FIRST], "{outcomes:?}");
    }
}

#[test]
fn a_holding_that_is_gone_or_another_is_found() {
    let desk = held(1);
    let folder = desk.path(&format!("archive/store/Z109/{FIRST}"));
    std::fs::rename(&folder, desk.path("away")).unwrap();
    assert!(run(&desk, &["audit"]).out.contains("archive.ocfl_missing"));
    std::fs::rename(desk.path("away"), &folder).unwrap();
    ok(&desk, &["audit", FIRST]);
    assert!(run(&desk, &["audit", "GZK-Z109-2026-0009"]).err.contains("[archive.no_batch]"));
}

#[test]
fn the_nights_cover_every_batch_once() {
    let desk = held(3);
    let mut seen: Vec<String> = Vec::new();
    for nth in 1..=4 {
        let said = json(&desk, &["audit", "--part", &format!("{nth}/4")]);
        seen.extend(
            said["audited"].as_array().unwrap().iter().map(|one| one["batch"].as_str().unwrap().to_owned()),
        );
    }
    seen.sort();
    let all: Vec<String> = (1..=3).map(|nth| format!("GZK-Z109-2026-000{nth}")).collect();
    assert_eq!(seen, all);
    for bad in ["0/4", "5/4", "x", "1/0"] {
        assert!(run(&desk, &["audit", "--part", bad]).err.contains("[audit.part]"), "{bad}");
    }
}
