//! Stage 4: whether the event may follow the subject's state.

use super::super::code::Step;
use super::{Case, Hit, Notes};

/// `false` when the event can follow in no way, so that its named rules say nothing.
pub(super) fn check(case: &Case<'_>, notes: &mut Notes<'_>) -> bool {
    let Some(flow) = &case.reading.kind.flow else { return true };
    let round = || case.own_round().map(|round| round.state);
    let state = case.item.map(|item| item.state).or_else(round).unwrap_or(Step::None);
    if flow.from & state.bit() != 0 {
        return true;
    }
    let waivable = flow.waivable & state.bit() != 0;
    let hit = Hit::new(steps(flow.from), state).of("state");
    notes.add(if waivable { "order.step" } else { "order.state" }, hit);
    waivable
}

fn steps(bits: u16) -> String {
    let all = Step::ALL.iter().filter(|step| bits & step.bit() != 0);
    all.map(|step| step.as_str()).collect::<Vec<_>>().join(", ")
}
