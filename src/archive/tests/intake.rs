//! What becomes of arrivals when nothing fails.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use super::support::*;
use crate::archive::intake::*;
use crate::archive::store::Store;
use crate::archive::tree::Tree as _;
use crate::log::fake::FakeDisk;

const A: &str = "a.example.cn/x";
const B: &str = "b.example.cn/x";

pub fn packs() -> Vec<Pack> {
    vec![
        Pack::new(A, "GZK-Z109-2026-0001", 0, 10),
        Pack::new(A, "GZK-Z109-2026-0002", 10, 20),
        Pack::new(A, "GZK-Z109-2026-0003", 20, 25),
        Pack::new(B, "GZK-Z109-2026-9001", 0, 5),
    ]
}

fn store(disk: &FakeDisk) -> Store {
    Store::at(Arc::new(disk.clone()), "store", "work")
}

fn states(answers: &[Answer]) -> Vec<(Option<State>, Option<&str>)> {
    answers.iter().map(|a| (a.state, a.refusal.as_ref().map(|refusal| refusal.rule.as_str()))).collect()
}

const ACCEPTED: (Option<State>, Option<&str>) = (Some(State::Accepted), None);

#[test]
fn batches_given_in_any_order_are_accepted_in_the_order_of_their_log() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let (disk, packs) = (FakeDisk::default(), packs());
        let files: Vec<File> = order.iter().map(|nth| file(&format!("{nth}.zst"), &packs[*nth])).collect();
        let answers = ingest(&disk, &files, Approval::Never).unwrap();
        assert!(states(&answers).iter().all(|state| *state == ACCEPTED), "{answers:#?}");
        let register = Acts::open(&disk).unwrap();
        let of_a: Vec<u64> = register
            .accepted()
            .iter()
            .filter(|(_, claim, _)| claim.origin == A)
            .map(|(_, c, _)| c.from)
            .collect();
        assert_eq!(of_a, [0, 10, 20]);
        let check = store(&disk).verify(&|_| ()).unwrap();
        assert!(check.passed() && check.objects.len() == 4, "{check:#?}");
        assert!(disk.files().iter().all(|path| !path.starts_with("intake/") && !path.starts_with("work/")));
    }
}

#[test]
fn an_object_has_the_bag_the_original_and_the_report() {
    let (disk, pack) = (FakeDisk::default(), packs().remove(0));
    let given = file("移交 2026-0001.tar.zst", &pack);
    ingest(&disk, std::slice::from_ref(&given), Approval::Never).unwrap();
    let object = store(&disk).object(&pack.key()).unwrap();
    let all: Vec<String> = object.tree("").unwrap().files().iter().map(|file| file.path.clone()).collect();
    assert!(
        all.contains(&"original/移交 2026-0001.tar.zst".into()) && all.contains(&"report/report.json".into())
    );
    assert_eq!(read(&object.tree("original").unwrap(), &given.0), given.1);
    let bag = object.tree("bag").unwrap();
    let files: BTreeMap<String, Vec<u8>> =
        bag.files().iter().map(|file| (file.path.clone(), read(&bag, &file.path))).collect();
    assert_eq!(files, pack.files());
    let Act::Accepted { object: digest, .. } = &Acts::open(&disk).unwrap().acts[0] else { panic!() };
    assert_eq!(digest, object.digest());
}

#[test]
fn the_same_batch_again_is_answered_as_before_in_any_form() {
    let (disk, packs) = (FakeDisk::default(), packs());
    let first = ingest(&disk, &[file("1", &packs[0]), file("2", &packs[1])], Approval::Never).unwrap();
    let before = (disk.files(), Acts::open(&disk).unwrap().acts);
    let again = ingest(
        &disk,
        &[file("2", &packs[1]), file("1", &packs[0]), file("other", &packs[0])],
        Approval::Never,
    );
    let again = again.unwrap();
    assert!(again.iter().all(|answer| answer.again && answer.state == Some(State::Accepted)));
    assert_eq!(again[0].receipt, first[1].receipt);
    assert_eq!((&again[1].receipt, &again[2].receipt), (&first[0].receipt, &first[0].receipt));
    let answers = give_folder(&disk, &packs[0]);
    assert_eq!((answers[0].again, &answers[0].receipt), (true, &first[0].receipt));
    assert_eq!((disk.files(), Acts::open(&disk).unwrap().acts), before);
}

fn give_folder(disk: &FakeDisk, pack: &Pack) -> Vec<Answer> {
    let (toy, tree) = (Toy::default(), pack.tree());
    let intake = Intake::new(Arc::new(disk.clone()), &toy, Approval::Never, user());
    let given = [Given::Folder { name: pack.batch.into(), tree: &tree }];
    intake.ingest(&given, &mut Acts::open(disk).unwrap(), now(), &|_| ()).unwrap()
}

