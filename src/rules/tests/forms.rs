//! Values that are and are not of a fact's type, tried on events that have such a fact.

use serde_json::{Value, json};

use super::desk::{Desk, Draft, key, possession};
use crate::record::Class;

#[track_caller]
fn tried(draft: &Draft, fact: &str, good: &[Value], bad: &[Value]) {
    let genesis = draft.event.kind.as_str() == "ledger.opened";
    let desk = if genesis { Desk::empty() } else { Desk::new() };
    let codes = |value: &Value| {
        let mut draft = draft.clone();
        draft.event.facts.insert(fact.to_owned(), value.clone());
        let found = desk.judge(&draft);
        found.contains(&("schema.fact_value", Class::Unlawful))
    };
    for value in good {
        assert!(!codes(value), "{fact}: {value} is of the type");
    }
    for value in bad {
        assert!(codes(value), "{fact}: {value} is not of the type");
    }
}

#[test]
fn codes_are_listed_once_in_order() {
    let publish = Desk::new().publish("item/a");
    let good = [json!(["website"]), json!(["gazette", "website"])];
    let bad = [
        json!([]),
        json!("website"),
        json!(["website", "gazette"]),
        json!(["website", "website"]),
        json!(["Website"]),
        json!(["gazette", 1]),
    ];
    tried(&publish, "channels", &good, &bad);
    let roles = Desk::new().draft("admin", "person.changed", "person/clerk");
    tried(&roles, "roles", &[json!([])], &[json!(["ledger"]), json!(null)]);
}

#[test]
fn dates_are_days_of_the_calendar() {
    let draft = Desk::new().register("item/a");
    let good = [json!("0001-01-01"), json!("2024-02-29"), json!("1949-10-01")];
    let bad = [
        json!("0000-01-01"),
        json!("2025-02-29"),
        json!("2025-2-9"),
        json!("20250209"),
        json!("2025-13-01"),
        json!(20250209),
    ];
    tried(&draft, "formed", &good, &bad);
}

#[test]
fn moments_are_of_beijing_to_the_second() {
    let draft = Desk::new().draft("admin", "ledger.clock_corrected", "ledger/main");
    let good = [json!("2026-03-02T00:00:00+08:00"), json!("2026-03-02T23:59:59+08:00")];
    let bad = [
        json!("2026-03-02T24:00:00+08:00"),
        json!("2026-03-02T23:59:60+08:00"),
        json!("2026-03-02T09:00:00Z"),
        json!("2026-03-02T09:00:00.5+08:00"),
        json!("0000-03-02T09:00:00+08:00"),
    ];
    tried(&draft, "previous", &good, &bad);
}

#[test]
fn numbers_keep_their_limits() {
    let draft = Desk::new().open_round("round/r", 0);
    let bad = [json!(2007), json!(10_000), json!(-1), json!("2026"), json!(true), json!(2026.5)];
    tried(&draft, "year", &[json!(2008), json!(9999)], &bad);
    let desk = Desk::new();
    let revoke = desk.draft("admin", "key.revoked", "person/clerk");
    tried(&revoke, "doubtful_from", &[json!(desk.seq - 1)], &[json!(desk.seq), json!(-1)]);
}

#[test]
fn digests_keys_and_signatures_have_one_spelling() {
    let hex = "0123456789abcdef".repeat(4);
    let draft = Desk::new().review_redacted("item/a");
    let bad = [
        json!(format!("sha256:{}", hex.to_uppercase())),
        json!(format!("b3:{hex}")),
        json!(hex),
        json!(format!("sha256:{hex}0")),
    ];
    tried(&draft, "redacted", &[json!(format!("sha256:{hex}"))], &bad);
    let enrol = Desk::new().enrol("leader", 50);
    tried(
        &enrol,
        "key",
        &[json!(key(50).to_string())],
        &[json!(hex), json!(format!("ed25519:{}", &hex[2..]))],
    );
    let proof = possession(50, "leader");
    let bad = [json!(proof.trim_end_matches('=')), json!(format!("{}B==", &proof[..85])), json!(proof[4..])];
    tried(&enrol, "possession", &[json!(proof)], &bad);
}

#[test]
fn subjects_and_origins_have_their_form() {
    let reassess = Desk::new().reassess("item/a", "maintain");
    let bad = [
        json!("item/r"),
        json!("round/"),
        json!("round/R"),
        json!("round"),
        json!(format!("round/{}", "r".repeat(33))),
    ];
    tried(&reassess, "round", &[json!("round/r"), json!(format!("round/{}", "9".repeat(32)))], &bad);
    let transfer = Desk::new().draft("archivist", "item.transferred", "item/a");
    let bad = [json!(""), json!("a b"), json!("a+b"), json!("档案馆"), json!("a".repeat(201))];
    tried(&transfer, "archive", &[json!("dag.linyi.gov.cn"), json!("a".repeat(200))], &bad);
    let opened = Desk::empty().genesis();
    let bad = [json!([]), json!("old.gov.cn"), json!(["b.cn", "a.cn"]), json!(["a.cn", "a.cn"])];
    tried(&opened, "predecessors", &[json!(["a.cn", "b.cn"])], &bad);
}

#[test]
fn the_keys_of_genesis_have_four_members_each() {
    let opened = Desk::empty().genesis();
    let keys = opened.facts()["keys"].clone();
    let changed = |change: fn(&mut Value)| {
        let mut keys = keys.clone();
        change(&mut keys);
        keys
    };
    let bad = [
        json!([]),
        changed(|keys| keys[0]["extra"] = json!(1)),
        changed(|keys| keys[0]["holder"] = json!("item/a")),
        changed(|keys| keys[0]["roles"] = json!([])),
        changed(|keys| keys[0]["roles"] = json!(["boss"])),
        changed(|keys| keys[0]["key"] = json!("ed25519:00")),
        changed(|keys| *keys = json!(vec![keys[0].clone(); 65])),
    ];
    tried(&opened, "keys", std::slice::from_ref(&keys), &bad);
    let acknowledge = Desk::new().draft("admin", "finding.acknowledged", "ledger/main");
    let bad = [json!("publish"), json!("publish."), json!("Publish.late"), json!("a.b.c")];
    tried(&acknowledge, "code", &[json!("publish.unreviewed"), json!("x.y")], &bad);
}
