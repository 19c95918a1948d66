//! `report`: the annual report and a quarter's figures of a ledger that was made through the command line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli_support;

use std::collections::BTreeMap;

use cli_support::Desk;
use insta::assert_snapshot;
use jiff::ToSpan;
use jiff::civil::date;
use serde_json::Value;

type Rows = BTreeMap<String, BTreeMap<String, i64>>;

/// Kinds of reply that go with the outcomes of the real report.
const REPLIES: [(&str, &str); 7] = [
    ("granted", "provided"),
    ("partial", "other_article"),
    ("d_third_party", "withheld"),
    ("d_three_security_one_stability", "withheld"),
    ("u_not_held", "not_held"),
    ("u_needs_creation", "other_article"),
    ("n_petition", "other_article"),
];

fn real() -> Rows {
    let real: Value = serde_json::from_str(include_str!("fixtures/annual/hebei-2023.json")).unwrap();
    serde_json::from_value(real["rows"].clone()).unwrap()
}

/// An office with the requests that the real report of 2023 tells of, one every other week, each answered after a week.
fn office_of_2023() -> Desk {
    let desk = Desk::office();
    let mut received = "日期,标题,申请人类别,申请内容,收到日期的认定,内容,姓名或名称\n".to_owned();
    let mut answered = "编号,日期,答复类型,年报办理结果,理由\n".to_owned();
    let mut day = date(2023, 1, 9);
    for (leaf, reply) in REPLIES {
        for (column, cases) in real()[leaf].iter().filter(|(column, _)| *column != "total") {
            for _ in 0..*cases {
                let title = format!("申请{day}");
                received += &format!("{day},{title},{column},获取政府信息,in_person,某项资料,某人\n");
                let on = day.checked_add(7.days()).unwrap();
                answered += &format!("{title},{on},{reply},{leaf},依据和理由\n");
                day = day.checked_add(16.days()).unwrap();
            }
        }
    }
    let (received, answered) = (desk.file("received.csv", &received), desk.file("answered.csv", &answered));
    desk.ok(&["--as", "赵承办", "request", "receive", "--from", &received]);
    desk.ok(&["--as", "王主任", "request", "answer", "--from", &answered]);
    desk
}

/// The answer of a command that has something to remark besides.
fn said(desk: &Desk, args: &[&str]) -> String {
    let ran = desk.run(args);
    assert_eq!(ran.code, 0, "{args:?}\n{}", ran.err);
    ran.out
}

fn report(desk: &Desk, year: &str, more: &[&str]) -> Value {
    let args: Vec<&str> =
        ["report", "annual", year, "--json"].into_iter().chain(more.iter().copied()).collect();
    serde_json::from_str(&said(desk, &args)).unwrap()
}

/// What stands in a cell; nothing when it is blank.
fn value(report: &Value, row: &str, column: &str) -> Option<i64> {
    let cells = report["cells"].as_array().unwrap();
    let cell = cells.iter().find(|cell| cell["row"] == row && cell["column"] == column).unwrap();
    cell.get("value").and_then(Value::as_i64)
}

fn codes(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect()
}

/// Receives a request on that day.
fn receive(desk: &Desk, on: &str, title: &str) {
    desk.ok(&[
        "--as",
        "赵承办",
        "request",
        "receive",
        "--on",
        on,
        "--title",
        title,
        "--applicant",
        "自然人",
        "--asks",
        "获取政府信息",
        "--receipt",
        "in_person",
        "--content",
        "某件",
        "--name",
        "某人",
    ]);
}

fn answer(desk: &Desk, on: &str, title: &str) {
    desk.ok(&[
        "--as",
        "王主任",
        "request",
        "answer",
        title,
        "--on",
        on,
        "--reply",
        "provided",
        "--leaf",
        "予以公开",
    ]);
}

#[test]
fn a_ledger_whose_requests_amount_to_a_real_report_prints_it_cell_for_cell() {
    let desk = office_of_2023();
    let report = report(&desk, "2023", &[]);
    let rows = real();
    assert_eq!(rows.len(), 25);
    for (row, columns) in &rows {
        assert_eq!(columns.len(), 7);
        for (column, expected) in columns {
            assert_eq!(value(&report, row, column), Some(*expected), "{row}.{column}");
        }
    }
    // Nothing but 表二 is blank, and nothing is wrong.
    assert!(codes(&report).iter().all(|code| *code == "annual.missing"), "{:?}", codes(&report));
    assert_snapshot!("annual_2023", said(&desk, &["report", "annual", "2023"]));
    assert_snapshot!("annual_2023_en", said(&desk, &["report", "annual", "2023", "--lang", "en"]));
}

