//! `ledger verify` beside a writer: it says what the log was when it looked, and finds nothing wrong with what is still
//! being written. What a crash tore is found as ever.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::Office;
use zhaoce::ledger::verify_dir;
use zhaoce::record::verify::Trust;
use zhaoce::record::{Class, PartName, Report};
use zhaoce::rules::Books;

fn verified(dir: &Path, trust: &Trust) -> Report {
    verify_dir(dir, trust.clone(), Arc::new(Books::built_in().unwrap()), &mut |_| ()).unwrap()
}

fn codes(report: &Report) -> Vec<&str> {
    let found = report.findings.iter().filter(|finding| finding.class != Class::Notice);
    found.map(|finding| finding.code.as_str()).collect()
}

/// Registers `count` items in one act, each with some text.
fn register(office: &mut Office, count: usize) {
    let items: Vec<_> = (0..count).map(|_| office.subject("item")).collect();
    let text = "关于印发通知的通知".repeat(80);
    let wishes = items.iter().map(|item| office.register(item, &text)).collect();
    office.commit(wishes).unwrap();
}

/// Acts of many sizes, and erasures that rewrite the segment, while another thread verifies again and again.
#[test]
fn a_writer_at_work_makes_no_finding() {
    let mut office = Office::new();
    register(&mut office, 3);
    let (dir, trust) = (office.ledger.dir().to_owned(), office.ledger.trust(Vec::new()));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let done = &done;
        let (dir, trust) = (&dir, &trust);
        let looker = scope.spawn(move || {
            let (mut looks, mut largest) = (0, 0);
            while !done.load(Ordering::Acquire) {
                let report = verified(dir, trust);
                assert!(report.passed(), "at {} events: {:?}", report.size, codes(&report));
                assert!(report.size >= largest, "what was seen stays");
                (looks, largest) = (looks + 1, report.size);
            }
            looks
        });
        for turn in 0..12 {
            register(&mut office, [1, 60, 7, 20][turn % 4]);
            if turn % 3 == 0 {
                let of = office.ledger.head().size() - 1;
                let subject = office.ledger.event(of).unwrap().subject;
                let wish = office.by("approve", "part.erased", &subject);
                let wish = wish.fact("ground", "personal").fact("asked_by", "subject");
                let (at, key) = (office.now, zhaoce::record::keys::SecretKey::from_seed([5; 32]));
                office.ledger.erase(&key, at, (of, PartName::Closed), wish, &mut office.entropy).unwrap();
            }
        }
        done.store(true, Ordering::Release);
        assert!(looker.join().unwrap() > 0);
    });
    let report = office.verify();
    assert!(report.passed() && report.erased == 4, "{:?}", codes(&report));
}

/// A ledger's folder of its own, whose log ends within its last act, and the bytes that are still to come.
fn half_written() -> (tempfile::TempDir, PathBuf, Trust, Vec<u8>) {
    let mut office = Office::new();
    register(&mut office, 2);
    let before =
        std::fs::metadata(office.ledger.dir().join("log/000000000000.jsonl")).unwrap().len() as usize;
    register(&mut office, 20);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("ledger");
    std::fs::create_dir_all(dir.join("log")).unwrap();
    let bytes = std::fs::read(office.ledger.dir().join("log/000000000000.jsonl")).unwrap();
    let cut = before + (bytes.len() - before) / 2;
    std::fs::write(dir.join("log/000000000000.jsonl"), &bytes[..cut]).unwrap();
    (folder, dir, office.ledger.trust(Vec::new()), bytes[cut..].to_vec())
}

#[test]
fn an_act_that_is_being_written_is_left_to_the_next_look() {
    let (_folder, dir, trust, rest) = half_written();
    let mut file = std::fs::OpenOptions::new().append(true).open(dir.join("log/000000000000.jsonl")).unwrap();
    let report = std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            file.write_all(&rest).unwrap();
        });
        let report = verified(&dir, &trust);
        writer.join().unwrap();
        report
    });
    assert_eq!((codes(&report), report.size), (vec![], 7));
    assert_eq!(verified(&dir, &trust).size, 27);
}

#[test]
fn an_act_that_was_torn_is_found() {
    let (_folder, dir, trust, _) = half_written();
    let report = verified(&dir, &trust);
    assert_eq!(codes(&report), ["line.unterminated", "act.unsealed"]);
    let path = dir.join("log/000000000000.jsonl");
    let bytes = std::fs::read(&path).unwrap();
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    std::fs::write(&path, &bytes[..whole]).unwrap();
    assert_eq!(codes(&verified(&dir, &trust)), ["act.unsealed"]);
    std::fs::write(&path, [&bytes[..whole], b"x\n"].concat()).unwrap();
    assert_eq!(codes(&verified(&dir, &trust)), ["line.canonical", "act.unsealed"]);
}

/// An erasure whose event is durable and whose part still stands: the crash came between.
#[test]
fn an_interrupted_erasure_is_told_and_leaves_no_bundle_and_is_completed() {
    let mut office = Office::new();
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "含有个人信息的标题")]).unwrap();
    let of = office.ledger.head().size() - 1;
    let digest = office.ledger.event(of).unwrap().parts[&PartName::Closed].to_string();
    let wish = office.by("approve", "part.erased", &item).fact("of", of).fact("part", "closed");
    office
        .commit(vec![wish.fact("digest", digest).fact("ground", "personal").fact("asked_by", "subject")])
        .unwrap();

    let report = office.verify();
    let told: Vec<_> = report.findings.iter().map(|f| (f.code.as_str(), f.class, f.place.seq)).collect();
    assert!(told.contains(&("part.erasure_pending", Class::Notice, Some(of))), "{told:?}");
    assert!(report.passed());

    let bundle = bags::export(&mut office, zhaoce::record::verify::Copy::Full);
    assert!(bags::Outsider::of(&office).verify(&bundle).passed());
    assert!(!shows_title(bags::Bag::open(&bundle).bytes("events/")));

    let office = office.reopen();
    let report = office.verify();
    assert_eq!(codes(&report), Vec::<&str>::new());
    assert!(report.erased == 1 && !report.findings.iter().any(|f| f.code == "part.erasure_pending"));
    assert!(!shows_title(&std::fs::read(office.ledger.dir().join("log/000000000000.jsonl")).unwrap()));
}

fn shows_title(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).contains("含有个人信息的标题")
}
