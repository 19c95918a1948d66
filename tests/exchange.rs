//! Tables as offices send them: files made by other programs, the demonstration's records, and what is written read back.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use zhaoce::exchange::words::{ATTRIBUTES, Vocab, Word};
use zhaoce::exchange::worklist::{read_decisions, read_reassessments};
use zhaoce::exchange::*;
use zhaoce::fault::Lang;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exchange").join(name)
}

fn options() -> ReadOptions<'static> {
    ReadOptions { columns: RECORD_COLUMNS, ..ReadOptions::default() }
}

fn demo_bytes() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo/records.csv")).unwrap()
}

fn plan_of(table: &Table) -> ImportPlan {
    plan_import(read_records(table).unwrap(), &|_| None)
}

fn day(text: &str) -> Option<Date> {
    text.parse().ok()
}

#[test]
fn a_workbook_with_title_two_headers_merges_hidden_rows_and_errors() {
    let table = read_table_file(&fixture("openpyxl.xlsx"), &options()).unwrap();
    assert_eq!((table.header_line, &table.format), (3, &Format::Xlsx { sheet: "目录".into() }));
    let plan = plan_of(&table);
    let seen: Vec<_> = plan
        .new
        .iter()
        .map(|r| (r.line, r.title.as_str(), r.index_number.as_deref(), r.date_written, r.topic.as_deref()))
        .collect();
    let money = Some("财政、金融、审计");
    assert_eq!(
        seen,
        [
            (4, "关于  印发\n工作方案的通知", Some("20240001"), day("2024-01-05"), money),
            (5, "=HYPERLINK假标题", Some("20240002"), day("2024-02-29"), money),
            (6, "隐藏的一行", Some("0003"), day("2024-03-03"), None),
        ]
    );
    assert_eq!(plan.new[0].date_published, day("2024-01-08"));
    assert_eq!(plan.new[2].document_number.as_deref(), Some("3.5"));
    let attributes: Vec<_> = plan.new.iter().map(|r| r.attribute.as_deref()).collect();
    assert_eq!(attributes, [Some("open"), Some("on_request"), Some("withheld")]);
    let rejected: Vec<_> = plan.rejected.iter().map(|r| (r.line, r.code)).collect();
    assert_eq!(rejected, [(9, "row.excel_error")]);
}

#[test]
fn formulas_give_the_saved_value_or_the_file_is_refused() {
    let table = read_table_file(&fixture("libreoffice.xlsx"), &options()).unwrap();
    let row = plan_of(&table).new.into_iter().find(|r| r.line == 7).unwrap();
    assert_eq!((row.title.as_str(), row.date_written), ("公式标题", day("2024-04-04")));
    let fault = read_table_file(&fixture("formula-unsaved.xlsx"), &options()).unwrap_err();
    assert_eq!(fault.code, "table.formula_unsaved");
}

#[test]
fn sheets_are_chosen_by_name() {
    let options = ReadOptions { sheet: Some("附表"), ..options() };
    let table = read_table_file(&fixture("openpyxl.xlsx"), &options).unwrap();
    assert_eq!(table.rows[0].cells, ["第二张表"]);
    let missing = ReadOptions { sheet: Some("没有"), ..options };
    let fault = read_table_file(&fixture("openpyxl.xlsx"), &missing).unwrap_err();
    assert_eq!((fault.code, fault.args["found"].as_str()), ("table.no_sheet", "目录、附表"));
}

