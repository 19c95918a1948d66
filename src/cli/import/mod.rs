//! `import`: what stands in tables already.

pub mod decisions;
mod matter_plan;
mod matters;
mod reassessments;
mod records;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 导入：原有目录、纸面上的决定、评估结果、标准目录 · Import: an older catalogue, decisions on paper, re-evaluations, a standard catalogue
#[derive(Subcommand)]
pub enum Verb {
    Records(records::Records),
    Decisions(decisions::Decisions),
    Reassessments(reassessments::Reassessments),
    Matters(matters::Matters),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Records(verb) => verb.run(ui, ctx),
            Self::Decisions(verb) => verb.run(ui, ctx),
            Self::Reassessments(verb) => verb.run(ui, ctx),
            Self::Matters(verb) => verb.run(ui, ctx),
        }
    }
}
