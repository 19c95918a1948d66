//! `proof make`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::bundle::proof::make;
use crate::bundle::proof_source::LogSource;
use crate::cli::item::find_item;
use crate::cli::ledger::sign_checkpoint;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 出具一条信息的证明文件 · Make the proof of one entry
///
/// 文件含该信息的全部事件、正在公开的正文、到检查点的路径和有关密钥的事件；不含内部正文。
/// It holds the item's events, the open part in force, paths to a checkpoint, and the events about keys; no closed part.
#[derive(Args)]
pub struct Make {
    /// 编号（可用前几位）、索引号或文号 · Id (or a unique prefix), index number or document number
    item: String,
    /// 输出文件 · Output file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Make {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let checkpoint = sign_checkpoint(ctx)?;
        let mut ledger = ctx.read()?;
        let subject = find_item(&ledger, &self.item)?;
        let open = ledger.open_in_force(&subject)?;
        let bytes = make(&LogSource::new(&ledger), &ledger.trust(Vec::new()), &subject, &checkpoint, open)?;
        std::fs::write(&self.output, &bytes).map_err(|error| Fault::io(self.output.display(), &error))?;
        let size = ledger.head().size();
        ui.say(
            format!("已出具 {subject} 的证明：{}（截至第 {size} 个事件）", self.output.display()),
            format!("Proof of {subject}: {} (as of {size} events)", self.output.display()),
        )?;
        ui.json(&json!({ "subject": subject, "path": self.output, "size": size, "bytes": bytes.len() }))
    }
}