#[test]
fn a_folder_is_taken_as_it_is() {
    let (disk, pack) = (FakeDisk::default(), packs().remove(0));
    ingest(&disk, &[], Approval::Never).unwrap();
    assert_eq!(states(&give_folder(&disk, &pack)), [ACCEPTED]);
    let again = ingest(&disk, &[file("1", &pack)], Approval::Never).unwrap();
    assert!(again[0].again);
    assert!(store(&disk).verify(&|_| ()).unwrap().passed());
}

#[test]
fn what_does_not_fit_is_refused_with_its_reason_and_leaves_the_store_as_it_was() {
    let (disk, packs) = (FakeDisk::default(), packs());
    ingest(&disk, &[file("1", &packs[0]), file("2", &packs[1])], Approval::Never).unwrap();
    let stored = |disk: &FakeDisk| -> Vec<(String, Vec<u8>)> {
        let paths = disk.files().into_iter().filter(|path| path.starts_with("store/"));
        paths.map(|path| (path.clone(), disk.content(&path).unwrap())).collect()
    };
    let before = stored(&disk);
    let next = || packs[2].clone();
    let cases: Vec<(Pack, State, &str)> = vec![
        (Pack { salt: "other", ..packs[0].clone() }, State::Conflict, "archive.other_bytes"),
        (
            Pack { salt: "erased", root: "other".into(), ..packs[0].clone() },
            State::Conflict,
            "archive.other_bytes",
        ),
        (Pack { origin: B, ..packs[1].clone() }, State::Rejected, "archive.name_taken"),
        (
            Pack { from: 5, batch: "GZK-Z109-2026-0007", ..packs[1].clone() },
            State::Conflict,
            "archive.overlap",
        ),
        (Pack { from: 21, ..next() }, State::Rejected, "archive.gap"),
        (Pack { origin: "c.example.cn/x", ..next() }, State::Rejected, "archive.unknown_office"),
        (Pack { batch: "a/b", ..next() }, State::Rejected, "archive.bad_name"),
        (Pack { bad: true, ..next() }, State::Rejected, "test.bad"),
        (Pack { prev: "another".into(), ..next() }, State::Rejected, "test.chain"),
        (Pack { broken: true, ..next() }, State::Rejected, "test.digest"),
    ];
    for (pack, state, rule) in &cases {
        let given = file("case", pack);
        let answers = ingest(&disk, std::slice::from_ref(&given), Approval::Never).unwrap();
        assert_eq!(states(&answers), [(Some(*state), Some(*rule))]);
        let again = ingest(&disk, std::slice::from_ref(&given), Approval::Never).unwrap();
        assert_eq!((again[0].again, &again[0].receipt), (true, &answers[0].receipt));
        let kept =
            format!("quarantine/{}/object/v1/content/original/case", answers[0].ticket.as_ref().unwrap());
        assert_eq!(disk.content(&kept).as_ref(), Some(&given.1), "{rule}");
    }
    let answers = ingest(&disk, &[("x".into(), b"no container".to_vec())], Approval::Never).unwrap();
    assert_eq!(states(&answers), [(Some(State::Rejected), Some("test.container"))]);
    assert_eq!(stored(&disk), before);
    let erased = Pack { salt: "erased", ..packs[0].clone() };
    let answers = ingest(&disk, &[file("1", &erased)], Approval::Never).unwrap();
    assert!(answers[0].again && answers[0].state == Some(State::Accepted), "{answers:#?}");
    assert_eq!(stored(&disk), before);
    // What was refused for the gap comes in once the gap is closed.
    let late = Pack::new(A, "GZK-Z109-2026-0004", 25, 30);
    let gap = ingest(&disk, &[file("4", &late)], Approval::Never).unwrap();
    assert_eq!(states(&gap), [(Some(State::Rejected), Some("archive.gap"))]);
    let both = ingest(&disk, &[file("4", &late), file("3", &packs[2])], Approval::Never).unwrap();
    assert_eq!(states(&both), [ACCEPTED, ACCEPTED]);
}