#[test]
fn the_demo_records_hold_the_kinds_of_dirt() {
    let table = read_table("records.csv", &demo_bytes(), &options()).unwrap();
    let plan = plan_of(&table);
    assert_eq!(plan.new.len() + plan.rejected.len(), table.rows.len());
    let rejected: Vec<_> = plan.rejected.iter().map(|r| r.code).collect();
    assert_eq!(rejected, ["row.header_again"], "the leftover header is no record");
    let count = |is: &dyn Fn(&RecordRow) -> bool| plan.new.iter().filter(|r| is(r)).count();
    assert!(plan.new.len() >= 300);
    assert_eq!(count(&|r| r.index_number.is_some()), 0);
    assert!(
        count(&|r| r.issuer.is_none()) > 50
            && count(&|r| r.date_written.is_none() && r.date_published.is_none()) >= 5
    );
    assert!(
        count(&|r| r.issuer.as_deref().is_some_and(|i| i.starts_with("国务院") || i.starts_with("人力资源")))
            > 20
    );
    assert!(count(&|r| r.odd.contains(&'\u{E003}')) == 2);
    let mut titles = BTreeMap::<&str, usize>::new();
    plan.new.iter().for_each(|r| *titles.entry(&r.title).or_default() += 1);
    assert!(titles.values().filter(|n| **n > 1).count() >= 6, "repeated titles are separate records");
    let numbered = count(&|r| r.basis == IdentityBasis::DocumentNumber);
    assert!(numbered > 30 && numbered < plan.new.len(), "both kinds of identity: {numbered}");
}

#[test]
fn importing_again_changes_nothing_and_a_changed_row_is_asked_about() {
    let text = String::from_utf8(demo_bytes()).unwrap();
    let first = plan_of(&read_table("a", text.as_bytes(), &options()).unwrap());
    let known: BTreeMap<_, _> =
        first.new.iter().map(|r| (r.identity.clone(), r.fingerprint.clone())).collect();
    let lookup = |identity: &Identity| known.get(identity).cloned();
    let again = |text: &str| {
        plan_import(read_records(&read_table("a", text.as_bytes(), &options()).unwrap()).unwrap(), &lookup)
    };

    let same = again(&text);
    assert_eq!((same.new.len(), same.changed.len(), same.same.len()), (0, 0, first.new.len()));

    let changed = again(&text.replacen("有效", "失效", 1));
    assert_eq!((changed.new.len(), changed.changed.len()), (0, 1));
    assert_eq!(changed.changed[0].against, Against::Ledger);
}

#[test]
fn the_same_records_in_any_file_are_the_same_records() {
    let text = String::from_utf8(demo_bytes()).unwrap().replace('\u{E003}', "");
    let utf8 = plan_of(&read_table("a", text.as_bytes(), &options()).unwrap());
    let (gb, _, unmappable) = encoding_rs::GB18030.encode(&text);
    assert!(!unmappable);
    let table = read_table("a", &gb, &options()).unwrap();
    assert_eq!(table.format, Format::Csv(TextEncoding::Gb18030));
    assert_eq!(plan_of(&table), utf8);

    let columns: Vec<Column> =
        RECORD_COLUMNS.iter().take(10).map(|c| Column::new(c.key, c.zh, c.en, 20)).collect();
    let source = read_table("a", text.as_bytes(), &options()).unwrap();
    let rows = source.rows.iter().map(|r| r.cells.iter().map(|c| Cell::from(c.as_str())).collect()).collect();
    let sheet =
        Sheet { name: "记录".into(), title: "记录".into(), notes: vec!["说明".into()], columns, rows };
    let fingerprints = |plan: &ImportPlan| {
        plan.new.iter().map(|r| (r.identity.clone(), r.fingerprint.clone())).collect::<Vec<_>>()
    };
    for bytes in [
        xlsx(std::slice::from_ref(&sheet), Lang::Zh, &BookInfo::default()).unwrap(),
        csv(&sheet, Lang::Zh),
        csv(&sheet, Lang::En),
    ] {
        let back = plan_of(&read_table("b", &bytes, &options()).unwrap());
        assert_eq!(fingerprints(&back), fingerprints(&utf8));
    }
}

