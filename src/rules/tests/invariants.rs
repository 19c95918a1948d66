//! Random courses of events: what holds whatever people try.

use proptest::prelude::*;
use serde_json::json;

use super::desk::{Desk, Draft, REDACTED};
use crate::record::PartName;
use crate::rules::{Step, admit, is_admitted};

const ITEMS: [&str; 3] = ["item/a", "item/b", "item/c"];
const ATTRIBUTES: [&str; 4] = ["open", "on_request", "withheld", "partial"];
const OUTCOMES: [&str; 6] = ["maintain", "to_on_request", "to_open", "to_partial", "lapsed", "deferred"];

/// One thing somebody tries: a choice of kind, item and variant.
pub fn attempt(desk: &Desk, (kind, item, variant): (u8, usize, usize)) -> Draft {
    let item = ITEMS[item % ITEMS.len()];
    let attribute = ATTRIBUTES[variant % ATTRIBUTES.len()];
    match kind {
        0 => desk.register(item),
        1 => desk.inherit(item, ["open", "withheld", "partial", "unstated"][variant % 4]),
        2 => desk.propose(item, attribute),
        3 => desk.review(item, ["open", "exempt", "refer"][variant % 3]),
        4 => desk.review_redacted(item),
        5 => desk.decide(item, attribute),
        6 | 7 => {
            let partial = desk.state.item(item).is_some_and(|item| item.attribute.as_str() == "partial");
            let publish = desk.publish(item);
            if partial { publish.with(json!({"redacted": REDACTED})) } else { publish }
        }
        8 => desk.correct(item, ["content", "catalogue"][variant % 2]),
        9 => desk.withdraw(item),
        10 | 11 => reassess(desk, item, variant),
        12 => desk.draft("clerk", "item.lapsed", item).with(json!({"cause": "expired"})),
        13 => desk.draft("archivist", "item.transferred", item),
        14 => desk.open_round(&format!("round/r{}", desk.seq), desk.state.office.withheld),
        15 => {
            let round = desk.state.office.open_round.as_deref().unwrap_or("round/none");
            desk.close_round(round, desk.state.round(round).map_or(0, |round| round.count))
        }
        16 => desk.draft("reviewer", "item.referred", item).with(json!({"to": "secrecy_admin"})),
        _ => {
            let facts =
                json!({"outcome": (["open", "exempt"][variant % 2]), "by_authority": "secrecy_admin"});
            desk.draft("approver", "item.determined", item).with(facts)
        }
    }
}

fn reassess(desk: &Desk, item: &str, variant: usize) -> Draft {
    let outcome = OUTCOMES[variant % OUTCOMES.len()];
    let mut draft = desk.reassess(item, outcome);
    let attribute = desk.state.item(item).map(|item| item.attribute.as_str());
    if outcome == "to_partial" || (outcome == "maintain" && attribute == Some("partial")) {
        draft = draft.with(json!({"remainder_ground": "privacy"}));
    } else if outcome == "maintain" && attribute == Some("withheld") {
        draft = draft.with(json!({"ground": "privacy"}));
    }
    match desk.state.office.open_round.as_deref() {
        Some(round) if variant.is_multiple_of(2) => draft.without("trigger").with(json!({"round": round})),
        _ => draft,
    }
}

fn check(desk: &Desk, lawful: bool) {
    let state = &desk.state;
    let withheld = state.items.values().filter(|item| item.is_withheld()).count() as u64;
    assert_eq!(withheld, state.office.withheld);
    for round in state.rounds.values() {
        assert!(round.done <= round.count, "{round:?}");
        if lawful && round.state == Step::Opened {
            let waiting = state.items.values().filter(|item| item.waits_in(round)).count() as u64;
            assert_eq!(round.done + waiting, round.count);
        }
    }
    for item in state.items.values() {
        let withholds = item.attribute.withholds() && item.state != Step::Lapsed;
        assert_eq!(item.is_withheld(), withholds, "{item:?}");
        if item.is_public() {
            assert!(item.content.is_some());
            assert!(item.state != Step::Withdrawn && item.state != Step::Registered);
        }
    }
}

/// Every publication and every new content came after a review of its own that found it open.
#[derive(Default)]
struct Reviews(std::collections::BTreeMap<String, bool>);

impl Reviews {
    fn follow(&mut self, draft: &Draft) {
        let subject = draft.event.subject.as_str().to_owned();
        match draft.event.kind.as_str() {
            "item.reviewed" | "item.determined" => {
                self.0.insert(subject, draft.facts()["outcome"] == "open");
            }
            "item.published" => assert_eq!(self.0.insert(subject, false), Some(true)),
            "item.corrected" if draft.facts()["extent"] == "content" => {
                assert_eq!(self.0.insert(subject, false), Some(true));
            }
            "item.proposed" | "item.withdrawn" => {
                self.0.insert(subject, false);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn only_lawful_events_keep_everything_in_order(
        tries in prop::collection::vec((0u8..18, 0usize..3, 0usize..12), 1..150),
    ) {
        let mut desk = Desk::new();
        let mut reviews = Reviews::default();
        for choice in tries {
            let draft = attempt(&desk, choice);
            if desk.judge(&draft).is_empty() {
                reviews.follow(&draft);
                desk.go(draft);
                check(&desk, true);
            }
        }
    }

    #[test]
    fn whatever_is_folded_the_counts_hold(
        tries in prop::collection::vec((0u8..18, 0usize..3, 0usize..12), 1..150),
    ) {
        let mut desk = Desk::new();
        for choice in tries {
            let draft = attempt(&desk, choice);
            let lawful = is_admitted(&admit(&super::desk::BOOKS, &desk.state, &super::desk_event(&desk, &draft)));
            let before = desk.state.office.findings.len();
            desk.force(draft);
            prop_assert_eq!(lawful, desk.state.office.findings.len() == before);
            check(&desk, false);
        }
    }

    /// Facts of any shape never make the judgement panic, and an event that does not fit changes no subject.
    #[test]
    fn nonsense_is_refused_without_harm(
        kind in prop::sample::select(vec!["item.decided", "ledger.opened", "key.revoked", "round.opened", "part.erased"]),
        name in prop::sample::select(vec!["attribute", "keys", "key", "on", "of", "irregular", "roles"]),
        value in prop_oneof![
            any::<i64>().prop_map(serde_json::Value::from),
            "[ -~]{0,70}".prop_map(serde_json::Value::from),
            prop::collection::vec("[a-z]{0,4}", 0..3).prop_map(serde_json::Value::from),
        ],
    ) {
        let desk = Desk::new();
        let mut draft = desk.draft("admin", kind, "item/a").part(PartName::Closed);
        draft.event.facts.insert(name.into(), value);
        let mut after = desk.clone();
        after.force(draft);
        prop_assert_eq!(after.state.items, desk.state.items);
        prop_assert_eq!(after.state.office.people, desk.state.office.people);
    }
}
