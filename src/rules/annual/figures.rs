//! What is known of each cell.

use std::collections::BTreeMap;

use super::cell::{CellId, TableId};
use super::form::Form;
use crate::fault::Outcome;

/// What stands in a cell, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// The count, or the amount in fen.
    pub value: i64,
    /// Sequence numbers of the events behind it, in rising order, none twice.
    pub sources: Vec<u64>,
    /// Whether somebody stated it, wholly or in part, rather than that events were counted.
    pub stated: bool,
}

/// The figures of one report year. A cell without a figure is missing: nobody counted or stated it, which is not zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    form: &'static Form,
    year: i16,
    cells: BTreeMap<CellId, Figure>,
}

impl Figure {
    /// A figure that was stated, by the event with that sequence number.
    pub fn stated(value: i64, by: u64) -> Self {
        Self { value, sources: vec![by], stated: true }
    }
}

impl Figures {
    /// No figures yet for that report year.
    ///
    /// # Errors
    /// `annual.no_form` when there is no form for that year.
    pub fn new(year: i16) -> Outcome<Self> {
        Ok(Self { form: Form::for_year(year)?, year, cells: BTreeMap::new() })
    }

    /// The form they fill.
    pub fn form(&self) -> &'static Form {
        self.form
    }

    /// The report year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// What stands in the cell.
    pub fn get(&self, cell: CellId) -> Option<&Figure> {
        self.cells.get(&cell)
    }

    /// The value in the cell.
    pub fn value(&self, cell: CellId) -> Option<i64> {
        self.get(cell).map(|figure| figure.value)
    }

    /// Puts a figure into the cell.
    pub fn set(&mut self, cell: CellId, mut figure: Figure) {
        figure.sources.sort_unstable();
        figure.sources.dedup();
        self.cells.insert(cell, figure);
    }

    /// Adds a case to the cell, with the event behind it. An event that is there already adds nothing.
    pub fn count(&mut self, cell: CellId, seq: u64) {
        let figure = self.cells.entry(cell).or_default();
        if let Err(at) = figure.sources.binary_search(&seq) {
            figure.sources.insert(at, seq);
            figure.value = figure.value.saturating_add(1);
        }
    }

    /// Adds what somebody stated, for example an opening balance, to what was counted.
    pub fn state(&mut self, cell: CellId, value: i64, seq: u64) {
        let figure = self.cells.entry(cell).or_default();
        figure.stated = true;
        figure.value = figure.value.saturating_add(value);
        if let Err(at) = figure.sources.binary_search(&seq) {
            figure.sources.insert(at, seq);
        }
    }

    /// Says that the table was counted, so that cells without a case hold zero and are not missing.
    pub fn counted(&mut self, table: TableId) {
        let form = self.form;
        for cell in form.cells().filter(|cell| cell.table() == table && form.addends(*cell).is_empty()) {
            self.cells.entry(cell).or_default();
        }
    }

    /// Fills the sums that nobody stated. A sum of which a part is missing is missing too.
    pub fn sum(&mut self) {
        for cell in self.form.cells() {
            let addends = self.form.addends(cell);
            if !addends.is_empty() && !self.get(cell).is_some_and(|figure| figure.stated) {
                match self.sum_of(&addends) {
                    Some(figure) => self.set(cell, figure),
                    None => drop(self.cells.remove(&cell)),
                }
            }
        }
    }

    /// Sum of the cells; `None` when one of them is missing. Not stated: it is computed.
    fn sum_of(&self, addends: &[CellId]) -> Option<Figure> {
        addends.iter().map(|cell| self.get(*cell)).try_fold(Figure::default(), |mut sum, figure| {
            let figure = figure?;
            sum.value = sum.value.saturating_add(figure.value);
            sum.sources.extend(&figure.sources);
            Some(sum)
        })
    }

    /// Cells without a figure, in the form's order.
    pub fn missing(&self) -> Vec<CellId> {
        self.form.cells().filter(|cell| !self.cells.contains_key(cell)).collect()
    }
}
