//! A morning at an office of three: documents come in as a spreadsheet, go from desk to desk, and are published.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use insta::assert_snapshot;

const NEW: &str = "标题,文号,成文日期,公开属性建议,建议依据,建议理由
关于防汛的通知,示政发〔2026〕1号,2026-01-04,主动公开,,
关于某人低保的批复,示政复〔2026〕2号,2026年1月4日,不予公开,个人隐私,含个人住址
关于会议的函,示政函〔2026〕3号,2026/1/5,依申请公开,,
";

fn morning() -> Desk {
    let desk = Desk::office();
    let new = desk.file("新件.csv", NEW);
    desk.ok(&["--as", "赵承办", "item", "register", "--from", &new]);
    desk
}

#[test]
fn thirty_documents_in_a_handful_of_commands() {
    let desk = morning();
    assert_snapshot!("for_the_reviewer", desk.ok(&["--as", "李审查", "todo"]));
    let list = desk.name("今天.csv");
    assert_snapshot!("exported", desk.plain(&desk.ok(&["--as", "李审查", "todo", "export", "-o", &list])));
    let filled = desk.fill("今天.csv", "审查.csv", |row| {
        let open = row["公开属性建议"] == "主动公开";
        row.insert("审查意见".into(), if open { "公开" } else { "免于公开" }.into());
        row.insert("审查理由".into(), "已核".into());
    });
    assert_snapshot!("reviewed", desk.ok(&["--as", "李审查", "todo", "import", &filled]));
    // The same list again adds nothing.
    assert_snapshot!("reviewed_again", desk.ok(&["--as", "李审查", "todo", "import", &filled]));
    desk.ok(&["--as", "王主任", "item", "decide", "--waiting"]);
    desk.ok(&["--as", "赵承办", "item", "publish", "--waiting", "--channels", "网站"]);
    assert_snapshot!("afterwards", desk.ok(&["item", "list"]));
    assert_eq!(desk.json(&["todo", "--all"]), serde_json::json!([]));
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn everybody_signs_their_own_steps_of_one_list() {
    let desk = morning();
    let list = desk.name("今天.csv");
    desk.ok(&["todo", "export", "--all", "-o", &list]);
    // All columns are there only when all steps are asked for; this one has the review.
    let filled = desk.fill("今天.csv", "填好.csv", |row| {
        row.insert("审查意见".into(), "公开".into());
    });
    let out = desk.ok(&["--as", "王主任", "todo", "import", &filled]);
    assert!(out.contains("留待他人：保密审查 3 件"), "{out}");
    assert!(out.contains("没有需要签署的"), "{out}");
    desk.ok(&["--as", "李审查", "todo", "import", &filled]);
    desk.ok(&["--as", "王主任", "todo", "export", "-o", &list]);
    let decided = desk.fill("今天.csv", "定性.csv", |row| {
        let (attribute, ground) = (row["公开属性建议"].clone(), row["建议依据"].clone());
        row.insert("公开属性".into(), attribute);
        row.insert("不予公开依据".into(), ground);
    });
    desk.ok(&["--as", "王主任", "todo", "import", &decided]);
    assert_eq!(desk.json(&["catalog", "withheld"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn xlsx_goes_out_and_comes_back() {
    let desk = morning();
    let list = desk.name("今天.xlsx");
    desk.ok(&["--as", "李审查", "todo", "export", "-o", &list]);
    // Nothing filled in: what stands there is what the ledger holds.
    let out = desk.ok(&["--as", "李审查", "todo", "import", &list]);
    assert!(out.contains("已在台账中的 3 步"), "{out}");
    assert!(
        desk.fails(2, &["todo", "export", "--all", "-o", &desk.name("今天.pdf")]).contains("[output.ending]")
    );
}

#[test]
fn a_row_that_cannot_be_taken_stops_the_whole_list() {
    let desk = morning();
    let size = desk.json(&["ledger", "show"])["size"].clone();
    let bad = desk.file("bad.csv", "文号,审查意见\n示政发〔2026〕1号,公开\n示政发〔2099〕9号,公开\n");
    assert_snapshot!("unknown_item", desk.fails(2, &["--as", "李审查", "todo", "import", &bad]));
    let bad = desk.file("bad.csv", "文号,审查意见\n示政发〔2026〕1号,也许\n");
    assert_snapshot!("unknown_word", desk.fails(2, &["--as", "李审查", "todo", "import", &bad]));
    assert_eq!(desk.json(&["ledger", "show"])["size"], size);
}

#[test]
fn the_same_table_registered_twice_is_refused() {
    let desk = morning();
    let new = desk.name("新件.csv");
    assert_snapshot!(
        "registered_twice",
        desk.fails(1, &["--as", "赵承办", "item", "register", "--from", &new])
    );
}
