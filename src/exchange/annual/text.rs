//! The three tables as plain tables, for a terminal.

use super::labels::labels;
use crate::exchange::sheet::{Cell, Column, Kind, Sheet};
use crate::fault::Lang;
use crate::rules::annual::{CellId, Figures, Row, Table, TableId, Unit};

/// The tables of the report, one sheet each. A blank is a figure that nobody counted or stated.
pub fn tables(figures: &Figures, lang: Lang) -> Vec<Sheet> {
    let form = figures.form();
    let tabs = [TableId::T2, TableId::T3, TableId::T4].into_iter().zip(labels(lang).tabs);
    tabs.map(|(id, tab)| {
        let tables: Vec<&'static Table> = form.tables.iter().filter(|table| table.table == id).collect();
        let (columns, rows) =
            if id == TableId::T2 { listed(&tables, figures, lang) } else { crossed(&tables, figures, lang) };
        Sheet { name: tab.to_owned(), title: tab.to_owned(), columns, rows, ..Sheet::default() }
    })
    .collect()
}

/// Blocks with columns of their own, a line for each figure.
fn listed(tables: &[&'static Table], figures: &Figures, lang: Lang) -> (Vec<Column>, Vec<Vec<Cell>>) {
    let columns = vec![
        Column::new("basis", "条例依据", "Regulations", 20),
        Column::new("content", "信息内容", "Content", 20),
        Column::new("figure", "数字", "Figure", 28),
        Column::new("value", "数值", "Value", 12).kind(Kind::Number),
        Column::new("cell", "单元格", "Cell", 28).kind(Kind::Code),
    ];
    let rows = tables.iter().flat_map(|table| {
        let title = table.title.as_ref().map(|title| title.get(lang).to_owned()).unwrap_or_default();
        table.rows.iter().flat_map(move |row| {
            let title = title.clone();
            table.columns.iter().map(move |column| {
                let cell = table.cell(row, column);
                let texts = [title.as_str(), row.title.get(lang), column.title.get(lang)];
                let mut cells: Vec<Cell> = texts.into_iter().map(Cell::from).collect();
                cells.extend([shown(figures, cell), Cell::Text(cell.to_string())]);
                cells
            })
        })
    });
    (columns, rows.collect())
}

/// A line for each row of the form, with the form's columns.
fn crossed(tables: &[&'static Table], figures: &Figures, lang: Lang) -> (Vec<Column>, Vec<Vec<Cell>>) {
    let mut columns = vec![Column::new("row", "事项", "Row", 40).kind(Kind::Long)];
    for column in tables.iter().flat_map(|table| &table.columns) {
        columns.push(Column::new(&column.code, &column.title.zh, &column.title.en, 10).kind(Kind::Number));
    }
    let rows = tables.iter().flat_map(|table| {
        table.rows.iter().map(move |row| {
            let figures = table.columns.iter().map(|column| shown(figures, table.cell(row, column)));
            std::iter::once(Cell::Text(row_title(table, row, lang))).chain(figures).collect()
        })
    });
    (columns, rows.collect())
}

/// The row's title after the group it stands in; that all outcomes of 表三 are outcomes goes without saying.
fn row_title(table: &Table, row: &Row, lang: Lang) -> String {
    let level = usize::from(table.table == TableId::T3);
    let group = row.groups.get(level).and_then(|group| table.group(group));
    match group {
        Some(group) => format!("{} · {}", group.get(lang), row.title.get(lang)),
        None => row.title.get(lang).to_owned(),
    }
}

/// A figure as the form shows it.
fn shown(figures: &Figures, cell: CellId) -> Cell {
    match (figures.value(cell), figures.form().unit(cell)) {
        (None, _) => Cell::Empty,
        (Some(value), Unit::Count | Unit::Change) => Cell::Number(value),
        (Some(value), unit) => Cell::Text(unit.show(value)),
    }
}
