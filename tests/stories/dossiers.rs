//! Matters, exclusions, documents, consultations, inspections, figures, and what items have to do with them.

use serde_json::{Value, json};

use super::{FILE, Step, Story, in_2026, step, story};

const MON: &str = "2026-03-02";
const TUE: &str = "2026-03-03";
const I: &str = "item/i";
const P: &str = "item/p";
const E: &str = "exclusion/e";
const N: &str = "inspection/n";

fn matter(days: u64) -> Step {
    let facts = json!({"channels": ["website"], "audience": "all", "manners": ["open"], "service": "no",
        "days": days, "unit_of_days": "working"});
    let open = json!({"first": "规划", "content": "批复", "basis": "条例", "limit": "及时", "body": "某局"});
    step("clerk", "matter.listed", "matter/m", MON, facts).part("open", open)
}

fn exclusion(ground: &str, provision: &str) -> Step {
    let facts = json!({"ground": ground, "provision": provision});
    let open = json!({"scope": "内部事务", "basis_text": "条例第十六条"});
    step("head", "exclusion.added", E, MON, facts).part("open", open)
}

fn document() -> Step {
    step("clerk", "document.issued", "document/d", MON, json!({"type": "guide"}))
}

fn opened(until: &str) -> Step {
    let open = json!({"title": "征求意见"});
    step("clerk", "consultation.opened", "consultation/c", MON, json!({"until": until})).part("open", open)
}

fn closed(on: &'static str, figures: Value) -> Step {
    let open = json!({"title": "征求意见", "result": "采纳情况"});
    step("clerk", "consultation.closed", "consultation/c", on, figures).part("open", open)
}

fn figures(received: u64, adopted: u64, rejected: u64) -> Value {
    json!({"received": received, "adopted": adopted, "rejected": rejected})
}

fn inspection() -> Step {
    let facts = json!({"about": "late", "severity": "yellow"});
    step("supervisor", "inspection.found", N, MON, facts).part("closed", json!({"content": "逾期"}))
}

fn ordered(until: &str) -> Step {
    step("supervisor", "inspection.ordered", N, MON, json!({"instrument": "notice", "until": until}))
}

fn rectified() -> Step {
    step("head", "inspection.rectified", N, MON, json!({})).part("closed", json!({"content": "已补发"}))
}

/// The head is made a supervisor too.
fn both_roles() -> Step {
    step("admin", "person.changed", "person/head", MON, json!({"roles": ["head", "supervisor"]}))
}

fn figure() -> Step {
    let facts = json!({"year": 2025, "cell": "t2.fees", "value": 3, "source": "other_system"});
    step("clerk", "figure.stated", "figure/f", MON, facts).part("closed", json!({"from": "财务系统"}))
}

fn registered(item: &'static str) -> Step {
    let facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made", "formed": MON});
    step("clerk", "item.registered", item, MON, facts).part("closed", json!({"title": "通知"}))
}

fn proposed(item: &'static str, facts: Value) -> Step {
    step("clerk", "item.proposed", item, MON, facts)
}

fn reviewed(item: &'static str, outcome: &str) -> Step {
    step("reviewer", "item.reviewed", item, MON, json!({"outcome": outcome, "scope": "whole"}))
}

fn decided(item: &'static str, on: &'static str, facts: Value) -> Step {
    step("approver", "item.decided", item, on, json!({"basis": "own"})).with(facts)
}

fn published(item: &'static str, on: &'static str) -> Step {
    let facts = json!({"channels": ["website"]});
    step("publisher", "item.published", item, on, facts).part("open", json!({"title": "通知"}))
}

/// An item ready to be decided open.
fn ready(item: &'static str, interpretation: &str) -> Vec<Step> {
    let facts = json!({"attribute": "open", "interpretation": interpretation});
    vec![registered(item), proposed(item, facts), reviewed(item, "open")]
}

fn open() -> Value {
    json!({"attribute": "open"})
}

/// After these, an item decided to be withheld as internal affairs, by an entry of the negative list.
fn excluded(before: Vec<Step>) -> Vec<Step> {
    let ground = json!({"attribute": "withheld", "ground": "internal_affairs"});
    let mut steps =
        [before, vec![registered(I), proposed(I, ground.clone()), reviewed(I, "exempt")]].concat();
    steps.push(decided(I, MON, ground).with(json!({"exclusion": E})));
    in_2026(steps)
}

/// An item of January that was withheld until a reassessment on Monday.
fn brought_in() -> Vec<Step> {
    let ground = json!({"attribute": "withheld", "ground": "internal_affairs"});
    let change = json!({"outcome": "to_open", "trigger": "circumstances"});
    vec![
        registered(I).with(json!({"formed": "2026-01-05"})),
        proposed(I, ground.clone()),
        reviewed(I, "exempt"),
        decided(I, MON, ground),
        step("approver", "item.reassessed", I, MON, change).reasoned(),
        reviewed(I, "open"),
    ]
}

