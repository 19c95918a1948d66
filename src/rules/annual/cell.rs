//! Names of cells, and how what stands in them is written.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of the report's three tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableId {
    /// 表二 主动公开
    T2,
    /// 表三 依申请公开
    T3,
    /// 表四 行政复议、行政诉讼
    T4,
}

/// A cell of a form; only a [`Form`](super::Form) makes one, so its row and column are there. Written `granted.natural_person`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId {
    pub(super) table: TableId,
    pub(super) row: &'static str,
    pub(super) column: &'static str,
}

impl CellId {
    /// The table it stands in.
    pub fn table(self) -> TableId {
        self.table
    }

    /// Code of its row.
    pub fn row(self) -> &'static str {
        self.row
    }

    /// Code of its column.
    pub fn column(self) -> &'static str {
        self.column
    }
}

impl fmt::Display for CellId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.row, self.column)
    }
}

/// What a figure counts. Amounts of money are held in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Things, none or more.
    #[default]
    Count,
    /// More or fewer things than the year before.
    Change,
    /// Fen, shown in 万元.
    FenAsWan,
    /// Fen, shown in 元.
    FenAsYuan,
}

impl Unit {
    /// Decimal places of the shown unit that one held unit can need.
    fn places(self) -> u32 {
        match self {
            Self::Count | Self::Change => 0,
            Self::FenAsWan => 6,
            Self::FenAsYuan => 2,
        }
    }

    /// Whether a figure below zero makes sense.
    pub fn is_signed(self) -> bool {
        self == Self::Change
    }

    /// The value as it is shown, exact, without trailing zeros: 397619000 fen are `397.619` 万元.
    pub fn show(self, value: i64) -> String {
        let scale = 10_u64.pow(self.places());
        let sign = if value < 0 { "-" } else { "" };
        let (whole, rest) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
        if rest == 0 {
            return format!("{sign}{whole}");
        }
        let digits = format!("{rest:0width$}", width = self.places() as usize);
        format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
    }

    /// The value that is shown so; `None` when it is no number, finer than a fen, or too large.
    pub fn read(self, text: &str) -> Option<i64> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeral = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let places = self.places() as usize;
        if !numeral(whole) || !numeral(rest) {
            return None;
        }
        let rest = rest.trim_end_matches('0');
        if rest.len() > places {
            return None;
        }
        let fraction: i64 = format!("0{rest:0<places$}").parse().ok()?;
        let whole = whole.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(self.places())?)?;
        whole.checked_add(fraction)?.checked_mul(sign)
    }
}
