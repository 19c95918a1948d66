//! `receipt list`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::record::{seen_at, witness_of};
use crate::cli::dossier::rows;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::Outcome;
use crate::record::Checkpoint;
use crate::rules::Witness;
use crate::views::DossierRow;

/// 列出回执：谁在何时见到多少个事件 · List them: who saw how many events, and when
#[derive(Args)]
pub struct List {
    /// 写入的文件（.xlsx、.csv 或 .json） · File to write, .xlsx, .csv or .json
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl List {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let known = rows(&ledger, "witness")?;
        let known = known.iter().filter_map(|row| Some((row.id.to_string(), witness_of(row)?)));
        let known: BTreeMap<String, Witness> = known.collect();
        let receipts = rows(&ledger, "receipt")?;
        let sheet = Sheet {
            name: "回执".into(),
            columns: vec![
                Column::new("id", "编号", "Id", 24).kind(Kind::Code).loud(),
                Column::new("witness", "见证方", "Witness", 28),
                Column::new("size", "事件数", "Events", 10).kind(Kind::Number),
                Column::new("seen", "见证时间", "Seen at", 26),
                Column::new("batch", "批次", "Batch", 10),
                Column::new("recorded", "记录日期", "Recorded", 12),
            ],
            rows: receipts.iter().map(|row| cells(&known, row)).collect(),
            ..Sheet::default()
        };
        match &self.output {
            None => ui.sheet(&sheet),
            Some(path) => output::sheets(ctx, &ledger, path, ui.lang(), &[sheet]),
        }
    }
}

fn cells(known: &BTreeMap<String, Witness>, row: &DossierRow) -> Vec<Cell> {
    let recorded = row.newest("receipt.recorded");
    let note = recorded.and_then(|event| Checkpoint::parse(event.fact("note")?).ok());
    let witness = row.code("witness").and_then(|id| known.get(id));
    let seen = note.as_ref().zip(witness).and_then(|(note, witness)| seen_at(note, witness));
    let size = note.and_then(|note| i64::try_from(note.head.size).ok());
    vec![
        row.id.as_str().into(),
        witness.map(|witness| witness.name.clone()).into(),
        size.map_or(Cell::Empty, Cell::Number),
        seen.map(|moment| moment.to_string()).into(),
        row.code("batch").map(str::to_owned).into(),
        recorded.and_then(|event| event.on()).map(|day| day.to_string()).into(),
    ]
}
