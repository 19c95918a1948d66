//! Floor 7: the archive (档案馆). It takes packages from many offices, verifies them, keeps them, and answers for them.
//!
//! ```text
//! <archive>/ledger/              what was accepted, refused, looked after: its own ledger
//! <archive>/store/               the packages, OCFL 1.1 (store)
//! <archive>/intake/<ticket>/     arrivals that are not decided (intake)
//! <archive>/quarantine/<ticket>/ arrivals that were refused, with the reason
//! <archive>/states/              where verification of an office's next batch goes on: a cache
//! <archive>/work/                changes of the store that are under way
//! ```
//!
//! Whoever changes any of it holds the lock of the archive's ledger.

mod copies;
mod digest;
mod durable;
pub mod intake;
pub mod judge;
pub mod register;
pub mod store;
#[cfg(test)]
mod tests;
pub mod tree;
