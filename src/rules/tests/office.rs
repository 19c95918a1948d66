//! Rules on the ledger, persons, keys, schema, common facts, erasure, acknowledgement, declarations.

use std::sync::Arc;

use serde_json::json;

use super::desk::{BOOKS, Desk, Draft, LEDGER_KEY, REDACTED, genesis_facts, key, possession};
use crate::record::{Authority, Class, Law as _, PartName};
use crate::rules::{Replay, admit};

/// Rules tried in tests of their own, below: they stop the judgement, or lie outside it.
pub const OTHERS: &[&str] = &[
    "genesis.place",
    "genesis.keys",
    "genesis.signer",
    "edition.unknown",
    "edition.older",
    "ledger.ended",
    "part.member_missing",
    "key.doubtful",
];

fn propose(desk: &mut Desk) -> Draft {
    desk.registered("item/a").propose("item/a", "open")
}

fn revoke(desk: &Desk, person: &str, seed: u8) -> Draft {
    let draft = desk.draft("admin", "key.revoked", &format!("person/{person}"));
    draft.with(json!({"key": key(seed).to_string(), "reason": "lost"}))
}

fn change(desk: &Desk, person: &str, roles: serde_json::Value) -> Draft {
    desk.draft("admin", "person.changed", &format!("person/{person}")).with(json!({"roles": roles}))
}

fn add(desk: &Desk, person: &str, roles: serde_json::Value) -> Draft {
    let draft = desk.draft("admin", "person.added", &format!("person/{person}"));
    draft.with(json!({"roles": roles})).part(PartName::Personal)
}

fn erase(desk: &Desk, subject: &str, of: u64, part: &str) -> Draft {
    let digest = format!("b3:{}", "0".repeat(64));
    let facts =
        json!({"of": of, "part": part, "digest": digest, "ground": "personal", "asked_by": "subject"});
    desk.draft("approver", "part.erased", subject).with(facts)
}

fn acknowledge(desk: &Desk, person: &str, of: u64, code: &str) -> Draft {
    let draft = desk.draft(person, "finding.acknowledged", "ledger/main");
    draft.with(json!({"of": of, "code": code})).part(PartName::Closed)
}

/// A publication without decision or review, undeclared; its seq.
fn unlawful(desk: &mut Desk) -> u64 {
    let seq = desk.seq;
    desk.registered("item/u");
    desk.force(desk.publish("item/u"));
    seq + 1
}

fn clock(desk: &Desk, at: &str, previous: &str) -> Draft {
    let draft = desk.draft("admin", "ledger.clock_corrected", "ledger/main");
    draft.with(json!({"previous": previous})).on("2026-03-01").part(PartName::Closed).at(at)
}

fn declared(desk: &mut Desk) -> Draft {
    desk.proposed("item/a", "open");
    desk.decide("item/a", "open").declare(&["step_missing", "unreviewed"])
}

