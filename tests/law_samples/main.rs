//! One correctly signed history for each rule of the rule book that breaks it. Every history is also written to
//! `target/samples/`, where the second verifier reads it and must find the same.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../forge/mod.rs"]
mod forge;
mod items;
mod office;
mod receipts;
#[path = "../stories/mod.rs"]
mod stories;
mod told;

use std::collections::BTreeSet;

use forge::{Ev, Forge, ev, ev_with, file};
use items::ITEMS;
use office::{OFFICE, OTHERWISE_BORN};
use receipts::RECEIPTS;
use serde_json::{Value, json};
use zhaoce::record::Report;

const I: &str = "item/x";
const R: &str = "round/y";

/// The code that must be found, and how the history comes about after a lawful genesis.
type Sample = (&'static str, fn(&mut Forge));

fn reason() -> Value {
    json!({ "closed": {"reason": "原因"} })
}

fn declared(kind: &'static str, facts: Value, codes: Value) -> Ev<'static> {
    let mut all = facts;
    all.as_object_mut()
        .unwrap()
        .extend(json!({ "irregular": codes, "evidence": file(1) }).as_object().unwrap().clone());
    ev_with(kind, I, all, reason())
}

fn erasure(of: u64, part: &str) -> Value {
    json!({ "of": of, "part": part, "digest": format!("b3:{}", "0".repeat(64)), "ground": "personal", "asked_by": "subject" })
}

fn reassessed(facts: Value) -> Ev<'static> {
    ev_with("item.reassessed", I, facts, reason())
}

fn found(report: &Report) -> Vec<Value> {
    let mut found: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| json!({ "code": finding.code, "class": finding.class, "seq": finding.place.seq }))
        .collect();
    found.sort_by_key(Value::to_string);
    found
}

fn keep(folder: &str, name: &str, forge: &Forge, report: &Report) {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples").join(folder).join(name);
    std::fs::create_dir_all(dir.join("log")).unwrap();
    std::fs::write(dir.join("log/000000000000.jsonl"), &forge.log).unwrap();
    let expect = json!({ "origin": forge::ORIGIN, "genesis": forge.genesis, "passed": report.passed(), "findings": found(report) });
    std::fs::write(dir.join("expect.json"), expect.to_string()).unwrap();
}

#[test]
fn every_rule_has_a_history_that_breaks_it_and_is_found() {
    let mut missed = Vec::new();
    let lawful = OFFICE.len() + ITEMS.len() + RECEIPTS.len();
    for (nth, (code, history)) in OFFICE.iter().chain(ITEMS).chain(RECEIPTS).chain(OTHERWISE_BORN).enumerate()
    {
        let mut forge = if nth < lawful { Forge::new() } else { Forge::blank() };
        history(&mut forge);
        let report = forge.verify();
        keep("law", &format!("{nth:03}-{code}"), &forge, &report);
        if !report.findings.iter().any(|finding| finding.code == *code) {
            missed.push(format!("{code}: found {:?}", found(&report)));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_rule_of_every_book_is_among_the_samples() {
    let named = OFFICE.iter().chain(ITEMS).chain(RECEIPTS).chain(OTHERWISE_BORN).map(|(code, _)| *code);
    let named: BTreeSet<&str> = named.chain(stories::all().iter().map(|story| story.rule)).collect();
    for book in forge::books().all() {
        let missing: Vec<&String> =
            book.data().rules.keys().filter(|code| !named.contains(code.as_str())).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", book.name());
    }
}

#[test]
fn a_lawful_life_gives_no_finding() {
    let mut forge = Forge::new();
    forge.published("item/one", "open");
    forge.published("item/two", "partial");
    forge.decided("item/three", "withheld");
    forge.inherited("item/four", json!({}));
    forge.round(R, 3);
    for (item, facts) in [
        ("item/two", json!({ "outcome": "maintain", "remainder_ground": "privacy", "round": R })),
        ("item/three", json!({ "outcome": "to_on_request", "round": R })),
        ("item/four", json!({ "outcome": "maintain", "ground": "privacy", "round": R })),
    ] {
        forge.act("a", &[ev_with("item.reassessed", item, facts, reason())]);
    }
    forge.act("a", &[ev("round.closed", R, json!({ "year": 2026, "count": 3 }))]);
    forge.act("a", &[ev("item.withdrawn", "item/one", json!({ "cause": "error" }))]);
    let report = forge.verify();
    keep("good", "life", &forge, &report);
    assert_eq!(found(&report), Vec::<Value>::new());
    assert_eq!(report.verdicts.lawful, report.size);
}
