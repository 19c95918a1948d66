//! Tests of the container. The helpers take a tar apart and put it together again, wrongly if asked to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod altered;
mod hostile;
mod manifests;
mod round_trip;

use std::io::{BufRead, Read};

use super::tar::{BLOCK, header, name, number, padding};
use super::*;
use crate::fault::Outcome;

pub(super) const MTIME: u64 = 1_795_312_000;

pub(super) fn head() -> BagHead {
    BagHead {
        name: BagName::new("bag").unwrap(),
        mtime_unix: MTIME,
        bagging_date: "2026-11-22".into(),
        info: vec![("Source-Organization".into(), "演示局".into())],
    }
}

pub(super) fn path(path: &str) -> PayloadPath {
    PayloadPath::new(path).unwrap()
}

/// A bag of three files: one empty, one that fills a block, one that does not.
pub(super) fn small_files() -> Vec<(String, Vec<u8>)> {
    let log = b"{\"event\":{\"seq\":0}}\n{\"event\":{\"seq\":1}}\n".to_vec();
    vec![("events/0.jsonl".into(), log), ("empty".into(), vec![]), ("note.txt".into(), vec![b'x'; BLOCK])]
}

pub(super) fn write_tar(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = BagWriter::tar(Vec::new(), &head()).unwrap();
    for (name, bytes) in files {
        writer.payload(&path(name), bytes).unwrap();
    }
    writer.finish_tar().unwrap().0
}

pub(super) fn write_zstd(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = BagWriter::zstd(Vec::new(), DEFAULT_LEVEL, &head()).unwrap();
    for (name, bytes) in files {
        writer.payload(&path(name), bytes).unwrap();
    }
    writer.finish().unwrap().0
}

/// Keeps every payload file that is shown to it.
#[derive(Default)]
pub(super) struct Keep(pub(super) Vec<(String, Vec<u8>)>);

impl PayloadVisitor for Keep {
    fn payload(&mut self, file: &Payload<'_>, content: &mut dyn BufRead) -> Outcome<()> {
        let mut bytes = Vec::new();
        let _ = content.read_to_end(&mut bytes);
        self.0.push((file.path.to_owned(), bytes));
        Ok(())
    }
}

pub(super) fn read_tar(bytes: &[u8]) -> BagReport {
    BagReader::tar(bytes).read(&mut SkipPayload).unwrap()
}

pub(super) fn read_zstd(bytes: impl Read) -> BagReport {
    BagReader::zstd(bytes).unwrap().read(&mut SkipPayload).unwrap()
}

pub(super) fn codes(report: &BagReport) -> Vec<&'static str> {
    report.findings.list().iter().map(|finding| finding.code).collect()
}

/// The entries of a sound tar: full name and content.
pub(super) fn entries(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (mut at, mut entries) = (0, Vec::new());
    while tar[at] != 0 {
        let block = tar[at..at + BLOCK].try_into().unwrap();
        let size = number(&block, "size").unwrap();
        let from = at + BLOCK;
        let to = from + size as usize;
        entries.push((String::from_utf8(name(&block).to_vec()).unwrap(), tar[from..to].to_vec()));
        at = to + padding(size);
    }
    entries
}

/// A tar of entries with canonical headers.
pub(super) fn tar_of(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in entries {
        tar.extend(header(name.as_bytes(), bytes.len() as u64, MTIME));
        tar.extend(bytes);
        tar.resize(tar.len() + padding(bytes.len() as u64), 0);
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    tar
}

#[test]
fn every_code_has_both_texts() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bundle");
    let mut source = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            source.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let used: std::collections::BTreeSet<&str> = source
        .split('"')
        .filter(|text| text.starts_with("bundle.") && !text.contains('…') && !text.ends_with(".json"))
        .collect();
    assert!(used.len() > 40);
    for code in used {
        let message = crate::fault::message(code).unwrap_or_else(|| panic!("no text for {code}"));
        assert!(!message.zh.is_empty() && !message.en.is_empty());
    }
}
