//! 昭册 · zhaoce: a verifiable register of government disclosure decisions.
//!
//! Each module folder is a floor; a floor may use the floors below it and none above:
//! [`record`] → [`rules`] → [`log`] → [`views`] → [`ledger`] → [`bundle`], [`exchange`] → [`archive`] → [`cli`].

pub mod archive;
pub mod bundle;
pub mod cli;
pub mod exchange;
pub mod fault;
pub mod ledger;
pub mod log;
pub mod record;
pub mod rules;
pub mod views;