#[test]
fn rows_are_rejected_whole_with_line_and_reason() {
    let text = "标题,文号,成文日期,公开属性,备注\n\
        好,一号,2024-1-5,主动公开,甲\n\
        ,二号,2024-01-05,,\n\
        三,三号,2024年2月30日,,\n\
        四,四号,,绝密,\n\
        五,五号,,,\u{7}\n\
        六,六号\n\
        好,一号,2024/1/5,主动公开,甲\n\
        好,一号,2024/1/5,主动公开,乙\n";
    let plan = plan_of(&read_table("t", text.as_bytes(), &options()).unwrap());
    let rejected: Vec<_> = plan.rejected.iter().map(|r| (r.line, r.code)).collect();
    let expected = [
        (3, "row.no_title"),
        (4, "row.date"),
        (5, "row.choice"),
        (6, "row.control"),
        (7, "row.too_few_cells"),
    ];
    assert_eq!(rejected, expected);
    assert!(plan.rejected[1].zh.contains("2024年2月30日") && plan.rejected[1].en.contains("2024年2月30日"));
    assert_eq!(plan.new.len(), 1);
    assert_eq!(plan.new[0].extra, BTreeMap::from([("备注".to_owned(), "甲".to_owned())]));
    assert_eq!((plan.repeated[0].line, plan.repeated[0].first), (8, 2));
    assert_eq!((plan.changed[0].row.line, plan.changed[0].against), (9, Against::Line(2)));
}

#[test]
fn a_corrected_reject_file_is_imported_like_the_original() {
    let text = "标题,文号,成文日期\n=甲,一号,2024年2月30日\n乙,,\n";
    let table = read_table("t", text.as_bytes(), &options()).unwrap();
    let plan = plan_of(&table);
    let sheet = reject_sheet(&table, &plan.rejected, "未取入");
    let bytes = csv(&sheet, Lang::Zh);
    let corrected = String::from_utf8(bytes).unwrap().replace("2024年2月30日\r\n", "2024年2月29日\r\n");
    let back = plan_of(&read_table("r.csv", corrected.as_bytes(), &options()).unwrap());
    let right = plan_of(&read_table("t", text.replace("30日", "29日").as_bytes(), &options()).unwrap());
    assert_eq!((back.new.len(), back.rejected.len()), (1, 0));
    assert_eq!(back.new[0].title, "=甲");
    assert_eq!(
        (&back.new[0].given, &back.new[0].fingerprint),
        (&right.new[0].given, &right.new[0].fingerprint)
    );
}

#[test]
fn a_file_without_titles_or_with_two_of_them_is_refused() {
    let code = |text: &str| {
        read_records(&read_table("t", text.as_bytes(), &options()).unwrap()).map_err(|f| f.code).err()
    };
    assert_eq!(code("文号,日期\n一号,x\n"), Some("table.column_missing"));
    assert_eq!(code("标题,名称\n一,二\n"), Some("table.column_twice"));
}

fn words() -> WorkWords {
    let vocab =
        |words: &[(&str, &str)]| Vocab { words: words.iter().map(|(c, z)| Word::new(*c, *z, *c)).collect() };
    WorkWords {
        attributes: ATTRIBUTES.clone(),
        review_outcomes: vocab(&[("open", "公开"), ("exempt", "免于公开"), ("refer", "需报审")]),
        review_scopes: vocab(&[("whole", "全文"), ("redacted", "删减稿")]),
        grounds: vocab(&[
            ("a15", "条例第十五条：商业秘密、个人隐私"),
            ("a16_1", "条例第十六条第一款：内部事务信息"),
        ]),
        channels: vocab(&[("site", "政府网站"), ("gazette", "政府公报")]),
        outcomes: vocab(&[("maintain", "维持"), ("to_open", "转主动公开")]),
        triggers: vocab(&[("requests", "多人申请")]),
        irregular: vocab(&[("late", "逾期")]),
        marks: vocab(&[("open_publish", "此件公开发布"), ("partial", "此件删减后公开")]),
        bases: vocab(&[("own", "本机关决定"), ("followed", "沿用原机关属性")]),
    }
}

