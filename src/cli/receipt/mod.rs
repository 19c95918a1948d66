//! `receipt`: what witnesses signed when they had seen this ledger.

mod file;
mod list;
mod record;

use clap::Subcommand;

use super::dossier::Show;
use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 回执：记录见证方（档案馆）签署的检查点，此后倒填日期即被发现 · Receipts of witnesses: from then on backdating is found
#[derive(Subcommand)]
pub enum Verb {
    Record(record::Record),
    /// 查看一件回执 · Show one
    Show(Show),
    List(list::List),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Record(verb) => verb.run(ui, ctx),
            Self::Show(verb) => verb.run(ui, ctx, "receipt"),
            Self::List(verb) => verb.run(ui, ctx),
        }
    }
}
