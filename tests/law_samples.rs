//! One correctly signed history for each rule of the rule book that breaks it. Every history is also written to
//! `target/samples/`, where the second verifier reads it and must find the same.
#![allow(clippy::unwrap_used, clippy::panic)]

mod forge;

use forge::{Ev, Forge, ev, ev_with, file, first_key, key, possession, publication, secret_facts};
use serde_json::{Value, json};
use zhaoce::record::{Report, Signer};
use zhaoce::rules::Books;

const I: &str = "item/x";
const R: &str = "round/y";

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

type Sample = (&'static str, fn(&mut Forge));

/// The code that must be found, and how the history comes about after a lawful genesis.
const SAMPLES: &[Sample] = &[
    ("genesis.place", |f| f.found(f.first_keys())),
    ("edition.unknown", |f| {
        f.act(
            "a",
            &[ev("rules.adopted", "ledger/main", json!({ "edition": format!("b3:{}", "7".repeat(64)) }))],
        )
    }),
    ("edition.older", |f| {
        let edition = Books::built_in().unwrap().newest().unwrap().digest().to_string();
        f.act("a", &[ev("rules.adopted", "ledger/main", json!({ "edition": edition }))]);
    }),
    ("ledger.ended", |f| {
        f.act("a", &[ev("ledger.closed", "ledger/main", json!({}))]);
        f.registered(I);
    }),
    ("signer.unknown", |f| {
        f.add_key("stranger", "person/a", 77);
        f.act("stranger", &[ev("person.changed", "person/c", json!({ "roles": ["clerk"] }))]);
    }),
    ("signer.revoked", |f| {
        let key = Signer::key(&key(3)).to_string();
        f.act("a", &[ev("key.revoked", "person/c", json!({ "key": key, "reason": "lost" }))]);
        f.act(
            "c",
            &[ev_with(
                "item.registered",
                I,
                json!({ "origin": "made", "responsible": "self", "responsible_ground": "made" }),
                json!({ "closed": {"title": "通知"} }),
            )],
        );
    }),
    ("signer.not_for_acts", |f| {
        f.act("ledger", &[ev("person.changed", "person/c", json!({ "roles": ["clerk"] }))])
    }),
    ("signer.recovery", |f| {
        f.act("recovery", &[ev("person.changed", "person/c", json!({ "roles": ["clerk"] }))])
    }),
    ("schema.kind", |f| f.act("a", &[ev("item.vanished", I, json!({}))])),
    ("schema.subject", |f| f.act("a", &[ev("item.proposed", R, json!({ "attribute": "open" }))])),
    ("schema.fact_missing", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({}))]);
    }),
    ("schema.fact_unknown", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "whim": 1 }))]);
    }),
    ("schema.fact_value", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "perhaps" }))]);
    }),
    ("schema.part_missing", |f| {
        f.decided(I, "open");
        f.act("a", &[ev("item.published", I, json!({ "channels": ["website"] }))]);
    }),
    ("schema.part_unknown", |f| {
        f.registered(I);
        f.act(
            "a",
            &[ev_with(
                "item.proposed",
                I,
                json!({ "attribute": "open" }),
                json!({ "personal": {"name": "甲"} }),
            )],
        );
    }),
    ("part.member_missing", |f| {
        f.decided(I, "open");
        f.act(
            "a",
            &[ev_with(
                "item.published",
                I,
                json!({ "channels": ["website"] }),
                json!({ "open": {"summary": "无题"} }),
            )],
        );
    }),
    ("date.on_future", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "on": "2026-02-01" }))]);
    }),
    ("mode.forbidden", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "mode": "inherited" }))]);
    }),
    ("person.unknown", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "person": "person/nobody", "mode": "transcribed", "evidence": file(1) }))]);
    }),
    ("person.not_signer", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "person": "person/c" }))]);
    }),
    ("role.missing", |f| {
        f.registered(I);
        f.act("r", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    }),
    ("transcribe.signer", |f| {
        f.registered(I);
        f.act("r", &[ev("item.proposed", I, json!({ "attribute": "open", "person": "person/c", "mode": "transcribed", "evidence": file(1) }))]);
    }),
    ("transcribe.evidence", |f| {
        f.registered(I);
        f.act(
            "a",
            &[ev(
                "item.proposed",
                I,
                json!({ "attribute": "open", "person": "person/c", "mode": "transcribed" }),
            )],
        );
    }),
    ("date.backdated", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "on": "2025-12-01" }))]);
    }),
    ("order.state", |f| {
        f.registered(I);
        f.act(
            "a",
            &[ev(
                "item.determined",
                R.replace("round", "item").leak(),
                json!({ "outcome": "open", "by_authority": "secrecy_admin" }),
            )],
        );
    }),
    ("order.step", |f| {
        f.registered(I);
        f.act("r", &[ev("item.reviewed", I, json!({ "outcome": "open", "scope": "whole" }))]);
    }),
    ("person.exists", |f| {
        f.act(
            "a",
            &[ev_with(
                "person.added",
                "person/c",
                json!({ "roles": ["clerk"] }),
                json!({ "personal": {"name": "丁"} }),
            )],
        )
    }),
    ("person.missing", |f| f.act("a", &[ev("person.changed", "person/new", json!({ "roles": ["clerk"] }))])),
    ("admin.last", |f| {
        f.act("a", &[ev("person.changed", "person/b", json!({ "roles": ["approver"] }))]);
        f.act("a", &[ev("person.changed", "person/a", json!({ "roles": ["clerk"] }))]);
    }),
    ("key.once", |f| {
        f.act(
            "a",
            &[ev(
                "key.enrolled",
                "person/b",
                json!({ "key": Signer::key(&key(3)).to_string(), "possession": possession("person/b", 3) }),
            )],
        )
    }),
    ("key.weak", |f| {
        let identity = format!("ed25519:01{}", "0".repeat(62));
        f.act(
            "a",
            &[ev(
                "key.enrolled",
                "person/b",
                json!({ "key": identity, "possession": possession("person/b", 9) }),
            )],
        );
    }),
    ("key.possession", |f| {
        f.act(
            "a",
            &[ev(
                "key.enrolled",
                "person/b",
                json!({ "key": Signer::key(&key(9)).to_string(), "possession": possession("person/c", 9) }),
            )],
        )
    }),
    ("key.stranger", |f| {
        f.act(
            "a",
            &[ev(
                "key.revoked",
                "person/b",
                json!({ "key": Signer::key(&key(3)).to_string(), "reason": "lost" }),
            )],
        )
    }),
    ("key.gone", |f| {
        for _ in 0..2 {
            f.act(
                "a",
                &[ev(
                    "key.revoked",
                    "person/c",
                    json!({ "key": Signer::key(&key(3)).to_string(), "reason": "lost" }),
                )],
            );
        }
    }),
    ("key.ledger", |f| {
        f.act(
            "a",
            &[ev(
                "key.revoked",
                "person/ledger",
                json!({ "key": Signer::key(&key(5)).to_string(), "reason": "lost" }),
            )],
        )
    }),
    ("key.doubtful_range", |f| {
        f.act(
            "a",
            &[ev(
                "key.enrolled",
                "person/b",
                json!({ "key": Signer::key(&key(9)).to_string(), "possession": possession("person/b", 9) }),
            )],
        );
        f.act(
            "a",
            &[ev(
                "key.revoked",
                "person/b",
                json!({ "key": Signer::key(&key(9)).to_string(), "reason": "stolen", "doubtful_from": 0 }),
            )],
        );
    }),
    ("key.doubtful", |f| {
        f.act(
            "c",
            &[ev_with(
                "item.registered",
                I,
                json!({ "origin": "made", "responsible": "self", "responsible_ground": "made" }),
                json!({ "closed": {"title": "通知"} }),
            )],
        );
        f.act(
            "a",
            &[ev(
                "key.revoked",
                "person/c",
                json!({ "key": Signer::key(&key(3)).to_string(), "reason": "stolen", "doubtful_from": 1 }),
            )],
        );
    }),
    ("clock.previous", |f| {
        f.now = "2026-01-04T09:00:00+08:00".parse().unwrap();
        f.act_now(
            "a",
            &[ev_with(
                "ledger.clock_corrected",
                "ledger/main",
                json!({ "previous": "2026-01-01T00:00:00+08:00" }),
                reason(),
            )],
        );
    }),
    ("clock.backwards", |f| {
        let previous = f.now.to_string();
        f.act(
            "a",
            &[ev_with("ledger.clock_corrected", "ledger/main", json!({ "previous": previous }), reason())],
        );
    }),
    ("erase.of", |f| {
        f.registered(I);
        f.act("a", &[ev("part.erased", I, erasure(0, "personal"))]);
    }),
    ("erase.in_force", |f| {
        f.published(I, "open");
        f.act("a", &[ev("part.erased", I, erasure(5, "open"))]);
    }),
    ("ack.finding", |f| {
        f.act(
            "a",
            &[ev_with(
                "finding.acknowledged",
                "ledger/main",
                json!({ "of": 0, "code": "review.self" }),
                reason(),
            )],
        )
    }),
    ("ack.same_person", |f| {
        f.registered(I);
        f.act("r", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
        for _ in 0..2 {
            f.act(
                "a",
                &[ev_with(
                    "finding.acknowledged",
                    "ledger/main",
                    json!({ "of": 2, "code": "role.missing" }),
                    reason(),
                )],
            );
        }
    }),
    ("item.responsible", |f| {
        let facts = json!({ "origin": "obtained", "responsible": "self", "responsible_ground": "made" });
        f.act("a", &[ev_with("item.registered", I, facts, json!({ "closed": {"title": "通知"} }))]);
    }),
    ("item.source_attribute", |f| {
        let facts = json!({ "origin": "obtained", "responsible": "other", "responsible_ground": "organ" });
        f.act("a", &[ev_with("item.registered", I, facts, json!({ "closed": {"title": "通知"} }))]);
    }),
    ("date.future", |f| f.inherited(I, json!({ "formed": "2027-01-01" }))),
    ("register.title", |f| {
        f.act(
            "a",
            &[ev(
                "item.registered",
                I,
                json!({ "origin": "made", "responsible": "self", "responsible_ground": "made" }),
            )],
        )
    }),
    ("secret.content", |f| {
        f.act("a", &[ev_with("item.registered", I, secret_facts(), json!({ "closed": {"title": "密"} }))])
    }),
    ("secret.stub", |f| {
        let mut facts = secret_facts();
        facts["secret_level"] = "secret".into();
        f.act("a", &[ev("item.registered", I, facts)]);
    }),
    ("secret.term", |f| {
        f.act(
            "a",
            &[ev(
                "rules.policy",
                "ledger/main",
                json!({ "separation": "strict", "secret_stub": "full", "round_months": 12 }),
            )],
        );
        let mut facts = secret_facts();
        facts["secret_level"] = "confidential".into();
        facts["secret_years"] = 20.into();
        f.act("a", &[ev("item.registered", I, facts)]);
    }),
    ("inherit.open_part", |f| f.inherited(I, json!({ "attribute": "open" }))),
    ("inherit.ground", |f| f.inherited(I, json!({ "attribute": "on_request", "ground": "privacy" }))),
    ("propose.settled", |f| {
        f.inherited(I, json!({}));
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    }),
    ("ground.fits", |f| {
        f.registered(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open", "ground": "privacy" }))]);
    }),
    ("secret.attribute", |f| {
        f.secret(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    }),
    ("review.self", |f| {
        f.act(
            "a",
            &[ev(
                "person.changed",
                "person/a",
                json!({ "roles": ["admin", "approver", "clerk", "publisher", "reviewer"] }),
            )],
        );
        f.proposed(I, "open");
        f.act("a", &[ev("item.reviewed", I, json!({ "outcome": "open", "scope": "whole" }))]);
    }),
    ("redaction.fits", |f| {
        f.proposed(I, "partial");
        f.act("r", &[ev("item.reviewed", I, json!({ "outcome": "open", "scope": "redacted" }))]);
    }),
    ("redaction.same", |f| {
        f.reviewed(I, "partial", "open");
        f.act("a", &[ev("item.decided", I, json!({ "attribute": "partial", "basis": "own", "remainder_ground": "privacy", "redacted": file(8) }))]);
    }),
    ("secret.review", |f| {
        f.secret(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "withheld", "ground": "state_secret" }))]);
        f.act("r", &[ev("item.reviewed", I, json!({ "outcome": "open", "scope": "whole" }))]);
    }),
    ("refer.outcome", |f| {
        f.reviewed(I, "open", "open");
        f.act("r", &[ev("item.referred", I, json!({ "to": "secrecy_admin" }))]);
    }),
    ("decide.followed", |f| {
        f.reviewed(I, "open", "open");
        f.act("a", &[ev("item.decided", I, json!({ "attribute": "open", "basis": "followed" }))]);
    }),
    ("mark.fits", |f| {
        f.reviewed(I, "open", "open");
        f.act(
            "a",
            &[ev("item.decided", I, json!({ "attribute": "open", "basis": "own", "mark": "not_open" }))],
        );
    }),
    ("decide.unreviewed", |f| {
        f.reviewed(I, "open", "exempt");
        f.act("a", &[ev("item.decided", I, json!({ "attribute": "open", "basis": "own" }))]);
    }),
    ("decide.public", |f| {
        f.published(I, "open");
        f.act(
            "a",
            &[ev("item.decided", I, json!({ "attribute": "withheld", "basis": "own", "ground": "privacy" }))],
        );
    }),
    ("publish.undecided", |f| {
        f.decided(I, "withheld");
        f.act("a", &[publication(I, json!({}))]);
    }),
    ("publish.unreviewed", |f| {
        f.decided(I, "withheld");
        f.act("a", &[reassessed(json!({ "outcome": "to_open", "trigger": "circumstances" }))]);
        f.act("a", &[publication(I, json!({}))]);
    }),
    ("secret.publish", |f| {
        f.secret(I);
        f.act("a", &[publication(I, json!({}))]);
    }),
    ("publish.late", |f| {
        f.decided(I, "open");
        let mut late = publication(I, json!({ "irregular": ["late"], "evidence": file(1) }));
        late.3 = json!({ "open": {"title": "通知"}, "closed": {"reason": "漏发"} });
        f.act("a", &[late]);
    }),
    ("correct.public", |f| {
        f.decided(I, "open");
        f.act(
            "a",
            &[ev_with(
                "item.corrected",
                I,
                json!({ "extent": "catalogue" }),
                json!({ "open": {"title": "通知"} }),
            )],
        );
    }),
    ("correct.unreviewed", |f| {
        f.published(I, "open");
        f.act(
            "a",
            &[ev_with(
                "item.corrected",
                I,
                json!({ "extent": "content" }),
                json!({ "open": {"title": "通知（更正）"} }),
            )],
        );
    }),
    ("withdraw.public", |f| {
        f.decided(I, "open");
        f.act("a", &[ev("item.withdrawn", I, json!({ "cause": "error" }))]);
    }),
    ("transfer.again", |f| {
        f.published(I, "open");
        for _ in 0..2 {
            f.act("a", &[ev("item.transferred", I, json!({}))]);
        }
    }),
    ("reassess.occasion", |f| {
        f.decided(I, "withheld");
        f.act("a", &[reassessed(json!({ "outcome": "maintain", "ground": "privacy" }))]);
    }),
    ("reassess.round", |f| {
        f.decided(I, "withheld");
        f.act("a", &[reassessed(json!({ "outcome": "maintain", "ground": "privacy", "round": R }))]);
    }),
    ("reassess.member", |f| {
        f.round(R, 0);
        f.decided(I, "withheld");
        f.act("a", &[reassessed(json!({ "outcome": "maintain", "ground": "privacy", "round": R }))]);
    }),
    ("reassess.attribute", |f| {
        f.decided(I, "open");
        f.act("a", &[reassessed(json!({ "outcome": "to_open", "trigger": "circumstances" }))]);
    }),
    ("reassess.ground", |f| {
        f.decided(I, "withheld");
        f.act("a", &[reassessed(json!({ "outcome": "maintain", "trigger": "circumstances" }))]);
    }),
    ("reassess.followed", |f| {
        f.inherited(I, json!({ "responsible": "other", "origin": "obtained" }));
        f.act("a", &[reassessed(json!({ "outcome": "to_open", "trigger": "circumstances" }))]);
    }),
    ("reassess.public", |f| {
        f.published(I, "partial");
        f.act("a", &[reassessed(json!({ "outcome": "to_on_request", "trigger": "circumstances" }))]);
    }),
    ("reassess.secret", |f| {
        f.secret(I);
        f.act("a", &[ev("item.proposed", I, json!({ "attribute": "withheld", "ground": "state_secret" }))]);
        f.act("r", &[ev("item.reviewed", I, json!({ "outcome": "exempt", "scope": "whole" }))]);
        f.act(
            "a",
            &[ev(
                "item.decided",
                I,
                json!({ "attribute": "withheld", "basis": "own", "ground": "state_secret" }),
            )],
        );
        f.act("a", &[ev("item.reassessed", I, json!({ "outcome": "to_open", "trigger": "circumstances" }))]);
    }),
    ("round.one_open", |f| {
        f.round(R, 0);
        f.round("round/z", 0);
    }),
    ("round.count", |f| f.round(R, 3)),
    ("round.year", |f| f.act("a", &[ev("round.opened", R, json!({ "year": 2027, "count": 0 }))])),
    ("round.late", |f| f.act("a", &[ev("round.opened", R, json!({ "year": 2025, "count": 0 }))])),
    ("round.figures", |f| {
        f.round(R, 0);
        f.act("a", &[ev("round.closed", R, json!({ "year": 2026, "count": 1 }))]);
    }),
    ("round.unfinished", |f| {
        f.decided(I, "withheld");
        f.round(R, 1);
        f.act("a", &[ev("round.closed", R, json!({ "year": 2026, "count": 1 }))]);
    }),
    ("irregular.evidence", |f| {
        f.registered(I);
        let mut event = declared(
            "item.proposed",
            json!({ "attribute": "open", "on": "2025-12-01" }),
            json!(["backdated"]),
        );
        event.2["evidence"] = Value::Null;
        f.act("a", &[event]);
    }),
    ("irregular.reason", |f| {
        f.registered(I);
        let mut event = declared(
            "item.proposed",
            json!({ "attribute": "open", "on": "2025-12-01" }),
            json!(["backdated"]),
        );
        event.3 = json!({});
        f.act("a", &[event]);
    }),
    ("irregular.signer", |f| {
        f.registered(I);
        f.act(
            "c",
            &[declared(
                "item.proposed",
                json!({ "attribute": "open", "on": "2025-12-01" }),
                json!(["backdated"]),
            )],
        );
    }),
    ("irregular.unneeded", |f| {
        f.registered(I);
        f.act("a", &[declared("item.proposed", json!({ "attribute": "open" }), json!(["backdated"]))]);
    }),
];

/// Histories whose genesis itself is at fault.
const BORN_WRONG: &[Sample] = &[
    ("genesis.keys", |f| {
        let mut keys = f.first_keys();
        keys.reverse();
        f.found(keys);
    }),
    ("genesis.signer", |f| {
        let keys = f.first_keys().into_iter().filter(|row| row["holder"] != "person/a").collect();
        f.found(keys);
    }),
    ("key.possession", |f| {
        let mut keys = f.first_keys();
        keys[0]["possession"] = first_key("person/other", 1, &[])["possession"].clone();
        f.found(keys);
    }),
];

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
    for (nth, (code, history)) in SAMPLES.iter().chain(BORN_WRONG).enumerate() {
        let mut forge = if nth < SAMPLES.len() { Forge::new() } else { Forge::blank() };
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
fn every_rule_of_the_book_is_among_the_samples() {
    let books = Books::built_in().unwrap();
    let named: Vec<&str> = SAMPLES.iter().chain(BORN_WRONG).map(|(code, _)| *code).collect();
    let rules = books.newest().unwrap().data().rules.keys();
    let missing: Vec<&String> = rules.filter(|code| !named.contains(&code.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
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
