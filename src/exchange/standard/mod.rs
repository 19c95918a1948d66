//! 基层政务公开标准事项目录: the standard catalogue as the annex of 临政办字〔2020〕64号 lays it out, out and in.
//!
//! A [`MatterRow`] is one line of it, whatever it is stored as. [`read_matters`] takes the table from XLSX or CSV, with merged cells
//! and every kind of tick; [`matters_xlsx`], [`matters_html`], [`matters_csv`] and [`matters_json`] write the very table;
//! [`compare()`] holds its services against the list of the government service site; [`list_digest`] names the exact list.
//! The forms are described in `docs/standard-catalogue.md`.

mod channel;
mod compare;
mod coverage;
mod digest;
mod field;
mod limit;
mod out_html;
mod out_text;
mod out_xlsx;
mod places;
mod read;
#[cfg(test)]
mod read_tests;
mod row;
mod template;

pub use channel::{Channel, Ticked, read_boxes, write_boxes};
pub use compare::{Difference, Likeness, Suggestion, compare, service_names};
pub use coverage::coverage_sheet;
pub(super) use digest::lines_digest;
pub use digest::list_digest;
pub use field::{Field, FieldEntry, fields};
pub use limit::{LimitFrom, Pace, TimeLimit};
pub use out_html::matters_html;
pub use out_text::{matters_csv, matters_json};
pub use out_xlsx::matters_xlsx;
pub use places::places;
pub use read::{ReadMatters, read_matters};
pub use row::{Audience, Manner, MatterRow};
pub use template::{Approved, Catalogue, NOTES};
