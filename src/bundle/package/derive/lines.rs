//! The batch's event lines, found by record without holding them: files of events may be large.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use rayon::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::bundle::derived::Deriving;
use crate::bundle::events::read_event;
use crate::bundle::package::handover::folder_of;
use crate::bundle::package::memory::place;
use crate::bundle::package::number::Series;
use crate::fault::{Fault, Outcome};
use crate::record::{Event, Parts};

/// Lines that are taken apart side by side.
const AT_ONCE: usize = 4096;

/// Where the files of a batch's events are read.
pub trait Lines: Sync {
    /// Names of the files, in the order of the events.
    fn files(&self) -> Outcome<Vec<String>>;
    /// One of them, from its beginning.
    fn open(&self, file: &str) -> Outcome<Box<dyn Read + '_>>;
    /// Bytes of one of them.
    fn read(&self, file: &str, offset: u64, length: usize) -> Outcome<Vec<u8>>;
}

/// Files of events in a folder.
pub struct Folder(pub PathBuf);

impl Folder {
    fn file(&self, name: &str) -> Outcome<File> {
        let path = self.0.join(name);
        File::open(&path).map_err(|error| Fault::io(path.display(), &error))
    }
}

impl Lines for Folder {
    fn files(&self) -> Outcome<Vec<String>> {
        let io = |error: std::io::Error| Fault::io(self.0.display(), &error);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(io)? {
            names.extend(entry.map_err(io)?.file_name().into_string().ok());
        }
        names.retain(|name| name.ends_with(".jsonl"));
        names.sort();
        Ok(names)
    }

    fn open(&self, file: &str) -> Outcome<Box<dyn Read + '_>> {
        Ok(Box::new(self.file(file)?))
    }

    fn read(&self, file: &str, offset: u64, length: usize) -> Outcome<Vec<u8>> {
        let io = |error: std::io::Error| Fault::io(self.0.join(file).display(), &error);
        let mut bytes = vec![0; length];
        let mut opened = self.file(file)?;
        opened.seek(SeekFrom::Start(offset)).map_err(io)?;
        opened.read_exact(&mut bytes).map_err(io)?;
        Ok(bytes)
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
struct Spot {
    file: usize,
    offset: u64,
    length: usize,
}

/// A record of the fonds that has events in the batch.
#[derive(Debug)]
pub struct Record {
    /// `item/…`
    pub subject: Box<str>,
    /// 档号
    pub number: String,
    /// The series it is filed in.
    pub series: Series,
    /// 件号
    pub serial: u64,
    /// Its folder below `data/`.
    pub folder: String,
    /// Digests of files that its events in this batch name, `sha256:…`, and the fact that names each.
    pub digests: BTreeMap<String, String>,
    spots: Vec<Spot>,
}

/// The records of a batch, in the order of their folders.
pub struct Index {
    files: Vec<String>,
    records: Vec<Record>,
    erased: Vec<u64>,
}

/// A line as far as it is looked at to find whose it is.
#[derive(Deserialize)]
struct Sketch<'a> {
    #[serde(borrow)]
    event: Option<SketchEvent<'a>>,
}

#[derive(Deserialize)]
struct SketchEvent<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    facts: &'a RawValue,
}

impl Index {
    /// Finds the lines of the records of `fonds`.
    ///
    /// # Errors
    /// `package.no_memory` when the law was replayed without what a package shows; `package.number_twice` when two records have one
    /// 档号; `ledger.unreadable_event`; the machine.
    pub fn build(lines: &dyn Lines, deriving: &Deriving, fonds: &str) -> Outcome<Self> {
        let (mut records, mut erased) = (numbered(deriving, fonds)?, Vec::new());
        let files = lines.files()?;
        for (nth, file) in files.iter().enumerate() {
            scan(BufReader::with_capacity(1 << 20, lines.open(file)?), nth, &mut records, &mut erased)?;
        }
        let mut records: Vec<Record> =
            records.into_values().filter(|record| !record.spots.is_empty()).collect();
        records.sort_by(|a, b| a.folder.cmp(&b.folder));
        let twice = records.windows(2).find(|pair| matches!(pair, [a, b] if a.folder == b.folder));
        if let Some([record, _]) = twice {
            return Err(Fault::refused("package.number_twice").with("found", &record.number));
        }
        Ok(Self { files, records, erased })
    }

