//! Rules on what goes out, is corrected, is taken back, and goes to the archive.

use super::super::code::Attribute;
use super::super::fact::FactId;
use super::decide::scope_for;
use super::{Case, Hit};

fn attribute(case: &Case<'_>) -> Attribute {
    case.item.map_or(Attribute::Unstated, |item| item.attribute)
}

pub(super) fn undecided(case: &Case<'_>) -> Option<Hit> {
    let attribute = attribute(case);
    let decided = case.item.is_some_and(|item| item.decided.is_some()) && attribute.discloses();
    (!decided).then(|| Hit::found(attribute).of("stated_attribute"))
}

pub(super) fn unreviewed(case: &Case<'_>) -> Option<Hit> {
    let attribute = attribute(case);
    let cleared = case.item.is_some_and(|item| item.is_cleared_for(attribute));
    (!cleared).then(|| Hit::new(scope_for(attribute), "none").of("scope"))
}

pub(super) fn secret(case: &Case<'_>) -> Option<Hit> {
    case.item?.secret.then(Hit::default)
}

pub(super) fn late(case: &Case<'_>) -> Option<Hit> {
    case.reading.declares("late").then(Hit::default)
}

pub(super) fn correct_public(case: &Case<'_>) -> Option<Hit> {
    (!case.item.is_some_and(|item| item.is_public())).then(Hit::default)
}

pub(super) fn correct_unreviewed(case: &Case<'_>) -> Option<Hit> {
    if case.reading.is(FactId::Extent, "content") { unreviewed(case) } else { None }
}

pub(super) fn withdraw_public(case: &Case<'_>) -> Option<Hit> {
    correct_public(case)
}

pub(super) fn transfer_again(case: &Case<'_>) -> Option<Hit> {
    case.item?.transferred.then(Hit::default)
}