fn row(line: &[(&'static str, &str)]) -> BTreeMap<&'static str, Cell> {
    line.iter().map(|(key, text)| (*key, Cell::from(*text))).collect()
}

fn filled(list: Worklist, rows: &[BTreeMap<&'static str, Cell>]) -> Table {
    let rows: Vec<BTreeMap<&str, Cell>> = rows.to_vec();
    let sheet = list.sheet("办理", "待办", &words(), &[], &rows);
    let bytes = xlsx(&[sheet], Lang::Zh, &BookInfo::default()).unwrap();
    let columns = list.columns();
    read_table("待办.xlsx", &bytes, &ReadOptions { columns: &columns, ..ReadOptions::default() }).unwrap()
}

#[test]
fn decisions_come_back_from_the_worklist_that_went_out() {
    let digest = "A".repeat(64);
    let table = filled(
        Worklist::Decisions,
        &[
            row(&[
                ("id", "item/0a1b"),
                ("title", "甲"),
                ("attribute", "删减后公开"),
                ("ground", "a15"),
                ("reason", "含个人隐私"),
                ("remainder_ground", "条例第十五条：商业秘密、个人隐私"),
                ("redacted", &digest),
                ("decided_on", "2026年11月20日"),
                ("decided_by", "王五"),
                ("channels", "政府网站、gazette"),
                ("address", "https://x.example/1"),
                ("irregular", "逾期"),
            ]),
            row(&[("id", "item/2"), ("title", "乙"), ("proposed_by", "张三")]),
            row(&[("id", "item/3"), ("title", "丙"), ("review_reason", "没有结论")]),
            row(&[("id", "item/4"), ("title", "丁"), ("review_outcome", "同意")]),
            row(&[("id", "item/0a1b"), ("title", "甲"), ("attribute", "主动公开")]),
            row(&[
                ("title", "戊"),
                ("proposed_attribute", "主动公开"),
                ("proposed_on", "2026-11-19"),
                ("review_outcome", "公开"),
                ("review_scope", "全文"),
            ]),
            row(&[("attribute", "主动公开")]),
            row(&[("id", "item/BAD!"), ("attribute", "主动公开")]),
            row(&[("id", "item/9"), ("evidence", &digest)]),
        ],
    );
    let back = read_decisions(&table, &words()).unwrap();
    let first = &back.rows[0];
    assert_eq!(first.item.id.as_deref(), Some("item/0a1b"));
    let decision = first.decision.as_ref().unwrap();
    assert_eq!(
        (decision.attribute.as_str(), decision.ground.as_deref(), decision.remainder_ground.as_deref()),
        ("partial", Some("a15"), Some("a15"))
    );
    assert_eq!(first.redacted.as_deref(), Some(format!("sha256:{}", "a".repeat(64)).as_str()));
    assert_eq!((decision.done.on, decision.done.person.as_deref()), (day("2026-11-20"), Some("王五")));
    assert_eq!(first.publication.as_ref().unwrap().channels, ["site", "gazette"]);
    assert_eq!(first.irregular, ["late"]);
    assert!(first.proposal.is_none() && first.review.is_none());
    let second = &back.rows[1];
    assert_eq!(second.item.title.as_deref(), Some("戊"));
    assert_eq!(second.proposal.as_ref().unwrap().done.on, day("2026-11-19"));
    assert_eq!(second.review.as_ref().unwrap().scope.as_deref(), Some("whole"));
    let head = table.header_line;
    assert_eq!(back.blank, [head + 2]);
    let rejected: Vec<_> = back.rejected.iter().map(|r| (r.line - head, r.code)).collect();
    let expected = [
        (3, "row.required"),
        (4, "row.choice"),
        (5, "row.twice"),
        (7, "row.no_key"),
        (8, "row.item_id"),
        (9, "row.nothing"),
    ];
    assert_eq!(rejected, expected);
}

#[test]
fn reassessments_come_back_too() {
    let table = filled(
        Worklist::Reassessments,
        &[
            row(&[
                ("id", "item/1"),
                ("title", "甲"),
                ("outcome", "维持"),
                ("reason", "情形仍在"),
                ("on", "2026/11/20"),
                ("person", "李四"),
            ]),
            row(&[("id", "item/2"), ("title", "乙"), ("outcome", "to_open"), ("trigger", "多人申请")]),
            row(&[("id", "item/3"), ("title", "丙")]),
            row(&[("id", "item/4"), ("title", "丁"), ("reason", "忘了填结果")]),
        ],
    );
    let back = read_reassessments(&table, &words()).unwrap();
    let outcomes: Vec<_> =
        back.rows.iter().map(|r| (r.outcome.as_str(), r.trigger.as_deref(), r.done.on)).collect();
    assert_eq!(outcomes, [("maintain", None, day("2026-11-20")), ("to_open", Some("requests"), None)]);
    assert_eq!((back.blank.len(), back.rejected.len(), back.rejected[0].code), (1, 1, "row.required"));
}

#[test]
fn a_worklist_offers_only_the_asked_steps() {
    let rows = [row(&[("id", "item/1"), ("title", "甲"), ("state", "已审查")])];
    let sheet = Worklist::Decisions.sheet("审签", "待审签", &words(), &[Step::Decision], &rows);
    let keys: Vec<_> = sheet.columns.iter().map(|c| c.key.as_str()).collect();
    let expected = [
        "id",
        "title",
        "state",
        "attribute",
        "ground",
        "reason",
        "remainder_ground",
        "basis",
        "mark",
        "decided_on",
        "decided_by",
        "redacted",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn workbooks_are_deterministic_and_texts_stay_texts() {
    let columns = vec![
        Column::new("title", "标题", "Title", 40).kind(Kind::Long),
        Column::new("url", "链接", "Address", 40).kind(Kind::Link),
        Column::new("n", "数量", "Count", 8).kind(Kind::Number),
        Column::new("on", "日期", "On", 12).kind(Kind::Date),
    ];
    let nasty = ["=1+1", "'quoted", "+86", "长".repeat(40_000).as_str(), "a\nb"].map(str::to_owned);
    let rows = nasty.iter().map(|t| {
        vec![
            Cell::from(t.clone()),
            Cell::from("https://x.example/?a=1&b=<2>"),
            Cell::Number(7),
            Cell::from(day("2024-02-29")),
        ]
    });
    let sheet = Sheet {
        name: "a/b*[c]".into(),
        title: "题".into(),
        columns,
        rows: rows.collect(),
        ..Sheet::default()
    };
    let info = BookInfo {
        title: "书".into(),
        office: "某 & 局".into(),
        banner: "演示数据".into(),
        created: "2026-11-22T08:00:00".parse().unwrap(),
    };
    let bytes =
        xlsx(&[sheet.clone(), Sheet { name: "空".into(), ..Sheet::default() }], Lang::Zh, &info).unwrap();
    assert_eq!(
        bytes,
        xlsx(&[sheet, Sheet { name: "空".into(), ..Sheet::default() }], Lang::Zh, &info).unwrap()
    );
    let limits = Limits { cell_bytes: 200_000, ..Limits::default() };
    let back = read_table(
        "b.xlsx",
        &bytes,
        &ReadOptions { limits, columns: RECORD_COLUMNS, ..ReadOptions::default() },
    )
    .unwrap();
    let titles: Vec<&str> = back.rows.iter().map(|r| r.cells[0].as_str()).collect();
    assert_eq!((titles[0], titles[1], titles[2], titles[4]), ("=1+1", "'quoted", "+86", "a\nb"));
    assert!(titles[3].ends_with("（超长截断）"));
    assert_eq!(back.rows[0].cells[1..], ["https://x.example/?a=1&b=<2>", "7", "2024-02-29"]);
}

fn page_of(titles: &[&str], address: &str) -> String {
    let columns = vec![
        Column::new("title", "信息名称", "Title", 40).place(Place::Main),
        Column::new("topic", "主题", "Topic", 10).filter(Filter::Value),
        Column::new("on", "日期", "On", 12).kind(Kind::Date).filter(Filter::Year),
        Column::new("attribute", "公开属性", "Attribute", 12).kind(Kind::Tag),
        Column::new("url", "链接", "Address", 40).kind(Kind::Link),
    ];
    let row = |(at, title): (usize, &&str)| {
        let on = day(if at % 2 == 0 { "2023-05-01" } else { "2024-05-01" });
        vec![
            Cell::from(*title),
            Cell::from(format!("类\"{at}")),
            Cell::from(on),
            Cell::from(ATTRIBUTES.word("open").cloned()),
            Cell::from(address),
        ]
    };
    let sheet = Sheet {
        name: "<主动>".into(),
        title: "目录".into(),
        rows: titles.iter().enumerate().map(row).collect(),
        columns,
        ..Sheet::default()
    };
    let ledger = LedgerFacts {
        origin: "x.example/xxgk".into(),
        size: 42,
        root: "cm9vdA==".into(),
        genesis: "b3:00".into(),
    };
    let page = Page {
        office: "某局<b>".into(),
        title: "公开\"目录".into(),
        banner: "演示数据".into(),
        as_of: day("2026-11-22"),
        ledger: Some(ledger),
        ..Page::default()
    };
    html(&[sheet], Lang::Zh, &page).unwrap()
}

#[test]
fn the_page_escapes_everything_and_allows_nothing_from_outside() {
    let attack = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\u{202E}\"'&";
    let page = page_of(&[attack, "乙"], "javascript:alert(1)");
    assert_eq!(page.matches("<script").count(), 1, "only our own script");
    assert_eq!(page.matches("<img").count(), 0);
    assert!(!page.contains("javascript:") && !page.contains("\u{202E}") && !page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;") || page.contains("&#60;script&#62;"));
    let plain = page_of(&["甲"], "https://x.example/");
    for outside in [" src=", "@import", "url(", "<link rel=\"stylesheet", "<iframe", " style=", " onclick"] {
        assert!(!plain.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    assert!(!page.contains("unsafe-inline"));
}

#[test]
fn the_policy_names_the_digests_of_what_is_embedded() {
    use base64::Engine;
    use sha2::Digest;
    let page = page_of(&["甲"], "").replace("&#39;", "'");
    for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
        let inside = page.split_once(open).unwrap().1.split_once(close).unwrap().0;
        let digest =
            base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(inside.as_bytes()));
        assert!(page.contains(&format!("'sha256-{digest}'")), "{open}");
    }
}

#[test]
fn the_page_shows_banner_dates_ledger_links_and_filters() {
    let page = page_of(&["甲", "乙", "丙"], "HTTPS://x.example/a?b=1&c=2");
    for shown in
        ["演示数据", "2026-11-22", "x.example/xxgk", "cm9vdA==", "b3:00", ">42<", "主动公开", "t-open"]
    {
        assert!(page.contains(shown), "{shown}");
    }
    assert_eq!(
        page.matches("class=\"title\" rel=\"noreferrer nofollow\" href=\"HTTPS://x.example/a?b=1&#38;c=2\"")
            .count(),
        3
    );
    assert!(
        page.find("value=\"2024\">2024（1）").unwrap() < page.find("value=\"2023\">2023（2）").unwrap(),
        "newest year first"
    );
    assert_eq!(page, page_of(&["甲", "乙", "丙"], "HTTPS://x.example/a?b=1&c=2"));
}
