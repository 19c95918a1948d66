//! Filled-in lists of decisions: which steps of each row are new, whose they are, and the wishes they come to.
//!
//! A step that the ledger holds already, with the same outcome, is passed over: so a list goes from desk to desk, each
//! signs what is theirs, and taking the same list twice adds nothing.

use std::collections::BTreeMap;

use super::desk::{Desk, Planned};
use super::item::decide::{Given, decision};
use super::item::doing::Done;
use super::item::filling::Filling;
use super::item::open_part::Public;
use super::item::publish::publication;
use super::item::which::{Cells, Target, find_key};
use super::lookup::ItemView;
use crate::exchange::worklist::{self, DecisionRow};
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;
use crate::rules::Role;
use crate::views::Course;

/// Which steps to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// All: of a list of what was decided on paper.
    All,
    /// Those that the signer may sign; a row waits at the first step that is somebody else's.
    Mine,
}

/// What a list comes to.
#[derive(Default)]
pub struct Taken {
    /// Wishes, in the list's order.
    pub plan: Vec<Planned>,
    /// Steps that stand in the ledger already.
    pub recorded: usize,
    /// Steps that wait for somebody else, by kind.
    pub others: BTreeMap<&'static str, usize>,
    /// Rows that cannot be taken: place, subject, why.
    pub faults: Vec<(String, String, Fault)>,
}

/// The kinds of the four steps, in their order.
const KINDS: [&str; 4] = ["item.proposed", "item.reviewed", "item.decided", "item.published"];

/// Works a list through.
pub fn take(desk: &mut Desk<'_>, done: &Done, rows: &[DecisionRow], taking: Taking) -> Outcome<Taken> {
    let roles = desk.my_roles()?;
    let mut taken = Taken::default();
    for row in rows {
        let place = format!("第 {} 行 line {}", row.line, row.line);
        let taker = Taker { desk, done, row, roles: &roles, taking };
        match taker.run(&mut taken) {
            Ok(()) => {}
            Err(fault) => taken.faults.push((place, row.item.id.clone().unwrap_or_default(), fault)),
        }
    }
    Ok(taken)
}

struct Taker<'a> {
    desk: &'a Desk<'a>,
    done: &'a Done,
    row: &'a DecisionRow,
    roles: &'a [&'static str],
    taking: Taking,
}

