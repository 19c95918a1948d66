//! Whatever byte of a log is bad: it can be read as far as it is sound, what is shown is what was signed, the damage is
//! told with its place, and nothing is written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::Office;
use zhaoce::ledger::{Access, Ledger};
use zhaoce::views::{Filter, Page};

/// Every item, with its course, in words.
fn rows(ledger: &Ledger) -> String {
    let ask = |query: &zhaoce::views::Query<'_>| query.list(&Filter::default(), Page::ALL);
    let rows = ledger.views().ask(ledger.log(), ask).unwrap().items;
    rows.iter().map(|row| format!("{row:?}\n")).collect()
}

struct Case {
    _folder: tempfile::TempDir,
    dir: PathBuf,
    /// Rows at each size of the log at which an act ended.
    at: Vec<Option<String>>,
}

impl Case {
    fn new() -> Self {
        let mut office = Office::new();
        // While the office is founded there are no items.
        let mut at = vec![Some(String::new()); office.ledger.head().size() as usize + 1];
        for (nth, title) in ["通知", "报告", "批复"].into_iter().enumerate() {
            let item = office.subject("item");
            let proposal = office.wish("item.proposed", &item).fact("attribute", "on_request");
            let acts = if nth == 1 {
                vec![vec![office.register(&item, title), proposal]]
            } else {
                vec![vec![office.register(&item, title)], vec![proposal]]
            };
            for act in acts {
                office.commit(act).unwrap();
                at.resize(office.ledger.head().size() as usize, None);
                at.push(Some(rows(&office.ledger)));
            }
        }
        let Office { folder, ledger, .. } = office;
        let dir = ledger.dir().to_owned();
        drop(ledger);
        Self { _folder: folder, dir, at }
    }

    fn segment(&self) -> PathBuf {
        self.dir.join("log/000000000000.jsonl")
    }

    fn without_views(&self) -> &Self {
        let _ = fs::remove_dir_all(self.dir.join("views"));
        self
    }

    /// Opens for reading; gives how far it was read, and what was told.
    fn read(&self, what: &str) -> (usize, Vec<String>) {
        let mut ledger =
            Ledger::open(&self.dir, Access::Read).unwrap_or_else(|fault| panic!("{what}: {fault}"));
        let size = ledger.head().size() as usize;
        assert_eq!(Some(rows(&ledger)), self.at[size], "{what}");
        ledger.office().unwrap_or_else(|fault| panic!("{what}: {fault}"));
        (size, ledger.notices().iter().map(|fault| fault.code.to_owned()).collect())
    }
}

fn flipped(path: &Path, content: &[u8], at: usize) {
    let mut bytes = content.to_vec();
    bytes[at] ^= 1 << (at % 7);
    fs::write(path, bytes).unwrap();
}

#[test]
fn any_bad_byte_leaves_what_stands_before_it_readable() {
    let case = Case::new();
    let (segment, whole) = (case.segment(), fs::read(case.segment()).unwrap());
    let mark = fs::read(case.dir.join("mark")).unwrap();
    let end = case.at.len() - 1;
    let (mut short, mut unseen) = (0, 0);
    for at in (0..whole.len()).step_by(139) {
        flipped(&segment, &whole, at);
        for with_mark in [true, false] {
            if !with_mark {
                fs::remove_file(case.dir.join("mark")).unwrap();
            }
            let (size, told) = case.without_views().read(&format!("byte {at}, mark {with_mark}"));
            short += usize::from(size < end);
            // Only a seal's signature, or a line of the machine's own, is not looked at for an answer.
            unseen += usize::from(size == end && told.is_empty());
            let opened = Ledger::open(&case.dir, Access::Write);
            // Without a mark the last act may be one that was never acknowledged.
            if size < end && (with_mark || size + 2 < end) {
                assert!(!told.is_empty() && opened.is_err(), "byte {at}: {size} of {end}, {told:?}");
            }
            drop(opened);
            fs::write(&segment, &whole).unwrap();
            fs::write(case.dir.join("mark"), &mark).unwrap();
            flipped(&segment, &whole, at);
        }
    }
    assert!(short > unseen && unseen > 0, "{short} {unseen}");
    fs::write(&segment, &whole).unwrap();
    assert_eq!(case.without_views().read("whole"), (end, vec![]));
}

#[test]
fn views_that_were_made_before_the_damage_answer_all_of_it() {
    let case = Case::new();
    let (segment, whole) = (case.segment(), fs::read(case.segment()).unwrap());
    let end = case.at.len() - 1;
    for at in (0..whole.len()).step_by(797) {
        flipped(&segment, &whole, at);
        let (size, _) = case.read(&format!("byte {at}"));
        assert_eq!(size, end, "byte {at}");
    }
    assert!(!case.dir.join("views.bad-1").exists());
}

/// Writes the segment in compressed form, an act a frame; gives where each frame begins in the file.
fn compress(case: &Case) -> (PathBuf, Vec<usize>) {
    let whole = fs::read_to_string(case.segment()).unwrap();
    let mut zstd = zstd::bulk::Compressor::new(3).unwrap();
    zstd.include_checksum(true).unwrap();
    let (mut packed, mut begins, mut plain) = (Vec::new(), Vec::new(), String::new());
    for line in whole.split_inclusive('\n') {
        plain.push_str(line);
        if line.starts_with("{\"seal\"") {
            begins.push(packed.len());
            packed.extend(zstd.compress(std::mem::take(&mut plain).as_bytes()).unwrap());
        }
    }
    let path = case.dir.join("log/000000000000.jsonl.zst");
    fs::write(&path, packed).unwrap();
    fs::remove_file(case.segment()).unwrap();
    (path, begins)
}

#[test]
fn a_bad_frame_of_a_compressed_segment_is_named_and_read_up_to() {
    let case = Case::new();
    let (path, begins) = compress(&case);
    let (whole, end) = (fs::read(&path).unwrap(), case.at.len() - 1);
    assert_eq!(case.without_views().read("sound"), (end, vec![]));
    // Before the last: what the end of the log is learned from is another matter.
    for (nth, begin) in begins.iter().enumerate().rev().skip(1) {
        flipped(&path, &whole, begin + 40);
        let (size, told) = case.without_views().read(&format!("frame {nth}"));
        assert!(size < end && told == ["log.damaged"], "frame {nth}: {size} {told:?}");
        let fault = Ledger::open(&case.dir, Access::Write).err().unwrap();
        assert_eq!((fault.code, &fault.args["byte"]), ("log.damaged", &begin.to_string()), "frame {nth}");
        fs::write(&path, &whole).unwrap();
        assert_eq!(case.read("mended"), (end, vec![]));
    }
}
