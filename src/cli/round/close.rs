//! `round close`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 结束年度评估：每件都有结果之后 · Close the round, once everything in it has its outcome
#[derive(Args)]
pub struct Close {
    #[command(flatten)]
    doing: Doing,
}

impl Close {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let round = lookup::open_round(&desk.ledger)?.ok_or_else(|| Fault::usage("round.none_open"))?;
        let wish =
            done.wish("round.closed", &round.id)?.fact("year", round.law.year).fact("count", round.law.count);
        desk.sign_and_show(ui, vec![Planned { wish, place: round.id.to_string() }], self.doing.dry_run)
    }
}
