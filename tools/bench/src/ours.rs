//! Our own rows, through the library.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use zhaoce::bundle::BagWriter;
use zhaoce::bundle::export::{Export, prepare};
use zhaoce::bundle::verify::{Given, verify as verify_bundle};
use zhaoce::ledger::{Access, Ledger, settings};
use zhaoce::log::{Act, Log, OsDisk, Position};
use zhaoce::record::act::{ActBuilder, Draft, Head, SealedPart};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::verify::{Copy, Trust, Verifier};
use zhaoce::record::{Event, KeyId, Law, Line, PublicKey, Signer};
use zhaoce::rules::Replay;
use zhaoce::views::{Filter, Page};

use crate::bare::Bare;
use crate::load::{self, NoLaw, common::Office};
use crate::table::{
    ACT, CHECK, EXPORT, FIND, IMPORT, IMPORT_SHOWN, OPEN, PAGE, REBUILD, Table, VERIFY, VERIFY_LAW,
    VERIFY_ONE,
};
use crate::{Sizes, median_of_3, timed};

const OURS: &str = "zhaoce";

/// What the peers get to write: the same bytes.
pub struct Written {
    /// Each act's lines.
    pub bytes: Vec<Vec<u8>>,
    /// Each event's line.
    pub lines: Vec<Vec<u8>>,
}

fn written(log: &[u8]) -> Written {
    let (mut acts, mut act) = (Vec::new(), Vec::new());
    for line in log.split_inclusive(|b| *b == b'\n') {
        act.extend_from_slice(line);
        if line.starts_with(b"{\"seal\"") {
            acts.push(std::mem::take(&mut act));
        }
    }
    Written { bytes: acts, lines: load::event_lines(log).into_iter().map(<[u8]>::to_vec).collect() }
}

fn head(office: &Office) -> u64 {
    office.ledger.head().size()
}

/// The middle of three runs, each with a law of its own.
fn verify<L: Law + Clone>(trust: &Trust, log: &[u8], law: L) -> f64 {
    median_of_3(|| {
        let law = law.clone();
        let (took, report) = timed(|| {
            let mut verifier = Verifier::new(trust.clone(), Copy::Full, law);
            log.chunks(1 << 20).for_each(|piece| verifier.push(piece));
            verifier.finish().0
        });
        assert!(report.passed(), "{:?}", report.findings.first());
        report.size as f64 / took
    })
}

/// Rounds of the ways to append: a disk is not the same from one second to the next, so they take turns.
const ROUNDS: u64 = 20;

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or_default()
}

/// Rows of acts of one event.
pub fn acts_of_one(table: &mut Table, sizes: &Sizes) -> Written {
    let (mut office, mut bare) = (Office::new(), Bare::new());
    let (mut ledger, mut grows, mut prepared) = (Vec::new(), Vec::new(), Vec::new());
    let each = (sizes.acts / ROUNDS).max(1);
    for round in 0..ROUNDS {
        let first = head(&office);
        let items: Vec<_> = (0..each).map(|nth| (round * each + nth, office.subject("item"))).collect();
        let wishes: Vec<_> = items.iter().map(|(nth, item)| load::wish(&office, 0, *nth, item)).collect();
        let (took, ()) = timed(|| {
            for wish in wishes {
                office.commit(vec![wish]).expect("a lawful act");
            }
        });
        let acts = written(&load::lines_from(&office, first)).bytes;
        ledger.push(each as f64 / took);
        grows.push(each as f64 / bare.append(&acts));
        prepared.push(each as f64 / bare.overwrite(&acts));
    }
    table.add(ACT, OURS, median(ledger), "/s");
    table.add(ACT, "bare append + fdatasync, in turn", median(grows), "/s");
    table.add(ACT, "bare append, preallocated, in turn", median(prepared), "/s");
    let log = load::lines(&office);
    log_alone(table, &office, &log);
    let trust = office.ledger.trust(Vec::new());
    table.add(VERIFY_ONE, OURS, verify(&trust, &log, no_law()), "/s");
    table.add(VERIFY_ONE, "Ed25519 strict, nothing else, all threads", raw_ed25519(sizes.acts), "/s");
    let replay = Replay::new(office.ledger.books().clone(), trust.origin.clone());
    table.add(VERIFY_ONE, "zhaoce, rule book replayed", verify(&trust, &log, replay), "/s");
    written(&log)
}

