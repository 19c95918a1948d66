//! `item file`, `ledger archival-number`, `bundle export --for archive`: what an archive is handed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli_support;

use std::path::{Path, PathBuf};

use cli_support::{Desk, read};
use serde_json::Value;
use zhaoce::bundle::derived::{Deriving, Texts};
use zhaoce::bundle::package::bag::{self, Rules};
use zhaoce::bundle::package::verify::{compare, push_events};
use zhaoce::bundle::package::{
    Earlier, FindingList, Handover, Input, Limits, NothingEarlier, OsTree, Plain, Tree, rules, unpack_folder,
};
use zhaoce::fault::Outcome;
use zhaoce::record::verify::{Copy, Trust, Verifier};
use zhaoce::record::{PublicKey, SignedStatement};
use zhaoce::rules::{Books, Replay};

/// Registers, reviews, decides and publishes an item; its id.
fn published(desk: &Desk, title: &str, number: &str) -> String {
    let said = desk.json(&[
        "--as",
        "赵承办",
        "item",
        "register",
        "--title",
        title,
        "--formed",
        "2026-01-04",
        "--document-number",
        number,
        "--propose",
        "主动公开",
    ]);
    let id = said["subjects"][0].as_str().unwrap().to_owned();
    desk.ok(&["--as", "李审查", "item", "review", &id, "--outcome", "open"]);
    desk.ok(&["--as", "王主任", "item", "decide", &id, "--attribute", "open"]);
    desk.ok(&["--as", "赵承办", "item", "publish", &id, "--channels", "website"]);
    id
}

fn export(desk: &Desk, more: &[&str]) -> Value {
    let out = desk.name("out");
    let args = ["--as", "赵承办", "bundle", "export", "--for", "archive", "--fonds", "Z109", "-o", &out];
    let args: Vec<&str> = args.into_iter().chain(more.iter().copied()).collect();
    desk.json(&args)
}

/// Every file below `folder`, sorted.
fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else {
                out.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, folder, &mut out);
    out.sort();
    out
}

fn package(desk: &Desk, said: &Value) -> PathBuf {
    let path = PathBuf::from(said["path"].as_str().unwrap());
    assert!(path.starts_with(&desk.folder));
    path
}

#[test]
fn a_ledger_becomes_a_package() {
    let desk = Desk::office();
    published(&desk, "关于甲的通知", "示办发〔2026〕1号");
    published(&desk, "关于<乙>&丙的通知", "示办发〔2026〕2号");
    let said = export(
        &desk,
        &["--category", "WS", "--retention", "30", "--unit", "BGS", "--archive", "示例县档案馆"],
    );
    assert_eq!((said["records"].as_u64(), said["numbered"].as_u64()), (Some(2), Some(2)));
    let data = package(&desk, &said).join("data");
    let names = files(&data);
    insta::assert_snapshot!(
        names
            .iter()
            .filter(|n| !n.contains("/rules/") && !n.contains("/schemas/"))
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
    let folder = data.join("Z109/WS·2026/D30/BGS/Z109-WS·2026-D30-BGS-0002");
    insta::assert_snapshot!("eep", desk.plain(&read(&folder.join("电子档案0002元数据.XML"))));
    insta::assert_snapshot!("catalogue", read(&data.join("目录文件.XML")));
    insta::assert_snapshot!("explanation", read(&data.join("说明文件.TXT")));
    insta::assert_snapshot!("history", read(&data.join("其他/公开与密级变更情况.xml")));
    insta::assert_snapshot!("register", desk.plain(&read(&data.join("其他/登记表.xml"))));
}

const HANDOVER: &str = "data/其他/移交信息.json";

/// The law at the end of these packages, oldest first.
fn law(trees: &[&dyn Tree]) -> Deriving {
    let handover = |tree: &dyn Tree| Handover::parse(&tree.read(HANDOVER, 1 << 20).unwrap()).unwrap();
    let first = handover(trees[0]);
    let books = std::sync::Arc::new(Books::built_in().unwrap());
    let trust = Trust { origin: first.origin.clone(), genesis: first.genesis, checkpoints: Vec::new() };
    let law = Deriving::new(Replay::new(books, first.origin), Texts::for_package());
    let mut verifier = Verifier::new(trust, Copy::Full, law).exported();
    for tree in trees {
        push_events(*tree, &mut verifier).unwrap();
    }
    let (report, _, law) = verifier.finish();
    assert!(report.passed(), "{:?}", report.findings);
    law
}

fn held(tree: &dyn Tree, law: &Deriving, earlier: &dyn Earlier) -> Outcome<FindingList> {
    let handover = Handover::parse(&tree.read(HANDOVER, 1 << 20)?)?;
    let mut findings = FindingList::default();
    compare(tree, &handover, law, earlier, &mut findings)?;
    Ok(findings)
}

fn codes(findings: &FindingList) -> Vec<&'static str> {
    findings.list().iter().map(|finding| finding.code).collect()
}

