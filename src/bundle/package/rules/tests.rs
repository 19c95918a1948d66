//! Every rule broken once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::bundle::package::Plain;

const FOLDER: &str = "data/Z109/WS·2026/D30/BGS";

type Files = Vec<(String, Vec<u8>)>;

fn entry(order: usize, number: &str) -> String {
    format!(
        "<文件><顺序号>{order}</顺序号><档号>{number}</档号><责任者>某局</责任者><题名>甲</题名><日期>2026-01-04</日期>\
         <保管期限>30年</保管期限><密级>公开</密级><备注></备注></文件>"
    )
}

fn number(serial: usize) -> String {
    format!("Z109-WS·2026-D30-BGS-{serial:04}")
}

fn catalogue(entries: &[String]) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<文件目录>{}</文件目录>\n", entries.concat())
}

fn metadata(serial: usize) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<电子文件封装包><被签名对象><封装包类型>原始型</封装包类型><档号>{}<室编件号>{serial:04}\
         </室编件号></档号><编码><计算机文件名>正文.txt</计算机文件名><计算机文件大小>1</计算机文件大小>\
         <反编码关键字>sha256-base64Binary</反编码关键字><编码数据>LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=</编码数据></编码>\
         </被签名对象></电子文件封装包>",
        number(serial)
    )
}

fn explanation(count: usize) -> String {
    format!(
        "移交单位：某局\r\n内容描述：甲\r\n起止档号：{} 至 {}\r\n档案数量：{count}件\r\n软硬件环境：无\r\n离线载体参数：在线移交\r\n\
         载体编号：1\r\n载体数量：1\r\n制作单位：某局\r\n检查单位：某局\r\n",
        number(1),
        number(count)
    )
}

/// A package of two records that breaks no rule.
fn sound() -> Files {
    let mut files = vec![
        (
            "data/目录文件.XML".to_owned(),
            catalogue(&[entry(1, &number(1)), entry(2, &number(2))]).into_bytes(),
        ),
        ("data/说明文件.TXT".to_owned(), explanation(2).into_bytes()),
        ("data/其他/登记表.xml".to_owned(), b"<x/>".to_vec()),
    ];
    for serial in [1, 2] {
        let folder = format!("{FOLDER}/{}", number(serial));
        files.push((format!("{folder}/正文.txt"), b"x".to_vec()));
        files.push((format!("{folder}/电子档案{serial:04}元数据.XML"), metadata(serial).into_bytes()));
    }
    files
}

fn codes(files: Files) -> Vec<&'static str> {
    let mut findings = FindingList::default();
    check(&Plain::new(files), &mut findings).unwrap();
    findings.list().iter().map(|finding| finding.code).collect()
}

fn with(path: &str, bytes: impl Into<Vec<u8>>) -> Files {
    let mut files = sound();
    files.retain(|(known, _)| known != path);
    files.push((path.to_owned(), bytes.into()));
    files
}

fn without(part: &str) -> Files {
    let mut files = sound();
    files.retain(|(path, _)| !path.contains(part));
    files
}

#[test]
fn a_sound_package_breaks_none() {
    assert_eq!(codes(sound()), Vec::<&str>::new());
    let mut old = without("目录文件.XML");
    old.push((
        "data/文件目录.XML".into(),
        catalogue(&[entry(1, &number(1)), entry(2, &number(2))]).into_bytes(),
    ));
    assert_eq!(codes(old), Vec::<&str>::new(), "the name of 2012");
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(codes(without("目录文件")), ["package.catalogue_missing"]);
    assert_eq!(codes(without("说明文件")), ["package.explanation_missing"]);
    assert_eq!(codes(without("0002/")), ["package.folder_missing"]);
    assert_eq!(codes(without("0002元数据")), ["package.metadata_missing"]);
    assert_eq!(codes(without("0002/正文")), ["package.content_missing", "package.content_absent"]);
}

