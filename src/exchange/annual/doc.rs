//! The report as a document: what stands in which section, whatever it is written as.

use std::collections::BTreeMap;

use super::ReportInfo;
use super::grid::{Grid, missing};
use super::labels::{Labels, labels};
use crate::exchange::text::printable;
use crate::fault::{Lang, fill};
use crate::rules::annual::{Figures, Holds, Section, TableId};

/// The whole report.
pub(super) struct Doc {
    pub(super) title: String,
    pub(super) lead: String,
    /// Says that it is a draft, when it is one.
    pub(super) draft: String,
    pub(super) parts: Vec<Part>,
    /// What checking found.
    pub(super) findings: Vec<String>,
    /// Dates, and what pins the figures to a ledger: label and value.
    pub(super) facts: Vec<(&'static str, String)>,
}

/// One section.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) grid: Option<Grid>,
    /// Paragraphs of a section without a table; notes under the table of one with it.
    pub(super) lines: Vec<String>,
    /// Whether its text is still to be written.
    pub(super) unwritten: bool,
}

impl Doc {
    pub(super) fn new(figures: &Figures, info: &ReportInfo, lang: Lang) -> Self {
        let (t, form) = (labels(lang), figures.form());
        let said = |sentence: &str| fill_in(sentence, figures, info, lang);
        let count = info.findings.len().to_string();
        let draft = if info.findings.is_empty() { String::new() } else { t.draft.replace("{n}", &count) };
        Self {
            title: said(t.title),
            lead: said(t.lead),
            draft,
            parts: form.sections.iter().map(|section| part(section, figures, info, lang)).collect(),
            findings: info.findings.iter().map(|found| printable(&found.text(lang))).collect(),
            facts: facts(info, t),
        }
    }
}

/// Fills office, year and notice in.
pub(super) fn fill_in(sentence: &str, figures: &Figures, info: &ReportInfo, lang: Lang) -> String {
    let args = BTreeMap::from([
        ("year", figures.year().to_string()),
        ("notice", figures.form().notice.get(lang).to_owned()),
    ]);
    // The office last: what it is called is no sentence to fill.
    fill(sentence, &args).replace("{office}", &printable(&info.office))
}

/// Notes under a table: what its blanks mean, and what is not certain about the form.
pub(super) fn notes(id: TableId, figures: &Figures, lang: Lang) -> Vec<String> {
    let t = labels(lang);
    let missing = missing(id, figures, lang);
    let blank = (!missing.is_empty()).then(|| t.blank.replace("{cells}", &missing.join(t.between)));
    let remarks = figures.form().remarks.iter().filter(|_| id == TableId::T2);
    blank.into_iter().chain(remarks.map(|remark| remark.get(lang).to_owned())).collect()
}

fn part(section: &Section, figures: &Figures, info: &ReportInfo, lang: Lang) -> Part {
    let title = section.title.get(lang).to_owned();
    let table = |id| Part {
        title: title.clone(),
        grid: Some(Grid::new(id, figures, lang)),
        lines: notes(id, figures, lang),
        unwritten: false,
    };
    let text = match section.holds {
        Holds::T2 => return table(TableId::T2),
        Holds::T3 => return table(TableId::T3),
        Holds::T4 => return table(TableId::T4),
        Holds::Overview => &info.narrative.overview,
        Holds::Problems => &info.narrative.problems,
        Holds::Other => &info.narrative.other,
    };
    let lines: Vec<String> =
        text.lines().map(|line| printable(line.trim())).filter(|l| !l.is_empty()).collect();
    let unwritten = lines.is_empty();
    let hint = section.hint.as_ref().map_or("", |hint| hint.get(lang));
    let lines = if unwritten { vec![labels(lang).unwritten.replace("{hint}", hint)] } else { lines };
    Part { title, grid: None, lines, unwritten }
}

fn facts(info: &ReportInfo, t: &Labels) -> Vec<(&'static str, String)> {
    let dates = [(t.as_of, info.as_of), (t.known, info.known)];
    let dates = dates.into_iter().filter_map(|(label, date)| date.map(|date| (label, date.to_string())));
    let ledger = info.ledger.iter().flat_map(|ledger| {
        [
            (t.origin, printable(&ledger.origin)),
            (t.genesis, printable(&ledger.genesis)),
            (t.size, ledger.size.to_string()),
            (t.root, printable(&ledger.root)),
        ]
    });
    dates.chain(ledger).collect()
}
