//! The yearly re-evaluation: why to look at each item, the worklist there and back, the results as a list.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod cli_support;

use cli_support::{Desk, read};
use serde_json::Value;

const NEW: &str = "标题,文号,公开属性建议,建议依据
关于低保的批复,示政复〔2026〕1号,不予公开,个人隐私
关于企业的批复,示政复〔2026〕2号,不予公开,商业秘密
关于内部流程的函,示政函〔2026〕3号,不予公开,内部事务信息
关于旧办法的通知,示政发〔2026〕4号,不予公开,内部事务信息
";

fn subject(signed: &Value) -> String {
    signed["subjects"][0].as_str().unwrap().to_owned()
}

fn entry(desk: &Desk, scope: &str, ground: &str, provision: &str) {
    desk.ok(&[
        "--as",
        "王主任",
        "exclusion",
        "add",
        "--scope",
        scope,
        "--ground",
        ground,
        "--provision",
        provision,
        "--basis-text",
        "条文",
    ]);
}

/// Four withheld items and a state secret, each with its own reason to be looked at; a round that is open.
fn opened() -> Desk {
    let desk = Desk::office();
    entry(&desk, "低保对象", "privacy", "foi_15");
    entry(&desk, "技术参数", "trade_secret", "foi_2007");
    let new = desk.file("新件.csv", NEW);
    desk.ok(&["--as", "赵承办", "item", "register", "--from", &new]);
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "register",
        "--secret-basis",
        "classified",
        "--review-by",
        "2026-03-01",
    ]);
    desk.ok(&["--as", "李审查", "item", "review", "--waiting", "--outcome", "不予公开"]);
    let decide = |item: &str, more: &[&str]| {
        let args = ["--as", "王主任", "item", "decide", item, "--reason", "同意"];
        desk.ok(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>());
    };
    decide("示政复〔2026〕1号", &["--exclusion", "低保对象"]);
    decide("示政复〔2026〕2号", &["--exclusion", "技术参数"]);
    desk.ok(&["--as", "王主任", "item", "decide", "--waiting", "--reason", "同意"]);
    desk.ok(&["--as", "王主任", "exclusion", "retire", "低保对象"]);
    let document = desk.json(&[
        "--as",
        "赵承办",
        "document",
        "issue",
        "--type",
        "other",
        "--title",
        "旧办法",
        "--item",
        "示政发〔2026〕4号",
    ]);
    desk.ok(&["--as", "赵承办", "document", "repeal", &subject(&document)]);
    for name in ["甲", "乙"] {
        desk.ok(&[
            "--as",
            "赵承办",
            "request",
            "receive",
            "--receipt",
            "in_person",
            "--applicant",
            "natural_person",
            "--content",
            "要内部流程",
            "--name",
            name,
            "--asks",
            "information",
            "--about",
            "示政函〔2026〕3号",
            "--form",
            "written",
        ]);
    }
    desk.at("2026-06-01T09:00:00+08:00");
    desk.ok(&["--as", "王主任", "round", "open", "--confirm-clock"]);
    desk
}

#[test]
fn the_worklist_says_why_to_look_at_each_item() {
    let desk = opened();
    let list = desk.name("评估.csv");
    desk.ok(&["round", "worklist", "-o", &list]);
    let mut reader = csv::Reader::from_path(desk.path("评估.csv")).unwrap();
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|head| head.trim_start_matches('\u{feff}') == name).unwrap();
    let (number, why, entry) = (at("文号"), at("评估提示"), at("当前负面清单条目"));
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    let of = |text: &str| rows.iter().find(|row| &row[number] == text).unwrap();
    assert!(of("示政复〔2026〕1号")[why].contains("条目已退出"));
    assert_eq!(&of("示政复〔2026〕1号")[entry], "低保对象");
    assert!(of("示政复〔2026〕2号")[why].contains("自 2019-05-15 起失效"));
    assert!(of("示政函〔2026〕3号")[why].contains("2 件申请"));
    assert!(of("示政发〔2026〕4号")[why].contains("文件失效"));
    // 保密法 24: the secret rides the same round, its day has passed.
    assert!(of("")[why].contains("应于 2026-03-01 前复核"), "{:?}", of(""));
}

