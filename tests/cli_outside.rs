//! What is done outside the ledger: evidence and outcomes in, lists and figures out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod cli_support;

use cli_support::Desk;
use serde_json::{Value, json};

const TABLE: &str = "日期,外部系统,结果,数量,标题,内容,机关,外部编号
2026-01-03,政府开放日,已办结,3,政府开放日活动,参观政务大厅,办公室,KF-1
2026-01-04,舆情引导,办理中,,某事件回应,,宣传科,
2026-01-05,政府开放日,未办,,第二次开放日,,,
";

/// Three matters, taken from a table.
fn recorded() -> Desk {
    let desk = Desk::office();
    let file = desk.file("外部.csv", TABLE);
    desk.ok(&["--as", "赵承办", "outside", "record", "--from", &file]);
    desk
}

fn told(desk: &Desk) -> Vec<Value> {
    let all = desk.json(&["outside", "list", "--full"]);
    let mut rows = all.as_array().unwrap().clone();
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("id");
    }
    rows
}

#[test]
fn what_a_list_writes_another_ledger_takes_as_csv_json_and_xlsx() {
    let desk = recorded();
    let before = told(&desk);
    assert_eq!(before.len(), 3);
    assert_eq!((before[0]["system"].as_str(), before[0]["quantity"].as_u64()), (Some("open_day"), Some(3)));
    assert_eq!(
        (before[0]["reference"].as_str(), before[1]["state"].as_str()),
        (Some("KF-1"), Some("recorded"))
    );
    for name in ["出.csv", "出.json", "出.xlsx"] {
        let file = desk.name(name);
        desk.ok(&["outside", "list", "--full", "-o", &file]);
        let other = Desk::office();
        other.ok(&["--as", "赵承办", "outside", "record", "--from", &file]);
        assert_eq!(told(&other), before, "{name}");
        other.ok(&["ledger", "verify"]);
    }
}

#[test]
fn json_may_be_written_with_numbers_and_chinese_names() {
    let desk = Desk::office();
    let rows =
        json!([{ "system": "land", "outcome": "done", "quantity": 12, "标题": "征地公告", "unknown": true }]);
    let file = desk.file("外.json", &rows.to_string());
    desk.ok(&["--as", "赵承办", "outside", "record", "--from", &file]);
    assert_eq!(told(&desk)[0]["quantity"], 12);
    let bad = desk.file("坏.json", "{\"system\":\"land\"}");
    assert!(desk.fails(2, &["--as", "赵承办", "outside", "record", "--from", &bad]).contains("[table.json]"));
    let nested = desk.file("套.json", &json!([{ "system": { "a": 1 } }]).to_string());
    assert!(
        desk.fails(2, &["--as", "赵承办", "outside", "record", "--from", &nested]).contains("[row.json]")
    );
}

#[test]
fn figures_count_by_system_and_outcome() {
    let desk = recorded();
    let figures = desk.json(&["outside", "figures"]);
    let of = |system: &str| figures.as_array().unwrap().iter().find(|row| row["system"] == system).unwrap();
    assert_eq!((of("open_day")["done"].as_u64(), of("open_day")["not_done"].as_u64()), (Some(1), Some(1)));
    assert_eq!((of("open_day")["counted"].as_u64(), of("合计")["total"].as_u64()), (Some(3), Some(3)));
    let none = desk.json(&["outside", "figures", "--year", "2025"]);
    assert_eq!(none.as_array().unwrap().len(), 1);
}
