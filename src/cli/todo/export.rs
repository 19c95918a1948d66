//! `todo export`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::waiting::waiting;
use crate::cli::lookup::{self, ItemView};
use crate::cli::worklist::decision_sheet;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::Step;
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;

/// 导出待办表格，填好后用 todo import 签署 · Export what waits as a spreadsheet, to be filled in and signed with todo import
#[derive(Args)]
pub struct Export {
    /// 写入的文件（.xlsx 或 .csv） · File to write, .xlsx or .csv
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// 所有人的待办 · What waits for anybody
    #[arg(long)]
    all: bool,
    /// 承接的、未载明公开属性的记录 · Records taken over without an attribute
    #[arg(long, conflicts_with = "all")]
    inherited: bool,
}

impl Export {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut ledger = ctx.read()?;
        let rows = self.rows(ctx, &mut ledger)?;
        if rows.is_empty() {
            return Err(Fault::usage("item.none_waiting"));
        }
        let step = |kind: &str| match kind {
            "item.proposed" => Step::Proposal,
            "item.reviewed" | "item.referred" | "item.determined" => Step::Review,
            "item.published" => Step::Publication,
            _ => Step::Decision,
        };
        let mut steps: Vec<Step> = Vec::new();
        for (_, kind) in &rows {
            if !steps.contains(&step(kind)) {
                steps.push(step(kind));
            }
        }
        let items: Vec<_> = rows.into_iter().map(|(item, _)| item).collect();
        let sheet = decision_sheet(&ledger, &items, &steps)?;
        output::sheets(ctx, &ledger, &self.output, ui.lang(), &[sheet])?;
        let (count, file) = (items.len(), self.output.display());
        ui.say(
            format!("已导出 {count} 件：{file}\n填好后：todo import {file}"),
            format!("{count} items written to {file}\nOnce filled in: todo import {file}"),
        )?;
        ui.json(&json!({ "file": self.output, "items": count }))
    }

    fn rows(&self, ctx: &Ctx<'_>, ledger: &mut Ledger) -> Outcome<Vec<(ItemView, &'static str)>> {
        if self.inherited {
            let items = lookup::waiting(ledger, "item.proposed", true, ctx.today()?)?;
            return Ok(items.into_iter().map(|item| (item, "item.proposed")).collect());
        }
        let (rows, _) = waiting(ctx, ledger, self.all)?;
        let rows = rows.into_iter().map(|(item, waits)| (item, waits.kind));
        Ok(rows.filter(|(_, kind)| *kind != "item.reassessed").collect())
    }
}
