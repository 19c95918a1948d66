//! Receipts: rules on the notes in facts, and what the chain itself is held against.

use serde_json::{Value, json};
use zhaoce::record::verify::{Chain, Copy, Verifier};
use zhaoce::record::{Report, TreeHash};
use zhaoce::rules::{Replay, State};

use super::forge::receipts::{facts, policy, recorded, signed};
use super::forge::{Forge, books, ev, ev_with};
use super::stories::COSIGNED;
use super::{Sample, found, keep, reason};

const R: &str = "receipt/r";
const O: &str = "office/o";

fn enrolled(f: &mut Forge) {
    let genesis = format!("b3:{}", "5".repeat(64));
    let facts = json!({ "origin": COSIGNED["office"]["origin"], "genesis": genesis });
    f.act("a", &[ev_with("office.enrolled", O, facts, json!({ "closed": {"name": "某局"} }))]);
}

fn advance(f: &mut Forge, note: &Value) {
    let facts = json!({ "size": 10, "root": format!("sha256:{}", "01".repeat(32)), "head": format!("b3:{}", "6".repeat(64)),
        "ledger_key": COSIGNED["office"]["ledger_key"], "note": note });
    f.act("a", &[ev("office.advanced", O, facts)]);
}

/// A witness that has seen `size` events at the forger's present time, and says so by `of` seconds more.
fn received(f: &mut Forge, size: u64, of: i64) {
    f.adopt();
    f.quiet();
    let facts = f.seen(size, f.now.unix() + of);
    f.record(R, facts);
}

/// The code that must be found, and how the history comes about after a lawful genesis.
pub const RECEIPTS: &[Sample] = &[
    ("receipt.note", |f| {
        f.adopt();
        let facts = json!({ "note": COSIGNED["receipt"], "witness": "witness/w", "proof": [] });
        f.record(R, facts);
    }),
    ("receipt.witness", |f| {
        f.adopt();
        let facts = f.seen(2, f.now.unix());
        f.act("a", &[ev_with("witness.dropped", "witness/w", json!({}), reason())]);
        f.record(R, facts);
    }),
    ("advance.note", |f| {
        enrolled(f);
        advance(f, &COSIGNED["notes"]["ten"]);
    }),
    ("fork.notes", |f| {
        enrolled(f);
        let facts = json!({ "held": COSIGNED["bare"]["ten"], "shown": COSIGNED["bare"]["fork"] });
        f.act("a", &[ev("office.forked", O, facts)]);
    }),
    ("receipt.root", |f| {
        f.adopt();
        f.record(R, facts(signed(2, TreeHash([7; 32])), f.now.unix(), &[]));
    }),
    ("receipt.backdated", |f| received(f, 3, 361)),
    ("receipt.postdated", |f| received(f, 3, -301)),
];

/// What is found, after the sample is kept for the second verifier.
fn told(name: &str, f: &Forge) -> Vec<(String, u64)> {
    let report = f.verify();
    keep("law", &format!("receipts-{name}"), f, &report);
    let code = |finding: &Value| {
        (finding["code"].as_str().unwrap().to_owned(), finding["seq"].as_u64().unwrap_or_default())
    };
    found(&report).iter().map(code).collect()
}

fn one(code: &str, seq: u64) -> Vec<(String, u64)> {
    vec![(code.into(), seq)]
}

fn office() -> Forge {
    let mut f = Forge::new();
    f.adopt();
    f
}

#[test]
fn receipts_that_hold_are_not_found() {
    let mut f = office();
    let (first, seen) = (f.seen(2, f.now.unix()), f.now.unix());
    f.record("receipt/a", first);
    for (size, receipt) in [(3, "receipt/b"), (4, "receipt/c")] {
        let facts = f.seen(size, f.now.unix());
        f.record(receipt, facts);
    }
    // Beside other events of its act, and once more for a tree that was seen before.
    let facts = f.seen(2, seen);
    f.act("a", &[policy(), recorded("receipt/d", facts), policy()]);
    f.quiet();
    assert_eq!(told("hold", &f), []);
}

#[test]
fn a_receipt_of_another_tree_is_found() {
    let wrong: [(&str, fn(&Forge) -> Value); 6] = [
        ("root", |f| facts(signed(2, TreeHash([7; 32])), f.now.unix(), &f.consistency(2))),
        ("proof", |f| facts(f.checkpoint(2), f.now.unix(), &[TreeHash([7; 32])])),
        ("bare", |f| facts(f.checkpoint(2), f.now.unix(), &[])),
        ("long", |f| facts(f.checkpoint(3), f.now.unix(), &[TreeHash([7; 32])])),
        ("empty", |f| facts(signed(0, f.checkpoint(0).head.root), f.now.unix(), &[])),
        ("large", |f| facts(signed(4, TreeHash([7; 32])), f.now.unix(), &[])),
    ];
    for (name, facts) in wrong {
        let mut f = office();
        f.quiet();
        let facts = facts(&f);
        f.record(R, facts);
        let report = f.verify();
        assert_eq!(told(name, &f), one("receipt.root", 3), "{name}");
        assert_eq!((report.verdicts.lawful, report.verdicts.intact), (4, 3), "{name}");
    }
}

/// The proof leads to the tree before the act: where other events of the act come first they do not count.
#[test]
fn a_receipt_is_held_against_the_tree_before_its_act() {
    let mut f = office();
    let facts = f.seen(2, f.now.unix());
    f.act("a", &[policy(), recorded("receipt/a", facts)]);
    assert_eq!(told("before", &f), []);
    let mut f = office();
    let facts = f.seen(2, f.now.unix());
    f.quiet();
    f.act("a", &[recorded("receipt/a", facts)]);
    assert_eq!(told("stale", &f), one("receipt.root", 3));
}

