//! A table of the form, laid out: which text or figure stands where, over how many rows and columns.

use std::collections::BTreeMap;

use crate::fault::Lang;
use crate::rules::annual::{CellId, Figures, Form, Row, Table, TableId};
use crate::rules::data::Title;

/// What a spot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A line above a block.
    Title,
    /// A heading of columns.
    Head,
    /// A title of rows.
    Label,
    /// A title of several rows, in a narrow column.
    Side,
    /// A figure; its text is empty when it is missing.
    Figure(CellId),
}

/// One cell, merged or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) down: usize,
    pub(super) across: usize,
    pub(super) holds: Holds,
    pub(super) text: String,
}

/// A table laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) table: TableId,
    /// Widths of the columns, in thousandths of the whole.
    pub(super) widths: Vec<u16>,
    /// Rows that head the table, repeated on every page.
    pub(super) head: usize,
    pub(super) height: usize,
    /// Row by row, from left to right.
    pub(super) spots: Vec<Spot>,
}

impl Grid {
    /// Lays that table of the form out, with its figures.
    pub(super) fn new(id: TableId, figures: &Figures, lang: Lang) -> Self {
        let form = figures.form();
        let mut builder = Builder { form, figures, lang, spots: Vec::new() };
        let (widths, head, height) = match id {
            TableId::T2 => builder.blocks(),
            TableId::T3 => builder.requests(),
            TableId::T4 => builder.remedies(),
        };
        let mut spots = builder.spots;
        spots.sort_by_key(|spot| (spot.row, spot.column));
        Self { table: id, widths, head, height, spots }
    }

    /// Spots that begin in that row.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = &Spot> {
        self.spots.iter().filter(move |spot| spot.row == row)
    }

    /// The spot that covers that place.
    pub(super) fn covering(&self, row: usize, column: usize) -> Option<&Spot> {
        let within = |at: usize, from: usize, length: usize| at >= from && at < from + length;
        self.spots.iter().find(|s| within(row, s.row, s.down) && within(column, s.column, s.across))
    }

    /// Width of a spot, in thousandths of the whole.
    pub(super) fn width(&self, spot: &Spot) -> u16 {
        self.widths.iter().skip(spot.column).take(spot.across).sum()
    }
}

struct Builder<'a> {
    form: &'static Form,
    figures: &'a Figures,
    lang: Lang,
    spots: Vec<Spot>,
}

impl Builder<'_> {
    fn put(&mut self, at: (usize, usize), size: (usize, usize), holds: Holds, text: &str) {
        let ((row, column), (down, across)) = (at, size);
        self.spots.push(Spot { row, column, down, across, holds, text: text.to_owned() });
    }

    fn figure(&mut self, at: (usize, usize), across: usize, cell: CellId) {
        let unit = self.form.unit(cell);
        let text = self.figures.value(cell).map(|value| unit.show(value)).unwrap_or_default();
        self.put(at, (1, across), Holds::Figure(cell), &text);
    }

    fn title(&self, title: Option<&Title>) -> String {
        title.map(|title| title.get(self.lang).to_owned()).unwrap_or_default()
    }

    fn tables(&self, id: TableId) -> impl Iterator<Item = &'static Table> + use<> {
        self.form.tables.iter().filter(move |table| table.table == id)
    }

    /// 表二: blocks below each other, whose columns share the width evenly.
    fn blocks(&mut self) -> (Vec<u16>, usize, usize) {
        let share = self.tables(TableId::T2).map(|t| t.columns.len()).fold(1, least_common_multiple);
        let mut row = 0;
        for table in self.tables(TableId::T2) {
            let across = share / table.columns.len().max(1);
            self.put((row, 0), (1, 1 + share), Holds::Title, &self.title(table.title.as_ref()));
            self.put((row + 1, 0), (1, 1), Holds::Head, &self.title(table.stub.as_ref()));
            for (at, column) in table.columns.iter().enumerate() {
                let text = self.title(Some(&column.title));
                self.put((row + 1, 1 + at * across), (1, across), Holds::Head, &text);
            }
            row += 2;
            for line in &table.rows {
                self.put((row, 0), (1, 1), Holds::Label, &self.title(Some(&line.title)));
                for (at, column) in table.columns.iter().enumerate() {
                    self.figure((row, 1 + at * across), across, table.cell(line, column));
                }
                row += 1;
            }
        }
        (shares(&[310], share, 690), 0, row)
    }

    /// 表三: three columns of titles; the columns of organisations under a heading of their own.
    fn requests(&mut self) -> (Vec<u16>, usize, usize) {
        let Some(table) = self.tables(TableId::T3).next() else { return (Vec::new(), 0, 0) };
        let columns = table.columns.len();
        self.put((0, 0), (3, 3), Holds::Head, &self.title(table.note.as_ref()));
        self.put((0, 3), (1, columns), Holds::Head, &self.title(table.head.as_ref()));
        for (at, column) in table.columns.iter().enumerate() {
            let (row, down) = if column.group.is_some() { (2, 1) } else { (1, 2) };
            self.put((row, 3 + at), (down, 1), Holds::Head, &self.title(Some(&column.title)));
        }
        for run in runs(table.columns.iter().map(|column| column.group.as_deref())) {
            let text = self.title(run.of.and_then(|code| table.group(code)));
            self.put((1, 3 + run.from), (1, run.length), Holds::Head, &text);
        }
        for (at, row) in table.rows.iter().enumerate() {
            let level = row.groups.len().min(2);
            self.put((3 + at, level), (1, 3 - level), Holds::Label, &self.title(Some(&row.title)));
            for (nth, column) in table.columns.iter().enumerate() {
                self.figure((3 + at, 3 + nth), 1, table.cell(row, column));
            }
        }
        self.sides(table);
        let labels: &[u16] = if self.lang == Lang::Zh { &[52, 152, 306] } else { &[52, 140, 268] };
        let rest = 1000 - labels.iter().sum::<u16>();
        (shares(labels, columns, rest), 3, 3 + table.rows.len())
    }

    /// Titles beside several rows.
    fn sides(&mut self, table: &Table) {
        for level in 0..2 {
            let of = |row: &'_ Row| row.groups.get(level).cloned();
            for run in runs(table.rows.iter().map(of)) {
                let text = self.title(run.of.as_deref().and_then(|code| table.group(code)));
                let holds = if level == 0 { Holds::Side } else { Holds::Label };
                self.put((3 + run.from, level), (run.length, 1), holds, &text);
            }
        }
    }

    /// 表四: the rows of the form side by side.
    fn remedies(&mut self) -> (Vec<u16>, usize, usize) {
        let Some(table) = self.tables(TableId::T4).next() else { return (Vec::new(), 0, 0) };
        let columns = table.columns.len();
        for (at, row) in table.rows.iter().enumerate() {
            let single = row.groups.is_empty();
            let top = usize::from(!single);
            self.put((top, at * columns), (1, columns), Holds::Head, &self.title(Some(&row.title)));
            for (nth, column) in table.columns.iter().enumerate() {
                let down = if single { 2 } else { 1 };
                let text = self.title(Some(&column.title));
                self.put((top + 1, at * columns + nth), (down, 1), Holds::Head, &text);
                self.figure((3, at * columns + nth), 1, table.cell(row, column));
            }
        }
        for run in runs(table.rows.iter().map(|row| row.groups.first().cloned())) {
            let text = self.title(run.of.as_deref().and_then(|code| table.group(code)));
            self.put((0, run.from * columns), (1, run.length * columns), Holds::Head, &text);
        }
        (shares(&[], columns * table.rows.len(), 1000), 3, 4)
    }
}

