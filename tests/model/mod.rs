//! A plain model of the law, written from docs/rules.md and nothing else: what may follow, and what is then the case.
//! It knows the kinds of items and rounds, the policy on drafter and reviewer, and who has which role.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod judge;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use zhaoce::ledger::Wish;
use zhaoce::record::PartName;

#[derive(Debug, Clone, Default)]
pub struct Review {
    pub seq: u64,
    pub outcome: String,
    pub scope: String,
    pub redacted: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Item {
    pub state: String,
    pub attribute: String,
    pub other: bool,
    pub source: Option<String>,
    pub secret: bool,
    pub drafter: Option<String>,
    pub decided: bool,
    pub review: Option<Review>,
    pub content: Option<u64>,
    /// The event whose open part is in force; there while the item is public.
    pub open: Option<u64>,
    pub withheld_since: Option<u64>,
    pub round_done: Option<u64>,
    pub transferred: bool,
    pub last_on: String,
}

#[derive(Debug, Clone, Default)]
pub struct Round {
    pub state: String,
    pub year: u64,
    pub count: u64,
    pub opened: u64,
    pub done: u64,
    pub last_on: String,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub size: u64,
    pub items: BTreeMap<String, Item>,
    pub rounds: BTreeMap<String, Round>,
    pub open_round: Option<String>,
    pub withheld: u64,
    pub irregular: u64,
    pub relaxed: bool,
    pub roles: BTreeMap<String, BTreeSet<String>>,
    /// The closed parts there are: (event, its subject).
    pub closed: Vec<(u64, String)>,
}

/// A rule that objects, and the code that would waive it.
pub type Breach = (&'static str, Option<&'static str>);

pub fn fact<'w>(wish: &'w Wish, name: &str) -> Option<&'w str> {
    wish.facts.get(name).and_then(Value::as_str)
}

pub fn number(wish: &Wish, name: &str) -> Option<u64> {
    wish.facts.get(name).and_then(Value::as_u64)
}

pub fn has(wish: &Wish, name: &str) -> bool {
    wish.facts.contains_key(name)
}

fn owned(wish: &Wish, name: &str) -> Option<String> {
    fact(wish, name).map(str::to_owned)
}

impl Item {
    pub fn none() -> Self {
        Self { state: "none".into(), attribute: "unstated".into(), ..Self::default() }
    }

    pub fn is(&self, attribute: &str) -> bool {
        self.attribute == attribute
    }

    /// *cleared*(it, a).
    pub fn cleared(&self, attribute: &str) -> bool {
        let Some(review) = &self.review else { return false };
        let fresh = self.content.is_none_or(|content| content < review.seq);
        let scope = match attribute {
            "open" => review.scope == "whole",
            "partial" => review.scope == "redacted",
            _ => true,
        };
        fresh && review.outcome == "open" && scope
    }
}

impl Model {
    pub fn item(&self, id: &str) -> Item {
        self.items.get(id).cloned().unwrap_or_else(Item::none)
    }

    /// *member*(it, rd).
    pub fn member(&self, item: &Item, round: &Round) -> bool {
        round.state == "opened"
            && item.withheld_since.is_some_and(|since| since < round.opened)
            && item.round_done != Some(round.opened)
    }

    /// Takes an event in as the next; it must have been admitted.
    pub fn take(&mut self, wish: &Wish, irregular: bool) {
        let seq = self.size;
        self.size += 1;
        self.irregular += u64::from(irregular);
        if wish.parts.contains_key(&PartName::Closed) {
            self.closed.push((seq, wish.subject.to_string()));
        }
        match (wish.kind.as_str(), wish.subject.class()) {
            ("rules.policy", _) => self.relaxed = fact(wish, "separation") == Some("relaxed"),
            ("person.added" | "person.changed", _) => {
                let roles = wish.facts["roles"].as_array().unwrap();
                let roles = roles.iter().map(|role| role.as_str().unwrap().to_owned()).collect();
                self.roles.insert(wish.subject.to_string(), roles);
            }
            (_, "item") => self.take_item(wish, seq),
            (_, "round") => self.take_round(wish, seq),
            _ => {}
        }
    }

    fn take_item(&mut self, wish: &Wish, seq: u64) {
        let id = wish.subject.to_string();
        let mut item = self.item(&id);
        item.last_on = owned(wish, "on").unwrap();
        self.effect(&mut item, wish, seq);
        item.state = next_state(&item.state, wish);
        self.items.insert(id, item);
    }

