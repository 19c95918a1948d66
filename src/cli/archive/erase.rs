//! `archive erase`.

use clap::Args;

use super::place::Place;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 执行删除指令 · Execute an erasure order
#[derive(Args)]
pub struct Erase {}

impl Erase {
    pub(super) fn run(self, _ui: &Ui, _ctx: &Ctx<'_>, _place: &Place) -> Outcome<()> {
        Ok(())
    }
}
