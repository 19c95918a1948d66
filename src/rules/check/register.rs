//! Rules on registration, inheritance and proposal.

use super::super::code::{Attribute, SecretStub, Step};
use super::super::fact::FactId;
use super::{Case, Hit};
use crate::record::PartName;

pub(super) fn responsible(case: &Case<'_>) -> Option<Hit> {
    let reading = case.reading;
    let named = reading.text(FactId::ResponsibleGround)?;
    let ground = reading.book.code("responsible_ground", named)?;
    let differs =
        |implied: &Option<String>, fact| implied.is_some() && implied.as_deref() != reading.text(fact);
    let wrong = differs(&ground.responsible, FactId::Responsible) || differs(&ground.origin, FactId::Origin);
    wrong.then(|| Hit::found(named).of("responsible_ground"))
}

pub(super) fn source_attribute(case: &Case<'_>) -> Option<Hit> {
    let reading = case.reading;
    let other = reading.is(FactId::Responsible, "other");
    (other != reading.has(FactId::SourceAttribute)).then(Hit::default)
}

pub(super) fn date_future(case: &Case<'_>) -> Option<Hit> {
    let dates = [FactId::Formed, FactId::Published].into_iter().filter_map(|fact| case.reading.day(fact));
    dates.filter(|day| *day > case.reading.on).max().map(|day| Hit::new(case.reading.on, day))
}

pub(super) fn title(case: &Case<'_>) -> Option<Hit> {
    let reading = case.reading;
    (!reading.has(FactId::SecretBasis) && !reading.commits(PartName::Closed)).then(Hit::default)
}

pub(super) fn secret_content(case: &Case<'_>) -> Option<Hit> {
    (case.reading.has(FactId::SecretBasis) && !case.reading.event.parts.is_empty()).then(Hit::default)
}

pub(super) fn secret_stub(case: &Case<'_>) -> Option<Hit> {
    let reading = case.reading;
    let (basis, review_by) = (reading.has(FactId::SecretBasis), reading.has(FactId::ReviewBy));
    let term = reading.has(FactId::SecretLevel) || reading.has(FactId::SecretYears);
    let brief = case.state.office.policy.secret_stub == SecretStub::Basis;
    let wrong = if basis { !review_by || (brief && term) } else { review_by || term };
    wrong.then(Hit::default)
}

pub(super) fn secret_term(case: &Case<'_>) -> Option<Hit> {
    let years = case.reading.number(FactId::SecretYears)?;
    let level = case.reading.text(FactId::SecretLevel);
    let limit = level.and_then(|level| case.reading.book.code("secret_level", level)?.years);
    limit.is_none_or(|limit| limit < years).then(|| Hit::found(years))
}

pub(super) fn inherit_open_part(case: &Case<'_>) -> Option<Hit> {
    let open = case.reading.commits(PartName::Open);
    let attribute = case.reading.attribute();
    let wrong = match attribute {
        Attribute::Open => !open,
        Attribute::Partial => false,
        _ => open,
    };
    wrong.then(|| Hit::found(attribute).of("stated_attribute"))
}

pub(super) fn inherit_ground(case: &Case<'_>) -> Option<Hit> {
    let attribute = case.reading.attribute();
    (case.reading.has(FactId::Ground) && !attribute.withholds())
        .then(|| Hit::found(attribute).of("stated_attribute"))
}

pub(super) fn propose_settled(case: &Case<'_>) -> Option<Hit> {
    let item = case.item?;
    (item.state == Step::Inherited && item.attribute != Attribute::Unstated)
        .then(|| Hit::found(item.attribute).of("stated_attribute"))
}
