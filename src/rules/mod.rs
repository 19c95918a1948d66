//! Floor 2: the law. Which event is lawful after which, and who may sign it; as data (`schemas/rules-*.json`)
//! plus one function for each rule that data cannot say. Described for a second implementation in `docs/rules.md`.
//!
//! No I/O, no clock, no environment, no randomness. [`admit`] reads event fields and facts and the names of parts,
//! never their bodies, so that a public copy and an erased one are judged exactly like a full one.

mod body;
mod book;
mod breach;
mod check;
mod code;
pub mod data;
mod fact;
mod fold;
mod form;
pub mod index_number;
#[cfg(test)]
mod index_number_tests;
mod law;
mod people;
mod query;
mod state;

#[cfg(test)]
mod tests;

pub use body::check_body;
pub use book::{Books, EDITION_2026_1, KindRules, RuleBook};
pub use breach::Breach;
pub use code::{Action, Attribute, KeyUse, ReviewOutcome, Role, Roles, Scope, SecretStub, Separation, Step};
pub use law::{Replay, admit, book_for, is_admitted, replay};
pub use people::{Key, Keys, People, Person, PersonIx};
pub use query::{Waiting, next_kinds, next_step, worklist};
pub use state::{Acknowledgement, Item, Office, Policy, Review, Round, State};
