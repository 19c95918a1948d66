//! `item`: the life of a piece of government information.

mod columns;
mod correct;
mod cover;
pub mod decide;
mod deposit;
mod determine;
pub mod doing;
pub mod each;
mod erase;
pub mod erasing;
mod file;
pub mod filling;
mod json_rows;
mod lapse;
mod list;
pub mod open_part;
mod propose;
pub mod publish;
pub mod reassess;
mod refer;
mod register;
mod review;
mod show;
mod transfer;
pub mod which;

pub(super) use which::find_item;
mod withdraw;

use clap::Subcommand;

use super::{Ctx, Ui};
use crate::fault::Outcome;

/// 政府信息：登记、建议、审查、定性、发布…… · Government information: register, propose, review, decide, publish …
#[derive(Subcommand)]
pub enum Verb {
    Register(register::Register),
    Propose(propose::Propose),
    Review(review::Review),
    Refer(refer::Refer),
    Determine(determine::Determine),
    Decide(decide::Decide),
    Publish(publish::Publish),
    Correct(correct::Correct),
    Withdraw(withdraw::Withdraw),
    Reassess(reassess::Reassess),
    Lapse(lapse::Lapse),
    Transfer(transfer::Transfer),
    Cover(cover::Cover),
    Deposit(deposit::Deposit),
    File(file::File),
    Erase(erase::Erase),
    Show(show::Show),
    List(list::List),
}

impl Verb {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        match self {
            Self::Register(verb) => verb.run(ui, ctx),
            Self::Propose(verb) => verb.run(ui, ctx),
            Self::Review(verb) => verb.run(ui, ctx),
            Self::Refer(verb) => verb.run(ui, ctx),
            Self::Determine(verb) => verb.run(ui, ctx),
            Self::Decide(verb) => verb.run(ui, ctx),
            Self::Publish(verb) => verb.run(ui, ctx),
            Self::Correct(verb) => verb.run(ui, ctx),
            Self::Withdraw(verb) => verb.run(ui, ctx),
            Self::Reassess(verb) => verb.run(ui, ctx),
            Self::Lapse(verb) => verb.run(ui, ctx),
            Self::Transfer(verb) => verb.run(ui, ctx),
            Self::Cover(verb) => verb.run(ui, ctx),
            Self::Deposit(verb) => verb.run(ui, ctx),
            Self::File(verb) => verb.run(ui, ctx),
            Self::Erase(verb) => verb.run(ui, ctx),
            Self::Show(verb) => verb.run(ui, ctx),
            Self::List(verb) => verb.run(ui, ctx),
        }
    }
}
