//! Erasure: gone from every file, whatever interrupts it, and nothing else is changed.

use super::support::{body_of, holds, lines, open, verified};
use crate::log::fake::{Failure, FakeDisk, Office};
use crate::log::{Erasure, Settings};
use crate::record::PartName;

const PERSONAL: PartName = PartName::Personal;

/// A log of twelve events: compressed segments 0 and 4, open segment 8, and a side file.
fn ledger() -> (FakeDisk, Settings, Vec<Vec<u8>>) {
    let (disk, mut office) = (FakeDisk::with_page(512), Office::new(5));
    let settings = office.settings(4);
    let (log, _) = open(&disk, &settings).unwrap();
    for _ in 0..6 {
        log.append(office.act(2, 200)).unwrap();
    }
    let torn = office.act(2, 200);
    log.close().unwrap();
    let path = disk.files().into_iter().rfind(|path| path.ends_with(".jsonl")).unwrap();
    let mut content = disk.content(&path).unwrap();
    content.extend_from_slice(&torn.lines()[..torn.lines().len() - 300]);
    disk.tamper(&path, Some(content));
    let (log, report) = open(&disk, &settings).unwrap();
    assert!(report.torn.is_some());
    let lines = lines(&log.reader());
    log.close().unwrap();
    (disk, settings, lines)
}

/// Event lines only, by `seq`.
fn event(lines: &[Vec<u8>], seq: u64) -> &[u8] {
    let mut events = lines.iter().filter(|line| line.starts_with(b"{\"event\":"));
    events.nth(seq as usize).unwrap()
}

#[test]
fn a_part_leaves_closed_and_open_segments_and_side_files() {
    let (disk, settings, before) = ledger();
    let side = disk.files().into_iter().find(|path| path.ends_with(".side")).unwrap();
    let torn_body = body_of(disk.content(&side).unwrap().split(|b| *b == b'\n').next().unwrap(), "closed");
    assert!(holds(&disk, &torn_body));
    let (log, _) = open(&disk, &settings).unwrap();
    let spot = log.reader().event(11, None).unwrap().spot;
    let erasures = [1, 10].map(|seq| Erasure { seq, part: PERSONAL });
    let bodies = [1, 10].map(|seq| body_of(event(&before, seq), "personal"));
    assert!(bodies.iter().all(|body| holds(&disk, body)));

    let done = log.erase(&erasures).unwrap();

    assert_eq!((done.parts, done.moved), (2, vec![0, 8]));
    assert!(!bodies.iter().any(|body| holds(&disk, body)) && !holds(&disk, &torn_body));
    let again = log.erase(&erasures).unwrap();
    assert_eq!((again.parts, again.moved), (0, vec![]));
    verified(&log.reader(), &settings);
    let after = lines(&log.reader());
    for seq in 0..12 {
        let (old, new) = (event(&before, seq), event(&after, seq));
        assert_eq!(old == new, ![1, 10].contains(&seq), "event {seq}");
    }
    assert_eq!(log.reader().event(11, Some(spot)).unwrap().bytes, event(&before, 11), "a stale spot");
    let mut office = Office::new(9);
    office.resume(log.position());
    log.append(office.act(3, 100)).unwrap();
    verified(&log.reader(), &settings);
}

#[test]
fn a_second_form_that_a_crash_left_does_not_keep_a_part() {
    let (disk, settings, before) = ledger();
    let packed = disk.content("log/000000000004.jsonl.zst").unwrap();
    disk.tamper("log/000000000004.jsonl", Some(zstd::decode_all(&packed[..]).unwrap()));
    let (log, _) = open(&disk, &settings).unwrap();
    log.erase(&[Erasure { seq: 5, part: PERSONAL }]).unwrap();
    assert!(!holds(&disk, &body_of(event(&before, 5), "personal")));
    log.close().unwrap();
    assert!(disk.files().contains(&"log/000000000004.jsonl.zst".into()), "closing compresses what is left");
    assert!(!disk.files().contains(&"log/000000000004.jsonl".into()));
    let (log, _) = open(&disk, &settings).unwrap();
    verified(&log.reader(), &settings);
}

#[test]
fn an_erasure_interrupted_anywhere_is_completed_and_loses_nothing() {
    let erasures = [1, 6, 10].map(|seq| Erasure { seq, part: PERSONAL });
    let (_, settings, before) = ledger();
    for stop in 0.. {
        let (disk, ..) = ledger();
        let from = disk.calls().len() as u64;
        disk.stop_before(from + stop);
        let done = open(&disk, &settings).and_then(|(log, _)| log.erase(&erasures)).is_ok();
        for image in disk.images(16, stop) {
            let (log, _) = open(&image, &settings).unwrap();
            verified(&log.reader(), &settings);
            log.erase(&erasures).unwrap();
            let after = lines(&log.reader());
            for seq in 0..12 {
                assert_eq!(event(&before, seq) == event(&after, seq), ![1, 6, 10].contains(&seq));
            }
            for seq in [1, 6, 10] {
                assert!(
                    !holds(&image, &body_of(event(&before, seq), "personal")),
                    "event {seq}, call {stop}"
                );
            }
            log.close().unwrap();
        }
        if done {
            assert!(stop > 15, "only {stop} calls");
            break;
        }
    }
}

#[test]
fn an_erasure_with_a_failing_call_can_be_asked_for_again() {
    let erasures = [1, 6, 10].map(|seq| Erasure { seq, part: PERSONAL });
    let (_, settings, before) = ledger();
    for failure in [Failure::Error, Failure::Short, Failure::Full] {
        for call in 0..30 {
            let (disk, ..) = ledger();
            let (log, _) = open(&disk, &settings).unwrap();
            let from = disk.calls().len() as u64 + call;
            disk.fail(from..from + 1, failure);
            if log.erase(&erasures).is_err() {
                log.reread().unwrap();
                log.erase(&erasures).unwrap();
            }
            disk.heal();
            let mut office = Office::new(9);
            office.resume(log.position());
            log.append(office.act(3, 100)).unwrap();
            for image in disk.images(4, call) {
                let (log, _) = open(&image, &settings).unwrap();
                assert_eq!(log.position().size, 15);
                verified(&log.reader(), &settings);
                for seq in [1, 6, 10] {
                    assert!(!holds(&image, &body_of(event(&before, seq), "personal")));
                }
            }
        }
    }
}
