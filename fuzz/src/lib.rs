//! What the fuzz targets share: a small office with a lawful life, its log, its bundle and a proof, made the same way
//! every time.

use std::cell::Cell;
use std::io::BufRead;
use std::sync::{Arc, LazyLock};

use zhaoce::bundle::export::{Export, prepare};
use zhaoce::bundle::proof::{self, Source};
use zhaoce::bundle::verify::{BundleReport, Given, verify};
use zhaoce::bundle::{BagHead, BagReader, BagWriter, Payload, PayloadPath};
use zhaoce::fault::{Fault, Outcome};
use zhaoce::record::event::RawEventLine;
use zhaoce::record::tree::{Nodes, leaf_hash, node_hash};
use zhaoce::record::verify::{Copy, Trust};
use zhaoce::record::{Line, PartName, Subject, TreeHash};
use zhaoce::rules::{Books, Replay};

pub mod table;

#[allow(missing_docs)]
#[path = "../../tests/common/mod.rs"]
pub mod common;

/// An office's ledger, and what leaves it.
pub struct Sample {
    pub trust: Trust,
    pub books: Arc<Books>,
    /// Event and seal lines.
    pub log: Vec<u8>,
    pub checkpoint: String,
    /// The full bundle: head, and payload files in order.
    pub bag: BagHead,
    pub files: Vec<(String, Vec<u8>)>,
    /// Proof of the published item.
    pub proof: Vec<u8>,
}

/// The sample, made once in a process.
pub static SAMPLE: LazyLock<Sample> = LazyLock::new(sample);

impl Sample {
    /// The law before event 0.
    pub fn law(&self) -> Replay {
        Replay::new(self.books.clone(), self.trust.origin.clone())
    }
}

/// Two items: one published, one withheld with a secret title.
fn live() -> (common::Office, Subject) {
    let mut office = common::Office::new();
    let (public, secret) = (office.subject("item"), office.subject("item"));
    let open = |wish: zhaoce::ledger::Wish| wish.fact("attribute", "open");
    let withheld = |wish: zhaoce::ledger::Wish| wish.fact("attribute", "withheld").fact("ground", "privacy");
    let acts = [
        vec![office.register(&public, "关于印发\"通知\"的函\n"), office.register(&secret, "秘密")],
        vec![open(office.wish("item.proposed", &public)), withheld(office.wish("item.proposed", &secret))],
        vec![
            office.by("review", "item.reviewed", &public).fact("outcome", "open").fact("scope", "whole"),
            office.by("review", "item.reviewed", &secret).fact("outcome", "exempt").fact("scope", "whole"),
        ],
        vec![
            open(office.by("approve", "item.decided", &public)).fact("basis", "own"),
            withheld(office.by("approve", "item.decided", &secret)).fact("basis", "own").part(
                PartName::Closed,
                "reason",
                "涉及个人隐私",
            ),
        ],
        vec![office.wish("item.published", &public).fact("channels", vec!["website"]).part(
            PartName::Open,
            "title",
            "关于印发\"通知\"的函\n",
        )],
    ];
    for act in acts {
        office.commit(act).expect("a lawful act");
    }
    (office, public)
}

fn sample() -> Sample {
    let (mut office, item) = live();
    let checkpoint = office.ledger.checkpoint(&office.ledger_key).expect("a checkpoint");
    let log = log_of(&office);
    let export = Export { edition: Copy::Full, from: 0, checkpoint: &checkpoint, previous: None, for_package: false };
    let prepared = prepare(&office.ledger, export, &mut |_| ()).expect("a bundle");
    let bag = prepared.bag_head("示例县办公室").expect("a bag head");
    let mut writer = BagWriter::tar(Vec::new(), &bag).expect("a bag");
    prepared.write(&mut writer, &mut |_| ()).expect("a bag");
    let tar = writer.finish_tar().expect("a bag").0;
    let trust =
        office.ledger.trust(vec![zhaoce::record::Checkpoint::parse(&checkpoint).expect("a checkpoint")]);
    let lines =
        Lines(log.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect());
    let published = lines.events_of(&item).expect("its events").last().copied();
    let proof = proof::make(&lines, &trust, &item, &checkpoint, published).expect("a proof");
    Sample { trust, books: office.ledger.books().clone(), log, checkpoint, bag, files: files_of(&tar), proof }
}

/// Event and seal lines of a ledger.
fn log_of(office: &common::Office) -> Vec<u8> {
    let mut log = Vec::new();
    for line in office.ledger.log().lines(0).expect("a log").strict() {
        let line = line.expect("a sound log");
        if !line.bytes.starts_with(b"{\"synced\"") {
            log.extend_from_slice(&line.bytes);
            log.push(b'\n');
        }
    }
    log
}

fn files_of(tar: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut keep = |file: &Payload<'_>, content: &mut dyn BufRead| -> Outcome<()> {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(content, &mut bytes).expect("memory");
        files.push((file.path.to_owned(), bytes));
        Ok(())
    };
    BagReader::tar(tar).read(&mut keep).expect("a sound bag");
    files
}

/// A log in memory, to make a proof from.
struct Lines(Vec<Vec<u8>>);

impl Lines {
    fn events(&self) -> impl Iterator<Item = (&[u8], RawEventLine<'_>)> {
        self.0.iter().filter_map(|bytes| match Line::parse(bytes) {
            Ok(Line::Event(raw)) => Some((&bytes[..], raw)),
            _ => None,
        })
    }
}

impl Nodes for Lines {
    type Error = Fault;
    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        if height == 0 {
            let (_, raw) = self.events().nth(index as usize).expect("an event");
            return Ok(leaf_hash(raw.event_bytes()));
        }
        Ok(node_hash(&self.node(height - 1, index * 2)?, &self.node(height - 1, index * 2 + 1)?))
    }
}

impl Source for Lines {
    fn line(&self, seq: u64) -> Outcome<Vec<u8>> {
        Ok(self.events().nth(seq as usize).expect("an event").0.to_vec())
    }
    fn seal(&self, act: u64) -> Outcome<String> {
        let seen = Cell::new(0);
        let seal = self.0.iter().find_map(|bytes| match Line::parse(bytes) {
            Ok(Line::Event(_)) => {
                seen.set(seen.get() + 1);
                None
            }
            Ok(Line::Seal(note)) if seen.get() > act => Some(note),
            _ => None,
        });
        Ok(seal.expect("a seal"))
    }
    fn events_of(&self, subject: &Subject) -> Outcome<Vec<u64>> {
        let events = self.events().map(|(_, raw)| raw.event().expect("an event"));
        Ok(events.filter(|event| event.subject == *subject).map(|event| event.seq).collect())
    }
}

/// What verifying the sample's bundle gives with `content` in the place of its `nth` file, every digest made right.
pub fn bundle_with(nth: usize, content: &[u8]) -> Outcome<BundleReport> {
    let mut writer = BagWriter::zstd(Vec::new(), 1, &SAMPLE.bag).expect("a bag");
    for (at, (path, sound)) in SAMPLE.files.iter().enumerate() {
        let path = PayloadPath::new(path).expect("a path");
        writer.payload(&path, if at == nth { content } else { sound }).expect("a file");
    }
    let bundle = writer.finish().expect("a bag").0;
    let trust = Some((SAMPLE.trust.origin.clone(), SAMPLE.trust.genesis));
    let given = Given { trust, checkpoints: SAMPLE.trust.checkpoints.clone(), ..Given::default() };
    verify(&bundle[..], given, &SAMPLE.books).map(|(report, _)| report)
}
