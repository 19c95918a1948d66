//! Objects of the store: written, added to, verified, and left where other tools find them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::support::*;
use crate::archive::durable;
use crate::archive::store::{Gone, Key, Meta, Store, seal_first};
use crate::archive::tree::Tree as _;
use crate::log::disk::{Disk, OsDisk};
use crate::log::fake::FakeDisk;

pub fn meta(message: &str) -> Meta {
    Meta { created: now(), message: message.into(), user: user() }
}

pub fn key() -> Key {
    Key::new("Z109", "GZK-Z109-2026-0001").unwrap()
}

/// A long name in Chinese, as they come.
fn long() -> String {
    format!("bag/data/{}.ofd", "关于印发政府信息公开工作要点的通知".repeat(4))
}

pub fn first_state() -> BTreeMap<String, Vec<u8>> {
    let body = |text: &str| text.as_bytes().to_vec();
    BTreeMap::from([
        ("bag/data/事件.jsonl".into(), body("one\nsecret\nthree\n")),
        (long(), body("正文")),
        ("bag/data/copy.ofd".into(), body("正文")),
        ("original/来件.tar.zst".into(), body("container with secret")),
    ])
}

pub fn second_state() -> BTreeMap<String, Vec<u8>> {
    let mut state = first_state();
    state.insert("report/时间戳.tsr".into(), b"token".to_vec());
    state.remove("bag/data/copy.ofd");
    state
}

/// Puts an object with one version into a store.
pub fn put(disk: &Arc<dyn Disk>, store: &Store, key: &Key, files: &BTreeMap<String, Vec<u8>>) {
    let place = "intake/made/object";
    for (path, bytes) in files {
        let path = format!("{place}/v1/content/{path}");
        durable::folder(&**disk, durable::parent(&path)).unwrap();
        durable::write(&**disk, &path, bytes).unwrap();
    }
    seal_first(disk, place, key, &meta("接收")).unwrap();
    store.take_in(place, key).unwrap();
}

pub fn fill(disk: &Arc<dyn Disk>) -> Store {
    let store = Store::at(disk.clone(), "store", "work");
    store.init().unwrap();
    put(disk, &store, &key(), &first_state());
    store
}

pub fn gone() -> Gone {
    let files = BTreeMap::from([
        ("bag/data/事件.jsonl".to_owned(), Some(b"one\nthree\n".to_vec())),
        ("original/来件.tar.zst".to_owned(), None),
    ]);
    let added = BTreeMap::from([("evidence/000000000007/删除指令.json".to_owned(), b"order".to_vec())]);
    Gone { files, added }
}

fn content(tree: &dyn crate::archive::tree::Tree) -> BTreeMap<String, Vec<u8>> {
    tree.files().iter().map(|file| (file.path.clone(), read(tree, &file.path))).collect()
}

#[test]
fn versions_are_read_back_and_unchanged_content_is_not_copied() {
    let fake = FakeDisk::default();
    let disk: Arc<dyn Disk> = Arc::new(fake.clone());
    let store = fill(&disk);
    assert_eq!(store.add_version(&key(), &Plain::new(second_state()), &meta("加盖时间戳")).unwrap(), 2);
    let object = store.object(&key()).unwrap();
    assert_eq!(content(&object.tree("").unwrap()), second_state());
    assert_eq!(content(&object.tree_at(1, "").unwrap()), first_state());
    assert_eq!(object.tree("report").unwrap().files()[0].path, "时间戳.tsr");
    let second: Vec<String> = fake.files().into_iter().filter(|path| path.contains("/v2/content/")).collect();
    assert_eq!(second, ["store/Z109/GZK-Z109-2026-0001/v2/content/report/时间戳.tsr"]);
    let check = store.verify(&|_| ()).unwrap();
    assert!(check.passed(), "{check:#?}");
    assert_eq!((check.objects["Z109/GZK-Z109-2026-0001"].versions, store.keys().unwrap()), (2, vec![key()]));
}

