//! `erase`: a part of a dossier's event, such as the data of an applicant.

use clap::Args;

use super::find;
use crate::cli::item::doing::Doing;
use crate::cli::item::erasing::{Erasing, erase};
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// Erase a part.
#[derive(Args)]
pub struct Erase {
    /// 编号（可只写开头几位）、名称或文号 · Id, beginning of an id, name or number
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    erasing: Erasing,
    #[command(flatten)]
    doing: Doing,
}

impl Erase {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, class: &str) -> Outcome<()> {
        erase(ui, ctx, &self.erasing, &self.doing, |ledger| Ok(find(ledger, class, &self.id)?.id))
    }
}
