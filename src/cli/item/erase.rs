//! `item erase`.

use clap::Args;

use super::doing::Doing;
use super::erasing::{Erasing, erase};
use super::which::find_item;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 依法删除一个正文（事件和摘要保留，可继续核验） · Erase a part; the event and its digest stay and still verify
///
/// 删除不可恢复。The body cannot be brought back.
#[derive(Args)]
pub struct Erase {
    /// 政府信息 · The item
    #[arg(value_name = "ITEM")]
    item: String,
    #[command(flatten)]
    erasing: Erasing,
    #[command(flatten)]
    doing: Doing,
}

impl Erase {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        erase(ui, ctx, &self.erasing, &self.doing, |ledger| find_item(ledger, &self.item))
    }
}
