//! What events on dossiers do: all of it stands in the data of the rule book.

use super::super::data::OpenRule;
use super::super::fact::Reading;
use super::super::plain;
use super::super::state::{Dossier, State};
use super::next;
use crate::record::PartName;

pub(super) fn fold(state: &mut State, reading: &Reading<'_>) {
    let (seq, subject) = (reading.event.seq, reading.subject());
    let effect = plain::effect(state, reading);
    let new = || Dossier {
        state: "none".into(),
        first: seq,
        last: seq,
        last_on: reading.on,
        open: None,
        values: Default::default(),
        spans: Default::default(),
    };
    let dossier = state.dossiers.entry(subject.into()).or_insert_with(new);
    dossier.last = seq;
    dossier.last_on = reading.on;
    effect.on(&mut dossier.values);
    effect.spans(&mut dossier.spans, reading);
    if let Some(state) = next(reading.kind.flow.as_ref(), &dossier.state, reading) {
        dossier.state = state.into();
    }
    dossier.open = open(dossier, reading);
}

/// The event whose open part is in force: the newest that has one, while the state is a public one.
fn open(dossier: &Dossier, reading: &Reading<'_>) -> Option<u64> {
    let class = reading.book.class(reading.event.subject.class())?;
    if !class.public.iter().any(|state| **state == *dossier.state) {
        return None;
    }
    let gives = reading.kind.open == OpenRule::InForce && reading.commits(PartName::Open);
    if gives { Some(reading.event.seq) } else { dossier.open }
}
