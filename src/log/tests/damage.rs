//! Damage: found, named, read around, and repaired from a copy.

use std::sync::Arc;

use super::support::{body_of, holds, joined, lines, open, verified};
use crate::fault::{Fault, Outcome};
use crate::log::act::{Checker, Fed};
use crate::log::disk::Disk;
use crate::log::fake::{FakeDisk, Office};
use crate::log::{Act, Entry, Erasure, LineKind, Log, LogReader, Position, Repaired, Settings, gaps, repair};
use crate::record::PartName;

/// Events 0 to 18 in compressed segments 0, 6, 12 and the open segment 18; the mark is at the end.
fn ledger() -> (FakeDisk, Settings, Vec<Act>) {
    let (disk, mut office) = (FakeDisk::default(), Office::new(3));
    let settings = office.settings(6);
    let (log, _) = open(&disk, &settings).unwrap();
    let acts: Vec<Act> = (0..10).map(|_| office.act(2, 100)).collect();
    for act in &acts {
        log.append(act.clone()).unwrap();
    }
    log.close().unwrap();
    (disk, settings, acts)
}

fn copy(acts: &[Act]) -> impl Iterator<Item = Outcome<Vec<u8>>> {
    let bytes = joined(acts);
    let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    lines.into_iter().filter(|line| !line.is_empty()).map(Ok)
}

fn mend(disk: &FakeDisk, settings: &Settings, acts: &[Act], erased: &[Erasure]) -> Outcome<Repaired> {
    repair(&(Arc::new(disk.clone()) as Arc<dyn Disk>), settings, copy(acts), erased)
}

/// A reader's pass: what verifies, act by act, and the damage a pass or a verification names.
fn readable(disk: &FakeDisk, settings: &Settings) -> (Vec<u64>, u64) {
    let (reader, _) = LogReader::open(Arc::new(disk.clone()), settings).unwrap();
    let (mut sound, mut damage) = (Vec::new(), 0);
    let mut checker: Option<Checker> = None;
    for entry in reader.lines(0).unwrap() {
        let Entry::Line(line) = entry.unwrap() else {
            (damage, checker) = (damage + 1, None);
            continue;
        };
        let begin = crate::log::act::start_of(&line.bytes).and_then(|start| start.after);
        if let Some(after) = begin {
            checker = Some(Checker::after(after));
        }
        match checker.as_mut().map(|checker| checker.feed(&line.bytes)) {
            Some(Ok(Fed::Closed)) => sound.extend(checker.as_ref().map(|checker| checker.began().size)),
            Some(Ok(_)) => {}
            _ => (damage, checker) = (damage + 1, None),
        }
    }
    (sound, damage)
}

#[test]
fn any_bad_byte_is_found_read_around_and_repaired() {
    let (disk, settings, acts) = ledger();
    let files: Vec<String> = disk.files().into_iter().filter(|path| path.starts_with("log/")).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for path in &files {
        let content = disk.content(path).unwrap();
        for at in (0..content.len()).step_by(89) {
            let bad = disk.images(1, 0).pop().unwrap();
            let mut changed = content.clone();
            changed[at] ^= 1 << (at % 8);
            bad.tamper(path, Some(changed));
            let (sound, damage) = readable(&bad, &settings);
            assert!(damage > 0, "{path} byte {at} was not found");
            let lost = if path.ends_with("zst") { 3 } else { 1 };
            assert!(sound.len() >= 10 - lost, "{path} byte {at}: {sound:?}");
            repaired(&bad, &settings, &acts, &format!("{path} byte {at}"));
        }
    }
}

fn repaired(disk: &FakeDisk, settings: &Settings, acts: &[Act], what: &str) {
    mend(disk, settings, acts, &[]).unwrap_or_else(|fault| panic!("{what}: {fault}"));
    assert_eq!(gaps(disk, settings).unwrap(), vec![], "{what}");
    let (log, report) = open(disk, settings).unwrap_or_else(|fault| panic!("{what}: {fault}"));
    assert!(report.torn.is_none(), "{what}");
    assert_eq!(verified(&log.reader(), settings), joined(acts), "{what}");
    log.close().unwrap();
}

