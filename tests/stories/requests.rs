//! Requests for information, article by article of the Regulations.

use serde_json::json;

use super::{Q, Step, Story, in_2026, step, story, under};

pub fn received(on: &'static str) -> Step {
    let facts = json!({"receipt": "post", "applicant": "natural_person", "asks": "information"});
    applied(step("clerk", "request.received", Q, on, facts))
}

fn applied(step: Step) -> Step {
    step.part("closed", json!({"content": "某项目的批复"})).part("personal", json!({"name": "某人"}))
}

fn inherited(on: &'static str, received: &str) -> Step {
    let facts = json!({"receipt": "online", "applicant": "research", "asks": "information",
        "received": received, "mode": "inherited"});
    applied(step("clerk", "request.inherited", Q, on, facts))
}

fn correction(on: &'static str, until: &str) -> Step {
    step("clerk", "request.correction_asked", Q, on, json!({"until": until})).reasoned()
}

fn corrected(on: &'static str) -> Step {
    step("clerk", "request.corrected", Q, on, json!({}))
}

pub fn consulted(on: &'static str, party: &str) -> Step {
    step("clerk", "request.consulted", Q, on, json!({"party": party}))
}

pub fn opinion(on: &'static str, result: &str) -> Step {
    step("clerk", "request.consult_answered", Q, on, json!({"of": "@-1", "result": result}))
}

pub fn extended(on: &'static str, days: u64) -> Step {
    let facts = json!({"days": days, "consent": "person/head", "notified": on});
    step("clerk", "request.extended", Q, on, facts).reasoned()
}

pub fn answered(on: &'static str, reply: &str, leaf: &str) -> Step {
    let facts = json!({"reply": reply, "leaf": leaf, "remedy_notice": "yes"});
    step("approver", "request.answered", Q, on, facts).reasoned()
}

fn granted(on: &'static str) -> Step {
    answered(on, "provided", "granted")
}

fn anew(on: &'static str) -> Step {
    Step { kind: "request.answered_anew", ..granted(on) }
}

fn asked_for_reasons(on: &'static str) -> Step {
    step("head", "request.reasons_asked", Q, on, json!({})).reasoned()
}

fn delayed(on: &'static str, until: &str) -> Step {
    step("head", "request.delayed", Q, on, json!({"until": until, "notified": on})).reasoned()
}

fn noticed(on: &'static str, measure: &str) -> Step {
    step(
        "clerk",
        "request.fee_noticed",
        Q,
        on,
        json!({"amount": 1000, "measure": measure, "pay_by": "2026-03-20"}),
    )
}

fn paid(on: &'static str, amount: u64) -> Step {
    step("clerk", "request.fee_paid", Q, on, json!({"amount": amount}))
}

fn ended(on: &'static str, cause: &str) -> Step {
    step("clerk", "request.ended", Q, on, json!({"cause": cause}))
}

fn remedy(on: &'static str, remedy: &str) -> Step {
    step("clerk", "request.remedy_filed", Q, on, json!({"remedy": remedy}))
}

fn remedied(on: &'static str, result: &str) -> Step {
    step("clerk", "request.remedy_decided", Q, on, json!({"of": "@-1", "result": result}))
}

/// After a request that was received on 2 March 2026; it is due by 30 March.
fn then(steps: &[Step]) -> Vec<Step> {
    in_2026([&[received("2026-03-02")], steps].concat())
}

fn withheld(on: &'static str) -> Step {
    answered(on, "withheld", "d_internal")
}

pub fn stories() -> Vec<Story> {
    [correcting(), consulting(), extending(), answering(), paying(), ending()].into_iter().flatten().collect()
}

fn correcting() -> Vec<Story> {
    vec![
        story(
            "requests_taken_over_were_received_before",
            "request.received_after",
            in_2026(vec![inherited("2026-03-02", "2026-02-10").with(json!({"corrected": "2026-02-20"}))]),
            in_2026(vec![inherited("2026-03-02", "2026-02-10").with(json!({"corrected": "2026-02-09"}))]),
        ),
        story(
            "article_30_correction_is_asked_once",
            "correction.once",
            then(&[correction("2026-03-03", "2026-03-20")]),
            then(&[
                correction("2026-03-03", "2026-03-20"),
                corrected("2026-03-09"),
                correction("2026-03-10", "2026-03-20"),
            ]),
        ),
        story(
            "article_30_correction_is_asked_within_7_working_days",
            "correction.late",
            then(&[correction("2026-03-11", "2026-03-20")]),
            then(&[correction("2026-03-12", "2026-03-20")]),
        ),
        story(
            "article_30_time_to_correct_lies_ahead",
            "correction.until",
            then(&[correction("2026-03-03", "2026-03-04")]),
            then(&[correction("2026-03-03", "2026-03-03")]),
        ),
    ]
}

