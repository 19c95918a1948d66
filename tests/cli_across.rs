//! `archive catalog`: questions across the ledgers of many offices, and that the numbers are the ledgers' own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli_support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cli_support::Desk;
use serde_json::Value;

/// An office of its own: one person for each role.
fn office(origin: &str, name: &str) -> Desk {
    let desk = Desk::empty();
    let init = ["--as", "王主任", "ledger", "init", "--origin", origin, "--office", name];
    desk.ok(&[&init[..], &["--admin", "王主任", "--roles", "管理,审签"]].concat());
    desk.ok(&["key", "new", "李审查"]);
    desk.ok(&["key", "new", "赵承办"]);
    desk.ok(&["--as", "王主任", "key", "enrol", "李审查", "--roles", "保密审查"]);
    desk.ok(&["--as", "王主任", "key", "enrol", "赵承办", "--roles", "承办,发布,档案"]);
    desk
}

/// Registers and decides these: (title, attribute, ground); publishes what is open.
fn decide(desk: &Desk, round: usize, items: &[(&str, &str, &str)]) {
    let mut csv = "标题,文号,公开属性建议,建议依据\n".to_owned();
    for (nth, (title, attribute, ground)) in items.iter().enumerate() {
        if *attribute == "删减后公开" {
            partial(desk, title, ground);
            continue;
        }
        csv += &format!("{title},示函〔2026〕{round}{nth}号,{attribute},{ground}\n");
    }
    let file = desk.file(&format!("新件{round}.csv"), &csv);
    desk.ok(&["--as", "赵承办", "item", "register", "--from", &file]);
    desk.ok(&["--as", "李审查", "item", "review", "--waiting", "--outcome", "公开"]);
    desk.ok(&["--as", "王主任", "item", "decide", "--waiting", "--reason", "同意"]);
    for (nth, _) in items.iter().enumerate().filter(|(_, item)| item.1 == "主动公开") {
        let number = format!("示函〔2026〕{round}{nth}号");
        desk.ok(&["--as", "赵承办", "item", "publish", &number, "--channels", "网站"]);
    }
}

/// One of which a redacted version is public.
fn partial(desk: &Desk, title: &str, ground: &str) {
    let new = [
        "--as",
        "赵承办",
        "item",
        "register",
        "--title",
        title,
        "--propose",
        "删减后公开",
        "--ground",
        ground,
    ];
    let id = desk.json(&new)["subjects"][0].as_str().unwrap().to_owned();
    let redacted = desk.file("redacted.pdf", "redacted");
    desk.ok(&["--as", "李审查", "item", "review", &id, "--outcome", "公开", "--redacted", &redacted]);
    desk.ok(&["--as", "王主任", "item", "decide", &id]);
    let publish =
        ["--as", "赵承办", "item", "publish", &id, "--channels", "网站", "--title", "复函（删减版）"];
    desk.ok(&publish);
}

fn package(desk: &Desk, out: &Path, fonds: &str, more: &[&str]) -> PathBuf {
    let out = out.to_str().unwrap();
    let args = ["--as", "赵承办", "bundle", "export", "--for", "archive", "--fonds", fonds, "-o", out];
    let class = ["--category", "WS", "--retention", "30", "--unit", "BGS"];
    let said = desk.json(&[&args[..], &class[..], more].concat());
    PathBuf::from(said["path"].as_str().unwrap())
}

/// A folder beside the desks, and a question to it.
struct Shelf {
    desk: Desk,
    folder: PathBuf,
}

impl Shelf {
    fn new() -> Self {
        let desk = Desk::empty();
        let folder = desk.path("shelf");
        std::fs::create_dir(&folder).unwrap();
        Self { desk, folder }
    }

    fn ask(&self, code: u8, more: &[&str]) -> Value {
        let ran = self.run(more, &["--json"]);
        assert_eq!(ran.code, code, "{more:?}\n{}\n{}", ran.out, ran.err);
        serde_json::from_str(&ran.out).unwrap()
    }

    fn run(&self, more: &[&str], end: &[&str]) -> cli_support::Ran {
        let folder = self.folder.to_str().unwrap();
        self.desk.run(&[&["archive", "catalog", folder], more, end].concat())
    }
}

fn rows(answer: &Value) -> &Vec<Value> {
    answer["rows"].as_array().unwrap()
}