#[test]
fn lost_files_and_a_lost_end_come_back() {
    let (disk, settings, acts) = ledger();
    for path in disk.files().into_iter().filter(|path| path.starts_with("log/")) {
        let lost = disk.images(1, 0).pop().unwrap();
        lost.tamper(&path, None);
        assert!(!gaps(&lost, &settings).unwrap().is_empty(), "{path}");
        repaired(&lost, &settings, &acts, &path);
    }
    let lost = disk.images(1, 0).pop().unwrap();
    for path in disk.files().into_iter().filter(|path| path.starts_with("log/")) {
        lost.tamper(&path, None);
    }
    let Err(fault) = open(&lost, &settings) else { panic!("an empty log under a mark") };
    assert_eq!(fault.code, "log.rolled_back");
    assert_eq!(gaps(&lost, &settings).unwrap(), vec![(0, 20)]);
    repaired(&lost, &settings, &acts, "everything");
}

#[test]
fn an_end_that_is_lost_is_a_rollback_and_nothing_is_changed() {
    let (disk, settings, acts) = ledger();
    let path = "log/000000000018.jsonl";
    let content = disk.content(path).unwrap();
    for cut in [0, content.len() / 2, content.len() - 1] {
        let lost = disk.images(1, 0).pop().unwrap();
        lost.tamper(path, Some(content[..cut].to_vec()));
        let files = lost.files();
        let Err(fault) = open(&lost, &settings) else { panic!("cut at {cut}") };
        let expected = if cut == 0 { "log.rolled_back" } else { "log.damaged" };
        assert_eq!(fault.code, expected);
        assert_eq!((lost.files(), lost.content(path).unwrap().len()), (files, cut));
        let (reader, report) = LogReader::open(Arc::new(lost.clone()), &settings).unwrap();
        assert!(report.rolled_back && report.position == acts[8].after());
        assert_eq!((reader.position(), readable(&lost, &settings).0.len()), (acts[9].after(), 9));
        assert!(reader.lines(0).unwrap().strict().any(|line| line.is_err()));
        repaired(&lost, &settings, &acts, "cut");
    }
}

#[test]
fn a_log_behind_or_beside_what_the_views_have_is_refused() {
    let (disk, settings, acts) = ledger();
    disk.tamper("mark", None);
    let ahead = Position { size: 21, ..acts[9].after() };
    let beside = Position { head: acts[3].after().head, ..acts[5].after() };
    for (known, code) in [(ahead, "log.rolled_back"), (beside, "log.forked")] {
        let opened = Log::open(Arc::new(disk.clone()), settings.clone(), Some(known));
        assert_eq!(opened.map(|_| ()).unwrap_err().code, code);
    }
    for act in &acts {
        let (log, _) = Log::open(Arc::new(disk.clone()), settings.clone(), Some(act.after())).unwrap();
        drop(log);
    }
}

#[test]
fn a_missing_mark_is_told_and_made_anew() {
    let (disk, settings, _) = ledger();
    disk.tamper("mark", None);
    assert!(open(&disk, &settings).unwrap().1.mark_missing);
    assert!(!open(&disk, &settings).unwrap().1.mark_missing);
}

#[test]
fn repair_brings_nothing_back_that_was_erased() {
    let (disk, settings, acts) = ledger();
    let erased = [Erasure { seq: 2, part: PartName::Personal }, Erasure { seq: 19, part: PartName::Closed }];
    let (log, _) = open(&disk, &settings).unwrap();
    let before = lines(&log.reader());
    let bodies = [body_of(&before[3], "personal"), body_of(&before[28], "closed")];
    assert!(bodies.iter().all(|body| holds(&disk, body)));
    log.erase(&erased).unwrap();
    log.close().unwrap();
    for path in disk.files().into_iter().filter(|path| path.starts_with("log/")) {
        disk.tamper(&path, None);
    }
    mend(&disk, &settings, &acts, &erased).unwrap();
    let (log, _) = open(&disk, &settings).unwrap();
    verified(&log.reader(), &settings);
    assert!(!bodies.iter().any(|body| holds(&disk, body)));
}

