//! `archive approve`, `archive decline`.

use clap::Args;

use super::ingest::show;
use super::place::{Place, Room};
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 批准待批准的来件入藏（批准人须有审签职责） · Approve arrivals that wait; by an approver
#[derive(Args)]
pub struct Approve {
    /// 回执号 · Tickets
    #[arg(required = true, value_name = "TICKET")]
    tickets: Vec<String>,
}

/// 退回待批准的来件 · Decline an arrival that waits
#[derive(Args)]
pub struct Decline {
    /// 回执号 · Ticket
    ticket: String,
}

impl Approve {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let mut room = Room::open(ctx, place)?;
        let me = room.me();
        let mut answers = Vec::new();
        for ticket in &self.tickets {
            answers.push(room.work(|intake, register, now| intake.approve(ticket, &me, register, now))?);
        }
        show(ui, answers)
    }
}

impl Decline {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let mut room = Room::open(ctx, place)?;
        let answer = room.work(|intake, register, now| intake.decline(&self.ticket, register, now))?;
        ui.sheet(&super::list::sheet(&[answer]))
    }
}
