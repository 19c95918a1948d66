//! The annual report over random years of an office: its figures are those of a recount that knows nothing of the program, every relation
//! between them holds, and the events behind each add up to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Office;
use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use zhaoce::ledger::Wish;
use zhaoce::record::{Day, PartName, Subject};
use zhaoce::rules::annual::{Figures, TableId, check};
use zhaoce::views::{DossierRow, Query, Snapshot};

const TODAY: Date = date(2026, 1, 5);
const YEARS: std::ops::RangeInclusive<i16> = 2019..=2025;
const COLUMNS: [&str; 6] =
    ["natural_person", "commercial", "research", "public_welfare", "legal_service", "other"];
/// Outcomes of an answer, with the kind of reply that goes with each. The first two cannot be given while an opinion is asked for.
const LEAVES: [(&str, &str); 19] = [
    ("granted", "provided"),
    ("partial", "other_article"),
    ("d_state_secret", "withheld"),
    ("d_law_forbidden", "withheld"),
    ("d_three_security_one_stability", "withheld"),
    ("d_third_party", "withheld"),
    ("d_internal", "withheld"),
    ("d_process", "withheld"),
    ("d_enforcement_file", "withheld"),
    ("d_admin_query", "special_rules"),
    ("u_not_held", "not_held"),
    ("u_needs_creation", "other_article"),
    ("u_still_unclear", "other_article"),
    ("n_petition", "other_article"),
    ("n_repeat", "repeat"),
    ("n_publication", "other_article"),
    ("n_massive", "other_article"),
    ("n_confirm", "other_article"),
    ("o_other", "other_article"),
];
const REMEDIES: [&str; 3] = ["review", "direct_suit", "suit_after_review"];
const RESULTS: [&str; 3] = ["upheld", "corrected", "other"];
const CAUSES: [(&str, &str); 4] = [
    ("not_corrected", "o_no_correction"),
    ("fee_unpaid", "o_no_fee"),
    ("withdrawn", "o_other"),
    ("other", "o_other"),
];

#[derive(Debug, Clone)]
enum End {
    Open,
    Diverted,
    Answered {
        leaf: usize,
        days: i32,
    },
    /// Answered while an opinion is still asked for, maybe years later.
    Stood {
        leaf: usize,
        days: i32,
    },
    Ended {
        cause: usize,
        days: i32,
    },
}

#[derive(Debug, Clone)]
struct Remedy {
    after: i32,
    remedy: usize,
    decided: Option<(i32, usize)>,
}

#[derive(Debug, Clone)]
struct Life {
    column: usize,
    received: i32,
    inherited: bool,
    end: End,
    remedies: Vec<Remedy>,
    anew: bool,
    archived: bool,
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Stands,
    Corrected,
    Withdrawn,
}

/// Figures of another system that fit together.
#[derive(Debug, Clone)]
enum Elsewhere {
    Closed { year: i16, column: usize, leaf: usize, cases: u64, fate: Fate },
    Carried { year: i16, column: usize, leaf: usize, cases: u64 },
    Remedies { year: i16, remedy: usize, result: usize, cases: u64, fate: Fate },
    Permits { year: i16, cases: u64, fate: Fate },
}

fn ends() -> impl Strategy<Value = End> {
    prop_oneof![
        1 => Just(End::Open),
        1 => Just(End::Diverted),
        5 => (0..LEAVES.len(), 0..13).prop_map(|(leaf, days)| End::Answered { leaf, days }),
        3 => (2..LEAVES.len(), 0..900).prop_map(|(leaf, days)| End::Stood { leaf, days }),
        2 => (0..CAUSES.len(), 0..500).prop_map(|(cause, days)| End::Ended { cause, days }),
    ]
}

fn lives() -> impl Strategy<Value = Life> {
    let remedy = (0..500, 0..3usize, proptest::option::of((0..500, 0..3usize)));
    let remedy = remedy.prop_map(|(after, remedy, decided)| Remedy { after, remedy, decided });
    let remedies = prop_oneof![3 => Just(Vec::new()), 2 => proptest::collection::vec(remedy, 1..4)];
    // From the end of 2018 to that of 2025.
    let day = prop_oneof![2 => -40..2555, 1 => (0..7i32, -8..8).prop_map(|(year, day)| year * 365 + day)];
    (0..COLUMNS.len(), day, any::<bool>(), ends(), remedies, any::<bool>(), any::<bool>()).prop_map(
        |(column, received, inherited, end, remedies, anew, archived)| Life {
            column,
            received,
            inherited,
            end,
            remedies,
            anew,
            archived,
        },
    )
}

