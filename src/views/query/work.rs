//! What waits: for whom, since when; the members of a round; the people.

use super::list::Clauses;
use super::{Listed, Page, Query};
use crate::fault::Outcome;
use crate::record::{Day, Subject};
use crate::rules::{Person, Role};
use crate::views::facets::{self, Facet};
use crate::views::row::{Course, Row, days_between};

/// A kind of work that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// The kind of event that comes next.
    pub kind: &'static str,
    /// The role that does it.
    pub role: Role,
    /// Only items from before the ledger whose attribute was not stated and has to be confirmed; otherwise only
    /// others. Of no meaning for kinds but `item.proposed`.
    pub unstated: bool,
    /// How many items wait.
    pub count: u64,
}

/// An item that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The item.
    pub row: Row,
    /// Since when.
    pub since: Day,
    /// Days from then to the day that was asked for.
    pub days: i64,
}

/// Which members of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcomes {
    /// Those that wait for their outcome.
    Missing,
    /// Those that have it.
    There,
}

/// A member of a round.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The item.
    pub row: Row,
    /// The event that is its outcome in the round; nothing while it waits.
    pub outcome: Option<Course>,
}

/// A person and the name that this copy has of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonView {
    /// What the law remembers.
    pub person: Person,
    /// The name.
    pub name: Option<String>,
}

/// Kinds of work, in the order in which an item meets them, and who does them.
const TASKS: [(&str, Role, bool); 8] = [
    ("item.proposed", Role::Clerk, true),
    ("item.proposed", Role::Clerk, false),
    ("item.reviewed", Role::Reviewer, false),
    ("item.referred", Role::Reviewer, false),
    ("item.determined", Role::Reviewer, false),
    ("item.decided", Role::Approver, false),
    ("item.published", Role::Publisher, false),
    ("item.reassessed", Role::Approver, false),
];

impl Query<'_> {
    /// Everything that waits, with its number. Kinds of work that nothing waits for are left out.
    pub fn todo(&self) -> Outcome<Vec<Task>> {
        let mut tasks = Vec::new();
        for (kind, role, unstated) in TASKS {
            let count = match (kind, self.clauses_of(kind, unstated)) {
                // Items that were withheld after the round was opened are no members of it; the law counts.
                ("item.reassessed", _) => {
                    self.open_round().map_or(0, |r| r.law.count.saturating_sub(r.law.done))
                }
                (_, Some(clauses)) => self.chosen(&clauses)?.values().map(facets::count).sum(),
                (_, None) => 0,
            };
            if count > 0 {
                tasks.push(Task { kind, role, unstated, count });
            }
        }
        Ok(tasks)
    }

    /// The items that wait for an event of `kind`, with the days they have waited on day `on`. For `item.proposed`,
    /// `unstated` chooses between those from before the ledger to be confirmed and the others.
    pub fn waiting(&self, kind: &str, unstated: bool, on: Day, page: Page) -> Outcome<Listed<Waiting>> {
        let Some(clauses) = self.clauses_of(kind, unstated) else {
            return Ok(Listed { items: Vec::new(), total: Some(0), next: None });
        };
        let round = self.open_round().filter(|_| kind == "item.reassessed");
        let opened = round.as_ref().and_then(|round| round.dates.opened_on);
        let listed = match &round {
            Some(round) => self.page_where(&self.chosen(&clauses)?, page, |row| waits_in(row, &round.law))?,
            None => self.page(&self.chosen(&clauses)?, page)?,
        };
        Ok(listed.map(|row| {
            let entered = || row.newest().map_or(on, |newest| newest.at.day());
            let since = opened.or(row.law.as_ref().map(|law| law.last_on)).unwrap_or_else(entered);
            Waiting { since, days: days_between(since, on), row }
        }))
    }

    /// The members of a round that have, or do not have yet, their outcome in it. In a round that is closed nobody
    /// waits.
    pub fn members(&self, round: &Subject, which: Outcomes, page: Page) -> Outcome<Listed<Member>> {
        let Some(view) = self.office.round(round) else {
            return Ok(Listed { items: Vec::new(), total: Some(0), next: None });
        };
        let done = Facet::outcome_in(view.law.opened);
        let rows = match which {
            Outcomes::There => self.page(&self.chosen(&Clauses::default().with(done))?, page)?,
            Outcomes::Missing => {
                let clauses = Clauses::default().with(Facet::WITHHELD).without(done);
                self.page_where(&self.chosen(&clauses)?, page, |row| waits_in(row, &view.law))?
            }
        };
        let outcome = |row: &Row| row.course.iter().rev().find(|course| is_outcome(course, round)).cloned();
        Ok(rows.map(|row| Member { outcome: outcome(&row).filter(|_| which == Outcomes::There), row }))
    }

    /// Every person, in the order they were added.
    pub fn people(&self) -> Vec<PersonView> {
        let name = |person: &Person| self.office.names.of.get(&person.id).map(ToString::to_string);
        let people = self.office.law.office.people.iter();
        people.map(|person| PersonView { name: name(person), person: person.clone() }).collect()
    }

    fn clauses_of(&self, kind: &str, unstated: bool) -> Option<Clauses> {
        if kind == "item.reassessed" {
            let round = self.open_round()?;
            let done = Facet::outcome_in(round.law.opened);
            return Some(Clauses::default().with(Facet::WITHHELD).without(done));
        }
        let clauses = Clauses::default().with(Facet::waiting(kind)?);
        let inherited = Facet::state(crate::rules::Step::Inherited);
        Some(match (kind, unstated) {
            ("item.proposed", true) => clauses.with(inherited),
            ("item.proposed", false) => clauses.without(inherited),
            _ => clauses,
        })
    }
}

fn waits_in(row: &Row, round: &crate::rules::Round) -> bool {
    row.law.as_ref().is_some_and(|law| law.waits_in(round))
}

/// Whether an event is an item's outcome in a round: a reassessment that names it. An item that left the withheld
/// set by another event has that as its outcome, and none to show here.
fn is_outcome(course: &Course, round: &Subject) -> bool {
    course.kind.as_str() == "item.reassessed" && course.fact("round") == Some(round.as_str())
}
