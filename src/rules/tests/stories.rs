//! The rules that stand in the data, article by article: `tests/stories` tells each once kept and once broken.

use std::collections::BTreeSet;

use serde_json::Value;

use super::desk::{BOOKS, Desk, Draft};
use crate::record::{Class, PartName};
use crate::rules::is_admitted;

#[path = "../../../tests/stories/mod.rs"]
pub(in crate::rules::tests) mod told;

use told::{Step, Story};

fn draft(desk: &Desk, step: &Step) -> Draft {
    let mut draft = desk.draft(step.who, step.kind, step.subject);
    draft.event.facts.extend(step.facts.clone());
    for value in draft.event.facts.values_mut() {
        let back = value.as_str().and_then(|text| text.strip_prefix("@-")?.parse::<u64>().ok());
        if let Some(back) = back {
            *value = Value::from(desk.seq - back);
        }
    }
    for part in step.parts.keys() {
        draft = draft.part(match part.as_str() {
            "open" => PartName::Open,
            "closed" => PartName::Closed,
            _ => PartName::Personal,
        });
    }
    draft.on(step.on).at(&format!("{}T09:00:00+08:00", step.on))
}

/// Tells the story up to its last event, and what is found in that. All before it has to be admitted.
#[track_caller]
fn judged(steps: &[Step]) -> Vec<(&'static str, Class)> {
    let mut desk = Desk::new();
    let (last, before) = steps.split_last().unwrap();
    for step in before {
        let found = desk.force(draft(&desk, step));
        assert!(is_admitted(&found), "{} {:?}: {found:?}", step.kind, step.facts);
        assert!(found.iter().all(|breach| breach.class == Class::Notice), "{}: {found:?}", step.kind);
    }
    desk.judge(&draft(&desk, last))
}

fn rule_class(code: &str) -> Class {
    BOOKS.newest().unwrap().rule(code).unwrap().class
}

#[track_caller]
fn runs(name: &str) {
    let Story { rule, lawful, broken, also, .. } = told::named(name);
    let found = judged(&lawful);
    assert!(found.iter().all(|(code, class)| *class == Class::Notice && *code != rule), "{name}: {found:?}");
    let mut expected: Vec<_> = also.iter().chain([&rule]).map(|code| (*code, rule_class(code))).collect();
    expected.sort_unstable();
    assert_eq!(judged(&broken), expected, "{name} is broken");
    declared(name, broken, &expected);
}

/// The same declared, where each rule broken can be waived: all of it is irregular and nothing refuses.
#[track_caller]
fn declared(name: &str, mut steps: Vec<Step>, broken: &[(&str, Class)]) {
    let waiver = |code: &str| BOOKS.newest().unwrap().rule(code).unwrap().waiver.as_deref();
    let waivers: Option<Vec<&str>> = broken.iter().map(|(code, _)| waiver(code)).collect();
    if let (Some(waivers), Some(last)) = (waivers, steps.pop()) {
        steps.push(last.declared(&waivers));
        let found = judged(&steps);
        let codes: Vec<_> = broken.iter().map(|(code, _)| (*code, Class::Irregular)).collect();
        assert_eq!(found, codes, "{name} is declared");
    }
}

macro_rules! stories {
    ($($name:ident)+) => {
        const NAMES: &[&str] = &[$(stringify!($name)),+];
        $(#[test] fn $name() { runs(stringify!($name)); })+
    };
}

stories! {
    requests_taken_over_were_received_before
    article_30_correction_is_asked_once
    article_30_correction_is_asked_within_7_working_days
    article_30_time_to_correct_lies_ahead
    consultation_letters_arrive_after_they_are_sent
    opinions_answer_an_open_consultation
    article_32_silence_after_15_working_days
    article_34_silence_of_a_joint_organ_after_15_working_days
    article_32_the_third_party_is_told_after_the_decision
    article_32_no_disclosure_while_the_third_party_is_asked
    article_33_extension_comes_in_time
    article_33_extension_is_given_once
    article_33_extension_needs_the_heads_consent
    article_24_of_2007_extension_is_at_most_15_working_days
    article_33_the_applicant_is_told_of_the_extension_in_time
    article_35_reasons_are_asked_before_a_delay
    article_35_a_delay_has_a_day_ahead
    article_36_reply_and_outcome_go_together
    article_36_a_reply_that_withholds_gives_its_reason
    reconsideration_law_23_a_reply_that_withholds_names_the_remedy
    reconsideration_law_23_is_in_force_from_2024
    reconsideration_law_23_other_replies_had_better_name_the_remedy
    article_30_unclear_after_a_correction_only
    article_35_very_many_requests_after_asking_for_reasons_only
    answered_anew_once_a_remedy_has_set_the_answer_aside
    fee_measures_3_one_measure_for_one_request
    article_42_no_fee_without_notice
    the_fee_noticed_is_paid
    article_30_given_up_once_the_time_to_correct_is_over
    article_42_given_up_once_the_time_to_pay_is_over
    reconsideration_law_23_reconsideration_comes_before_a_suit
    remedies_are_decided_once
    article_26_matters_are_open_within_20_working_days
    articles_13_to_16_exclusions_rest_on_law
    documents_have_a_title
    figures_from_elsewhere_have_evidence
    public_consultations_take_time
    no_more_opinions_are_adopted_than_came
    public_consultations_end_when_their_time_is_over
    time_to_put_right_lies_ahead
    who_put_it_right_does_not_close_it
    policy_and_interpretation_are_signed_off_together
    policies_that_need_an_interpretation_have_one
    negative_list_entries_named_are_current
    negative_list_entries_have_the_ground_of_the_decision
    article_26_published_within_20_working_days
    what_was_published_in_time_is_published_anew_at_any_time
    article_26_time_runs_from_the_reassessment
    article_25_only_what_is_public_is_deposited
    article_33_20_working_days
    article_24_of_2007_15_working_days
    received_on_the_last_day_of_the_regulations_of_2007
    received_on_the_first_day_of_the_regulations_of_2019
    article_33_extension_adds_working_days
    article_33_asking_a_third_party_does_not_count
    article_33_asking_another_organ_does_not_count
    article_30_the_time_runs_anew_from_the_correction
    article_35_an_answer_put_off_has_its_own_day
    before_2008_05_01_there_was_no_clock
    a_year_without_a_calendar_is_provisional
    numbers_of_a_series_have_no_gap
    a_series_begins_with_one
    an_archival_number_is_never_changed
    items_are_filed_under_the_number_given_to_them
    items_are_filed_under_the_newest_number
    time_stamps_are_renewed_after_they_were_made
    a_shorter_ledger_is_never_cosigned
    a_forked_ledger_is_never_cosigned
    nothing_is_accepted_from_a_forked_ledger
    a_batch_ends_where_its_checkpoint_was_cosigned
    acceptance_is_approved_by_an_approver
    damage_is_no_sound_holding
    what_is_sound_is_not_called_damaged
}

#[test]
fn every_story_is_told() {
    let told: BTreeSet<_> = told::all().iter().map(|story| story.name).collect();
    assert_eq!(told, NAMES.iter().copied().collect());
}

#[test]
fn a_requests_life_gives_no_finding() {
    assert_eq!(judged(&told::life()), []);
}

/// The rules of the stories.
pub fn rules() -> BTreeSet<&'static str> {
    told::all().iter().map(|story| story.rule).collect()
}
