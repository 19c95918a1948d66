//! `bundle`: verifiable exports of a ledger.

mod archive;
mod export;
mod order;
mod package;
mod shelf;
mod show;
mod verify;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 归档包：导出、核验、查看 · Bundles: export, verify, show
#[derive(Subcommand)]
pub enum Verb {
    Export(export::Export),
    Order(order::Order),
    Verify(verify::Verify),
    Show(show::Show),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Export(verb) => verb.run(ui, ctx),
            Self::Verify(verb) => verb.run(ui, ctx),
            Self::Show(verb) => verb.run(ui, ctx),
            Self::Order(verb) => verb.run(ui, ctx),
        }
    }
}
