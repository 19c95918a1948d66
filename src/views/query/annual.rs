//! The figures of the annual report: 表三 and 表四 counted from the requests, and whatever was stated.
//!
//! Everything counts on the day it happened, not on the day it was entered. So a request that is answered in January and entered in March
//! counts in January, and last year's figures follow what is entered later.

use super::{DossierRow, Query};
use crate::fault::Outcome;
use crate::record::{Day, Subject};
use crate::rules::Span;
use crate::rules::annual::{Figures, TableId};

/// A figure that somebody stated and that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// `figure/…`
    pub id: Subject,
    /// The cell it is for, `ROW.COLUMN`, as it was given.
    pub cell: String,
    /// The count, or the amount in fen.
    pub value: i64,
    /// Code of where it comes from.
    pub source: String,
    /// Where it was read, in words; nothing when this copy has not got them.
    pub from: Option<String>,
    /// The event that gave the value: the statement, or its newest correction.
    pub seq: u64,
}

/// How a request came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closing<'a> {
    /// The day; never before the receipt.
    pub on: Day,
    /// Row of 表三.
    pub leaf: &'a str,
    /// The event that ended it.
    pub seq: u64,
    /// Whether it was declared to be late.
    pub late: bool,
}

impl Query<'_> {
    /// The figures of a report year. Cells of 表三 and 表四 that no event counts in are zero; of the others, those that
    /// nobody stated are missing. What was stated adds to what is counted.
    ///
    /// # Errors
    /// `annual.no_form` when there is no form for that year.
    pub fn figures(&self, year: i16) -> Outcome<Figures> {
        let mut figures = Figures::new(year)?;
        figures.counted(TableId::T3);
        figures.counted(TableId::T4);
        for row in self.dossiers("request/")? {
            count_request(&mut figures, &row);
            remedies(&row).for_each(|span| count_remedy(&mut figures, &row, span));
        }
        self.state(&mut figures)?;
        Ok(figures)
    }

    /// The figures of a report year that were stated, and no others: for a year that the ledger did not hold.
    ///
    /// # Errors
    /// `annual.no_form` when there is no form for that year.
    pub fn stated_figures(&self, year: i16) -> Outcome<Figures> {
        let mut figures = Figures::new(year)?;
        self.state(&mut figures)?;
        Ok(figures)
    }

    fn state(&self, figures: &mut Figures) -> Outcome<()> {
        for stated in self.stated(figures.year())? {
            let (row, column) = stated.cell.split_once('.').unwrap_or_default();
            if let Some(cell) = figures.form().cell_for(row, column) {
                figures.state(cell, stated.value, stated.seq);
            }
        }
        figures.sum();
        Ok(())
    }

    /// What was stated for a report year and stands, in the order of the statements.
    pub fn stated(&self, year: i16) -> Outcome<Vec<Stated>> {
        let year = u64::try_from(year).ok();
        let rows = self.dossiers("figure/")?;
        Ok(rows.iter().filter(|row| number(row, "year") == year).filter_map(stated).collect())
    }
}

fn number(row: &DossierRow, register: &str) -> Option<u64> {
    row.get(register)?.number()
}

fn stated(row: &DossierRow) -> Option<Stated> {
    let value = number(row, "value").filter(|_| row.state() == "stated")?;
    let gives = |kind: &str| matches!(kind, "figure.stated" | "figure.corrected");
    let said = |event: &&crate::views::Course| {
        gives(event.kind.as_str())
            && event.facts.get("value").and_then(serde_json::Value::as_u64) == Some(value)
    };
    let seq = row.course.iter().rev().find(said)?.seq;
    let cell = row.code("cell")?.to_owned();
    let source = row.code("source").unwrap_or_default().to_owned();
    let from = row.text("from").map(str::to_owned);
    Some(Stated { id: row.id.clone(), cell, value: i64::try_from(value).ok()?, source, from, seq })
}

/// Whether it turned out to be no request: a question, a petition.
pub(super) fn is_diverted(row: &DossierRow) -> bool {
    row.code("triage").is_some_and(|triage| triage != "application")
}

/// How it ended, if it did. An answer given anew after a remedy changes nothing of that.
pub(super) fn closing(row: &DossierRow) -> Option<Closing<'_>> {
    let (on, received) = (row.day("ended_on")?, row.day("received")?);
    let event = row.course.iter().find(|event| {
        let fits = |fact: &str| event.fact(fact).is_some() && event.fact(fact) == row.code(fact);
        event.on() == Some(on)
            && match event.kind.as_str() {
                "request.answered" => fits("leaf"),
                "request.ended" => fits("cause"),
                _ => false,
            }
    })?;
    let leaf = match (event.fact("leaf"), event.fact("cause")) {
        (Some(_), _) => row.code("leaf")?,
        (None, Some("not_corrected")) => "o_no_correction",
        (None, Some("fee_unpaid")) => "o_no_fee",
        (None, _) => "o_other",
    };
    let codes = event.facts.get("irregular").and_then(serde_json::Value::as_array);
    let late = codes.into_iter().flatten().any(|code| code == "late");
    Some(Closing { on: on.max(received), leaf, seq: event.seq, late })
}

/// Counts a request in 表三.
fn count_request(figures: &mut Figures, row: &DossierRow) {
    let (Some(law), Some(received)) = (&row.law, row.day("received")) else { return };
    if is_diverted(row) {
        return;
    }
    let (year, received) = (figures.year(), received.0.year());
    let closing = closing(row);
    let closed = closing.map(|closing| closing.on.0.year());
    let column = row.code("applicant").unwrap_or("other");
    if received == year {
        count(figures, "new_received", column, law.first);
    }
    if received < year && closed.is_none_or(|closed| closed >= year) {
        count(figures, "carried_in", column, law.first);
    }
    if let Some(closing) = closing.filter(|_| closed == Some(year)) {
        count(figures, closing.leaf, column, closing.seq);
    }
    if received <= year && closed.is_none_or(|closed| closed > year) {
        count(figures, "carried_out", column, law.first);
    }
}

/// Counts a reconsideration or a suit in 表四; also one about what was not taken for a request.
fn count_remedy(figures: &mut Figures, row: &DossierRow, span: &Span) {
    let year = figures.year();
    let text = |name: &str| span.values.get(name).and_then(|value| value.text());
    let Some(remedy) = text("remedy") else { return };
    let decided = span.until.map(|day| day.0.year());
    if decided == Some(year) {
        let decision = row.course.iter().find(|event| {
            let of = event.facts.get("of").and_then(serde_json::Value::as_u64);
            event.kind.as_str() == "request.remedy_decided"
                && of == Some(span.seq)
                && event.on() == span.until
        });
        let result = text("result").unwrap_or("other");
        count(figures, remedy, result, decision.map_or(span.seq, |event| event.seq));
    } else if span.from.0.year() <= year && decided.is_none_or(|decided| decided > year) {
        count(figures, remedy, "pending", span.seq);
    }
}

fn remedies(row: &DossierRow) -> impl Iterator<Item = &Span> {
    row.law.iter().flat_map(|law| law.spans.values()).filter(|span| &*span.name == "remedy")
}

/// Counts a case. One that the form has no place for is among the others.
fn count(figures: &mut Figures, row: &str, column: &str, seq: u64) {
    let form = figures.form();
    let places = [(row, column), (row, "other"), ("o_other", column), ("o_other", "other")];
    if let Some(cell) = places.into_iter().find_map(|(row, column)| form.cell_for(row, column)) {
        figures.count(cell, seq);
    }
}
