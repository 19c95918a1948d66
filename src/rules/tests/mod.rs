//! The law tried out, a lawful and a refused case for every rule.

mod calendar;
mod count;
mod count_text;
mod courses;
mod desk;
mod flow;
mod forms;
mod invariants;
mod items;
mod office;
mod receipts;
mod samples;
mod stories;
mod texts;
mod witnesses;

use std::collections::BTreeSet;

use desk::{BOOKS, Desk, Draft};

/// A rule with one event that keeps it and one that breaks it.
pub struct Case {
    code: &'static str,
    /// Prepares the desk and gives an event that keeps the rule; it must be admitted.
    lawful: fn(&mut Desk) -> Draft,
    /// The same, but the event breaks the rule.
    refused: fn(&mut Desk) -> Draft,
    /// Codes it is refused with besides.
    also: &'static [&'static str],
}

impl Case {
    #[track_caller]
    fn run(&self) {
        let mut desk = Desk::new();
        let lawful = (self.lawful)(&mut desk);
        let refusing: Vec<_> =
            super::admit(&BOOKS, &desk.state, &desk_event(&desk, &lawful)).into_iter().collect();
        assert!(super::is_admitted(&refusing), "{} is lawful: {refusing:?}", self.code);

        let mut desk = Desk::new();
        let refused = (self.refused)(&mut desk);
        let found: Vec<_> = desk.judge(&refused).into_iter().map(|(code, _)| code).collect();
        let mut expected: Vec<_> = self.also.iter().copied().chain([self.code]).collect();
        expected.sort_unstable();
        assert_eq!(found, expected, "{} is refused", self.code);
    }
}

fn desk_event(desk: &Desk, draft: &Draft) -> crate::record::Event {
    let mut event = draft.event.clone();
    event.seq = desk.seq;
    event.act = event.act.min(desk.seq);
    event
}

/// Tests named after rules, and the list of them: `name: "code", lawful, refused [, also [codes]];`
macro_rules! cases {
    ($($(#[$doc:meta])* $name:ident: $code:literal, $lawful:expr, $refused:expr $(, also [$($also:expr),+])?;)+) => {
        pub const CASES: &[crate::rules::tests::Case] = &[$(crate::rules::tests::Case {
            code: $code, lawful: $lawful, refused: $refused, also: &[$($($also),+)?],
        }),+];
        $($(#[$doc])* #[test] fn $name() {
            CASES.iter().find(|case| case.code == $code).unwrap().run();
        })+
    };
}
pub(in crate::rules::tests) use cases;

/// The rules whose conditions stand in the data of the newest edition.
fn rules_of_the_data() -> BTreeSet<&'static str> {
    let checks = BOOKS.newest().unwrap().data().kinds.values().flat_map(|kind| &kind.checks);
    checks.map(|check| super::breach::intern(&check.rule)).collect()
}

#[test]
fn every_rule_of_the_book_has_a_check_and_every_check_its_rule() {
    let book = BOOKS.newest().unwrap();
    let data: BTreeSet<_> = book.data().rules.keys().map(String::as_str).collect();
    let table: BTreeSet<_> = super::check::TABLE.iter().map(|(code, _)| *code).collect();
    let by_data = rules_of_the_data();
    assert!(table.is_disjoint(&by_data));
    assert_eq!(data, table.union(&by_data).copied().collect());
    let named = book.data().kinds.values().flat_map(|kind| &kind.rules);
    let named: BTreeSet<_> = named.map(String::as_str).collect();
    let functions: BTreeSet<_> = super::check::TABLE
        .iter()
        .filter(|(_, check)| matches!(check, super::check::Check::Named(_)))
        .map(|(code, _)| *code)
        .collect();
    assert_eq!(named, functions);
}

#[test]
fn every_rule_has_a_lawful_and_a_refused_case() {
    let cases = items::CASES.iter().chain(office::CASES).chain(receipts::CASES).map(|case| case.code);
    let cases: BTreeSet<_> = cases.chain(office::OTHERS.iter().copied()).chain(stories::rules()).collect();
    let table: BTreeSet<_> = super::check::TABLE.iter().map(|(code, _)| *code).collect();
    assert_eq!(cases, table.union(&rules_of_the_data()).copied().collect());
}
