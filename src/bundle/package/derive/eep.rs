//! 电子文件封装包 (EEP) after DA/T 48-2009, 按公开资料实现: one a record and batch, its events as 业务实体.

use std::collections::BTreeSet;

use super::Content;
use super::lines::Record;
use super::standing::Standing;
use super::words::Words;
use super::xml::Xml;
use crate::bundle::package::{Handover, number};
use crate::fault::{Fault, Outcome};
use crate::record::{Event, Parts};

/// The namespace of the standard's annex.
pub const NAMESPACE: &str = "http://www.saac.gov.cn/standards/ERM/encapsulation";
const FORM: &str =
    "本EEP根据中华人民共和国档案行业标准DA/T 48-2009《基于XML的电子文件封装规范》生成（按公开资料实现）";
const ORIGINAL: &str = "本EEP包含电子文件数据及其元数据，原始封装，未经修改";
const CHANGED: &str = "本EEP包含电子文件数据及其元数据，系修改封装，在保留原封装包的基础上，添加了修改层";
const OUTSIDE: &str = "文档数据在外部保存（与本文件同一文件夹），编码数据为其SHA-256摘要";
const DECODE: &str = "sha256-base64Binary";
/// The element that is signed, and that a later package nests.
const SIGNED: &str = "被签名对象";

/// What goes into one package.
pub struct Eep<'a> {
    /// The hand-over.
    pub handover: &'a Handover,
    /// The record.
    pub record: &'a Record,
    /// How it stands.
    pub standing: &'a Standing,
    /// Its events in this batch.
    pub events: &'a [(Event, Parts)],
    /// Files of its folder that are its content, those that are derived included.
    pub contents: &'a [Content],
    /// The package of the same record before this one.
    pub earlier: Option<&'a [u8]>,
    /// Whether something was erased that an earlier package may show.
    pub cut: bool,
}

