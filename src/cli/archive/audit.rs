//! `archive audit`.

use clap::Args;

use super::place::Place;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 年度核查 · Inspect holdings again
#[derive(Args)]
pub struct Audit {}

impl Audit {
    pub(super) fn run(self, _ui: &Ui, _ctx: &Ctx<'_>, _place: &Place) -> Outcome<()> {
        Ok(())
    }
}
