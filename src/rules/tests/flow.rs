//! Whole courses of events, and what the upper floors ask of the state.

use std::sync::Arc;

use serde_json::json;

use super::desk::{BOOKS, Desk, REDACTED};
use crate::record::{Authority, Class, Law, PartName};
use crate::rules::{Attribute, Replay, Role, State, Step, next_kinds, next_step, replay, worklist};

fn waits(desk: &Desk, item: &str) -> Option<(&'static str, Role)> {
    next_step(desk.state.item(item).unwrap()).map(|waiting| (waiting.kind, waiting.role))
}

#[test]
fn from_registration_to_publication_each_step_waits_for_its_role() {
    let mut desk = Desk::new();
    desk.registered("item/a");
    assert_eq!(waits(&desk, "item/a"), Some(("item.proposed", Role::Clerk)));
    desk.go(desk.propose("item/a", "open"));
    assert_eq!(waits(&desk, "item/a"), Some(("item.reviewed", Role::Reviewer)));
    desk.go(desk.review("item/a", "open"));
    assert_eq!(waits(&desk, "item/a"), Some(("item.decided", Role::Approver)));
    desk.go(desk.decide("item/a", "open"));
    assert_eq!(waits(&desk, "item/a"), Some(("item.published", Role::Publisher)));
    let open = desk.go(desk.publish("item/a"));
    assert_eq!(waits(&desk, "item/a"), None);
    let item = desk.state.item("item/a").unwrap();
    assert_eq!((item.state, item.open, item.is_withheld()), (Step::Published, Some(open), false));
}

#[test]
fn what_the_review_cannot_settle_is_referred_and_determined() {
    let mut desk = Desk::new();
    desk.reviewed("item/a", "refer");
    assert_eq!(waits(&desk, "item/a"), Some(("item.referred", Role::Reviewer)));
    desk.go(desk.draft("reviewer", "item.referred", "item/a").with(json!({"to": "secrecy_admin"})));
    assert_eq!(waits(&desk, "item/a"), Some(("item.determined", Role::Reviewer)));
    let facts = json!({"outcome": "open", "by_authority": "secrecy_admin"});
    desk.go(desk.draft("reviewer", "item.determined", "item/a").with(facts));
    desk.go(desk.decide("item/a", "open"));
    desk.go(desk.publish("item/a"));
}

#[test]
fn a_withheld_item_opened_by_the_round_needs_a_review_before_it_goes_out() {
    let mut desk = Desk::new();
    desk.decided("item/a", "withheld").decided("item/b", "withheld").decided("item/c", "partial");
    assert_eq!(desk.state.office.withheld, 3);
    desk.go(desk.open_round("round/r", 3));
    let round = desk.state.open_round().unwrap().1.clone();
    assert_eq!(worklist(&desk.state, &round).len(), 3);
    let in_round = |draft: super::desk::Draft| draft.without("trigger").with(json!({"round": "round/r"}));
    desk.go(in_round(desk.reassess("item/a", "to_open")));
    assert_eq!(waits(&desk, "item/a"), Some(("item.reviewed", Role::Reviewer)));
    desk.go(in_round(desk.reassess("item/b", "maintain").with(json!({"ground": "process"}))));
    assert_eq!(desk.state.item("item/b").unwrap().ground.as_deref(), Some("process"));
    // Leaving the withheld set by another lawful way is an outcome too.
    let lapsed = desk.draft("clerk", "item.lapsed", "item/c").with(json!({"cause": "repealed"}));
    desk.go(lapsed);
    let round = desk.state.open_round().unwrap().1;
    assert_eq!((round.done, round.count, desk.state.office.withheld), (3, 3, 1));
    desk.go(desk.close_round("round/r", 3));
    assert!(desk.state.open_round().is_none());
    let results = desk.draft("publisher", "round.published", "round/r").part(PartName::Open);
    desk.go(results);
    // The next round asks for what is still withheld, the one maintained included.
    desk.go(desk.open_round("round/s", 1));
    assert_eq!(worklist(&desk.state, desk.state.open_round().unwrap().1)[0].0, "item/b");
}