#[test]
fn a_copy_that_is_short_or_another_or_lacks_a_part_changes_nothing() {
    let (disk, settings, acts) = ledger();
    let path = "log/000000000006.jsonl.zst";
    disk.tamper(path, None);
    let files = disk.files();
    let mut other = Office::new(77);
    let others: Vec<Act> = (0..10).map(|_| other.act(2, 100)).collect();
    let bare: Vec<Outcome<Vec<u8>>> = copy(&acts)
        .map(|line| {
            line.map(|line| crate::log::erase::without_parts(&line, |_| true).map_or(line, |(l, _)| l))
        })
        .collect();
    let disk_ref: Arc<dyn Disk> = Arc::new(disk.clone());
    let code = |result: Outcome<Repaired>| result.unwrap_err().code;
    assert_eq!(code(mend(&disk, &settings, &acts[..4], &[])), "log.repair_short");
    assert_eq!(code(mend(&disk, &settings, &others, &[])), "log.repair_other");
    assert_eq!(code(repair(&disk_ref, &settings, bare.into_iter(), &[])), "log.repair_part");
    let broken = copy(&acts).take(5).chain([Err(Fault::machine("io.failed"))]);
    assert_eq!(code(repair(&disk_ref, &settings, broken, &[])), "io.failed");
    assert_eq!(disk.files(), files);
}

#[test]
fn repair_leaves_a_torn_act_to_opening() {
    let (disk, settings, acts) = ledger();
    let mut office = Office::new(1);
    office.resume(acts[9].after());
    disk.tamper("log/000000000006.jsonl.zst", None);
    let mut content = disk.content("log/000000000018.jsonl").unwrap();
    content.extend_from_slice(b"{\"synced\":20}\n");
    let torn = office.act(1, 80).lines()[..300].to_vec();
    content.extend_from_slice(&torn);
    disk.tamper("log/000000000018.jsonl", Some(content));
    assert_eq!(mend(&disk, &settings, &acts, &[]).unwrap().gaps, [(6, 12)]);
    let (log, report) = open(&disk, &settings).unwrap();
    assert_eq!(report.torn.map(|torn| (torn.seq, torn.bytes)), Some((20, 14 + torn.len() as u64)));
    assert_eq!(verified(&log.reader(), &settings), joined(&acts));
}

#[test]
fn a_repair_interrupted_anywhere_is_completed() {
    let (good, settings, acts) = ledger();
    let spoil = |disk: &FakeDisk| {
        let mut content = disk.content("log/000000000006.jsonl.zst").unwrap();
        content[60] ^= 4;
        disk.tamper("log/000000000006.jsonl.zst", Some(content));
        let mut content = disk.content("log/000000000018.jsonl").unwrap();
        content[60] ^= 4;
        disk.tamper("log/000000000018.jsonl", Some(content));
        disk.tamper("log/000000000012.jsonl.zst", None);
    };
    for stop in 0.. {
        let disk = good.images(1, 0).pop().unwrap();
        spoil(&disk);
        disk.stop_before(stop);
        let done = mend(&disk, &settings, &acts, &[]).is_ok();
        for image in disk.images(16, stop) {
            repaired(&image, &settings, &acts, &format!("stopped before call {stop}"));
        }
        if done {
            assert!(stop > 12);
            break;
        }
    }
}

#[test]
fn a_pass_reads_on_behind_damage_with_the_right_numbers() {
    let (disk, settings, acts) = ledger();
    let path = "log/000000000018.jsonl";
    let content = disk.content(path).unwrap();
    let second = content.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let mut changed = content.clone();
    changed[second] = b'!';
    disk.tamper(path, Some(changed));
    let mut office = Office::new(1);
    office.resume(acts[9].after());
    let reader = {
        // As a writer that does not look back would have left it.
        let mut content = disk.content(path).unwrap();
        content.extend_from_slice(b"{\"synced\":20}\n");
        content.extend_from_slice(office.act(1, 10).lines());
        disk.tamper(path, Some(content));
        LogReader::open(Arc::new(disk.clone()), &settings).unwrap().0
    };
    let entries: Vec<Entry> = reader.lines(17).unwrap().map(Result::unwrap).collect();
    let told: Vec<(u64, bool)> = entries
        .iter()
        .map(|entry| match entry {
            Entry::Line(line) => (line.seq, line.kind == LineKind::Event),
            Entry::Damage(damage) => {
                assert_eq!((damage.seq, &*damage.file, damage.byte), (18, path, second as u64));
                (99, false)
            }
        })
        .collect();
    assert_eq!(
        told,
        [(17, true), (17, false), (99, false), (19, true), (19, false), (20, true), (20, false)]
    );
}
