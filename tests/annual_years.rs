//! The annual report over random years of an office: its figures are those of a recount that knows nothing of the program, every relation
//! between them holds, and the events behind each add up to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;
mod years;

use std::collections::{BTreeMap, BTreeSet};

use common::Office;
use proptest::prelude::*;
use years::{COLUMNS, End, LEAVES, Life, Paper, REMEDIES, Remedy, YEARS, elsewhere, lives, office};
use zhaoce::rules::annual::{Figures, TableId, check};
use zhaoce::views::{DossierRow, Query, Snapshot};

/// Kinds of events that may stand behind a row.
fn kinds(row: &str, column: &str) -> &'static [&'static str] {
    match row {
        "new_received" | "carried_in" | "carried_out" => &["request.received", "request.inherited"],
        row if REMEDIES.contains(&row) && column == "pending" => &["request.remedy_filed"],
        row if REMEDIES.contains(&row) => &["request.remedy_decided"],
        _ => &["request.answered", "request.ended"],
    }
}

/// Every cell is what a recount gives, and the events behind it add up to it.
fn assert_figures(figures: &Figures, paper: &Paper, query: &Query<'_>) {
    let (year, form) = (figures.year(), figures.form());
    let stated: BTreeMap<u64, i64> =
        query.stated(year).unwrap().into_iter().map(|one| (one.seq, one.value)).collect();
    let requests: Vec<DossierRow> = query.dossiers("request/").unwrap();
    let kind_of: BTreeMap<u64, &str> =
        requests.iter().flat_map(|row| &row.course).map(|event| (event.seq, event.kind.as_str())).collect();
    for cell in form.cells() {
        let addends = form.addends(cell);
        let Some(figure) = figures.get(cell) else {
            assert_eq!(cell.table(), TableId::T2, "{year} {cell}");
            assert_eq!(paper.said(year, &cell.to_string()), 0, "{year} {cell}");
            continue;
        };
        if !addends.is_empty() {
            let sum: i64 = addends.iter().map(|part| figures.value(*part).unwrap()).sum();
            let sources: BTreeSet<u64> =
                addends.iter().flat_map(|part| figures.get(*part).unwrap().sources.clone()).collect();
            assert_eq!(figure.value, sum, "{year} {cell}");
            assert_eq!(figure.sources, sources.into_iter().collect::<Vec<_>>(), "{year} {cell}");
            continue;
        }
        let expected = match cell.table() {
            TableId::T2 => paper.said(year, &cell.to_string()),
            _ => paper.recount(year, cell.row(), cell.column()),
        };
        assert_eq!(figure.value, expected, "{year} {cell}");
        let (said, counted): (Vec<u64>, Vec<u64>) =
            figure.sources.iter().partition(|seq| stated.contains_key(seq));
        let said: i64 = said.iter().map(|seq| stated[seq]).sum();
        assert_eq!(figure.value, said + i64::try_from(counted.len()).unwrap(), "{year} {cell}");
        for seq in counted {
            assert!(
                kinds(cell.row(), cell.column()).contains(&kind_of[&seq]),
                "{year} {cell} {seq} {}",
                kind_of[&seq]
            );
        }
    }
}

/// No relation is broken, within a year or from one to the next. A figure that nobody stated is no error.
fn assert_relations(years: &[Figures]) {
    for (at, figures) in years.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| &years[before]);
        let broken: Vec<_> = check(figures, previous).into_iter().filter(|found| !found.notice).collect();
        assert!(broken.is_empty(), "{} {broken:#?}", figures.year());
    }
}

fn assert_years(office: &Office, paper: &Paper) {
    let ledger = &office.ledger;
    let then = Snapshot::fold(ledger.log(), &ledger.info().origin, ledger.books(), None, None).unwrap();
    let years: Vec<Figures> = ledger
        .views()
        .ask(ledger.log(), |query| {
            let years: Vec<Figures> = YEARS.map(|year| query.figures(year).unwrap()).collect();
            years.iter().for_each(|figures| assert_figures(figures, paper, query));
            Ok(years)
        })
        .unwrap();
    assert_relations(&years);
    for figures in &years {
        assert_eq!(then.query().figures(figures.year()).unwrap(), *figures);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_figure_is_that_of_a_recount_and_every_relation_holds(
        lives in proptest::collection::vec(lives(), 0..40),
        elsewhere in proptest::collection::vec(elsewhere(), 0..8),
    ) {
        let (office, paper) = office(&lives, &elsewhere);
        assert_years(&office, &paper);
    }
}

#[test]
fn a_large_office_is_counted_right_and_verifies() {
    let life = |n: i32| {
        let (leaf, days) = ((n as usize) % LEAVES.len(), (n * 7) % 13);
        Life {
            column: (n as usize) % COLUMNS.len(),
            received: (n * 11) % 2500,
            inherited: n % 5 == 0,
            end: if n % 3 == 0 {
                End::Stood { leaf: leaf.max(2), days: n % 700 }
            } else {
                End::Answered { leaf, days }
            },
            remedies: if n % 4 == 0 {
                vec![Remedy { after: 40, remedy: 0, decided: Some((60, 1)) }]
            } else {
                Vec::new()
            },
            anew: true,
            archived: n % 2 == 0,
        }
    };
    let lives: Vec<Life> = (0..600).map(life).collect();
    let (office, paper) = office(&lives, &[]);
    assert_years(&office, &paper);
    assert!(office.verify().passed());
}
