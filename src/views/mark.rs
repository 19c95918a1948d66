//! The mark: how far the projections go, and what the records of each section add up to.

use serde::{Deserialize, Serialize};

use super::layout::SECTION_COUNT;
use crate::record::Origin;
use crate::record::act::Head;

/// What the records look like. Another layout, or another program version, which may fold otherwise, is no fault:
/// the projections are built anew.
pub const LAYOUT: &str = concat!("2/", env!("CARGO_PKG_VERSION"));

/// State of the projections as a whole; stored in one record, in the same batch as everything it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// [`LAYOUT`] of the program that wrote it.
    pub layout: String,
    /// Place in the log up to which everything is applied.
    pub head: Head,
    /// Number of items.
    pub items: u32,
    /// Sum, for each section, of the checksums of its records.
    pub sums: [Sum; SECTION_COUNT],
    /// Runs of look-up hints, oldest first.
    pub runs: Vec<Run>,
    /// Number of the next run.
    pub next_run: u32,
}

/// A sum of checksums modulo 2^128: it does not depend on the order of the records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, u64)", into = "(u64, u64)")]
pub struct Sum(pub u128);

impl From<(u64, u64)> for Sum {
    fn from((high, low): (u64, u64)) -> Self {
        Self(u128::from(high) << 64 | u128::from(low))
    }
}

impl From<Sum> for (u64, u64) {
    fn from(sum: Sum) -> Self {
        ((sum.0 >> 64) as u64, sum.0 as u64)
    }
}

/// A sorted run of hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number, which its keys begin with.
    pub id: u32,
    /// Entries in it.
    pub entries: u64,
}

impl Mark {
    /// Before event 0.
    pub fn at_origin(origin: &Origin) -> Self {
        Self {
            layout: LAYOUT.into(),
            head: Head::at_origin(origin),
            items: 0,
            sums: [Sum::default(); SECTION_COUNT],
            runs: Vec::new(),
            next_run: 0,
        }
    }
}
