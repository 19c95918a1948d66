//! Calls that fail: nothing acknowledged is lost, and nothing is acknowledged on what a failed sync left behind.

use super::support::{Told, open, verified};
use crate::log::fake::{Failure, FakeDisk, Office};
use crate::log::{Log, Settings};

const PAGE: usize = 512;

/// Appends acts while calls fail; after each failure the log is read again until that works.
fn run(disk: &FakeDisk, settings: &Settings, evict: bool) -> Told {
    let (mut office, mut told) = (Office::new(1), Told::default());
    let log = match open(disk, settings) {
        Ok((log, _)) => log,
        Err(_) => {
            disk.heal();
            open(disk, settings).unwrap().0
        }
    };
    for nth in 0..9 {
        let act = office.act(1 + nth % 3, 200);
        match log.append(act.clone()) {
            Ok(appended) => {
                assert_eq!(appended.position, act.after());
                told.acknowledged.push(act);
            }
            Err(_) => {
                refuses(&log, &mut office);
                if evict {
                    disk.evict();
                }
                read_again(disk, &log);
                if log.position() == act.after() {
                    told.acknowledged.push(act);
                }
                office.resume(log.position());
            }
        }
    }
    if log.close().is_err() {
        disk.heal();
    }
    told
}

fn refuses(log: &Log, office: &mut Office) {
    let at = log.position();
    office.resume(at);
    assert_eq!(log.append(office.act(1, 10)).unwrap_err().code, "log.must_reread");
    assert_eq!(log.pin().unwrap_err().code, "log.must_reread");
    office.resume(at);
}

fn read_again(disk: &FakeDisk, log: &Log) {
    if log.reread().is_err() {
        disk.heal();
        log.reread().unwrap();
    }
}

#[test]
fn one_failing_call_anywhere_loses_nothing() {
    let settings = Office::new(1).settings(6);
    let clean = FakeDisk::with_page(PAGE);
    run(&clean, &settings, false);
    let calls = clean.calls().len() as u64;
    for failure in [Failure::Error, Failure::Short, Failure::Full] {
        for (call, evict) in (0..calls).flat_map(|call| [(call, false), (call, true)]) {
            let disk = FakeDisk::with_page(PAGE);
            disk.fail(call..call + 1, failure);
            let told = run(&disk, &settings, evict);
            disk.evict();
            for image in disk.images(4, call) {
                told.check(&image, &settings);
            }
        }
    }
}

#[test]
fn a_disk_that_fails_or_is_full_from_some_call_on_loses_nothing() {
    let settings = Office::new(1).settings(6);
    for (call, failure) in (0..60).flat_map(|call| [(call, Failure::Error), (call, Failure::Full)]) {
        let disk = FakeDisk::with_page(PAGE);
        disk.fail(call..u64::MAX, failure);
        let told = run(&disk, &settings, true);
        for image in disk.images(4, call) {
            told.check(&image, &settings);
        }
    }
}

#[test]
fn a_second_writer_is_refused_and_told_who_has_the_lock() {
    let (disk, mut office) = (FakeDisk::default(), Office::new(1));
    let settings = office.settings(100);
    let (log, _) = open(&disk, &settings).unwrap();
    log.append(office.act(3, 20)).unwrap();
    let Err(fault) = open(&disk, &settings) else { panic!("two writers") };
    assert_eq!(fault.code, "log.locked");
    assert!(fault.args["found"].contains(&std::process::id().to_string()), "{fault}");
    let (reader, _) = crate::log::LogReader::open(std::sync::Arc::new(disk.clone()), &settings).unwrap();
    assert_eq!(verified(&reader, &settings), verified(&log.reader(), &settings));
}
