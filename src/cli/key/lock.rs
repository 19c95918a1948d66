//! `key lock`.

use clap::Args;
use serde_json::json;

use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 锁定密钥 · Lock a key again
#[derive(Args)]
pub struct Lock {
    /// 密钥名称；也可用 --as · Name of the key, or --as
    name: Option<String>,
}

impl Lock {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let name = ctx.name_or(self.name.as_deref())?;
        let was = ctx.keystore()?.lock(&name, &ctx.env.keys)?;
        if was {
            ui.say(format!("已锁定“{name}”。"), format!("{name} locked."))?;
        } else {
            ui.say(format!("“{name}”本来就没有解锁。"), format!("{name} was not unlocked."))?;
        }
        ui.json(&json!({ "name": name, "was_unlocked": was }))
    }
}
