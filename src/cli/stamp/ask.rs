//! `stamp request`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::about::{About, token};
use crate::cli::{Ctx, Ui, output};
use crate::exchange::stamp;
use crate::fault::Outcome;

/// 写出时间戳申请文件（RFC 3161），交时间戳机构 · Write a request for a time stamp, to be sent to an authority
///
/// 不联网时：把申请文件送时间戳机构，取回的答复用 stamp keep 留存；联网时可用 stamp fetch 一步办完。
/// Offline: send the file to the authority and keep its reply with stamp keep. With a network, stamp fetch does both.
#[derive(Args)]
pub struct Request {
    #[command(flatten)]
    about: About,
    /// 申请文件（.tsq） · The request, .tsq
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Request {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let request = made(ctx, &self.about)?;
        output::write_file(&self.output, &request)?;
        let path = self.output.display();
        ui.say(format!("已写出申请：{path}"), format!("Request written: {path}"))?;
        ui.json(&json!({ "path": self.output, "octets": request.len() }))
    }
}

/// A request for what `about` names, with a fresh nonce.
pub fn made(ctx: &Ctx<'_>, about: &About) -> Outcome<Vec<u8>> {
    let bytes = about.bytes()?;
    about.size(&bytes)?;
    let renewed = match &about.renew {
        Some(_) => about.renewed(&ctx.read()?)?.as_ref().map(token).transpose()?,
        None => None,
    };
    let mut nonce = [0; 8];
    ctx.env.entropy.borrow_mut().fill(&mut nonce)?;
    stamp::request(&about.imprint(&bytes, renewed.as_deref()), nonce)
}
