//! `catalog` and `round`: what is public, withheld, on request, today and on a past day; the yearly re-evaluation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::{Desk, read};
use insta::assert_snapshot;

const NEW: &str = "标题,文号,公开属性建议,建议依据
关于防汛的通知,示政发〔2026〕1号,主动公开,
关于某人低保的批复,示政复〔2026〕2号,不予公开,个人隐私
关于会议的函,示政函〔2026〕3号,依申请公开,
";

/// Three items, one of each attribute, decided and published on 6 January.
fn decided() -> Desk {
    let desk = Desk::office();
    let new = desk.file("新件.csv", NEW);
    desk.ok(&["--as", "赵承办", "item", "register", "--from", &new]);
    desk.at("2026-01-06T08:00:00+08:00");
    desk.ok(&["--as", "李审查", "item", "review", "--waiting", "--outcome", "公开"]);
    desk.ok(&["--as", "王主任", "item", "decide", "--waiting", "--reason", "同意"]);
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "publish",
        "--waiting",
        "--channels",
        "网站",
        "--address",
        "https://demo.gov.cn/1",
    ]);
    desk
}

#[test]
fn three_catalogues() {
    let desk = decided();
    assert_snapshot!("public", desk.ok(&["catalog", "public"]));
    assert_snapshot!("withheld", desk.ok(&["catalog", "withheld"]));
    assert_snapshot!("on_request", desk.ok(&["catalog", "on-request"]));
    assert_snapshot!("public_json", desk.ok(&["catalog", "public", "--json"]));
}

#[test]
fn a_past_day_by_what_happened_and_by_what_was_known() {
    let desk = decided();
    desk.at("2026-01-07T07:00:00+08:00");
    // Entered on the 7th, though it happened on the 6th.
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "withdraw",
        "示政发〔2026〕1号",
        "--cause",
        "内容有误",
        "--on",
        "2026-01-06",
    ]);
    let public = |more: &[&str]| {
        let args: Vec<&str> = ["catalog", "public"].into_iter().chain(more.iter().copied()).collect();
        desk.json(&args).as_array().map(Vec::len).unwrap()
    };
    assert_eq!(public(&[]), 0);
    assert_eq!(public(&["--as-of", "2026-01-06"]), 0);
    assert_eq!(public(&["--as-of", "2026-01-06", "--known", "2026-01-06"]), 1);
    assert_eq!(public(&["--as-of", "2026-01-05"]), 0);
    assert_snapshot!(
        "past",
        desk.ok(&["catalog", "withheld", "--as-of", "2026-01-06", "--known", "2026年1月6日"])
    );
}

#[test]
fn every_form_of_output() {
    let desk = decided();
    let csv = desk.ok(&["catalog", "public", "--format", "csv"]);
    assert!(csv.starts_with('\u{feff}') && csv.contains("关于防汛的通知"));
    for name in ["c.xlsx", "c.html", "c.csv", "c.json"] {
        let file = desk.name(name);
        assert_eq!(desk.json(&["catalog", "public", "-o", &file])["items"], 1, "{name}");
    }
    assert!(std::fs::read(desk.path("c.xlsx")).unwrap().starts_with(b"PK"));
    let page = read(&desk.path("c.html"));
    assert!(page.contains("关于防汛的通知") && page.contains("demo.gov.cn/xxgk") && !page.contains("低保"));
    let rows: serde_json::Value = serde_json::from_str(&read(&desk.path("c.json"))).unwrap();
    assert_eq!(rows[0]["channels"], serde_json::json!(["website"]));
}

#[test]
fn a_round_from_opening_to_its_published_results() {
    let desk = decided();
    assert!(desk.fails(2, &["round", "worklist"]).contains("[round.none_open]"));
    assert_snapshot!("round_open", desk.ok(&["--as", "王主任", "round", "open"]));
    let list = desk.name("评估.csv");
    assert_snapshot!("round_worklist", desk.plain(&desk.ok(&["round", "worklist", "-o", &list])));
    assert_snapshot!("round_unfinished", desk.fails(1, &["--as", "王主任", "round", "close"]));
    let filled = desk.fill("评估.csv", "评估-已填.csv", |row| {
        row.insert("评估结果".into(), "维持".into());
        row.insert("评估理由".into(), "情势未变".into());
    });
    assert_snapshot!("round_signed", desk.ok(&["--as", "王主任", "import", "reassessments", &filled]));
    let again = desk.ok(&["--as", "王主任", "import", "reassessments", &filled]);
    assert!(again.contains("没有需要签署的"), "{again}");
    desk.ok(&["--as", "王主任", "round", "close"]);
    desk.ok(&["--as", "赵承办", "round", "results", "--publish"]);
    assert_snapshot!("round_results", desk.ok(&["round", "results"]));
    assert_eq!(desk.json(&["round", "results"])["outcomes"]["maintain"], 1);
    assert!(desk.json(&["catalog", "withheld"])[0]["reassessed"].is_string());
    desk.ok(&["ledger", "verify"]);
}