#[test]
fn an_accident_is_recorded_as_what_it_was() {
    let mut desk = Desk::new();
    desk.registered("item/a");
    let undeclared = desk.publish("item/a");
    let codes = desk.judge(&undeclared);
    assert!(codes.iter().all(|(_, class)| *class == Class::Unlawful));
    let declared = undeclared.declare(&["step_missing", "undecided", "unreviewed"]);
    let expected = ["order.step", "publish.undecided", "publish.unreviewed"];
    assert_eq!(desk.judge(&declared), expected.map(|code| (code, Class::Irregular)));
    desk.force(declared);
    assert!(desk.state.item("item/a").unwrap().is_public());
    assert!(desk.state.office.findings.is_empty());
    desk.go(desk.withdraw("item/a"));
    assert!(!desk.state.item("item/a").unwrap().is_public());
}

#[test]
fn withdrawal_takes_the_review_with_it() {
    let mut desk = Desk::new();
    desk.published("item/a");
    desk.go(desk.withdraw("item/a"));
    let again = desk.decide("item/a", "open");
    assert_eq!(desk.judge(&again), [("decide.unreviewed", Class::Unlawful)]);
    desk.go(desk.review("item/a", "open"));
    desk.go(again);
    desk.go(desk.publish("item/a"));
}

#[test]
fn a_lapsed_item_stays_in_the_catalogue_until_withdrawn() {
    let mut desk = Desk::new();
    desk.published("item/a");
    desk.go(desk.draft("clerk", "item.lapsed", "item/a").with(json!({"cause": "expired"})));
    let item = desk.state.item("item/a").unwrap();
    assert_eq!((item.state, item.is_public()), (Step::Lapsed, true));
    desk.go(desk.withdraw("item/a"));
    let item = desk.state.item("item/a").unwrap();
    assert_eq!((item.state, item.is_public()), (Step::Lapsed, false));
}

#[test]
fn inherited_items_are_public_withheld_or_waiting_as_stated() {
    let mut desk = Desk::new();
    for attribute in ["open", "on_request", "withheld", "partial", "unstated"] {
        desk.go(desk.inherit(&format!("item/{}", attribute.replace('_', "")), attribute));
    }
    let item = |name: &str| desk.state.item(&format!("item/{name}")).unwrap();
    assert!(item("open").is_public() && !item("partial").is_public());
    assert!(
        item("withheld").is_withheld() && item("partial").is_withheld() && !item("onrequest").is_withheld()
    );
    assert_eq!(waits(&desk, "item/unstated"), Some(("item.proposed", Role::Clerk)));
    assert_eq!(waits(&desk, "item/withheld"), None);
    // It satisfies no rule that asks for a review here.
    let content = desk.correct("item/open", "content");
    assert_eq!(desk.judge(&content), [("correct.unreviewed", Class::Unlawful)]);
}

#[test]
fn a_recovery_key_brings_an_administrator_back() {
    let mut desk = Desk::new();
    let facts = json!({"roles": ["admin", "clerk"]});
    let change = desk.draft("admin", "person.changed", "person/clerk").with(facts).by("recovery");
    desk.go(change);
    desk.go(desk.enrol("clerk", 60).by("recovery"));
    let item = desk.register("item/a").with(json!({"person": "person/admin"})).by("recovery");
    assert_eq!(desk.judge(&item), [("signer.recovery", Class::Integrity)]);
}

#[test]
fn the_law_answers_the_verifier() {
    let mut desk = Desk::new();
    desk.published("item/a");
    let law = Replay::resume(Arc::new(BOOKS.clone()), desk.state.clone());
    let open = desk.seq - 1;
    assert_eq!(law.ledger_key(), Some(super::desk::key(super::desk::LEDGER_KEY)));
    assert_eq!(law.opens_in_force(), [(open, "item/a".parse().unwrap())]);
    assert_eq!(law.open_in_force(&"item/a".parse().unwrap()), Some(open));
    let of = |kind: &str| desk.draft("admin", kind, "item/a").event;
    assert!(law.standing_open(&of("ledger.opened")));
    assert!(!law.standing_open(&of("item.published")));
    assert_eq!(law.authority(&super::desk::key(2), desk.seq), Authority::Enrolled);
    assert_eq!(law.authority(&super::desk::key(250), desk.seq), Authority::Unknown);
}