fn elsewhere() -> impl Strategy<Value = Elsewhere> {
    let fate =
        || prop_oneof![2 => Just(Fate::Stands), 1 => Just(Fate::Corrected), 1 => Just(Fate::Withdrawn)];
    let place = || (YEARS, 0..COLUMNS.len(), 0..LEAVES.len(), 0..50u64);
    prop_oneof![
        (place(), fate()).prop_map(|((year, column, leaf, cases), fate)| Elsewhere::Closed {
            year,
            column,
            leaf,
            cases,
            fate
        }),
        place().prop_map(|(year, column, leaf, cases)| Elsewhere::Carried { year, column, leaf, cases }),
        (YEARS, 0..3usize, 0..3usize, 0..9u64, fate()).prop_map(|(year, remedy, result, cases, fate)| {
            Elsewhere::Remedies { year, remedy, result, cases, fate }
        }),
        (2021..=2025i16, 0..5000u64, fate()).prop_map(|(year, cases, fate)| Elsewhere::Permits {
            year,
            cases,
            fate
        }),
    ]
}

/// What was done, as a person would keep it on paper: the recount is made of this alone.
#[derive(Debug, Default)]
struct Paper {
    requests: Vec<Sheet>,
    remedies: Vec<(Date, &'static str, Option<(Date, &'static str)>)>,
    stated: Vec<(i16, String, u64)>,
}

#[derive(Debug)]
struct Sheet {
    received: Date,
    column: &'static str,
    closed: Option<(Date, &'static str)>,
    diverted: bool,
}

impl Paper {
    /// The figure of a cell, counted by hand.
    fn recount(&self, year: i16, row: &str, column: &str) -> i64 {
        let (first, last) = (date(year, 1, 1), date(year, 12, 31));
        let open_after = |sheet: &Sheet, day: Date| sheet.closed.is_none_or(|(closed, _)| closed > day);
        let counts = |sheet: &&Sheet| {
            let eve = first.yesterday().unwrap();
            !sheet.diverted
                && sheet.column == column
                && match row {
                    "new_received" => first <= sheet.received && sheet.received <= last,
                    "carried_in" => sheet.received < first && open_after(sheet, eve),
                    "carried_out" => sheet.received <= last && open_after(sheet, last),
                    leaf => sheet.closed.is_some_and(|(closed, of)| {
                        let merged = year <= 2020 && matches!(of, "o_no_correction" | "o_no_fee");
                        closed.year() == year && (if merged { "o_other" } else { of }) == leaf
                    }),
                }
        };
        let sued = |(filed, remedy, decided): &&(Date, &str, Option<(Date, &str)>)| {
            *remedy == row
                && match decided {
                    Some((on, result)) if *on <= last => on.year() == year && *result == column,
                    _ => *filed <= last && column == "pending",
                }
        };
        let is_remedy = REMEDIES.contains(&row);
        let counted = if is_remedy {
            self.remedies.iter().filter(sued).count()
        } else {
            self.requests.iter().filter(counts).count()
        };
        i64::try_from(counted).unwrap() + self.said(year, &format!("{row}.{column}"))
    }

    fn said(&self, year: i16, cell: &str) -> i64 {
        let mut all =
            self.stated.iter().filter(|(of, name, _)| *of == year && name == cell).map(|(.., n)| *n);
        i64::try_from(all.by_ref().sum::<u64>()).unwrap()
    }
}

/// Writes wishes and the paper beside them.
struct Clerk<'o> {
    office: &'o mut Office,
    wishes: Vec<Wish>,
    paper: Paper,
}

fn later(day: Date, days: i32) -> Date {
    day.checked_add(Span::new().days(days)).unwrap()
}

