//! `ledger init`.

use clap::Args;
use serde_json::json;

use super::founding::{Beginning, begin};
use crate::cli::first_key::FirstKey;
use crate::cli::item::doing::codes;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::ledger::Ledger;

/// 建立台账，登记首位管理人员 · Found a ledger and enrol its first administrator
///
/// 本机没有管理人员的密钥时，随即生成；同时生成台账密钥（只签检查点）和恢复密钥（只恢复管理职责，应离线保管）。
/// Makes the administrator's key unless there is one, the ledger key (signs checkpoints only) and the recovery key (to be kept offline).
#[derive(Args)]
pub struct Init {
    /// 台账标识，永不改变，例如 linyi.gov.cn/xxgk · Where the ledger comes from, for ever
    #[arg(long, value_name = "ORIGIN")]
    origin: String,
    /// 机关名称 · Name of the office
    #[arg(long, value_name = "NAME")]
    office: String,
    /// 首位管理人员姓名 · Name of the first administrator
    #[arg(long, value_name = "NAME")]
    admin: String,
    /// 其职责，缺省为全部；须含管理 · Roles, all if not given; must include admin
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 1..)]
    roles: Vec<String>,
}

impl Init {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let roles = self.roles()?;
        let beginning =
            Beginning { origin: &self.origin, office: &self.office, admin: &self.admin, roles, more: &[] };
        let begun = begin(ctx, &beginning)?;
        self.show(ui, &begun.ledger, [&begun.admin, &begun.seal, &begun.recovery])
    }

    fn roles(&self) -> Outcome<Vec<String>> {
        if self.roles.is_empty() {
            // A witness is nobody's other role: its key signs what it has seen of others.
            let all = words().vocab("role").words.into_iter().map(|word| word.code);
            return Ok(all.filter(|code| code != "witness").collect());
        }
        codes("role", &self.roles)
    }

    fn show(&self, ui: &Ui, ledger: &Ledger, keys: [&FirstKey; 3]) -> Outcome<()> {
        let info = ledger.info();
        let [admin, seal, recovery] = keys;
        let (office, origin, genesis, file) =
            (&info.office, &info.origin, info.genesis, recovery.file.display());
        ui.say(
            format!(
                "已建立台账：{office}\n  台账标识  {origin}\n  创世摘要  {genesis}\n  管理密钥  {}（{}）\n  台账密钥  {}\n  恢复密钥  {}\n\n\
                 下一步：\n  1. 把台账标识和创世摘要公布出去（公告栏、网站，或交档案馆），外人凭它核验。\n  2. 把恢复密钥文件移到离线介质，锁好：\n     {file}",
                admin.signer.key(), admin.name, seal.signer.key(), recovery.signer.key(),
            ),
            format!(
                "Ledger founded: {office}\n  origin        {origin}\n  genesis hash  {genesis}\n  administrator {} ({})\n  ledger key    {}\n  recovery key  {}\n\n\
                 Next:\n  1. Make origin and genesis hash known (notice board, website, archive): outsiders verify by them.\n  2. Move the recovery key's file to a medium that stays offline, and lock it away:\n     {file}",
                admin.signer.key(), admin.name, seal.signer.key(), recovery.signer.key(),
            ),
        )?;
        ui.json(&json!({
            "origin": origin, "office": office, "genesis": genesis, "size": ledger.head().size(),
            "admin": { "name": admin.name, "key": admin.signer.key() },
            "ledger_key": { "name": seal.name, "key": seal.signer.key() },
            "recovery_key": { "name": recovery.name, "key": recovery.signer.key(), "file": recovery.file },
        }))
    }
}
