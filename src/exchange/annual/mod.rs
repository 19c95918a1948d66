//! The annual report (政府信息公开工作年度报告) as a workbook, a page, a Word document and JSON.
//!
//! All of them lay the tables out by one grid, made of the form; a blank cell is a figure that nobody counted or stated.

mod data;
mod doc;
mod docx;
mod explain;
mod grid;
mod html;
mod labels;
#[cfg(test)]
mod tests;
mod text;
mod xlsx;

use jiff::civil::{Date, DateTime};

pub use data::{AnnualCell, AnnualFile, AnnualFinding, AnnualLedger, json};
pub use docx::docx;
pub use explain::explain;
pub use html::html;
pub use text::tables;
pub use xlsx::xlsx;

use super::out_html::LedgerFacts;
use crate::rules::annual::Mismatch;

/// What the report says besides its figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportInfo {
    /// Name of the office.
    pub office: String,
    /// Line at the head of every page, for example 演示数据; empty for none.
    pub banner: String,
    /// State as of this day (by the dates on which things happened).
    pub as_of: Option<Date>,
    /// As far as it was entered by this day.
    pub known: Option<Date>,
    /// Date of creation in the files' properties, UTC; given, so that the same content makes the same bytes.
    pub created: DateTime,
    /// Where the figures come from.
    pub ledger: Option<LedgerFacts>,
    /// The texts of the sections without a table.
    pub narrative: Narrative,
    /// What checking found; listed after the report, which is then a draft.
    pub findings: Vec<Mismatch>,
}

/// The texts of the sections without a table. Each line is a paragraph; an empty text is shown as not written yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrative {
    /// 一、总体情况
    pub overview: String,
    /// 五、存在的主要问题及改进情况
    pub problems: String,
    /// 六、其他需要报告的事项
    pub other: String,
}
