//! Questions the upper floors ask of the state: what waits, for whom, and what may follow.

use super::book::RuleBook;
use super::code::{Attribute, ReviewOutcome, Role, Step};
use super::state::{Item, Round, State};

/// What waits to be done with an item, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The kind of event that comes next.
    pub kind: &'static str,
    /// The role that does it.
    pub role: Role,
}

/// The next step of an item on its way to a decision and, where it is to be public, to publication.
///
/// `None`: nothing waits. That a round waits for the item is [`Item::waits_in`].
pub fn next_step(item: &Item) -> Option<Waiting> {
    let (kind, role) = match item.state {
        Step::Registered | Step::Withdrawn => ("item.proposed", Role::Clerk),
        Step::Inherited if item.attribute == Attribute::Unstated => ("item.proposed", Role::Clerk),
        Step::Proposed => ("item.reviewed", Role::Reviewer),
        Step::Reviewed if is_referred(item) => ("item.referred", Role::Reviewer),
        Step::Referred => ("item.determined", Role::Reviewer),
        Step::Reviewed | Step::Determined => ("item.decided", Role::Approver),
        Step::Decided if item.attribute.discloses() => after_decision(item),
        _ => return None,
    };
    Some(Waiting { kind, role })
}

fn is_referred(item: &Item) -> bool {
    item.review.as_ref().is_some_and(|review| review.outcome == ReviewOutcome::Refer)
}

/// Decided to be public: published when cleared, reviewed when not, decided again when the review said no.
fn after_decision(item: &Item) -> (&'static str, Role) {
    if item.is_cleared_for(item.attribute) {
        return ("item.published", Role::Publisher);
    }
    match item.review.as_ref().map(|review| review.outcome) {
        Some(ReviewOutcome::Refer) => ("item.referred", Role::Reviewer),
        Some(ReviewOutcome::Exempt) => ("item.decided", Role::Approver),
        _ => ("item.reviewed", Role::Reviewer),
    }
}

/// Kinds of events that may follow for an item or a round in `state` without declaring a missing step, sorted.
pub fn next_kinds(book: &RuleBook, class: &str, state: Step) -> Vec<String> {
    let kinds = book.data().kinds.iter().filter(|(_, kind)| kind.subject == class);
    let follows = kinds.filter(|(_, kind)| {
        kind.from.as_ref().is_some_and(|from| from.iter().any(|known| known == state.as_str()))
    });
    follows.map(|(name, _)| name.clone()).collect()
}

/// Withheld items that wait for their outcome in the open round, sorted by subject.
pub fn worklist<'a>(state: &'a State, round: &Round) -> Vec<(&'a str, &'a Item)> {
    let waits = state.items.iter().filter(|(_, item)| item.waits_in(round));
    let mut list: Vec<_> = waits.map(|(subject, item)| (&**subject, item)).collect();
    list.sort_unstable_by_key(|(subject, _)| *subject);
    list
}
