//! `key`: keys of this user, and who holds which in a ledger.

pub mod enrol;
mod list;
mod lock;
mod new;
mod request;
mod revoke;
mod roles;
mod unlock;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 密钥：生成、登记、吊销、解锁 · Keys: make, enrol, revoke, unlock
#[derive(Subcommand)]
pub enum Verb {
    New(new::New),
    Request(request::Ask),
    Enrol(enrol::Enrol),
    Roles(roles::Roles),
    Revoke(revoke::Revoke),
    Unlock(unlock::Unlock),
    Lock(lock::Lock),
    List(list::List),
}

impl Verb {
    pub(super) fn run(self, ui: &mut Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::New(verb) => verb.run(ui, ctx),
            Self::Request(verb) => verb.run(ui, ctx),
            Self::Enrol(verb) => verb.run(ui, ctx),
            Self::Roles(verb) => verb.run(ui, ctx),
            Self::Revoke(verb) => verb.run(ui, ctx),
            Self::Unlock(verb) => verb.run(ui, ctx),
            Self::Lock(verb) => verb.run(ui, ctx),
            Self::List(verb) => verb.run(ui, ctx),
        }
    }
}
