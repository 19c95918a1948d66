//! `ledger repair`.

use std::fs::File;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::bundle::repair::repair_from;
use crate::cli::{Ctx, Ui, input};
use crate::fault::{Fault, Outcome};
use crate::rules::Books;

/// 用归档包修复损坏的台账；先核验归档包，损坏的字节另存 · Restore a damaged ledger from a bundle
///
/// 归档包须是本台账的完整版；已依法删除的正文不会恢复。
/// The bundle must be a full edition of this very ledger; what was erased stays gone. Damaged bytes are kept in side files.
#[derive(Args)]
pub struct Repair {
    /// 归档包（.tar.zst） · The bundle
    #[arg(long, value_name = "BUNDLE")]
    from: PathBuf,
}

impl Repair {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        input::must_exist(&self.from)?;
        let open = || File::open(&self.from).map_err(|error| Fault::io(self.from.display(), &error));
        let repaired = repair_from(&ctx.ledger_dir()?, &Books::built_in()?, open)?;
        if repaired.gaps.is_empty() {
            ui.say("没有需要修复的。", "There was nothing to repair.")?;
        }
        for (first, end) in &repaired.gaps {
            let last = end.saturating_sub(1);
            if first == end {
                ui.say(
                    format!("已修复第 {first} 号事件处的本机字节。"),
                    format!("Local bytes at event {first} restored."),
                )?;
            } else {
                ui.say(
                    format!("已恢复第 {first} 至 {last} 号事件。"),
                    format!("Events {first} to {last} restored."),
                )?;
            }
        }
        for side in &repaired.sides {
            ui.say(format!("损坏的字节另存于 {side}"), format!("Damaged bytes kept in {side}"))?;
        }
        ui.say("下一步：ledger verify", "Next: ledger verify")?;
        ui.json(&json!({ "gaps": repaired.gaps, "sides": repaired.sides }))
    }
}
