//! `proof`: what a ledger says of one entry, and that it only grew, checkable by anyone.

mod check;
mod consistency;
mod make;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 证明：一条信息的全部事件、两个检查点的一致，任何人可独立核对 · Proofs of one entry and of consistency, which anyone can check
#[derive(Subcommand)]
pub enum Verb {
    Make(make::Make),
    Check(check::Check),
    Consistency(consistency::ProveConsistency),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Make(verb) => verb.run(ui, ctx),
            Self::Check(verb) => verb.run(ui),
            Self::Consistency(verb) => verb.run(ui, ctx),
        }
    }
}