fn consulting() -> Vec<Story> {
    vec![
        story(
            "consultation_letters_arrive_after_they_are_sent",
            "consult.reached",
            then(&[consulted("2026-03-04", "third_party").with(json!({"reached": "2026-03-04"}))]),
            then(&[consulted("2026-03-04", "third_party").with(json!({"reached": "2026-03-03"}))]),
        ),
        story(
            "opinions_answer_an_open_consultation",
            "consult.unknown",
            then(&[consulted("2026-03-04", "other_organ"), opinion("2026-03-05", "agreed")]),
            then(&[
                consulted("2026-03-04", "other_organ"),
                opinion("2026-03-05", "agreed"),
                opinion("2026-03-06", "agreed").with(json!({"of": "@-2"})),
            ]),
        ),
        story(
            "article_32_silence_after_15_working_days",
            "consult.early_silence",
            then(&[consulted("2026-03-02", "third_party"), opinion("2026-03-24", "no_reply")]),
            then(&[consulted("2026-03-02", "third_party"), opinion("2026-03-23", "no_reply")]),
        ),
        story(
            "article_34_silence_of_a_joint_organ_after_15_working_days",
            "consult.early_silence",
            then(&[
                consulted("2026-03-02", "joint_organ").with(json!({"reached": "2026-03-04"})),
                opinion("2026-03-26", "no_reply"),
            ]),
            then(&[
                consulted("2026-03-02", "joint_organ").with(json!({"reached": "2026-03-04"})),
                opinion("2026-03-25", "no_reply"),
            ]),
        ),
        story(
            "article_32_the_third_party_is_told_after_the_decision",
            "override.informed",
            then(&[step(
                "approver",
                "request.overridden",
                Q,
                "2026-03-05",
                json!({"informed": "2026-03-06"}),
            )
            .reasoned()]),
            then(&[step(
                "approver",
                "request.overridden",
                Q,
                "2026-03-05",
                json!({"informed": "2026-03-04"}),
            )
            .reasoned()]),
        ),
        story(
            "article_32_no_disclosure_while_the_third_party_is_asked",
            "answer.consulting",
            then(&[
                consulted("2026-03-04", "third_party"),
                opinion("2026-03-06", "objected_without_reason"),
                granted("2026-03-09"),
            ]),
            then(&[consulted("2026-03-04", "third_party"), granted("2026-03-09")]),
        ),
    ]
}

fn extending() -> Vec<Story> {
    let late = || {
        story(
            "article_33_extension_comes_in_time",
            "extend.late",
            then(&[extended("2026-03-30", 20)]),
            then(&[extended("2026-03-31", 20)]),
        )
    };
    vec![
        story(
            "article_33_extension_is_given_once",
            "extend.once",
            then(&[extended("2026-03-10", 5)]),
            then(&[extended("2026-03-10", 5), extended("2026-03-11", 5)]),
        ),
        story(
            "article_33_extension_needs_the_heads_consent",
            "extend.consent",
            then(&[extended("2026-03-10", 5)]),
            then(&[extended("2026-03-10", 5).with(json!({"consent": "person/approver"}))]),
        ),
        story(
            "article_24_of_2007_extension_is_at_most_15_working_days",
            "extend.limit",
            under(&[2015], vec![received("2015-03-02"), extended("2015-03-09", 15)]),
            under(&[2015], vec![received("2015-03-02"), extended("2015-03-09", 16)]),
        ),
        Story { also: &["extend.notified"], ..late() },
        story(
            "article_33_the_applicant_is_told_of_the_extension_in_time",
            "extend.notified",
            then(&[extended("2026-03-27", 5).with(json!({"notified": "2026-03-30"}))]),
            then(&[extended("2026-03-27", 5).with(json!({"notified": "2026-03-31"}))]),
        ),
        story(
            "article_35_reasons_are_asked_before_a_delay",
            "delay.reasons",
            then(&[asked_for_reasons("2026-03-04"), delayed("2026-03-09", "2026-06-30")]),
            then(&[delayed("2026-03-09", "2026-06-30")]),
        ),
        story(
            "article_35_a_delay_has_a_day_ahead",
            "delay.until",
            then(&[asked_for_reasons("2026-03-04"), delayed("2026-03-09", "2026-03-10")]),
            then(&[asked_for_reasons("2026-03-04"), delayed("2026-03-09", "2026-03-09")]),
        ),
    ]
}

