//! `report annual --explain`: the events behind a cell.

use std::collections::BTreeMap;

use super::gather::Gathered;
use crate::cli::lookup;
use crate::cli::words::words;
use crate::exchange::{Cell, Column, Kind, Sheet, annual};
use crate::fault::{Lang, Outcome};
use crate::ledger::Ledger;
use crate::record::Event;
use crate::rules::annual::CellId;
use crate::views::{DossierRow, Stated};

/// What an event is shown by.
struct Behind {
    event: Event,
    stated: Option<Stated>,
}

/// The events behind a cell with their days, kinds and people. The amounts add up to the figure.
pub fn sheet(ledger: &Ledger, gathered: &Gathered, cell: CellId, lang: Lang) -> Outcome<Sheet> {
    let (form, figures) = (gathered.figures.form(), &gathered.figures);
    let addends = form.addends(cell);
    let parts = if addends.is_empty() { vec![cell] } else { addends };
    let stated = |seq| gathered.stated.iter().find(|one| one.seq == seq).cloned();
    let mut behind = BTreeMap::new();
    for seq in parts.iter().filter_map(|part| figures.get(*part)).flat_map(|figure| &figure.sources) {
        let event = lookup::event(ledger, *seq)?.0;
        behind.insert(*seq, Behind { event, stated: stated(*seq) });
    }
    let people = names(ledger)?;
    let requests: BTreeMap<&str, &DossierRow> =
        gathered.requests.iter().map(|row| (row.id.as_str(), row)).collect();
    let row = |seq: u64| behind.get(&seq).map_or_else(Vec::new, |behind| cells(behind, &requests, &people));
    Ok(annual::explain(figures, cell, columns(), &row, lang))
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("amount", "数", "Amount", 10).kind(Kind::Number),
        Column::new("on", "日期", "Date", 12).kind(Kind::Date),
        Column::new("kind", "事件类别", "Kind", 20),
        Column::new("id", "编号", "Id", 28).kind(Kind::Code),
        Column::new("applicant", "申请人类别", "Applicant", 14),
        Column::new("person", "办理人", "Person", 14),
        Column::new("entered", "录入日期", "Entered", 12).kind(Kind::Date),
        Column::new("source", "来源", "Source", 16),
        Column::new("from", "数字出处", "Where it was read", 32).kind(Kind::Long),
    ]
}

fn cells(
    behind: &Behind,
    requests: &BTreeMap<&str, &DossierRow>,
    people: &BTreeMap<String, String>,
) -> Vec<Cell> {
    let (event, stated) = (&behind.event, behind.stated.as_ref());
    let applicant = requests.get(event.subject.as_str()).and_then(|row| row.code("applicant"));
    let person = event.fact("person").unwrap_or_default();
    vec![
        Cell::Number(stated.map_or(1, |stated| stated.value)),
        event.on().map_or(Cell::Empty, |day| Cell::Date(day.0)),
        words().kind(event.kind.as_str()).into(),
        event.subject.as_str().into(),
        words().cell("applicant", applicant),
        people.get(person).map_or(person, String::as_str).into(),
        Cell::Date(event.at.day().0),
        words().cell("figure_source", stated.map(|stated| stated.source.as_str())),
        stated.and_then(|stated| stated.from.as_deref()).map_or(Cell::Empty, Cell::from),
    ]
}

/// Names of the people, as far as this copy has them.
fn names(ledger: &Ledger) -> Outcome<BTreeMap<String, String>> {
    let people = lookup::people(ledger)?.into_iter();
    Ok(people.filter_map(|view| Some((view.person.id.to_string(), view.name?))).collect())
}
