//! What stands behind one cell.

use crate::exchange::sheet::{Cell, Column, Kind, Sheet};
use crate::fault::Lang;
use crate::rules::annual::{CellId, Figures};

/// The events behind a cell: of a sum, those of its parts. Columns: the cell an event is counted in, its number, and `columns`, of
/// which `row` gives the cells for an event; the caller knows the ledger, this does not.
pub fn explain(
    figures: &Figures,
    cell: CellId,
    columns: Vec<Column>,
    row: &dyn Fn(u64) -> Vec<Cell>,
    lang: Lang,
) -> Sheet {
    let form = figures.form();
    let addends = form.addends(cell);
    let parts = if addends.is_empty() { vec![cell] } else { addends.clone() };
    let events = |part: &CellId| figures.get(*part).map(|figure| figure.sources.clone()).unwrap_or_default();
    let rows = parts.iter().flat_map(|part| {
        let title = form.title(*part, lang);
        let line = move |seq: u64| {
            let first = [Cell::from(title.clone()), Cell::Number(i64::try_from(seq).unwrap_or(i64::MAX))];
            first.into_iter().chain(row(seq)).collect::<Vec<Cell>>()
        };
        events(part).into_iter().map(line).collect::<Vec<_>>()
    });
    let own = [
        Column::new("counted_in", "计入", "Counted in", 36).kind(Kind::Long),
        Column::new("seq", "事件", "Event", 10).kind(Kind::Number),
    ];
    Sheet {
        name: cell.to_string(),
        title: heading(figures, cell, lang),
        notes: notes(figures, cell, &addends, lang),
        columns: own.into_iter().chain(columns).collect(),
        rows: rows.collect(),
    }
}

fn heading(figures: &Figures, cell: CellId, lang: Lang) -> String {
    let (form, year) = (figures.form(), figures.year());
    let none = if lang == Lang::Zh { "空白" } else { "blank" };
    let value = figures.value(cell).map_or_else(|| none.to_owned(), |value| form.unit(cell).show(value));
    format!("{year} {} = {value}", form.title(cell, lang))
}

/// How the figure comes about: as a sum with its parts, stated, or missing.
fn notes(figures: &Figures, cell: CellId, addends: &[CellId], lang: Lang) -> Vec<String> {
    let form = figures.form();
    let zh = lang == Lang::Zh;
    let pick = |chinese: &str, english: &str| if zh { chinese.to_owned() } else { english.to_owned() };
    let mut notes = Vec::new();
    if !addends.is_empty() {
        let parts = addends.iter().filter(|part| figures.value(**part) != Some(0)).map(|part| {
            let value = figures.value(*part).map(|value| form.unit(*part).show(value));
            format!("{} {}", form.title(*part, lang), value.unwrap_or_else(|| pick("空白", "blank")))
        });
        let parts: Vec<String> = parts.collect();
        let listed = if parts.is_empty() { pick("全部为零", "all zero") } else { parts.join(" + ") };
        notes.push(pick("合计：", "Sum: ") + &listed);
    }
    match figures.get(cell) {
        None => notes.push(pick("没有填报，不等于零。", "No figure was given; that is not zero.")),
        Some(figure) if figure.stated => notes.push(pick(
            "含另行填报的数字，依据见下列事件。",
            "Holds what was stated; the events say by whom and why.",
        )),
        Some(_) => {}
    }
    notes
}
