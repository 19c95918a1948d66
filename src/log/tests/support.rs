//! What the tests of the log share.

use std::sync::Arc;

use crate::fault::Outcome;
use crate::log::act::{Checker, Fed};
use crate::log::fake::{FakeDisk, Office};
use crate::log::{Act, Entry, LineKind, Log, LogReader, OpenReport, Position, Settings};

pub fn open(disk: &FakeDisk, settings: &Settings) -> Outcome<(Log, OpenReport)> {
    Log::open(Arc::new(disk.clone()), settings.clone(), None)
}

/// All lines, which must be without damage, joined; verified as whole acts from the origin on.
pub fn verified(reader: &LogReader, settings: &Settings) -> Vec<u8> {
    let mut checker = Checker::after(Position { size: 0, head: settings.start });
    let (mut bytes, mut fed) = (Vec::new(), Fed::Local);
    for entry in reader.lines(0).unwrap() {
        let line = match entry.unwrap() {
            Entry::Line(line) => line,
            Entry::Damage(damage) => panic!("{damage:?}"),
        };
        fed = checker.feed(&line.bytes).unwrap_or_else(|why| panic!("{}: {why}", line.seq));
        let seq =
            if line.kind == LineKind::Event { checker.next_seq() - 1 } else { checker.closed().size - 1 };
        assert_eq!(line.seq, seq);
        bytes.extend_from_slice(&line.bytes);
        bytes.push(b'\n');
    }
    assert_ne!(fed, Fed::Within, "the last act is not whole");
    assert_eq!(checker.closed(), reader.position());
    bytes
}

/// The lines of acts, joined.
pub fn joined(acts: &[Act]) -> Vec<u8> {
    acts.iter().flat_map(|act| act.lines().to_vec()).collect()
}

/// What a run has been told: the acts that were acknowledged, and those of which it is not known.
#[derive(Default, Clone)]
pub struct Told {
    pub acknowledged: Vec<Act>,
    pub unknown: Vec<Act>,
}

impl Told {
    /// Opens what is left and checks the promise: every acknowledged act is there; of the others whole acts in
    /// their order or nothing; and the log goes on.
    pub fn check(&self, disk: &FakeDisk, settings: &Settings) {
        let (log, _) = open(disk, settings).unwrap_or_else(|fault| panic!("{fault} {:?}", disk.files()));
        let found = verified(&log.reader(), settings);
        let known = joined(&self.acknowledged);
        assert!(found.starts_with(&known), "an acknowledged act is lost");
        let rest = &found[known.len()..];
        let fits = |count: usize| joined(&self.unknown[..count]) == rest;
        assert!((0..=self.unknown.len()).any(fits), "something stands in the log that nobody sealed");

        let mut office = Office::new(99);
        office.resume(log.position());
        log.append(office.act(2, 30)).unwrap();
        log.close().unwrap();
        let (reader, report) = LogReader::open(Arc::new(disk.clone()), settings).unwrap();
        assert!(report.unfinished.is_none() && !report.rolled_back);
        verified(&reader, settings);
    }
}

/// All lines of a log.
pub fn lines(reader: &LogReader) -> Vec<Vec<u8>> {
    reader.lines(0).unwrap().strict().map(|line| line.unwrap().bytes).collect()
}

/// The text in a part of an event line.
pub fn body_of(line: &[u8], part: &str) -> String {
    let line: serde_json::Value = serde_json::from_slice(line).unwrap();
    line["parts"][part]["data"]["title"].as_str().unwrap().to_owned()
}

/// Whether a text stands in any file, compressed or not.
pub fn holds(disk: &FakeDisk, text: &str) -> bool {
    disk.files().iter().any(|path| {
        let content = disk.content(path).unwrap();
        let plain = if path.contains(".zst") { zstd::decode_all(&content[..]).unwrap() } else { content };
        plain.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
