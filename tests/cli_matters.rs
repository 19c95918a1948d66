//! The standard catalogue through the command line: in, out, approved, compared.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod cli_support;

use cli_support::{Desk, read};
use serde_json::Value;

const HEAD: &str = "一级事项,二级事项,公开内容,公开依据,公开时限,公开主体,公开渠道和载体,全社会,特定群众,主动公开,依申请公开,领域,办事服务类";

/// Two services of 社会救助 and a matter of 养老服务.
fn table() -> String {
    [
        HEAD,
        "最低生活保障,办事指南,办理条件、程序,《社会救助暂行办法》,制定或获取信息之日起10个工作日内,示例县民政局,政府网站、便民服务站,√,,√,,社会救助,是",
        "最低生活保障,审核审批信息,低保对象名单,《社会救助暂行办法》,制定或获取信息之日起10个工作日内,示例县民政局,☑政府网站 ☑其他：村务微信群,,√ 低保对象,√,√,社会救助,",
        "养老服务,扶持政策措施,扶持政策清单,《养老机构管理办法》,长期公开,示例县民政局,政府网站,√,,√,,养老服务,",
    ]
    .join("\n")
}

fn listed() -> Desk {
    let desk = Desk::office();
    let file = desk.file("目录.csv", &table());
    let said = desk.ok(&["--as", "赵承办", "import", "matters", &file]);
    assert!(said.contains("新列入 3 项"), "{said}");
    desk
}

fn rows(desk: &Desk) -> Vec<Value> {
    desk.json(&["catalog", "standard"])["rows"].as_array().unwrap().clone()
}

#[test]
fn what_is_exported_comes_back_without_a_change() {
    let desk = listed();
    let before = rows(&desk);
    assert_eq!(before.len(), 3);
    assert_eq!(before[1]["audience"]["specific"], "低保对象");
    assert_eq!(before[1]["other_channel"], "村务微信群");
    assert_eq!(
        (before[0]["service"].as_bool(), before[2]["field"].as_str()),
        (Some(true), Some("elderly_care"))
    );
    for name in ["出.xlsx", "出.csv"] {
        let file = desk.name(name);
        desk.ok(&["catalog", "standard", "-o", &file]);
        let said = desk.json(&["--as", "赵承办", "import", "matters", &file, "--retire-missing"]);
        assert_eq!((said["events"].as_u64(), said["same"].as_u64()), (Some(0), Some(3)), "{name}");
    }
    assert_eq!(rows(&desk), before);
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn changed_rows_are_revised_new_ones_put_between_and_missing_ones_retired_in_one_act() {
    let desk = listed();
    let new =
        "临时救助,政策法规,救助政策,《社会救助暂行办法》,及时公开,示例县民政局,政府网站,√,,√,,社会救助,";
    let text = table().replace("扶持政策清单", "扶持政策清单和标准");
    let mut lines: Vec<&str> = text.lines().collect();
    lines.remove(2);
    lines.insert(2, new);
    let file = desk.file("改.csv", &lines.join("\n"));
    let without = desk.ok(&["--as", "赵承办", "import", "matters", &file, "--dry-run"]);
    assert!(without.contains("另有 1 项不在表中"), "{without}");
    let signed = desk.json(&["--as", "赵承办", "import", "matters", &file, "--retire-missing"]);
    assert_eq!(signed["acts"], 1);
    let rows = rows(&desk);
    let names: Vec<&str> = rows.iter().map(|row| row["first"].as_str().unwrap()).collect();
    assert_eq!(names, ["最低生活保障", "临时救助", "养老服务"]);
    assert_eq!(rows[2]["content"], "扶持政策清单和标准");
    // What was retired comes back under its id, with its history.
    let gone = desk.json(&["matter", "list", "--state", "retired"]);
    let id = gone[0]["id"].as_str().unwrap().to_owned();
    let back = format!("{HEAD},编号\n{},{id}", table().lines().nth(2).unwrap());
    let file = desk.file("复.csv", &back);
    desk.ok(&["--as", "赵承办", "import", "matters", &file]);
    let course = desk.json(&["matter", "show", &id]);
    let kinds: Vec<&str> =
        course["history"].as_array().unwrap().iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["matter.listed", "matter.retired", "matter.listed"]);
}

#[test]
fn a_table_without_field_and_service_leaves_them_as_they_are() {
    let desk = listed();
    let cut = |line: &str| line.split(',').take(11).collect::<Vec<_>>().join(",");
    let plain: Vec<String> = table().lines().map(cut).collect();
    let file = desk.file("无领域.csv", &plain.join("\n"));
    assert_eq!(desk.json(&["--as", "赵承办", "import", "matters", &file])["events"], 0);
}

