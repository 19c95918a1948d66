//! The negative list, what covers withheld items, and what else is said of items: unit, field, place of deposit, index number.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod cli_support;

use cli_support::{Desk, read};
use serde_json::Value;

const NEW: &str = "标题,文号,公开属性建议,建议依据,领域
关于某人低保的批复,示政复〔2026〕2号,不予公开,个人隐私,社会救助
关于某企业的批复,示政复〔2026〕3号,不予公开,商业秘密,
关于会议的纪要,示政纪〔2026〕1号,不予公开,内部事务信息,
关于防汛的通知,示政发〔2026〕1号,主动公开,,
";

fn subject(signed: &Value) -> String {
    signed["subjects"][0].as_str().unwrap().to_owned()
}

/// Adds an entry to the list.
fn entry(desk: &Desk, scope: &str, ground: &str, provision: &str, more: &[&str]) -> String {
    let args = [
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
    ];
    subject(&desk.json(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>()))
}

/// Four items, reviewed; three entries, of which one rests on what has ended and one on nothing.
fn reviewed() -> Desk {
    let desk = Desk::office();
    let new = desk.file("新件.csv", NEW);
    desk.ok(&["--as", "赵承办", "item", "register", "--from", &new]);
    desk.ok(&["--as", "李审查", "item", "review", "--waiting", "--outcome", "公开"]);
    entry(&desk, "低保对象的个人信息", "privacy", "foi_15", &["--field", "social_assistance"]);
    entry(&desk, "企业技术参数", "trade_secret", "foi_2007", &["--review-by", "2026-01-01"]);
    entry(&desk, "内部会议", "internal_affairs", "norm", &[]);
    desk
}

