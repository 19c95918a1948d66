//! Bundles taken apart and put together again with manifests that fit: what an attacker without keys can do.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::BufRead;

use serde_json::Value;
use zhaoce::bundle::export::{Export, prepare};
use zhaoce::bundle::verify::{BundleReport, Given, Saved, verify};
use zhaoce::bundle::{BagHead, BagName, BagReader, BagWriter, FrameWriter, Payload, PayloadPath};
use zhaoce::fault::Outcome;
use zhaoce::record::verify::Copy;
use zhaoce::record::{Checkpoint, PartName, Subject};

use crate::common::Office;

/// A bundle's payload and what its container says.
#[derive(Clone)]
pub struct Bag {
    pub head: BagHead,
    pub files: Vec<(String, Vec<u8>)>,
}

impl Bag {
    pub fn open(bundle: &[u8]) -> Self {
        let mut files = Vec::new();
        let mut visitor = |file: &Payload<'_>, content: &mut dyn BufRead| -> Outcome<()> {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes).unwrap();
            files.push((file.path.to_owned(), bytes));
            Ok(())
        };
        let report = BagReader::zstd(bundle).unwrap().read(&mut visitor).unwrap();
        assert!(report.is_valid());
        let info = report.info;
        let head = BagHead {
            name: BagName::new(&report.name).unwrap(),
            mtime_unix: report.mtime_unix.unwrap(),
            bagging_date: info[0].1.clone(),
            info: info[1..info.len() - 1].to_vec(),
        };
        Self { head, files }
    }

    /// The bundle again, every manifest computed anew.
    pub fn close(&self) -> Vec<u8> {
        let mut bag = BagWriter::zstd(Vec::new(), 1, &self.head).unwrap();
        for (path, bytes) in &self.files {
            bag.payload(&PayloadPath::new(path).unwrap(), bytes).unwrap();
        }
        bag.finish().unwrap().0
    }

    pub fn at(&self, path: &str) -> usize {
        self.files.iter().position(|(name, _)| name.starts_with(path)).unwrap()
    }

    pub fn bytes(&self, path: &str) -> &[u8] {
        &self.files[self.at(path)].1
    }

    /// With one file's bytes changed.
    pub fn with(&self, path: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Self {
        let (mut bag, at) = (self.clone(), self.at(path));
        bag.files[at].1 = change(&self.files[at].1);
        bag
    }

    /// With one JSON file changed and canonical again.
    pub fn with_json(&self, path: &str, change: impl FnOnce(&mut Value)) -> Self {
        self.with(path, |bytes| {
            let mut value: Value = serde_json::from_slice(bytes).unwrap();
            change(&mut value);
            let mut bytes = serde_json_canonicalizer::to_vec(&value).unwrap();
            bytes.push(b'\n');
            bytes
        })
    }

    pub fn without(&self, path: &str) -> Self {
        let (mut bag, at) = (self.clone(), self.at(path));
        bag.files.remove(at);
        bag
    }

    pub fn renamed(&self, path: &str, to: &str) -> Self {
        let (mut bag, at) = (self.clone(), self.at(path));
        bag.files[at].0 = to.into();
        bag
    }

    /// With one more file before the first whose path begins with `before`.
    pub fn and(&self, before: &str, path: &str, bytes: &[u8]) -> Self {
        let (mut bag, at) = (self.clone(), self.at(before));
        bag.files.insert(at, (path.into(), bytes.to_vec()));
        bag
    }
}

/// A tar in frames.
pub fn framed(tar: &[u8]) -> Vec<u8> {
    let mut frames = FrameWriter::new(Vec::new(), 1).unwrap();
    std::io::Write::write_all(&mut frames, tar).unwrap();
    frames.finish().unwrap().0
}

/// What an office's item ends as.
pub fn item(office: &mut Office, title: &str, attribute: &str) -> Subject {
    let item = office.subject("item");
    let withheld = matches!(attribute, "withheld" | "partial");
    let ground = withheld.then_some("privacy");
    let outcome = if attribute == "open" || attribute == "partial" { "open" } else { "exempt" };
    let partial = attribute == "partial";
    let scope = if partial { "redacted" } else { "whole" };
    let redacted = partial.then(|| format!("sha256:{}", "9".repeat(64)));
    let acts = [
        vec![office.register(&item, title)],
        vec![office.wish("item.proposed", &item).fact("attribute", attribute).maybe("ground", ground)],
        vec![
            office
                .by("review", "item.reviewed", &item)
                .fact("outcome", outcome)
                .fact("scope", scope)
                .maybe("redacted", redacted.clone()),
        ],
        vec![
            office
                .by("approve", "item.decided", &item)
                .fact("attribute", attribute)
                .fact("basis", "own")
                .maybe("ground", ground.filter(|_| !partial))
                .maybe("remainder_ground", ground.filter(|_| partial))
                .maybe("redacted", redacted)
                .part(PartName::Closed, "reason", format!("{title}的理由")),
        ],
    ];
    for act in acts {
        office.commit(act).unwrap();
    }
    item
}

