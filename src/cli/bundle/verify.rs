//! `bundle verify`.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;

use super::package;
use crate::bundle::verify::{Given, Saved, verify};
use crate::cli::cosigners::{Known, cosigned};
use crate::cli::ledger::given;
use crate::cli::report::{read_checkpoints, show_bundle_report, show_package_report};
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::record::{ChainHash, Origin};
use crate::rules::Books;

/// 核验归档包：容器、每个事件、签名、是否合法、附带的清单 · Verify a bundle: container, events, signatures, law, shipped lists
///
/// 移交信息包（文件夹、.tar.zst、.zip）也可核验：清单、结构、事件链、全部派生文件、签名。后续批次须用 --earlier 给出以前各批。
/// A package for an archive is verified too: manifests, structure, chain, everything derived, signatures. A later batch needs the batches before it.
///
/// 台账标识和创世摘要应从别处得知；不给时只能证明包内自洽。
/// Origin and genesis hash should come from elsewhere; without them the bundle is only shown to be sound in itself.
#[derive(Args)]
pub struct Verify {
    /// 归档包，或移交信息包 · The bundle, or a package for an archive
    file: PathBuf,
    /// 从别处得知的台账标识 · Origin, known from elsewhere
    #[arg(long, value_name = "ORIGIN", requires = "genesis")]
    origin: Option<String>,
    /// 从别处得知的创世摘要 · Genesis hash, known from elsewhere
    #[arg(long, value_name = "HASH", requires = "origin")]
    genesis: Option<String>,
    /// 以前取得的检查点文件，可写多个 · Checkpoints taken earlier
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    known: Known,
    /// 以前核验后保存的状态，供部分包接续 · State saved by an earlier verification, for a partial bundle to go on from
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// 核验通过后保存状态 · Where to save the state when everything holds
    #[arg(long, value_name = "FILE")]
    save_state: Option<PathBuf>,
    /// 没有状态的部分包也算通过（此前的合法性未核验） · Let a partial bundle without a state pass, its law unchecked
    #[arg(long)]
    allow_partial: bool,
    /// 移交信息包以前各批，可写多个 · The packages before this one
    #[arg(long, value_name = "PACKAGE", num_args = 1..)]
    earlier: Vec<PathBuf>,
    /// 将移交信息包的四性检测报告写入此文件夹 · Folder to write the package's inspection of four properties into
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let is_package = package::is_package(&self.file)?;
        if !is_package && (self.report.is_some() || !self.earlier.is_empty()) {
            return Err(Fault::usage("package.not_a_package").with("path", self.file.display()));
        }
        let io = |path: &PathBuf| {
            let path = path.display().to_string();
            move |error: std::io::Error| Fault::io(path, &error)
        };
        let origin = given::<Origin>(self.origin.as_deref(), "origin.unreadable")?;
        let genesis = given::<ChainHash>(self.genesis.as_deref(), "digest.unreadable")?;
        let saved = match &self.state {
            Some(path) => Some(Saved::parse(&std::fs::read(path).map_err(io(path))?)?),
            None => None,
        };
        let (checkpoints, mut known) = (read_checkpoints(&self.checkpoint)?, self.known.read()?);
        if is_package {
            let trust = origin.zip(genesis);
            let from = package::Known { trust, checkpoints: checkpoints.clone(), saved };
            let checked = package::check(ctx, &self.file, &self.earlier, from)?;
            self.keep(checked.saved.as_ref().filter(|_| checked.report.passed()))?;
            known.extend(checked.saved.iter().flat_map(Saved::witnesses));
            if let Some(folder) = &self.report {
                package::write_inspection(ui, ctx, &checked.report, folder)?;
            }
            let cosigned = cosigned(&checkpoints, &known);
            return show_package_report(ui, &checked.report, cosigned, self.allow_partial);
        }
        let given =
            Given { trust: origin.zip(genesis), checkpoints: checkpoints.clone(), saved, ..Given::default() };
        let file = File::open(&self.file).map_err(io(&self.file))?;
        let bar = ui.bytes("核验", "verifying", file.metadata().map(|facts| facts.len()).unwrap_or(0));
        let (report, saved) = verify(Watched { file, bar: bar.clone() }, given, &Books::built_in()?)?;
        bar.finish_and_clear();
        self.keep(saved.as_ref())?;
        known.extend(saved.iter().flat_map(Saved::witnesses));
        show_bundle_report(ui, &report, cosigned(&checkpoints, &known), self.allow_partial)
    }
}

impl Verify {
    /// Saves the state, where that was asked for and everything holds.
    fn keep(&self, saved: Option<&Saved>) -> Outcome<()> {
        let (Some(path), Some(saved)) = (&self.save_state, saved) else { return Ok(()) };
        std::fs::write(path, saved.to_bytes()?).map_err(|error| Fault::io(path.display(), &error))
    }
}

/// A file whose reading moves a progress bar.
struct Watched {
    file: File,
    bar: ProgressBar,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.bar.inc(read as u64);
        Ok(read)
    }
}