super::cases! {
    signer_unknown: "signer.unknown", propose, |d| propose(d).by("stranger");
    signer_revoked: "signer.revoked", propose, |d| {
        let draft = propose(d);
        d.go(revoke(d, "clerk", 2));
        let seq = d.seq;
        Draft { event: crate::record::Event { act: seq, ..draft.event } }
    };
    signer_not_for_acts: "signer.not_for_acts", propose, |d| propose(d).by("ledger");
    recovery_restores_the_administrator_only: "signer.recovery",
        |d| add(d, "newadmin", json!(["admin"])).by("recovery"),
        |d| add(d, "newadmin", json!(["admin", "approver"])).by("recovery");
    schema_kind: "schema.kind", propose, |d| d.draft("clerk", "item.burnt", "item/a");
    schema_subject: "schema.subject", propose, |d| {
        let mut draft = propose(d);
        draft.event.subject = "round/a".parse().unwrap();
        draft
    };
    schema_fact_missing: "schema.fact_missing", propose, |d| propose(d).without("attribute");
    schema_fact_unknown: "schema.fact_unknown", propose, |d| propose(d).with(json!({"mark": "open_active"}));
    schema_fact_value: "schema.fact_value", propose, |d| propose(d).with(json!({"attribute": "secret"}));
    schema_part_missing: "schema.part_missing", |d| add(d, "x", json!([])),
        |d| add(d, "x", json!([])).no_part(PartName::Personal);
    schema_part_unknown: "schema.part_unknown", propose, |d| propose(d).part(PartName::Open);
    on_is_not_after_at: "date.on_future", |d| propose(d).on("2026-03-02"), |d| propose(d).on("2026-03-03");
    mode_fits_kind: "mode.forbidden", propose, |d| propose(d).with(json!({"mode": "inherited"}));
    person_is_on_the_register: "person.unknown", propose,
        |d| propose(d).with(json!({"person": "person/ghost"}));
    own_acts_are_signed_in_person: "person.not_signer", propose, |d| propose(d).by("both");
    person_holds_the_role: "role.missing", propose, |d| propose(d).person("publisher");
    transcription_is_signed_by_clerk_approver_or_admin: "transcribe.signer",
        |d| propose(d).with(json!({"mode": "transcribed", "evidence": REDACTED})).by("approver"),
        |d| propose(d).with(json!({"mode": "transcribed", "evidence": REDACTED})).by("archivist");
    transcription_has_evidence: "transcribe.evidence",
        |d| propose(d).with(json!({"mode": "transcribed", "evidence": REDACTED})),
        |d| propose(d).with(json!({"mode": "transcribed"}));
    dates_do_not_run_back: "date.backdated",
        |d| propose(d).on("2026-03-01").declare(&["backdated"]),
        |d| propose(d).on("2026-03-01");
    order_state: "order.state", propose, |d| d.published("item/a").propose("item/a", "open");
    order_step: "order.step", declared,
        |d| d.proposed("item/a", "withheld").decide("item/a", "withheld");
    person_exists: "person.exists", |d| add(d, "x", json!(["clerk"])), |d| add(d, "clerk", json!([]));
    person_missing: "person.missing", |d| change(d, "clerk", json!([])), |d| change(d, "ghost", json!([]));
    last_administrator_stays: "admin.last",
        |d| {
            d.go(change(d, "clerk", json!(["admin", "clerk"])));
            revoke(d, "admin", 1)
        },
        |d| {
            d.go(change(d, "leader", json!(["admin"])));
            revoke(d, "admin", 1)
        };
    key_once: "key.once", |d| d.enrol("leader", 50), |d| d.enrol("clerk", 3);
    key_weak: "key.weak", |d| d.enrol("leader", 50), |d| {
        let weak = format!("ed25519:01{}", "0".repeat(62));
        d.enrol("leader", 50).with(json!({"key": weak}))
    };
    key_possession: "key.possession", |d| d.enrol("leader", 50),
        |d| d.enrol("leader", 50).with(json!({"possession": possession(50, "clerk")}));
    key_stranger: "key.stranger", |d| revoke(d, "clerk", 2), |d| revoke(d, "clerk", 3);
    key_gone: "key.gone", |d| revoke(d, "clerk", 2), |d| {
        d.go(revoke(d, "clerk", 2));
        revoke(d, "clerk", 2)
    };
    key_ledger: "key.ledger", |d| revoke(d, "admin", super::desk::RECOVERY_KEY),
        |d| revoke(d, "seal", LEDGER_KEY);
    key_doubtful_range: "key.doubtful_range",
        |d| revoke(d, "clerk", 2).with(json!({"doubtful_from": 10})),
        |d| revoke(d, "clerk", 2).with(json!({"doubtful_from": 0}));
    clock_previous: "clock.previous",
        |d| clock(d, "2026-03-01T09:00:00+08:00", "2026-03-02T09:00:00+08:00"),
        |d| clock(d, "2026-03-01T09:00:00+08:00", "2026-03-02T09:00:01+08:00");
    clock_backwards: "clock.backwards",
        |d| clock(d, "2026-03-02T08:59:59+08:00", "2026-03-02T09:00:00+08:00"),
        |d| clock(d, "2026-03-02T09:00:00+08:00", "2026-03-02T09:00:00+08:00");
    erase_of: "erase.of",
        |d| { let of = d.seq; d.registered("item/a"); erase(d, "item/a", of, "closed") },
        |d| { let of = d.seq - 1; d.registered("item/a"); erase(d, "item/a", of, "closed") };
    erase_in_force: "erase.in_force",
        |d| {
            d.published("item/a");
            let of = d.seq - 1;
            d.go(d.withdraw("item/a"));
            erase(d, "item/a", of, "open")
        },
        |d| { d.published("item/a"); erase(d, "item/a", d.seq - 1, "open") };
    ack_finding: "ack.finding",
        |d| { let of = unlawful(d); acknowledge(d, "admin", of, "publish.unreviewed") },
        |d| { let of = unlawful(d); acknowledge(d, "admin", of, "publish.late") };
    ack_by_two_different_persons: "ack.same_person",
        |d| {
            let of = unlawful(d);
            d.go(acknowledge(d, "admin", of, "publish.unreviewed"));
            acknowledge(d, "approver", of, "publish.unreviewed")
        },
        |d| {
            let of = unlawful(d);
            d.go(acknowledge(d, "admin", of, "publish.unreviewed"));
            acknowledge(d, "admin", of, "publish.unreviewed")
        };
    irregular_evidence: "irregular.evidence", declared,
        |d| declared(d).without("evidence"), also ["decide.unreviewed", "order.step", "transcribe.evidence"];
    irregular_reason: "irregular.reason", declared,
        |d| declared(d).no_part(PartName::Closed), also ["decide.unreviewed", "order.step"];
    irregular_signer: "irregular.signer", declared,
        |d| declared(d).by("clerk"), also ["decide.unreviewed", "order.step"];
    irregular_unneeded: "irregular.unneeded", declared,
        |d| declared(d).with(json!({"irregular": ["late", "step_missing", "unreviewed"]})),
        also ["decide.unreviewed", "order.step"];
}

