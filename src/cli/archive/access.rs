//! `archive access`.

use clap::Args;

use super::receipt::holding;
use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::{Doing, codes};
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::record::PartName;

/// 登记一次利用：谁、为什么、看了什么 · Record access to a holding: who, why, what
#[derive(Args)]
pub struct Access {
    /// 批次 · Batch
    batch: String,
    /// 目的：查阅、复制出证、核验、编研、移交、其他 · Purpose
    #[arg(long, value_name = "CODE")]
    purpose: String,
    /// 利用者姓名（只供内部） · Who; for the archive only
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// 利用者单位 · Their organisation
    #[arg(long, value_name = "NAME", requires = "name")]
    organisation: Option<String>,
    /// 利用内容，例如档号 · What was used, such as archival numbers
    #[arg(long, value_name = "TEXT")]
    what: Option<String>,
    /// 复制份数 · Copies
    #[arg(long, value_name = "N")]
    copies: Option<u64>,
    #[command(flatten)]
    doing: Doing,
}

impl Access {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let row = holding(&desk.ledger, &self.batch)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let purpose = codes("access_purpose", std::slice::from_ref(&self.purpose))?;
        let wish = done
            .wish("holding.accessed", &row.id)?
            .maybe("purpose", purpose.first().map(String::as_str))
            .maybe("copies", self.copies)
            .maybe_part(PartName::Closed, "what", self.what)
            .maybe_part(PartName::Personal, "name", self.name)
            .maybe_part(PartName::Personal, "organisation", self.organisation);
        desk.sign_and_show(ui, vec![Planned { wish, place: self.batch }], self.doing.dry_run)
    }
}
