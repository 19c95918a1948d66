//! The deadline board: what is green, yellow and red on which day, for whom, and in which form.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use insta::assert_snapshot;

/// Documents, requests and a complaint on 10 March 2026.
fn office() -> Desk {
    let desk = Desk::office();
    desk.at("2026-03-10T09:00:00+08:00");
    desk.ok(&["--as", "王主任", "--confirm-clock", "unit", "add", "--name", "综合科"]);
    let new = "标题,成文日期,公开属性建议,建议依据,建议理由\n春耕通知,2026-03-09,主动公开,,\n旧通知,2026-01-06,主动公开,,\n内部纪要,2026-01-05,不予公开,过程性信息,讨论稿\n";
    desk.ok(&["--as", "赵承办", "item", "register", "--from", &desk.file("新件.csv", new)]);
    desk.ok(&[
        "--as",
        "赵承办",
        "request",
        "receive",
        "--receipt",
        "in_person",
        "--applicant",
        "commercial",
        "--asks",
        "information",
        "--content",
        "申请材料",
        "--name",
        "某公司",
        "--unit",
        "综合科",
    ]);
    desk.ok(&[
        "--as",
        "赵承办",
        "complaint",
        "receive",
        "--about",
        "not_updated",
        "--content",
        "目录陈旧",
        "--until",
        "2026-03-12",
    ]);
    desk
}

fn levels(desk: &Desk, args: &[&str]) -> Vec<(String, String)> {
    let rows = desk.json(&[&["watch"], args].concat());
    let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.as_array().unwrap().iter().map(|row| (text(row, "called"), text(row, "level"))).collect()
}

#[test]
fn colours_follow_the_days_left() {
    let desk = office();
    assert_snapshot!("today", desk.ok(&["watch"]));
    let of = |name: &str, colour: &str| (name.to_owned(), colour.to_owned());
    // Nothing decided yet on the minutes: they may still have to be public, so their clock runs too.
    let today = [
        of("内部纪要", "red"),
        of("旧通知", "red"),
        of("目录陈旧", "yellow"),
        of("春耕通知", "green"),
        of("申请材料", "green"),
    ];
    assert_eq!(levels(&desk, &[]), today);
    let on = levels(&desk, &["--on", "2026-04-03"]);
    assert!(on.contains(&of("春耕通知", "yellow")) && on.contains(&of("目录陈旧", "red")), "{on:?}");
    assert_eq!(levels(&desk, &["--unit", "综合科"]), [of("申请材料", "green")]);
    assert_eq!(levels(&desk, &["--pressing"]).len(), 3);
}

#[test]
fn what_is_decided_to_be_withheld_has_no_clock_of_publication() {
    let desk = office();
    desk.ok(&[
        "--as",
        "李审查",
        "item",
        "review",
        "--waiting",
        "--outcome",
        "免于公开",
        "--reason",
        "讨论稿",
    ]);
    let id = desk.json(&["item", "list", "--find", "内部纪要"])[0]["id"].as_str().unwrap().to_owned();
    desk.ok(&[
        "--as",
        "王主任",
        "item",
        "decide",
        &id,
        "--attribute",
        "不予公开",
        "--ground",
        "过程性信息",
        "--reason",
        "讨论稿",
    ]);
    assert!(!levels(&desk, &[]).iter().any(|(name, _)| name == "内部纪要"));
    // What is withheld is re-evaluated within the year.
    let round = desk.json(&["watch"]);
    assert!(round.as_array().unwrap().iter().any(|row| row["what"] == "round"), "{round}");
}

#[test]
fn a_past_day_is_answered_by_what_had_happened_then() {
    let desk = office();
    desk.at("2026-03-20T09:00:00+08:00");
    let id = desk.json(&["complaint", "list"])[0]["id"].as_str().unwrap().to_owned();
    desk.ok(&[
        "--as",
        "王主任",
        "--confirm-clock",
        "complaint",
        "close",
        &id,
        "--result",
        "属实，已督促改正",
        "--reason",
        "已更新",
    ]);
    assert!(!levels(&desk, &[]).iter().any(|(name, _)| name == "目录陈旧"));
    assert!(levels(&desk, &["--on", "2026-03-15"]).contains(&("目录陈旧".into(), "red".into())));
    assert_eq!(levels(&desk, &["--on", "2026-01-02"]), []);
}

#[test]
fn the_board_goes_out_as_page_workbook_and_table() {
    let desk = office();
    for name in ["监察.html", "监察.xlsx", "监察.csv", "监察.json"] {
        desk.ok(&["watch", "-o", &desk.name(name)]);
    }
    let page = cli_support::read(&desk.path("监察.html"));
    assert!(page.contains("电子监察") && page.contains("春耕通知") && page.contains("按单位"), "{page}");
    assert!(desk.path("监察.xlsx").metadata().unwrap().len() > 4_000);
}