#[test]
fn genesis_must_be_event_0_and_only_that() {
    let desk = Desk::new();
    assert_eq!(desk.judge(&desk.genesis()), [("genesis.place", Class::Integrity)]);
    let empty = Desk::empty();
    assert_eq!(empty.judge(&empty.genesis()), []);
    assert_eq!(empty.judge(&empty.register("item/a")), [("genesis.place", Class::Integrity)]);
}

#[test]
fn genesis_has_one_ledger_key_one_recovery_key_and_an_administrator() {
    let desk = Desk::empty();
    let with = |change: fn(&mut Vec<serde_json::Value>)| {
        let mut facts = genesis_facts();
        change(facts["keys"].as_array_mut().unwrap());
        desk.judge(&desk.genesis().with(facts))
    };
    let wrong = [("genesis.keys", Class::Integrity)];
    assert_eq!(with(|keys| keys.reverse()), wrong);
    assert_eq!(with(|keys| keys.retain(|key| key["roles"][0] != "ledger")), wrong);
    assert_eq!(with(|keys| keys.retain(|key| key["roles"][0] != "recovery")), wrong);
    assert_eq!(
        with(|keys| keys[0]["roles"] = json!(["admin", "ledger", "recovery"])),
        [("genesis.keys", Class::Integrity), ("genesis.signer", Class::Integrity),]
            [..with(|keys| keys[0]["roles"] = json!(["admin", "ledger", "recovery"])).len()]
    );
    assert_eq!(
        with(|keys| {
            let last = keys[2].clone();
            keys.push(last);
        }),
        wrong
    );
}

#[test]
fn genesis_is_signed_by_an_administrator_in_person() {
    let desk = Desk::empty();
    let wrong = [("genesis.signer", Class::Integrity)];
    assert_eq!(desk.judge(&desk.genesis().by("ledger")), wrong);
    assert_eq!(desk.judge(&desk.genesis().with(json!({"person": "person/clerk"}))), wrong);
}

#[test]
fn a_bad_genesis_is_found_once_and_what_follows_is_judged() {
    let mut desk = Desk::empty();
    desk.force(desk.genesis().by("ledger"));
    assert!(desk.state.office.findings.is_empty(), "nobody can acknowledge it");
    let added = |desk: &Desk| {
        let added = desk.draft("admin", "person.added", "person/x");
        added.with(json!({"roles": ["clerk"]})).part(PartName::Personal)
    };
    assert_eq!(desk.judge(&added(&desk)), []);
    assert_eq!(desk.judge(&added(&desk).by("ledger")), [("signer.not_for_acts", Class::Integrity)]);
}

#[test]
fn without_the_edition_of_genesis_the_keys_are_known_and_the_law_is_not() {
    let mut desk = Desk::empty();
    let unknown = format!("b3:{}", "7".repeat(64));
    desk.force(desk.genesis().with(json!({"rules": unknown})));
    let law = |desk: &Desk| Replay::resume(Arc::new(BOOKS.clone()), desk.state.clone());
    assert!(!law(&desk).edition_known());
    assert_eq!(law(&desk).ledger_key(), Some(key(LEDGER_KEY)));
    assert_eq!(law(&desk).authority(&key(LEDGER_KEY), 1), Authority::NotForActs);
    assert_eq!(desk.judge(&desk.register("item/a")), [("edition.unknown", Class::Uncheckable)]);

    desk.force(desk.enrol("clerk", 60));
    let revoked = desk.draft("admin", "key.revoked", "person/clerk");
    desk.force(revoked.with(json!({"key": key(60).to_string(), "reason": "lost"})));
    assert_eq!(law(&desk).authority(&key(60), desk.seq), Authority::Revoked);
    assert_eq!(law(&desk).authority(&key(61), desk.seq), Authority::Enrolled, "nothing can be said of it");
}

#[test]
fn from_an_unknown_edition_on_nothing_is_checkable() {
    let unknown = format!("b3:{}", "7".repeat(64));
    let empty = Desk::empty();
    let genesis = empty.genesis().with(json!({"rules": unknown}));
    assert_eq!(empty.judge(&genesis), [("edition.unknown", Class::Uncheckable)]);

    let mut desk = Desk::new();
    let adopt = desk.draft("admin", "rules.adopted", "ledger/main").with(json!({"edition": unknown}));
    assert_eq!(desk.judge(&adopt), [("edition.unknown", Class::Uncheckable)]);
    desk.force(adopt);
    assert_eq!(desk.judge(&desk.register("item/a")), [("edition.unknown", Class::Uncheckable)]);
}