#[test]
fn the_events_behind_every_cell_add_up_to_it() {
    let desk = office_of_2023();
    for (row, columns) in &real() {
        for (column, expected) in columns {
            let cell = format!("{row}.{column}");
            let behind = said(&desk, &["report", "annual", "2023", "--explain", &cell, "--json"]);
            let behind: Vec<Value> = serde_json::from_str(&behind).unwrap();
            let sum: i64 = behind.iter().map(|event| event["amount"].as_i64().unwrap()).sum();
            assert_eq!(sum, *expected, "{cell}");
        }
    }
    let by_title = said(&desk, &["report", "annual", "2023", "--explain", "保护第三方合法权益", "商业企业"]);
    assert_snapshot!("annual_explained", by_title);
    assert_snapshot!(
        "annual_explained_zero",
        said(&desk, &["report", "annual", "2023", "--explain", "n_repeat.total"])
    );
    let unknown = desk.run(&["report", "annual", "2023", "--explain", "granted.nobody"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("annual.no_cell"), "{}", unknown.err);
}

#[test]
fn what_other_systems_hold_comes_in_by_the_template() {
    let desk = office_of_2023();
    let (empty, filled) = (desk.name("figures.csv"), desk.file("evidence.txt", "导出"));
    assert!(said(&desk, &["report", "annual", "2023", "--template", &empty]).contains("10 个单元格"));
    let numbers = BTreeMap::from([
        ("fees.amount", "397619000"),
        ("permits.decisions", "1036"),
        ("normative_documents.issued", "12"),
    ]);
    let table = desk.fill("figures.csv", "filled.csv", |row| {
        let value = numbers.get(row["单元格"].as_str()).copied().unwrap_or("0");
        row.insert("数值".into(), value.into());
        row.insert("来源".into(), "其他业务系统".into());
        row.insert("数字出处".into(), "系统导出".into());
    });
    desk.fails(1, &["--as", "赵承办", "figure", "state", "--from", &table]);
    desk.ok(&["--as", "赵承办", "figure", "state", "--from", &table, "--evidence", &filled]);
    let whole = report(&desk, "2023", &[]);
    assert_eq!(codes(&whole), Vec::<&str>::new());
    assert_eq!(value(&whole, "fees", "amount"), Some(397_619_000));
    assert_eq!(value(&whole, "permits", "decisions"), Some(1036));
    assert_eq!(value(&whole, "coercions", "decisions"), Some(0));
    let fees = said(&desk, &["report", "annual", "2023", "--explain", "行政事业性收费", "本年收费金额"]);
    assert!(fees.contains("397.619") && fees.contains("系统导出"), "{fees}");
    // Nothing is left to fill in.
    assert!(said(&desk, &["report", "annual", "2023", "--template", &empty]).contains("0 个单元格"));
    for ending in ["xlsx", "html", "docx", "json"] {
        let file = desk.name(&format!("report.{ending}"));
        said(&desk, &["report", "annual", "2023", "-o", &file]);
        assert!(std::fs::metadata(&file).unwrap().len() > 4_000, "{ending}");
    }
    let odd = desk.run(&["report", "annual", "2023", "-o", "report.pdf"]);
    assert!(odd.err.contains("output.ending"), "{}", odd.err);
}

#[test]
fn a_figure_that_is_withdrawn_or_stated_for_no_cell_is_left_out_and_said() {
    let desk = Desk::office();
    let evidence = desk.file("evidence.txt", "导出");
    let state = |year: &str, cell: &str, value: &str| {
        desk.ok(&[
            "--as",
            "赵承办",
            "figure",
            "state",
            "--year",
            year,
            "--cell",
            cell,
            "--value",
            value,
            "--source",
            "other_system",
            "--source-text",
            "系统导出",
            "--evidence",
            &evidence,
        ]);
    };
    state("2025", "permits.decisions", "7");
    state("2025", "permits.decisions", "5");
    let twice = desk.run(&["report", "annual", "2025", "--json"]);
    assert!(twice.err.contains("annual.stated_twice"), "{}", twice.err);
    assert_eq!(value(&serde_json::from_str(&twice.out).unwrap(), "permits", "decisions"), Some(12));
    let list: Vec<Value> = serde_json::from_str(&desk.ok(&["figure", "list", "--json"])).unwrap();
    let id = list[0]["id"].as_str().unwrap();
    desk.ok(&["--as", "赵承办", "figure", "withdraw", id, "--reason", "重复填报"]);
    assert_eq!(value(&report(&desk, "2025", &[]), "permits", "decisions"), Some(5));
    // 2019 had another form.
    state("2019", "regulations.issued", "3");
    let old = desk.run(&["report", "annual", "2019"]);
    assert!(old.err.contains("annual.unplaced"), "{}", old.err);
    assert!(desk.fails(2, &["report", "annual", "2018"]).contains("annual.no_form"));
}

#[test]
fn a_year_before_the_ledger_is_blank_and_not_zero() {
    let desk = Desk::office();
    assert_eq!(value(&report(&desk, "2024", &[]), "new_received", "total"), None);
    assert_eq!(value(&report(&desk, "2026", &[]), "new_received", "total"), Some(0));
    receive(&desk, "2024-12-30", "旧申请");
    assert_eq!(value(&report(&desk, "2024", &[]), "new_received", "total"), Some(1));
    assert_eq!(value(&report(&desk, "2024", &[]), "carried_out", "total"), Some(1));
    assert_eq!(value(&report(&desk, "2025", &[]), "carried_in", "total"), Some(1));
    assert_eq!(value(&report(&desk, "2023", &[]), "new_received", "total"), None);
}

#[test]
fn what_is_entered_later_counts_where_it_happened_and_the_past_can_still_be_asked() {
    let desk = Desk::office();
    receive(&desk, "2025-12-20", "甲件");
    receive(&desk, "2025-12-22", "乙件");
    desk.at("2026-03-02T09:00:00+08:00");
    let confirmed = |args: &[&str]| {
        let args: Vec<&str> = args.iter().copied().chain(["--confirm-clock"]).collect();
        assert_eq!(desk.run(&args).code, 0, "{args:?}");
    };
    confirmed(&[
        "--as",
        "王主任",
        "request",
        "answer",
        "甲件",
        "--on",
        "2025-12-29",
        "--reply",
        "provided",
        "--leaf",
        "granted",
    ]);
    answer(&desk, "2026-01-06", "乙件");
    let now = report(&desk, "2025", &[]);
    assert_eq!(value(&now, "granted", "natural_person"), Some(1));
    assert_eq!(value(&now, "carried_out", "natural_person"), Some(1));
    let then = report(&desk, "2025", &["--known", "2026-01-31"]);
    assert_eq!(value(&then, "granted", "natural_person"), Some(0));
    assert_eq!(value(&then, "carried_out", "natural_person"), Some(2));
    assert_eq!(then["known"], "2026-01-31");
    // What was published then is no longer what the ledger says; comparing with it tells.
    let published = desk.file("published.json", &then.to_string());
    let next = report(&desk, "2026", &["--previous", &published]);
    assert!(codes(&next).contains(&"annual.carried"), "{:?}", codes(&next));
    assert_eq!(value(&next, "carried_in", "natural_person"), Some(1));
    let wrong = desk.run(&["report", "annual", "2026", "--previous", &desk.file("x.json", "{}")]);
    assert!(wrong.err.contains("annual.unreadable"), "{}", wrong.err);
}

#[test]
fn an_erased_part_changes_no_figure() {
    let desk = office_of_2023();
    let before = report(&desk, "2023", &[]);
    let list: Vec<Value> = serde_json::from_str(&desk.ok(&["request", "list", "--json"])).unwrap();
    let id = list[0]["id"].as_str().unwrap();
    let shown: Value = serde_json::from_str(&desk.ok(&["request", "show", id, "--json"])).unwrap();
    let seq = shown["law"]["first"].to_string();
    for part in ["personal", "closed"] {
        let args = [
            "--as",
            "王主任",
            "request",
            "erase",
            id,
            "--seq",
            &seq,
            "--part",
            part,
            "--ground",
            "误录",
            "--asked-by",
            "本机关",
        ];
        desk.ok(&args);
    }
    let after = report(&desk, "2023", &[]);
    assert_eq!(after["cells"], before["cells"]);
    desk.ok(&["ledger", "reindex"]);
    assert_eq!(report(&desk, "2023", &[])["cells"], before["cells"]);
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn the_texts_of_the_report_stand_in_it() {
    let desk = Desk::office();
    let overview = desk.file("一.txt", "本年度依法公开。\n");
    let written = report(&desk, "2026", &["--overview", &overview]);
    assert_eq!(written["overview"], "本年度依法公开。");
    let page = desk.name("report.html");
    said(&desk, &["report", "annual", "2026", "--overview", &overview, "-o", &page]);
    let page = cli_support::read(page.as_ref());
    assert!(page.contains("本年度依法公开。") && page.contains("尚未撰写"), "{page}");
}

/// The first quarter of 2026: two notices of which one is published, requests of one unit, a complaint and a finding of another.
fn office_with_units() -> Desk {
    let desk = Desk::office();
    desk.ok(&["--as", "王主任", "key", "roles", "李审查", "--roles", "保密审查,监督"]);
    for name in ["办公室", "业务科"] {
        desk.ok(&["--as", "王主任", "unit", "add", "--name", name]);
    }
    for (number, title) in [("1", "甲通知"), ("2", "乙通知")] {
        desk.ok(&[
            "--as",
            "赵承办",
            "item",
            "register",
            "--title",
            title,
            "--document-number",
            number,
            "--propose",
            "主动公开",
        ]);
        desk.ok(&["--as", "李审查", "item", "review", number, "--outcome", "公开"]);
        desk.ok(&["--as", "王主任", "item", "decide", number]);
    }
    desk.ok(&["--as", "赵承办", "item", "publish", "1", "--channels", "政府网站", "公报"]);
    receive(&desk, "2025-12-30", "去年申请");
    receive(&desk, "2026-01-04", "今年申请");
    desk.ok(&["--as", "赵承办", "request", "route", "去年申请", "今年申请", "--unit", "业务科"]);
    answer(&desk, "2026-01-05", "去年申请");
    desk.at("2026-02-03T09:00:00+08:00");
    desk.ok(&[
        "--as",
        "赵承办",
        "complaint",
        "receive",
        "--about",
        "not_published",
        "--unit",
        "办公室",
        "--content",
        "未公开",
        "--confirm-clock",
        "--name",
        "某人",
    ]);
    desk.ok(&[
        "--as",
        "李审查",
        "inspection",
        "find",
        "--about",
        "late",
        "--severity",
        "yellow",
        "--unit",
        "办公室",
        "--content",
        "逾期",
    ]);
    desk
}

#[test]
fn a_quarter_is_counted_by_unit_and_month() {
    let desk = office_with_units();
    assert!(desk.fails(2, &["report", "quarter", "2026Q9"]).contains("period.unreadable"));
    assert_snapshot!("quarter", said(&desk, &["report", "quarter", "2026Q1"]));
    assert_snapshot!("quarter_en", said(&desk, &["report", "quarter", "2026Q1", "--lang", "en"]));
    let answer: Value =
        serde_json::from_str(&said(&desk, &["report", "quarter", "2026Q1", "--json"])).unwrap();
    assert_eq!((&answer["from"], &answer["until"]), (&"2026-01-01".into(), &"2026-03-31".into()));
    let total = |table: &str, column: &str| answer[table].as_array().unwrap().last().unwrap()[column].clone();
    assert_eq!(total("publication", "registered"), 2);
    assert_eq!(total("publication", "published"), 1);
    assert_eq!(total("requests", "received"), 1);
    assert_eq!(total("requests", "answered"), 1);
    assert_eq!(total("requests", "pending"), 1);
    assert_eq!(total("supervision", "complaints"), 1);
    assert_eq!(total("supervision", "found"), 1);
    assert_eq!(answer["channels"].as_array().unwrap().len(), 2);
    let february = said(&desk, &["report", "quarter", "2026-02", "--format", "csv"]);
    assert_snapshot!("quarter_month_csv", february);
    let one = said(&desk, &["report", "quarter", "2026", "--unit", "业务科", "--json"]);
    let one: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one["requests"].as_array().unwrap().len(), 2);
    for ending in ["xlsx", "html", "json", "csv"] {
        let file = desk.name(&format!("quarter.{ending}"));
        said(&desk, &["report", "quarter", "2026Q1", "-o", &file]);
        assert!(std::fs::metadata(&file).unwrap().len() > 100, "{ending}");
    }
}
