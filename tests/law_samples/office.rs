//! Rules of the ledger, its persons and keys, of schemas, dates and declarations.

use serde_json::json;
use zhaoce::record::Signer;
use zhaoce::rules::Books;

use super::forge::{ev, ev_with, file, first_key, key, possession, publication};
use super::{I, R, Sample, erasure, reason};

/// The code that must be found, and how the history comes about after a lawful genesis.
pub const OFFICE: &[Sample] = &[
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
];

/// Histories with a genesis of their own.
pub const OTHERWISE_BORN: &[Sample] = &[
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
    // Under the first edition a late publication was declared, not counted.
    ("publish.late", |f| {
        f.found_under(&Books::built_in().unwrap().all()[0].digest().to_string(), f.first_keys());
        f.decided(I, "open");
        let mut late = publication(I, json!({ "irregular": ["late"], "evidence": file(1) }));
        late.3 = json!({ "open": {"title": "通知"}, "closed": {"reason": "漏发"} });
        f.act("a", &[late]);
    }),
];
