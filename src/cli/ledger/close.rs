//! `ledger close`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::ledger_subject;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 终止台账（机构改革等）；此后不能再写 · Close the ledger for ever; nothing can be entered after
#[derive(Args)]
pub struct Close {
    /// 后续台账的标识 · Origin of the ledger that follows
    #[arg(long, value_name = "ORIGIN")]
    successor: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Close {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let wish = done.wish("ledger.closed", &ledger_subject()?)?.maybe("successor", self.successor.clone());
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}