#[test]
fn only_a_newer_edition_is_adopted() {
    let desk = Desk::new();
    let same = BOOKS.newest().unwrap().digest().to_string();
    let adopt = desk.draft("admin", "rules.adopted", "ledger/main").with(json!({"edition": same}));
    assert_eq!(desk.judge(&adopt), [("edition.older", Class::Unlawful)]);

    let newer = crate::rules::EDITIONS.last().unwrap().replacen("\"ordinal\": 3", "\"ordinal\": 4", 1);
    let newer = crate::rules::RuleBook::parse(&newer).unwrap();
    let edition = newer.digest().to_string();
    let mut books = BOOKS.clone();
    books.add(newer);
    let adopt = desk.draft("admin", "rules.adopted", "ledger/main").with(json!({"edition": edition}));
    assert_eq!(admit(&books, &desk.state, &adopt.event), []);
}

#[test]
fn nothing_follows_the_end_of_a_ledger() {
    let mut desk = Desk::new();
    desk.go(desk
        .draft("admin", "ledger.closed", "ledger/main")
        .with(json!({"successor": "new.gov.cn/xxgk"})));
    assert_eq!(desk.judge(&desk.register("item/a")), [("ledger.ended", Class::Integrity)]);
}

#[test]
fn a_doubtful_key_is_noticed_not_refused() {
    let mut desk = Desk::new();
    let from = desk.seq;
    desk.registered("item/a");
    let revoke = revoke(&desk, "clerk", 2).with(json!({"doubtful_from": from}));
    assert_eq!(desk.judge(&revoke), [("key.doubtful", Class::Notice)]);
    let later = revoke.with(json!({"doubtful_from": from - 1}));
    assert_eq!(desk.judge(&later), [("key.doubtful", Class::Notice)]);
    desk.force(desk.enrol("leader", 50));
    let unused = super::office::revoke(&desk, "leader", 50).with(json!({"doubtful_from": desk.seq - 1}));
    assert_eq!(desk.judge(&unused), []);
}

#[test]
fn a_key_signs_only_after_the_act_that_enrols_it() {
    let mut desk = Desk::new();
    let act = desk.seq;
    desk.go(desk.enrol("leader", 50));
    let mut draft = desk.draft("leader", "round.opened", "round/a").with(json!({"year": 2026, "count": 0}));
    draft.event.by = key(50);
    draft.event.act = act;
    assert_eq!(desk.judge(&draft), [("signer.unknown", Class::Integrity)]);
    draft.event.act = desk.seq;
    assert_eq!(desk.judge(&draft), []);
}

#[test]
fn an_unlawful_enrolment_is_void() {
    let mut desk = Desk::new();
    let breaches = desk.force(desk.enrol("leader", 50).person("clerk"));
    assert_eq!(breaches.iter().map(|breach| breach.code).collect::<Vec<_>>(), ["role.missing"]);
    assert!(desk.state.office.keys.get(&key(50)).is_none());
}

#[test]
fn two_persons_acknowledge_and_the_verifier_knows() {
    use crate::record::Law;
    let mut desk = Desk::new();
    let of = unlawful(&mut desk);
    let law = |desk: &Desk| Replay::resume(std::sync::Arc::new(BOOKS.clone()), desk.state.clone());
    desk.go(acknowledge(&desk, "admin", of, "publish.unreviewed"));
    assert!(!law(&desk).acknowledged(of, "publish.unreviewed"));
    desk.go(acknowledge(&desk, "reviewer", of, "publish.unreviewed"));
    assert!(law(&desk).acknowledged(of, "publish.unreviewed"));
    assert!(!law(&desk).acknowledged(of, "publish.undecided"));
    let again = acknowledge(&desk, "approver", of, "publish.unreviewed");
    assert_eq!(desk.judge(&again), [("ack.finding", Class::Unlawful)]);
}

#[test]
fn a_body_must_hold_its_members() {
    let book = BOOKS.newest().unwrap();
    let body = |value: serde_json::Value| {
        let kind = "item.published".parse().unwrap();
        let found = crate::rules::check_body(book, &kind, PartName::Open, value.as_object().unwrap());
        found.into_iter().map(|breach| (breach.code, breach.class)).collect::<Vec<_>>()
    };
    assert_eq!(body(json!({"title": "通知"})), []);
    let missing = [("part.member_missing", Class::Integrity)];
    assert_eq!(body(json!({})), missing);
    assert_eq!(body(json!({"title": ""})), missing);
    assert_eq!(body(json!({"title": null})), missing);
}
