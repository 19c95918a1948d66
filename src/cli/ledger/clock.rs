//! `ledger clock`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::ledger_subject;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 更正时钟：此前录入时间走快了，把它拨回 · Correct the clock: entries so far ran ahead of the true time
#[derive(Args)]
pub struct Clock {
    #[command(flatten)]
    doing: Doing,
}

impl Clock {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?.at_any_time();
        let done = self.doing.resolve(ctx, &desk)?;
        let previous = desk.ledger.head().at.ok_or_else(|| Fault::usage("ledger.missing"))?;
        let wish =
            done.wish("ledger.clock_corrected", &ledger_subject()?)?.fact("previous", previous.to_string());
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}
