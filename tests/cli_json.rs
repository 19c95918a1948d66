//! Every verb answers with one JSON value, errors included, and says nothing else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use serde_json::Value;

#[test]
fn every_answer_is_one_json_value() {
    let desk = Desk::empty();
    desk.json(&[
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
    desk.json(&["key", "new", "乙"]);
    desk.json(&["key", "enrol", "乙", "--roles", "保密审查", "--as", "甲"]);
    desk.json(&["--as", "甲", "key", "roles", "乙", "--roles", "保密审查,档案"]);
    desk.json(&["key", "list"]);
    let answer = desk.json(&["--as", "甲", "item", "register", "--title", "一件", "--propose", "主动公开"]);
    let item = answer["subjects"][0].as_str().unwrap();
    desk.json(&["todo", "--all"]);
    let list = desk.name("list.xlsx");
    desk.json(&["todo", "export", "--all", "-o", &list]);
    desk.json(&["--as", "乙", "todo", "import", &list]);
    desk.json(&["--as", "乙", "item", "review", item, "--outcome", "公开"]);
    desk.json(&["--as", "甲", "item", "decide", item]);
    desk.json(&["--as", "甲", "item", "publish", item, "--channels", "网站"]);
    for args in [
        vec!["ledger", "show"],
        vec!["ledger", "log"],
        vec!["ledger", "policy"],
        vec!["ledger", "verify"],
        vec!["ledger", "checkpoint"],
        vec!["ledger", "reindex"],
        vec!["item", "list"],
        vec!["item", "show", item],
        vec!["catalog", "public"],
        vec!["catalog", "withheld"],
        vec!["catalog", "on-request"],
    ] {
        desk.json(&args);
    }
    let rows = desk.file("rows.csv", "标题,发布日期\n旧件,2020-01-01\n");
    desk.json(&["--as", "甲", "import", "records", &rows]);
    desk.json(&["--as", "甲", "round", "open"]);
    desk.json(&["round", "worklist"]);
    desk.json(&["--as", "甲", "round", "close"]);
    desk.json(&["round", "results"]);
    desk.json(&[
        "--as",
        "甲",
        "item",
        "erase",
        item,
        "--seq",
        "24",
        "--part",
        "closed",
        "--ground",
        "误录",
        "--asked-by",
        "本机关",
    ]);
    desk.json(&["--as", "甲", "key", "revoke", "乙", "--cause", "离岗"]);
    desk.json(&["ledger", "verify"]);
}

#[test]
fn every_error_is_one_json_value_in_both_languages() {
    let desk = Desk::empty();
    for (code, args) in [
        (2, vec!["nonsense", "--json"]),
        (2, vec!["--json"]),
        (2, vec!["--json", "item", "list"]),
        (2, vec!["--json", "item", "register", "--title", "x"]),
        (2, vec!["--json", "ledger", "init", "--origin", "a b", "--office", "x", "--admin", "甲"]),
    ] {
        let error: Value = serde_json::from_str(&desk.fails(code, &args)).unwrap();
        for member in ["code", "kind", "zh", "en", "next_zh", "next_en"] {
            assert!(error["error"][member].is_string(), "{args:?}: {error}");
        }
    }
}