fn answering() -> Vec<Story> {
    let untold = |step: Step| step.with(json!({"remedy_notice": "no"}));
    let unclear = || answered("2026-03-20", "other_article", "u_still_unclear");
    vec![
        story(
            "article_36_reply_and_outcome_go_together",
            "answer.leaf",
            then(&[withheld("2026-03-09")]),
            then(&[answered("2026-03-09", "provided", "d_internal")]),
        ),
        story(
            "article_36_a_reply_that_withholds_gives_its_reason",
            "answer.reason",
            then(&[withheld("2026-03-09")]),
            then(&[withheld("2026-03-09").bare()]),
        ),
        story(
            "reconsideration_law_23_a_reply_that_withholds_names_the_remedy",
            "answer.remedy_notice",
            then(&[withheld("2026-03-09")]),
            then(&[untold(withheld("2026-03-09"))]),
        ),
        story(
            "reconsideration_law_23_is_in_force_from_2024",
            "answer.remedy_notice",
            under(&[2023], vec![received("2023-12-04"), untold(withheld("2023-12-29"))]),
            under(&[2023, 2024], vec![received("2023-12-04"), untold(withheld("2024-01-02"))]),
        ),
        story(
            "reconsideration_law_23_other_replies_had_better_name_the_remedy",
            "answer.remedy_advised",
            then(&[answered("2026-03-09", "not_held", "u_not_held")]),
            then(&[untold(answered("2026-03-09", "not_held", "u_not_held"))]),
        ),
        story(
            "article_30_unclear_after_a_correction_only",
            "answer.uncorrected",
            then(&[correction("2026-03-03", "2026-03-20"), corrected("2026-03-10"), unclear()]),
            then(&[unclear()]),
        ),
        story(
            "article_35_very_many_requests_after_asking_for_reasons_only",
            "answer.unasked",
            then(&[asked_for_reasons("2026-03-04"), answered("2026-03-20", "other_article", "n_massive")]),
            then(&[answered("2026-03-20", "other_article", "n_massive")]),
        ),
        story(
            "answered_anew_once_a_remedy_has_set_the_answer_aside",
            "anew.cause",
            then(&[
                withheld("2026-03-09"),
                remedy("2026-04-01", "review"),
                remedied("2026-05-06", "corrected"),
                anew("2026-05-11"),
            ]),
            then(&[
                withheld("2026-03-09"),
                remedy("2026-04-01", "review"),
                remedied("2026-05-06", "upheld"),
                anew("2026-05-11"),
            ]),
        ),
    ]
}

fn paying() -> Vec<Story> {
    vec![
        story(
            "fee_measures_3_one_measure_for_one_request",
            "fee.both",
            then(&[noticed("2026-03-04", "per_item"), noticed("2026-03-05", "per_item")]),
            then(&[noticed("2026-03-04", "per_item"), noticed("2026-03-05", "per_page")]),
        ),
        story(
            "article_42_no_fee_without_notice",
            "fee.noticed",
            then(&[noticed("2026-03-04", "per_item"), paid("2026-03-05", 1000)]),
            then(&[paid("2026-03-05", 1000)]),
        ),
        story(
            "the_fee_noticed_is_paid",
            "fee.amount",
            then(&[noticed("2026-03-04", "per_item"), paid("2026-03-05", 1000)]),
            then(&[noticed("2026-03-04", "per_item"), paid("2026-03-05", 900)]),
        ),
    ]
}

fn ending() -> Vec<Story> {
    vec![
        story(
            "article_30_given_up_once_the_time_to_correct_is_over",
            "end.correction",
            then(&[correction("2026-03-03", "2026-03-20"), ended("2026-03-21", "not_corrected")]),
            then(&[correction("2026-03-03", "2026-03-20"), ended("2026-03-20", "not_corrected")]),
        ),
        story(
            "article_42_given_up_once_the_time_to_pay_is_over",
            "end.fee",
            then(&[noticed("2026-03-04", "per_item"), ended("2026-03-21", "fee_unpaid")]),
            then(&[noticed("2026-03-04", "per_item"), ended("2026-03-20", "fee_unpaid")]),
        ),
        story(
            "reconsideration_law_23_reconsideration_comes_before_a_suit",
            "remedy.review_first",
            then(&[withheld("2026-03-09"), remedy("2026-04-01", "review")]),
            then(&[withheld("2026-03-09"), remedy("2026-04-01", "direct_suit")]),
        ),
        story(
            "remedies_are_decided_once",
            "remedy.unknown",
            then(&[withheld("2026-03-09"), remedy("2026-04-01", "review"), remedied("2026-05-06", "upheld")]),
            then(&[
                withheld("2026-03-09"),
                remedy("2026-04-01", "review"),
                remedied("2026-05-06", "upheld"),
                remedied("2026-05-07", "corrected").with(json!({"of": "@-2"})),
            ]),
        ),
    ]
}

/// Received, corrected, a third party asked, extended, answered, set aside, answered anew, filed.
pub fn life() -> Vec<Step> {
    under(
        &[2023, 2024, 2025, 2026],
        vec![
            received("2026-01-05"),
            step("clerk", "request.classified", Q, "2026-01-05", json!({"triage": "application"})),
            correction("2026-01-08", "2026-01-30"),
            corrected("2026-01-16"),
            step("head", "request.routed", Q, "2026-01-19", json!({"unit": "unit/plan"})),
            consulted("2026-01-20", "third_party").with(json!({"reached": "2026-01-22"})),
            opinion("2026-02-04", "objected_with_reason"),
            extended("2026-02-10", 10),
            withheld("2026-03-10"),
            remedy("2026-03-20", "review"),
            remedied("2026-05-20", "corrected"),
            anew("2026-05-29"),
            step("archivist", "request.archived", Q, "2026-06-01", json!({})),
        ],
    )
}