#[test]
fn a_person_approves_or_declines_and_what_is_behind_waits() {
    let (disk, packs) = (FakeDisk::default(), packs());
    let warned = Pack { warnings: 2, ..packs[0].clone() };
    let files = [file("2", &packs[1]), file("1", &warned)];
    let answers = ingest(&disk, &files, Approval::Warnings).unwrap();
    assert_eq!(answers[1].state, Some(State::Waiting));
    assert_eq!(answers[0].fault.as_ref().unwrap().code, "archive.held_back");
    assert_eq!(answers[0].state, Some(State::Received));
    let again = ingest(&disk, &files, Approval::Warnings).unwrap();
    assert_eq!(states(&again), states(&answers));

    let toy = Toy::default();
    let intake = Intake::new(Arc::new(disk.clone()), &toy, Approval::Warnings, user());
    let mut register = Acts::open(&disk).unwrap();
    assert!(register.acts.is_empty() && intake.cards().unwrap().len() == 2);
    let ticket = answers[1].ticket.clone().unwrap();
    let done = intake.approve(&ticket, "person/a", &mut register, now()).unwrap();
    assert_eq!(done.state, Some(State::Accepted));
    let rest = intake.resume(&mut register, now(), &|_| ()).unwrap();
    assert_eq!(states(&rest), [ACCEPTED]);
    let Act::Accepted { approved, .. } = &register.acts[0] else { panic!() };
    assert_eq!(approved.as_deref(), Some("person/a"));
    assert_eq!(
        intake.approve(&ticket, "person/a", &mut register, now()).unwrap_err().code,
        "archive.no_ticket"
    );

    let third = Pack { warnings: 1, ..packs[2].clone() };
    let answers = ingest(&disk, &[file("3", &third)], Approval::Warnings).unwrap();
    let ticket = answers[0].ticket.clone().unwrap();
    let mut register = Acts::open(&disk).unwrap();
    let declined = intake.decline(&ticket, &mut register, now()).unwrap();
    assert_eq!(states(&[declined]), [(Some(State::Rejected), Some("archive.declined"))]);
}

#[test]
fn the_state_of_an_office_is_made_again_from_the_store() {
    let (disk, packs) = (FakeDisk::default(), packs());
    ingest(&disk, &[file("1", &packs[0]), file("2", &packs[1])], Approval::Never).unwrap();
    for path in disk.files().into_iter().filter(|path| path.starts_with("states/")) {
        disk.tamper(&path, Some(b"{}\nnonsense".to_vec()));
    }
    let answers = ingest(&disk, &[file("3", &packs[2])], Approval::Never).unwrap();
    assert_eq!(states(&answers), [ACCEPTED]);
}

#[test]
fn a_thousand_arrivals_in_parallel_lose_nothing() {
    let disk = FakeDisk::default();
    let mut files = Vec::new();
    for from in 0..60 {
        let name: &'static str = Box::leak(format!("GZK-Z109-2026-{from:04}").into_boxed_str());
        files.push(file(name, &Pack::new(A, name, from, from + 1)));
        let name: &'static str = Box::leak(format!("GZK-Z109-2027-{from:04}").into_boxed_str());
        files.push(file(name, &Pack::new(B, name, from, from + 1)));
    }
    files.sort_by_key(|(_, bytes)| *blake3::hash(bytes).as_bytes());
    let answers = ingest(&disk, &files, Approval::Never).unwrap();
    assert!(states(&answers).iter().all(|state| *state == ACCEPTED));
    let register = Acts::open(&disk).unwrap();
    assert_eq!(register.acts.len(), files.len());
    for answer in &answers {
        let (nth, ..) = register
            .accepted()
            .into_iter()
            .find(|(_, c, _)| Some(&c.batch) == answer.batch.as_ref())
            .unwrap();
        assert_eq!(answer.receipt, Some(receipt(nth)));
    }
    assert!(store(&disk).verify(&|_| ()).unwrap().passed());
}

#[test]
fn an_arrival_that_changes_while_it_is_read_does_not_come_in() {
    let (disk, toy) = (FakeDisk::default(), Toy::default());
    let intake = Intake::new(Arc::new(disk.clone()), &toy, Approval::Never, user());
    intake.init().unwrap();
    let (reads, pack) = (std::sync::Mutex::new(0u8), packs().remove(0));
    let open = || {
        let mut reads = reads.lock().unwrap();
        *reads += 1;
        let mut bytes = pack.container();
        bytes.push(*reads);
        Ok(Box::new(Cursor::new(bytes)) as Box<dyn Read>)
    };
    let given = [Given::File { name: "x".into(), open: &open }];
    let mut register = Acts::open(&disk).unwrap();
    let answers = intake.ingest(&given, &mut register, now(), &|_| ()).unwrap();
    assert_eq!(answers[0].fault.as_ref().unwrap().code, "archive.moved");
    assert!(intake.cards().unwrap().is_empty() && register.acts.is_empty());
    intake.recover(&mut register).unwrap();
    assert!(disk.files().iter().all(|path| !path.starts_with("intake/")));
}
