//! Objects are changed together, by one decision.

use super::Plan;
use crate::archive::store::{Meta, Prepared, Store};
use crate::fault::{FaultKind, Outcome};

/// Prepares every object, lets `decide` write the decision down, and puts the objects in the place of the old ones.
///
/// What was prepared goes away again when it is not decided on. When it is not known whether the decision stands, and when the machine
/// fails after it, opening the archive again tells and completes.
pub fn execute<T>(
    store: &Store,
    plans: &[Plan],
    meta: &Meta,
    decide: &mut dyn FnMut(&[Prepared]) -> Outcome<T>,
) -> Outcome<T> {
    let prepared: Outcome<Vec<Prepared>> =
        plans.iter().map(|plan| store.prepare_rewrite(&plan.key, &plan.gone, meta)).collect();
    let abandon = || {
        // What cannot be removed now is swept when the archive is opened next.
        plans.iter().for_each(|plan| drop(store.abandon(&plan.key)));
    };
    let prepared = prepared.inspect_err(|_| abandon())?;
    let told = decide(&prepared).inspect_err(|fault| {
        if fault.kind != FaultKind::Machine {
            abandon();
        }
    })?;
    prepared.iter().try_for_each(|prepared| store.commit_rewrite(prepared))?;
    Ok(told)
}