#[test]
fn an_act_by_a_stranger_changes_nothing_and_is_left_to_the_verifier() {
    let desk = Desk::new();
    let mut law = Replay::resume(Arc::new(BOOKS.clone()), desk.state.clone());
    assert_eq!(law.judge(&desk.register("item/a").by("stranger").event), []);
    assert_eq!(law.state(), &desk.state);
}

#[test]
fn findings_carry_sentence_and_article() {
    let mut desk = Desk::new();
    desk.registered("item/a");
    let mut law = Replay::resume(Arc::new(BOOKS.clone()), desk.state.clone());
    let findings = law.judge(&desk.publish("item/a").event);
    let finding = findings.iter().find(|finding| finding.code == "publish.unreviewed").unwrap();
    assert_eq!(finding.class, Class::Unlawful);
    let article = finding.article.as_ref().unwrap();
    assert!(article.name.contains("保守国家秘密法") && article.article.starts_with("第三十五条；"));
}

#[test]
fn a_state_is_saved_and_gone_on_from() {
    let mut desk = Desk::new();
    desk.published("item/a").decided("item/b", "partial");
    desk.force(desk.publish("item/b").with(json!({"redacted": super::desk::OTHER_FILE})));
    desk.go(desk.open_round("round/r", 1));
    let saved = serde_json::to_string(&desk.state).unwrap();
    let loaded: State = serde_json::from_str(&saved).unwrap();
    assert_eq!(loaded, desk.state);
    assert_eq!(serde_json::to_string(&loaded).unwrap(), saved);
}

#[test]
fn a_subject_replayed_without_the_others_ends_the_same() {
    let mut desk = Desk::new();
    let before = desk.state.clone();
    let mut events = Vec::new();
    let drafts = |desk: &Desk| {
        [
            desk.register("item/a"),
            desk.propose("item/a", "partial"),
            desk.review_redacted("item/a"),
            desk.decide("item/a", "partial"),
            desk.publish("item/a").with(json!({"redacted": REDACTED})),
            desk.withdraw("item/a"),
        ]
    };
    for draft in drafts(&desk) {
        desk.registered(&format!("item/other{}", desk.seq));
        let mut event = draft.event.clone();
        event.seq = desk.seq;
        event.act = desk.seq;
        events.push(event);
        desk.go(draft);
    }
    let mut alone = before;
    for event in &events {
        assert_eq!(replay(&BOOKS, &mut alone, event), []);
    }
    assert_eq!(alone.item("item/a"), desk.state.item("item/a"));
    assert_eq!(alone.item("item/a").unwrap().attribute, Attribute::Partial);
}

#[test]
fn the_book_says_what_may_follow() {
    let book = BOOKS.newest().unwrap();
    let decided = next_kinds(book, "item", Step::Decided);
    let expected = [
        "item.corrected",
        "item.covered",
        "item.decided",
        "item.filed",
        "item.lapsed",
        "item.published",
        "item.reassessed",
        "item.referred",
        "item.reviewed",
        "item.transferred",
        "item.withdrawn",
    ];
    assert_eq!(decided, expected);
    assert_eq!(next_kinds(book, "item", Step::None), ["item.inherited", "item.registered"]);
}

#[test]
fn a_round_named_for_an_item_nobody_registered_lends_it_no_state() {
    let mut desk = Desk::new();
    desk.go(desk.open_round("round/r", 0));
    let ghost = desk.reassess("item/ghost", "to_open").with(json!({"round": "round/r"})).on("2026-03-01");
    assert_eq!(desk.judge(&ghost), [("order.state", Class::Unlawful)]);
    desk.force(ghost);
    assert!(desk.state.item("item/ghost").is_none());
}

#[test]
fn a_new_proposal_takes_the_review_and_the_decision_with_it() {
    let mut desk = Desk::new();
    desk.reviewed("item/a", "open");
    desk.go(desk.propose("item/a", "open"));
    let unlawful = |code| (code, Class::Unlawful);
    assert_eq!(desk.judge(&desk.decide("item/a", "open")), ["decide.unreviewed", "order.step"].map(unlawful));
    let publish = ["order.step", "publish.undecided", "publish.unreviewed"].map(unlawful);
    assert_eq!(desk.judge(&desk.publish("item/a")), publish);
}