/// Five minutes are forgiven on both sides.
#[test]
fn times_have_a_grace_of_five_minutes() {
    // The last event seen is the adoption, the first that was not seen a minute later.
    for (of, code) in
        [(-300, None), (-301, Some("receipt.postdated")), (360, None), (361, Some("receipt.backdated"))]
    {
        let mut f = office();
        let time = f.now.unix() + of;
        f.quiet();
        let facts = f.seen(2, time);
        f.record(R, facts);
        let expected = code.map(|code| one(code, 3)).unwrap_or_default();
        assert_eq!(told(&format!("grace{of}"), &f), expected, "{of}");
    }
}

#[test]
fn a_clock_set_back_behind_a_receipt_is_found_wherever_it_stands() {
    let mut f = office();
    let seen = f.now.unix();
    let facts = f.seen(2, seen);
    f.record("receipt/a", facts);
    f.correct_clock(seen - 300);
    assert_eq!(told("clock-fine", &f), []);
    f.correct_clock(seen - 301);
    assert_eq!(told("clock-back", &f), one("receipt.backdated", 4));
    // A receipt that is recorded afterwards says the same of the event before it.
    f.now = zhaoce::record::Moment::from_unix(seen + 60).unwrap();
    let facts = f.seen(2, seen);
    f.record("receipt/b", facts);
    let both = [one("receipt.backdated", 4), one("receipt.backdated", 5)].concat();
    assert_eq!(told("clock-both", &f), both);
}

#[test]
fn the_newest_of_two_receipts_counts() {
    let mut f = office();
    let earlier = f.seen(2, f.now.unix());
    f.record("receipt/a", earlier);
    let later = f.seen(3, f.now.unix() + 60);
    f.record("receipt/b", later);
    let (floor, again) = (f.now.unix() - 300, f.seen(2, f.now.unix() - 60));
    f.record("receipt/c", again);
    f.correct_clock(floor);
    assert_eq!(told("two-fine", &f), []);
    f.correct_clock(floor - 1);
    assert_eq!(told("two", &f), one("receipt.backdated", 6));
}

/// A quiet log: a witness saw it on Monday. On Friday an insider with every key of the office writes an event as of last
/// week behind what was seen, and records the receipt that came on Monday. Nothing else betrays it.
#[test]
fn backdating_in_a_quiet_log_is_found() {
    let mut honest = office();
    let seen = honest.now.unix() + 7 * 86400;
    let facts = honest.seen(2, seen);
    honest.now = zhaoce::record::Moment::from_unix(seen).unwrap();
    honest.record(R, facts);
    honest.quiet();
    assert_eq!(told("quiet-honest", &honest), []);

    let mut forged = office();
    forged.published("item/x", "open");
    let facts = forged.seen(2, seen);
    forged.now = zhaoce::record::Moment::from_unix(seen).unwrap();
    forged.record(R, facts);
    let report = forged.verify();
    assert_eq!(told("quiet-forged", &forged), one("receipt.backdated", forged.head.size() - 1));
    let words = &report.findings[0];
    assert!(words.zh.contains("2026-01-12T09:02:00+08:00") && words.zh.contains("2026-01-05T09:03:00+08:00"));
    assert!(!report.passed());

    // The suffix that stands behind a recorded receipt signed anew with earlier times: every event of it is found.
    let mut resigned = office();
    let facts = resigned.seen(2, seen);
    resigned.now = zhaoce::record::Moment::from_unix(seen).unwrap();
    resigned.record(R, facts);
    let recorded = resigned.head.size();
    resigned.correct_clock(seen - 86400);
    resigned.quiet();
    let all = [one("receipt.backdated", recorded), one("receipt.backdated", recorded + 1)].concat();
    assert_eq!(told("quiet-resigned", &resigned), all);
}

/// Reads the log up to an event, saves the state as text, and goes on from it.
fn in_two(f: &Forge, lines: usize) -> Report {
    let all: Vec<&[u8]> = f.log.split_inclusive(|byte| *byte == b'\n').collect();
    let law = Replay::new(books(), f.trust().origin);
    let mut first = Verifier::new(f.trust(), Copy::Full, law);
    first.file("log/000000000000.jsonl");
    first.push(&all[..lines].concat());
    let (_, chain, law) = first.finish();
    let chain: Chain = serde_json::from_str(&serde_json::to_string(&chain).unwrap()).unwrap();
    let state: State = serde_json::from_str(&serde_json::to_string(&law.into_state()).unwrap()).unwrap();
    let mut second = Verifier::resume(f.trust(), Copy::Full, Replay::resume(books(), state), chain);
    second.push(&all[lines..].concat());
    second.finish().0
}

#[test]
fn a_saved_state_keeps_times_and_what_receipts_say() {
    let mut f = office();
    let seen = f.now.unix();
    f.quiet();
    let facts = f.seen(2, seen + 361);
    f.record("receipt/a", facts);
    f.correct_clock(seen - 300);
    let whole: Vec<_> =
        f.verify().findings.into_iter().map(|finding| (finding.code, finding.place.seq)).collect();
    let expected = [("receipt.backdated", Some(3)), ("receipt.backdated", Some(4))];
    assert_eq!(whole, expected.map(|(code, seq)| (code.to_string(), seq)));
    // Each act is three lines: the mark, its one event, its seal.
    for (acts, left) in [(1, 2), (2, 2), (3, 2), (4, 1), (5, 0)] {
        let report = in_two(&f, acts * 3);
        assert_eq!(report.findings.len(), left, "after {acts} acts");
    }
}
