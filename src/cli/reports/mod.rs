//! `report`: what the office owes the public and its superiors at the end of a year or a quarter.

mod annual;
mod cells;
mod explain;
mod gather;
mod indicators;
mod period;
mod quarter;
mod template;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 年度报告和季度统计 · The annual report, and a quarter's figures
#[derive(Subcommand)]
pub enum Verb {
    Annual(Box<annual::Annual>),
    Quarter(quarter::Quarter),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Annual(verb) => verb.run(ui, ctx),
            Self::Quarter(verb) => verb.run(ui, ctx),
        }
    }
}
