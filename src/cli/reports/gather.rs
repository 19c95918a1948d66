//! The figures of a report with what is needed around them.

use crate::cli::catalog::page;
use crate::cli::lookup::{self, Past};
use crate::cli::{Ctx, output};
use crate::exchange::annual::{Narrative, ReportInfo};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::Day;
use crate::rules::annual::{Figures, Mismatch, TableId, check};
use crate::views::{DossierRow, Query, Stated};

/// The figures, and what was found about them.
pub struct Gathered {
    /// The figures.
    pub figures: Figures,
    /// What checking found.
    pub findings: Vec<Mismatch>,
    /// Whether last year's report was there to compare with.
    pub compared: bool,
    /// What stands behind the figures that were stated.
    pub stated: Vec<Stated>,
    /// The requests.
    pub requests: Vec<DossierRow>,
    /// What the reader should know besides.
    pub notices: Vec<Fault>,
    known: Option<Day>,
}

/// What the ledger says of a year and of the year before.
struct Answer {
    figures: Figures,
    stated: Vec<Stated>,
    stated_before: bool,
    before: Option<Figures>,
    requests: Vec<DossierRow>,
}

/// Gathers and checks the figures of a year, as far as they were entered by `known`. `previous` is last year's report; without it
/// the ledger's own figures are compared with, where it held that year.
pub fn gather(
    ctx: &Ctx<'_>,
    ledger: &Ledger,
    year: i16,
    known: Option<Day>,
    previous: Option<Figures>,
) -> Outcome<Gathered> {
    let began = lookup::event(ledger, 0)?.0.on();
    let answer = answer(ctx, ledger, year, known, began)?;
    let kept = answer.stated_before || began.is_some_and(|day| day.0.year() < year.saturating_sub(1));
    let previous = previous.or(answer.before.filter(|_| kept));
    let findings = check(&answer.figures, previous.as_ref());
    let compared = previous.is_some_and(|previous| previous.year().checked_add(1) == Some(year));
    let notices = notices(ctx, year, began, &answer.figures, &answer.stated)?;
    let (figures, stated, requests) = (answer.figures, answer.stated, answer.requests);
    Ok(Gathered { figures, findings, compared, stated, requests, notices, known })
}

fn answer(
    ctx: &Ctx<'_>,
    ledger: &Ledger,
    year: i16,
    known: Option<Day>,
    began: Option<Day>,
) -> Outcome<Answer> {
    let question = |query: &Query<'_>| {
        let before = year.checked_sub(1);
        let stated_before = before.map(|year| query.stated(year)).transpose()?;
        Ok(Answer {
            figures: figures(query, year, began)?,
            stated: query.stated(year)?,
            stated_before: stated_before.is_some_and(|stated| !stated.is_empty()),
            before: before.and_then(|year| figures(query, year, began).ok()),
            requests: query.dossiers("request/")?,
        })
    };
    lookup::then(ctx, ledger, &Past { as_of: None, known }, question)
}

/// The figures of a year. Of one that was over before the ledger began, and of which it holds no request, nothing is counted: nobody
/// has looked, and that is not zero.
fn figures(query: &Query<'_>, year: i16, began: Option<Day>) -> Outcome<Figures> {
    let figures = query.figures(year)?;
    let held = |table| {
        let mut cells = figures.form().cells().filter(|cell| cell.table() == table);
        cells.any(|cell| figures.get(cell).is_some_and(|figure| !figure.sources.is_empty()))
    };
    let after = began.is_some_and(|day| day.0.year() > year);
    if after && !held(TableId::T3) && !held(TableId::T4) { query.stated_figures(year) } else { Ok(figures) }
}

/// A year that is not over or not wholly in the ledger, and statements that the form has no place for, or that may be double.
fn notices(
    ctx: &Ctx<'_>,
    year: i16,
    began: Option<Day>,
    figures: &Figures,
    stated: &[Stated],
) -> Outcome<Vec<Fault>> {
    let mut notices = Vec::new();
    let today = ctx.today()?;
    if today.0.year() <= year {
        notices.push(Fault::usage("annual.not_over").with("year", year).with("found", today));
    }
    if let Some(began) = began.filter(|day| day.0.year() >= year) {
        notices.push(Fault::usage("annual.before_ledger").with("year", year).with("found", began));
    }
    let form = figures.form();
    for (at, one) in stated.iter().enumerate() {
        let (row, column) = one.cell.split_once('.').unwrap_or_default();
        if form.cell_for(row, column).is_none() {
            let fault = Fault::usage("annual.unplaced").with("found", &one.cell).with("seq", one.seq);
            notices.push(fault.with("form", &form.id));
        }
        if stated.iter().take(at).any(|other| other.cell == one.cell) {
            notices.push(Fault::usage("annual.stated_twice").with("found", &one.cell).with("seq", one.seq));
        }
    }
    Ok(notices)
}

/// What the report says besides its figures.
pub fn info(
    ctx: &Ctx<'_>,
    ledger: &Ledger,
    gathered: &Gathered,
    narrative: Narrative,
) -> Outcome<ReportInfo> {
    let page = page(ctx, ledger, &Past { as_of: None, known: gathered.known })?;
    Ok(ReportInfo {
        office: page.office,
        banner: output::banner(&ledger.info().office),
        as_of: page.as_of,
        known: page.known,
        created: ctx.now()?.0,
        ledger: page.ledger,
        narrative,
        findings: gathered.findings.clone(),
    })
}
