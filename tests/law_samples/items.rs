//! Rules of items and rounds, and of declared departures.

use serde_json::{Value, json};

use super::forge::{ev, ev_with, file, publication, secret_facts};
use super::{I, R, Sample, declared, reassessed};

/// The code that must be found, and how the history comes about after a lawful genesis.
pub const ITEMS: &[Sample] = &[
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
        f.published(I, "open");
        let parts = json!({ "open": {"title": "通知"}, "closed": {"reason": "漏更"} });
        let facts = json!({ "extent": "catalogue", "irregular": ["late"], "evidence": file(1) });
        f.act("a", &[ev_with("item.corrected", I, facts, parts)]);
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