#[test]
fn every_alteration_of_a_stored_file_is_found() {
    let fake = FakeDisk::default();
    let disk: Arc<dyn Disk> = Arc::new(fake.clone());
    let store = fill(&disk);
    store.add_version(&key(), &Plain::new(second_state()), &meta("加盖时间戳")).unwrap();
    for path in
        fake.files().into_iter().filter(|path| path.starts_with("store/") && !path.ends_with("LAYOUT.txt"))
    {
        let sound = fake.content(&path).unwrap();
        let mut bad = sound.clone();
        let at = bad.len() / 2;
        bad[at] ^= 1;
        // A sidecar without its line end says the same.
        let cut = sound.len() - if path.ends_with(".sha512") { 2 } else { 1 };
        for content in [Some(bad), Some(sound[..cut].to_vec()), Some(Vec::new()), None] {
            fake.tamper(&path, content);
            assert!(!store.verify(&|_| ()).unwrap().passed(), "{path}");
        }
        fake.tamper(&path, Some(sound));
    }
    let object = "store/Z109/GZK-Z109-2026-0001";
    for extra in ["store/x", "store/Z109/x", &format!("{object}/x"), &format!("{object}/v1/x")] {
        fake.tamper(extra, Some(b"x".to_vec()));
        assert!(!store.verify(&|_| ()).unwrap().passed(), "{extra}");
        fake.tamper(extra, None);
    }
    for extra in ["v2/content/x", "v3/x"] {
        let copy = fake.images(1, 0).pop().unwrap();
        copy.tamper(&format!("{object}/{extra}"), Some(b"x".to_vec()));
        let store = Store::at(Arc::new(copy), "store", "work");
        assert!(!store.verify(&|_| ()).unwrap().passed(), "{extra}");
    }
    assert!(store.verify(&|_| ()).unwrap().passed());
}

#[test]
fn names_that_mean_something_else_somewhere_are_refused() {
    let long = "长".repeat(81);
    for bad in ["", ".", "..", "a/b", "a\\b", ".a", "a.", "a\n", "cafe\u{301}", &long] {
        assert_eq!(Key::new("Z109", bad).unwrap_err().code, "archive.bad_name", "{bad:?}");
    }
    assert!(Key::new("Z109", &"长".repeat(80)).is_ok());
}

#[test]
fn what_was_there_is_never_overwritten() {
    let disk: Arc<dyn Disk> = Arc::new(FakeDisk::default());
    let store = fill(&disk);
    durable::folder(&*disk, "intake/other").unwrap();
    assert_eq!(store.take_in("intake/other", &key()).unwrap_err().code, "archive.taken");
}

/// Kept in `target/samples/ocfl`, where `tools/test_ocfl.py` asks another implementation of OCFL.
#[test]
fn stores_for_other_tools_to_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples/ocfl");
    let _ = std::fs::remove_dir_all(&folder);
    for name in ["empty", "one", "versions", "erased"] {
        let root = folder.join(name);
        std::fs::create_dir_all(&root).unwrap();
        let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(&root));
        if name == "empty" {
            Store::at(disk, "store", "work").init().unwrap();
            continue;
        }
        let store = fill(&disk);
        if name != "one" {
            for (nth, batch) in ["GZK-Z109-2026-0002", "文书·2026-永久-0001"].into_iter().enumerate() {
                let key = Key::new(["Z109", "全宗乙"][nth], batch).unwrap();
                put(&disk, &store, &key, &second_state());
            }
            store.add_version(&key(), &Plain::new(second_state()), &meta("加盖时间戳")).unwrap();
        }
        if name == "erased" {
            let prepared = store.prepare_rewrite(&key(), &gone(), &meta("依法删除")).unwrap();
            store.commit_rewrite(&prepared).unwrap();
        }
        let check = store.verify(&|_| ()).unwrap();
        assert!(check.passed(), "{check:#?}");
    }
}