impl Clerk<'_> {
    fn wish(&self, kind: &str, subject: &Subject, on: Date) -> Wish {
        let person = &self.office.people["admin"].0;
        let mode = if kind == "request.inherited" { "inherited" } else { "own" };
        Wish::new(kind, subject).unwrap().done(person, Day(on), mode)
    }

    fn push(&mut self, wish: Wish) {
        self.wishes.push(wish);
    }

    fn live(&mut self, life: &Life) {
        let subject = self.office.subject("request");
        let received = later(date(2019, 1, 1), life.received);
        let column = COLUMNS[life.column];
        let base = if life.inherited { later(received, 3) } else { received };
        let kind = if life.inherited { "request.inherited" } else { "request.received" };
        let wish = self.wish(kind, &subject, base);
        let wish = wish.fact("receipt", "in_person").fact("applicant", column).fact("asks", "information");
        let wish = wish.maybe("received", life.inherited.then(|| received.to_string()));
        self.push(wish.part(PartName::Closed, "content", "某件").part(PartName::Personal, "name", "某人"));
        let (closed, at) = self.end(&life.end, &subject, base);
        let diverted = matches!(life.end, End::Diverted);
        self.paper.requests.push(Sheet { received, column, closed, diverted });
        let at = self.remedies(life, &subject, at, closed);
        if life.archived && (closed.is_some() || diverted) {
            let wish = self.wish("request.archived", &subject, at);
            self.push(wish);
        }
    }

    /// Brings the request to its end, if that has come by today; says when, and how, and the day that was reached.
    fn end(&mut self, end: &End, subject: &Subject, base: Date) -> (Option<(Date, &'static str)>, Date) {
        match *end {
            End::Open => (None, base),
            End::Diverted => {
                let wish = self.wish("request.classified", subject, base).fact("triage", "consultation");
                self.push(wish);
                (None, base)
            }
            End::Answered { leaf, days } => self.answer(subject, base, leaf, days),
            End::Stood { leaf, days } => {
                let wish = self.wish("request.consulted", subject, base).fact("party", "third_party");
                self.push(wish);
                self.answer(subject, base, leaf, days)
            }
            End::Ended { cause, days } => self.give_up(subject, base, cause, days),
        }
    }

    fn answer(
        &mut self,
        subject: &Subject,
        base: Date,
        leaf: usize,
        days: i32,
    ) -> (Option<(Date, &'static str)>, Date) {
        let (leaf, reply) = LEAVES[leaf];
        let mut at = base;
        if leaf == "u_still_unclear" {
            let until = later(base, 10).to_string();
            let asked = self.wish("request.correction_asked", subject, base).fact("until", until);
            self.push(asked.part(PartName::Closed, "reason", "不明确"));
            at = later(base, 1);
            let corrected = self.wish("request.corrected", subject, at);
            self.push(corrected);
        }
        if leaf == "n_massive" {
            let wish = self.wish("request.reasons_asked", subject, base);
            self.push(wish.part(PartName::Closed, "reason", "数量过大"));
        }
        let on = later(at, days);
        if on > TODAY {
            return (None, at);
        }
        let wish = self.answered("request.answered", subject, on, leaf, reply);
        self.push(wish);
        (Some((on, leaf)), on)
    }

    fn answered(&self, kind: &str, subject: &Subject, on: Date, leaf: &str, reply: &str) -> Wish {
        let wish = self.wish(kind, subject, on).fact("leaf", leaf).fact("reply", reply);
        wish.fact("remedy_notice", "yes").part(PartName::Closed, "reason", "理由")
    }

    fn give_up(
        &mut self,
        subject: &Subject,
        base: Date,
        cause: usize,
        days: i32,
    ) -> (Option<(Date, &'static str)>, Date) {
        let (cause, leaf) = CAUSES[cause];
        let mut on = later(base, days);
        if cause == "not_corrected" {
            let until = later(base, 10);
            let wish = self.wish("request.correction_asked", subject, base).fact("until", until.to_string());
            self.push(wish.part(PartName::Closed, "reason", "不明确"));
            on = later(until, 1 + days);
        }
        if cause == "fee_unpaid" {
            let by = later(base, 20);
            let wish = self.wish("request.fee_noticed", subject, base).fact("amount", 1000);
            self.push(wish.fact("measure", "per_item").fact("pay_by", by.to_string()));
            on = later(by, 1 + days);
        }
        if on > TODAY {
            return (None, base);
        }
        let wish = self.wish("request.ended", subject, on).fact("cause", cause);
        self.push(wish.part(PartName::Closed, "reason", "理由"));
        (Some((on, leaf)), on)
    }

    fn remedies(
        &mut self,
        life: &Life,
        subject: &Subject,
        mut at: Date,
        closed: Option<(Date, &str)>,
    ) -> Date {
        for one in &life.remedies {
            let filed = later(at, one.after);
            // Since 2024 some answers go to reconsideration before a court.
            let review_first = closed
                .is_some_and(|(on, leaf)| on.year() >= 2024 && (leaf == "partial" || leaf.starts_with("d_")));
            let remedy = if review_first && one.remedy == 1 { "review" } else { REMEDIES[one.remedy] };
            if filed > TODAY {
                break;
            }
            at = filed;
            let wish = self.wish("request.remedy_filed", subject, filed).fact("remedy", remedy);
            self.push(wish);
            let of = self.seq_of_last();
            let decided = one.decided.map(|(days, result)| (later(filed, days), RESULTS[result]));
            let decided = decided.filter(|(on, _)| *on <= TODAY);
            if let Some((on, result)) = decided {
                at = on;
                let wish =
                    self.wish("request.remedy_decided", subject, on).fact("of", of).fact("result", result);
                self.push(wish);
                if result == "corrected" && life.anew && closed.is_some() {
                    let wish = self.answered("request.answered_anew", subject, on, "granted", "provided");
                    self.push(wish);
                }
            }
            self.paper.remedies.push((filed, remedy, decided));
        }
        at
    }

    /// The number that the newest wish will have.
    fn seq_of_last(&self) -> u64 {
        self.office.ledger.head().size() + self.wishes.len() as u64 - 1
    }

    fn hear(&mut self, said: &Elsewhere) {
        match *said {
            Elsewhere::Closed { year, column, leaf, cases, fate } => {
                self.state(year, &format!("new_received.{}", COLUMNS[column]), cases, fate);
                self.state(year, &format!("{}.{}", LEAVES[leaf].0, COLUMNS[column]), cases, fate);
            }
            Elsewhere::Carried { year, column, leaf, cases } => {
                let column = COLUMNS[column];
                for (year, row) in [
                    (year, "new_received"),
                    (year, "carried_out"),
                    (year + 1, "carried_in"),
                    (year + 1, LEAVES[leaf].0),
                ] {
                    self.state(year, &format!("{row}.{column}"), cases, Fate::Stands);
                }
            }
            Elsewhere::Remedies { year, remedy, result, cases, fate } => {
                self.state(year, &format!("{}.{}", REMEDIES[remedy], RESULTS[result]), cases, fate);
            }
            Elsewhere::Permits { year, cases, fate } => self.state(year, "permits.decisions", cases, fate),
        }
    }

    fn state(&mut self, year: i16, cell: &str, value: u64, fate: Fate) {
        let subject = self.office.subject("figure");
        let evidence = format!("sha256:{}", "a1".repeat(32));
        let said = |wish: Wish, value: u64| {
            wish.fact("value", value).fact("source", "other_system").fact("evidence", evidence.as_str()).part(
                PartName::Closed,
                "from",
                "系统导出",
            )
        };
        let first = if matches!(fate, Fate::Corrected) { value + 7 } else { value };
        let wish = self.wish("figure.stated", &subject, TODAY).fact("year", year).fact("cell", cell);
        self.push(said(wish, first));
        match fate {
            Fate::Stands => {}
            Fate::Corrected => {
                let wish = self.wish("figure.corrected", &subject, TODAY);
                self.push(said(wish, value).part(PartName::Closed, "reason", "抄错"));
            }
            Fate::Withdrawn => {
                let wish = self.wish("figure.withdrawn", &subject, TODAY);
                return self.push(wish.part(PartName::Closed, "reason", "重复"));
            }
        }
        self.paper.stated.push((year, cell.to_owned(), value));
    }
}

/// An office whose one person has every role, with these lives behind it, and the paper.
fn office(lives: &[Life], elsewhere: &[Elsewhere]) -> (Office, Paper) {
    let mut office = Office::new();
    let admin = office.people["admin"].0.clone();
    let roles = ["admin", "approver", "archivist", "clerk", "head"];
    office.commit(vec![office.wish("person.changed", &admin).fact("roles", roles.to_vec())]).unwrap();
    let mut clerk = Clerk { office: &mut office, wishes: Vec::new(), paper: Paper::default() };
    lives.iter().for_each(|life| clerk.live(life));
    elsewhere.iter().for_each(|said| clerk.hear(said));
    let Clerk { wishes, paper, .. } = clerk;
    if !wishes.is_empty() {
        office.commit(wishes).unwrap();
    }
    (office, paper)
}

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
