//! Rules on reassessments.

use super::super::code::{Attribute, Step};
use super::super::fact::FactId;
use super::{Case, Hit};

/// What a reassessment says of the attribute.
fn outcome<'a>(case: &Case<'a>) -> &'a str {
    case.reading.text(FactId::Outcome).unwrap_or_default()
}

fn changes(outcome: &str) -> bool {
    matches!(outcome, "to_on_request" | "to_open" | "to_partial")
}

pub(super) fn occasion(case: &Case<'_>) -> Option<Hit> {
    (!case.reading.has(FactId::Round) && !case.reading.has(FactId::Trigger)).then(Hit::default)
}

fn is_open(case: &Case<'_>) -> bool {
    case.round.is_some_and(|round| round.state == Step::Opened)
}

pub(super) fn round(case: &Case<'_>) -> Option<Hit> {
    let named = case.reading.text(FactId::Round)?;
    (!is_open(case)).then(|| Hit::found(named))
}

pub(super) fn member(case: &Case<'_>) -> Option<Hit> {
    let (item, round) = (case.item?, case.round?);
    (case.reading.has(FactId::Round) && is_open(case) && !item.waits_in(round)).then(Hit::default)
}

pub(super) fn attribute(case: &Case<'_>) -> Option<Hit> {
    let attribute = case.item?.attribute;
    let wrong = match attribute {
        Attribute::Open | Attribute::Unstated => true,
        Attribute::OnRequest => outcome(case) == "to_on_request",
        _ => false,
    };
    wrong.then(|| Hit::found(attribute).of("stated_attribute"))
}

pub(super) fn ground(case: &Case<'_>) -> Option<Hit> {
    let (outcome, attribute) = (outcome(case), case.item?.attribute);
    let keeps = matches!(outcome, "maintain" | "deferred");
    let (ground, remainder) = (case.reading.has(FactId::Ground), case.reading.has(FactId::RemainderGround));
    let may = keeps && attribute == Attribute::Withheld;
    let may_remainder = outcome == "to_partial" || (keeps && attribute == Attribute::Partial);
    let must = may && outcome == "maintain";
    let must_remainder = may_remainder && outcome != "deferred";
    let wrong = (ground && !may) || (must && !ground);
    let wrong_remainder = (remainder && !may_remainder) || (must_remainder && !remainder);
    (wrong || wrong_remainder).then(Hit::default)
}

pub(super) fn followed(case: &Case<'_>) -> Option<Hit> {
    let changed_there = case.reading.is(FactId::Trigger, "source_changed");
    (case.item?.other_body && changes(outcome(case)) && !changed_there).then(Hit::default)
}

pub(super) fn public(case: &Case<'_>) -> Option<Hit> {
    (outcome(case) == "to_on_request" && case.item?.is_public()).then(Hit::default)
}

pub(super) fn secret(case: &Case<'_>) -> Option<Hit> {
    let reading = case.reading;
    let released = changes(outcome(case)) && !reading.is(FactId::Trigger, "secrecy_over");
    let ground = reading.text(FactId::Ground).is_some_and(|ground| ground != "state_secret");
    (case.item?.secret && (released || ground)).then(Hit::default)
}
