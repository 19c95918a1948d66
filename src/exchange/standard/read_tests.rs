//! What is read of standard catalogues, and that nothing is lost on the way out and in.
use super::field::Field;
use super::limit::TimeLimit;
use super::read::{ReadMatters, read_matters};
use super::row::{Audience, Manner, MatterRow};
use super::template::Catalogue;
use super::{Channel, matters_csv, matters_xlsx};
use crate::exchange::{BookInfo, ReadOptions};

/// The two rows of the annex.
pub fn annex() -> Vec<MatterRow> {
    let row = |second: &str, content: &str| MatterRow {
        id: None,
        field: None,
        first: "最低生活保障".into(),
        second: second.into(),
        content: content.into(),
        basis: "《国务院关于加强和改进最低生活保障工作的意见》(国发〔2012〕45号)、各地相关政策法规文件"
            .into(),
        limit: TimeLimit::read("制定或获取信息之日起10个工作日"),
        body: "县级人民政府民政部门、乡镇政府(街道办事处)".into(),
        channels: [Channel::Website, Channel::ReadingPoint, Channel::ServiceCenter].into(),
        other_channel: None,
        audience: Audience::All,
        manners: [Manner::Open].into(),
        service: false,
    };
    vec![
        row("办事指南", "办理事项、办理条件、最低生活保障标准、申请材料、办理流程、办理时间和地点、联系方式"),
        row("审核信息", "初审对象名单及相关信息"),
    ]
}

fn take(name: &str, bytes: &[u8]) -> ReadMatters {
    let read = read_matters(name, bytes, &ReadOptions::default()).unwrap();
    assert!(read.rejected.is_empty(), "{:?}", read.rejected);
    read
}

fn rows(read: &ReadMatters) -> Vec<MatterRow> {
    read.rows.iter().map(|(_, row)| row.clone()).collect()
}

#[test]
fn the_annex_is_read_as_it_stands() {
    let text = include_str!("../../../tests/fixtures/exchange/standard_annex.tsv");
    let read = take("附件.tsv", text.as_bytes());
    assert_eq!(rows(&read), annex());
    assert_eq!(read.title, "基层政务公开标准事项目录格式模板");
    assert_eq!(read.rows[0].1.limit.days, Some(10));
}

#[test]
fn every_form_gives_back_what_went_in() {
    let mut list = annex();
    list[0].field = Field::read("社会救助");
    list[1].field = Field::read("社会救助");
    list[0].service = true;
    list[1].audience = Audience::Specific("低保对象\n及其家属".into());
    list[1].manners = [Manner::Open, Manner::OnRequest].into();
    list[1].channels.insert(Channel::Other);
    list[1].other_channel = Some("村村响、大喇叭".into());
    list[1].content = "=SUM(A1)\n第二行".into();
    let more = MatterRow {
        id: Some("matter/abc".into()),
        audience: Audience::Specific(String::new()),
        ..annex().remove(1)
    };
    list.push(more);
    for merge in [false, true] {
        let catalogue = Catalogue {
            title: "某县基层政务公开标准目录".into(),
            rows: list.clone(),
            merge,
            beside: true,
            ..Catalogue::default()
        };
        let info = BookInfo::default();
        let book = take("a.xlsx", &matters_xlsx(&catalogue, &info).unwrap());
        assert_eq!(
            (rows(&book), book.header_line, book.title.as_str()),
            (list.clone(), 2, "某县基层政务公开标准目录")
        );
        assert_eq!(rows(&take("a.csv", &matters_csv(&catalogue))), list);
        assert_eq!(matters_xlsx(&catalogue, &info).unwrap(), matters_xlsx(&catalogue, &info).unwrap());
    }
}

const FLAT: &str =
    "序号,领域,公开事项,二级事项,公开内容（要素）,公开依据,公开时限,公开主体,公开渠道,公开对象,公开方式\n";

#[test]
fn flat_tables_and_section_lines_are_read() {
    let text = format!(
        "某县养老服务领域目录,,,,,,,,,,\n{FLAT}\
         1,,养老服务通知,,内容,依据,20个工作日,民政局,政府网站、公开查阅点,全社会,主动公开\n\
         （二）社会救助领域,,,,,,,,,,\n\
         {FLAT}\
         2,,,审批信息,内容,依据,长期公开,民政局,■政府网站□其他,特定群体：低保对象,主动公开、依申请公开\n\
         3,就业,岗位,,内容,依据,及时,人社局,网站,特定群众,依申请\n\
         注释：,,,,,,,,,,\n1. 公开事项：指,,,,,,,,,,\n"
    );
    let read = take("flat.csv", text.as_bytes());
    let rows = rows(&read);
    let fields: Vec<_> = rows.iter().map(|row| row.field.map(Field::zh)).collect();
    assert_eq!(fields, [Some("养老服务"), Some("社会救助"), Some("就业")]);
    assert_eq!((rows[1].first.as_str(), rows[1].manners.len()), ("养老服务通知", 2));
    assert_eq!(rows[1].audience, Audience::Specific("低保对象".into()));
    assert_eq!(rows[2].audience, Audience::Specific(String::new()));
    assert_eq!(read.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 6, 7]);
}

