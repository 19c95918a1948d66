//! What events on rounds do.

use super::super::code::{Action, Step};
use super::super::fact::{FactId, Reading};
use super::super::state::{Round, State};
use super::after;

pub(super) fn fold(state: &mut State, reading: &Reading<'_>) {
    let (seq, subject) = (reading.event.seq, reading.subject());
    let new = || Round {
        state: Step::None,
        first: seq,
        last: seq,
        last_on: reading.on,
        year: 0,
        count: 0,
        opened: seq,
        done: 0,
    };
    let round = state.rounds.entry(subject.into()).or_insert_with(new);
    round.last = seq;
    round.last_on = reading.on;
    match reading.kind.action {
        Action::RoundOpened => {
            round.year = reading.number(FactId::Year).unwrap_or_default();
            round.count = reading.number(FactId::Count).unwrap_or_default();
            round.opened = seq;
            round.done = 0;
            state.office.open_round = Some(subject.into());
        }
        Action::RoundClosed if state.office.open_round.as_deref() == Some(subject) => {
            state.office.open_round = None;
        }
        _ => {}
    }
    round.state = after(reading.kind.flow.as_ref(), round.state, reading);
}
