//! `archive catalog`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 跨单位目录 · Catalogue across offices
#[derive(Args)]
pub struct Catalog {}

impl Catalog {
    pub(super) fn run(self, _ui: &Ui, _ctx: &Ctx<'_>, _archive: Option<PathBuf>) -> Outcome<()> {
        Ok(())
    }
}
