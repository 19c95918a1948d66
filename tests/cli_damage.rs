//! A damaged log: every reading command answers from what can be read and warns; nothing is written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;

/// An office with three items, the views gone, and one letter wrong in the title of the second.
fn damaged() -> (Desk, Vec<String>) {
    let desk = Desk::office();
    for title in ["甲通知", "乙通知", "丙通知"] {
        desk.ok(&["--as", "赵承办", "item", "register", "--title", title]);
    }
    let items = desk.json(&["item", "list"]);
    let mut ids = Vec::new();
    for title in ["甲通知", "乙通知", "丙通知"] {
        let item = items.as_array().unwrap().iter().find(|item| item["title"] == title).unwrap();
        ids.push(item["id"].as_str().unwrap().to_owned());
    }
    let log = desk.path("ledger/log/000000000000.jsonl");
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, text.replacen("乙通知", "乙通和", 1)).unwrap();
    (desk, ids)
}

#[test]
fn reading_goes_on_before_the_damage_and_warns_with_the_place() {
    let (desk, ids) = damaged();
    std::fs::remove_dir_all(desk.path("ledger/views")).unwrap();
    let commands: [&[&str]; 6] = [
        &["item", "list"],
        &["item", "show", &ids[0]],
        &["catalog", "withheld"],
        &["catalog", "public", "--as-of", "2026-01-05"],
        &["ledger", "show"],
        &["ledger", "log"],
    ];
    for args in commands {
        let ran = desk.run(args);
        assert_eq!(ran.code, 0, "{args:?} {}", ran.err);
        for said in ["警告 [log.damaged]", "log/000000000000.jsonl", "字节", "repair"] {
            assert!(ran.err.contains(said), "{args:?} {said} {}", ran.err);
        }
        assert!(!ran.out.contains("乙通和"), "{args:?} {}", ran.out);
    }
    assert!(desk.run(&["item", "list"]).out.contains("甲通知"));
    // What stands behind the damage is not in the index, but it can be read.
    assert!(desk.run(&["ledger", "log"]).out.contains("丙通知"));
    let refused = desk.fails(1, &["--as", "赵承办", "item", "register", "--title", "丁通知"]);
    assert!(refused.contains("log.damaged"), "{refused}");
    assert!(desk.fails(1, &["ledger", "verify"]).contains("verify.failed"));
}

#[test]
fn an_index_made_before_the_damage_still_shows_everything() {
    let (desk, ids) = damaged();
    let list = desk.ok(&["item", "list"]);
    assert!(list.contains("乙通知") && list.contains("丙通知"), "{list}");
    // The event itself is read from the log.
    let shown = desk.run(&["item", "show", &ids[1]]);
    assert_eq!(shown.code, 0);
    assert!(shown.err.contains("警告 [log.damaged]") && !shown.out.contains("乙通和"), "{}", shown.out);
    let log = desk.run(&["ledger", "log"]);
    assert!(
        log.out.contains("甲通知") && log.out.contains("丙通知") && !log.out.contains("乙通和"),
        "{}",
        log.out
    );
    assert!(log.err.contains("log.damaged"), "{}", log.err);
}