fn no_law() -> NoLaw {
    NoLaw(SecretKey::from_seed([2; 32]).key())
}

fn raw_ed25519(count: u64) -> f64 {
    let key = SecretKey::from_seed([1; 32]);
    let public = PublicKey::decode(key.key()).expect("a key");
    let notes: Vec<(Vec<u8>, [u8; 64])> = (0..count.max(10_000))
        .map(|nth| {
            format!("example.gov.cn/xxgk\n{nth}\n{}\nact {nth} b3:{}\n", "r".repeat(44), "h".repeat(64))
        })
        .map(|text| (text.clone().into_bytes(), Signer::sign(&key, text.as_bytes()).expect("a signature")))
        .collect();
    median_of_3(|| {
        let (took, sound) = timed(|| notes.par_iter().all(|(text, by)| public.verify(text, by)));
        assert!(sound);
        notes.len() as f64 / took
    })
}

/// Acts that were sealed before the clock runs, through the log only.
fn log_alone(table: &mut Table, office: &Office, log: &[u8]) {
    let acts = sealed_acts(office, log);
    let folder = tempfile::tempdir().expect("a folder");
    let (log, _) =
        Log::open(Arc::new(OsDisk::new(folder.path())), settings(office.ledger.info()), None).expect("a log");
    let count = acts.len() as f64;
    let (took, ()) = timed(|| acts.into_iter().for_each(|act| {
        log.append(act).expect("a disk");
    }));
    table.add(ACT, "zhaoce, the log alone (acts sealed before)", count / took, "/s");
}

/// The acts of a log, as the log takes them.
fn sealed_acts(office: &Office, log: &[u8]) -> Vec<Act> {
    let origin = &office.ledger.info().origin;
    let mut before = position(&Head::at_origin(origin));
    let mut acts = Vec::new();
    for bytes in written(log).bytes {
        let events = load::event_lines(&bytes);
        let last = load::chain_hash(events.last().expect("an event"));
        let after = Position { size: before.size + events.len() as u64, head: last };
        acts.push(Act::new(before, after, bytes).expect("an act"));
        before = after;
    }
    acts
}

fn position(head: &Head) -> Position {
    Position { size: head.size(), head: head.chain }
}

/// Rows of acts of 1,000.
pub fn large(table: &mut Table, sizes: &Sizes) -> Written {
    let mut office = Office::new();
    import(table, &mut office, sizes.events);
    let log = load::lines(&office);
    durable_import(table, &office, &log);
    let trust = office.ledger.trust(Vec::new());
    table.add(VERIFY, OURS, verify(&trust, &log, no_law()), "/s");
    let replay = Replay::new(office.ledger.books().clone(), trust.origin.clone());
    table.add(VERIFY_LAW, OURS, verify(&trust, &log, replay), "/s");
    views(table, &office);
    bundles(table, &mut office, &log);
    // The process that opens it again must be the only one that holds it.
    let (dir, Office { folder, ledger, .. }) = (office.ledger.dir().to_owned(), office);
    drop(ledger);
    open(table, &dir);
    drop(folder);
    written(&log)
}

