//! Rules on items and rounds, each named after what it asks.

use serde_json::json;

use super::desk::{Desk, Draft, OTHER_FILE, REDACTED};
use crate::record::PartName;

fn policy(desk: &mut Desk, separation: &str, stub: &str) {
    let facts = json!({"separation": separation, "secret_stub": stub, "round_months": 12});
    desk.go(desk.draft("admin", "rules.policy", "ledger/main").with(facts));
}

/// Proposed by the person who holds both roles.
fn proposed_by_both(desk: &mut Desk) {
    desk.registered("item/a");
    desk.go(desk.propose("item/a", "open").person("both"));
}

/// An item inherited as withheld, and a round opened over it.
fn round_with_one(desk: &mut Desk) {
    desk.go(desk.inherit("item/w", "withheld"));
    desk.go(desk.open_round("round/r", 1));
}

fn maintain(desk: &Desk, item: &str) -> Draft {
    let draft = desk.reassess(item, "maintain").without("trigger");
    draft.with(json!({"round": "round/r", "ground": "internal_affairs"}))
}

super::cases! {
    /// 条例 第十条
    article_10_responsible_body: "item.responsible",
        |d| d.register("item/a").with(json!({"responsible_ground": "lead"})),
        |d| d.register("item/a").with(json!({"responsible_ground": "kept"}));
    article_11_source_attribute: "item.source_attribute",
        |d| d.register_other("item/a", "unstated"),
        |d| d.register("item/a").with(json!({"source_attribute": "open"}));
    dates_are_not_after_the_event: "date.future",
        |d| d.register("item/a").with(json!({"formed": "2026-03-02"})),
        |d| d.register("item/a").with(json!({"formed": "2026-03-03"}));
    article_12_title: "register.title",
        |d| d.register("item/a"), |d| d.register("item/a").no_part(PartName::Closed);
    implementing_regulations_41_no_secret_content: "secret.content",
        |d| d.register_secret("item/a"), |d| d.register_secret("item/a").part(PartName::Closed);
    secret_stub_follows_policy: "secret.stub",
        |d| {
            policy(d, "strict", "full");
            d.register_secret("item/a").with(json!({"secret_level": "secret", "secret_years": 20}))
        },
        |d| d.register_secret("item/a").with(json!({"secret_level": "secret", "secret_years": 20}));
    secrecy_law_20_terms: "secret.term",
        |d| {
            policy(d, "strict", "full");
            d.register_secret("item/a").with(json!({"secret_level": "confidential", "secret_years": 10}))
        },
        |d| {
            policy(d, "strict", "full");
            d.register_secret("item/a").with(json!({"secret_level": "confidential", "secret_years": 11}))
        };
    inherited_open_items_have_an_open_part: "inherit.open_part",
        |d| d.inherit("item/a", "open"), |d| d.inherit("item/a", "open").no_part(PartName::Open);
    inherited_grounds: "inherit.ground",
        |d| d.inherit("item/a", "withheld").with(json!({"ground": "privacy"})),
        |d| d.inherit("item/a", "open").with(json!({"ground": "privacy"}));
    settled_items_are_not_proposed: "propose.settled",
        |d| { d.go(d.inherit("item/a", "unstated")); d.propose("item/a", "open") },
        |d| { d.go(d.inherit("item/a", "withheld")); d.propose("item/a", "open") };
    articles_14_to_16_grounds: "ground.fits",
        |d| d.registered("item/a").propose("item/a", "withheld"),
        |d| d.registered("item/a").propose("item/a", "withheld").without("ground");
    article_14_secrets_are_withheld: "secret.attribute",
        |d| d.secret_item("item/a").propose("item/a", "withheld").with(json!({"ground": "state_secret"})),
        |d| d.secret_item("item/a").propose("item/a", "open");
    drafter_does_not_review: "review.self",
        |d| { proposed_by_both(d); policy(d, "relaxed", "basis"); d.review("item/a", "open").person("both") },
        |d| { proposed_by_both(d); d.review("item/a", "open").person("both") };
    implementing_regulations_5_secrets_are_not_cleared: "secret.review",
        |d| {
            d.secret_item("item/a");
        d.go(d.propose("item/a", "withheld").with(json!({"ground": "state_secret"})));
            d.review("item/a", "exempt")
        },
        |d| {
            d.secret_item("item/a");
        d.go(d.propose("item/a", "withheld").with(json!({"ground": "state_secret"})));
            d.review("item/a", "open")
        };
    article_17_only_what_is_unsure_is_referred: "refer.outcome",
        |d| d.reviewed("item/a", "refer").draft("reviewer", "item.referred", "item/a")
            .with(json!({"to": "secrecy_admin"})),
        |d| d.reviewed("item/a", "open").draft("reviewer", "item.referred", "item/a")
            .with(json!({"to": "secrecy_admin"}));
    redacted_version_where_it_belongs: "redaction.fits",
        |d| d.proposed("item/a", "partial").review_redacted("item/a"),
        |d| d.proposed("item/a", "partial").review_redacted("item/a").without("redacted");
    redacted_version_is_the_reviewed_one: "redaction.same",
        |d| d.decided("item/a", "partial").publish("item/a").with(json!({"redacted": REDACTED})),
        |d| d.decided("item/a", "partial").publish("item/a").with(json!({"redacted": OTHER_FILE}));
    articles_10_and_11_other_bodies_are_followed: "decide.followed",
        |d| {
            d.go(d.register_other("item/a", "on_request"));
            d.go(d.propose("item/a", "on_request"));
            d.go(d.review("item/a", "exempt"));
            d.decide("item/a", "on_request").with(json!({"basis": "followed"}))
        },
        |d| {
            d.go(d.register_other("item/a", "on_request"));
            d.go(d.propose("item/a", "on_request"));
            d.go(d.review("item/a", "open"));
            d.decide("item/a", "open").with(json!({"basis": "followed"}))
        };
    mark_says_what_was_decided: "mark.fits",
        |d| d.reviewed("item/a", "open").decide("item/a", "open").with(json!({"mark": "open_publish"})),
        |d| d.reviewed("item/a", "open").decide("item/a", "open").with(json!({"mark": "on_request"}));
    secrecy_law_35_no_open_decision_without_review: "decide.unreviewed",
        |d| d.reviewed("item/a", "open").decide("item/a", "open"),
        |d| d.reviewed("item/a", "exempt").decide("item/a", "open");
    public_items_are_withdrawn_first: "decide.public",
        |d| { d.published("item/a");
        d.go(d.withdraw("item/a")); d.decide("item/a", "withheld") },
        |d| d.published("item/a").decide("item/a", "withheld");
    articles_13_and_17_only_what_was_decided_open_is_published: "publish.undecided",
        |d| d.decided("item/a", "open").publish("item/a"),
        |d| { d.decided("item/a", "open");
        d.go(d.decide("item/a", "withheld")); d.publish("item/a") };
    secrecy_law_35_no_publication_without_review: "publish.unreviewed",
        |d| {
            d.decided("item/a", "withheld");
        d.go(d.reassess("item/a", "to_open"));
            d.go(d.review("item/a", "open"));
            d.publish("item/a")
        },
        |d| {
            d.decided("item/a", "withheld");
        d.go(d.reassess("item/a", "to_open"));
            d.publish("item/a")
        };
    implementing_regulations_5_secrets_are_not_published: "secret.publish",
        |d| {
            let over = json!({"trigger": "secrecy_over"});
            d.secret_decided("item/a");
        d.go(d.reassess("item/a", "to_open").with(over));
            d.go(d.review("item/a", "open"));
            d.publish("item/a")
        },
        |d| d.secret_decided("item/a").publish("item/a"),
        also ["publish.undecided", "publish.unreviewed"];
    article_26_a_late_correction_is_declared: "publish.late",
        |d| d.published("item/a").correct("item/a", "catalogue").declare(&["late"]),
        |d| d.published("item/a").correct("item/a", "catalogue").declare(&["late"]).by("clerk"),
        also ["irregular.signer"];
    only_public_items_are_corrected: "correct.public",
        |d| d.published("item/a").correct("item/a", "catalogue"),
        |d| d.decided("item/a", "open").correct("item/a", "catalogue");
    secrecy_law_35_no_new_content_without_review: "correct.unreviewed",
        |d| { d.published("item/a");
        d.go(d.review("item/a", "open")); d.correct("item/a", "content") },
        |d| d.published("item/a").correct("item/a", "content");
    only_public_items_are_withdrawn: "withdraw.public",
        |d| d.published("item/a").withdraw("item/a"), |d| d.decided("item/a", "open").withdraw("item/a");
    transferred_once: "transfer.again",
        |d| d.published("item/a").draft("archivist", "item.transferred", "item/a"),
        |d| {
            d.published("item/a");
        d.go(d.draft("archivist", "item.transferred", "item/a"));
            d.draft("archivist", "item.transferred", "item/a")
        };
    article_18_reassessment_has_an_occasion: "reassess.occasion",
        |d| d.decided("item/a", "withheld").reassess("item/a", "to_open"),
        |d| d.decided("item/a", "withheld").reassess("item/a", "to_open").without("trigger");
    article_18_round_is_open: "reassess.round",
        |d| { round_with_one(d); maintain(d, "item/w") },
        |d| { d.go(d.inherit("item/w", "withheld")); maintain(d, "item/w") };
    article_18_one_outcome_in_a_round: "reassess.member",
        |d| { round_with_one(d); maintain(d, "item/w") },
        |d| { round_with_one(d); d.go(maintain(d, "item/w")); maintain(d, "item/w") };
    article_18_only_what_is_not_open_is_reassessed: "reassess.attribute",
        |d| d.decided("item/a", "on_request").reassess("item/a", "to_open"),
        |d| d.decided("item/a", "open").reassess("item/a", "to_open");
    negative_list_states_its_ground: "reassess.ground",
        |d| { round_with_one(d); maintain(d, "item/w") },
        |d| { round_with_one(d); maintain(d, "item/w").without("ground") };
    articles_10_and_11_other_bodies_reassess: "reassess.followed",
        |d| {
            d.go(d.inherit("item/a", "withheld").with(json!({"responsible": "other", "origin": "obtained"})));
            d.reassess("item/a", "to_open").with(json!({"trigger": "source_changed"}))
        },
        |d| {
            d.go(d.inherit("item/a", "withheld").with(json!({"responsible": "other", "origin": "obtained"})));
            d.reassess("item/a", "to_open")
        };
    public_items_do_not_go_on_request: "reassess.public",
        |d| d.decided("item/a", "partial").reassess("item/a", "to_on_request"),
        |d| {
            d.decided("item/a", "partial");
        d.go(d.publish("item/a").with(json!({"redacted": REDACTED})));
            d.reassess("item/a", "to_on_request")
        };
    secrecy_law_24_declassified_first: "reassess.secret",
        |d| d.secret_decided("item/a").reassess("item/a", "to_open").with(json!({"trigger": "secrecy_over"})),
        |d| d.secret_decided("item/a").reassess("item/a", "to_open");
    one_round_at_a_time: "round.one_open",
        |d| d.open_round("round/r", 0),
        |d| { d.go(d.open_round("round/r", 0)); d.open_round("round/s", 0) };
    article_18_round_counts_all_withheld: "round.count",
        |d| { d.go(d.inherit("item/w", "withheld")); d.open_round("round/r", 1) },
        |d| { d.go(d.inherit("item/w", "withheld")); d.open_round("round/r", 0) };
    round_is_not_for_a_year_to_come: "round.year",
        |d| d.open_round("round/r", 0), |d| d.open_round("round/r", 0).with(json!({"year": 2027}));
    every_year_a_round: "round.late",
        |d| d.open_round("round/r", 0).with(json!({"year": 2025})).declare(&["late"]),
        |d| d.open_round("round/r", 0).with(json!({"year": 2025}));
    round_closes_with_its_figures: "round.figures",
        |d| { d.go(d.open_round("round/r", 0)); d.close_round("round/r", 0) },
        |d| { d.go(d.open_round("round/r", 0)); d.close_round("round/r", 1) };
    article_18_round_closes_when_done: "round.unfinished",
        |d| { round_with_one(d); d.go(maintain(d, "item/w")); d.close_round("round/r", 1) },
        |d| { round_with_one(d); d.close_round("round/r", 1) };
}
