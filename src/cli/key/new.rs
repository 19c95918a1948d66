//! `key new`.

use clap::Args;

use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 生成本人的密钥 · Make a key of one's own
///
/// 私钥加密存放在本人的配置文件夹中，登记之前没有任何效力。
/// The private key is kept encrypted in the user's own folder; it has no effect before it is enrolled.
#[derive(Args)]
pub struct New {
    /// 密钥的本机名称，通常为本人姓名；也可用 --as · Local name of the key, or --as
    name: Option<String>,
}

impl New {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let name = ctx.name_or(self.name.as_deref())?;
        let entry = ctx.keystore()?.create(&name, &ctx.passphrase())?;
        ui.say(
            format!("已生成密钥“{name}”：{}\n下一步：请管理员登记（key enrol）。", entry.key),
            format!("Key {name} made: {}\nNext: have an administrator enrol it (key enrol).", entry.key),
        )?;
        ui.json(&entry)
    }
}
