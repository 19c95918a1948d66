//! What events on items do.

use super::super::code::{Action, Attribute, ReviewOutcome, Scope};
use super::super::fact::{FactId, Reading};
use super::super::plain;
use super::super::state::{Item, Office, Review, Round, State};
use super::after;
use crate::record::PartName;
use std::collections::BTreeMap;

/// What an item's event touches besides the item.
struct Around<'a> {
    office: &'a mut Office,
    rounds: &'a mut BTreeMap<Box<str>, Round>,
}

pub(super) fn fold(state: &mut State, reading: &Reading<'_>) {
    let written = plain::effect(state, reading);
    let State { office, items, rounds, .. } = state;
    let (seq, subject) = (reading.event.seq, reading.subject());
    let mut around = Around { office, rounds };
    let item = match items.get_mut(subject) {
        Some(item) => item,
        None => items.entry(subject.into()).or_insert(Item::new(seq, reading.on)),
    };
    advance(item, &mut around, reading);
    written.on(&mut item.values);
}

fn advance(item: &mut Item, around: &mut Around<'_>, reading: &Reading<'_>) {
    item.last = reading.event.seq;
    item.last_on = reading.on;
    effect(item, around, reading);
    item.state = after(reading.kind.flow.as_ref(), item.state, reading);
}

fn effect(item: &mut Item, around: &mut Around<'_>, reading: &Reading<'_>) {
    let seq = reading.event.seq;
    match reading.kind.action {
        Action::ItemRegistered => register(item, around, reading),
        Action::ItemInherited => inherit(item, around, reading),
        Action::ItemProposed => {
            item.drafter = around.office.people.place(reading.person());
            item.review = None;
            item.decided = None;
        }
        Action::ItemReviewed => item.review = review(reading),
        Action::ItemDetermined => determine(item, reading),
        Action::ItemDecided => {
            let ground = reading.text(FactId::Ground).or(reading.text(FactId::RemainderGround));
            item.ground = ground.map(Into::into);
            item.decided = Some(seq);
            settle(item, around, reading.attribute(), seq);
        }
        Action::ItemPublished => {
            item.open = Some(seq);
            item.content = Some(seq);
        }
        Action::ItemCorrected => correct(item, reading),
        Action::ItemWithdrawn => {
            item.open = None;
            item.review = None;
            item.decided = None;
        }
        Action::ItemReassessed => reassess(item, around, reading),
        Action::ItemLapsed => release(item, around),
        Action::ItemTransferred => item.transferred = true,
        _ => {}
    }
}

fn stated(reading: &Reading<'_>, fact: FactId) -> Option<Attribute> {
    reading.text(fact).and_then(Attribute::parse)
}

fn register(item: &mut Item, around: &Around<'_>, reading: &Reading<'_>) {
    item.other_body = reading.is(FactId::Responsible, "other");
    item.source_attribute = stated(reading, FactId::SourceAttribute);
    item.secret = reading.has(FactId::SecretBasis);
    item.drafter = around.office.people.place(reading.person());
}

fn inherit(item: &mut Item, around: &mut Around<'_>, reading: &Reading<'_>) {
    let (attribute, seq) = (reading.attribute(), reading.event.seq);
    item.other_body = reading.is(FactId::Responsible, "other");
    item.source_attribute = item.other_body.then_some(attribute);
    item.ground = reading.text(FactId::Ground).map(Into::into);
    if reading.commits(PartName::Open) && attribute.discloses() {
        item.open = Some(seq);
        item.content = Some(seq);
    }
    settle(item, around, attribute, seq);
}

fn review(reading: &Reading<'_>) -> Option<Review> {
    Some(Review {
        seq: reading.event.seq,
        outcome: reading.text(FactId::Outcome).and_then(ReviewOutcome::parse)?,
        scope: reading.text(FactId::Scope).and_then(Scope::parse)?,
        redacted: reading.file(FactId::Redacted).map(Box::new),
    })
}

fn determine(item: &mut Item, reading: &Reading<'_>) {
    let outcome = reading.text(FactId::Outcome).and_then(ReviewOutcome::parse);
    let (seq, outcome) = (reading.event.seq, outcome.unwrap_or(ReviewOutcome::Exempt));
    match &mut item.review {
        Some(review) => {
            review.seq = seq;
            review.outcome = outcome;
        }
        None => item.review = Some(Review { seq, outcome, scope: Scope::Whole, redacted: None }),
    }
}

fn correct(item: &mut Item, reading: &Reading<'_>) {
    let seq = reading.event.seq;
    // A correction of what is not public is unlawful; it puts nothing out.
    if item.is_public() {
        item.open = Some(seq);
    }
    if reading.is(FactId::Extent, "content") {
        item.content = Some(seq);
    }
}

fn reassess(item: &mut Item, around: &mut Around<'_>, reading: &Reading<'_>) {
    let seq = reading.event.seq;
    let round = reading.text(FactId::Round).and_then(|round| around.rounds.get_mut(round));
    if let Some(round) = round {
        count_outcome(item, round);
    }
    let changed = match reading.text(FactId::Outcome).unwrap_or_default() {
        "to_on_request" => Attribute::OnRequest,
        "to_open" => Attribute::Open,
        "to_partial" => Attribute::Partial,
        "lapsed" => return release(item, around),
        _ => {
            let ground = reading.text(FactId::Ground).or(reading.text(FactId::RemainderGround));
            if let Some(ground) = ground {
                item.ground = Some(ground.into());
            }
            return;
        }
    };
    item.ground = reading.text(FactId::RemainderGround).map(Into::into);
    if item.other_body {
        item.source_attribute = Some(changed);
    }
    if reading.is(FactId::Trigger, "secrecy_over") {
        item.secret = false;
    }
    item.decided = Some(seq);
    if changed.discloses() {
        item.review = None;
    }
    settle(item, around, changed, seq);
}

/// Gives the item its attribute, and keeps the set of withheld items.
fn settle(item: &mut Item, around: &mut Around<'_>, attribute: Attribute, seq: u64) {
    item.attribute = attribute;
    if !attribute.withholds() {
        release(item, around);
    } else if item.withheld_since.is_none() {
        item.withheld_since = Some(seq);
        around.office.withheld += 1;
    }
}

/// Takes the item out of the set of withheld items; for an open round that is its outcome.
fn release(item: &mut Item, around: &mut Around<'_>) {
    if item.withheld_since.is_none() {
        return;
    }
    let open = around.office.open_round.as_deref().and_then(|round| around.rounds.get_mut(round));
    if let Some(round) = open {
        count_outcome(item, round);
    }
    item.withheld_since = None;
    around.office.withheld = around.office.withheld.saturating_sub(1);
}

fn count_outcome(item: &mut Item, round: &mut Round) {
    if item.waits_in(round) {
        item.round_done = Some(round.opened);
        round.done += 1;
    }
}