/// The ledger as commands use it: rule book, seal, log, views.
fn import(table: &mut Table, office: &mut Office, events: u64) {
    let (mut seconds, begun) = (0.0, head(office));
    while head(office) < events {
        let first = head(office);
        let items: Vec<_> = (0..1000).map(|nth| (first + nth, office.subject("item"))).collect();
        for step in 0..load::STEPS {
            let wishes = items.iter().map(|(nth, item)| load::wish(office, step, *nth, item)).collect();
            let (took, _) = timed(|| office.commit(wishes).expect("a lawful act"));
            seconds += took;
        }
    }
    let ledger = &office.ledger;
    let show = || ledger.views().ask(ledger.log(), |query| query.catalogue(Page::first(1))).expect("a page");
    seconds += timed(show).0;
    table.add(IMPORT_SHOWN, OURS, (head(office) - begun) as f64 / seconds, "/s");
}

struct Step {
    at: zhaoce::record::Moment,
    by: KeyId,
    drafts: Vec<(Draft, Option<u64>)>,
}

/// What the ledger does without its index and views: parts hashed, rule book asked, sealed, durable.
fn durable_import(table: &mut Table, office: &Office, log: &[u8]) {
    let keys: Vec<SecretKey> = [1, 2, 3, 4, 5].map(|seed| SecretKey::from_seed([seed; 32])).into();
    let origin = &office.ledger.info().origin;
    let mut law = Replay::new(office.ledger.books().clone(), origin.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let (disk, _) =
        Log::open(Arc::new(OsDisk::new(folder.path())), settings(office.ledger.info()), None).expect("a log");
    let (mut head, mut seconds, mut events) = (Head::at_origin(origin), 0.0, 0);
    for act in written(log).bytes {
        let lines = load::event_lines(&act);
        let (took, after) = timed(|| {
            let step = step(&lines);
            let mut builder = ActBuilder::new(origin, &head, step.at, step.by);
            for (draft, last) in &step.drafts {
                let event = builder.event(draft, *last);
                assert!(law.push(&event).iter().all(|breach| !breach.refuses()));
                builder.push(&event, &draft.parts).expect("an event");
            }
            let signer = keys.iter().find(|key| key.key() == step.by).expect("a key");
            let sealed = builder.seal(signer).expect("a seal");
            disk.append(Act::new(position(&head), position(&sealed.head), sealed.lines).expect("an act"))
                .expect("a disk");
            sealed.head
        });
        if lines.len() == 1000 {
            seconds += took;
            events += lines.len();
        }
        head = after;
    }
    table.add(IMPORT, OURS, events as f64 / seconds, "/s");
}

/// Drafts again from lines: reading them costs what making them from wishes does.
fn step(lines: &[&[u8]]) -> Step {
    let read = |line: &&[u8]| -> (Event, Vec<SealedPart>) {
        let Ok(Line::Event(raw)) = Line::parse(line) else { unreachable!("an event line") };
        let parts = raw.parts().expect("parts").into_iter();
        let parts = parts.map(|(name, part)| SealedPart::new(name, &part).expect("a part")).collect();
        (raw.event().expect("an event"), parts)
    };
    let events: Vec<_> = lines.par_iter().with_min_len(64).map(read).collect();
    let (at, by) = (events[0].0.at, events[0].0.by);
    let draft = |(event, parts): (Event, _)| {
        (Draft { kind: event.kind, subject: event.subject, facts: event.facts, parts }, event.last)
    };
    Step { at, by, drafts: events.into_iter().map(draft).collect() }
}

fn views(table: &mut Table, office: &Office) {
    let (views, log) = (office.ledger.views(), office.ledger.log());
    let (took, ()) = timed(|| views.rebuild(log).expect("views"));
    table.add(REBUILD, OURS, head(office) as f64 / took, "/s");
    let items = views.ask(log, |query| query.catalogue(Page::first(500))).expect("a catalogue").items;
    let subjects: Vec<_> = items.iter().map(|row| row.id.clone()).collect();
    let (took, ()) = timed(|| {
        for subject in &subjects {
            assert!(views.ask(log, |query| query.item(subject)).expect("an answer").is_some());
        }
    });
    table.add(FIND, OURS, 1000.0 * took / subjects.len() as f64, "ms, by its id");
    let fragment = Filter { text: Some("县第777号公共".into()), ..Filter::default() };
    let search = || views.ask(log, |query| query.list(&fragment, Page::ALL)).expect("an answer").items.len();
    let (took, found) = timed(search);
    assert!(found > 0, "the title is there");
    table.add(FIND, "zhaoce, by a fragment of the title", 1000.0 * took, "ms");
    let page = Page { skip: items.len() as u64 / 2, ..Page::first(50) };
    let (took, _) = timed(|| views.ask(log, |query| query.catalogue(page)).expect("a page"));
    table.add(PAGE, OURS, 1000.0 * took, "ms, 50 rows");
}

fn bundles(table: &mut Table, office: &mut Office, log: &[u8]) {
    let checkpoint = office.ledger.checkpoint(&office.ledger_key).expect("a checkpoint");
    let mib = |bytes: usize, seconds: f64| bytes as f64 / seconds / f64::from(1 << 20);
    for (edition, name) in [(Copy::Full, OURS), (Copy::Public, "zhaoce, public edition")] {
        let (took, bundle) = timed(|| {
            let options = Export { edition, from: 0, checkpoint: &checkpoint, previous: None, for_package: false };
            let prepared = prepare(&office.ledger, options, &mut |_| ()).expect("a bundle");
            let head = prepared.bag_head(&office.ledger.info().office).expect("a head");
            let mut bag = BagWriter::zstd(Vec::new(), 3, &head).expect("a bag");
            prepared.write(&mut bag, &mut |_| ()).expect("a bag");
            bag.finish().expect("a bag").0
        });
        table.add(EXPORT, name, mib(log.len(), took), "MiB/s of lines");
        let info = office.ledger.info();
        let (took, report) = timed(|| {
            let given = Given { trust: Some((info.origin.clone(), info.genesis)), ..Given::default() };
            verify_bundle(&bundle[..], given, office.ledger.books()).expect("a bundle").0.report
        });
        assert!(report.passed(), "{:?}", report.findings.first());
        table.add(CHECK, name, mib(log.len(), took), "MiB/s of lines");
    }
    let (took, packed) = timed(|| zstd::bulk::compress(log, 3).expect("memory"));
    table.add(EXPORT, "zstd -3 of the same lines, one thread", mib(log.len(), took), "MiB/s of lines");
    let (took, _) = timed(|| zstd::stream::copy_decode(&packed[..], std::io::sink()).expect("sound"));
    table.add(CHECK, "zstd -d of the same lines", mib(log.len(), took), "MiB/s of lines");
}

/// Opening in a process of its own, which says what it took.
fn open(table: &mut Table, dir: &Path) {
    let program = std::env::current_exe().expect("this program");
    let run = || {
        let output =
            std::process::Command::new(&program).arg("--open-only").arg(dir).output().expect("a process");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("text");
        let numbers: Vec<f64> = text.split_whitespace().map(|n| n.parse().expect("a number")).collect();
        numbers
    };
    run();
    let [events, seconds, peak, page] = run()[..] else { unreachable!("four numbers") };
    table.add(OPEN, &format!("zhaoce, {events} events, for writing"), seconds, "s");
    table.add(OPEN, "zhaoce, peak memory", peak, "MiB");
    table.add(PAGE, "zhaoce, the first one that a process asks for", 1000.0 * page, "ms, 50 rows");
}

/// Opens a ledger for writing and says: events, seconds, peak MiB, seconds of the first page.
pub fn open_and_say(dir: &Path) {
    let (took, ledger) = timed(|| Ledger::open(dir, Access::Write).expect("a ledger"));
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let peak: f64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    // The first question adds up the sections it reads: records that are missing or old would show.
    let ask = || ledger.views().ask(ledger.log(), |query| query.catalogue(Page::first(50))).expect("a page");
    println!("{} {took} {} {}", ledger.head().size(), peak / 1024.0, timed(ask).0);
}
