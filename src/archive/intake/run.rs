//! Many arrivals in one go.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use super::Intake;
use super::ask::{Receipt, Refusal, Register};
use super::card::{Card, State};
use super::decide::{Desk, Sitting};
use super::given::{Given, Ticket};
use crate::fault::{Fault, Outcome};
use crate::log::disk::Disk;
use crate::record::Moment;

/// What became of an arrival.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Answer {
    /// The name it was given under.
    pub name: String,
    /// Its ticket, unless it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Where it is; nothing, if it did not come in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// The batch it says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// What was told of the decision; the same whenever it is asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Whether this had been decided before: nothing was recorded now.
    pub again: bool,
    /// What kept it from being decided; or, behind a decision that stands, what is left to be finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
}

impl Answer {
    pub(super) fn of(card: &Card) -> Self {
        Self {
            name: card.name.clone(),
            ticket: Some(card.ticket.clone()),
            state: Some(card.state),
            batch: card.claim.as_ref().map(|claim| claim.batch.clone()),
            refusal: card.refusal.clone(),
            receipt: card.receipt.clone(),
            ..Self::default()
        }
    }

    /// Of one that did not come in.
    pub fn failed(name: &str, fault: Fault) -> Self {
        Self { name: name.into(), fault: Some(fault), ..Self::default() }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Arrivals that are read in and looked at.
    pub received: usize,
    /// Arrivals that have their answer.
    pub answered: usize,
    /// All of them.
    pub total: usize,
    /// The newest answer.
    pub answer: Option<&'a Answer>,
}

/// Is told how far a run is, from many threads.
pub type Told<'a> = dyn Fn(&Progress<'_>) + Sync + 'a;

/// Counts for whom it may concern.
struct Counter<'a> {
    told: &'a Told<'a>,
    received: AtomicUsize,
    answered: AtomicUsize,
    total: usize,
}

impl<'a> Counter<'a> {
    fn new(told: &'a Told<'a>, total: usize) -> Self {
        Self { told, received: AtomicUsize::new(0), answered: AtomicUsize::new(0), total }
    }

    fn tell(&self, answer: Option<&Answer>) {
        let (received, answered) =
            (self.received.load(Ordering::Relaxed), self.answered.load(Ordering::Relaxed));
        (self.told)(&Progress { received, answered, total: self.total, answer });
    }

    fn received(&self) {
        self.received.fetch_add(1, Ordering::Relaxed);
        self.tell(None);
    }

    fn answered(&self, answer: &Answer) {
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.tell(Some(answer));
    }
}

/// An arrival that was looked at.
struct Looked {
    ticket: String,
    card: Outcome<Card>,
    /// Whether it was given now; otherwise it was found here.
    given: bool,
}

/// Arrivals that are in the intake and not decided, as they stand; for reading.
pub fn waiting(disk: std::sync::Arc<dyn Disk>) -> Outcome<Vec<Answer>> {
    let cards = super::card::undecided(&*disk)?;
    Ok(cards.iter().map(Answer::of).collect())
}

