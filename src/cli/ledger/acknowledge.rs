//! `ledger acknowledge`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::ledger_subject;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 确认核验发现的不合法事项（须两人先后确认） · Acknowledge an unlawful event that verification found; two persons must
#[derive(Args)]
pub struct Acknowledge {
    /// 事件序号 · Number of the event
    #[arg(value_name = "SEQ")]
    of: u64,
    /// 问题代码，例如 review.self · Code of the finding
    #[arg(value_name = "CODE")]
    code: String,
    #[command(flatten)]
    doing: Doing,
}

impl Acknowledge {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let wish = done
            .wish("finding.acknowledged", &ledger_subject()?)?
            .fact("of", self.of)
            .fact("code", self.code);
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}
