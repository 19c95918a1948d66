//! `ledger checkpoint`.

use clap::Args;
use serde_json::json;

use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::{Access, Ledger, info_of};
use crate::record::act::Head;

/// 签发检查点：供外人日后核对，证明此前的内容未被改动或截去 · Sign a checkpoint, by which outsiders can later tell changes and cuts
///
/// 只向标准输出写检查点本身；使用台账密钥。
/// Writes nothing but the checkpoint to standard output; signed with the ledger key.
#[derive(Args)]
pub struct Checkpoint {}

impl Checkpoint {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let (note, head) = signed(ctx)?;
        if ui.is_json() {
            return ui
                .json(&json!({ "checkpoint": note, "size": head.size(), "root": head.frontier.root() }));
        }
        ui.raw(note.as_bytes())
    }
}

/// A checkpoint of the ledger as it stands, signed with the ledger key from the user's keys.
pub fn sign_checkpoint(ctx: &Ctx<'_>) -> Outcome<String> {
    signed(ctx).map(|(note, _)| note)
}

fn signed(ctx: &Ctx<'_>) -> Outcome<(String, Head)> {
    let dir = ctx.ledger_dir()?;
    info_of(&dir)?;
    // The key is asked for before the lock is taken, so the ledger is read first.
    let wanted = Ledger::open(&dir, Access::Read)?.ledger_key()?;
    let store = ctx.keystore()?;
    let entry = store.list()?.into_iter().find(|entry| Some(entry.key) == wanted);
    let missing = || {
        let key = wanted.map_or_else(|| "none".into(), |key| key.to_string());
        Fault::usage("ledger.key_not_here").with("expected", key).with("path", store.folder().display())
    };
    let signer = store.unlock(&entry.ok_or_else(missing)?.name, &ctx.passphrase())?;
    let mut ledger = Ledger::open(&dir, Access::Write)?;
    let note = ledger.checkpoint(signer.as_ref())?;
    Ok((note, ledger.head().clone()))
}
