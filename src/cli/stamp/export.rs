//! `stamp export`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::about::token;
use crate::cli::{Ctx, Ui, dossier, output};
use crate::fault::Outcome;

/// 取出时间戳令牌，可用 openssl ts -verify -token_in 核验 · Write a stamp's token, for openssl ts -verify -token_in
#[derive(Args)]
pub struct Export {
    /// 哪一个 · Which
    stamp: String,
    /// 写入的文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Export {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let row = dossier::find(&ctx.read()?, "stamp", &self.stamp)?;
        let token = token(&row)?;
        output::write_file(&self.output, &token)?;
        let path = self.output.display();
        ui.say(format!("已写出：{path}"), format!("Written: {path}"))?;
        ui.json(&json!({ "stamp": row.id, "path": self.output, "octets": token.len() }))
    }
}
