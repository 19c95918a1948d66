//! `round results`.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::{self, RoundResult};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::{Fault, Outcome};
use crate::record::PartName;

/// 查看一轮的结果；写 --publish 则公开清理结果 · Show the outcomes of a round, or publish them with --publish
#[derive(Args)]
pub struct Results {
    /// 年度，缺省为最近一轮 · Year; the newest round if not given
    #[arg(long, value_name = "YEAR")]
    year: Option<u64>,
    /// 公开清理结果（只公开各类件数） · Publish the results: numbers of each outcome only
    #[arg(long)]
    publish: bool,
    /// 公开标题 · Public title
    #[arg(long, value_name = "TEXT", requires = "publish")]
    title: Option<String>,
    /// 发布地址 · Address
    #[arg(long, value_name = "URL", requires = "publish")]
    address: Option<String>,
    /// 概述 · Summary
    #[arg(long, value_name = "TEXT", requires = "publish")]
    summary: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Results {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if !self.publish {
            let ledger = ctx.read()?;
            return show(
                ui,
                &lookup::round_result(&ledger, self.year)?.ok_or_else(|| Fault::usage("round.unknown"))?,
            );
        }
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let result =
            lookup::round_result(&desk.ledger, self.year)?.ok_or_else(|| Fault::usage("round.unknown"))?;
        let office = desk.ledger.info().office.clone();
        let title = self
            .title
            .unwrap_or_else(|| format!("{office}{}年度不予公开信息清理结果", result.round.law.year));
        let numbers: Map<String, Value> =
            result.outcomes.iter().map(|(outcome, count)| (outcome.clone(), json!(count))).collect();
        let wish = done
            .wish("round.published", &result.round.id)?
            .part(PartName::Open, "title", title)
            .part(PartName::Open, "results", numbers)
            .maybe_part(PartName::Open, "address", self.address)
            .maybe_part(PartName::Open, "summary", self.summary);
        let place = result.round.id.to_string();
        desk.sign_and_show(ui, vec![Planned { wish, place }], self.doing.dry_run)
    }
}

fn show(ui: &Ui, result: &RoundResult) -> Outcome<()> {
    let law = &result.round.law;
    if ui.is_json() {
        return ui.json(&json!({
            "round": result.round.id, "year": law.year, "state": law.state.as_str(), "count": law.count, "done": law.done,
            "outcomes": result.outcomes,
        }));
    }
    let row = |(outcome, count): (&String, &i64)| {
        vec![words().word("reassess_outcome", outcome).into(), Cell::Number(*count)]
    };
    ui.sheet(&Sheet {
        name: "评估结果".into(),
        title: format!("{} 年度评估  {} / {}", law.year, law.done, law.count),
        columns: vec![
            Column::new("outcome", "评估结果", "Outcome", 24),
            Column::new("count", "件数", "Items", 8).kind(Kind::Number),
        ],
        rows: result.outcomes.iter().map(row).collect(),
        ..Sheet::default()
    })
}
