//! `ledger`: founding, showing, verifying, and keeping a ledger in order.

mod acknowledge;
mod adopt;
mod archival_number;
mod checkpoint;
mod clock;
mod close;
pub mod founding;
mod index_number;
mod init;
mod log;
mod policy;
mod reindex;
mod repair;
mod show;
mod verify;

use clap::Subcommand;

pub(super) use checkpoint::sign_checkpoint;
pub(super) use verify::given;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 台账：建立、查看、核验、维护 · The ledger: found, show, verify, maintain
#[derive(Subcommand)]
pub enum Verb {
    Init(init::Init),
    Show(show::Show),
    Verify(verify::Verify),
    Checkpoint(checkpoint::Checkpoint),
    Log(log::Log),
    Policy(policy::Policy),
    IndexNumber(index_number::IndexNumber),
    ArchivalNumber(archival_number::ArchivalNumber),
    Adopt(adopt::Adopt),
    Acknowledge(acknowledge::Acknowledge),
    Clock(clock::Clock),
    Close(close::Close),
    Repair(repair::Repair),
    Reindex(reindex::Reindex),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Init(verb) => verb.run(ui, ctx),
            Self::Show(verb) => verb.run(ui, ctx),
            Self::Verify(verb) => verb.run(ui, ctx),
            Self::Checkpoint(verb) => verb.run(ui, ctx),
            Self::Log(verb) => verb.run(ui, ctx),
            Self::Policy(verb) => verb.run(ui, ctx),
            Self::IndexNumber(verb) => verb.run(ui, ctx),
            Self::ArchivalNumber(verb) => verb.run(ui, ctx),
            Self::Adopt(verb) => verb.run(ui, ctx),
            Self::Acknowledge(verb) => verb.run(ui, ctx),
            Self::Clock(verb) => verb.run(ui, ctx),
            Self::Close(verb) => verb.run(ui, ctx),
            Self::Repair(verb) => verb.run(ui, ctx),
            Self::Reindex(verb) => verb.run(ui, ctx),
        }
    }
}
