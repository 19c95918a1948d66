//! Stage 4: whether the event may follow the subject's state.

use super::super::book::has_state;
use super::super::code::Step;
use super::{Case, Hit, Notes};

/// `false` when the event can follow in no way, so that its named rules say nothing.
pub(super) fn check(case: &Case<'_>, notes: &mut Notes<'_>) -> bool {
    let Some(flow) = &case.reading.kind.flow else { return true };
    let round = || case.own_round().map(|round| round.state);
    let step = || case.item.map(|item| item.state).or_else(round).unwrap_or(Step::None).as_str();
    let state = case.dossier.map_or_else(step, |dossier| &dossier.state);
    if has_state(&flow.from, state) {
        return true;
    }
    let waivable = has_state(&flow.waivable, state);
    let hit = Hit::new(flow.from.join(", "), state).of_states(case.reading.event.subject.class());
    notes.add(if waivable { "order.step" } else { "order.state" }, hit);
    waivable
}