/// A policy with its interpretation, decided on `on`; the policy on Monday or Tuesday.
fn interpreted(on: &'static str) -> Vec<Step> {
    let mut steps = [ready(I, "not_needed"), vec![decided(I, MON, open())], ready(P, "needed")].concat();
    steps.push(decided(P, on, open()).with(json!({"interpretation": I})));
    in_2026(steps)
}

pub fn stories() -> Vec<Story> {
    [lists(), consultations(), inspections(), items()].into_iter().flatten().collect()
}

fn lists() -> Vec<Story> {
    let titled = || document().part("closed", json!({"title": "公开指南"}));
    vec![
        story(
            "article_26_matters_are_open_within_20_working_days",
            "matter.limit",
            vec![matter(20)],
            vec![matter(21)],
        ),
        story(
            "articles_13_to_16_exclusions_rest_on_law",
            "exclusion.unsupported",
            vec![exclusion("internal_affairs", "foi_16_1")],
            vec![exclusion("internal_affairs", "norm")],
        ),
        story("documents_have_a_title", "document.title", vec![titled()], vec![document()]),
        story(
            "figures_from_elsewhere_have_evidence",
            "figure.evidence",
            vec![figure().with(json!({"evidence": FILE}))],
            vec![figure()],
        ),
    ]
}

fn consultations() -> Vec<Story> {
    vec![
        story("public_consultations_take_time", "consultation.until", vec![opened(TUE)], vec![opened(MON)]),
        story(
            "no_more_opinions_are_adopted_than_came",
            "consultation.counts",
            vec![opened(TUE), closed(TUE, figures(3, 2, 1))],
            vec![opened(TUE), closed(TUE, figures(3, 2, 4))],
        ),
        story(
            "public_consultations_end_when_their_time_is_over",
            "consultation.early",
            vec![opened("2026-03-04"), closed("2026-03-04", figures(0, 0, 0))],
            vec![opened("2026-03-04"), closed(TUE, figures(0, 0, 0))],
        ),
    ]
}

fn inspections() -> Vec<Story> {
    let closes = |who| step(who, "inspection.closed", N, TUE, json!({}));
    vec![
        story(
            "time_to_put_right_lies_ahead",
            "inspection.until",
            vec![inspection(), ordered(MON)],
            vec![inspection(), ordered("2026-03-01")],
        ),
        story(
            "who_put_it_right_does_not_close_it",
            "inspection.self",
            vec![both_roles(), inspection(), rectified(), closes("supervisor")],
            vec![both_roles(), inspection(), rectified(), closes("head")],
        ),
    ]
}

fn items() -> Vec<Story> {
    let dated = |step: Step| Step { on: "2026-06-01", ..step };
    let again = vec![dated(reviewed(I, "open")), dated(decided(I, MON, open())), published(I, "2026-06-02")];
    let deposited = |on| step("clerk", "item.deposited", I, on, json!({"place": "archive"}));
    let out = |on| [ready(I, "not_needed"), vec![decided(I, MON, open()), published(I, on)]].concat();
    let inherited =
        json!({"attribute": "withheld", "responsible": "self", "origin": "made", "mode": "inherited"});
    let row = json!({"identity": "x", "row": [["标题", "旧文"]], "source": {"file": "f", "line": 2}});
    let inherited = step("clerk", "item.inherited", I, MON, inherited).part("closed", row);
    vec![
        story(
            "policy_and_interpretation_are_signed_off_together",
            "interpret.together",
            interpreted(MON),
            interpreted(TUE),
        ),
        story(
            "policies_that_need_an_interpretation_have_one",
            "interpret.missing",
            in_2026([ready(P, "not_needed"), vec![decided(P, MON, open())]].concat()),
            in_2026([ready(P, "needed"), vec![decided(P, MON, open())]].concat()),
        ),
        story(
            "negative_list_entries_named_are_current",
            "exclusion.gone",
            excluded(vec![exclusion("internal_affairs", "foi_16_1")]),
            excluded(vec![
                exclusion("internal_affairs", "foi_16_1"),
                step("head", "exclusion.retired", E, MON, json!({})),
            ]),
        ),
        story(
            "negative_list_entries_have_the_ground_of_the_decision",
            "exclusion.other_ground",
            excluded(vec![exclusion("internal_affairs", "foi_16_1")]),
            excluded(vec![exclusion("privacy", "foi_15")]),
        ),
        story(
            "article_26_published_within_20_working_days",
            "publish.overdue",
            in_2026(out("2026-03-30")),
            in_2026(out("2026-03-31")),
        ),
        story(
            "what_was_published_in_time_is_published_anew_at_any_time",
            "publish.overdue",
            in_2026([out("2026-03-30"), again].concat()),
            in_2026(out("2026-04-01")),
        ),
        story(
            "article_26_time_runs_from_the_reassessment",
            "publish.overdue",
            in_2026([brought_in(), vec![published(I, "2026-03-30")]].concat()),
            in_2026([brought_in(), vec![published(I, "2026-03-31")]].concat()),
        ),
        story(
            "article_25_only_what_is_public_is_deposited",
            "deposit.public",
            in_2026([out(MON), vec![deposited(TUE)]].concat()),
            in_2026(vec![inherited, deposited(TUE)]),
        ),
    ]
}
