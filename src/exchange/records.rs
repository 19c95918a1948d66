//! Rows of a catalogue as `import records` takes them: columns of disclosure catalogues, values normalised beside what was given.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};

use super::columns::{ColumnSpec, Mapping};
use super::dates::read_date;
use super::identity::{Fingerprint, Identifying, Identity, IdentityBasis};
use super::plan::Rejected;
use super::table::{Row, Table};
use super::text::{normal, normal_number, odd_chars, says_nothing};
use super::words::{ATTRIBUTES, Vocab};
use crate::fault::{Fault, Outcome};

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

/// Reads every row of a table as a record, or says why it cannot be taken. Rows keep the file's order.
///
/// # Errors
/// `table.column_missing` when no column is called 标题 in any of its names, `table.column_twice`.
pub fn read_records(table: &Table) -> Outcome<Vec<Result<RecordRow, Rejected>>> {
    let mapping = table.columns(RECORD_COLUMNS)?;
    if !mapping.known.contains_key("title") {
        let fault =
            Fault::usage("table.column_missing").with("file", &table.file).with("line", table.header_line);
        return Err(fault.with("expected", "标题").with("found", table.header.join("、")));
    }
    let read = |row: &Row| record(table, &mapping, row).map_err(|fault| Rejected::new(row, fault));
    Ok(table.rows.iter().map(read).collect())
}

fn record(table: &Table, mapping: &Mapping, row: &Row) -> Outcome<RecordRow> {
    if let Some(problem) = &row.problem {
        return Err(problem.clone());
    }
    refuse_repeated_header(mapping, row)?;
    let cell = |key| mapping.cell(key, &row.cells);
    let title = present(cell("title"))
        .ok_or_else(|| Fault::usage("row.no_title").with("column", name(table, mapping, "title")))?;
    let date_written = date(table, mapping, row, "date_written")?;
    let date_published = date(table, mapping, row, "date_published")?;
    let attribute = word(table, mapping, row, "attribute", &ATTRIBUTES)?;
    let columns = normalised(table, mapping, row, date_written, date_published);
    let field = |key: &str| columns.get(key).map_or("", String::as_str);
    let (identity, basis) = Identity::of(&Identifying {
        index_number: field("index_number"),
        title: field("title"),
        document_number: field("document_number"),
        issuer: field("issuer"),
        date_written: field("date_written"),
        date_published: field("date_published"),
    });
    Ok(RecordRow {
        line: row.line,
        given: given(table, mapping, row),
        title,
        index_number: present(cell("index_number")),
        document_number: present(cell("document_number")),
        issuer: present(cell("issuer")),
        date_written,
        date_published,
        topic: present(cell("topic")),
        validity: present(cell("validity")),
        url: present(cell("url")),
        source: present(cell("source")),
        attribute,
        ground: present(cell("ground")),
        summary: present(cell("summary")),
        extra: extra(mapping, row),
        identity,
        basis,
        fingerprint: Fingerprint::of(&columns),
        odd: odd_chars(&row.cells.concat()),
    })
}

fn iso<S: Serializer>(date: &Option<Date>, out: S) -> Result<S::Ok, S::Error> {
    date.map(|d| d.to_string()).serialize(out)
}

/// Tables glued together carry the header again among the rows.
fn refuse_repeated_header(mapping: &Mapping, row: &Row) -> Outcome<()> {
    // No name of the title column is longer than 16 bytes per character and 8 characters; asking every title would be slow.
    if mapping.cell("title", &row.cells).len() > 128 {
        return Ok(());
    }
    let names_itself = |key: &str| {
        let spec = RECORD_COLUMNS.iter().find(|spec| spec.key == key);
        spec.is_some_and(|spec| spec.is_named(mapping.cell(key, &row.cells)))
    };
    let others = || mapping.known.keys().filter(|key| **key != "title").any(|key| names_itself(key));
    if names_itself("title") && others() { Err(Fault::usage("row.header_again")) } else { Ok(()) }
}

/// The cell without surrounding white space, unless it only says that there is nothing.
fn present(cell: &str) -> Option<String> {
    if says_nothing(&normal(cell)) { None } else { Some(cell.trim().to_owned()) }
}

fn name(table: &Table, mapping: &Mapping, key: &str) -> String {
    mapping.known.get(key).and_then(|at| table.header.get(*at)).cloned().unwrap_or_default()
}

fn date(table: &Table, mapping: &Mapping, row: &Row, key: &str) -> Outcome<Option<Date>> {
    let Some(text) = present(mapping.cell(key, &row.cells)) else {
        return Ok(None);
    };
    let unreadable =
        || Fault::usage("row.date").with("column", name(table, mapping, key)).with("found", &text);
    read_date(&text).map(Some).ok_or_else(unreadable)
}

fn word(table: &Table, mapping: &Mapping, row: &Row, key: &str, vocab: &Vocab) -> Outcome<Option<String>> {
    let Some(text) = present(mapping.cell(key, &row.cells)) else {
        return Ok(None);
    };
    let unknown = || {
        let fault = Fault::usage("row.choice").with("column", name(table, mapping, key)).with("found", &text);
        fault.with("expected", vocab.all_zh().join("、"))
    };
    vocab.read(&text).map(|word| Some(word.code.clone())).ok_or_else(unknown)
}

fn given(table: &Table, mapping: &Mapping, row: &Row) -> Vec<GivenCell> {
    let ours: Vec<usize> =
        [LINE, CODE, REASON].iter().filter_map(|key| mapping.known.get(key).copied()).collect();
    let cells = table.header.iter().zip(&row.cells).enumerate();
    cells
        .filter(|(at, (_, value))| !value.is_empty() && !ours.contains(at))
        .map(|(_, (name, value))| GivenCell { name: name.clone(), value: value.clone() })
        .collect()
}

fn extra(mapping: &Mapping, row: &Row) -> BTreeMap<String, String> {
    let cell = |(at, name): &(usize, String)| {
        row.cells.get(*at).and_then(|value| present(value)).map(|value| (name.clone(), value))
    };
    mapping.extra.iter().filter_map(cell).collect()
}

/// Every column that says something, in the form that identity and fingerprint are taken over.
fn normalised(
    table: &Table,
    mapping: &Mapping,
    row: &Row,
    date_written: Option<Date>,
    date_published: Option<Date>,
) -> BTreeMap<String, String> {
    let mut columns = BTreeMap::new();
    for (key, at) in mapping.known.iter().filter(|(key, _)| !key.starts_with('_')) {
        let cell = row.cells.get(*at).map_or("", String::as_str);
        let value = match *key {
            "date_written" => date_written.map(|d| d.to_string()).unwrap_or_default(),
            "date_published" => date_published.map(|d| d.to_string()).unwrap_or_default(),
            "index_number" | "document_number" => normal_number(cell),
            _ => normal(cell),
        };
        columns.insert((*key).to_owned(), value);
    }
    for (at, _) in &mapping.extra {
        let heading = table.header.get(*at).map_or("", String::as_str);
        let value = row.cells.get(*at).map_or("", String::as_str);
        columns.insert(format!("x:{}", normal(heading)), normal(value));
    }
    columns.retain(|_, value| !says_nothing(value));
    columns
}
