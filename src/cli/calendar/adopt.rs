//! `calendar adopt`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::input;
use crate::cli::item::doing::{Doing, day, split};
use crate::cli::lookup::{self, ledger_subject};
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;
use crate::record::{Day, PartName, Subject};
use crate::rules::{YearCalendar, shipped_calendars};

/// 采用一年的工作日历；年中调整的，再采用一次 · Adopt a year's calendar; adopt it again when it is changed
///
/// 不写放假日的，采用随程序提供的日历。Without days off, the calendars that ship with the program.
#[derive(Args)]
pub struct Adopt {
    /// 年度；不写则为随程序提供、台账尚未采用的全部年度 · Year; all that ship and are not adopted yet if not given
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// 放假日，用顿号或逗号隔开 · Days off
    #[arg(long, value_name = "DATES", requires = "year")]
    holidays: Option<String>,
    /// 调休上班日 · Make-up working days
    #[arg(long, value_name = "DATES", requires = "holidays")]
    workdays: Option<String>,
    /// 日历文件（JSON：[{"year":2027,"holidays":[…],"workdays":[…]}]） · File of calendars
    #[arg(long, value_name = "FILE", conflicts_with_all = ["year", "holidays"])]
    from: Option<PathBuf>,
    /// 国务院办公厅通知的文号 · Number of the notice
    #[arg(long, value_name = "TEXT")]
    notice: Option<String>,
    /// 通知的网址 · Address of the notice
    #[arg(long, value_name = "URL")]
    address: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Adopt {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let calendars = self.calendars(&desk)?;
        if calendars.is_empty() {
            return Err(Fault::usage("calendar.nothing"));
        }
        let subject = ledger_subject()?;
        let mut plan = Vec::new();
        for calendar in &calendars {
            let wish = told(done.wish("rules.calendar", &subject)?, calendar)
                .maybe_part(PartName::Open, "notice", self.notice.clone())
                .maybe_part(PartName::Open, "address", self.address.clone());
            plan.push(Planned { wish, place: calendar.year().to_string() });
        }
        desk.sign_and_show(ui, plan, self.doing.dry_run)
    }

    fn calendars(&self, desk: &Desk<'_>) -> Outcome<Vec<YearCalendar>> {
        if let Some(path) = &self.from {
            let unreadable = |found| Fault::usage("calendar.unreadable").with("found", found);
            return serde_json::from_str(&input::text(path)?).map_err(unreadable);
        }
        let days = |text: &Option<String>| -> Outcome<Vec<Day>> {
            text.iter().flat_map(|text| split(text)).map(|text| day(&text)).collect()
        };
        if let (Some(year), Some(_)) = (self.year, &self.holidays) {
            return Ok(vec![YearCalendar::new(year, days(&self.holidays)?, days(&self.workdays)?)]);
        }
        let known = lookup::office_law(&desk.ledger)?.office.calendar;
        let wanted = |calendar: &YearCalendar| match self.year {
            Some(year) => calendar.year() == year,
            None => !known.knows(calendar.year()),
        };
        Ok(shipped_calendars().into_iter().filter(wanted).collect())
    }
}

fn told(wish: Wish, calendar: &YearCalendar) -> Wish {
    let days = |days: &[Day]| days.iter().map(ToString::to_string).collect::<Vec<_>>();
    wish.fact("year", calendar.year())
        .fact("holidays", days(calendar.holidays()))
        .fact("workdays", days(calendar.workdays()))
}

/// The adoption of every calendar that ships with the program, by `person` on the day `on`.
pub fn shipped_wishes(person: &Subject, on: Day) -> Outcome<Vec<Wish>> {
    let subject = ledger_subject()?;
    let wish = |calendar| Ok(told(Wish::new("rules.calendar", &subject)?.done(person, on, "own"), calendar));
    shipped_calendars().iter().map(wish).collect()
}
