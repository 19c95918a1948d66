//! `archive list`.

use clap::Args;

use super::place::Place;
use crate::archive::intake::{Answer, State, waiting};
use crate::cli::dossier;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::{Lang, Outcome};
use crate::views::DossierRow;

/// 列出馆藏批次、退回的和待批准的来件 · List holdings, refusals, and arrivals that wait for approval
#[derive(Args)]
pub struct List {
    /// 只列待办的来件 · Only arrivals that are not decided
    #[arg(long)]
    waiting: bool,
    /// 写入的文件（.xlsx、.csv 或 .json） · File to write, .xlsx, .csv or .json
    #[arg(short, long, value_name = "FILE")]
    output: Option<std::path::PathBuf>,
}

impl List {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let ledger = ctx.read()?;
        let arrivals = waiting(place.disk())?;
        let mut rows: Vec<Vec<Cell>> = arrivals.iter().map(row).collect();
        if !self.waiting {
            rows.extend(dossier::rows(&ledger, "holding")?.iter().map(holding));
        }
        let sheet = Sheet { name: "馆藏与来件".into(), columns: columns(), rows, ..Sheet::default() };
        match &self.output {
            None => ui.sheet(&sheet),
            Some(path) => crate::cli::output::sheets(ctx, &ledger, path, ui.lang(), &[sheet]),
        }
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("batch", "批次", "Batch", 26).kind(Kind::Code).loud(),
        Column::new("state", "状态", "State", 10).kind(Kind::Tag),
        Column::new("name", "来件", "Arrival", 30),
        Column::new("ticket", "回执号", "Ticket", 18).kind(Kind::Code),
        Column::new("rule", "规则", "Rule", 26).kind(Kind::Code),
        Column::new("told", "说明", "Told", 50).kind(Kind::Long),
    ]
}

/// Answers as a table.
pub fn sheet(answers: &[Answer]) -> Sheet {
    Sheet {
        name: "接收结果".into(),
        columns: columns(),
        rows: answers.iter().map(row).collect(),
        ..Sheet::default()
    }
}

fn row(answer: &Answer) -> Vec<Cell> {
    let (rule, told) = match (&answer.fault, &answer.refusal) {
        (Some(fault), _) => (fault.code, fault.text(Lang::Zh)),
        (None, Some(refusal)) => {
            (refusal.rule.as_str(), format!("共 {} 个问题 · findings", refusal.findings))
        }
        (None, None) if answer.again => ("", "此前已办理 · decided before".into()),
        (None, None) => ("", String::new()),
    };
    vec![
        answer.batch.clone().unwrap_or_default().as_str().into(),
        answer.state.map_or("—", state).into(),
        answer.name.as_str().into(),
        answer.ticket.clone().unwrap_or_default().as_str().into(),
        rule.into(),
        told.as_str().into(),
    ]
}

/// A state in Chinese.
pub fn state(state: State) -> &'static str {
    match state {
        State::Received => "已收到",
        State::Checked => "已检测",
        State::Waiting => "待批准",
        State::Accepted => "已入藏",
        State::Rejected => "已退回",
        State::Conflict => "冲突",
    }
}

fn holding(row: &DossierRow) -> Vec<Cell> {
    let held = row.state() == "held";
    let number = |name: &str| row.get(name).map(ToString::to_string).unwrap_or_default();
    let told = format!("{} 件，事件 {} 至 {}", number("records"), number("from"), number("size"));
    let told = if held { told } else { format!("共 {} 个问题 · findings", number("findings")) };
    vec![
        row.code("batch").unwrap_or_default().into(),
        if held { "已入藏" } else { "已退回" }.into(),
        row.id.as_str().into(),
        Cell::from(""),
        row.code("finding").unwrap_or_default().into(),
        told.as_str().into(),
    ]
}
