//! `stamp`: time stamps of RFC 3161 over checkpoints and packages.

mod about;
mod ask;
mod check;
mod due;
mod export;
mod keep;
mod post;

use clap::Subcommand;

use super::dossier;
use super::{Ctx, Ui};
use crate::fault::Outcome;

/// Verbs of time stamps.
#[derive(Subcommand)]
pub enum Verb {
    Request(ask::Request),
    Fetch(post::Fetch),
    Keep(keep::Keep),
    Export(export::Export),
    Check(check::Check),
    Due(due::Due),
    #[command(flatten)]
    Kept(dossier::Verb<dossier::Stamp>),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Request(verb) => verb.run(ui, ctx),
            Self::Fetch(verb) => verb.run(ui, ctx),
            Self::Keep(verb) => verb.run(ui, ctx),
            Self::Export(verb) => verb.run(ui, ctx),
            Self::Check(verb) => verb.run(ui, ctx),
            Self::Due(verb) => verb.run(ui, ctx),
            Self::Kept(verb) => verb.run(ui, ctx),
        }
    }
}
