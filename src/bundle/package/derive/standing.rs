//! A record as catalogues show it: its title and what else an archivist looks for.

use super::lines::Record;
use super::words::Words;
use crate::bundle::derived::Deriving;
use crate::bundle::package::{Change, Handover, number};
use crate::rules::{Attribute, Item};
use crate::views::Texts;

/// What stands for a title that nobody wrote, or that a secret's stub must not hold.
const UNTITLED: &str = "（未载明题名）";
const SECRET: &str = "（涉密信息登记存根）";

/// A record, in words.
#[derive(Debug, Clone)]
pub struct Standing {
    /// 档号
    pub number: String,
    /// 题名
    pub title: String,
    /// 责任者
    pub author: String,
    /// 日期, as it is written there.
    pub date: String,
    /// 保管期限, in words.
    pub retention: String,
    /// 密级
    pub secrecy: String,
    /// 公开属性
    pub attribute: String,
    /// 文件编号
    pub document_number: Option<String>,
    /// 索引号
    pub index_number: Option<String>,
    /// 摘要
    pub summary: Option<String>,
    /// 主题
    pub topic: Option<String>,
    /// Whether it is a secret's stub.
    pub secret: bool,
    /// 备注
    pub note: String,
}

impl Standing {
    /// How `record` stands at the end of the batch.
    pub fn of(record: &Record, deriving: &Deriving, handover: &Handover, words: &Words<'_>) -> Option<Self> {
        let item = deriving.law().state().item(&record.subject)?;
        let changes = deriving.memory()?.changes(&record.subject);
        let nothing = Texts::default();
        // A secret's stub holds no text; should a writer have put one there, it goes no further.
        let texts = deriving.newest(&record.subject).filter(|_| !item.secret).unwrap_or(&nothing);
        let text = |name: &str| texts.get(name).map(str::to_owned);
        let blank = if item.secret { SECRET } else { UNTITLED };
        Some(Self {
            number: record.number.clone(),
            title: text("title").unwrap_or_else(|| blank.into()),
            author: text("issuer").unwrap_or_else(|| handover.office.clone()),
            date: text("formed").unwrap_or_else(|| formed(item, changes)),
            retention: number::retention_name(&record.series.retention).into(),
            secrecy: secrecy(item, changes, words),
            attribute: words.title("stated_attribute", item.attribute.as_str()).into(),
            document_number: text("document_number"),
            index_number: text("index_number"),
            summary: text("summary"),
            topic: text("topic"),
            secret: item.secret,
            note: String::new(),
        })
    }
}

/// The day it was formed; else, for what was taken over, of its publication before the ledger; else of its first event.
fn formed(item: &Item, changes: &[Change]) -> String {
    let formed = item.values.get("formed").and_then(|formed| formed.text());
    let published = || changes.iter().find_map(|change| change.facts.get("published")?.as_str());
    let first = || changes.first().map(|change| &*change.on);
    formed.or_else(published).or_else(first).unwrap_or_default().to_owned()
}

/// 密级 by the words of GB/T 7156: what is no secret is 公开 while it is public, and 限制 otherwise.
fn secrecy(item: &Item, changes: &[Change], words: &Words<'_>) -> String {
    if item.secret {
        let level = changes.iter().rev().find_map(|change| change.facts.get("secret_level")?.as_str());
        return level.map_or("涉密（未载明密级）", |level| words.title("secret_level", level)).to_owned();
    }
    if item.is_public() && item.attribute != Attribute::Partial { "公开" } else { "限制" }.to_owned()
}
