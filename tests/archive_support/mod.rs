//! An office that hands over and an archive that takes in, through the command line.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cli_support::{Desk, Ran};

/// What every test hides in a part that is erased.
pub const SECRET: &str = "张三丰举报\"李四\"的线索";

/// An office, and an archive that knows it.
pub fn archive(desk: &Desk) {
    archive_where(desk, "never");
}

/// The same, where a person approves so often.
pub fn archive_where(desk: &Desk, approval: &str) {
    let said = run(
        desk,
        &[
            "init",
            "--origin",
            "archive.example",
            "--name",
            "示例县档案馆",
            "--admin",
            "周馆长",
            "--approval",
            approval,
        ],
    );
    assert_eq!(said.code, 0, "{}", said.err);
    let info: Value =
        serde_json::from_str(&crate::cli_support::read(&desk.path("ledger/ledger.json"))).unwrap();
    let genesis = info["genesis"].as_str().unwrap();
    ok(
        desk,
        &["office", "enrol", "--name", "示例县办公室", "--origin", "demo.gov.cn/xxgk", "--genesis", genesis],
    );
}

/// Runs a verb of the archive.
pub fn run(desk: &Desk, args: &[&str]) -> Ran {
    let folder = desk.name("archive");
    let all: Vec<&str> =
        ["--as", "周馆长", "archive", "--archive", &folder].into_iter().chain(args.iter().copied()).collect();
    desk.run(&all)
}

pub fn ok(desk: &Desk, args: &[&str]) -> String {
    let ran = run(desk, args);
    assert_eq!(ran.code, 0, "{args:?}\n{}\n{}", ran.out, ran.err);
    ran.out
}

pub fn fails(desk: &Desk, args: &[&str]) -> String {
    let ran = run(desk, args);
    assert_eq!(ran.code, 1, "{args:?}\n{}\n{}", ran.out, ran.err);
    ran.err
}

pub fn json(desk: &Desk, args: &[&str]) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
    serde_json::from_str(&ok(desk, &args)).unwrap()
}

/// An item that is decided and withheld, with `title` in its closed part only: id, and the event that has the title.
pub fn withheld(desk: &Desk, title: &str, number: &str) -> (String, u64) {
    let said = desk.json(&[
        "--as",
        "赵承办",
        "item",
        "register",
        "--title",
        title,
        "--formed",
        "2026-01-04",
        "--document-number",
        number,
        "--propose",
        "不予公开",
        "--ground",
        "privacy",
        "--reason",
        "涉及个人隐私",
    ]);
    let id = said["subjects"][0].as_str().unwrap().to_owned();
    let first = said["first"].as_u64().unwrap();
    desk.ok(&["--as", "李审查", "item", "review", &id, "--outcome", "exempt", "--scope", "whole"]);
    desk.ok(&[
        "--as",
        "王主任",
        "item",
        "decide",
        &id,
        "--attribute",
        "withheld",
        "--ground",
        "privacy",
        "--reason",
        "涉及个人隐私",
    ]);
    (id, first)
}

/// Exports the next batch; the path of the package.
pub fn export(desk: &Desk, more: &[&str]) -> String {
    let out = desk.name("out");
    let args = [
        "--as",
        "赵承办",
        "bundle",
        "export",
        "--for",
        "archive",
        "--fonds",
        "Z109",
        "-o",
        &out,
        "--category",
        "WS",
        "--retention",
        "30",
        "--unit",
        "BGS",
    ];
    let args: Vec<&str> = args.into_iter().chain(more.iter().copied()).collect();
    desk.json(&args)["path"].as_str().unwrap().to_owned()
}

/// Every file below a folder, by path.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut due = vec![folder.to_owned()];
    while let Some(folder) = due.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                due.push(path);
            } else {
                out.insert(path.clone(), std::fs::read(&path).unwrap());
            }
        }
    }
    out
}

/// Files that hold a text in any spelling: as it stands, as JSON and XML write it, in base64 at any place.
pub fn telling(folder: &Path, text: &str) -> Vec<PathBuf> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    let json = Value::from(text).to_string();
    let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let xml = text.replace('&', "&amp;").replace('"', "&quot;");
    let mut needles: Vec<Vec<u8>> =
        vec![text.into(), json.trim_matches('"').into(), escaped.into(), xml.into()];
    for shift in 0..3 {
        let coded = engine.encode([&b"   "[..shift], text.as_bytes()].concat());
        needles.push(coded.as_bytes()[4..coded.len() - 4].to_vec());
    }
    let has =
        |bytes: &[u8]| needles.iter().any(|n| bytes.windows(n.len()).any(|window| window == n.as_slice()));
    files(folder).into_iter().filter(|(_, bytes)| has(bytes)).map(|(path, _)| path).collect()
}
