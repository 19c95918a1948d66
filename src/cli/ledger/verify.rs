//! `ledger verify`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::cli::cosigners::{Known, cosigned};
use crate::cli::report::{read_checkpoints, show_report};
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::ledger::{Verified, info_of, verify_whole};
use crate::record::verify::Trust;
use crate::record::{ChainHash, Origin};
use crate::rules::Books;

/// 核验台账：每个字节、每个签名、每个事件是否合法；不修改任何内容 · Verify every byte, signature and rule; changes nothing
///
/// 不给检查点时，只能证明“所见为前段”：最近的行为是否被截去，无从得知。
/// Without a checkpoint what is there is proved to be a prefix only: that newer acts were cut off cannot be told.
#[derive(Args)]
pub struct Verify {
    /// 以前取得的检查点文件，可写多个 · Checkpoints taken earlier
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    known: Known,
    /// 从别处得知的台账标识 · Origin, known from elsewhere
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// 从别处得知的创世摘要 · Genesis hash, known from elsewhere
    #[arg(long, value_name = "HASH")]
    genesis: Option<String>,
}

impl Verify {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let dir = ctx.ledger_dir()?;
        let info = info_of(&dir)?;
        let (checkpoints, mut known) = (read_checkpoints(&self.checkpoint)?, self.known.read()?);
        let trust = Trust {
            origin: given::<Origin>(self.origin.as_deref(), "origin.unreadable")?.unwrap_or(info.origin),
            genesis: given::<ChainHash>(self.genesis.as_deref(), "digest.unreadable")?
                .unwrap_or(info.genesis),
            checkpoints: checkpoints.clone(),
        };
        let bar = ui.bytes("核验", "verifying", size_of(&dir));
        let Verified { report, witnesses } =
            verify_whole(&dir, trust, Arc::new(Books::built_in()?), &mut |read| bar.set_position(read))?;
        bar.finish_and_clear();
        known.extend(witnesses);
        show_report(ui, &report, cosigned(&checkpoints, &known))
    }
}

/// A value given by the user, parsed.
pub fn given<T: std::str::FromStr>(text: Option<&str>, code: &'static str) -> Outcome<Option<T>> {
    let parse = |text: &str| text.parse().map_err(|_| crate::fault::Fault::usage(code).with("found", text));
    text.map(parse).transpose()
}

/// Bytes of the log, for the progress bar only.
fn size_of(dir: &std::path::Path) -> u64 {
    let files = std::fs::read_dir(dir.join("log")).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|facts| facts.len()).sum()
}
