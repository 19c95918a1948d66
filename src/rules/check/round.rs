//! Rules on rounds.

use super::super::fact::FactId;
use super::{Case, Hit};

pub(super) fn one_open(case: &Case<'_>) -> Option<Hit> {
    case.state.office.open_round.as_deref().map(Hit::found)
}

pub(super) fn count(case: &Case<'_>) -> Option<Hit> {
    let (named, counted) = (case.reading.number(FactId::Count)?, case.state.office.withheld);
    (named != counted).then(|| Hit::new(counted, named))
}

/// (year of the facts, year in which it happened)
fn years(case: &Case<'_>) -> Option<(u64, u64)> {
    let on = u64::try_from(case.reading.on.0.year()).ok()?;
    Some((case.reading.number(FactId::Year)?, on))
}

pub(super) fn year(case: &Case<'_>) -> Option<Hit> {
    let (year, on) = years(case)?;
    (year > on).then(|| Hit::new(on, year))
}

pub(super) fn late(case: &Case<'_>) -> Option<Hit> {
    let (year, on) = years(case)?;
    (year < on).then(|| Hit::new(on, year))
}

pub(super) fn figures(case: &Case<'_>) -> Option<Hit> {
    let round = case.round?;
    let (year, count) = (case.reading.number(FactId::Year)?, case.reading.number(FactId::Count)?);
    let wrong = year != round.year || count != round.count;
    wrong.then(|| Hit::new(format!("{}/{}", round.year, round.count), format!("{year}/{count}")))
}

pub(super) fn unfinished(case: &Case<'_>) -> Option<Hit> {
    let round = case.round?;
    (round.done != round.count).then(|| Hit::new(round.count, round.done))
}
