//! `key request`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::enrolment::Request;
use crate::cli::output::write_file;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::info_of;
use crate::record::Origin;

/// 出具登记申请：本人在自己的机器上证明持有密钥，交管理人员登记 · Ask for enrolment: prove on one's own machine that one holds the key
#[derive(Args)]
pub struct Ask {
    /// 密钥名称；也可用 --as · Name of the key, or --as
    name: Option<String>,
    /// 台账标识；给出 --ledger 时可省 · Origin of the ledger, unless --ledger is given
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// 本人姓名，缺省为密钥名称 · One's own name; the key's if not given
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// 已在册的，写人员编号（例如更换密钥） · One's id, when already on the register
    #[arg(long, value_name = "person/…")]
    holder: Option<String>,
    /// 申请写入的文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Ask {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let name = ctx.name_or(self.name.as_deref())?;
        let bad = |found: &str| Fault::usage("origin.unreadable").with("found", found);
        let origin: Origin = match &self.origin {
            Some(text) => text.parse().map_err(|_| bad(text))?,
            None => info_of(&ctx.ledger_dir()?)?.origin,
        };
        let holder = match &self.holder {
            Some(text) => text.parse().map_err(|_| {
                Fault::usage("person.not_found").with("found", text).with("expected", "person/…")
            })?,
            None => ctx.fresh("person")?,
        };
        let signer = ctx.keystore()?.unlock(&name, &ctx.passphrase())?;
        let person = self.person.unwrap_or_else(|| name.to_string());
        let request = Request::make(signer.as_ref(), origin, holder, person)?;
        write_file(&self.output, &request.to_bytes()?)?;
        ctx.keystore()?.note_enrolment(&name, request.holder.as_str(), request.origin.as_str())?;
        let file = self.output.display();
        ui.say(
            format!("已写入登记申请：{file}\n下一步：交管理人员办理 key enrol {file} --roles …"),
            format!("Request written: {file}\nNext: have an administrator do key enrol {file} --roles …"),
        )?;
        ui.json(&request)
    }
}
