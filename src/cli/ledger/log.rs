//! `ledger log`.

use clap::Args;
use serde_json::Value;

use crate::cli::history::Names;
use crate::cli::lookup;
use crate::cli::{Ctx, Ui};
use crate::fault::{Lang, Outcome};

/// 逐条列出事件 · List events one by one
#[derive(Args)]
pub struct Log {
    /// 从第几号事件起，缺省为最近的 --count 条 · First event; the newest ones if not given
    #[arg(long, value_name = "N")]
    start: Option<u64>,
    /// 列出多少条 · How many
    #[arg(long, value_name = "N", default_value_t = 30)]
    count: u64,
}

impl Log {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let size = ledger.head().size();
        let start = self.start.unwrap_or_else(|| size.saturating_sub(self.count));
        let names = Names::of(&ledger)?;
        let mut answers: Vec<Value> = Vec::new();
        for seq in start..size.min(start.saturating_add(self.count)) {
            let (event, parts) = lookup::event(&ledger, seq)?;
            let subject = event.subject.clone();
            let step = names.step(event, parts);
            let says = |lang| step.lines(lang).replacen("  ", &format!("  {subject}  "), 1);
            ui.say(says(Lang::Zh), says(Lang::En))?;
            if ui.is_json() {
                answers.push(step.as_json());
            }
        }
        ui.json(&answers)
    }
}
