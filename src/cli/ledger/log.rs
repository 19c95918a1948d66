//! `ledger log`.

use clap::Args;
use serde_json::Value;

use crate::cli::history::Names;
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
        // Of a damaged log there is more to read than the projections go on to.
        let size = ledger.log().position().size;
        let start = self.start.unwrap_or_else(|| size.saturating_sub(self.count));
        let names = Names::of(&ledger)?;
        let mut answers: Vec<Value> = Vec::new();
        for seq in start..size.min(start.saturating_add(self.count)) {
            let Some(step) = names.read(ctx, &ledger, seq)? else { continue };
            let subject = step.event.subject.clone();
            let says = |lang| step.lines(lang).replacen("  ", &format!("  {subject}  "), 1);
            ui.say(says(Lang::Zh), says(Lang::En))?;
            if ui.is_json() {
                answers.push(step.as_json());
            }
        }
        ui.json(&answers)
    }
}
