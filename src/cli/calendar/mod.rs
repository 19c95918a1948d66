//! `calendar`: which days are working days, and what is counted in them.

mod adopt;
mod count;
mod show;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

pub use adopt::shipped_wishes;

/// 工作日历：采用、查看、推算期限 · Working calendars: adopt, show, count a period
#[derive(Subcommand)]
#[expect(clippy::large_enum_variant, reason = "made once in a process")]
pub enum Verb {
    Adopt(adopt::Adopt),
    Show(show::Show),
    Count(count::Count),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Adopt(verb) => verb.run(ui, ctx),
            Self::Show(verb) => verb.run(ui, ctx),
            Self::Count(verb) => verb.run(ui, ctx),
        }
    }
}
