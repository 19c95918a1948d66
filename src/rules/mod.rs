//! Floor 2: the law. Which event is lawful after which, and who may sign it; as data (`schemas/rules-*.json`)
//! plus one function for each rule that data cannot say. Described for a second implementation in `docs/rules.md`.
//!
//! No I/O, no clock, no environment, no randomness. [`admit`] reads event fields and facts and the names of parts,
//! never their bodies, so that a public copy and an erased one are judged exactly like a full one.

pub mod annual;
mod body;
mod book;
mod breach;
mod calendar;
mod check;
mod clock;
mod code;
mod cosigned;
mod count;
mod count_text;
pub mod data;
mod expr;
mod fact;
mod fold;
mod form;
pub mod index_number;
#[cfg(test)]
mod index_number_tests;
mod known;
mod law;
mod people;
mod plain;
mod query;
mod scalar;
mod state;

#[cfg(test)]
mod tests;

pub use body::check_body;
pub use book::{Books, EDITIONS, KindRules, RuleBook};
pub use breach::Breach;
pub use calendar::{Off, WorkCalendar, YearCalendar, shipped_calendars};
pub use clock::{Running, clocks, clocks_of};
pub use code::{Action, Attribute, KeyUse, ReviewOutcome, Role, Roles, Scope, SecretStub, Separation, Step};
pub use cosigned::Witness;
pub use count::{
    Count, DAYS_LOOKED_AT, Due, Period, Skipped, Unit, Why, count, days_left, due, working_days,
};
pub use law::{Replay, admit, book_for, is_admitted, replay};
pub use people::{Key, Keys, People, Person, PersonIx};
pub use query::{Waiting, next_kinds, next_step, worklist};
pub use scalar::{Holder, Scalar, Values};
pub use state::{Acknowledgement, Dossier, Item, Office, Policy, Review, Round, Span, State};