#[test]
fn what_is_too_much_is_named() {
    assert_eq!(codes(with("data/散.txt", "x")), ["package.loose_file"]);
    assert_eq!(codes(with("data/Z109/WS·2026/散.txt", "x")), ["package.folder_unlisted"]);
    let twice = format!("data/Z109/WS·2026/Y/{}/正文.txt", number(1));
    assert_eq!(codes(with(&twice, "x")), ["package.folder_twice"]);
    assert_eq!(codes(with("data/文件目录.XML", "x")), ["package.catalogue_twice"]);
}

#[test]
fn the_catalogue_keeps_its_form() {
    let path = "data/目录文件.XML";
    let of = |entries: &[String]| codes(with(path, catalogue(entries)));
    let (one, two) = (entry(1, &number(1)), entry(2, &number(2)));
    let repeated = of(&[one.clone(), entry(2, &number(1)), entry(3, &number(2))]);
    assert!(repeated.contains(&"package.number_repeated"), "{repeated:?}");
    assert_eq!(of(&[one.clone(), entry(3, &number(2))]), ["package.catalogue_order"]);
    let untitled = two.replace("<题名>甲</题名>", "");
    assert_eq!(of(&[one.clone(), untitled]), ["package.catalogue_field"]);
    assert_eq!(
        of(std::slice::from_ref(&one)),
        ["package.folder_unlisted", "package.explanation_count", "package.explanation_ends"]
    );
    let other = catalogue(&[one, two]).replace("文件目录>", "目录>");
    assert_eq!(codes(with(path, other)), ["package.catalogue_form"]);
    assert!(of(&[]).contains(&"package.catalogue_empty"));
}

#[test]
fn the_explanation_agrees_with_the_catalogue() {
    let path = "data/说明文件.TXT";
    let of = |from: &str, to: &str| codes(with(path, explanation(2).replace(from, to)));
    assert_eq!(of("2件", "3件"), ["package.explanation_count"]);
    assert_eq!(of("0002\r", "0003\r"), ["package.explanation_ends"]);
    assert_eq!(of("移交单位", "单位"), ["package.explanation_field"]);
    assert_eq!(of("检查单位", "单位"), ["package.explanation_wanted"]);
    let (gbk, _, _) = encoding_rs::GB18030.encode("移交单位：某局");
    assert!(!codes(with(path, gbk.into_owned())).contains(&"package.encoding"), "GB18030 is read");
}

#[test]
fn metadata_says_the_truth() {
    let path = format!("{FOLDER}/{}/电子档案0002元数据.XML", number(2));
    let of = |from: &str, to: &str| codes(with(&path, metadata(2).replace(from, to)));
    assert_eq!(of("BGS-0002<", "BGS-0003<"), ["package.metadata_number"]);
    assert_eq!(of("大小>1<", "大小>2<"), ["package.content_size"]);
    assert_eq!(of("LXEW", "MXEW"), ["package.content_digest"]);
    assert_eq!(of("号>0002<", "号>0004<"), ["package.serial_gap"]);
    assert_eq!(of("正文.txt", "别的.txt"), ["package.content_absent"]);
}

#[test]
fn tricks_of_xml_are_refused() {
    let path = format!("{FOLDER}/{}/电子档案0002元数据.XML", number(2));
    let of = |text: String| codes(with(&path, text));
    let xml = metadata(2);
    assert_eq!(
        of(xml.replace("?>\n", "?>\n<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>")),
        ["package.xml_doctype"]
    );
    assert_eq!(of(xml.replace("原始型", "&a;")), ["package.xml_entity"]);
    assert_eq!(of(xml.replace("?>\n", "?>\n<?xml-stylesheet href=\"x\"?>")), ["package.xml_processing"]);
    assert_eq!(of(xml.replace("</电子文件封装包>", "")), ["package.xml_form"]);
    assert_eq!(of("x".to_owned()), ["package.xml_form"]);
    assert_eq!(of(format!("{}{}", "<甲>".repeat(80), "</甲>".repeat(80))), ["package.xml_depth"]);
    assert_eq!(of(xml.replace("UTF-8", "UTF-16")), ["package.encoding"]);
}