/// Publishes a decided item under `title`.
pub fn publish(office: &mut Office, item: &Subject, title: &str, redacted: bool) {
    let redacted = redacted.then(|| format!("sha256:{}", "9".repeat(64)));
    let wish = office
        .wish("item.published", item)
        .fact("channels", vec!["website"])
        .maybe("redacted", redacted)
        .part(PartName::Open, "title", title);
    office.commit(vec![wish]).unwrap();
}

/// An office with one item published, one published and withdrawn, one withheld, one of another organ's.
pub fn office() -> Office {
    let mut office = Office::new();
    let shown = item(&mut office, "公开的通知", "open");
    publish(&mut office, &shown, "公开的通知", false);
    let back = item(&mut office, "撤回的通知", "open");
    publish(&mut office, &back, "撤回的通知", false);
    let withdrawn = office.wish("item.withdrawn", &back).fact("cause", "error");
    office.commit(vec![withdrawn]).unwrap();
    item(&mut office, "不公开的通知", "withheld");
    office
}

pub fn export_from(office: &mut Office, edition: Copy, from: u64, previous: Option<Checkpoint>) -> Vec<u8> {
    let checkpoint = office.ledger.checkpoint(&office.ledger_key).unwrap();
    let options = Export { edition, from, checkpoint: &checkpoint, previous, for_package: false };
    let prepared = prepare(&office.ledger, options, &mut |_| ()).unwrap();
    let head = prepared.bag_head(&office.ledger.info().office).unwrap();
    let mut bag = BagWriter::zstd(Vec::new(), 1, &head).unwrap();
    prepared.write(&mut bag, &mut |_| ()).unwrap();
    bag.finish().unwrap().0
}

pub fn export(office: &mut Office, edition: Copy) -> Vec<u8> {
    export_from(office, edition, 0, None)
}

/// What verifying comes to: codes that fail it, or that it passed.
pub enum Outcomes {
    Passed(Box<BundleReport>, Option<Box<Saved>>),
    Failed(Vec<String>, Option<Box<BundleReport>>),
}

impl Outcomes {
    pub fn passed(&self) -> bool {
        matches!(self, Self::Passed(..))
    }

    pub fn codes(&self) -> Vec<String> {
        match self {
            Self::Failed(codes, _) => codes.clone(),
            Self::Passed(report, _) => report.report.findings.iter().map(|f| f.code.clone()).collect(),
        }
    }
}

/// The world an outsider verifies in.
pub struct Outsider {
    pub origin: zhaoce::record::Origin,
    pub genesis: zhaoce::record::ChainHash,
    pub books: std::sync::Arc<zhaoce::rules::Books>,
}

impl Outsider {
    pub fn of(office: &Office) -> Self {
        let info = office.ledger.info();
        Self { origin: info.origin.clone(), genesis: info.genesis, books: office.ledger.books().clone() }
    }

    pub fn verify(&self, bundle: &[u8]) -> Outcomes {
        self.verify_with(bundle, Vec::new(), None)
    }

    pub fn verify_with(&self, bundle: &[u8], checkpoints: Vec<Checkpoint>, saved: Option<Saved>) -> Outcomes {
        let trust = Some((self.origin.clone(), self.genesis));
        match verify(bundle, Given { trust, checkpoints, saved, ..Given::default() }, &self.books) {
            Ok((report, saved)) if report.report.passed() => {
                Outcomes::Passed(Box::new(report), saved.map(Box::new))
            }
            Ok((report, saved)) => {
                assert!(saved.is_none(), "a state to go on from, of a bundle that failed");
                let codes = report.report.findings.iter().map(|finding| finding.code.clone()).collect();
                Outcomes::Failed(codes, Some(Box::new(report)))
            }
            Err(fault) => Outcomes::Failed(vec![fault.code.to_string()], None),
        }
    }
}
