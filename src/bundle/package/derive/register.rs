//! 电子档案移交与接收登记表, with the fields of 档发〔2012〕7号 as far as the public text goes: as data, and as a form to print and
//! sign. What people examine and sign is left blank: nothing is said to have passed that nobody looked at.

use askama::Template;

use super::Totals;
use super::catalogue::{description, gigabytes};
use super::page::{self, Sheet};
use super::xml::Xml;
use crate::bundle::package::Handover;
use crate::fault::Outcome;

/// What both sides examine.
const EXAMINED: [&str; 5] = ["准确性检验", "完整性检验", "可用性检验", "安全性检验", "载体外观检验"];

/// What the register says.
pub struct Register<'a> {
    /// The hand-over.
    pub handover: &'a Handover,
    /// What is handed over.
    pub totals: Totals,
    /// First and last 档号.
    pub ends: (&'a str, &'a str),
}

#[derive(Template)]
#[template(path = "register.html")]
struct View {
    sheet: Sheet,
    rows: Vec<(&'static str, String)>,
    sides: [(&'static str, String); 2],
    examined: [&'static str; 5],
}

impl Register<'_> {
    fn rows(&self) -> Vec<(&'static str, String)> {
        let (handover, totals) = (self.handover, &self.totals);
        let work = format!("{}政府信息公开决定记录移交（第{}批）", handover.fonds_name(), handover.batch);
        let mut rows = vec![
            ("交接工作名称", work),
            ("内容描述", description(handover, totals)),
            ("移交电子档案数量", format!("{}件", totals.records)),
            ("移交数据量", format!("{}GB（{}字节）", gigabytes(totals.octets), totals.octets)),
            ("起止档号", format!("{} 至 {}", self.ends.0, self.ends.1)),
            ("载体起止顺序号", handover.bag_name()),
            ("移交载体类型规格", "在线".into()),
            ("台账标识", handover.origin.to_string()),
            ("台账创世摘要", handover.genesis.to_string()),
            ("事件范围", format!("第{}号至第{}号", handover.from, handover.size.saturating_sub(1))),
            ("数字摘要", handover.root.to_string()),
            ("数字摘要算法", "台账树根（RFC 6962，SHA-256）；各文件摘要见 manifest-sha512.txt".into()),
        ];
        if let Some(previous) = &handover.previous {
            rows.push(("上一批", format!("{}，{}个事件", previous.name, previous.size)));
        }
        rows
    }

    /// As data.
    pub fn xml(&self) -> Vec<u8> {
        let mut xml = Xml::default();
        xml.element("电子档案移交与接收登记表", &[], |xml| {
            for (name, text) in self.rows() {
                xml.leaf(name, &text);
            }
            for (side, unit) in self.sides() {
                xml.element(side, &[], |xml| {
                    xml.leaf("单位名称", &unit);
                    EXAMINED.iter().for_each(|name| xml.leaf(name, ""));
                    ["填表人", "填表日期", "审核人", "审核日期"].iter().for_each(|name| xml.leaf(name, ""));
                });
            }
        });
        xml.finish()
    }

    /// As a form.
    pub fn page(&self) -> Outcome<Vec<u8>> {
        let view = View {
            sheet: Sheet::new("电子档案移交与接收登记表", self.handover),
            rows: self.rows(),
            sides: self.sides(),
            examined: EXAMINED,
        };
        page::render(&view)
    }

    fn sides(&self) -> [(&'static str, String); 2] {
        let archive = self.handover.archive.clone().unwrap_or_default();
        [("移交单位", self.handover.office.clone()), ("接收单位", archive)]
    }
}
