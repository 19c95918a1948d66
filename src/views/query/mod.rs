//! Questions to the projections. Every answer is a function of the records alone.

mod annual;
mod board;
mod catalogue;
mod find;
mod indicators;
mod list;
mod occasions;
mod work;

pub use annual::Stated;
pub use board::{Duty, Level};
pub use catalogue::{CatalogueRow, WithheldRow};
pub use find::Known;
pub use indicators::{Counts, Indicator, Indicators};
pub use list::{Filter, Listed, Page};
pub use occasions::{Occasion, Occasions, What};
pub use work::{Member, Outcomes, PersonView, Task, Waiting};

use super::dossier::{self, DossierRow};
use super::fold;
use super::office::{Office, RoundView};
use super::row::{Course, Row};
use super::rows;
use super::table::Table;
use crate::fault::Outcome;
use crate::record::{Day, Subject};

/// The projections, to be asked.
pub struct Query<'v> {
    table: &'v Table,
    office: &'v Office,
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

    /// The dossier with this subject.
    pub fn dossier(&self, subject: &Subject) -> Outcome<Option<DossierRow>> {
        dossier::dossier(self.table, subject)
    }

    /// Dossiers whose subject begins with `prefix` (`request/`, or more of it), in the order of their first events.
    pub fn dossiers(&self, prefix: &str) -> Outcome<Vec<DossierRow>> {
        let mut found = dossier::dossiers(self.table, prefix)?;
        found.sort_by_key(|row| row.first().map(|event| event.seq));
        Ok(found)
    }

    /// The whole course of an item, oldest event first; none for an unknown one.
    pub fn timeline(&self, subject: &Subject) -> Outcome<Vec<Course>> {
        let Some(item) = fold::find(self.table, subject)? else { return Ok(Vec::new()) };
        let row = rows::row(self.table, item)?;
        rows::course(self.table, item, &row)
    }

    /// Every round, in the order they were opened.
    pub fn rounds(&self) -> Vec<RoundView> {
        let subjects = self.office.rounds.keys().filter_map(|round| round.parse().ok());
        let mut rounds: Vec<RoundView> = subjects.filter_map(|subject| self.office.round(&subject)).collect();
        rounds.sort_by_key(|round| round.law.opened);
        rounds
    }

    /// The day on which the ledger began.
    pub fn first_day(&self) -> Outcome<Option<Day>> {
        let row = self.list(&Filter::default(), Page::first(1))?.items.pop();
        Ok(row.and_then(|row| row.course.first().map(|event| event.at.day())))
    }

    /// The round that is open.
    pub fn open_round(&self) -> Option<RoundView> {
        let subject = self.office.law.office.open_round.as_deref()?.parse().ok()?;
        self.office.round(&subject)
    }
}