fn asked(tree: &dyn Tree) -> Vec<&'static str> {
    let mut findings = FindingList::default();
    rules::check(tree, &mut findings).unwrap();
    codes(&findings)
}

fn in_memory(tree: &dyn Tree) -> Vec<(String, Vec<u8>)> {
    tree.files().iter().map(|file| (file.path.clone(), tree.read(&file.path, 1 << 30).unwrap())).collect()
}

const CLASS: [&str; 6] = ["--category", "WS", "--retention", "30", "--unit", "BGS"];

/// A package of two records.
fn sample(desk: &Desk) -> OsTree {
    published(desk, "关于甲的通知", "示办发〔2026〕1号");
    published(desk, "关于<乙>&丙的通知", "示办发〔2026〕2号");
    let said = export(desk, &CLASS);
    OsTree::open(&package(desk, &said)).unwrap()
}

#[test]
fn a_package_is_what_its_events_give_and_every_change_is_found() {
    let desk = Desk::office();
    let tree = sample(&desk);
    let law = law(&[&tree]);
    let bag = bag::check(&tree, Rules::Package).unwrap();
    assert!(bag.passed(), "{:?}", bag.findings);
    assert_eq!(asked(&tree), Vec::<&str>::new());
    assert_eq!(codes(&held(&tree, &law, &NothingEarlier).unwrap()), Vec::<&str>::new());
    let whole = in_memory(&tree);
    let evidence = "data/其他/固化验证信息/";
    let derived = |path: &str| {
        path.starts_with("data/")
            && !path.starts_with(evidence)
            && path != HANDOVER
            && !path.ends_with(".note")
    };
    for (nth, (path, _)) in whole.iter().enumerate().filter(|(_, (path, _))| derived(path)) {
        let mut altered = whole.clone();
        altered[nth].1.push(b' ');
        let found = held(&Plain::new(altered), &law, &NothingEarlier).unwrap();
        assert_eq!(codes(&found), ["package.derived_differs"], "{path}");
        let mut removed = whole.clone();
        removed.remove(nth);
        let found = held(&Plain::new(removed), &law, &NothingEarlier).unwrap();
        assert_eq!(codes(&found), ["package.missing_file"], "{path}");
    }
    for (path, code) in [
        ("data/其他/多余.txt", "package.unknown_file"),
        ("data/Z109/WS·2026/D30/BGS/Z109-WS·2026-D30-BGS-0001/多余.txt", "package.content_unnamed"),
    ] {
        let mut more = whole.clone();
        more.push((path.into(), b"x".to_vec()));
        let found = held(&Plain::new(more), &law, &NothingEarlier).unwrap();
        assert!(found.has(code), "{path}: {:?}", codes(&found));
    }
}

