//! `archive init`.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::place::{Config, Place};
use crate::archive::intake::{Approval, Intake};
use crate::archive::store::User;
use crate::cli::item::doing::codes;
use crate::cli::ledger::founding::{Beginning, begin};
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 建立档案馆：自己的台账、见证密钥、馆藏库 · Found an archive: its own ledger, its witness key, its store
#[derive(Args)]
pub struct Init {
    /// 档案馆台账的标识，永不改变，例如 archive.linyi.gov.cn · Where the archive's ledger comes from, for ever
    #[arg(long, value_name = "ORIGIN")]
    origin: String,
    /// 档案馆名称 · Name of the archive
    #[arg(long, value_name = "NAME")]
    name: String,
    /// 首位管理人员姓名 · Name of the first administrator
    #[arg(long, value_name = "NAME")]
    admin: String,
    /// 其职责，缺省为管理、档案、审签 · Roles; admin, archivist and approver if not given
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 1..)]
    roles: Vec<String>,
    /// 合格的包是否须人批准：always 一律、warnings 有提示的、never 不须 · When a person approves a sound package
    #[arg(long, value_name = "WHEN", default_value = "always")]
    approval: When,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Always,
    Warnings,
    Never,
}

impl From<When> for Approval {
    fn from(when: When) -> Self {
        match when {
            When::Always => Self::Always,
            When::Warnings => Self::Warnings,
            When::Never => Self::Never,
        }
    }
}

impl Init {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        if place.is_taken() {
            return Err(Fault::usage("archive.exists").with("path", place.dir.display()));
        }
        let roles = match self.roles.as_slice() {
            [] => ["admin", "approver", "archivist"].map(str::to_owned).to_vec(),
            roles => codes("role", roles)?,
        };
        std::fs::create_dir_all(&place.dir).map_err(|error| Fault::io(place.dir.display(), &error))?;
        let begun = begin(
            ctx,
            &Beginning {
                origin: &self.origin,
                office: &self.name,
                admin: &self.admin,
                roles,
                more: &[("witness", "见证密钥")],
            },
        )?;
        let config = Config { format: 1, name: self.name.clone(), approval: self.approval.into() };
        let judge = place.judge(ctx)?;
        let user = User { name: self.name.clone(), address: None };
        Intake::new(place.disk(), &judge, config.approval, user).init()?;
        place.write(&config)?;
        let info = begun.ledger.info();
        let witness = begun.more.first().map(|key| key.signer.key());
        let witness = witness.ok_or_else(|| Fault::usage("ledger.no_founder"))?;
        let (name, origin, genesis) = (&self.name, &info.origin, info.genesis);
        let recovery = begun.recovery.file.display();
        ui.say(
            format!(
                "已建立档案馆：{name}\n  台账标识  {origin}\n  创世摘要  {genesis}\n  见证方    {origin}/witness\n  见证公钥  {witness}\n\n\
                 下一步：\n  1. 把见证方名称和见证公钥交各移交单位，由其采信：zhaoce witness adopt --name {origin}/witness --key {witness}\n  \
                 2. 登记移交单位：zhaoce archive office enrol --name … --origin … --genesis …（标识和创世摘要须另行核对）\n  \
                 3. 把恢复密钥文件移到离线介质：\n     {recovery}"
            ),
            format!(
                "Archive founded: {name}\n  origin        {origin}\n  genesis hash  {genesis}\n  witness       {origin}/witness\n  witness key   {witness}\n\n\
                 Next:\n  1. Give name and key of the witness to each office, to be adopted: zhaoce witness adopt --name {origin}/witness --key {witness}\n  \
                 2. Enrol offices: zhaoce archive office enrol --name … --origin … --genesis … (compare both by another way)\n  \
                 3. Move the recovery key's file to a medium that stays offline:\n     {recovery}"
            ),
        )?;
        ui.json(&json!({
            "name": name, "origin": origin, "genesis": genesis, "path": place.dir,
            "witness": { "name": format!("{origin}/witness"), "key": witness },
            "recovery_key": begun.recovery.file,
        }))
    }
}
