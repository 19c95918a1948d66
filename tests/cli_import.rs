//! `import`: an older catalogue with real dirt, decisions on paper.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::{Desk, read};
use insta::assert_snapshot;

const OLD: &str = "索引号,标题,文号,发文机关,成文日期,发布日期,公开属性,链接,备注栏
,关于甲的通知,甲发〔2020〕1号,示例县办公室,2020-01-02,2020-01-05,,https://demo.gov.cn/a,旧
,关于乙的通知,,省厅,,2021-03-01,,https://demo.gov.cn/b,
,关于丙的批复,丙复〔2022〕3号,示例县办公室,2022-02-30,,,,
,,丁发〔2022〕4号,示例县办公室,2022-03-01,,,,
,关于戊的函,戊函〔2023〕5号,示例县办公室,2023-01-01,,依申请公开,,
,关于己的函,己函〔2023〕6号,示例县办公室,2023-01-01,,,,
,关于甲的通知,甲发〔2020〕1号,示例县办公室,2020-01-02,2020-01-05,,https://demo.gov.cn/a,旧
";

#[test]
fn rows_are_taken_once_and_what_cannot_be_taken_is_said() {
    let desk = Desk::office();
    let file = desk.file("旧目录.csv", OLD);
    let import = ["--as", "赵承办", "import", "records", &file];
    assert_snapshot!("first", desk.plain(&desk.ok(&import)));
    assert_snapshot!("rejects", read(&desk.path("旧目录.csv.rejects.csv")).trim_start_matches('\u{feff}'));
    let size = desk.json(&["ledger", "show"])["size"].clone();
    assert_snapshot!("again", desk.plain(&desk.ok(&import)));
    assert_eq!(desk.json(&["ledger", "show"])["size"], size);
    assert_snapshot!("list", desk.ok(&["item", "list"]));
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn a_changed_row_waits_for_somebody_to_confirm_it() {
    let desk = Desk::office();
    let file = desk.file("旧目录.csv", OLD);
    desk.ok(&["--as", "赵承办", "import", "records", &file]);
    let size = desk.json(&["ledger", "show"])["size"].clone();
    let changed =
        desk.file("新版.csv", &OLD.replace("https://demo.gov.cn/a,旧", "https://demo.gov.cn/a2,新"));
    let answer = desk.json(&["--as", "赵承办", "import", "records", &changed]);
    assert_eq!((&answer["taken"], &answer["to_confirm"]), (&0.into(), &1.into()));
    assert!(read(&desk.path("新版.csv.confirm.csv")).contains("关于甲的通知"));
    assert_eq!(desk.json(&["ledger", "show"])["size"], size);
}

#[test]
fn another_organs_document_is_obtained_and_a_published_one_is_public() {
    let desk = Desk::office();
    let file = desk.file("旧目录.csv", OLD);
    desk.ok(&["--as", "赵承办", "import", "records", &file]);
    let step = |title: &str| desk.json(&["item", "show", title])["history"][0]["facts"].clone();
    let own = step("甲发〔2020〕1号");
    assert_eq!(
        (&own["origin"], &own["responsible"], &own["attribute"]),
        (&"made".into(), &"self".into(), &"open".into())
    );
    let id = desk.json(&["item", "list", "--find", "关于乙的通知"])[0]["id"].as_str().unwrap().to_owned();
    let other = step(&id);
    assert_eq!((&other["origin"], &other["responsible"]), (&"obtained".into(), &"other".into()));
    assert_eq!(step("戊函〔2023〕5号")["attribute"], "on_request");
    assert_eq!(step("己函〔2023〕6号")["attribute"], "unstated");
    assert_eq!(desk.json(&["catalog", "public"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn whoever_may_not_import_changes_nothing() {
    let desk = Desk::office();
    let file = desk.file("旧目录.csv", OLD);
    let size = desk.json(&["ledger", "show"])["size"].clone();
    assert_snapshot!("not_a_clerk", desk.fails(1, &["--as", "李审查", "import", "records", &file]));
    assert!(
        desk.fails(2, &["--as", "赵承办", "import", "records", "/nowhere.csv"]).contains("[file.missing]")
    );
    let page = desk.file("page.csv", "<html><table></table></html>");
    assert_snapshot!("no_table", desk.fails(2, &["--as", "赵承办", "import", "records", &page]));
    assert_eq!(desk.json(&["ledger", "show"])["size"], size);
}

#[test]
fn decisions_on_paper_come_in_with_their_people_dates_and_evidence() {
    let desk = Desk::office();
    let registered = [
        "--as",
        "赵承办",
        "item",
        "register",
        "--title",
        "一件",
        "--document-number",
        "纸发1号",
        "--on",
        "2025-12-01",
    ];
    desk.ok(&registered);
    let digest = "ab".repeat(32);
    let paper = format!(
        "文号,公开属性建议,建议日期,承办人,审查意见,审查日期,审查人,公开属性,审签日期,审签人,发布渠道,发布日期,发布人,凭证摘要\n\
         纸发1号,主动公开,2025-12-02,赵承办,公开,2025-12-03,李审查,主动公开,2025-12-04,王主任,政府网站,2025-12-05,赵承办,{digest}\n"
    );
    let file = desk.file("纸面.csv", &paper);
    desk.ok(&["--as", "赵承办", "import", "decisions", &file]);
    assert_snapshot!("from_paper", desk.plain(&desk.ok(&["item", "show", "纸发1号"])));
    let again = desk.ok(&["--as", "赵承办", "import", "decisions", &file]);
    assert!(again.contains("没有需要签署的"), "{again}");
    desk.ok(&["ledger", "verify"]);
}