impl Eep<'_> {
    /// The document.
    ///
    /// # Errors
    /// `package.earlier_eep` when the earlier one is not one of ours.
    pub fn write(&self, words: &Words<'_>) -> Outcome<Vec<u8>> {
        let earlier = self.earlier.map(signed_part).transpose()?;
        let once = self.document(words, earlier, 0);
        let replaced = once.replaced();
        let xml = if replaced == 0 { once } else { self.document(words, earlier, replaced) };
        Ok(xml.finish())
    }

    fn document(&self, words: &Words<'_>, earlier: Option<&str>, replaced: usize) -> Xml {
        let mut xml = Xml::default();
        xml.element("电子文件封装包", &[("xmlns", NAMESPACE)], |xml| {
            xml.leaf("封装包格式描述", FORM);
            xml.leaf("版本", "2009");
            xml.element(SIGNED, &[("eep版本", "2009")], |xml| {
                let (kind, said) =
                    if earlier.is_some() { ("修改型", CHANGED) } else { ("原始型", ORIGINAL) };
                xml.leaf("封装包类型", kind);
                xml.leaf("封装包类型描述", said);
                xml.leaf("封装包创建时间", &self.handover.made.to_string());
                xml.leaf("封装包创建单位", &self.handover.office);
                match earlier {
                    None => xml.element("封装内容", &[], |xml| self.blocks(xml, words, replaced)),
                    Some(earlier) => xml.element("修改封装内容", &[], |xml| {
                        xml.leaf("修改标识符", &format!("修改{:04}", self.handover.batch));
                        xml.element("原封装包", &[], |xml| xml.raw(earlier));
                        xml.element("修订内容", &[], |xml| self.blocks(xml, words, replaced));
                    }),
                }
            });
        });
        xml
    }

    fn blocks(&self, xml: &mut Xml, words: &Words<'_>, replaced: usize) {
        xml.element("文件实体块", &[], |xml| self.file(xml, replaced));
        xml.element("业务实体块", &[], |xml| {
            for (event, parts) in self.events {
                self.deed(xml, words, event, parts);
            }
        });
        xml.element("机构人员实体块", &[], |xml| self.people(xml, words));
    }

    fn file(&self, xml: &mut Xml, replaced: usize) {
        let standing = self.standing;
        xml.element("文件实体", &[], |xml| {
            xml.leaf("聚合层次", "文件");
            xml.element("来源", &[], |xml| {
                xml.maybe("档案馆名称", self.handover.archive.as_deref());
                xml.leaf("全宗名称", self.handover.fonds_name());
                xml.leaf("立档单位名称", &self.handover.office);
            });
            xml.leaf("电子文件号", &self.record.subject);
            self.number(xml);
            self.description(xml);
            xml.element("形式特征", &[], |xml| {
                xml.leaf("文件组合类型", if self.contents.len() > 1 { "组合文件" } else { "单件" });
                xml.leaf("语种", "汉语");
            });
            xml.element("存储位置", &[], |xml| xml.leaf("当前位置", &self.record.folder));
            xml.element("权限管理", &[], |xml| {
                xml.leaf("控制标识", &standing.attribute);
            });
            xml.leaf("信息系统描述", &format!("昭册公开决定台账 {}", self.handover.origin));
            for note in self.notes(replaced) {
                xml.leaf("附注", &note);
            }
            xml.element("文件数据", &[], |xml| self.documents(xml));
        });
    }

    fn number(&self, xml: &mut Xml) {
        let (record, series) = (self.record, &self.record.series);
        xml.element("档号", &[], |xml| {
            xml.text(&record.number);
            xml.leaf("全宗号", &series.fonds);
            xml.leaf("年度", &series.year.to_string());
            xml.leaf("保管期限", number::retention_name(&series.retention));
            xml.maybe("机构或问题", series.unit.as_deref());
            xml.leaf("类别号", &series.category);
            xml.leaf("室编件号", &format!("{:04}", record.serial));
        });
    }

    fn description(&self, xml: &mut Xml) {
        let standing = self.standing;
        xml.element("内容描述", &[], |xml| {
            xml.leaf("题名", &standing.title);
            xml.maybe("主题词", standing.topic.as_deref());
            xml.maybe("摘要", standing.summary.as_deref());
            xml.maybe("分类号", standing.index_number.as_deref());
            xml.maybe("文件编号", standing.document_number.as_deref());
            xml.leaf("责任者", &standing.author);
            xml.leaf("日期", &standing.date);
            xml.leaf("密级", &standing.secrecy);
        });
    }

    fn notes(&self, replaced: usize) -> Vec<String> {
        let mut notes = Vec::new();
        let before = self.events.first().and_then(|(event, _)| event.last);
        if let Some(before) = before.filter(|before| *before < self.handover.from) {
            let said = "号，在先前批次的固化验证信息中";
            notes.push(format!("本批之前，本件最近一个事件是台账第{before}{said}"));
        }
        if self.cut {
            notes.push("本批记有依法删除正文，先前批次的封装包可能含有该内容，故不并入".into());
        }
        if self.standing.secret {
            notes.push("本件为涉密信息的登记存根，不含内容".into());
        }
        if replaced > 0 {
            notes.push(format!("文本中有{replaced}个字符为XML 1.0所不许，以U+FFFD代替；原文见事件.jsonl"));
        }
        notes
    }

    fn documents(&self, xml: &mut Xml) {
        for (nth, content) in self.contents.iter().enumerate() {
            let id = format!("{:04}-{}", self.handover.batch, nth + 1);
            xml.element("文档", &[], |xml| {
                xml.leaf("文档标识符", &format!("文档{id}"));
                xml.leaf("文档序号", &(nth + 1).to_string());
                xml.leaf("文档主从声明", if nth == 0 { "主文档" } else { "附属文档" });
                xml.leaf("题名", content.title);
                xml.element("文档数据", &[("文档数据ID", &format!("文档数据{id}"))], |xml| {
                    xml.element("编码", &[("编码ID", &format!("编码{id}"))], |xml| {
                        xml.element("电子属性", &[], |xml| {
                            xml.leaf("格式信息", content.format());
                            xml.leaf("计算机文件名", &content.name);
                            xml.leaf("计算机文件大小", &content.size.to_string());
                        });
                        xml.leaf("编码描述", OUTSIDE);
                        xml.leaf("反编码关键字", DECODE);
                        let attribute = format!("编码数据{id}");
                        xml.leaf_with("编码数据", &[("编码数据ID", &attribute)], &content.base64());
                    });
                });
            });
        }
    }

    fn deed(&self, xml: &mut Xml, words: &Words<'_>, event: &Event, parts: &Parts) {
        let kind = event.kind.as_str();
        xml.element("业务实体", &[], |xml| {
            xml.leaf("业务标识符", &format!("事件{}", event.seq));
            xml.leaf("机构人员标识符", actor(event).unwrap_or(self.handover.origin.as_str()));
            xml.leaf("文件标识符", &self.record.subject);
            xml.leaf("业务状态", "历史行为");
            xml.leaf("业务行为", words.kind(kind));
            xml.leaf("行为时间", event.fact("on").unwrap_or_default());
            xml.maybe("行为依据", Some(&words.basis(kind, &event.facts)));
            xml.leaf("行为描述", &words.description(event, parts, !self.standing.secret));
        });
    }

    fn people(&self, xml: &mut Xml, words: &Words<'_>) {
        xml.element("机构人员实体", &[], |xml| {
            xml.leaf("机构人员标识符", self.handover.origin.as_str());
            xml.leaf("机构人员类型", "单位");
            xml.leaf("机构人员名称", &self.handover.office);
        });
        let people: BTreeSet<&str> = self.events.iter().filter_map(|(event, _)| actor(event)).collect();
        for person in people {
            xml.element("机构人员实体", &[], |xml| {
                xml.leaf("机构人员标识符", person);
                xml.leaf("机构人员类型", "个人");
                xml.leaf("机构人员名称", words.person(person));
                xml.maybe("个人职位", Some(&words.roles(person)));
            });
        }
    }
}

fn actor(event: &Event) -> Option<&str> {
    event.fact("person")
}

/// The element of an earlier package that a later one nests, with its bytes.
pub fn signed_part(bytes: &[u8]) -> Outcome<&str> {
    let bad = || Fault::refused("package.earlier_eep").with("expected", SIGNED);
    let text = std::str::from_utf8(bytes).map_err(|_| bad())?;
    let (first, end) = (format!("<{SIGNED} "), format!("</{SIGNED}>"));
    let from = text.find(&first).ok_or_else(bad)?;
    let to = text.rfind(&end).ok_or_else(bad)? + end.len();
    text.get(from..to).ok_or_else(bad)
}
