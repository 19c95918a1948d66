//! `catalog` and `round`: what is public, withheld, on request, today and on a past day; the yearly re-evaluation.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

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
fn the_field_sets_of_the_public_catalogue() {
    let desk = decided();
    let header = |fields: &str| {
        let csv = desk.ok(&["catalog", "public", "--fields", fields, "--format", "csv"]);
        csv.lines().next().unwrap().trim_start_matches('\u{feff}').to_owned()
    };
    assert_eq!(header("minimum"), "索引,名称,内容概述,生成日期");
    assert_eq!(header("govcn"), "索引号,主题分类,发文机关,成文日期,标题,发文字号,发布日期,地址");
    assert!(header("full").contains("公开方式,状态,有效性,废止日期"));
    assert_snapshot!("govcn", desk.ok(&["catalog", "public", "--fields", "govcn", "--json"]));
    for name in ["m.xlsx", "m.html", "m.json"] {
        let file = desk.name(name);
        desk.ok(&["catalog", "public", "--fields", "minimum", "-o", &file]);
    }
    assert!(read(&desk.path("m.html")).contains("生成日期"));
    assert!(desk.fails(2, &["catalog", "withheld", "--fields", "minimum"]).contains("--fields"));
}

#[test]
fn a_lapsed_item_stays_with_the_day_it_lost_its_effect() {
    let desk = decided();
    desk.at("2026-01-07T07:00:00+08:00");
    let lapse =
        ["--as", "王主任", "item", "lapse", "示政发〔2026〕1号", "--cause", "废止", "--reason", "已废止"];
    desk.ok(&lapse);
    assert_eq!(desk.json(&["catalog", "public"])[0]["repealed"], "2026-01-07");
}

#[test]
fn the_platform_page_has_its_four_columns() {
    let desk = decided();
    let links = desk.file(
        "栏目.csv",
        "栏目,标题,日期,地址,说明\n指南,信息公开指南,2026-01-01,https://demo.gov.cn/zn,\n\
         政府信息公开制度,保密审查制度,2025年6月1日,javascript:alert(1),试行\n年报,2025年度报告,2026-01-30,https://demo.gov.cn/nb,\n",
    );
    let file = desk.name("平台.html");
    assert_snapshot!(
        "platform",
        desk.plain(&desk.ok(&["catalog", "platform", "-o", &file, "--links", &links]))
    );
    let page = read(&desk.path("平台.html"));
    let place = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    for name in ["政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报"]
    {
        place(name);
    }
    assert!(place("信息公开指南</a>") < place("保密审查制度"));
    assert!(
        place("保密审查制度") < place("关于防汛的通知") && place("关于防汛的通知") < place("2025年度报告")
    );
    assert!(!page.contains("javascript:") && !page.contains("低保"));
    assert_eq!(page.matches("class=\"topic zero\"").count(), 22);
    assert!(page.contains("未分类"));
    let bad = desk.file("坏.csv", "栏目,标题\n机构,甲\n");
    assert!(desk.fails(2, &["catalog", "platform", "-o", &file, "--links", &bad]).contains("[row.choice]"));
}

/// The rules of RFC 4287 that a reader of feeds relies on, asked of Python's XML parser.
const ATOM: &str = r#"
import sys, re, datetime, xml.etree.ElementTree as tree
a = '{http://www.w3.org/2005/Atom}'
feed = tree.parse(sys.argv[1]).getroot()
assert feed.tag == a + 'feed'
def one(node, name):
    found = node.findall(a + name)
    assert len(found) == 1, (name, len(found))
    return found[0].text
for node in [feed] + feed.findall(a + 'entry'):
    assert re.fullmatch(r'tag:[a-z.]+,\d{4}:[a-z0-9/]+', one(node, 'id')), one(node, 'id')
    assert one(node, 'title')
    assert datetime.datetime.fromisoformat(one(node, 'updated')).utcoffset() is not None
    for link in node.findall(a + 'link'):
        assert link.get('href').startswith('http')
assert one(feed.find(a + 'author'), 'name')
ids = [one(entry, 'id') for entry in feed.findall(a + 'entry')]
assert len(ids) == len(set(ids))
dates = [one(entry, 'updated') for entry in feed.findall(a + 'entry')]
assert dates == sorted(dates, reverse=True)
status = [entry.find(a + 'category').get('term') for entry in feed.findall(a + 'entry')]
print(' '.join(status))
"#;

#[test]
fn the_feed_tells_what_was_published_and_withdrawn() {
    let desk = decided();
    assert_snapshot!("feed", desk.ok(&["catalog", "feed"]));
    desk.at("2026-01-07T07:00:00+08:00");
    desk.ok(&["--as", "赵承办", "item", "withdraw", "示政发〔2026〕1号", "--cause", "内容有误"]);
    let file = desk.name("feed.xml");
    desk.ok(&["catalog", "feed", "-o", &file]);
    let xml = read(&desk.path("feed.xml"));
    assert!(xml.contains("已撤下") && !xml.contains("防汛"), "{xml}");
    let python = std::env::var("ZHAOCE_PYTHON").unwrap_or_else(|_| "python3".into());
    match std::process::Command::new(python).args(["-c", ATOM, &file]).output() {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "withdrawn");
        }
        Err(error) => eprintln!("SKIPPED: no Python: {error}"),
    }
    let json = desk.json(&["catalog", "feed"]);
    assert_eq!(
        (json["items"][0]["_zhaoce"]["status"].as_str(), json["items"].as_array().unwrap().len()),
        (Some("withdrawn"), 1)
    );
    let later = desk.json(&["catalog", "feed", "--since", "2026-01-09"]);
    assert_eq!(later["items"], serde_json::json!([]));
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