/// Neighbours with the same value.
struct Run<T> {
    of: Option<T>,
    from: usize,
    length: usize,
}

/// The runs of a sequence that have a value.
fn runs<T: PartialEq>(values: impl Iterator<Item = Option<T>>) -> Vec<Run<T>> {
    let mut runs: Vec<Run<T>> = Vec::new();
    for (from, of) in values.enumerate() {
        match runs.last_mut().filter(|run| run.of == of) {
            Some(run) => run.length += 1,
            None => runs.push(Run { of, from, length: 1 }),
        }
    }
    runs.retain(|run| run.of.is_some());
    runs
}

/// The given widths, and `rest` shared by `columns` more; together they are exactly the whole.
fn shares(first: &[u16], columns: usize, rest: u16) -> Vec<u16> {
    let columns = u16::try_from(columns).unwrap_or(u16::MAX).max(1);
    let more = (0..columns).map(|at| rest / columns + u16::from(at < rest % columns));
    first.iter().copied().chain(more).collect()
}

fn least_common_multiple(a: usize, b: usize) -> usize {
    let (mut x, mut y) = (a.max(1), b.max(1));
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a.max(1) * b.max(1) / x
}

/// A heading broken into lines of even length where `fit` full-width characters go into one. Words are left whole.
pub(super) fn lines(text: &str, fit: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let ideographic = chars.iter().all(|c| u32::from(*c) >= 0x2E80);
    if !ideographic || fit == 0 || chars.len() <= fit {
        return vec![text.to_owned()];
    }
    let count = chars.len().div_ceil(fit);
    chars.chunks(chars.len().div_ceil(count)).map(|line| line.iter().collect()).collect()
}

/// Cells without a figure, each row of the form once: `规章 · 现行有效件数`, or `规章` when the whole row is missing.
pub(super) fn missing(id: TableId, figures: &Figures, lang: Lang) -> Vec<String> {
    let form = figures.form();
    let mut rows: BTreeMap<usize, Vec<CellId>> = BTreeMap::new();
    let tables = form.tables.iter().filter(|table| table.table == id);
    let all: Vec<(&Table, &Row)> = tables.flat_map(|t| t.rows.iter().map(move |row| (t, row))).collect();
    for (at, (table, row)) in all.iter().enumerate() {
        let cells = table.columns.iter().map(|column| table.cell(row, column));
        let blank: Vec<CellId> = cells.filter(|cell| figures.get(*cell).is_none()).collect();
        rows.entry(at).or_default().extend(blank);
    }
    let named = |(at, cells): (usize, Vec<CellId>)| match all.get(at) {
        Some((table, row)) if cells.len() == table.columns.len() => vec![row.title.get(lang).to_owned()],
        _ => cells.into_iter().map(|cell| form.title(cell, lang)).collect(),
    };
    rows.into_iter().flat_map(named).collect()
}
