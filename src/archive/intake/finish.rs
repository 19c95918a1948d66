//! What follows a decision, and what opening the archive finds of it.

use super::ask::Register;
use super::card::{Card, State, folder};
use super::{INTAKE, Intake, QUARANTINE};
use crate::archive::durable;
use crate::archive::store::Key;
use crate::fault::{Fault, Outcome};

impl Intake<'_> {
    /// Moves the object of an accepted arrival into the store and tidies up. May be asked again.
    pub(super) fn finish_accepted(&self, ticket: &str, key: &Key) -> Outcome<()> {
        let folder = folder(ticket);
        let object = format!("{folder}/object");
        if self.store.has(key)? {
            // It was moved, and whether that is durable was not heard.
            self.store.settle(key)?;
            durable::sync(self.disk(), &folder)?;
        } else if durable::is_dir(self.disk(), &object)? {
            self.store.take_in(&object, key)?;
        } else {
            return Err(Fault::machine("archive.lost").with("path", key.path()).with("found", ticket));
        }
        durable::remove(self.disk(), &folder)
    }

    /// Moves a refused arrival out of the intake. May be asked again.
    pub(super) fn set_aside(&self, card: &Card) -> Outcome<()> {
        self.keep(card)?;
        let folder = folder(&card.ticket);
        let (mut to, mut nth) = (format!("{QUARANTINE}/{}", card.ticket), 1);
        while durable::kind(self.disk(), &to)?.is_some() {
            if self.card_in(&to)?.is_some_and(|kept| kept.receipt == card.receipt) {
                // The same bytes with the same answer are there.
                durable::sync(self.disk(), QUARANTINE)?;
                return durable::remove(self.disk(), &folder);
            }
            nth += 1;
            to = format!("{QUARANTINE}/{}.{nth}", card.ticket);
        }
        durable::shift(self.disk(), &folder, &to)
    }

    /// Puts in order what a crash or a failure left: decided changes of the store and accepted arrivals are completed,
    /// refused ones set aside, arrivals that were not received whole removed. Gives the tickets that were completed.
    ///
    /// Arrivals that are received and not decided stay; [`Intake::resume`] goes on with them.
    pub fn recover(&self, register: &mut dyn Register) -> Outcome<Vec<String>> {
        self.store.recover_by(&mut |key| register.rewritten(key))?;
        let mut completed = Vec::new();
        for ticket in durable::folders(self.disk(), INTAKE)? {
            let folder = folder(&ticket);
            let Some(card) = self.card_in(&folder)? else {
                durable::remove(self.disk(), &folder)?;
                continue;
            };
            if let Some(holding) = register.holding_of(&card.original)? {
                self.finish_accepted(&ticket, &holding.key()?)?;
            } else if matches!(card.state, State::Rejected | State::Conflict) {
                self.set_aside(&card)?;
            } else {
                continue;
            }
            completed.push(ticket);
        }
        Ok(completed)
    }
}
