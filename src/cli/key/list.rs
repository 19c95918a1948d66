//! `key list`.

use clap::Args;

use crate::cli::keystore::{KeyEntry, Keystore};
use crate::cli::{Ctx, Ui};
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::Outcome;

/// 列出本人的密钥，以及台账中各人的密钥和职责 · List one's own keys, and who holds which in the ledger
#[derive(Args)]
pub struct List {}

impl List {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        ui.sheet(&own(ctx)?)
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
            Column::new("holder", "持有人", "Holder", 24).kind(Kind::Code),
            Column::new("key", "公钥", "Public key", 72).kind(Kind::Code),
        ],
        rows,
        ..Sheet::default()
    })
}

fn row(ctx: &Ctx<'_>, store: &Keystore, entry: &KeyEntry) -> Outcome<Vec<Cell>> {
    let unlocked = if store.is_unlocked(&entry.name, &ctx.env.keys)? {
        Word::new("yes", "是", "yes")
    } else {
        Word::new("no", "否", "no")
    };
    Ok(vec![
        entry.name.as_str().into(),
        unlocked.into(),
        entry.origin.clone().into(),
        entry.holder.clone().into(),
        entry.key.to_string().into(),
    ])
}
