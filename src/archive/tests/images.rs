//! Crash images at every call of an ingest: nothing is lost, nothing is there twice, receipts equal acceptances.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::support::*;
use crate::archive::intake::*;
use crate::archive::store::Store;
use crate::log::fake::FakeDisk;

const A: &str = "a.example.cn/x";
const B: &str = "b.example.cn/x";

/// Two batches in the wrong order, one with a held name and other bytes, one that is bad, one that is no package.
pub fn files() -> Vec<File> {
    let first = Pack::new(A, "GZK-Z109-2026-0001", 0, 10);
    let other = Pack { salt: "other", ..first.clone() };
    let bad = Pack { bad: true, ..Pack::new(B, "GZK-Z109-2026-9001", 0, 5) };
    vec![
        file("2.zst", &Pack::new(A, "GZK-Z109-2026-0002", 10, 20)),
        file("1.zst", &first),
        file("0.zst", &other),
        file("bad.zst", &bad),
        ("none.zst".into(), b"no container".to_vec()),
    ]
}

/// The names that are accepted when everything has been given. Of the two that share a name, the first decided.
fn accepted(register: &Acts) -> Vec<String> {
    register.accepted().into_iter().map(|(_, claim, _)| claim.batch.clone()).collect()
}

/// What must hold on any disk found after a crash, once the archive is open.
fn check(disk: &FakeDisk, told: &[Answer], at: &str) {
    let toy = Toy::default();
    let intake = Intake::new(Arc::new(disk.clone()), &toy, Approval::Never, user());
    intake.init().unwrap();
    let mut register = Acts::open(disk).unwrap();
    intake.recover(&mut register).unwrap_or_else(|fault| panic!("{at}: {fault} {:#?}", disk.files()));
    holds(disk, &register, at);
    for answer in told {
        known(&register, answer, at);
    }
    intake.resume(&mut register, now(), &|_| ()).unwrap();
    holds(disk, &register, at);
    // A batch whose predecessor was not received before the crash waits for it.
    assert!(
        intake.cards().unwrap().iter().all(|card| card.name == "2.zst"),
        "{at}: something is left undecided"
    );
    drop(register);
    let answers = ingest(disk, &files(), Approval::Never).unwrap();
    let register = Acts::open(disk).unwrap();
    for answer in &answers {
        assert!(answer.fault.is_none(), "{at}: {answer:#?}");
        known(&register, answer, at);
    }
    holds(disk, &register, at);
    assert_eq!(accepted(&register), ["GZK-Z109-2026-0001", "GZK-Z109-2026-0002"], "{at}");
    let kept: BTreeSet<String> =
        disk.files().into_iter().filter(|path| path.starts_with("quarantine/")).collect();
    let originals = kept.iter().filter(|path| path.contains("/original/")).count();
    assert_eq!(originals, 3, "{at}: {kept:#?}");
    assert!(
        disk.files().iter().all(|path| !path.starts_with("intake/") && !path.starts_with("work/")),
        "{at}"
    );
}

/// Every accepted batch is in the store, once and whole; nothing else is.
fn holds(disk: &FakeDisk, register: &Acts, at: &str) {
    let mut names = accepted(register);
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "{at}: accepted twice");
    let store = Store::at(Arc::new(disk.clone()), "store", "work");
    let report = store.verify(&|_| ()).unwrap();
    assert!(report.passed(), "{at}: {report:#?}");
    let stored: Vec<&str> = report.objects.keys().filter_map(|path| path.strip_prefix("Z109/")).collect();
    assert_eq!(stored, names, "{at}");
    for act in &register.acts {
        if let Act::Accepted { claim, object, .. } = act {
            let key = crate::archive::store::Key::new("Z109", &claim.batch).unwrap();
            assert_eq!(store.object(&key).unwrap().digest(), object, "{at}");
        }
    }
}

/// What an arrival was told of its decision stands in the register.
fn known(register: &Acts, answer: &Answer, at: &str) {
    let Some(receipt) = &answer.receipt else { return };
    let act = register.acts.get(receipt.first as usize);
    let fits = match (act, answer.state) {
        (Some(Act::Accepted { claim, .. }), Some(State::Accepted)) => {
            Some(&claim.batch) == answer.batch.as_ref()
        }
        (Some(Act::Rejected { rule, .. }), Some(State::Rejected | State::Conflict)) => {
            Some(rule) == answer.refusal.as_ref().map(|refusal| &refusal.rule)
        }
        _ => false,
    };
    assert!(fits, "{at}: {answer:#?} was told, the register says {act:?}");
}

/// Ingests until the machine stops; gives what was told, and whether it got to the end.
fn run(disk: &FakeDisk) -> Vec<Answer> {
    alone(|| ingest(disk, &files(), Approval::Never)).unwrap_or_default()
}

/// The calls an ingest makes when nothing stops it.
pub fn calls() -> u64 {
    let disk = FakeDisk::with_page(PAGE);
    run(&disk);
    disk.calls().len() as u64
}

#[test]
fn a_crash_at_any_call_of_an_ingest_loses_nothing_and_doubles_nothing() {
    let calls = calls();
    assert!(calls > 200, "an ingest makes only {calls} calls");
    for_all(&(0..=calls).collect::<Vec<_>>(), |&stop| {
        let disk = FakeDisk::with_page(PAGE);
        disk.stop_before(stop);
        let told = run(&disk);
        for (nth, image) in disk.images(3, stop).into_iter().enumerate() {
            alone(|| check(&image, &told, &format!("stop {stop}, image {nth}, {:?}", disk.calls().last())));
        }
    });
}

#[test]
fn a_killed_process_is_no_worse_than_a_crash() {
    for_all(&(0..=calls()).collect::<Vec<_>>(), |&stop| {
        let disk = FakeDisk::with_page(PAGE);
        disk.stop_before(stop);
        let told = run(&disk);
        disk.go_on();
        alone(|| check(&disk, &told, &format!("killed before {stop}")));
    });
}

#[test]
fn opening_after_a_crash_may_itself_crash() {
    let stops: Vec<u64> = (0..=calls()).step_by(13).collect();
    for_all(&stops, |&stop| {
        let disk = FakeDisk::with_page(PAGE);
        disk.stop_before(stop);
        let told = run(&disk);
        let image = disk.images(3, stop).pop().unwrap();
        for again in (stop % 7..).step_by(17) {
            let copy = image.images(1, 0).pop().unwrap();
            copy.stop_before(again);
            let more = run(&copy);
            let second = copy.images(3, again).pop().unwrap();
            let all: Vec<Answer> = told.iter().chain(&more).cloned().collect();
            alone(|| check(&second, &all, &format!("stop {stop}, then {again}")));
            if !copy.stopped() {
                break;
            }
        }
    });
}