#[test]
fn the_notes_are_of_the_signer() {
    let desk = Desk::office();
    let tree = sample(&desk);
    let people: Value =
        serde_json::from_slice(&tree.read("data/其他/固化验证信息/people.json", 1 << 20).unwrap()).unwrap();
    for (note, of) in [
        ("signature/tagmanifest-sha512.txt.note", "tagmanifest-sha512.txt"),
        ("data/其他/登记表.xml.note", "data/其他/登记表.xml"),
    ] {
        let note = String::from_utf8(tree.read(note, 4096).unwrap()).unwrap();
        let signed = SignedStatement::parse(&note).unwrap();
        use sha2::Digest as _;
        let digest: [u8; 64] = sha2::Sha512::digest(tree.read(of, 1 << 20).unwrap()).into();
        assert_eq!(signed.statement.sha512, digest);
        assert_eq!(signed.statement.package, "GZK-Z109-2026-0001");
        let keys = people["keys"].as_array().unwrap();
        let keys = keys.iter().map(|key| zhaoce::record::KeyId::parse(key["key"].as_str().unwrap()).unwrap());
        let by: Vec<_> = keys.filter(|key| signed.verifies(&PublicKey::decode(*key).unwrap())).collect();
        assert_eq!(by.len(), 1);
    }
}

#[test]
fn the_three_forms_hold_the_same() {
    let desk = Desk::office();
    let tree = sample(&desk);
    let whole = in_memory(&tree);
    for (form, ending) in [("tar", "tar.zst"), ("zip", "zip")] {
        let out = desk.name("other");
        let said = desk.json(&[
            "--as",
            "赵承办",
            "bundle",
            "export",
            "--for",
            "archive",
            "--fonds",
            "Z109",
            "-o",
            &out,
            "--form",
            form,
        ]);
        let path = PathBuf::from(said["path"].as_str().unwrap());
        assert!(path.to_str().unwrap().ends_with(ending));
        let to = desk.path(&format!("unpacked-{form}"));
        let (unpacked, other) = unpack_folder(Input::open(&path).unwrap(), &Limits::default(), &to).unwrap();
        assert_eq!(unpacked.name.as_str(), "GZK-Z109-2026-0001");
        let paths =
            |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(paths(&in_memory(&other)), paths(&whole));
        assert!(bag::check(&other, Rules::Package).unwrap().passed());
    }
}

/// The metadata in a package handed over before.
struct Before(OsTree);

impl Earlier for Before {
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>> {
        let inside = |path: &str| path.contains(&format!("/{number}/")) && path.ends_with("元数据.XML");
        let file = self.0.files().iter().find(|file| inside(&file.path));
        file.map(|file| self.0.read(&file.path, 1 << 20)).transpose()
    }
}

#[test]
fn a_later_batch_nests_the_packages_before_and_carries_what_was_given() {
    let desk = Desk::office();
    let first = sample(&desk);
    let list = desk.json(&["item", "list"]);
    let rows = list.as_array().or_else(|| list["items"].as_array()).unwrap_or_else(|| panic!("{list}"));
    let id = rows[0]["id"].as_str().unwrap().to_owned();
    let scan = desk.file("批单.txt", "同意撤回。\n");
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "withdraw",
        &id,
        "--cause",
        "error",
        "--reason",
        "内容\u{1}有误",
        "--evidence",
        &scan,
    ]);
    std::fs::create_dir(desk.path("content")).unwrap();
    std::fs::copy(desk.path("批单.txt"), desk.path("content/批单.txt")).unwrap();
    published(&desk, "关于丁的通知", "示办发〔2026〕3号");
    let before = first.root().to_str().unwrap().to_owned();
    let refused = desk.run(&[
        "--as",
        "赵承办",
        "bundle",
        "export",
        "--for",
        "archive",
        "--fonds",
        "Z109",
        "-o",
        &desk.name("no"),
        "--batch",
        "2",
    ]);
    assert!(refused.err.contains("[package.handover]"), "{}", refused.err);
    let content = desk.name("content");
    let args: Vec<&str> = CLASS.into_iter().chain(["--previous", &before, "--content", &content]).collect();
    let said = export(&desk, &args);
    assert_eq!((said["records"].as_u64(), said["numbered"].as_u64()), (Some(2), Some(1)));
    assert_eq!(said["name"], "GZK-Z109-2026-0002");
    let second = OsTree::open(&package(&desk, &said)).unwrap();
    let law = law(&[&first, &second]);
    let earlier = Before(first.clone());
    assert_eq!(codes(&held(&second, &law, &earlier).unwrap()), Vec::<&str>::new());
    assert_eq!(asked(&second), Vec::<&str>::new());
    assert!(held(&second, &law, &NothingEarlier).is_err_and(|fault| fault.code == "package.earlier_missing"));
    let folder = package(&desk, &said).join("data/Z109/WS·2026/D30/BGS");
    let changed: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let changed = changed.iter().find(|path| path.join("批单.txt").exists()).unwrap();
    let name = files(changed).into_iter().find(|name| name.ends_with("元数据.XML")).unwrap();
    let eep = read(&changed.join(name));
    assert!(eep.contains("修改型") && eep.contains("<原封装包>") && eep.contains("批单.txt"));
    keep_samples(&[("first", &first), ("second", &second)]);
}

