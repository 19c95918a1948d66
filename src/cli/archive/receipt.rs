//! `archive receipt`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::dossier;
use crate::cli::{Ctx, Ui, output};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::views::DossierRow;

/// 出具一个批次的回执：见证签名的检查点，交移交单位记入台账 · Give the receipt of a batch: the cosigned checkpoint
///
/// 移交单位用 zhaoce receipt record 记入；任何人用 zhaoce ledger verify --checkpoint 核对。
/// The office records it with zhaoce receipt record; anybody compares with zhaoce ledger verify --checkpoint.
#[derive(Args)]
pub struct Receipt {
    /// 批次名或其编号 · The batch, or the holding's id
    batch: String,
    /// 写入的文件；不写则到标准输出 · File to write; standard output if not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 只写检查点本身 · The cosigned checkpoint alone
    #[arg(long)]
    note: bool,
}

impl Receipt {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let row = holding(&ledger, &self.batch)?;
        let note = note(&ledger, &row)?;
        let text = |name: &str| row.code(name).unwrap_or_default().to_owned();
        let receipt = json!({
            "archive": ledger.info().office,
            "batch": text("batch"),
            "format": 1,
            "note": note,
            "package": text("manifest"),
        });
        let bytes = if self.note { note.clone() } else { format!("{receipt:#}\n") };
        match &self.output {
            Some(path) => {
                output::write_file(path, bytes.as_bytes())?;
                let path = path.display();
                ui.say(format!("回执已写出：{path}"), format!("Receipt written: {path}"))?;
                ui.json(&receipt)
            }
            None if ui.is_json() => ui.json(&receipt),
            None => ui.raw(bytes.as_bytes()),
        }
    }
}

/// The holding that a batch's name or an id means.
///
/// Errors: `archive.no_batch`.
pub fn holding(ledger: &Ledger, text: &str) -> Outcome<DossierRow> {
    let rows = dossier::rows(ledger, "holding")?;
    let held = |row: &DossierRow| {
        row.state() == "held" && (row.code("batch") == Some(text) || row.id.as_str() == text)
    };
    rows.into_iter().find(held).ok_or_else(|| Fault::usage("archive.no_batch").with("found", text))
}

/// The checkpoint that was cosigned when the batch was accepted.
pub fn note(ledger: &Ledger, row: &DossierRow) -> Outcome<String> {
    let seq = row.get("advance").and_then(crate::rules::Scalar::number).unwrap_or_default();
    let event = ledger.event(seq)?;
    let missing = || Fault::machine("ledger.unreadable_event").with("seq", seq).with("found", "no note");
    event.fact("note").map(str::to_owned).ok_or_else(missing)
}
