//! Requests through the command line: their clocks, what refuses, what is erased, what several of them propose.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use insta::assert_snapshot;

/// An office whose chief is the head of the disclosure office too, on 10 March 2026.
fn office() -> Desk {
    let desk = Desk::office();
    desk.at("2026-03-10T09:00:00+08:00");
    desk.ok(&[
        "--as",
        "王主任",
        "--confirm-clock",
        "key",
        "roles",
        "王主任",
        "--roles",
        "管理,审签,公开工作机构负责人",
    ]);
    desk
}

fn receive(desk: &Desk, on: &str, content: &str, more: &[&str]) -> String {
    let args = [
        "--as",
        "赵承办",
        "request",
        "receive",
        "--on",
        on,
        "--receipt",
        "online",
        "--applicant",
        "自然人",
        "--asks",
        "获取政府信息",
        "--content",
        content,
        "--name",
        "李四",
    ];
    let signed = desk.json(&[&args[..], more].concat());
    signed["subjects"][0].as_str().unwrap().to_owned()
}

fn due(desk: &Desk, id: &str) -> serde_json::Value {
    desk.json(&["request", "show", id])["clocks"][0].clone()
}

#[test]
fn a_request_from_receipt_to_a_new_answer() {
    let desk = office();
    let id = receive(&desk, "2026-03-10", "某项目的审批文件", &["--contact", "138"]);
    let clerk = |args: &[&str]| desk.ok(&[&["--as", "赵承办", "--confirm-clock"], args].concat());
    let chief = |args: &[&str]| desk.ok(&[&["--as", "王主任", "--confirm-clock"], args].concat());
    desk.at("2026-03-12T09:00:00+08:00");
    clerk(&["request", "ask-correction", &id, "--until", "2026-03-31", "--reason", "指向不明"]);
    desk.at("2026-03-16T09:00:00+08:00");
    clerk(&["request", "correct", &id]);
    desk.at("2026-03-17T09:00:00+08:00");
    clerk(&[
        "request",
        "consult",
        &id,
        "--party",
        "第三方",
        "--reached",
        "2026-03-18",
        "--addressee",
        "某公司",
    ]);
    assert_snapshot!("waits_for_a_third_party", desk.plain(&desk.ok(&["request", "show", &id])));
    desk.at("2026-03-25T09:00:00+08:00");
    clerk(&["request", "consult-answer", &id, "--result", "不同意公开且有合理理由"]);
    let refused = desk.fails(
        1,
        &[
            "--as",
            "赵承办",
            "request",
            "extend",
            &id,
            "--days",
            "10",
            "--consent",
            "赵承办",
            "--notified",
            "2026-03-25",
            "--reason",
            "复杂",
        ],
    );
    assert!(refused.contains("[extend.consent]") && refused.contains("第三十三条"), "{refused}");
    clerk(&[
        "request",
        "extend",
        &id,
        "--days",
        "10",
        "--consent",
        "王主任",
        "--notified",
        "2026-03-25",
        "--reason",
        "复杂",
    ]);
    desk.at("2026-04-20T09:00:00+08:00");
    let answer = [
        "request",
        "answer",
        &id,
        "--leaf",
        "部分公开",
        "--reply",
        "other_article",
        "--reason",
        "第三方有异议",
    ];
    let refused = desk.fails(1, &[&["--as", "王主任", "--confirm-clock"], &answer[..]].concat());
    assert!(refused.contains("[answer.remedy_notice]") && refused.contains("第二十三条"), "{refused}");
    chief(&[&answer[..], &["--remedy-notice", "是"]].concat());
    clerk(&["request", "file-remedy", &id, "--remedy", "行政复议"]);
    clerk(&["request", "decide-remedy", &id, "--result", "结果纠正"]);
    chief(&["request", "answer-anew", &id, "--leaf", "予以公开", "--reply", "provided"]);
    clerk(&["request", "archive", &id]);
    assert_snapshot!("archived", desk.plain(&desk.ok(&["request", "list"])));
    assert_snapshot!("course_en", desk.plain(&desk.ok(&["request", "show", &id, "--lang", "en"])));
    assert_eq!(desk.json(&["ledger", "verify"])["verdicts"]["unlawful"], 0);
}

#[test]
fn a_late_answer_names_the_days_and_is_taken_when_declared() {
    let desk = office();
    let id = receive(&desk, "2026-03-10", "材料", &[]);
    desk.at("2026-04-09T09:00:00+08:00");
    let answer = [
        "--as",
        "王主任",
        "--confirm-clock",
        "request",
        "answer",
        &id,
        "--leaf",
        "granted",
        "--reply",
        "provided",
    ];
    assert_snapshot!("late", desk.plain(&desk.fails(1, &answer)));
    let scan = desk.file("说明.txt", "逾期说明");
    desk.ok(
        &[&answer[..], &["--irregular", "超过期限", "--reason", "检索困难", "--evidence", &scan]].concat()
    );
    assert_eq!(desk.json(&["ledger", "verify"])["verdicts"]["irregular"], 1);
}

