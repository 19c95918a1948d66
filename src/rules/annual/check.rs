//! The relations that must hold between the figures of a report, and with the report of the year before.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{CellId, TableId, Unit};
use super::figures::Figures;
use super::form::{ColumnRole, Form, Row, RowRole, Table};
use crate::fault::{Lang, fill, message};

/// A relation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Stable code, a key of the message table.
    pub code: &'static str,
    /// Whether it only says that something looks odd or is not filled in yet; the others are errors.
    pub notice: bool,
    /// The cells of the relation; what was found stands in the first.
    pub cells: Vec<CellId>,
    /// What the others demand, where that is a figure.
    pub expected: Option<i64>,
    /// What was found, where that is a figure.
    pub found: Option<i64>,
    form: &'static Form,
}

impl Mismatch {
    /// The sentence in `lang`.
    pub fn text(&self, lang: Lang) -> String {
        let between = if lang == Lang::Zh { "、" } else { "; " };
        let titles = |cells: &[CellId]| {
            let titles: Vec<String> = cells.iter().map(|cell| self.form.title(*cell, lang)).collect();
            titles.join(between)
        };
        let unit = self.cells.first().map_or(Unit::Count, |cell| self.form.unit(*cell));
        let number = |value: Option<i64>| value.map(|value| unit.show(value)).unwrap_or_default();
        let args = BTreeMap::from([
            ("where", titles(self.cells.get(..1).unwrap_or_default())),
            ("cells", titles(&self.cells)),
            ("others", titles(self.cells.get(1..).unwrap_or_default())),
            ("expected", number(self.expected)),
            ("found", number(self.found)),
        ]);
        let message = message(self.code);
        let sentence = message.map(|m| if lang == Lang::Zh { &m.zh } else { &m.en });
        sentence.map_or_else(|| self.code.to_owned(), |sentence| fill(sentence, &args))
    }
}

/// Every relation that does not hold, in the form's order. `previous` is the report of the year before.
///
/// A relation of which a cell is missing cannot be checked; the missing cells are named in notices, one for each row.
pub fn check(figures: &Figures, previous: Option<&Figures>) -> Vec<Mismatch> {
    let mut checker = Checker { figures, form: figures.form(), found: Vec::new() };
    checker.missing();
    checker.negative();
    for table in &checker.form.tables {
        checker.balance(table);
        checker.outcomes(table);
        checker.rows(table);
        checker.once(table);
    }
    checker.traceable();
    if let Some(previous) = previous {
        checker.across(previous);
    }
    checker.found
}

struct Checker<'a> {
    figures: &'a Figures,
    form: &'static Form,
    found: Vec<Mismatch>,
}