fn of<'a>(answer: &'a Value, origin: &str) -> &'a Value {
    rows(answer).iter().find(|row| row["origin"] == origin).unwrap_or_else(|| panic!("{answer:#}"))
}

fn sum(answer: &Value, name: &str) -> u64 {
    rows(answer).iter().map(|row| row[name].as_u64().unwrap()).sum()
}

fn list(desk: &Desk, which: &str) -> Vec<Value> {
    desk.json(&["catalog", which]).as_array().unwrap().clone()
}

/// The numbers of an office are what its own ledger answers.
fn as_its_ledger(shelf: &Shelf, desk: &Desk, origin: &str) {
    let offices = shelf.ask(0, &[]);
    let row = of(&offices, origin);
    for (name, which) in [("public", "public"), ("withheld", "withheld"), ("on_request", "on-request")] {
        assert_eq!(row[name], list(desk, which).len(), "{origin} {name}");
    }
    let own = list(desk, "withheld");
    let partial = own.iter().filter(|row| row["attribute"] == "partial").count();
    assert_eq!(row["partial"], partial, "{origin}");
    let ids = |rows: &[Value]| -> Vec<String> {
        let mut ids: Vec<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let same =
        ["title", "document_number", "attribute", "ground", "decided", "reassessed", "state", "formed"];
    for (which, extra) in [("withheld", &same[..]), ("public", &same[..2])] {
        let across = shelf.ask(0, &["--list", which, "--office", origin]);
        let own = list(desk, which);
        assert_eq!(ids(rows(&across)), ids(&own), "{origin} {which}");
        for row in rows(&across) {
            let ours = own.iter().find(|own| own["id"] == row["id"]).unwrap();
            extra.iter().for_each(|name| assert_eq!(row[name], ours[name], "{origin} {which} {name}"));
        }
    }
    let grounds = shelf.ask(0, &["--list", "grounds", "--office", origin]);
    for row in rows(&grounds) {
        let count = own.iter().filter(|own| own["ground"] == row["ground"]).count();
        assert_eq!(row["items"], count, "{origin} {row}");
    }
    assert_eq!(sum(&grounds, "items"), own.len() as u64);
}

const FIRST: &[(&str, &str, &str)] = &[
    ("关于防汛的通知", "主动公开", ""),
    ("关于某人低保的批复", "不予公开", "个人隐私"),
    ("关于会议的函", "依申请公开", ""),
    ("关于某企业的复函", "删减后公开", "商业秘密"),
];
const SECOND: &[(&str, &str, &str)] =
    &[("关于某人救助的批复", "不予公开", "个人隐私"), ("内部事务", "不予公开", "内部事务信息")];

/// Three offices, made once: what they hand over goes into the shelf, their desks are copies.
fn three(shelf: &Shelf) -> [Desk; 3] {
    static MADE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let all = Shelf::new();
        let desks = make_three(&all);
        let made = tempfile::tempdir().unwrap();
        copied(&all.folder, &made.path().join("shelf"));
        for (nth, desk) in desks.iter().enumerate() {
            copied(desk.folder.path(), &made.path().join(nth.to_string()));
        }
        made
    });
    copied(&made.path().join("shelf"), &shelf.folder);
    ["0", "1", "2"].map(|nth| {
        let desk = Desk::empty();
        copied(&made.path().join(nth), desk.folder.path());
        desk.at("2026-01-06T09:00:00+08:00");
        desk
    })
}

/// Packages in two batches, a ZIP, a full bundle.
fn make_three(shelf: &Shelf) -> [Desk; 3] {
    let first = office("a.gov.cn/xxgk", "甲县办公室");
    decide(&first, 1, FIRST);
    let batch = package(&first, &shelf.folder, "Z101", &[]);
    first.at("2026-01-06T08:00:00+08:00");
    decide(&first, 2, SECOND);
    first.ok(&["--as", "赵承办", "item", "withdraw", "示函〔2026〕10号", "--cause", "内容有误"]);
    package(&first, &shelf.folder, "Z101", &["--previous", batch.to_str().unwrap(), "--form", "tar"]);
    let second = office("b.gov.cn/xxgk", "乙县办公室");
    decide(&second, 1, &FIRST[..2]);
    package(&second, &shelf.folder, "Z102", &["--form", "zip"]);
    let third = office("c.gov.cn/xxgk", "丙县办公室");
    decide(&third, 1, &[FIRST[0], SECOND[1]]);
    let bundle = shelf.folder.join("丙.tar.zst");
    third.ok(&["--as", "赵承办", "bundle", "export", "-o", bundle.to_str().unwrap()]);
    [first, second, third]
}

