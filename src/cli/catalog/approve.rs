//! `catalog approve`.

use clap::Args;

use super::matters::{self, Which};
use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::Past;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, dossier};
use crate::exchange::standard::list_digest;
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{FileDigest, PartName};

/// 登记目录经过审核：签署当前清单的摘要，清单以后有变动即显示为未审核 · Record that the list as it stands now was approved
///
/// 签署的是逐条清单的摘要和条数；以后增减、改动任何一条，目录上即不再显示审核机关。
/// What is signed is the digest of the very list; once any entry changes, the catalogue says so.
#[derive(Args)]
pub struct Approve {
    /// 目录类别：标准目录 standard、主动公开基本目录 basic、负面清单 negative · Which catalogue
    #[arg(long, value_name = "CODE")]
    kind: String,
    /// 审核机关 · Who approved it
    #[arg(long, value_name = "TEXT")]
    approver: String,
    /// 审核文件的文号 · Number of the document of approval
    #[arg(long, value_name = "TEXT")]
    document_number: Option<String>,
    /// 是否上级机关 · Whether that is the superior office
    #[arg(long, value_name = "yes|no", default_value = "yes")]
    superior: String,
    /// 名称 · Title
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Approve {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let kind = words().read("catalogue_kind", &self.kind)?;
        let superior = words().read("yes_no", &self.superior)?;
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let (digest, count) = list(ctx, &desk.ledger, &kind)?;
        if count == 0 {
            return Err(Fault::usage("catalog.empty").with("found", words().word("catalogue_kind", &kind).zh));
        }
        let known = dossier::rows(&desk.ledger, "catalog")?;
        let known = known.into_iter().find(|row| row.code("of_kind") == Some(kind.as_str()));
        let subject = known.map_or_else(|| ctx.fresh("catalog"), |row| Ok(row.id))?;
        let wish = done
            .wish("catalog.approved", &subject)?
            .fact("list", digest.to_string())
            .fact("count", count)
            .fact("of_kind", kind.as_str())
            .fact("superior", superior)
            .part(PartName::Open, "approver", self.approver)
            .maybe_part(PartName::Open, "document_number", self.document_number)
            .maybe_part(PartName::Open, "title", self.title);
        ui.say(
            format!("清单 {count} 条，摘要 {digest}"),
            format!("The list has {count} entries; its digest is {digest}"),
        )?;
        let place = subject.to_string();
        desk.sign_and_show(ui, vec![Planned { wish, place }], self.doing.dry_run)
    }
}

/// Digest and length of the list as it stands now.
fn list(ctx: &Ctx<'_>, ledger: &Ledger, kind: &str) -> Outcome<(FileDigest, usize)> {
    let now = Past::default();
    if kind == "negative" {
        let rows = super::negative::entries(ctx, ledger, &now)?;
        return Ok((crate::exchange::negative_digest(&rows)?, rows.len()));
    }
    let which = if kind == "basic" { Which::Basic } else { Which::Standard };
    let rows = matters::rows(ctx, ledger, which, &now)?;
    Ok((list_digest(&rows)?, rows.len()))
}
