//! `key revoke`.

use clap::Args;

use super::enrol::only_key;
use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::record::PartName;

/// 吊销密钥 · Revoke a key
#[derive(Args)]
pub struct Revoke {
    /// 姓名（只有一把有效密钥时），或公钥 · The person with one key in force, or the public key
    #[arg(value_name = "PERSON|KEY")]
    of: String,
    /// 吊销原因：遗失、被盗或疑似泄露、更换、离岗、登记有误 · lost, stolen, replaced, left or error
    #[arg(long, value_name = "CODE")]
    cause: String,
    /// 自第几号事件起，该密钥的签署存疑 · Acts signed with it from this event on are doubtful
    #[arg(long, value_name = "N")]
    doubtful_from: Option<u64>,
    #[command(flatten)]
    doing: Doing,
}

impl Revoke {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let (holder, key) = only_key(&desk, &self.of)?;
        let wish = done
            .bare("key.revoked", &holder)?
            .fact("key", key.clone())
            .fact("reason", words().read("revoke_reason", &self.cause)?)
            .maybe("doubtful_from", self.doubtful_from);
        let note = self.doing.note.clone().or_else(|| self.doing.reason.clone());
        let wish = wish.maybe_part(PartName::Closed, "note", note);
        desk.sign_and_show(ui, vec![Planned { wish, place: key }], self.doing.dry_run)
    }
}