#[test]
fn the_numbers_are_the_ledgers_own_and_add_up() {
    let shelf = Shelf::new();
    let desks = three(&shelf);
    std::fs::write(shelf.folder.join("说明.txt"), "另有说明").unwrap();
    for (desk, origin) in desks.iter().zip(["a.gov.cn/xxgk", "b.gov.cn/xxgk", "c.gov.cn/xxgk"]) {
        as_its_ledger(&shelf, desk, origin);
    }
    let offices = shelf.ask(0, &[]);
    assert_eq!(rows(&offices).len(), 3);
    for name in ["items", "public", "withheld", "partial", "on_request"] {
        assert_eq!(offices["totals"][name], sum(&offices, name), "{name}");
    }
    assert_eq!((&offices["totals"]["withheld"], &offices["other_files"]), (&Value::from(6), &Value::from(1)));
    assert_eq!(of(&offices, "a.gov.cn/xxgk")["batches"], 2);
    assert_eq!(of(&offices, "a.gov.cn/xxgk")["oldest_withheld_since"], "2026-01-05");
    let grounds = shelf.ask(0, &["--list", "grounds"]);
    let privacy = rows(&grounds).iter().find(|row| row["ground"] == "privacy").unwrap();
    assert_eq!((&privacy["offices"], &privacy["items"]), (&Value::from(2), &Value::from(3)));
    assert_eq!(sum(&grounds, "items"), 6);
    let count = |more: &[&str]| rows(&shelf.ask(0, &[&["--list", "withheld"], more].concat())).len();
    assert_eq!(count(&["--ground", "个人隐私"]), 3);
    assert_eq!(count(&["--since", "2026-01-06"]), 2);
    assert_eq!(count(&["--until", "2026-01-05"]), 4);
    assert_eq!(count(&["--attribute", "删减后公开"]), 1);
    assert_eq!(count(&["--office", "乙县"]), 1);
    assert_eq!(count(&["--find", "低保"]), 2);
    assert_eq!(desks.len(), 3);
}

#[test]
fn every_form_of_output_and_nothing_is_written() {
    let shelf = Shelf::new();
    let _desks = three(&shelf);
    let before = files(&shelf.folder);
    let shown = |list: &str, form: &str| {
        let ran = shelf.run(&["--list", list, "--format", form], &[]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    insta::assert_snapshot!("offices", shown("offices", "table"));
    insta::assert_snapshot!("grounds", shown("grounds", "table"));
    insta::assert_snapshot!("grounds_csv", shown("grounds", "csv"));
    assert!(shown("public", "html").contains("关于防汛的通知"));
    let out = shelf.desk.name("单位.xlsx");
    assert_eq!(shelf.run(&["-o", &out], &[]).code, 0);
    assert!(std::fs::read(&out).unwrap().starts_with(b"PK"));
    assert_eq!(files(&shelf.folder), before);
}

/// Every file below with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn what_does_not_verify_is_left_out_and_named() {
    let shelf = Shelf::new();
    let _desks = three(&shelf);
    let whole = shelf.ask(0, &[]);
    let name = shelf.folder.join("GZK-Z102-2026-0001.zip");
    let mut bytes = std::fs::read(&name).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&name, bytes).unwrap();
    let answer = shelf.ask(1, &[]);
    assert_eq!(rows(&answer).len(), 2);
    let left = answer["left_out"].as_array().unwrap();
    assert_eq!(left.len(), 1, "{left:#?}");
    assert!(left[0]["name"].as_str().unwrap().ends_with("GZK-Z102-2026-0001.zip"));
    let less = |name: &str| {
        whole["totals"][name].as_u64().unwrap() - of(&whole, "b.gov.cn/xxgk")[name].as_u64().unwrap()
    };
    assert_eq!(answer["totals"]["withheld"], less("withheld"));
    let ran = shelf.run(&[], &[]);
    assert!(ran.out.contains("未计入") && ran.err.contains("GZK-Z102-2026-0001.zip"), "{}", ran.err);
    assert!(ran.err.contains("[across.left_out]"), "{}", ran.err);
}

