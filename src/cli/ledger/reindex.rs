//! `ledger reindex`.

use clap::Args;
use serde_json::json;

use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 由日志重建索引和各种投影（内容不变） · Rebuild the index and the projections from the log; nothing else changes
#[derive(Args)]
pub struct Reindex {}

impl Reindex {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        // For reading: a ledger whose index has seen more than its log is not opened for writing before this is done.
        let ledger = ctx.read()?;
        ledger.views().rebuild(ledger.log())?;
        ledger.views().flush()?;
        let size = ledger.head().size();
        ui.say(format!("已重建：{size} 个事件。"), format!("Rebuilt: {size} events."))?;
        ui.json(&json!({ "size": size }))
    }
}
