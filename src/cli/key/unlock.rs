//! `key unlock`.

use clap::Args;
use serde_json::json;

use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 解锁密钥一段时间，期间不再询问口令（交由本人的 ssh-agent 保管） · Unlock a key for a while, through the user's ssh-agent
#[derive(Args)]
pub struct Unlock {
    /// 密钥名称；也可用 --as · Name of the key, or --as
    name: Option<String>,
    /// 分钟数，至多 720 · Minutes, 720 at most
    #[arg(long, default_value_t = 30)]
    minutes: u32,
}

impl Unlock {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let (name, minutes) = (ctx.name_or(self.name.as_deref())?, self.minutes);
        let key = ctx.keystore()?.unlock_in_agent(&name, minutes, &ctx.passphrase())?;
        ui.say(
            format!("已解锁“{name}” {minutes} 分钟；提前锁定：key lock {name}"),
            format!("{name} unlocked for {minutes} minutes; lock it sooner with key lock {name}"),
        )?;
        ui.json(&json!({ "name": name, "key": key, "minutes": minutes }))
    }
}
