//! Calls that fail, and a disk that is full: what was told stands, and everything comes in once there is room.

use std::sync::Arc;

use super::images::{calls, files};
use super::support::*;
use crate::archive::intake::*;
use crate::archive::store::Store;
use crate::log::fake::{Failure, FakeDisk};

/// The end that every course must come to once the disk works again.
fn settles(disk: &FakeDisk, told: &[Answer], at: &str) {
    let answers =
        alone(|| ingest(disk, &files(), Approval::Never)).unwrap_or_else(|fault| panic!("{at}: {fault}"));
    let register = Acts::open(disk).unwrap();
    assert!(
        answers.iter().all(|answer| answer.fault.is_none() && answer.receipt.is_some()),
        "{at}: {answers:#?}"
    );
    assert_eq!(register.accepted().len(), 2, "{at}: {:#?}", register.acts);
    let check = Store::at(Arc::new(disk.clone()), "store", "work").verify(&|_| ()).unwrap();
    assert!(check.passed() && check.objects.len() == 2, "{at}: {check:#?}");
    for answer in told.iter().filter(|answer| answer.state == Some(State::Accepted)) {
        let now = answers.iter().find(|other| other.ticket == answer.ticket).unwrap();
        assert_eq!(now.receipt, answer.receipt, "{at}");
    }
}

#[test]
fn one_failing_call_anywhere_loses_nothing() {
    let failures = [Failure::Error, Failure::Short, Failure::Full];
    let cases: Vec<_> = (0..calls()).flat_map(|call| failures.map(|failure| (call, failure))).collect();
    for_all(&cases, |&(call, failure)| {
        let disk = FakeDisk::with_page(PAGE);
        disk.fail(call..call + 1, failure);
        let told = alone(|| ingest(&disk, &files(), Approval::Never)).unwrap_or_default();
        disk.heal();
        disk.evict();
        let at = format!("{failure:?} at {call}: {:?}", disk.calls().get(call as usize));
        // Power goes after the failure, or the process goes on with what is live and power goes later.
        let image = disk.images(3, call).pop().unwrap();
        settles(&image, &told, &format!("{at}, crashed"));
        settles(&disk, &told, &at);
        let later = disk.images(3, call).pop().unwrap();
        settles(&later, &told, &format!("{at}, crashed later"));
    });
}

#[test]
fn a_disk_that_stays_full_or_broken_from_some_call_on_loses_nothing() {
    let cases: Vec<_> =
        (0..calls()).flat_map(|call| [(call, Failure::Error), (call, Failure::Full)]).collect();
    for_all(&cases, |&(call, failure)| {
        let disk = FakeDisk::with_page(PAGE);
        disk.fail(call..u64::MAX, failure);
        let told = alone(|| ingest(&disk, &files(), Approval::Never)).unwrap_or_default();
        disk.heal();
        disk.evict();
        settles(&disk, &told, &format!("{failure:?} from {call} on"));
    });
}
