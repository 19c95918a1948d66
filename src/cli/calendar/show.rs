//! `calendar show`.

use clap::Args;

use crate::cli::lookup;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::Outcome;
use crate::record::Day;

/// 查看已采用的工作日历 · Show the calendars that were adopted
#[derive(Args)]
pub struct Show {
    /// 年度；不写则为全部 · Year; all if not given
    #[arg(value_name = "YEAR")]
    year: Option<i16>,
}

impl Show {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let calendar = lookup::office_law(&ledger)?.office.calendar;
        let years = calendar.years().filter(|year| self.year.is_none_or(|wanted| wanted == *year));
        let days = |days: &[Day]| Cell::from(days.iter().map(short).collect::<Vec<_>>().join("、").as_str());
        let row = |year| {
            let known = calendar.year(year)?;
            let adopted = calendar.adopted(year)?;
            let number = |n: u64| Cell::Number(i64::try_from(n).unwrap_or(i64::MAX));
            Some(vec![
                i64::from(year).into(),
                number(adopted),
                days(known.holidays()),
                days(known.workdays()),
            ])
        };
        ui.sheet(&Sheet {
            name: "工作日历".into(),
            columns: vec![
                Column::new("year", "年度", "Year", 6).kind(Kind::Number),
                Column::new("adopted", "采用于事件", "Adopted by event", 8).kind(Kind::Number),
                Column::new("holidays", "放假日", "Days off", 60).kind(Kind::Long),
                Column::new("workdays", "调休上班", "Make-up working days", 40).kind(Kind::Long),
            ],
            rows: years.filter_map(row).collect(),
            ..Sheet::default()
        })
    }
}

fn short(day: &Day) -> String {
    day.0.strftime("%m-%d").to_string()
}