#[test]
fn each_bad_row_has_its_reason_and_its_line() {
    let good = "甲,乙,内容,依据,20个工作日,民政局,政府网站";
    let head = "一级事项,二级事项,公开内容,公开依据,公开时限,公开主体,公开渠道,全社会,特定群体,主动公开,依申请公开\n";
    let text = format!(
        "{head}{good},√,,√,\n\
         ,乙,,依据,20个工作日,民政局,政府网站,√,,√,\n\
         甲,乙,内容,依据,20个工作日,民政局,电报,√,,√,\n\
         甲,乙,内容,依据,20个工作日,民政局,□政府网站,√,,√,\n\
         {good},√,√,√,\n{good},,,√,\n{good},√,,,\n{good},大概,,√,\n{good},√,,√,,多\n"
    );
    let read = read_matters("b.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
    let found: Vec<_> = read.rejected.iter().map(|bad| (bad.line, bad.code)).collect();
    assert_eq!(
        found,
        [
            (3, "standard.missing"),
            (4, "standard.channel"),
            (5, "standard.missing"),
            (6, "standard.audience_both"),
            (7, "standard.missing"),
            (8, "standard.missing"),
            (9, "standard.mark"),
            (10, "row.too_many_cells")
        ]
    );
    assert_eq!(read.rows.len(), 1);
}

#[test]
fn a_table_that_is_another_is_refused() {
    let code =
        |text: &str| read_matters("c.csv", text.as_bytes(), &ReadOptions::default()).err().map(|f| f.code);
    assert_eq!(code("标题,文号\n甲,乙\n"), Some("table.column_missing"));
    assert_eq!(code(""), Some("table.empty"));
    assert_eq!(code(&FLAT.replace("领域", "公开主体")), Some("table.column_twice"));
    assert_eq!(code(FLAT), None);
}

#[test]
fn merged_cells_of_another_program_count_for_every_row() {
    let bytes = include_bytes!("../../../tests/fixtures/exchange/standard_merged.xlsx");
    let read = take("m.xlsx", bytes);
    assert_eq!(
        rows(&read),
        annex()
            .into_iter()
            .map(|row| MatterRow { field: Field::read("社会救助"), ..row })
            .collect::<Vec<_>>()
    );
    assert_eq!(read.header_line, 6);
}

#[test]
fn a_workbook_that_libreoffice_saved_again_is_read() {
    let bytes = include_bytes!("../../../tests/fixtures/exchange/standard_libreoffice.xlsx");
    let rows = rows(&take("lo.xlsx", bytes));
    assert_eq!(rows.len(), 26);
    let field = Field::read("社会救助");
    assert_eq!(rows[..2], annex().into_iter().map(|row| MatterRow { field, ..row }).collect::<Vec<_>>());
    assert_eq!(
        (rows[25].first.as_str(), rows[25].other_channel.as_deref()),
        ("养老服务业务办理", Some("村村响"))
    );
}

fn any_row() -> impl proptest::strategy::Strategy<Value = MatterRow> {
    use proptest::prelude::*;
    // Texts as people write them, some of which a spreadsheet would run.
    let text = || "[=+@a甲（）、“”《》;,\"'\n7〔]{0,9}".prop_map(|text| format!("事{}项", text));
    let channels = proptest::collection::btree_set(0usize..13, 1..13);
    let who = prop_oneof![Just(None), Just(Some(String::new())), text().prop_map(Some)];
    let all = (text(), text(), text(), channels, who, 0usize..27, 1u8..4, any::<bool>());
    all.prop_map(|(first, content, limit, channels, who, field, manners, service)| MatterRow {
        id: None,
        field: super::fields().get(field).and_then(|field| Field::read(&field.code)),
        second: if service { content.clone() } else { String::new() },
        first,
        basis: content.clone(),
        body: content.clone(),
        content,
        limit: TimeLimit::read(&limit),
        channels: channels.into_iter().filter_map(|at| Channel::all().nth(at)).collect(),
        other_channel: None,
        audience: who.map_or(Audience::All, Audience::Specific),
        manners: [Manner::Open, Manner::OnRequest]
            .into_iter()
            .enumerate()
            .filter(|(at, _)| manners & (1 << at) != 0)
            .map(|(_, manner)| manner)
            .collect(),
        service,
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    #[test]
    fn any_list_survives_its_forms(list in proptest::collection::vec(any_row(), 1..6), merge: bool) {
        let catalogue = Catalogue { title: "目录".into(), rows: list.clone(), merge, beside: true, ..Catalogue::default() };
        let book = matters_xlsx(&catalogue, &BookInfo::default()).unwrap();
        proptest::prop_assert_eq!(rows(&take("a.xlsx", &book)), list.clone());
        proptest::prop_assert_eq!(rows(&take("a.csv", &matters_csv(&catalogue))), list);
    }
}