#[test]
fn rows_that_cannot_be_taken_are_written_beside_the_table() {
    let desk = Desk::office();
    let bad = table().replace("养老服务,扶持政策措施,扶持政策清单", "养老服务,扶持政策措施,");
    let file = desk.file("目录.csv", &bad);
    let said = desk.ok(&["--as", "赵承办", "import", "matters", &file]);
    assert!(said.contains("新列入 2 项") && said.contains("未取入 1 行"), "{said}");
    let rejects = read(&desk.path("目录.csv.rejects.csv"));
    assert!(rejects.contains("standard.missing") && rejects.contains("扶持政策措施"), "{rejects}");
    // With rows that cannot be read nobody can say what is missing.
    let refused = desk.fails(2, &["--as", "赵承办", "import", "matters", &file, "--retire-missing"]);
    assert!(refused.contains("standard.missing"), "{refused}");
    let twice = format!("{HEAD},编号\n{0},matter/x\n{0},matter/x", table().lines().nth(1).unwrap());
    let twice = desk.file("重.csv", &twice.replace("matter/x", rows(&desk)[0]["id"].as_str().unwrap()));
    assert!(desk.fails(2, &["--as", "赵承办", "import", "matters", &twice]).contains("[matter.twice]"));
}

#[test]
fn an_approval_holds_for_exactly_the_list_it_signed() {
    let desk = listed();
    let standing = |desk: &Desk| {
        let json = desk.json(&["catalog", "standard"]);
        (json["approved_by"].as_str().map(str::to_owned), json["standing"].as_str().map(str::to_owned))
    };
    assert_eq!(standing(&desk), (None, Some("未审核".into())));
    let approve = |kind: &str| {
        desk.ok(&[
            "--as",
            "王主任",
            "catalog",
            "approve",
            "--kind",
            kind,
            "--approver",
            "示例市人民政府办公室",
            "--document-number",
            "示政办〔2026〕9号",
        ]);
    };
    approve("standard");
    assert_eq!(standing(&desk).0.as_deref(), Some("示例市人民政府办公室（示政办〔2026〕9号）"));
    assert!(desk.ok(&["catalog", "standard"]).contains("审核机关：示例市人民政府办公室"));
    let first = rows(&desk)[0]["id"].as_str().unwrap().to_owned();
    desk.at("2026-01-07T09:00:00+08:00");
    desk.ok(&["--as", "赵承办", "matter", "retire", &first, "--cause", "abolished", "--confirm-clock"]);
    assert_eq!(standing(&desk), (None, Some("审核后已变更，尚未重新审核".into())));
    // As it stood before the change the approval still names that very list.
    let then = desk.json(&["catalog", "standard", "--as-of", "2026-01-06"]);
    assert_eq!(
        (then["rows"].as_array().unwrap().len(), then["approved_on"].as_str()),
        (3, Some("2026-01-05"))
    );
    approve("standard");
    assert_eq!(standing(&desk).1, None);
    assert_eq!(
        desk.json(&["ledger", "log"])
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["kind"] == "catalog.approved")
            .count(),
        2
    );
    // The basic catalogue is another list.
    assert_eq!(desk.json(&["catalog", "standard", "--basic"])["standing"], "未审核");
    approve("basic");
    assert_eq!(desk.json(&["catalog", "standard", "--basic"])["approved_on"], "2026-01-07");
    let empty = Desk::office();
    assert!(
        empty
            .fails(2, &["--as", "王主任", "catalog", "approve", "--kind", "negative", "--approver", "甲"])
            .contains("[catalog.empty]")
    );
}

#[test]
fn services_must_have_the_very_names_of_the_service_site() {
    let desk = listed();
    let same = desk.file("网.csv", "事项名称\n最低生活保障\n");
    assert!(desk.ok(&["catalog", "compare", &same]).contains("一致"));
    let other = desk.file("异.csv", "事项名称\n最低生活保障 （城乡）\n户口登记\n");
    let ran = desk.run(&["catalog", "compare", &other]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("目录有，清单没有") && ran.out.contains("户口登记"), "{}", ran.out);
    assert!(ran.err.contains("[catalog.services_differ]"), "{}", ran.err);
}

#[test]
fn the_26_fields_and_which_of_them_have_nothing() {
    let desk = listed();
    let fields = desk.json(&["catalog", "standard", "--fields-coverage"]);
    let fields = fields.as_array().unwrap();
    assert_eq!(fields.len(), 26);
    let of = |name: &str| fields.iter().find(|field| field["field"] == name).unwrap()["count"].clone();
    assert_eq!((of("社会救助"), of("养老服务"), of("城乡规划")), (2.into(), 1.into(), 0.into()));
    assert_eq!(fields.iter().filter(|field| field["lacks"] == "缺").count(), 24);
}

#[test]
fn every_form_of_the_catalogue() {
    let desk = listed();
    for name in ["目.xlsx", "目.html", "目.csv", "目.json"] {
        let file = desk.name(name);
        assert!(desk.ok(&["catalog", "standard", "-o", &file]).contains("未审核"), "{name}");
    }
    let page = read(&desk.path("目.html"));
    assert!(page.contains("村务微信群") && page.contains("未审核"));
}
