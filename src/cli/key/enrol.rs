//! `key enrol`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::enrolment::Request;
use crate::cli::item::doing::{Doing, codes};
use crate::cli::keystore::{KeyName, PassphraseFrom};
use crate::cli::lookup;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::info_of;
use crate::record::{PartName, Subject};
use crate::rules::{Role, Roles};

/// 登记密钥：把一把密钥记到一个人名下，并授予职责 · Enrol a key for a person, with roles
///
/// 密钥在本机的，写其名称；在别处的，写对方交来的登记申请文件（key request）。
/// Name a key of this machine, or give the request file its holder made elsewhere (key request).
#[derive(Args)]
pub struct Enrol {
    /// 密钥名称，或登记申请文件 · Name of a key, or a request file
    #[arg(value_name = "KEY|FILE")]
    source: String,
    /// 职责：承办、保密审查、审签、发布、档案、管理、见证，可写多个 · clerk, reviewer, approver, publisher, archivist, admin, witness
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 1..)]
    roles: Vec<String>,
    /// 姓名，缺省为密钥名称 · The person's name; the key's if not given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// 职务 · The person's title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// 该密钥口令所在文件，与管理人员的不同时 · Passphrase of that key, if not the administrator's
    #[arg(long, value_name = "FILE")]
    key_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    doing: Doing,
}

impl Enrol {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let request = self.request(ctx)?;
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let people = lookup::people(&desk.ledger)?;
        let known = people.iter().find(|view| *view.person.id == *request.holder.as_str());
        let roles = codes("role", &self.roles)?;
        let mut wishes = Vec::new();
        match known {
            Some(view) if roles.is_empty() || same(view.person.roles, &roles) => {}
            Some(_) => wishes.push(done.wish("person.changed", &request.holder)?.fact("roles", roles)),
            None => wishes.push(
                done.bare("person.added", &request.holder)?
                    .fact("roles", roles)
                    .part(PartName::Personal, "name", request.name.clone())
                    .maybe_part(PartName::Personal, "title", self.title.clone()),
            ),
        }
        let enrolment = done.bare("key.enrolled", &request.holder)?;
        wishes.push(
            enrolment.fact("key", request.key.to_string()).fact("possession", request.possession.clone()),
        );
        let place = request.name.clone();
        let plan = wishes.into_iter().map(|wish| Planned { wish, place: place.clone() }).collect();
        desk.sign_and_show(ui, plan, self.doing.dry_run)?;
        self.note(ctx, &request)
    }

    fn request(&self, ctx: &Ctx<'_>) -> Outcome<Request> {
        let dir = ctx.ledger_dir()?;
        let origin = info_of(&dir)?.origin;
        let path = Path::new(&self.source);
        if path.is_file() {
            let mut request = Request::read(path, &origin)?;
            request.name = self.name.clone().unwrap_or(request.name);
            return Ok(request);
        }
        let key = KeyName::parse(&self.source)?;
        let name = self.name.clone().unwrap_or_else(|| key.to_string());
        let holder = self.holder(ctx, &name)?;
        let file = self.key_passphrase_file.as_deref().or(ctx.globals.passphrase_file.as_deref());
        let from = PassphraseFrom { env: &ctx.env.keys, file };
        let signer = ctx.keystore()?.unlock(&key, &from)?;
        Request::make(signer.as_ref(), origin, holder, name)
    }

    /// The person on the register who has that name, else a new one.
    fn holder(&self, ctx: &Ctx<'_>, name: &str) -> Outcome<Subject> {
        match lookup::person(&ctx.read()?, name) {
            Err(fault) if fault.code == "person.not_found" => ctx.fresh("person"),
            known => known,
        }
    }

    fn note(&self, ctx: &Ctx<'_>, request: &Request) -> Outcome<()> {
        let Ok(name) = KeyName::parse(&self.source) else { return Ok(()) };
        let store = ctx.keystore()?;
        let own = store.entry(&name)?.is_some_and(|entry| entry.key == request.key);
        if own && !self.doing.dry_run {
            store.note_enrolment(&name, request.holder.as_str(), request.origin.as_str())?;
        }
        Ok(())
    }
}

fn same(held: Roles, wanted: &[String]) -> bool {
    let mut held: Vec<&str> = held.iter().map(Role::as_str).collect();
    held.sort_unstable();
    held == wanted
}

/// The person that a name or id means, and the only key in force of that person.
pub fn only_key(desk: &Desk<'_>, text: &str) -> Outcome<(Subject, String)> {
    let keys = lookup::keys(&desk.ledger)?;
    let wanted = text.trim_start_matches("ed25519:");
    let by_key = keys.iter().find(|key| wanted.len() >= 8 && key.key.to_string().contains(wanted));
    if let Some(key) = by_key {
        let holder = lookup::subject(&key.holder)?;
        return Ok((holder, key.key.to_string()));
    }
    let person = lookup::person(&desk.ledger, text)?;
    let live: Vec<String> = keys
        .iter()
        .filter(|key| *key.holder == *person.as_str() && key.revoked.is_none())
        .map(|key| key.key.to_string())
        .collect();
    match live.as_slice() {
        [only] => Ok((person, only.clone())),
        _ => Err(Fault::usage("key.not_one")
            .with("found", text)
            .with("count", live.len())
            .with("expected", live.join("、"))),
    }
}