impl Taker<'_> {
    fn run(&self, taken: &mut Taken) -> Outcome<()> {
        let item = find_key(&self.desk.ledger, &self.row.item)?;
        let target = Target::new(item, Cells::default(), Some(self.row.line));
        let mut fresh = false;
        let mut plan = Vec::new();
        for kind in KINDS {
            let Some(step) = self.step(kind) else { continue };
            if !fresh && self.recorded(kind, &target.item) {
                taken.recorded += 1;
                continue;
            }
            if !self.is_mine(kind, step)? {
                *taken.others.entry(kind).or_default() += 1;
                break;
            }
            let wish = self.wish(kind, step, &target, !fresh)?;
            plan.push(Planned { wish, place: target.place.clone() });
            fresh = true;
        }
        taken.plan.extend(plan);
        Ok(())
    }

    fn step(&self, kind: &str) -> Option<&worklist::Done> {
        match kind {
            "item.proposed" => self.row.proposal.as_ref().map(|step| &step.done),
            "item.reviewed" => self.row.review.as_ref().map(|step| &step.done),
            "item.decided" => self.row.decision.as_ref().map(|step| &step.done),
            _ => self.row.publication.as_ref().map(|step| &step.done),
        }
    }

    fn is_mine(&self, kind: &str, step: &worklist::Done) -> Outcome<bool> {
        if self.taking == Taking::All {
            return Ok(true);
        }
        let done = self.done.for_step(self.desk, step, None)?;
        if !done.is_own() {
            return Ok(done.has_evidence() || self.row.evidence.is_some());
        }
        Ok(self.desk.may(self.roles, kind))
    }

    /// Whether the newest event of this kind says the same and still holds.
    fn recorded(&self, kind: &str, item: &ItemView) -> bool {
        let Some(event) = item.newest(kind) else { return false };
        if item.newest("item.withdrawn").is_some_and(|undone| undone.seq > event.seq) {
            return false;
        }
        let law = &item.law;
        let holds = match kind {
            "item.reviewed" => law.review.as_ref().is_some_and(|review| review.seq >= event.seq),
            "item.decided" => law.decided == Some(event.seq),
            "item.published" => law.is_public(),
            _ => true,
        };
        holds && self.says(kind, event)
    }

    fn says(&self, kind: &str, event: &Course) -> bool {
        let row = self.row;
        let fact =
            |name: &str, value: Option<&str>| value.is_none_or(|value| event.fact(name) == Some(value));
        match kind {
            "item.proposed" => row.proposal.as_ref().is_some_and(|step| {
                fact("attribute", Some(&step.attribute)) && fact("ground", step.ground.as_deref())
            }),
            "item.reviewed" => row.review.as_ref().is_some_and(|step| {
                fact("outcome", Some(&step.outcome)) && fact("scope", step.scope.as_deref())
            }),
            "item.decided" => row.decision.as_ref().is_some_and(|step| {
                fact("attribute", Some(&step.attribute)) && fact("ground", step.ground.as_deref())
            }),
            _ => true,
        }
    }

    fn wish(&self, kind: &'static str, step: &worklist::Done, target: &Target, first: bool) -> Outcome<Wish> {
        let reason = match kind {
            "item.proposed" => self.row.proposal.as_ref().and_then(|step| step.reason.as_ref()),
            "item.reviewed" => self.row.review.as_ref().and_then(|step| step.reason.as_ref()),
            "item.decided" => self.row.decision.as_ref().and_then(|step| step.reason.as_ref()),
            _ => None,
        };
        let done = self.done.for_step(self.desk, step, reason)?;
        let done = done.with(self.row.evidence.as_ref(), self.departures(kind, first));
        let it = Filling { desk: self.desk, item: &target.item, cells: &target.cells, done };
        match kind {
            "item.proposed" => self.proposal(&it),
            "item.reviewed" => self.review(&it),
            "item.decided" => self.decision(&it),
            _ => self.publication(&it),
        }
    }

    /// Departures are declared for the row; each belongs to the step that can need it.
    fn departures(&self, kind: &str, first: bool) -> Vec<String> {
        let row = self.row;
        let last = |kinds: &[&str]| kinds.iter().rev().find(|kind| self.step(kind).is_some()) == Some(&kind);
        let belongs = |code: &String| match code.as_str() {
            "self_review" => kind == "item.reviewed",
            "late" | "undecided" => kind == "item.published",
            "unreviewed" => last(&KINDS),
            _ => first,
        };
        row.irregular.iter().filter(|code| belongs(code)).cloned().collect()
    }

    fn proposal(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let step = self.row.proposal.clone().unwrap_or_default();
        Ok(it.wish("item.proposed")?.fact("attribute", step.attribute).maybe("ground", step.ground))
    }

    fn review(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let step = self.row.review.clone().unwrap_or_default();
        let implied = if self.row.redacted.is_some() { "redacted" } else { "whole" };
        let scope = step.scope.unwrap_or_else(|| implied.into());
        let redacted = self.row.redacted.clone().filter(|_| scope == "redacted");
        let wish = it.wish("item.reviewed")?.fact("outcome", step.outcome).fact("scope", scope);
        Ok(wish.maybe("redacted", redacted))
    }

    fn decision(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let step = self.row.decision.clone().unwrap_or_default();
        let redacted = self.row.redacted.clone().filter(|_| step.attribute == "partial");
        let given = Given {
            attribute: Some(step.attribute),
            ground: step.ground,
            remainder: step.remainder_ground,
            redacted,
            mark: step.mark,
            basis: step.basis,
            ..Given::default()
        };
        decision(it, given)
    }

    fn publication(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let step = self.row.publication.clone().unwrap_or_default();
        let decided = self.row.decision.as_ref().map(|step| step.attribute.as_str());
        let attribute = decided.unwrap_or(it.item.law.attribute.as_str());
        let mut channels = step.channels;
        channels.sort();
        channels.dedup();
        let redacted = self.row.redacted.clone().filter(|_| attribute == "partial");
        let public = Public { address: step.address, ..Public::default() };
        publication(it, attribute, channels, redacted, &public)
    }
}

impl Desk<'_> {
    /// The signer's roles.
    pub fn my_roles(&mut self) -> Outcome<Vec<&'static str>> {
        let me = self.me.to_string();
        let office = self.ledger.office()?;
        let person = office.office.people.get(&me);
        Ok(person.map(|person| person.roles.iter().map(Role::as_str).collect()).unwrap_or_default())
    }

    /// Whether one of `roles` does this kind.
    pub fn may(&self, roles: &[&'static str], kind: &str) -> bool {
        let book = self.ledger.books().newest();
        let wanted = book.and_then(|book| book.kind(kind)).map(|kind| kind.roles);
        let held = roles.iter().filter_map(|role| Role::parse(role)).collect();
        wanted.is_some_and(|wanted| wanted.meets(held))
    }
}
