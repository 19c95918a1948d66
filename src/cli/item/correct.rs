//! `item correct`.

use std::path::PathBuf;

use clap::Args;

use super::columns::PUBLISH;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::Filling;
use super::open_part::{Public, open_part};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::ledger::Wish;

/// 更正已公开的内容或目录信息 · Correct what is public, content or catalogue entry
///
/// 未写的各项保持现状；更正内容的，须先经保密审查。
/// What is not given stays as it is; a correction of content needs a fresh review.
#[derive(Args)]
pub struct Correct {
    #[command(flatten)]
    which: Which,
    /// 更正范围：内容、仅目录信息 · content or catalogue
    #[arg(long, value_name = "CODE")]
    extent: Option<String>,
    /// 删减版文件 · The redacted version
    #[arg(long, value_name = "FILE")]
    redacted: Option<PathBuf>,
    #[command(flatten)]
    public: Public,
    #[command(flatten)]
    doing: Doing,
}

impl Correct {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.corrected", columns: &PUBLISH };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| self.wish(it))
    }

    fn wish(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let extent = it.need("extent", "extent", self.extent.as_deref())?;
        let redacted = it.file("redacted", self.redacted.as_deref())?;
        let content = extent == "content" && it.item.law.attribute.as_str() == "partial";
        let reviewed = it.item.law.review.as_ref().and_then(|review| review.redacted.as_ref());
        let redacted = redacted.or_else(|| reviewed.filter(|_| content).map(ToString::to_string));
        let wish = it.wish("item.corrected")?.fact("extent", extent).maybe("redacted", redacted);
        open_part(wish, it, &self.public, it.item.public.clone().unwrap_or_default())
    }
}
