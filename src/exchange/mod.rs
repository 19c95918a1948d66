//! Floor 6: tables in and out: CSV, XLSX, HTML, JSON.
//!
//! In: [`read_table`] turns a file into a header and numbered rows; [`records`] and [`worklist`] turn rows into typed values or a reason why
//! not; [`plan_import`] says, without writing anything, what an import would do.
//! Out: a [`Sheet`] is written as a terminal table, CSV, JSON, XLSX or one HTML page.
//! [`standard`] holds the standard catalogue, whose table has a form of its own.
//!
//! Nothing here reads the clock, the environment or the terminal, knows a rule, or writes a file.

pub mod annual;
mod columns;
mod csv_in;
mod dates;
mod decode;
mod feed;
#[doc(hidden)]
pub mod fuzz;
mod guard;
mod identity;
mod limits;
mod negative;
mod out_html;
mod out_text;
mod out_xlsx;
mod page_words;
mod plan;
mod platform;
mod record_read;
pub mod records;
pub mod sheet;
pub mod stamp;
pub mod standard;
mod table;
mod text;
pub mod topics;
pub mod words;
mod work_columns;
pub mod worklist;
mod xlsx_in;
mod zip_guard;

pub use columns::{ColumnSpec, Mapping};
pub use dates::read_date;
pub use decode::TextEncoding;
pub use feed::{Feed, FeedEntry, FeedStatus, atom, feed_json};
pub use guard::{guard, unguard};
pub use identity::{Fingerprint, Identity, IdentityBasis};
pub use limits::Limits;
pub use negative::{NegativeEntry, negative_digest};
pub use out_html::{LedgerFacts, Page, html};
pub use out_text::{csv, json, terminal};
pub use out_xlsx::{BookInfo, xlsx};
pub use plan::{
    Against, Changed, ImportPlan, Rejected, Repeated, confirm_sheet, plan_import, reject_sheet,
    reject_sheet_of,
};
pub use platform::{Platform, PlatformLink, platform_html};
pub use record_read::read_records;
pub use records::{GivenCell, RECORD_COLUMNS, RecordRow};
pub use sheet::{Cell, Column, Filter, Kind, Place, Sheet};
pub use table::{Format, ReadOptions, Row, Table, read_table, read_table_file};
pub use text::{normal, normal_number, odd_chars, printable};
pub use work_columns::{Step, WorkWords, Worklist};
