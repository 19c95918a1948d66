//! `calendar count`.

use clap::Args;
use serde_json::json;

use crate::cli::item::doing::day;
use crate::cli::lookup;
use crate::cli::{Ctx, Ui};
use crate::fault::{Lang, Outcome};
use crate::rules::{Period, Unit, count};

/// 推算期限：数了哪些日、跳过了哪些节假日 · Count a period: which days count, which are left out
#[derive(Args)]
pub struct Count {
    /// 起算事由发生之日，次日起算 · The day it begins after
    #[arg(long, value_name = "DATE")]
    after: String,
    /// 天数 · How many days
    #[arg(long, value_name = "N", default_value_t = 20)]
    days: u32,
    /// 按日历日，缺省为工作日 · Days of the calendar, not working days
    #[arg(long)]
    calendar_days: bool,
}

impl Count {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let calendar = lookup::office_law(&ledger)?.office.calendar;
        let unit = if self.calendar_days { Unit::Calendar } else { Unit::Working };
        let start = day(&self.after)?;
        let counted = count(&calendar, &Period { start, days: self.days, unit, pauses: Vec::new() });
        ui.say(counted.explain(Lang::Zh), counted.explain(Lang::En))?;
        ui.json(&json!(counted))
    }
}
