//! `demo`: a fictional office's year in a minute, told step by step, through the same commands that anyone types.

mod insider;
mod requests;
mod scenes;
mod stage;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use stage::Stage;

/// 演示：一个虚构机关的一年，约一分钟，逐步讲解，不提任何问题 · A fictional office's year, told in a minute; asks nothing
///
/// 写入 DIR/ledger（台账）、DIR/out（目录、清单：CSV、XLSX 和一页 HTML）、DIR/bundles（归档包）。密钥在 DIR/home，口令为 demo。
/// Writes DIR/ledger, DIR/out (catalogues as CSV, XLSX and one HTML page) and DIR/bundles; keys in DIR/home, passphrase demo.
#[derive(Args)]
pub struct Demo {
    /// 写入的文件夹，须不存在或为空 · Folder to write into; must not exist or be empty
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

impl Demo {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if std::fs::read_dir(&self.dir).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Fault::usage("ledger.exists").with("path", self.dir.display()));
        }
        let stage = Stage::new(&self.dir, ui, ctx)?;
        scenes::play(&stage)?;
        ui.json(&json!({
            "ledger": self.dir.join("ledger"),
            "out": self.dir.join("out"),
            "bundles": [self.dir.join("bundles/full.tar.zst"), self.dir.join("bundles/public.tar.zst")],
        }))
    }
}
