//! `bundle export`.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::archive::{self, ArchiveArgs, For};
use crate::bundle::export::{Export as Wanted, Prepared, prepare};
use crate::bundle::{BagSummary, BagWriter, DEFAULT_LEVEL};
use crate::cli::ledger::sign_checkpoint;
use crate::cli::report::read_checkpoint;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::record::verify::Copy;

/// 导出归档包：可独立核验的台账副本 · Export a bundle: a copy of the ledger that anyone can verify
///
/// 完整版含内部正文，交档案馆；公开版只含正在公开的内容。导出前先核验台账，并用台账密钥签发检查点。
/// The full edition holds closed parts, for an archive; the public one only what is public now. The ledger is verified
/// first, and a checkpoint is signed with the ledger key.
#[derive(Args)]
pub struct Export {
    /// full 完整版，public 公开版 · full or public edition
    #[arg(long, value_name = "EDITION", default_value = "full")]
    edition: Edition,
    /// 从第几号事件开始（须是某一行为的开头） · First event; must begin an act
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    from: u64,
    /// 上一包的检查点，附一致性证明；与 --from 同用时须在其处。给档案馆的，为以前各批移交信息包，可写多个 · Checkpoint of the
    /// previous bundle, to prove consistency with; for an archive, the packages before
    #[arg(long, value_name = "FILE")]
    previous: Vec<PathBuf>,
    /// 输出文件（.tar.zst），或 --directory 时的上级文件夹 · Output file, or the parent folder with --directory
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// 写成普通文件夹 · Write a plain directory instead
    #[arg(long)]
    directory: bool,
    #[command(flatten)]
    archive: ArchiveArgs,
}

#[derive(Clone, std::marker::Copy, ValueEnum)]
enum Edition {
    Full,
    Public,
}

impl Export {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if self.archive.whom == Some(For::Archive) {
            return archive::run(ui, ctx, self.archive, &self.previous, &self.output);
        }
        let previous = self.previous.first().map(|path| read_checkpoint(path)).transpose()?;
        let checkpoint = sign_checkpoint(ctx)?;
        let ledger = ctx.read()?;
        let edition = match self.edition {
            Edition::Full => Copy::Full,
            Edition::Public => Copy::Public,
        };
        let wanted =
            Wanted { edition, from: self.from, checkpoint: &checkpoint, previous, for_package: false };
        let bar = ui.bar("核验并整理", "verifying and deriving", ledger.head().size());
        let prepared = prepare(&ledger, wanted, &mut |seq| bar.set_position(seq))?;
        bar.finish_and_clear();
        let office = ledger.info().office.clone();
        let (path, summary) = if self.directory {
            directory(&prepared, &office, &self.output)?
        } else {
            file(&prepared, &office, &self.output)?
        };
        let meta = prepared.meta();
        ui.say(
            format!(
                "已导出：{}\n  第 {} 至 {} 个事件，{} 个文件",
                path.display(),
                meta.from,
                meta.size,
                summary.files
            ),
            format!(
                "Exported: {}\n  events {} to {}, {} files",
                path.display(),
                meta.from,
                meta.size,
                summary.files
            ),
        )?;
        ui.json(
            &json!({ "path": path, "meta": meta, "files": summary.files, "tar_bytes": summary.tar_bytes }),
        )
    }
}

fn directory(prepared: &Prepared<'_>, office: &str, parent: &Path) -> Outcome<(PathBuf, BagSummary)> {
    std::fs::create_dir_all(parent).map_err(|error| Fault::io(parent.display(), &error))?;
    let mut bag = BagWriter::directory(parent, &prepared.bag_head(office)?)?;
    prepared.write(&mut bag, &mut |_| ())?;
    bag.finish_directory()
}

/// Written beside its place and renamed, so that a half-written bundle never bears the name.
fn file(prepared: &Prepared<'_>, office: &str, path: &Path) -> Outcome<(PathBuf, BagSummary)> {
    let io = |error: std::io::Error| Fault::io(path.display(), &error);
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let written =
        OpenOptions::new().write(true).create(true).truncate(true).open(&new).map_err(io).and_then(|out| {
            let (out, summary) = fill(prepared, office, out)?;
            out.sync_all().map_err(io)?;
            std::fs::rename(&new, path).map_err(io)?;
            Ok((path.to_owned(), summary))
        });
    if written.is_err() {
        // The half-written file is of no use; that it could not be removed either is not worth hiding the cause for.
        let _ = std::fs::remove_file(&new);
    }
    written
}

fn fill(prepared: &Prepared<'_>, office: &str, out: File) -> Outcome<(File, BagSummary)> {
    let mut bag = BagWriter::zstd(out, DEFAULT_LEVEL, &prepared.bag_head(office)?)?;
    prepared.write(&mut bag, &mut |_| ())?;
    bag.finish()
}
