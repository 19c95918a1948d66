//! Crash images at every call.

use super::support::{Told, open, verified};
use crate::log::fake::{FakeDisk, Office};
use crate::log::{LogReader, Settings};
use std::sync::Arc;

const PAGE: usize = 512;

/// Appends acts over several segments, with a reopening in between, until the machine stops.
fn run(disk: &FakeDisk, settings: &Settings, told: &mut Told) -> Option<()> {
    let mut office = Office::new(1);
    for session in 0..2 {
        let (log, report) = open(disk, settings).ok()?;
        assert!(report.torn.is_none() && !report.mark_missing);
        for nth in 0..4 {
            let act = office.act(1 + nth % 3, 40 + 300 * (session as usize));
            told.unknown = vec![act.clone()];
            log.append(act).ok()?;
            told.acknowledged.append(&mut told.unknown);
        }
        log.close().ok()?;
    }
    Some(())
}

#[test]
fn every_acknowledged_act_survives_a_crash_at_any_call() {
    let settings = Office::new(1).settings(5);
    let mut stop = 0;
    loop {
        let (disk, mut told) = (FakeDisk::with_page(PAGE), Told::default());
        disk.stop_before(stop);
        let done = run(&disk, &settings, &mut told).is_some();
        for image in disk.images(32, stop) {
            told.check(&image, &settings);
        }
        if done {
            break;
        }
        stop += 1;
    }
    assert!(stop > 40, "the run makes only {stop} calls");
}

#[test]
fn recovery_may_be_interrupted_at_any_call() {
    let settings = Office::new(1).settings(5);
    for stop in 0.. {
        let (disk, mut told) = (FakeDisk::with_page(PAGE), Told::default());
        disk.stop_before(stop);
        let done = run(&disk, &settings, &mut told).is_some();
        for image in disk.images(6, stop) {
            recover_in_pieces(&image, &settings, &told, stop);
        }
        if done {
            break;
        }
    }
}

fn recover_in_pieces(image: &FakeDisk, settings: &Settings, told: &Told, seed: u64) {
    for stop in 0.. {
        let disk = image.images(1, 0).pop().unwrap();
        disk.stop_before(stop);
        let opened = open(&disk, settings);
        if let Ok((log, _)) = &opened {
            verified(&log.reader(), settings);
        }
        drop(opened);
        if !disk.stopped() {
            break;
        }
        for again in disk.images(4, seed ^ stop) {
            told.check(&again, settings);
        }
    }
}

#[test]
fn a_reader_sees_only_what_a_crash_cannot_take_back() {
    let settings = Office::new(1).settings(5);
    for stop in 0.. {
        let (disk, mut told) = (FakeDisk::with_page(PAGE), Told::default());
        disk.stop_before(stop);
        let done = run(&disk, &settings, &mut told).is_some();
        // The writer's process is gone, the machine has not stopped yet: a reader looks, then the power goes.
        disk.go_on();
        let (reader, _) = LogReader::open(Arc::new(disk.clone()), &settings).unwrap();
        let seen = verified(&reader, &settings);
        for image in disk.images(8, stop) {
            let (log, _) = open(&image, &settings).unwrap();
            let calls = disk.calls();
            assert!(
                verified(&log.reader(), &settings).starts_with(&seen),
                "stop {stop}, after {:?}",
                &calls[calls.len().saturating_sub(4)..]
            );
        }
        if done {
            break;
        }
    }
}