    /// Whether the batch erases something from before `from` of a person or another subject that is no item: packages of any record
    /// may show it.
    pub fn erases_before(&self, from: u64) -> bool {
        self.erased.iter().any(|of| *of < from)
    }

    /// The records.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The lines of a record, each with its line end.
    ///
    /// # Errors
    /// The machine.
    pub fn lines(&self, lines: &dyn Lines, record: &Record) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        for spot in &record.spots {
            let file = self.files.get(spot.file).map(String::as_str).unwrap_or_default();
            bytes.extend(lines.read(file, spot.offset, spot.length)?);
            bytes.push(b'\n');
        }
        Ok(bytes)
    }
}

/// The events of a record's lines.
pub fn events(lines: &[u8]) -> Outcome<Vec<(Event, Parts)>> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let raw = read_event(line, 0)?;
            let bad = |error: &dyn ToString| crate::bundle::events::unreadable(0, &error.to_string());
            Ok((raw.event().map_err(|e| bad(&e))?, raw.parts().map_err(|e| bad(&e))?))
        })
        .collect()
}

/// Every record of the fonds, by subject.
fn numbered(deriving: &Deriving, fonds: &str) -> Outcome<HashMap<Box<str>, Record>> {
    let memory = deriving.memory().ok_or_else(|| Fault::usage("package.no_memory"))?;
    let mut records = HashMap::new();
    for (subject, item) in &deriving.law().state().items {
        let Some((series, serial)) = place(deriving.law(), item).filter(|(series, _)| series.fonds == fonds)
        else {
            continue;
        };
        let written = || series.write_anyway(None, serial);
        let number = memory.number(subject).map_or_else(written, str::to_owned);
        let folder = folder_of(&series, &number);
        let (digests, spots) = (BTreeMap::new(), Vec::new());
        records.insert(
            subject.clone(),
            Record { subject: subject.clone(), number, series, serial, folder, digests, spots },
        );
    }
    Ok(records)
}

fn scan(
    mut from: impl BufRead,
    file: usize,
    records: &mut HashMap<Box<str>, Record>,
    erased: &mut Vec<u64>,
) -> Outcome<()> {
    let mut offset = 0;
    loop {
        let mut some: Vec<(u64, Vec<u8>)> = Vec::with_capacity(AT_ONCE);
        while some.len() < AT_ONCE {
            let mut line = Vec::new();
            let read = from.read_until(b'\n', &mut line).map_err(|error| Fault::io("events", &error))?;
            if read == 0 {
                break;
            }
            line.pop_if(|last| *last == b'\n');
            some.push((offset, line));
            offset += read as u64;
        }
        if some.is_empty() {
            return Ok(());
        }
        let known = &*records;
        let found: Vec<_> = some.par_iter().with_min_len(64).map(|(_, line)| whose(line, known)).collect();
        for ((at, line), found) in some.iter().zip(found) {
            let (subject, digests) = match found {
                Some(Found::Record(subject, digests)) => (subject, digests),
                Some(Found::Erased(of)) => {
                    erased.push(of);
                    continue;
                }
                None => continue,
            };
            let Some(record) = records.get_mut(&*subject) else { continue };
            record.spots.push(Spot { file, offset: *at, length: line.len() });
            record.digests.extend(digests);
        }
    }
}

/// What a line is found to be.
enum Found<'a> {
    /// A record's: its subject, and the digests of files that the event names.
    Record(Cow<'a, str>, Vec<(String, String)>),
    /// One that erases a part of this event, of a subject that is no item.
    Erased(u64),
}

fn whose<'l>(line: &'l [u8], known: &HashMap<Box<str>, Record>) -> Option<Found<'l>> {
    let event = serde_json::from_slice::<Sketch<'_>>(line).ok()?.event?;
    let facts = || -> Map<String, Value> { serde_json::from_str(event.facts.get()).unwrap_or_default() };
    if event.kind == "part.erased" && !event.subject.starts_with("item/") {
        return facts().get("of").and_then(Value::as_u64).map(Found::Erased);
    }
    known.contains_key(&*event.subject).then_some(())?;
    let digest = |(name, value): (String, Value)| {
        let text = value.as_str().filter(|text| text.starts_with("sha256:"))?.to_owned();
        Some((text, name))
    };
    let digests = facts().into_iter().filter_map(digest).collect();
    Some(Found::Record(event.subject, digests))
}