/// Fills the list: the first maintained under another entry, the second lapsed, the rest as `rest`.
fn filled(desk: &Desk) -> String {
    entry(desk, "个人隐私信息", "privacy", "foi_15");
    let list = desk.name("评估.csv");
    desk.ok(&["round", "worklist", "-o", &list]);
    desk.fill("评估.csv", "填.csv", |row| {
        let number = row["文号"].clone();
        let mut set = |column: &str, text: &str| row.insert(column.to_owned(), text.to_owned());
        match number.as_str() {
            "示政复〔2026〕1号" => {
                set("评估结果", "维持");
                set("负面清单条目", "个人隐私信息");
            }
            "示政函〔2026〕3号" => {
                set("评估结果", "转主动公开");
                set("触发情形", "article_44");
            }
            "示政发〔2026〕4号" => {
                set("评估结果", "失效");
                set("触发情形", "文件失效");
            }
            _ => {
                set("评估结果", "维持");
            }
        }
        row.insert("评估理由".to_owned(), "年度评估".to_owned());
    })
}

#[test]
fn the_filled_worklist_sets_trigger_and_entry_and_secrets_ride_the_same_round() {
    let desk = opened();
    let list = filled(&desk);
    desk.ok(&["--as", "王主任", "import", "reassessments", &list]);
    let last = |item: &str| {
        desk.json(&["item", "show", item])["history"].as_array().unwrap().last().unwrap().clone()
    };
    let first = desk.json(&["item", "show", "示政复〔2026〕1号"]);
    let entry = first["registers"]["exclusion"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["exclusion", "show", "个人隐私信息"])["id"], entry.as_str());
    assert_eq!(last("示政函〔2026〕3号")["facts"]["trigger"], "article_44");
    desk.ok(&["--as", "王主任", "round", "close"]);
    let results = desk.json(&["round", "results"]);
    assert_eq!((results["done"].as_u64(), results["outcomes"]["maintain"].as_u64()), (Some(5), Some(3)));
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn the_results_name_only_what_the_public_may_know() {
    let desk = opened();
    let list = filled(&desk);
    desk.ok(&["--as", "王主任", "import", "reassessments", &list]);
    desk.ok(&["--as", "王主任", "round", "close"]);
    // To be opened, but not out yet: a number only.
    assert_eq!(desk.json(&["round", "results", "--public"])["changed"].as_array().unwrap().len(), 0);
    desk.ok(&["--as", "李审查", "item", "review", "示政函〔2026〕3号", "--outcome", "公开"]);
    desk.ok(&[
        "--as",
        "王主任",
        "item",
        "decide",
        "示政函〔2026〕3号",
        "--attribute",
        "主动公开",
        "--reason",
        "同意",
    ]);
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "publish",
        "示政函〔2026〕3号",
        "--channels",
        "网站",
        "--title",
        "内部流程（公开版）",
    ]);
    let public = desk.json(&["round", "results", "--public"]);
    assert_eq!(public["changed"][0]["title"], "内部流程（公开版）");
    for name in ["果.xlsx", "果.html", "果.csv"] {
        let file = desk.name(name);
        desk.ok(&["round", "results", "--public", "-o", &file]);
    }
    let page = read(&desk.path("果.html"));
    assert!(page.contains("内部流程（公开版）") && page.contains("维持原属性 3 件"));
    for hidden in ["低保", "企业", "关于旧办法"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    assert!(desk.ok(&["round", "results"]).contains("关于旧办法的通知"), "the office sees every item");
    desk.ok(&["--as", "赵承办", "round", "results", "--publish", "--file", &desk.name("果.html")]);
    let log = desk.json(&["ledger", "log"]);
    assert_eq!(log.as_array().unwrap().last().unwrap()["kind"], "round.published");
}
