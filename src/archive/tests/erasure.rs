//! Changes of objects that are in the store: a version more, content less, and crash images at every call of both.

use std::sync::Arc;

use super::support::*;
use super::versions::*;
use crate::archive::erase::{Plan, execute};
use crate::archive::intake::*;
use crate::archive::store::{Key, Store};
use crate::log::disk::Disk;
use crate::log::fake::{Failure, FakeDisk};

fn store(disk: &FakeDisk) -> Store {
    Store::at(Arc::new(disk.clone()), "store", "work")
}

fn filled() -> FakeDisk {
    let fake = FakeDisk::with_page(PAGE);
    let disk: Arc<dyn Disk> = Arc::new(fake.clone());
    let store = fill(&disk);
    store.add_version(&key(), &Plain::new(second_state()), &meta("加盖时间戳")).unwrap();
    fake
}

fn holds(disk: &FakeDisk, text: &str) -> bool {
    let has = |path: &String| {
        disk.content(path)
            .is_some_and(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    disk.files().iter().any(has)
}

fn erase(disk: &FakeDisk) -> crate::fault::Outcome<String> {
    let store = store(disk);
    let prepared = store.prepare_rewrite(&key(), &gone(), &meta("依法删除"))?;
    store.commit_rewrite(&prepared)?;
    Ok(prepared.digest)
}

#[test]
fn erased_content_leaves_every_version_and_the_rest_stays() {
    let disk = filled();
    let digest = erase(&disk).unwrap();
    assert!(!holds(&disk, "secret"));
    let object = store(&disk).object(&key()).unwrap();
    assert_eq!((object.digest(), object.inventory().newest()), (digest.as_str(), 3));
    for number in 1..=3 {
        let tree = object.tree_at(number, "").unwrap();
        assert_eq!(read(&tree, "bag/data/事件.jsonl"), b"one\nthree\n");
        assert!(tree_lacks(&tree, "original/来件.tar.zst"));
        assert_eq!(tree_lacks(&tree, "report/时间戳.tsr"), number == 1);
        assert_eq!(tree_lacks(&tree, "evidence/000000000007/删除指令.json"), number != 3);
    }
    assert_eq!(erase(&disk).unwrap_err().code, "archive.nothing_to_erase");
    assert!(store(&disk).verify(&|_| ()).unwrap().passed());
}

fn tree_lacks(tree: &dyn crate::archive::tree::Tree, path: &str) -> bool {
    tree.find(path).is_none()
}

#[test]
fn preparing_twice_gives_the_same_object() {
    let disk = filled();
    let prepare = || store(&disk).prepare_rewrite(&key(), &gone(), &meta("依法删除")).unwrap();
    assert_eq!(prepare(), prepare());
    assert!(holds(&disk, "secret"), "nothing is erased before it is decided");
    store(&disk).recover().unwrap();
    assert!(disk.files().iter().all(|path| !path.starts_with("work/")));
    assert!(store(&disk).verify(&|_| ()).unwrap().passed());
}

/// The object is as it was or as it is to be, whole; a second try gets it there, and nothing else is left.
fn check(disk: &FakeDisk, done: bool, again: impl Fn(&FakeDisk) -> u32, at: &str) {
    let store = store(disk);
    store.recover().unwrap_or_else(|fault| panic!("{at}: {fault} {:#?}", disk.files()));
    let report = store.verify(&|_| ()).unwrap();
    assert!(report.passed() && report.objects.len() == 1, "{at}: {report:#?}");
    assert!(disk.files().iter().all(|path| !path.starts_with("work/")), "{at}: {:#?}", disk.files());
    let newest = store.object(&key()).unwrap().inventory().newest();
    assert!(newest == 3 || newest == 2 && !done, "{at}: version {newest}, done {done}");
    if newest == 2 {
        assert_eq!(again(disk), 3, "{at}");
    }
    let report = store.verify(&|_| ()).unwrap();
    assert!(report.passed(), "{at}: {report:#?}");
}

fn erase_again(disk: &FakeDisk) -> u32 {
    erase(disk).unwrap();
    store(disk).object(&key()).unwrap().inventory().newest()
}

fn add(disk: &FakeDisk) -> crate::fault::Outcome<u32> {
    let mut state = second_state();
    state.insert("report/再检.json".into(), b"{}".to_vec());
    store(disk).add_version(&key(), &Plain::new(state), &meta("检测"))
}

#[test]
fn a_crash_at_any_call_of_an_erasure_leaves_the_object_as_it_was_or_without() {
    let base = filled();
    for stop in 0.. {
        let disk = base.images(1, 0).pop().unwrap();
        disk.stop_before(stop);
        let done = alone(|| erase(&disk)).is_ok();
        for (nth, image) in disk.images(24, stop).into_iter().enumerate() {
            check(&image, done, erase_again, &format!("stop {stop}, image {nth}"));
            assert!(!holds(&image, "secret"), "stop {stop}, image {nth}: it came back");
        }
        if !disk.stopped() {
            assert!(done && stop > 40, "{stop}");
            break;
        }
    }
}

#[test]
fn a_crash_at_any_call_of_adding_a_version_leaves_it_out_or_in() {
    let base = filled();
    for stop in 0.. {
        let disk = base.images(1, 0).pop().unwrap();
        disk.stop_before(stop);
        let done = alone(|| add(&disk)).is_ok();
        for (nth, image) in disk.images(24, stop).into_iter().enumerate() {
            check(&image, done, |disk| add(disk).unwrap(), &format!("stop {stop}, image {nth}"));
        }
        if !disk.stopped() {
            assert!(done);
            break;
        }
    }
}

#[test]
fn completing_a_change_may_itself_crash() {
    let base = filled();
    for stop in 0.. {
        let disk = base.images(1, 0).pop().unwrap();
        disk.stop_before(stop);
        let done = alone(|| erase(&disk)).is_ok();
        let image = disk.images(4, stop).pop().unwrap();
        for again in 0.. {
            let copy = image.images(1, 0).pop().unwrap();
            copy.stop_before(again);
            let _ = store(&copy).recover();
            for second in copy.images(4, again) {
                check(&second, done, erase_again, &format!("stop {stop}, then {again}"));
            }
            if !copy.stopped() {
                break;
            }
        }
        if !disk.stopped() {
            break;
        }
    }
}

#[test]
fn a_failing_call_or_a_full_disk_leaves_it_to_be_done_again() {
    let base = filled();
    let count = base.images(1, 0).pop().unwrap();
    alone(|| erase(&count)).unwrap();
    for failure in [Failure::Error, Failure::Short, Failure::Full] {
        for call in 0..count.calls().len() as u64 {
            let disk = base.images(1, 0).pop().unwrap();
            disk.fail(call..call + 1, failure);
            let done = alone(|| erase(&disk)).is_ok();
            disk.heal();
            disk.evict();
            let at = format!("{failure:?} at {call}");
            for image in disk.images(4, call) {
                check(&image, done, erase_again, &format!("{at}, crashed"));
            }
            check(&disk, done, erase_again, &at);
            for image in disk.images(4, call) {
                check(&image, true, erase_again, &format!("{at}, crashed later"));
            }
        }
    }
}

/// The other object that the same decision changes.
fn second() -> Key {
    Key::new("Z109", "GZK-Z109-2026-0002").unwrap()
}

fn plans() -> Vec<Plan> {
    let plan = |key: Key| Plan { batch: key.name().into(), key, gone: gone(), erasures: Vec::new() };
    vec![plan(key()), plan(second())]
}

fn two() -> FakeDisk {
    let fake = filled();
    let disk: Arc<dyn Disk> = Arc::new(fake.clone());
    put(&disk, &store(&fake), &second(), &first_state());
    let toy = Toy::default();
    Intake::new(disk, &toy, Approval::Never, user()).init().unwrap();
    fake
}

/// Opens the archive, as whoever works in it does.
fn opened(disk: &FakeDisk) -> crate::fault::Outcome<Acts> {
    let toy = Toy::default();
    let intake = Intake::new(Arc::new(disk.clone()), &toy, Approval::Never, user());
    let mut register = Acts::open(disk)?;
    intake.recover(&mut register)?;
    Ok(register)
}

/// Both objects are changed by one act.
fn decide_both(disk: &FakeDisk) -> crate::fault::Outcome<()> {
    let mut register = opened(disk)?;
    if register.acts.is_empty() {
        execute(&store(disk), &plans(), &meta("依法删除"), &mut |prepared| register.erase(prepared))?;
    }
    Ok(())
}

/// What the register says is what the objects are: both as they were, or both without. Then it is done to its end.
fn both(disk: &FakeDisk, done: bool, at: &str) {
    let decided = |disk: &FakeDisk| {
        let register = opened(disk).unwrap_or_else(|fault| panic!("{at}: {fault} {:#?}", disk.files()));
        let decided = !register.acts.is_empty();
        let report = store(disk).verify(&|_| ()).unwrap();
        assert!(report.passed() && report.objects.len() == 2, "{at}: {report:#?}");
        assert!(disk.files().iter().all(|path| !path.starts_with("work/")), "{at}: {:#?}", disk.files());
        for (key, before) in [(key(), 2), (second(), 1)] {
            let object = store(disk).object(&key).unwrap();
            assert_eq!(object.inventory().newest(), before + u32::from(decided), "{at}");
            let told = register.objects().get(key.name()).cloned();
            assert_eq!(told.as_deref(), decided.then(|| object.digest()), "{at}");
        }
        assert_eq!(holds(disk, "secret"), !decided, "{at}");
        decided
    };
    assert!(decided(disk) || !done, "{at}: an act that was told of is lost");
    decide_both(disk).unwrap();
    assert!(decided(disk), "{at}");
}

#[test]
fn a_crash_at_any_call_leaves_both_objects_as_the_ledger_says() {
    let base = two();
    for stop in 0.. {
        let disk = base.images(1, 0).pop().unwrap();
        disk.stop_before(stop);
        let done = alone(|| decide_both(&disk)).is_ok();
        for (nth, image) in disk.images(12, stop).into_iter().enumerate() {
            both(&image, done, &format!("stop {stop}, image {nth}"));
        }
        if !disk.stopped() {
            assert!(done && stop > 80, "{stop}");
            break;
        }
    }
}

#[test]
fn opening_after_a_crash_may_itself_crash() {
    let base = two();
    for stop in (0..).step_by(3) {
        let disk = base.images(1, 0).pop().unwrap();
        disk.stop_before(stop);
        let done = alone(|| decide_both(&disk)).is_ok();
        let image = disk.images(4, stop).pop().unwrap();
        for again in (0..).step_by(2) {
            let copy = image.images(1, 0).pop().unwrap();
            copy.stop_before(again);
            let _ = alone(|| opened(&copy).map(drop));
            for second in copy.images(2, again) {
                both(&second, done, &format!("stop {stop}, then {again}"));
            }
            if !copy.stopped() {
                break;
            }
        }
        if !disk.stopped() {
            break;
        }
    }
}

#[test]
fn a_full_disk_at_any_call_leaves_both_objects_as_the_ledger_says() {
    let base = two();
    let count = base.images(1, 0).pop().unwrap();
    alone(|| decide_both(&count)).unwrap();
    for failure in [Failure::Error, Failure::Short, Failure::Full] {
        for call in 0..count.calls().len() as u64 {
            let disk = base.images(1, 0).pop().unwrap();
            disk.fail(call..call + 1, failure);
            let done = alone(|| decide_both(&disk)).is_ok();
            disk.heal();
            disk.evict();
            let at = format!("{failure:?} at {call}");
            for image in disk.images(2, call) {
                both(&image, done, &format!("{at}, crashed"));
            }
            both(&disk, done, &at);
        }
    }
}