    fn effect(&mut self, item: &mut Item, wish: &Wish, seq: u64) {
        match wish.kind.as_str() {
            "item.registered" | "item.inherited" => self.begin(item, wish, seq),
            "item.proposed" => {
                item.drafter = owned(wish, "person");
                (item.review, item.decided) = (None, false);
            }
            "item.reviewed" => {
                item.review = Some(Review {
                    seq,
                    outcome: owned(wish, "outcome").unwrap(),
                    scope: owned(wish, "scope").unwrap(),
                    redacted: owned(wish, "redacted"),
                });
            }
            "item.determined" => {
                let whole = || Review { scope: "whole".into(), ..Review::default() };
                let before = item.review.take().unwrap_or_else(whole);
                item.review = Some(Review { seq, outcome: owned(wish, "outcome").unwrap(), ..before });
            }
            "item.decided" => {
                item.decided = true;
                self.settle(item, fact(wish, "attribute").unwrap(), seq);
            }
            "item.published" => (item.open, item.content) = (Some(seq), Some(seq)),
            "item.corrected" => {
                item.open = item.open.map(|_| seq);
                if fact(wish, "extent") == Some("content") {
                    item.content = Some(seq);
                }
            }
            "item.withdrawn" => (item.open, item.review, item.decided) = (None, None, false),
            "item.reassessed" => self.reassess(item, wish, seq),
            "item.lapsed" => self.release(item),
            "item.transferred" => item.transferred = true,
            _ => {}
        }
    }

    fn begin(&mut self, item: &mut Item, wish: &Wish, seq: u64) {
        item.other = fact(wish, "responsible") == Some("other");
        if wish.kind.as_str() == "item.registered" {
            item.source = owned(wish, "source_attribute");
            item.drafter = owned(wish, "person");
            item.secret = has(wish, "secret_basis");
            return;
        }
        let attribute = fact(wish, "attribute").unwrap();
        item.source = item.other.then(|| attribute.to_owned());
        if wish.parts.contains_key(&PartName::Open) && (attribute == "open" || attribute == "partial") {
            (item.open, item.content) = (Some(seq), Some(seq));
        }
        self.settle(item, attribute, seq);
    }

    fn reassess(&mut self, item: &mut Item, wish: &Wish, seq: u64) {
        if let Some(round) = fact(wish, "round").and_then(|id| self.rounds.get(id)).cloned()
            && self.member(item, &round)
        {
            self.rounds.get_mut(fact(wish, "round").unwrap()).unwrap().done += 1;
            item.round_done = Some(round.opened);
        }
        let to = match fact(wish, "outcome").unwrap() {
            "lapsed" => return self.release(item),
            "to_on_request" => "on_request",
            "to_open" => "open",
            "to_partial" => "partial",
            _ => return,
        };
        if item.other {
            item.source = Some(to.into());
        }
        if fact(wish, "trigger") == Some("secrecy_over") {
            item.secret = false;
        }
        item.decided = true;
        if to != "on_request" {
            item.review = None;
        }
        self.settle(item, to, seq);
    }

    fn settle(&mut self, item: &mut Item, attribute: &str, seq: u64) {
        item.attribute = attribute.into();
        if attribute != "withheld" && attribute != "partial" {
            return self.release(item);
        }
        if item.withheld_since.is_none() {
            item.withheld_since = Some(seq);
            self.withheld += 1;
        }
    }

    fn release(&mut self, item: &mut Item) {
        if item.withheld_since.is_none() {
            return;
        }
        if let Some(round) = self.open_round.as_ref().and_then(|id| self.rounds.get(id)).cloned()
            && self.member(item, &round)
        {
            self.rounds.get_mut(self.open_round.as_ref().unwrap()).unwrap().done += 1;
            item.round_done = Some(round.opened);
        }
        item.withheld_since = None;
        self.withheld -= 1;
    }

    fn take_round(&mut self, wish: &Wish, seq: u64) {
        let id = wish.subject.to_string();
        let mut round = self.rounds.get(&id).cloned().unwrap_or_default();
        round.last_on = owned(wish, "on").unwrap();
        match wish.kind.as_str() {
            "round.opened" => {
                (round.year, round.count) = (number(wish, "year").unwrap(), number(wish, "count").unwrap());
                (round.opened, round.state) = (seq, "opened".into());
                self.open_round = Some(id.clone());
            }
            "round.closed" => {
                round.state = "closed".into();
                self.open_round = None;
            }
            "round.published" => round.state = "published".into(),
            _ => {}
        }
        self.rounds.insert(id, round);
    }
}

fn next_state(before: &str, wish: &Wish) -> String {
    let to = match wish.kind.as_str() {
        "item.corrected" | "item.transferred" | "part.erased" => before,
        "item.reviewed" if ["inherited", "decided", "published"].contains(&before) => before,
        "item.withdrawn" if before == "lapsed" => before,
        "item.reassessed" => match fact(wish, "outcome").unwrap() {
            "maintain" | "deferred" => before,
            "lapsed" => "lapsed",
            _ => "decided",
        },
        kind => kind.strip_prefix("item.").unwrap(),
    };
    to.to_owned()
}