impl Intake<'_> {
    /// Takes in what is given and decides it, with what is here and not decided. An answer for each given, in their order, and then for
    /// what was here; what the machine keeps from one does not keep it from the others. [`Intake::recover`] has been asked before.
    ///
    /// Errors: the register cannot be asked.
    pub fn ingest(
        &self,
        given: &[Given<'_>],
        register: &mut dyn Register,
        now: Moment,
        progress: &Told<'_>,
    ) -> Outcome<Vec<Answer>> {
        let tickets: Vec<Outcome<Ticket>> = given.par_iter().map(Given::ticket).collect();
        let (mut answers, mut fresh) = (BTreeMap::new(), BTreeMap::new());
        for (nth, ticket) in tickets.iter().enumerate() {
            let Ok(ticket) = ticket else { continue };
            match register.holding_of(&ticket.original)? {
                Some(held) => {
                    let answer = Answer {
                        ticket: Some(ticket.ticket.clone()),
                        state: Some(State::Accepted),
                        batch: Some(held.claim.batch),
                        receipt: Some(held.receipt),
                        again: true,
                        ..Answer::default()
                    };
                    answers.insert(ticket.ticket.clone(), answer);
                }
                None => drop(fresh.entry(&ticket.ticket).or_insert((nth, ticket))),
            }
        }
        let mut order: Vec<_> = fresh.into_values().collect();
        order.sort_by_key(|(nth, _)| *nth);
        let cards = self.undecided(&order.iter().map(|(_, ticket)| ticket.ticket.as_str()).collect())?;
        let counter = Counter::new(progress, given.len() + cards.len());
        let received: Vec<Looked> = order
            .into_par_iter()
            .filter_map(|(nth, ticket)| Some((ticket, given.get(nth)?)))
            .map(|(ticket, given)| {
                let card = self.receive(given, ticket, now).and_then(|card| self.look_if_due(card));
                counter.received();
                Looked { ticket: ticket.ticket.clone(), card, given: true }
            })
            .collect();
        let mut looked = self.look_at_all(cards, false, &counter);
        looked.extend(received);
        let sitting = Sitting { desk: Desk::new(register), now, approved: None };
        answers.extend(self.answer_all(looked, &sitting, &counter)?);
        let mut told = Vec::with_capacity(given.len());
        for (given, ticket) in given.iter().zip(&tickets) {
            let name = given.name().to_owned();
            told.push(match ticket {
                Err(fault) => Answer::failed(&name, fault.clone()),
                Ok(ticket) => Answer { name, ..answers.get(&ticket.ticket).cloned().unwrap_or_default() },
            });
        }
        for ticket in tickets.iter().flatten() {
            answers.remove(&ticket.ticket);
        }
        told.extend(answers.into_values());
        Ok(told)
    }

    /// Goes on with every arrival that is received and not decided. One whose predecessor is missing stays: whoever gave
    /// it may not have come to give the others.
    pub fn resume(&self, register: &mut dyn Register, now: Moment, told: &Told<'_>) -> Outcome<Vec<Answer>> {
        let cards = self.undecided(&BTreeSet::new())?;
        let counter = Counter::new(told, cards.len());
        let looked = self.look_at_all(cards, false, &counter);
        let sitting = Sitting { desk: Desk::new(register), now, approved: None };
        Ok(self.answer_all(looked, &sitting, &counter)?.into_values().collect())
    }

    /// Arrivals that are received and not decided, besides some.
    fn undecided(&self, besides: &BTreeSet<&str>) -> Outcome<Vec<Card>> {
        let mut cards = self.cards()?;
        cards.retain(|card| card.state != State::Waiting && !besides.contains(card.ticket.as_str()));
        Ok(cards)
    }

    /// Accepts an arrival that waits, when it is still sound: `person` approves.
    ///
    /// Errors: `archive.no_ticket`, `archive.not_waiting`.
    pub fn approve(
        &self,
        ticket: &str,
        person: &str,
        register: &mut dyn Register,
        now: Moment,
    ) -> Outcome<Answer> {
        let card = self.waiting(ticket)?;
        let counter = Counter::new(&|_| (), 1);
        let looked = self.look_at_all(vec![card], true, &counter);
        let sitting = Sitting { desk: Desk::new(register), now, approved: Some(person.into()) };
        let answers = self.answer_all(looked, &sitting, &counter)?;
        answers.into_values().next().ok_or_else(|| no_ticket(ticket))
    }

    /// Refuses an arrival that waits: a person does not approve.
    ///
    /// Errors: `archive.no_ticket`, `archive.not_waiting`.
    pub fn decline(&self, ticket: &str, register: &mut dyn Register, now: Moment) -> Outcome<Answer> {
        let card = self.waiting(ticket)?;
        let sitting = Sitting { desk: Desk::new(register), now, approved: None };
        let refusal = Refusal { rule: "archive.declined".into(), findings: 1 };
        self.refuse(card, refusal, false, &[], &sitting)
    }

    fn waiting(&self, ticket: &str) -> Outcome<Card> {
        let card = self.cards()?.into_iter().find(|card| card.ticket == ticket);
        let card = card.ok_or_else(|| no_ticket(ticket))?;
        let waits = card.state == State::Waiting;
        waits.then_some(card).ok_or_else(|| Fault::refused("archive.not_waiting").with("found", ticket))
    }

    fn look_at_all(&self, cards: Vec<Card>, given: bool, counter: &Counter<'_>) -> Vec<Looked> {
        let look = |card: Card| {
            let ticket = card.ticket.clone();
            let card = self.look(card);
            counter.received();
            Looked { ticket, card, given }
        };
        cards.into_par_iter().map(look).collect()
    }

    /// One that waits for a person is left to wait.
    fn look_if_due(&self, card: Card) -> Outcome<Card> {
        if card.state == State::Waiting { Ok(card) } else { self.look(card) }
    }

    /// Answers by ticket: those that cannot even be looked into one after the other, the rest in parallel by office.
    fn answer_all(
        &self,
        looked: Vec<Looked>,
        sitting: &Sitting<'_>,
        counter: &Counter<'_>,
    ) -> Outcome<BTreeMap<String, Answer>> {
        let waiting = self.offices_waiting(&looked)?;
        // Which office's batch it is that could not be read in, nobody knows: no gap is held against any.
        let unread = looked.iter().any(|looked| looked.card.is_err());
        let (mut answers, mut offices) = (BTreeMap::new(), BTreeMap::<String, Vec<(Card, bool)>>::new());
        for Looked { ticket, card, given } in looked {
            match card {
                Ok(card) => match &card.claim {
                    Some(claim) => offices.entry(claim.origin.clone()).or_default().push((card, given)),
                    None => drop(answers.insert(ticket, self.answer(card, false, sitting, counter))),
                },
                Err(fault) => {
                    let answer = Answer { ticket: Some(ticket.clone()), ..Answer::failed("", fault) };
                    counter.answered(&answer);
                    answers.insert(ticket, answer);
                }
            }
        }
        let answered: Vec<(String, Answer)> = offices
            .into_par_iter()
            .flat_map_iter(|(origin, cards)| {
                self.answer_office(cards, unread || waiting.contains(&origin), sitting, counter)
            })
            .collect();
        answers.extend(answered);
        Ok(answers)
    }

    /// Offices with a batch that waits for a person and is not among those that are decided now.
    fn offices_waiting(&self, looked: &[Looked]) -> Outcome<BTreeSet<String>> {
        let due: BTreeSet<&str> = looked.iter().map(|looked| looked.ticket.as_str()).collect();
        let waits = |card: &Card| card.state == State::Waiting && !due.contains(card.ticket.as_str());
        let cards = self.cards()?.into_iter().filter(waits);
        Ok(cards.filter_map(|card| card.claim).map(|claim| claim.origin).collect())
    }

    /// The batches of one office, in the order of its log. One that was not given now is not refused for a gap.
    fn answer_office(
        &self,
        mut cards: Vec<(Card, bool)>,
        mut waits: bool,
        sitting: &Sitting<'_>,
        counter: &Counter<'_>,
    ) -> Vec<(String, Answer)> {
        cards.sort_by_cached_key(|(card, _)| {
            let ends = card.claim.as_ref().map(|claim| (claim.from, claim.size));
            (ends, card.ticket.clone())
        });
        let answers = cards.into_iter().map(|(card, given)| {
            let ticket = card.ticket.clone();
            let answer = self.answer(card, waits || !given, sitting, counter);
            waits |= !matches!(answer.state, Some(State::Accepted | State::Rejected | State::Conflict));
            (ticket, answer)
        });
        answers.collect()
    }

    fn answer(&self, card: Card, waits: bool, sitting: &Sitting<'_>, counter: &Counter<'_>) -> Answer {
        let undecided = Answer::of(&card);
        let waiting = card.state == State::Waiting && sitting.approved.is_none();
        let answer = if waiting {
            undecided
        } else {
            self.decide(card, waits, sitting)
                .unwrap_or_else(|fault| Answer { fault: Some(fault), ..undecided })
        };
        counter.answered(&answer);
        answer
    }
}

fn no_ticket(ticket: &str) -> Fault {
    Fault::usage("archive.no_ticket").with("found", ticket)
}
