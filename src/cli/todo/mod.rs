//! `todo`: what waits, and for whom.

mod export;
mod import;
mod waiting;

use clap::{Args, Subcommand};

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 待办：等我办理的；可导出为表格，填好后导回签署 · What waits for me; export it as a spreadsheet, sign it when it comes back
#[derive(Args)]
pub struct Todo {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// 列出所有人的待办 · What waits for anybody
    #[arg(long)]
    all: bool,
}

#[derive(Subcommand)]
enum Verb {
    Export(export::Export),
    Import(import::Import),
}

impl Todo {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self.verb {
            None => waiting::show(ui, ctx, self.all),
            Some(Verb::Export(verb)) => verb.run(ui, ctx),
            Some(Verb::Import(verb)) => verb.run(ui, ctx),
        }
    }
}
