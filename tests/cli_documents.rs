//! Documents, interpretations and consultations through the command line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod cli_support;

use cli_support::{Desk, read};
use serde_json::Value;

fn kinds(shown: &Value) -> Vec<String> {
    let steps = shown["history"].as_array().unwrap();
    steps.iter().map(|step| step["kind"].as_str().unwrap().to_owned()).collect()
}

/// The subject of an act that begins something.
fn subject(signed: &Value) -> String {
    signed["subjects"][0].as_str().unwrap().to_owned()
}

#[test]
fn a_document_is_issued_amended_reviewed_and_repealed() {
    let desk = Desk::office();
    let (first, second) = (desk.file("指南1.txt", "指南"), desk.file("指南2.txt", "指南，修订"));
    let issue = |title: &str, file: &str| {
        subject(&desk.json(&[
            "--as",
            "赵承办",
            "document",
            "issue",
            "--type",
            "guide",
            "--file",
            file,
            "--title",
            title,
            "--address",
            "https://demo.gov.cn/zn",
            "--review-by",
            "2027-01-05",
        ]))
    };
    let id = issue("政府信息公开指南", &first);
    desk.ok(&["--as", "赵承办", "document", "amend", &id, "--file", &second]);
    desk.ok(&["--as", "赵承办", "document", "review", &id, "--outcome", "keep", "--review-by", "2028-01-05"]);
    let shown = desk.json(&["document", "show", "政府信息公开指南"]);
    assert_eq!(kinds(&shown), ["document.issued", "document.amended", "document.reviewed"]);
    let files: Vec<_> = shown["history"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["facts"]["file"].as_str())
        .collect();
    assert!(files.len() == 2 && files[0] != files[1], "each version has its digest: {files:?}");
    assert_eq!(shown["law"]["values"]["review_by"], "2028-01-05");
    assert!(shown["history"][0]["parts"]["open"]["title"].is_string(), "the title is for the public");
    let new = issue("政府信息公开指南（2026年版）", &second);
    desk.ok(&["--as", "赵承办", "document", "repeal", &id, "--successor", &new]);
    assert_eq!(desk.json(&["document", "show", &id])["state"], "repealed");
    assert!(desk.fails(1, &["--as", "赵承办", "document", "amend", &id]).contains("[order.state]"));
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn a_document_for_the_office_stays_out_of_the_open_part() {
    let desk = Desk::office();
    let id = subject(&desk.json(&[
        "--as",
        "赵承办",
        "document",
        "issue",
        "--type",
        "risk_assessment",
        "--title",
        "某项目风险评估",
        "--internal",
    ]));
    let shown = desk.json(&["document", "show", &id]);
    assert_eq!(shown["history"][0]["parts"]["closed"]["title"], "某项目风险评估");
    assert!(shown["history"][0]["parts"]["open"].is_null());
    let untitled = desk.fails(1, &["--as", "赵承办", "document", "issue", "--type", "guide"]);
    assert!(untitled.contains("[document.title]"), "{untitled}");
}

#[test]
fn the_platform_page_takes_its_columns_from_the_documents_in_force() {
    let desk = Desk::office();
    let issue = |kind: &str, title: &str, more: &[&str]| {
        let args = ["--as", "赵承办", "document", "issue", "--type", kind, "--title", title];
        subject(&desk.json(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>()))
    };
    issue("guide", "政府信息公开指南", &["--address", "https://demo.gov.cn/zn"]);
    let old = issue("system", "信息发布协调制度（旧）", &[]);
    issue("system", "信息发布协调制度", &[]);
    issue("annual_report", "2025年政府信息公开工作年度报告", &["--issued", "2026-01-05"]);
    issue("plan", "内部工作方案", &["--internal"]);
    desk.ok(&["--as", "赵承办", "document", "repeal", &old]);
    let file = desk.name("平台.html");
    desk.ok(&["catalog", "platform", "-o", &file]);
    let page = read(&desk.path("平台.html"));
    for there in
        ["政府信息公开指南", "https://demo.gov.cn/zn", "信息发布协调制度", "2025年政府信息公开工作年度报告"]
    {
        assert!(page.contains(there), "{there}");
    }
    assert!(!page.contains("（旧）") && !page.contains("内部工作方案"));
}

/// Two items, a policy that needs an interpretation and the interpretation; both reviewed.
fn policy() -> (Desk, String, String) {
    let desk = Desk::office();
    let new = |title: &str, more: &[&str]| {
        let args = ["--as", "赵承办", "item", "register", "--title", title, "--propose", "主动公开"];
        subject(&desk.json(&args.into_iter().chain(more.iter().copied()).collect::<Vec<_>>()))
    };
    let policy =
        new("关于稳就业的意见", &["--interpretation-needed", "--document-number", "示政发〔2026〕1号"]);
    let reading = new("《关于稳就业的意见》解读", &["--interprets", "示政发〔2026〕1号"]);
    desk.ok(&["--as", "李审查", "item", "review", "--waiting", "--outcome", "公开"]);
    (desk, policy, reading)
}

#[test]
fn linyi_2020_64_3_4_a_policy_without_its_interpretation_is_noticed() {
    let (desk, policy, reading) = policy();
    let said = desk.ok(&["--as", "王主任", "item", "decide", &policy, "--reason", "同意"]);
    assert!(said.contains("解读"), "{said}");
    let report = desk.json(&["ledger", "verify"]);
    let found = report["findings"].as_array().unwrap();
    assert!(found.iter().any(|finding| finding["code"] == "interpret.missing"), "{found:?}");
    assert_eq!(desk.json(&["item", "show", &reading])["registers"]["interprets"], policy.as_str());
}

#[test]
fn linyi_2020_64_3_4_an_interpretation_signed_off_later_is_noticed() {
    let (desk, policy, reading) = policy();
    desk.ok(&["--as", "王主任", "item", "decide", &reading, "--reason", "同意"]);
    desk.at("2026-01-06T08:00:00+08:00");
    desk.ok(&["--as", "王主任", "item", "decide", &policy, "--interpretation", &reading, "--reason", "同意"]);
    let report = desk.json(&["ledger", "verify"]);
    let found = report["findings"].as_array().unwrap();
    assert!(found.iter().any(|finding| finding["code"] == "interpret.together"), "{found:?}");
    assert!(!found.iter().any(|finding| finding["code"] == "interpret.missing"), "{found:?}");
}

#[test]
fn linyi_2020_64_3_4_together_there_is_nothing_to_notice() {
    let (desk, policy, reading) = policy();
    desk.ok(&["--as", "王主任", "item", "decide", &reading, "--reason", "同意"]);
    desk.ok(&["--as", "王主任", "item", "decide", &policy, "--interpretation", &reading, "--reason", "同意"]);
    let report = desk.json(&["ledger", "verify"]);
    let found = report["findings"].as_array().unwrap();
    assert!(
        !found.iter().any(|finding| finding["code"].as_str().unwrap().starts_with("interpret.")),
        "{found:?}"
    );
}

#[test]
fn a_consultation_is_opened_and_closed_with_its_result() {
    let desk = Desk::office();
    let open = |until: &str| -> Vec<String> {
        [
            "--as",
            "赵承办",
            "consultation",
            "open",
            "--title",
            "《某办法》征求意见",
            "--until",
            until,
            "--how",
            "来信",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let call = |args: Vec<String>| desk.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(call(open("2026-01-05")).err.contains("[consultation.until]"));
    assert_eq!(call(open("2026-01-20")).code, 0);
    let close = |adopted: &str, on: &str| {
        desk.run(&[
            "--as",
            "赵承办",
            "consultation",
            "close",
            "《某办法》征求意见",
            "--received",
            "12",
            "--adopted",
            adopted,
            "--rejected",
            "4",
            "--title",
            "《某办法》征求意见结果",
            "--result",
            "采纳8条",
            "--on",
            on,
            "--confirm-clock",
        ])
    };
    desk.at("2026-01-10T09:00:00+08:00");
    assert!(close("8", "2026-01-10").err.contains("[consultation.early]"));
    desk.at("2026-01-21T09:00:00+08:00");
    assert!(close("13", "2026-01-21").err.contains("[consultation.counts]"));
    assert_eq!(close("8", "2026-01-21").code, 0);
    let list = desk.json(&["consultation", "list"]);
    assert_eq!((list[0]["state"].as_str(), list[0]["adopted"].as_u64()), (Some("closed"), Some(8)));
}
