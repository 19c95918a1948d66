//! `item`: a life from registration to the archive; refusals; ways to name items.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use insta::assert_snapshot;

fn registered(desk: &Desk, title: &str, more: &[&str]) -> String {
    let args: Vec<&str> = ["--as", "赵承办", "item", "register", "--title", title]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
    let answer = desk.json(&args);
    answer["subjects"][0].as_str().unwrap().to_owned()
}

#[test]
fn a_whole_life() {
    let desk = Desk::office();
    let item = registered(
        &desk,
        "关于防汛的通知",
        &["--document-number", "示政发〔2026〕1号", "--propose", "主动公开", "--formed", "2026年1月4日"],
    );
    assert_snapshot!("reviewed", desk.ok(&["--as", "李审查", "item", "review", &item, "--outcome", "公开"]));
    desk.ok(&["--as", "王主任", "item", "decide", &item, "--mark", "此件公开发布"]);
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "publish",
        &item,
        "--channels",
        "政府网站",
        "公报",
        "--address",
        "https://demo.gov.cn/1",
    ]);
    desk.ok(&["--as", "赵承办", "item", "correct", &item, "--extent", "仅目录信息", "--topic", "防汛"]);
    desk.ok(&["--as", "赵承办", "item", "withdraw", &item, "--cause", "内容有误", "--reason", "附件有误"]);
    desk.ok(&["--as", "赵承办", "item", "propose", &item, "--attribute", "主动公开"]);
    desk.ok(&["--as", "李审查", "item", "review", &item, "--outcome", "公开"]);
    desk.ok(&["--as", "王主任", "item", "decide", &item]);
    desk.ok(&["--as", "赵承办", "item", "publish", &item, "--channels", "网站"]);
    desk.ok(&["--as", "赵承办", "item", "lapse", &item, "--cause", "期限届满"]);
    desk.ok(&["--as", "赵承办", "item", "transfer", &item, "--archive", "archive.demo.gov.cn"]);
    assert_snapshot!("show", desk.ok(&["item", "show", &item]));
    assert_snapshot!("show_en", desk.ok(&["item", "show", &item, "--lang", "en"]));
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn refusals_name_rule_source_and_next_step_in_both_languages() {
    let desk = Desk::office();
    let item = registered(&desk, "一件", &[]);
    let publish = ["--as", "赵承办", "item", "publish", &item, "--channels", "网站"];
    assert_snapshot!("unreviewed", desk.fails(1, &publish));
    let english: Vec<&str> = publish.iter().copied().chain(["--lang", "en"]).collect();
    assert_snapshot!("unreviewed_en", desk.fails(1, &english));
    let json: Vec<&str> = publish.iter().copied().chain(["--json"]).collect();
    let error: serde_json::Value = serde_json::from_str(&desk.fails(1, &json)).unwrap();
    assert_eq!(error["error"]["kind"], "refused");
    assert!(error["error"]["zh"].as_str().is_some() && error["error"]["en"].as_str().is_some());
    assert_eq!(desk.json(&["ledger", "show"])["size"], 26);
}

#[test]
fn many_are_signed_as_one_act_or_not_at_all() {
    let desk = Desk::office();
    let open = registered(&desk, "甲", &["--propose", "主动公开"]);
    let bare = registered(&desk, "乙", &[]);
    let size = desk.json(&["ledger", "show"])["size"].clone();
    assert_snapshot!(
        "one_of_two",
        desk.fails(1, &["--as", "李审查", "item", "review", &open, &bare, "--outcome", "公开"])
    );
    assert_eq!(desk.json(&["ledger", "show"])["size"], size);
    let answer = desk.json(&["--as", "李审查", "item", "review", &open, "--outcome", "公开", "--dry-run"]);
    assert_eq!((&answer["written"], desk.json(&["ledger", "show"])["size"].clone()), (&false.into(), size));
}

