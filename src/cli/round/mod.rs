//! `round`: the yearly re-evaluation of everything that is withheld.

mod close;
mod open;
mod result_sheets;
mod results;
mod worklist;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 年度评估：开始、导出工作表、结束、公开清理结果 · The yearly re-evaluation: open, worklist, close, results
#[derive(Subcommand)]
pub enum Verb {
    Open(open::Open),
    Worklist(worklist::Worklist),
    Close(close::Close),
    Results(results::Results),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Open(verb) => verb.run(ui, ctx),
            Self::Worklist(verb) => verb.run(ui, ctx),
            Self::Close(verb) => verb.run(ui, ctx),
            Self::Results(verb) => verb.run(ui, ctx),
        }
    }
}
