//! `key list`.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::keystore::{KeyEntry, Keystore};
use crate::cli::lookup;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Kind, Sheet, json as sheet_json};
use crate::fault::Outcome;

/// 列出本人的密钥；给出台账时，一并列出在册人员、职责和密钥 · List one's own keys, and who is on the ledger's register
#[derive(Args)]
pub struct List {}

impl List {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let own = own(ctx)?;
        let register = if ctx.ledger_dir().is_ok() { Some(register(ctx)?) } else { None };
        if ui.is_json() {
            let rows = |sheet: &Sheet| serde_json::from_str::<Value>(&sheet_json(sheet)).unwrap_or_default();
            return ui.json(&json!({ "own": rows(&own), "register": register.as_ref().map(rows) }));
        }
        ui.sheet(&own)?;
        match register {
            Some(register) => ui.raw(b"\n").and_then(|()| ui.sheet(&register)),
            None => Ok(()),
        }
    }
}

fn own(ctx: &Ctx<'_>) -> Outcome<Sheet> {
    let store = ctx.keystore()?;
    let rows = store.list()?.iter().map(|entry| row(ctx, &store, entry)).collect::<Outcome<_>>()?;
    Ok(Sheet {
        name: "密钥".into(),
        title: "本人的密钥 · Own keys".into(),
        columns: vec![
            Column::new("name", "名称", "Name", 12),
            Column::new("unlocked", "解锁", "Unlocked", 6),
            Column::new("origin", "登记于", "Enrolled in", 20),
            Column::new("key", "公钥", "Public key", 72).kind(Kind::Code),
        ],
        rows,
        ..Sheet::default()
    })
}

fn row(ctx: &Ctx<'_>, store: &Keystore, entry: &KeyEntry) -> Outcome<Vec<Cell>> {
    let unlocked = store.is_unlocked(&entry.name, &ctx.env.keys)?;
    let unlocked = if unlocked { Word::new("yes", "是", "yes") } else { Word::new("no", "否", "no") };
    let name = entry.name.as_str().into();
    Ok(vec![name, unlocked.into(), entry.origin.clone().into(), entry.key.to_string().into()])
}

fn register(ctx: &Ctx<'_>) -> Outcome<Sheet> {
    let ledger = ctx.read()?;
    let people = lookup::people(&ledger)?;
    let mut rows = Vec::new();
    let mut keys = lookup::keys(&ledger)?;
    keys.sort_by_key(|key| (key.enrolled, key.usage.as_str(), key.holder.clone()));
    for key in keys {
        let person = people.iter().find(|view| view.person.id == key.holder);
        let mut roles: Vec<Word> = person
            .iter()
            .flat_map(|view| view.person.roles.iter())
            .map(|role| words().word("role", role.as_str()))
            .collect();
        if roles.is_empty() && key.usage.as_str() != "act" {
            roles.push(words().word("key_role", key.usage.as_str()));
        }
        let revoked = key.revoked.map(|act| Cell::from(i64::try_from(act).unwrap_or(i64::MAX)));
        rows.push(vec![
            person.and_then(|person| person.name.clone()).into(),
            Cell::Words(roles),
            revoked.unwrap_or_default(),
            key.holder.to_string().into(),
            key.key.to_string().into(),
        ]);
    }
    Ok(Sheet {
        name: "名册".into(),
        title: format!("{} · Register", ledger.info().office),
        columns: vec![
            Column::new("name", "姓名", "Name", 12),
            Column::new("roles", "职责", "Roles", 30),
            Column::new("revoked", "吊销于", "Revoked in act", 8).kind(Kind::Number),
            Column::new("holder", "人员编号", "Person", 24).kind(Kind::Code),
            Column::new("key", "公钥", "Public key", 72).kind(Kind::Code),
        ],
        rows,
        ..Sheet::default()
    })
}
