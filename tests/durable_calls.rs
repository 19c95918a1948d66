//! Which durable calls the log makes, counted through a recording disk: the promise of `log::durable`.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use zhaoce::log::fake::{Call, FakeDisk, Office};
use zhaoce::log::{Erasure, Log, LogReader, Settings};
use zhaoce::record::PartName;

const OPEN: &str = "log/000000000000.jsonl";

fn log(segment_events: u64) -> (FakeDisk, Office, Settings, Log) {
    let (disk, office) = (FakeDisk::default(), Office::new(1));
    let settings = office.settings(segment_events);
    let (log, _) = Log::open(Arc::new(disk.clone()), settings.clone(), None).unwrap();
    (disk, office, settings, log)
}

/// The calls that `act` makes.
fn during<T>(disk: &FakeDisk, act: impl FnOnce() -> T) -> Vec<Call> {
    let before = disk.calls().len();
    act();
    disk.calls().split_off(before)
}

/// A call without its numbers.
fn told(call: &Call) -> String {
    match call {
        Call::Create(path) => format!("create {path}"),
        Call::Write(path, ..) => format!("write {path}"),
        Call::SetLen(path, _) => format!("cut {path}"),
        Call::SyncData(path) => format!("sync {path}"),
        Call::Rename(from, to) => format!("rename {from} {to}"),
        Call::Remove(path) => format!("remove {path}"),
        Call::CreateDir(path) => format!("mkdir {path}"),
        Call::RemoveDir(path) => format!("rmdir {path}"),
        Call::SyncDir(path) => format!("sync dir {path}"),
    }
}

fn all(calls: &[Call]) -> Vec<String> {
    calls.iter().map(told).collect()
}

#[test]
fn an_append_is_one_write_and_one_sync_of_the_open_segment() {
    let (disk, mut office, _, log) = log(1000);
    for events in [1, 7, 300] {
        let act = office.act(events, 100);
        let bytes = act.lines().len();
        let calls = during(&disk, || log.append(act).unwrap());
        assert_eq!(all(&calls), [format!("write {OPEN}"), format!("sync {OPEN}"), "write mark".into()]);
        let Some(Call::Write(_, _, written)) = calls.first() else { unreachable!() };
        assert!((bytes + 13..bytes + 20).contains(written), "{written} bytes for {bytes}");
    }
}

#[test]
fn acts_that_wait_together_share_one_write_and_one_sync() {
    let (disk, mut office, _, log) = log(1000);
    let calls = during(&disk, || {
        let tickets: Vec<_> = (0..20).map(|_| log.submit(office.act(2, 50)).unwrap()).collect();
        for (nth, ticket) in (1..).zip(tickets) {
            assert_eq!(log.wait(ticket).unwrap().position.size, nth * 2);
        }
    });
    assert_eq!(all(&calls), [format!("write {OPEN}"), format!("sync {OPEN}"), "write mark".into()]);
}

#[test]
fn a_change_of_segments_makes_names_durable_before_anything_is_acknowledged() {
    let (disk, mut office, _, log) = log(3);
    log.append(office.act(3, 50)).unwrap();
    let calls = during(&disk, || log.append(office.act(1, 50)).unwrap());
    let expected = [
        "sync mark",
        "create log/000000000003.jsonl",
        "sync dir log",
        "write log/000000000003.jsonl",
        "sync log/000000000003.jsonl",
        "write mark",
        "create log/000000000000.jsonl.zst.new",
        "write log/000000000000.jsonl.zst.new",
        "sync log/000000000000.jsonl.zst.new",
        "rename log/000000000000.jsonl.zst.new log/000000000000.jsonl.zst",
        "sync dir log",
        "remove log/000000000000.jsonl",
        "sync dir log",
    ];
    assert_eq!(all(&calls), expected);
}

#[test]
fn an_erasure_replaces_the_segment_whole() {
    let (disk, mut office, _, log) = log(1000);
    log.append(office.act(3, 50)).unwrap();
    let calls = during(&disk, || log.erase(&[Erasure { seq: 1, part: PartName::Personal }]).unwrap());
    let expected = [
        "create log/000000000000.jsonl.new",
        "write log/000000000000.jsonl.new",
        "sync log/000000000000.jsonl.new",
        "rename log/000000000000.jsonl.new log/000000000000.jsonl",
        "sync dir log",
    ];
    assert_eq!(all(&calls), expected);
}

#[test]
fn opening_after_a_clean_close_writes_nothing_and_reading_changes_nothing() {
    let (disk, mut office, settings, log) = log(1000);
    log.append(office.act(3, 50)).unwrap();
    assert_eq!(all(&during(&disk, || log.close().unwrap())), ["sync mark"]);
    let calls = during(&disk, || Log::open(Arc::new(disk.clone()), settings.clone(), None).unwrap());
    assert_eq!(all(&calls), ["sync dir log"]);
    let calls = during(&disk, || {
        let (reader, _) = LogReader::open(Arc::new(disk.clone()), &settings).unwrap();
        assert_eq!(reader.lines(0).unwrap().count(), 4);
    });
    assert_eq!(all(&calls), [format!("sync {OPEN}")]);
}

#[test]
fn pinning_syncs_the_mark_once() {
    let (disk, mut office, _, log) = log(1000);
    log.append(office.act(3, 50)).unwrap();
    assert_eq!(all(&during(&disk, || log.pin().unwrap())), ["sync mark"]);
    assert!(during(&disk, || log.pin().unwrap()).is_empty());
}
