//! Rules on the secrecy review, and on redacted versions wherever they are named.

use super::super::code::{Action, Attribute, ReviewOutcome, Separation};
use super::super::fact::FactId;
use super::{Case, Hit};

pub(super) fn by_drafter(case: &Case<'_>) -> Option<Hit> {
    let office = &case.state.office;
    let person = case.reading.person();
    let place = office.people.place(person)?;
    let same = case.item?.drafter == Some(place);
    (same && office.policy.separation == Separation::Strict).then(|| Hit::found(person))
}

pub(super) fn secret(case: &Case<'_>) -> Option<Hit> {
    (case.item?.secret && case.reading.is(FactId::Outcome, "open")).then(Hit::default)
}

pub(super) fn refer_outcome(case: &Case<'_>) -> Option<Hit> {
    let review = case.item.and_then(|item| item.review.as_ref());
    let referred = review.is_some_and(|review| review.outcome == ReviewOutcome::Refer);
    (!referred).then(Hit::default)
}

/// Whether a digest of the redacted version must be there; `None` when either will do.
fn redaction_expected(case: &Case<'_>) -> Option<bool> {
    let reading = case.reading;
    let decided = || match case.item.map_or(Attribute::Unstated, |item| item.attribute) {
        Attribute::Partial => Some(true),
        Attribute::Open => Some(false),
        _ => None,
    };
    match reading.kind.action {
        Action::ItemReviewed => Some(reading.is(FactId::Scope, "redacted")),
        Action::ItemDecided => Some(reading.attribute() == Attribute::Partial),
        Action::ItemPublished => decided(),
        Action::ItemCorrected if reading.is(FactId::Extent, "content") => decided(),
        Action::ItemCorrected => Some(false),
        Action::ItemReassessed if reading.is(FactId::Outcome, "to_partial") => None,
        Action::ItemReassessed => Some(false),
        _ => None,
    }
}

pub(super) fn redaction_fits(case: &Case<'_>) -> Option<Hit> {
    let expected = redaction_expected(case)?;
    let found = case.reading.has(FactId::Redacted);
    let word = |there| if there { "given" } else { "absent" };
    (expected != found).then(|| Hit::new(word(expected), word(found)).of("presence"))
}

pub(super) fn redaction_same(case: &Case<'_>) -> Option<Hit> {
    let named = case.reading.file(FactId::Redacted)?;
    let reviewed = case.item?.review.as_ref()?.redacted.as_deref()?;
    (named != *reviewed).then(|| Hit::new(reviewed, named))
}