impl Checker<'_> {
    fn say(&mut self, code: &'static str, cells: Vec<CellId>, expected: Option<i64>, found: Option<i64>) {
        let notice = matches!(code, "annual.missing" | "annual.in_force" | "annual.other_year");
        self.found.push(Mismatch { code, notice, cells, expected, found, form: self.form });
    }

    fn value(&self, cell: CellId) -> Option<i64> {
        self.figures.value(cell)
    }

    /// A cell that should hold the sum of others. Not checked when one of them is missing.
    fn is_sum(&mut self, code: &'static str, cell: CellId, of: Vec<CellId>) {
        let values: Option<Vec<i64>> = of.iter().map(|cell| self.value(*cell)).collect();
        let (Some(found), Some(values)) = (self.value(cell), values) else { return };
        let expected = values.into_iter().fold(0, i64::saturating_add);
        if found != expected {
            let cells = std::iter::once(cell).chain(of).collect();
            self.say(code, cells, Some(expected), Some(found));
        }
    }

    /// A8: a cell without a figure is said to be without one.
    fn missing(&mut self) {
        let mut rows: Vec<Vec<CellId>> = Vec::new();
        for cell in self.figures.missing() {
            match rows.last_mut().filter(|row| row.first().is_some_and(|first| first.row() == cell.row())) {
                Some(row) => row.push(cell),
                None => rows.push(vec![cell]),
            }
        }
        rows.into_iter().for_each(|cells| self.say("annual.missing", cells, None, None));
    }

    /// A8: nothing counted is below zero.
    fn negative(&mut self) {
        for cell in self.form.cells().filter(|cell| !self.form.unit(*cell).is_signed()) {
            if let Some(found) = self.value(cell).filter(|value| *value < 0) {
                self.say("annual.negative", vec![cell], Some(0), Some(found));
            }
        }
    }

    /// A1: in each column, received and carried in are the outcomes and carried out.
    fn balance(&mut self, table: &'static Table) {
        let roles = [RowRole::Received, RowRole::CarriedIn, RowRole::Total, RowRole::CarriedOut];
        let rows: Option<Vec<&Row>> = roles.iter().map(|role| row_of(table, *role)).collect();
        let Some(rows) = rows else { return };
        for column in &table.columns {
            let cells: Vec<CellId> = rows.iter().map(|row| table.cell(row, column)).collect();
            let values: Option<Vec<i64>> = cells.iter().map(|cell| self.value(*cell)).collect();
            if let Some([received, carried, outcomes, left]) = values.as_deref() {
                let (come, gone) = (received.saturating_add(*carried), outcomes.saturating_add(*left));
                if come != gone {
                    let cells = [2, 3, 0, 1].iter().filter_map(|at| cells.get(*at).copied()).collect();
                    self.say("annual.balance", cells, Some(come), Some(gone));
                }
            }
        }
    }

    /// A2: in each column, the total is the sum of the outcomes.
    fn outcomes(&mut self, table: &'static Table) {
        let Some(total) = row_of(table, RowRole::Total) else { return };
        for column in &table.columns {
            let own = table.rows.iter().filter(|row| row.role == RowRole::Own);
            let of = own.map(|row| table.cell(row, column)).collect();
            self.is_sum("annual.outcomes", table.cell(total, column), of);
        }
    }

    /// A3 and A4: in each row, the total is the sum of the other columns.
    fn rows(&mut self, table: &'static Table) {
        let Some(total) = table.columns.iter().find(|column| column.role == ColumnRole::Total) else {
            return;
        };
        let code = if table.table == TableId::T4 { "annual.remedies" } else { "annual.applicants" };
        for row in &table.rows {
            let own = table.columns.iter().filter(|column| column.role == ColumnRole::Own);
            let of = own.map(|column| table.cell(row, column)).collect();
            self.is_sum(code, table.cell(row, total), of);
        }
    }

    /// A6: an event is counted in one cell of those among which its case can only be in one.
    fn once(&mut self, table: &'static Table) {
        let mut groups: BTreeMap<String, Vec<CellId>> = BTreeMap::new();
        for cell in table.cells().filter(|cell| self.form.addends(*cell).is_empty()) {
            let Some((row, _)) = self.form.row_and_column(cell) else { continue };
            let group = match (cell.table(), row.role) {
                (TableId::T2, _) => continue,
                (TableId::T4, _) => row.code.clone(),
                (TableId::T3, RowRole::Received | RowRole::CarriedIn) => "come".to_owned(),
                (TableId::T3, _) => "gone".to_owned(),
            };
            groups.entry(group).or_default().push(cell);
        }
        groups.into_values().for_each(|cells| self.once_among(&cells));
    }

    fn once_among(&mut self, cells: &[CellId]) {
        let mut first: BTreeMap<u64, CellId> = BTreeMap::new();
        let mut twice: BTreeMap<(CellId, CellId), BTreeSet<u64>> = BTreeMap::new();
        for cell in cells {
            // What was stated for several cells at once may name one event in all of them.
            let counted = self.figures.get(*cell).filter(|figure| !figure.stated);
            for seq in counted.into_iter().flat_map(|figure| &figure.sources) {
                let before = *first.entry(*seq).or_insert(*cell);
                if before != *cell {
                    twice.entry((*cell, before)).or_default().insert(*seq);
                }
            }
        }
        for ((cell, before), seqs) in twice {
            let seq = seqs.first().and_then(|seq| i64::try_from(*seq).ok());
            self.say("annual.counted_twice", vec![cell, before], None, seq);
        }
    }

    /// A counted figure is the number of events behind it.
    fn traceable(&mut self) {
        for cell in self.form.cells().filter(|cell| self.form.addends(*cell).is_empty()) {
            let counted =
                self.figures.get(cell).filter(|figure| !figure.stated && cell.table() != TableId::T2);
            if let Some(figure) = counted {
                let behind = i64::try_from(figure.sources.len()).unwrap_or(i64::MAX);
                if behind != figure.value {
                    self.say("annual.untraceable", vec![cell], Some(behind), Some(figure.value));
                }
            }
        }
    }

    fn across(&mut self, previous: &Figures) {
        if previous.year().checked_add(1) != Some(self.figures.year()) {
            return self.say(
                "annual.other_year",
                Vec::new(),
                Some(i64::from(self.figures.year()) - 1),
                Some(i64::from(previous.year())),
            );
        }
        for table in &self.form.tables {
            self.carried(table, previous);
            self.in_force(table, previous);
        }
    }

    /// A5: what was carried out of last year is carried into this one.
    fn carried(&mut self, table: &'static Table, previous: &Figures) {
        let Some(row) = row_of(table, RowRole::CarriedIn) else { return };
        let left = previous.form().tables.iter().find_map(|table| row_of(table, RowRole::CarriedOut));
        let Some(left) = left else { return };
        for column in &table.columns {
            let cell = table.cell(row, column);
            let before = previous.form().cell_for(&left.code, &column.code);
            let expected = before.and_then(|cell| previous.value(cell));
            self.is("annual.carried", cell, expected);
        }
    }

    /// A7: what is in force is what was, and what was issued, without what was repealed. Plausible, not prescribed.
    fn in_force(&mut self, table: &'static Table, previous: &Figures) {
        for row in &table.rows {
            let cell = |code: &str| table.columns.iter().find(|c| c.code == code).map(|c| table.cell(row, c));
            let (Some(now), Some(issued), Some(repealed)) =
                (cell("in_force"), cell("issued"), cell("repealed"))
            else {
                continue;
            };
            let before =
                previous.form().cell_for(now.row(), now.column()).and_then(|cell| previous.value(cell));
            let (issued, repealed) = (self.value(issued), self.value(repealed));
            let expected = before.zip(issued).zip(repealed);
            let expected = expected
                .map(|((before, issued), repealed)| before.saturating_add(issued).saturating_sub(repealed));
            self.is("annual.in_force", now, expected);
        }
    }

    fn is(&mut self, code: &'static str, cell: CellId, expected: Option<i64>) {
        if let (Some(expected), Some(found)) = (expected, self.value(cell))
            && expected != found
        {
            self.say(code, vec![cell], Some(expected), Some(found));
        }
    }
}

fn row_of(table: &'static Table, role: RowRole) -> Option<&'static Row> {
    table.rows.iter().find(|row| row.role == role)
}
