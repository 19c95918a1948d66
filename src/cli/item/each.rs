//! The way of every verb on items: name the items, say the same or each row's own of them, sign it as one act.

use super::doing::Doing;
use super::filling::Filling;
use super::which::Which;
use crate::cli::desk::{Desk, Planned};
use crate::cli::ui::Refusal;
use crate::cli::{Ctx, Ui};
use crate::exchange::ColumnSpec;
use crate::fault::{Fault, FaultKind, Outcome};
use crate::ledger::Wish;

/// A verb on items: which kind of event it makes, and from which columns.
pub struct Step {
    /// The kind, by which `--waiting` finds the items.
    pub kind: &'static str,
    /// Columns it reads besides the common ones.
    pub columns: &'static [ColumnSpec],
}

/// Signs what `wish` makes of each item, as one act.
pub fn each(
    ui: &Ui,
    ctx: &Ctx<'_>,
    (which, doing): (&Which, &Doing),
    step: &Step,
    wish: impl Fn(&Filling<'_>) -> Outcome<Wish>,
) -> Outcome<()> {
    let mut desk = Desk::open(ctx)?;
    let done = doing.resolve(ctx, &desk)?;
    let targets = which.targets(&desk.ledger, step, ctx.today()?)?;
    let (mut plan, mut faults) = (Vec::with_capacity(targets.len()), Vec::new());
    for target in &targets {
        match Filling::new(&desk, target, &done).and_then(|filling| wish(&filling)) {
            Ok(wish) => plan.push(Planned { wish, place: target.place.clone() }),
            Err(fault) => faults.push((target, fault)),
        }
    }
    if !faults.is_empty() {
        return Err(refuse(
            ui,
            targets.len(),
            faults.into_iter().map(|(t, f)| (t.place.clone(), t.item.id.to_string(), f)),
        ));
    }
    desk.sign_and_show(ui, plan, doing.dry_run)
}

/// Notes why each cannot be done; the only one is the fault itself. What could not even be read is wrong usage, what a rule
/// refuses is a refusal.
pub fn refuse(ui: &Ui, of: usize, faults: impl ExactSizeIterator<Item = (String, String, Fault)>) -> Fault {
    let count = faults.len();
    let (mut only, mut kind) = (None, FaultKind::Usage);
    for (place, subject, fault) in faults {
        if fault.kind != FaultKind::Usage {
            kind = fault.kind;
        }
        if of == 1 {
            only = Some(fault);
        } else {
            ui.refusal(Refusal { place, subject: Some(subject), fault });
        }
    }
    only.unwrap_or_else(|| {
        let mut fault = Fault::refused("act.refused").with("found", count).with("expected", of);
        fault.kind = kind;
        fault
    })
}
