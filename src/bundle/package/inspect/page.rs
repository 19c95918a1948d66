//! The report as a page to print and sign.

use askama::Template;

use super::{Inspected, Inspection, Outcome};
use crate::bundle::package::derive::page::{Sheet, render};
use crate::fault::Outcome as Done;

#[derive(Template)]
#[template(path = "inspection.html")]
struct View<'a> {
    sheet: Sheet,
    facts: Vec<(&'static str, String)>,
    counts: [(&'static str, u64); 4],
    sections: Vec<Section<'a>>,
    failed: Vec<&'a Inspected>,
}

struct Section<'a> {
    title: &'static str,
    items: Vec<&'a Inspected>,
}

impl Inspection {
    /// A page in Chinese, for printing and signing.
    pub fn page(&self) -> Done<Vec<u8>> {
        let mut sections: Vec<Section<'_>> = Vec::new();
        for item in &self.items {
            match sections.last_mut().filter(|section| section.title == item.property.zh()) {
                Some(section) => section.items.push(item),
                None => sections.push(Section { title: item.property.zh(), items: vec![item] }),
            }
        }
        let counts = &self.counts;
        let view = View {
            sheet: Sheet::plain("电子档案四性检测报告", format!("{}　{}", self.package, self.on)),
            facts: vec![
                ("检测阶段", self.stage_zh().into()),
                ("检测日期", self.on.to_string()),
                ("信息包", self.package.clone()),
                ("移交单位", self.office.clone()),
                ("台账标识", self.origin.clone()),
                ("件数", self.records.to_string()),
                ("文件数、字节数", format!("{} 个，{} 字节", self.files, self.octets)),
                ("标签清单摘要", self.manifest.clone().unwrap_or_else(|| "—".into())),
            ],
            counts: [
                ("合格", counts.pass),
                ("不合格", counts.fail),
                ("须人工", counts.person),
                ("未检测", counts.not_run),
            ],
            sections,
            failed: self.items.iter().filter(|item| item.outcome == Outcome::Fail).collect(),
        };
        render(&view)
    }
}
