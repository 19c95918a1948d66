//! `proof`: what a ledger says of one entry, checkable by anyone.

mod check;
mod make;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 证明：一条信息的全部事件，任何人可独立核对 · Proofs of one entry, which anyone can check
#[derive(Subcommand)]
pub enum Verb {
    Make(make::Make),
    Check(check::Check),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Make(verb) => verb.run(ui, ctx),
            Self::Check(verb) => verb.run(ui),
        }
    }
}
