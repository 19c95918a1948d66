//! Rows of a catalogue as `import records` takes them: columns of disclosure catalogues, values normalised beside what was given.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::columns::ColumnSpec;
use super::identity::{Fingerprint, Identity, IdentityBasis};

/// Columns of `records.csv` and of the catalogues that offices publish. Others are kept as extra columns.
pub const RECORD_COLUMNS: &[ColumnSpec] = &[
    ColumnSpec {
        key: "index_number",
        zh: "索引号",
        en: "Index number",
        aliases: &["索引", "信息索引号", "索引编号", "信息索引"],
    },
    ColumnSpec {
        key: "title",
        zh: "标题",
        en: "Title",
        aliases: &[
            "信息名称",
            "名称",
            "文件名称",
            "文件标题",
            "信息标题",
            "题名",
            "公文标题",
            "政府信息名称",
        ],
    },
    ColumnSpec {
        key: "document_number",
        zh: "文号",
        en: "Document number",
        aliases: &[
            "发文字号",
            "文件编号",
            "发布文号",
            "文件号",
            "发文号",
            "公文字号",
            "文件字号",
            "发文文号",
        ],
    },
    ColumnSpec {
        key: "issuer",
        zh: "发文机关",
        en: "Issuer",
        aliases: &[
            "发布机构",
            "发文单位",
            "发文机构",
            "发布单位",
            "制作机关",
            "发布机关",
            "责任主体",
            "制发机关",
            "公开主体",
            "公开机构",
        ],
    },
    ColumnSpec {
        key: "date_written",
        zh: "成文日期",
        en: "Date written",
        aliases: &[
            "生成日期",
            "成文时间",
            "制作日期",
            "产生日期",
            "发文日期",
            "签发日期",
            "形成日期",
            "印发日期",
            "生成时间",
        ],
    },
    ColumnSpec {
        key: "date_published",
        zh: "发布日期",
        en: "Date published",
        aliases: &["公开日期", "发布时间", "公开时间", "公布日期"],
    },
    ColumnSpec {
        key: "topic",
        zh: "主题分类",
        en: "Topic",
        aliases: &["主题", "主题导航", "信息类别", "分类", "类别", "组配分类", "栏目", "体裁分类"],
    },
    ColumnSpec {
        key: "validity",
        zh: "有效性",
        en: "Validity",
        aliases: &["时效", "时效性", "效力状态", "效力", "是否有效", "有效状态"],
    },
    ColumnSpec {
        key: "url",
        zh: "链接",
        en: "Address",
        aliases: &["地址", "网址", "发布地址", "访问地址", "链接地址", "网页地址", "link"],
    },
    ColumnSpec { key: "source", zh: "来源", en: "Source", aliases: &["信息来源", "数据来源"] },
    ColumnSpec {
        key: "attribute",
        zh: "公开属性",
        en: "Attribute",
        aliases: &["公开方式", "公开类别", "公开形式", "公开类型", "信息公开属性"],
    },
    ColumnSpec {
        key: "ground",
        zh: "不予公开依据",
        en: "Ground",
        aliases: &["不公开依据", "不予公开理由", "不公开理由", "依据条款", "不予公开的依据"],
    },
    ColumnSpec {
        key: "summary",
        zh: "内容概述",
        en: "Summary",
        aliases: &["概述", "摘要", "内容摘要", "信息概述", "内容简介"],
    },
    ColumnSpec { key: LINE, zh: "原文件行号", en: "Line in the file", aliases: &[] },
    ColumnSpec { key: CODE, zh: "原因代码", en: "Reason code", aliases: &[] },
    ColumnSpec { key: REASON, zh: "未取入原因", en: "Why it was not taken", aliases: &[] },
];

/// Columns that a reject file adds; on the way back in they say nothing about the record.
pub(super) const LINE: &str = "_line";
pub(super) const CODE: &str = "_code";
pub(super) const REASON: &str = "_reason";

/// One cell as it stood in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GivenCell {
    /// The column's heading.
    pub name: String,
    /// The cell, unchanged.
    pub value: String,
}

fn iso<S: Serializer>(date: &Option<Date>, out: S) -> Result<S::Ok, S::Error> {
    date.map(|d| d.to_string()).serialize(out)
}

/// A row that can be taken: what was given, and what is understood of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordRow {
    /// Line of the file it begins on.
    pub line: u64,
    /// Every cell that holds anything, in the file's order, unchanged.
    pub given: Vec<GivenCell>,
    /// 标题, never empty; trimmed, otherwise as given.
    pub title: String,
    /// 索引号 as given, trimmed.
    pub index_number: Option<String>,
    /// 文号 as given, trimmed.
    pub document_number: Option<String>,
    /// Issuing body as given, trimmed.
    pub issuer: Option<String>,
    /// 成文日期.
    #[serde(serialize_with = "iso")]
    pub date_written: Option<Date>,
    /// 发布日期.
    #[serde(serialize_with = "iso")]
    pub date_published: Option<Date>,
    /// 主题分类 as given, trimmed.
    pub topic: Option<String>,
    /// 有效性 as given, trimmed.
    pub validity: Option<String>,
    /// Address it was published at, as given, trimmed.
    pub url: Option<String>,
    /// Where the row says it comes from.
    pub source: Option<String>,
    /// Code of 公开属性 (`open`, `on_request`, `withheld`, `partial`), when the row states one.
    pub attribute: Option<String>,
    /// Ground for not disclosing, as given.
    pub ground: Option<String>,
    /// 内容概述 as given.
    pub summary: Option<String>,
    /// Columns beside the expected ones that hold anything, by heading.
    pub extra: BTreeMap<String, String>,
    /// Which record this is.
    pub identity: Identity,
    /// What the identity rests on.
    pub basis: IdentityBasis,
    /// Whether it says the same as another row of the same identity.
    pub fingerprint: Fingerprint,
    /// Characters in it that somebody should look at: private use, invisible, replacement.
    pub odd: Vec<char>,
}