fn decide(desk: &Desk, item: &str, more: &[&str]) -> String {
    let args = ["--as", "王主任", "item", "decide", item, "--reason", "同意"];
    desk.ok(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn entries_with_what_names_them_and_what_is_wrong_with_them() {
    let desk = reviewed();
    decide(&desk, "示政复〔2026〕2号", &["--exclusion", "低保对象的个人信息"]);
    decide(&desk, "示政复〔2026〕3号", &["--exclusion", "企业技术参数"]);
    let list = desk.json(&["catalog", "negative"]);
    let flags: Vec<&Value> = list.as_array().unwrap().iter().map(|row| &row["flags"]).collect();
    assert_eq!(flags[0], &serde_json::json!([]));
    assert_eq!(flags[1], &serde_json::json!(["superseded", "review_due"]));
    assert_eq!(flags[2], &serde_json::json!(["unsupported"]));
    assert_eq!((list[0]["items"].as_u64(), list[2]["items"].as_u64()), (Some(1), Some(0)));
    assert_eq!(list[0]["provision"], "foi_15");
    let withheld = desk.json(&["catalog", "withheld"]);
    let exclusions: Vec<&str> =
        withheld.as_array().unwrap().iter().map(|row| row["exclusion"].as_str().unwrap()).collect();
    assert_eq!(exclusions, ["低保对象的个人信息", "企业技术参数"]);
}

#[test]
fn what_no_entry_covers_is_listed_until_it_is_covered() {
    let desk = reviewed();
    decide(&desk, "示政纪〔2026〕1号", &[]);
    decide(&desk, "示政复〔2026〕2号", &["--exclusion", "低保对象的个人信息"]);
    let said = desk.ok(&["catalog", "negative"]);
    assert!(said.contains("没有引用负面清单条目") && said.contains("关于会议的纪要"), "{said}");
    desk.ok(&["--as", "赵承办", "item", "cover", "示政纪〔2026〕1号", "--exclusion", "内部会议"]);
    let said = desk.ok(&["catalog", "negative"]);
    assert!(!said.contains("没有引用负面清单条目"), "{said}");
    desk.ok(&["--as", "王主任", "exclusion", "retire", "低保对象的个人信息"]);
    assert!(desk.ok(&["catalog", "negative"]).contains("所引用的条目已退出"));
    let gone = desk.fails(
        1,
        &["--as", "赵承办", "item", "cover", "示政复〔2026〕2号", "--exclusion", "低保对象的个人信息"],
    );
    assert!(gone.contains("[exclusion.gone]"), "{gone}");
    // What is published names no withheld item.
    let file = desk.name("清单.html");
    desk.ok(&["catalog", "negative", "--list-only", "-o", &file]);
    assert!(!read(&desk.path("清单.html")).contains("纪要"));
}

#[test]
fn grounds_that_differ_are_refused_when_deciding_and_listed_when_the_entry_changes() {
    let desk = reviewed();
    let other = [
        "--as",
        "王主任",
        "item",
        "decide",
        "示政复〔2026〕2号",
        "--exclusion",
        "内部会议",
        "--reason",
        "同意",
    ];
    assert!(desk.fails(1, &other).contains("[exclusion.other_ground]"));
    decide(&desk, "示政复〔2026〕2号", &["--exclusion", "低保对象的个人信息"]);
    desk.ok(&[
        "--as",
        "王主任",
        "exclusion",
        "revise",
        "低保对象的个人信息",
        "--ground",
        "internal_affairs",
        "--provision",
        "foi_16_1",
        "--scope",
        "低保对象的个人信息",
        "--basis-text",
        "条文",
    ]);
    assert!(desk.ok(&["catalog", "negative"]).contains("依据与负面清单条目不一致"));
}

#[test]
fn an_approval_of_the_negative_list_holds_for_that_list() {
    let desk = reviewed();
    assert!(desk.ok(&["catalog", "negative"]).contains("未审核"));
    desk.ok(&[
        "--as",
        "王主任",
        "catalog",
        "approve",
        "--kind",
        "negative",
        "--approver",
        "示例市人民政府",
        "--superior",
        "yes",
    ]);
    assert!(desk.ok(&["catalog", "negative"]).contains("审核机关：示例市人民政府"));
    entry(&desk, "正在讨论的方案", "process", "foi_16_2", &[]);
    assert!(desk.ok(&["catalog", "negative"]).contains("审核后已变更"));
    for name in ["负.xlsx", "负.html", "负.csv"] {
        let file = desk.name(name);
        desk.ok(&["catalog", "negative", "-o", &file]);
    }
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn foi_25_what_is_public_is_deposited_where_people_can_read_it() {
    let desk = reviewed();
    let deposit = |code: u8| {
        let args = ["--as", "赵承办", "item", "deposit", "示政发〔2026〕1号", "--place", "图书馆"];
        let ran = desk.run(&args.map(|arg| if arg == "图书馆" { "library" } else { arg }));
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    };
    deposit(1);
    decide(&desk, "示政发〔2026〕1号", &[]);
    desk.ok(&["--as", "赵承办", "item", "publish", "示政发〔2026〕1号", "--channels", "网站"]);
    deposit(0);
    let kinds = desk.json(&["item", "show", "示政发〔2026〕1号"]);
    assert_eq!(kinds["history"].as_array().unwrap().last().unwrap()["kind"], "item.deposited");
}

#[test]
fn units_and_fields_of_items_are_kept_shown_and_chosen_by() {
    let desk = reviewed();
    desk.ok(&["--as", "王主任", "unit", "add", "--name", "社会救助科"]);
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "register",
        "--title",
        "救助标准",
        "--unit",
        "社会救助科",
        "--field",
        "社会救助",
        "--backlog",
    ]);
    let old = desk.file("旧目录.csv", "标题,文号,发布日期\n旧通知,示政发〔2010〕5号,2010-05-01\n");
    desk.ok(&["--as", "赵承办", "import", "records", &old, "--unit", "社会救助科"]);
    let listed = |args: &[&str]| desk.json(args).as_array().unwrap().len();
    assert_eq!(listed(&["item", "list", "--unit", "社会救助科"]), 2);
    assert_eq!(listed(&["item", "list", "--field", "社会救助"]), 2);
    let said = desk.ok(&["item", "list", "--find", "救助标准"]);
    assert!(said.contains("社会救助科") && said.contains("领域"), "{said}");
    let id = desk.json(&["item", "list", "--find", "救助标准"])[0]["id"].as_str().unwrap().to_owned();
    let shown = desk.ok(&["item", "show", &id]);
    assert!(shown.contains("社会救助科"), "{shown}");
    assert_eq!(desk.json(&["item", "show", &id])["history"][0]["facts"]["backlog"], "yes");
}

#[test]
fn index_numbers_follow_the_template_that_was_adopted() {
    let desk = Desk::office();
    let register = |more: &[&str]| {
        let args = ["--as", "赵承办", "item", "register", "--propose", "主动公开"];
        desk.run(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    };
    assert!(register(&["--title", "甲", "--index", "auto"]).err.contains("[index_number.not_adopted]"));
    desk.ok(&[
        "--as",
        "王主任",
        "ledger",
        "index-number",
        "--template",
        "{body:9}/{year}-{serial:5}",
        "--body",
        "000014349",
    ]);
    assert_eq!(desk.json(&["ledger", "index-number"])["body"], "000014349");
    assert_eq!(register(&["--title", "手编", "--index-number", "000014349/2026-00007"]).code, 0);
    let table = desk.file("两件.csv", "标题,成文日期\n乙,2026-01-02\n丙,2025-12-31\n丁,2026-01-03\n");
    assert_eq!(register(&["--from", &table, "--index", "auto"]).code, 0);
    let number = |title: &str| {
        desk.json(&["item", "list", "--find", title])[0]["index_number"].as_str().map(str::to_owned)
    };
    assert_eq!(number("乙").as_deref(), Some("000014349/2026-00008"));
    assert_eq!(number("丙").as_deref(), Some("000014349/2025-00001"));
    assert_eq!(number("丁").as_deref(), Some("000014349/2026-00009"));
    // Numbered when published, unless it has a number.
    assert_eq!(register(&["--title", "戊"]).code, 0);
    desk.ok(&["--as", "李审查", "item", "review", "--waiting", "--outcome", "公开"]);
    desk.ok(&["--as", "王主任", "item", "decide", "--waiting", "--reason", "同意"]);
    desk.ok(&["--as", "赵承办", "item", "publish", "--waiting", "--channels", "网站", "--index", "auto"]);
    let public = desk.json(&["catalog", "public"]);
    let mut numbers: Vec<&str> =
        public.as_array().unwrap().iter().map(|row| row["index_number"].as_str().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers.len(), 5);
    numbers.dedup();
    assert_eq!(numbers.len(), 5);
    assert!(numbers.contains(&"000014349/2026-00010"));
    assert!(desk.ok(&["catalog", "check-index"]).contains("全部相符"));
    assert_eq!(register(&["--title", "己", "--index-number", "ZF-1"]).code, 0);
    assert_eq!(register(&["--title", "庚", "--index-number", "000014349/2026-00010", "--again"]).code, 0);
    let ran = desk.run(&["catalog", "check-index", "--json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("index_number.misfits"), "{}", ran.err);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let reasons: Vec<&str> =
        found.as_array().unwrap().iter().map(|row| row["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["twice", "misfit", "twice"]);
    desk.ok(&["ledger", "verify"]);
}
