//! Archival numbers, time stamps, and an archive's own register.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::{FILE, Step, Story, step, story};

const MON: &str = "2026-03-02";
const I: &str = "item/i";
const P: &str = "item/p";
const S: &str = "series/s";
const O: &str = "office/o";
const H: &str = "holding/h";
const T: &str = "stamp/t";

/// Checkpoints that an archive cosigned, computed by `tools/test_receipts.py`.
pub static COSIGNED: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../fixtures/cosigned.json")).unwrap());

fn registered(item: &'static str) -> Step {
    let facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made", "formed": MON});
    step("clerk", "item.registered", item, MON, facts).part("closed", json!({"title": "通知"}))
}

fn opened() -> Step {
    let facts = json!({"fonds": "A001", "category": "WS", "year": 2026, "retention": "y", "unit": "BGS"});
    step("archivist", "series.opened", S, MON, facts)
}

fn numbered(item: &str, number: u64) -> Step {
    step("archivist", "series.numbered", S, MON, json!({"item": item, "number": number}))
}

fn filed(item: &'static str, number: u64) -> Step {
    step("archivist", "item.filed", item, MON, json!({"series": S, "number": number}))
}

fn numbers() -> Vec<Story> {
    let begun = |rest: Vec<Step>| [vec![registered(I), registered(P), opened()], rest].concat();
    vec![
        story(
            "numbers_of_a_series_have_no_gap",
            "series.gap",
            begun(vec![numbered(I, 1), numbered(P, 2)]),
            begun(vec![numbered(I, 1), numbered(P, 3)]),
        ),
        story(
            "a_series_begins_with_one",
            "series.gap",
            begun(vec![numbered(I, 1)]),
            begun(vec![numbered(I, 2)]),
        ),
        story(
            "an_archival_number_is_never_changed",
            "file.again",
            begun(vec![numbered(I, 1), filed(I, 1), numbered(P, 2), filed(P, 2)]),
            begun(vec![numbered(I, 1), filed(I, 1), numbered(I, 2), filed(I, 2)]),
        ),
        story(
            "items_are_filed_under_the_number_given_to_them",
            "file.number",
            begun(vec![numbered(I, 1), filed(I, 1)]),
            begun(vec![numbered(I, 1), filed(P, 1)]),
        ),
        story(
            "items_are_filed_under_the_newest_number",
            "file.number",
            begun(vec![numbered(I, 1), filed(I, 1)]),
            begun(vec![numbered(I, 1), numbered(P, 2), filed(I, 1)]),
        ),
    ]
}

fn stamp(kind: &'static str, time: &str) -> Step {
    let facts = json!({"of": "checkpoint", "algorithm": "sha256", "imprint": "ab".repeat(32), "time": time,
        "until": "2036-03-02", "token": FILE, "size": 3});
    step("clerk", kind, T, MON, facts).part("open", json!({"stamp": "MIIB"}))
}

fn stamps() -> Vec<Story> {
    let kept = || stamp("stamp.kept", "2026-03-01T08:00:00+08:00");
    vec![story(
        "time_stamps_are_renewed_after_they_were_made",
        "stamp.earlier",
        vec![kept(), stamp("stamp.renewed", "2026-03-01T08:00:00+08:00")],
        vec![kept(), stamp("stamp.renewed", "2026-03-01T07:59:59+08:00")],
    )]
}

/// A witness with a key, and an office enrolled.
fn archive(rest: Vec<Step>) -> Vec<Step> {
    let (archive, office) = (&COSIGNED["archive"], &COSIGNED["office"]);
    let added = step("admin", "person.added", "person/keeper", MON, json!({"roles": ["witness"]}));
    let key = json!({"key": archive["key"], "possession": archive["possession"]});
    let genesis = format!("b3:{}", "5".repeat(64));
    let office = json!({"origin": office["origin"], "genesis": genesis});
    let begun = vec![
        added.part("personal", json!({"name": "某馆"})),
        step("admin", "key.enrolled", "person/keeper", MON, key),
        step("archivist", "office.enrolled", O, MON, office).part("closed", json!({"name": "某局"})),
    ];
    [begun, rest].concat()
}

/// The office's checkpoint of that name is cosigned.
fn advanced(name: &str) -> Step {
    let (size, fill) = match name {
        "ten" => (10, "01"),
        "fork" => (10, "02"),
        "eight" => (8, "03"),
        _ => (12, "04"),
    };
    let facts = json!({"size": size, "root": format!("sha256:{}", fill.repeat(32)), "head": format!("b3:{}", "6".repeat(64)),
        "ledger_key": COSIGNED["office"]["ledger_key"], "note": COSIGNED["notes"][name]});
    step("archivist", "office.advanced", O, MON, facts)
}

fn forked() -> Step {
    let facts = json!({"held": COSIGNED["bare"]["ten"], "shown": COSIGNED["bare"]["fork"]});
    step("archivist", "office.forked", O, MON, facts)
}

fn accepted(facts: Value) -> Step {
    let all = json!({"office": O, "batch": "0001", "fonds": "A001", "advance": "@-1", "from": 0, "size": 10, "original": FILE,
        "manifest": FILE, "object": FILE, "records": 2, "files": 9, "octets": 4096, "report": FILE});
    step("archivist", "holding.accepted", H, MON, all).with(facts)
}

fn inspected(outcome: &str, failed: u64) -> Step {
    let facts = json!({"scope": "whole", "outcome": outcome, "checked": 9, "failed": failed, "report": FILE});
    step("archivist", "holding.inspected", H, MON, facts)
}

fn offices() -> Vec<Story> {
    vec![
        story(
            "a_shorter_ledger_is_never_cosigned",
            "office.backwards",
            archive(vec![advanced("ten"), advanced("twelve")]),
            archive(vec![advanced("ten"), advanced("eight")]),
        ),
        story(
            "a_forked_ledger_is_never_cosigned",
            "office.fork",
            archive(vec![advanced("ten"), advanced("ten")]),
            archive(vec![advanced("ten"), advanced("fork")]),
        ),
        story(
            "nothing_is_accepted_from_a_forked_ledger",
            "holding.office",
            archive(vec![advanced("ten"), accepted(json!({}))]),
            archive(vec![advanced("ten"), forked(), accepted(json!({}))]),
        ),
        story(
            "a_batch_ends_where_its_checkpoint_was_cosigned",
            "holding.size",
            archive(vec![advanced("ten"), accepted(json!({}))]),
            archive(vec![advanced("ten"), accepted(json!({"size": 9}))]),
        ),
        story(
            "acceptance_is_approved_by_an_approver",
            "holding.approver",
            archive(vec![advanced("ten"), accepted(json!({"approved": "person/approver"}))]),
            archive(vec![advanced("ten"), accepted(json!({"approved": "person/clerk"}))]),
        ),
        story(
            "damage_is_no_sound_holding",
            "inspect.outcome",
            archive(vec![advanced("ten"), accepted(json!({})), inspected("damaged", 1)]),
            archive(vec![advanced("ten"), accepted(json!({})), inspected("sound", 1)]),
        ),
        story(
            "what_is_sound_is_not_called_damaged",
            "inspect.outcome",
            archive(vec![advanced("ten"), accepted(json!({})), inspected("sound", 0)]),
            archive(vec![advanced("ten"), accepted(json!({})), inspected("damaged", 0)]),
        ),
    ]
}

pub fn stories() -> Vec<Story> {
    [numbers(), stamps(), offices()].into_iter().flatten().collect()
}
