//! `receipt record`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::file::ReceiptFile;
use crate::cli::cosigners::time_of;
use crate::cli::desk::{Desk, Planned};
use crate::cli::dossier::{find, rows};
use crate::cli::item::doing::Doing;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{Checkpoint, KeyId, Moment, PartName, Subject};
use crate::rules::Witness;
use crate::views::DossierRow;

/// 记录回执：核对签名、树根和时间后原样记入台账 · Record a receipt as it came, once signature, root and time are found to hold
///
/// 见证方签署的须是当时最新的检查点：签署之前录入的事件排在其后的，回执不能记录。
/// What the witness signed must have been the newest checkpoint: with events behind it that were entered before, it is refused.
#[derive(Args)]
pub struct Record {
    /// 回执文件：见证方签署的检查点，或含有它的 JSON · The cosigned checkpoint, or the JSON file that holds it
    file: PathBuf,
    /// 见证方（名称或编号），缺省按签名辨认 · The witness; found by its signature if not given
    #[arg(long, value_name = "WITNESS")]
    witness: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Record {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let (file, checkpoint) = ReceiptFile::read(&self.file)?;
        let mut desk = Desk::open(ctx)?;
        let witness = match &self.witness {
            Some(text) => find(&desk.ledger, "witness", text)?.id,
            None => signer(&desk.ledger, &checkpoint)?,
        };
        let done = self.doing.resolve(ctx, &desk)?;
        let proof = desk.ledger.consistency_from(checkpoint.head.size)?;
        let wish = done
            .wish("receipt.recorded", &ctx.fresh("receipt")?)?
            .fact("witness", witness.as_str())
            .fact("note", file.note)
            .fact("proof", json!(proof))
            .maybe("batch", file.batch)
            .maybe("package", file.package.map(|digest| digest.to_string()))
            .maybe_part(PartName::Closed, "archive", file.archive);
        let place = self.file.display().to_string();
        desk.sign_and_show(ui, vec![Planned { wish, place }], self.doing.dry_run)
    }
}

/// The adopted witness that cosigned.
///
/// Errors: `witness.none`.
fn signer(ledger: &Ledger, checkpoint: &Checkpoint) -> Outcome<Subject> {
    let known = rows(ledger, "witness")?;
    let signed = |row: &&DossierRow| {
        row.state() == "adopted"
            && witness_of(row).is_some_and(|witness| time_of(checkpoint, &witness).is_some())
    };
    let found = known.iter().find(signed).map(|row| row.id.clone());
    let names: Vec<&str> = checkpoint.signatures.iter().map(|signature| signature.name.as_str()).collect();
    found.ok_or_else(|| Fault::refused("witness.none").with("found", names.join("、")))
}

/// The witness of a row.
pub(super) fn witness_of(row: &DossierRow) -> Option<Witness> {
    Some(Witness { name: row.code("name")?.into(), key: KeyId::parse(row.code("key")?).ok()? })
}

/// When the witness cosigned.
pub(super) fn seen_at(checkpoint: &Checkpoint, witness: &Witness) -> Option<Moment> {
    Moment::from_unix(time_of(checkpoint, witness)?)
}
