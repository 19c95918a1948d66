//! `ledger`: founding, showing, verifying; the clock guard.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::{Desk, read};
use insta::assert_snapshot;

#[test]
fn founding_and_showing() {
    let desk = Desk::empty();
    let init = [
        "--as",
        "王主任",
        "ledger",
        "init",
        "--origin",
        "demo.gov.cn/xxgk",
        "--office",
        "示例县办公室",
        "--admin",
        "王主任",
    ];
    let out = desk.ok(&init);
    assert_snapshot!("init", desk.plain(&out));
    assert_snapshot!("show", desk.plain(&desk.ok(&["ledger", "show"])));
    assert_snapshot!("show_en", desk.plain(&desk.ok(&["ledger", "show", "--lang", "en"])));
    assert_snapshot!("log", desk.plain(&desk.ok(&["ledger", "log"])));
    assert_snapshot!("init_twice", desk.plain(&desk.fails(2, &init)));
}

#[test]
fn the_forms_that_scripts_rely_on() {
    let desk = Desk::empty();
    let dir = desk.name("elsewhere");
    desk.ok(&[
        "--ledger",
        &dir,
        "--as",
        "甲",
        "ledger",
        "init",
        "--origin",
        "a.gov.cn/x",
        "--office",
        "某局",
        "--admin",
        "甲",
    ]);
    let show = desk.json(&["--ledger", &dir, "ledger", "show"]);
    assert_eq!(show["size"], 21);
    assert_ne!(show["head"], show["genesis"]);
    assert!(show["root"].as_str().is_some_and(|root| root.len() == 64));
    let note = desk.ok(&["--ledger", &dir, "ledger", "checkpoint"]);
    assert!(
        note.starts_with("a.gov.cn/x\n21\n") && note.ends_with('\n') && note.contains("\n\n— a.gov.cn/x "),
        "{note}"
    );
    let kept = desk.file("checkpoint", &note);
    desk.ok(&["--ledger", &dir, "ledger", "verify", "--checkpoint", &kept]);
    assert_eq!(desk.json(&["--ledger", &dir, "item", "list"]), serde_json::json!([]));
    // All roles unless told otherwise: one person can do everything but review what the person drafted.
    desk.ok(&["--ledger", &dir, "item", "register", "--title", "一件", "--propose", "open"]);
    let list = desk.json(&["--ledger", &dir, "item", "list"]);
    let item = &list[0];
    assert_eq!(
        (&item["title"], &item["state"], &item["attribute"]),
        (&"一件".into(), &"proposed".into(), &"unstated".into())
    );
    assert!(item["id"].as_str().is_some_and(|id| id.starts_with("item/")));
}

#[test]
fn verifying_says_what_it_found_and_fails() {
    let desk = Desk::office();
    desk.ok(&["--as", "赵承办", "item", "register", "--title", "一件"]);
    assert_snapshot!("verify", desk.plain(&desk.ok(&["ledger", "verify"])));
    let log = desk.path("ledger/log/000000000000.jsonl");
    let text = read(&log);
    std::fs::write(&log, text.replacen("一件", "二件", 1)).unwrap();
    let ran = desk.run(&["ledger", "verify"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("[part.digest]"), "{}", ran.out);
    assert_snapshot!("verify_failed", desk.plain(&ran.err));
    let report: serde_json::Value =
        serde_json::from_str(&desk.run(&["ledger", "verify", "--json"]).out).unwrap();
    assert_eq!(report["passed"], false);
}

#[test]
fn policy_is_shown_and_adopted() {
    let desk = Desk::office();
    assert_snapshot!("policy", desk.ok(&["ledger", "policy"]));
    desk.ok(&["--as", "王主任", "ledger", "policy", "--separation", "放宽", "--reason", "人少"]);
    assert_eq!(desk.json(&["ledger", "policy"])["separation"], "relaxed");
    assert_snapshot!(
        "policy_refused",
        desk.plain(&desk.fails(1, &["--as", "赵承办", "ledger", "policy", "--round-months", "6"]))
    );
}

#[test]
fn a_clock_far_ahead_must_be_confirmed_and_one_behind_corrected() {
    let desk = Desk::office();
    desk.at("2026-01-07T09:00:00+08:00");
    let register = ["--as", "赵承办", "item", "register", "--title", "一件"];
    assert_snapshot!("clock_ahead", desk.fails(1, &register));
    desk.ok(&["--confirm-clock", "--as", "赵承办", "item", "register", "--title", "一件"]);
    desk.at("2026-01-06T09:00:00+08:00");
    assert_snapshot!("clock_behind", desk.fails(1, &register));
    desk.ok(&["--as", "王主任", "ledger", "clock", "--reason", "时钟走快一天"]);
    desk.ok(&register);
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn the_index_can_be_rebuilt() {
    let desk = Desk::office();
    desk.ok(&["--as", "赵承办", "item", "register", "--title", "一件"]);
    let before = desk.ok(&["item", "list"]);
    assert_eq!(desk.json(&["ledger", "reindex"])["size"], 26);
    assert_eq!(desk.ok(&["item", "list"]), before);
    std::fs::remove_dir_all(desk.path("ledger/views")).unwrap();
    assert_eq!(desk.ok(&["item", "list"]), before);
}