#[test]
fn content_that_no_event_names_is_refused_by_name() {
    let desk = Desk::office();
    sample(&desk);
    std::fs::create_dir(desk.path("content")).unwrap();
    std::fs::write(desk.path("content/别的.txt"), "x").unwrap();
    let (content, out) = (desk.name("content"), desk.name("other"));
    let err = desk.fails(
        1,
        &[
            "--as",
            "赵承办",
            "bundle",
            "export",
            "--for",
            "archive",
            "--fonds",
            "Z109",
            "-o",
            &out,
            "--content",
            &content,
        ],
    );
    assert!(err.contains("别的.txt") && err.contains("[package.content_unnamed]"), "{err}");
    assert!(!desk.path("other/GZK-Z109-2026-0001.new").exists());
}

#[test]
fn a_template_is_adopted_and_numbers_that_were_given_stay() {
    let desk = Desk::office();
    published(&desk, "甲", "示办发〔2026〕1号");
    let file = ["--as", "赵承办", "item", "file", "--fonds", "Z109"];
    let all: Vec<&str> = file.into_iter().chain(CLASS).collect();
    desk.ok(&all);
    let template = "{fonds}.{category}.{year}.{retention}.{unit}.{serial:5}";
    desk.ok(&[
        "--as",
        "王主任",
        "ledger",
        "archival-number",
        "--fonds",
        "Z109",
        "--template",
        template,
        "--fonds-name",
        "示例县办公室全宗",
    ]);
    assert!(desk.ok(&["ledger", "archival-number", "--fonds", "Z109"]).contains(template));
    let bad =
        ["--as", "王主任", "ledger", "archival-number", "--fonds", "Z109", "--template", "{fonds}/{serial}"];
    assert!(desk.fails(1, &bad).contains("[package.number_form]"));
    published(&desk, "乙", "示办发〔2026〕2号");
    let said = export(&desk, &CLASS);
    let data = package(&desk, &said).join("data");
    let catalogue = read(&data.join("目录文件.XML"));
    assert!(catalogue.contains("<档号>Z109-WS·2026-D30-BGS-0001</档号>"), "{catalogue}");
    assert!(catalogue.contains("<档号>Z109.WS.2026.D30.BGS.00002</档号>"), "{catalogue}");
    assert!(read(&data.join("说明文件.TXT")).contains("全宗名称：示例县办公室全宗"));
    assert_eq!(desk.run(&all).code, 2, "nothing is left to number");
}

/// Leaves the XML of packages where `tools/test_package_xml.py` finds it.
fn keep_samples(packages: &[(&str, &OsTree)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples/package-xml");
    let _ = std::fs::remove_dir_all(&root);
    for (name, tree) in packages {
        for file in tree.files().iter().filter(|file| file.path.to_uppercase().ends_with(".XML")) {
            let path = root.join(name).join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, tree.read(&file.path, 1 << 30).unwrap()).unwrap();
        }
    }
}
