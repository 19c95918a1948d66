//! Rules on the decision of the attribute.

use super::super::code::{Action, Attribute};
use super::super::fact::FactId;
use super::{Case, Hit};

pub(super) fn ground_fits(case: &Case<'_>) -> Option<Hit> {
    let (reading, attribute) = (case.reading, case.reading.attribute());
    let (ground, remainder) = (reading.has(FactId::Ground), reading.has(FactId::RemainderGround));
    let fits = if reading.kind.action == Action::ItemDecided {
        ground == (attribute == Attribute::Withheld) && remainder == (attribute == Attribute::Partial)
    } else {
        ground == attribute.withholds()
    };
    (!fits).then(|| Hit::found(attribute).of("attribute"))
}

pub(super) fn secret_attribute(case: &Case<'_>) -> Option<Hit> {
    let reading = case.reading;
    let withheld = reading.attribute() == Attribute::Withheld && reading.is(FactId::Ground, "state_secret");
    (case.item?.secret && !withheld).then(Hit::default)
}

/// What the scope of a review must be for an attribute, in a sentence.
pub(super) fn scope_for(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Open => "whole",
        Attribute::Partial => "redacted",
        _ => "whole, redacted",
    }
}

pub(super) fn unreviewed(case: &Case<'_>) -> Option<Hit> {
    let attribute = case.reading.attribute();
    let cleared = case.item.is_some_and(|item| item.is_cleared_for(attribute));
    (attribute.discloses() && !cleared).then(|| Hit::new(scope_for(attribute), "none").of("scope"))
}

pub(super) fn followed(case: &Case<'_>) -> Option<Hit> {
    let item = case.item?;
    let follows = case.reading.is(FactId::Basis, "followed");
    let source = item.source_attribute.unwrap_or(Attribute::Unstated);
    let differs = source != Attribute::Unstated && source != case.reading.attribute();
    let wrong = item.other_body != follows || (item.other_body && differs);
    wrong.then(|| Hit::found(case.reading.attribute()).expecting(source).of("stated_attribute"))
}

pub(super) fn mark_fits(case: &Case<'_>) -> Option<Hit> {
    let mark = case.reading.text(FactId::Mark)?;
    let stands_for = case.reading.book.code("mark", mark)?.attribute.as_deref();
    let attribute = case.reading.attribute();
    (stands_for != Some(attribute.as_str())).then(|| Hit::new(attribute, mark).of("mark"))
}

pub(super) fn public(case: &Case<'_>) -> Option<Hit> {
    let item = case.item?;
    let attribute = case.reading.attribute();
    let both_partial = attribute == Attribute::Partial && item.attribute == Attribute::Partial;
    (item.is_public() && attribute != Attribute::Open && !both_partial)
        .then(|| Hit::found(attribute).of("attribute"))
}