#[test]
fn items_go_by_many_names() {
    let desk = Desk::office();
    let item =
        registered(&desk, "甲", &["--document-number", "示政发〔2026〕7号", "--index-number", "X-2026-7"]);
    let prefix = &item["item/".len()..][..6];
    for name in [item.as_str(), &item[5..], prefix, "示政发〔2026〕7号", "示政发[2026]7号", "X-2026-7"]
    {
        assert_eq!(desk.json(&["item", "show", name])["id"], item.as_str(), "{name}");
    }
    registered(&desk, "乙", &["--document-number", "示政发〔2026〕7号", "--again"]);
    let err = desk.fails(2, &["item", "show", "示政发〔2026〕7号"]);
    assert!(err.contains("[item.ambiguous]"), "{err}");
    assert_snapshot!("unknown", desk.fails(2, &["item", "show", "没有这个"]));
    assert_snapshot!("list_found", desk.ok(&["item", "list", "--find", "乙"]));
    let known =
        ["--as", "赵承办", "item", "register", "--title", "丙", "--document-number", "示政发〔2026〕7号"];
    let err = desk.fails(1, &known);
    assert!(err.contains("[item.known]"), "{err}");
}

#[test]
fn what_is_done_on_paper_is_transcribed_with_evidence() {
    let desk = Desk::office();
    let item = registered(&desk, "甲", &["--propose", "主动公开"]);
    let by_paper = ["--as", "赵承办", "item", "review", &item, "--outcome", "公开", "--person", "李审查"];
    assert_snapshot!("no_evidence", desk.fails(1, &by_paper));
    let scan = desk.file("scan.pdf", "scan");
    let with: Vec<&str> = by_paper.iter().copied().chain(["--evidence", &scan]).collect();
    desk.ok(&with);
    assert_snapshot!("transcribed", desk.plain(&desk.ok(&["item", "show", &item])));
}

#[test]
fn what_happened_without_a_step_is_declared() {
    let desk = Desk::office();
    let item = registered(&desk, "甲", &[]);
    let scan = desk.file("scan.pdf", "scan");
    let args = [
        "--as",
        "王主任",
        "item",
        "decide",
        &item,
        "--attribute",
        "依申请公开",
        "--irregular",
        "缺少步骤",
        "--reason",
        "先前口头决定",
        "--evidence",
        &scan,
    ];
    desk.ok(&args);
    let ran = desk.run(&["ledger", "verify"]);
    assert!(ran.code == 0 && ran.out.contains("申报的不合规 1"), "{}", ran.out);
}

#[test]
fn a_redacted_document_needs_a_title_of_its_own_for_the_public() {
    let desk = Desk::office();
    let item = registered(&desk, "关于张某低保的批复", &["--propose", "删减后公开", "--ground", "个人隐私"]);
    let redacted = desk.file("redacted.pdf", "redacted");
    desk.ok(&["--as", "李审查", "item", "review", &item, "--outcome", "公开", "--redacted", &redacted]);
    desk.ok(&["--as", "王主任", "item", "decide", &item]);
    assert_snapshot!(
        "no_public_title",
        desk.fails(2, &["--as", "赵承办", "item", "publish", &item, "--channels", "网站"])
    );
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "publish",
        &item,
        "--channels",
        "网站",
        "--title",
        "关于低保的批复（删减版）",
    ]);
    let public = desk.ok(&["catalog", "public", "--format", "csv"]);
    assert!(public.contains("删减版") && !public.contains("张某"), "{public}");
}

#[test]
fn a_state_secret_is_a_stub_without_content() {
    let desk = Desk::office();
    desk.ok(&[
        "--as",
        "赵承办",
        "item",
        "register",
        "--secret-basis",
        "派生定密",
        "--review-by",
        "2027-01-01",
    ]);
    let list = desk.json(&["item", "list"]);
    assert_eq!((&list[0]["title"], &list[0]["state"]), (&serde_json::Value::Null, &"proposed".into()));
    let both = ["--as", "赵承办", "item", "register", "--secret-basis", "派生定密", "--title", "某事"];
    assert!(desk.fails(2, &both).contains("[usage.conflict]"));
}

#[test]
fn an_erased_part_is_gone_and_everything_still_verifies() {
    let desk = Desk::office();
    let item = registered(&desk, "误录的标题", &[]);
    desk.ok(&[
        "--as",
        "王主任",
        "item",
        "erase",
        &item,
        "--seq",
        "25",
        "--part",
        "closed",
        "--ground",
        "误录",
        "--asked-by",
        "本机关",
    ]);
    assert!(!cli_support::read(&desk.path("ledger/log/000000000000.jsonl")).contains("误录的标题"));
    assert_snapshot!("erased", desk.plain(&desk.ok(&["item", "show", &item])));
    desk.ok(&["ledger", "verify"]);
}