#[test]
fn a_later_batch_needs_the_earlier_and_copies_are_not_counted_twice() {
    let shelf = Shelf::new();
    let [first, ..] = three(&shelf);
    let bundle = shelf.folder.join("甲.tar.zst");
    first.ok(&["--as", "赵承办", "bundle", "export", "--edition", "public", "-o", bundle.to_str().unwrap()]);
    let answer = shelf.ask(0, &[]);
    assert_eq!(of(&answer, "a.gov.cn/xxgk")["withheld"], 4);
    let ledger = answer["ledgers"].as_array().unwrap().iter().find(|one| one["origin"] == "a.gov.cn/xxgk");
    let batches = ledger.unwrap()["batches"].as_array().unwrap();
    assert_eq!(batches.iter().filter(|batch| batch["counted"] == true).count(), 2, "{batches:#?}");
    assert_eq!(batches.len(), 3);
    std::fs::remove_file(&bundle).unwrap();
    std::fs::remove_dir_all(shelf.folder.join("GZK-Z101-2026-0001")).unwrap();
    let answer = shelf.ask(1, &[]);
    assert_eq!(rows(&answer).len(), 2);
    assert_eq!(answer["left_out"][0]["code"], "across.gap");
}

/// The same ledger goes on in two ways.
#[test]
fn two_histories_of_one_origin_are_a_conflict() {
    let shelf = Shelf::new();
    let first = office("a.gov.cn/xxgk", "甲县办公室");
    decide(&first, 1, &FIRST[..2]);
    let copy = first.path("copy");
    copied(&first.path("ledger"), &copy);
    let export = |name: &str| {
        let bundle = shelf.folder.join(name);
        first.ok(&["--as", "赵承办", "bundle", "export", "-o", bundle.to_str().unwrap()]);
    };
    decide(&first, 2, SECOND);
    export("一.tar.zst");
    std::fs::remove_dir_all(first.path("ledger")).unwrap();
    copied(&copy, &first.path("ledger"));
    decide(&first, 3, &FIRST[2..]);
    export("二.tar.zst");
    let other = office("b.gov.cn/xxgk", "乙县办公室");
    decide(&other, 1, SECOND);
    package(&other, &shelf.folder, "Z102", &[]);
    let answer = shelf.ask(1, &[]);
    assert_eq!(rows(&answer).len(), 1);
    let codes: Vec<&Value> =
        answer["left_out"].as_array().unwrap().iter().map(|left| &left["code"]).collect();
    assert_eq!(codes, ["across.conflict", "across.conflict"]);
    assert_eq!(answer["totals"]["withheld"], 2);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, from.metadata().unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn an_archives_store_answers_by_itself() {
    let shelf = Shelf::new();
    let [first, ..] = three(&shelf);
    let archive = shelf.desk.name("archive");
    let inside = |args: &[&str]| {
        let ran = shelf.desk.run(&[&["--as", "馆长", "archive", "--archive", &archive], args].concat());
        assert_eq!(ran.code, 0, "{args:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    };
    inside(&[
        "init",
        "--origin",
        "archive.demo.gov.cn",
        "--name",
        "示例档案馆",
        "--admin",
        "馆长",
        "--approval",
        "never",
    ]);
    let info: Value =
        serde_json::from_slice(&std::fs::read(first.path("ledger/ledger.json")).unwrap()).unwrap();
    inside(&[
        "office",
        "enrol",
        "--origin",
        "a.gov.cn/xxgk",
        "--genesis",
        info["genesis"].as_str().unwrap(),
        "--name",
        "甲县办公室",
    ]);
    let batches = [shelf.folder.join("GZK-Z101-2026-0001"), shelf.folder.join("GZK-Z101-2026-0002.tar.zst")];
    inside(&["ingest", batches[0].to_str().unwrap(), batches[1].to_str().unwrap()]);
    let own: Value = serde_json::from_str(&inside(&["catalog", "--json"])).unwrap();
    let offices = shelf.ask(0, &["--office", "甲县"]);
    assert_eq!(own["rows"], offices["rows"]);
    // Somebody else's: the store alone is enough.
    let store = shelf.desk.path("theirs");
    copied(&shelf.desk.path("archive/store"), &store);
    let theirs = shelf.desk.json(&["archive", "catalog", store.to_str().unwrap()]);
    assert_eq!(theirs["rows"], offices["rows"]);
    assert_eq!(theirs["totals"]["withheld"], 4);
}
