//! `bundle show`.

use std::fs::File;
use std::io::{BufRead, Read as _};
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::package;
use crate::bundle::meta::Meta;
use crate::bundle::{BagReader, Payload};
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 查看归档包或移交信息包的说明和文件（只核验容器） · Show what a bundle or a package says of itself and its files; checks the container only
#[derive(Args)]
pub struct Show {
    /// 归档包，或移交信息包（文件夹、.tar.zst、.zip） · The bundle, or a package for an archive
    file: PathBuf,
}

impl Show {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if package::is_package(&self.file)? {
            return package::show(ui, ctx, &self.file);
        }
        let file = File::open(&self.file).map_err(|error| Fault::io(self.file.display(), &error))?;
        let mut meta = None;
        let mut visit = |file: &Payload<'_>, content: &mut dyn BufRead| {
            if file.path == "bundle.json" {
                let mut bytes = Vec::new();
                // What ends early is in the container's report.
                let _ = content.take(1 << 20).read_to_end(&mut bytes);
                meta = Some(Meta::parse(&bytes)?);
            }
            Ok(())
        };
        let bag = BagReader::zstd(file)?.read(&mut visit)?;
        let meta = meta.ok_or_else(|| Fault::refused("bundle.no_meta").with("found", self.file.display()))?;
        let (edition, sound) = (serde_json::to_value(meta.edition).unwrap_or_default(), bag.is_valid());
        ui.say(
            format!(
                "{}\n  台账标识  {}\n  创世摘要  {}\n  版本      {}\n  事件      {} 至 {}\n  树根      {}\n  文件      {} 个\n  容器      {}",
                bag.name, meta.origin, meta.genesis, edition.as_str().unwrap_or_default(), meta.from, meta.size, meta.root,
                bag.payload.len(), if sound { "完好（内容请用 bundle verify 核验）" } else { "有问题，请用 bundle verify 查明" }
            ),
            format!(
                "{}\n  origin    {}\n  genesis   {}\n  edition   {}\n  events    {} to {}\n  root      {}\n  files     {}\n  container {}",
                bag.name, meta.origin, meta.genesis, edition.as_str().unwrap_or_default(), meta.from, meta.size, meta.root,
                bag.payload.len(), if sound { "sound (verify the content with bundle verify)" } else { "unsound, see bundle verify" }
            ),
        )?;
        let files: Vec<_> =
            bag.payload.iter().map(|file| json!({ "path": file.path, "size": file.size })).collect();
        ui.json(&json!({ "name": bag.name, "meta": meta, "container_sound": sound, "files": files }))?;
        if sound {
            Ok(())
        } else {
            Err(Fault::refused("verify.failed").with("found", bag.findings.list().len()))
        }
    }
}
