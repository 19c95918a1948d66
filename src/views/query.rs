//! Questions to the projections. Every answer is a function of the records alone.

use super::fold;
use super::office::Office;
use super::row::{Course, Row};
use super::rows;
use super::table::Table;
use crate::fault::Outcome;
use crate::record::Subject;

/// The projections, to be asked.
pub struct Query<'v> {
    pub(super) table: &'v Table,
    pub(super) office: &'v Office,
}

impl<'v> Query<'v> {
    pub(super) fn new(table: &'v Table, office: &'v Office) -> Self {
        Self { table, office }
    }

    /// The office part of the law, rounds, names.
    pub fn office(&self) -> &'v Office {
        self.office
    }

    /// Number of items.
    pub fn items(&self) -> u32 {
        self.table.mark().items
    }

    /// The item with this subject.
    pub fn item(&self, subject: &Subject) -> Outcome<Option<Row>> {
        fold::find(self.table, subject)?.map(|item| rows::row(self.table, item)).transpose()
    }

    /// The whole course of an item, oldest event first; none for an unknown one.
    pub fn timeline(&self, subject: &Subject) -> Outcome<Vec<Course>> {
        let Some(item) = fold::find(self.table, subject)? else { return Ok(Vec::new()) };
        let row = rows::row(self.table, item)?;
        rows::course(self.table, item, &row)
    }
}
