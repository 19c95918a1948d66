//! The report as data: JSON and XML.

use super::{Inspected, Inspection, Outcome, Property};
use crate::bundle::lists::to_file;
use crate::bundle::package::derive::xml::Xml;
use crate::fault::Outcome as Done;

impl Property {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Authenticity => "真实性",
            Self::Integrity => "完整性",
            Self::Usability => "可用性",
            Self::Safety => "安全性",
            Self::Chain => "链上证明",
        }
    }
}

impl Outcome {
    /// Its Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Pass => "合格",
            Self::Fail => "不合格",
            Self::Person => "须人工",
            Self::NotRun => "未检测",
        }
    }

    /// Its English name.
    pub fn en(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Person => "needs a person",
            Self::NotRun => "not run",
        }
    }
}

impl Inspection {
    /// 检测阶段
    pub fn stage_zh(&self) -> &'static str {
        if self.stage == super::Stage::HandOver { "移交与接收" } else { "长期保存" }
    }

    /// As canonical JSON and a line end.
    pub fn json(&self) -> Done<Vec<u8>> {
        to_file(self)
    }

    /// As XML, after `schemas/xml/inspection.xsd`.
    pub fn xml(&self) -> Vec<u8> {
        let mut xml = Xml::default();
        xml.element("四性检测报告", &[("格式", "1")], |xml| {
            xml.leaf("检测阶段", self.stage_zh());
            xml.leaf("检测日期", &self.on.to_string());
            xml.leaf("信息包", &self.package);
            xml.leaf("移交单位", &self.office);
            xml.leaf("台账标识", &self.origin);
            xml.leaf("件数", &self.records.to_string());
            xml.leaf("文件数", &self.files.to_string());
            xml.leaf("字节数", &self.octets.to_string());
            xml.maybe("标签清单摘要", self.manifest.as_deref());
            let counts = [
                ("合格", self.counts.pass),
                ("不合格", self.counts.fail),
                ("须人工", self.counts.person),
                ("未检测", self.counts.not_run),
            ];
            xml.element("结果", &[], |xml| {
                counts.iter().for_each(|(name, count)| xml.leaf(name, &count.to_string()));
            });
            self.items.iter().for_each(|item| item.xml(xml));
        });
        xml.finish()
    }
}

impl Inspected {
    fn xml(&self, xml: &mut Xml) {
        let mut attributes = vec![("性质", self.property.zh())];
        attributes.extend(self.code.as_deref().map(|code| ("编号", code)));
        xml.element("检测项", &attributes, |xml| {
            xml.leaf("名称", &self.zh);
            xml.leaf("结论", self.outcome.zh());
            xml.leaf("方法", &self.how_zh);
            xml.leaf("问题数", &self.findings.to_string());
            for found in &self.found {
                let mut attributes = vec![("代码", found.code.as_str())];
                let seq = found.seq.map(|seq| seq.to_string());
                attributes.extend(found.file.as_deref().map(|file| ("文件", file)));
                attributes.extend(seq.as_deref().map(|seq| ("事件", seq)));
                xml.leaf_with("问题", &attributes, &found.zh);
            }
        });
    }
}