#[test]
fn a_calendar_that_is_changed_moves_the_deadline_and_the_old_answer_can_be_had() {
    let desk = office();
    let id = receive(&desk, "2026-03-10", "材料", &[]);
    assert_eq!(due(&desk, &id)["due"], "2026-04-08");
    // Two more days off in March, as in 2020, 2019 and 2015 a notice came in the middle of the year.
    let year = desk.json(&["calendar", "show", "2026"]);
    let listed = |key: &str| year[0][key].as_str().unwrap().to_owned();
    let days = |text: String| text.split('、').map(|day| format!("2026-{day}")).collect::<Vec<_>>().join(",");
    let (off, on) = (days(listed("holidays")) + ",2026-03-19,2026-03-20", days(listed("workdays")));
    desk.at("2026-03-12T09:00:00+08:00");
    desk.ok(&[
        "--as",
        "王主任",
        "--confirm-clock",
        "calendar",
        "adopt",
        "--year",
        "2026",
        "--holidays",
        &off,
        "--workdays",
        &on,
        "--notice",
        "某通知",
    ]);
    assert_eq!(due(&desk, &id)["due"], "2026-04-10");
    let calendars = due(&desk, &id)["count"]["calendars"].clone();
    let then = desk.json(&["watch", "--on", "2026-03-11"]);
    assert_eq!((&then[0]["due"], &then[0]["what"]), (&"2026-04-08".into(), &"reply".into()), "{then}");
    assert_eq!(calendars[0][0], 2026);
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn a_deadline_in_a_year_without_a_calendar_is_provisional() {
    let desk = office();
    desk.at("2026-12-28T09:00:00+08:00");
    let args = ["--confirm-clock"];
    let id = receive(&desk, "2026-12-28", "年末的申请", &args);
    let clock = due(&desk, &id);
    assert_eq!(
        (&clock["provisional"], &clock["count"]["provisional"][0]),
        (&true.into(), &2027.into()),
        "{clock}"
    );
    let watched = desk.ok(&["watch"]);
    assert!(watched.contains("暂定"), "{watched}");
}

#[test]
fn letters_that_are_no_requests_have_no_clock_and_are_not_counted() {
    let desk = office();
    let id = receive(&desk, "2026-03-10", "问问办事地点", &[]);
    desk.ok(&["--as", "赵承办", "request", "classify", &id, "--triage", "咨询"]);
    assert_eq!(desk.json(&["request", "show", &id])["clocks"], serde_json::json!([]));
    assert_eq!(desk.json(&["request", "show", &id])["state"], "diverted");
}

#[test]
fn several_requests_for_one_thing_propose_to_make_it_public() {
    let desk = office();
    let clerk = ["--as", "赵承办", "--confirm-clock", "item", "register", "--title", "某规划"];
    let item = desk.json(&clerk)["subjects"][0].as_str().unwrap().to_owned();
    receive(&desk, "2026-03-10", "某规划一", &["--about", &item]);
    assert!(!desk.ok(&["watch"]).contains("条例44"));
    receive(&desk, "2026-03-10", "某规划二", &["--about", &item]);
    let watched = desk.json(&["watch"]);
    let proposed = watched.as_array().unwrap().iter().find(|row| row["what"] == "many_requests").unwrap();
    assert_eq!((&proposed["id"], &proposed["level"]), (&item.into(), &"yellow".into()));
}

#[test]
fn an_applicants_data_is_erased_and_everything_still_verifies() {
    let desk = office();
    let id = receive(&desk, "2026-03-10", "材料", &["--contact", "13800001111"]);
    let seq = desk.json(&["request", "show", &id])["history"][0]["seq"].to_string();
    assert!(desk.ok(&["request", "show", &id]).contains("13800001111"));
    desk.ok(&[
        "--as",
        "王主任",
        "--confirm-clock",
        "request",
        "erase",
        &id,
        "--seq",
        &seq,
        "--part",
        "personal",
        "--ground",
        "personal",
        "--asked-by",
        "subject",
    ]);
    let shown = desk.ok(&["request", "show", &id]);
    assert!(!shown.contains("13800001111") && !shown.contains("李四") && shown.contains("已删除"), "{shown}");
    for entry in std::fs::read_dir(desk.path("ledger/log")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"13800001111"));
    }
    assert_eq!(desk.json(&["ledger", "verify"])["erased"], 1);
}

#[test]
fn the_old_law_gives_the_old_time() {
    let desk = office();
    let old =
        receive(&desk, "2019-05-14", "旧条例的申请", &["--evidence", &desk.file("收文.txt", "收文登记")]);
    let new =
        receive(&desk, "2019-05-15", "新条例的申请", &["--evidence", &desk.file("收文.txt", "收文登记")]);
    assert_eq!(due(&desk, &old)["count"]["period"]["days"], 15);
    assert_eq!(due(&desk, &new)["count"]["period"]["days"], 20);
}
