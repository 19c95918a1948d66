//! What an archive is handed: the information package (信息包) laid out after DA/T 93, 按公开资料实现.
//!
//! A package is a *function* of four things: the event lines of its batch, the law's state at its end, what the office says of
//! the hand-over ([`Handover`]), and the packages of the same records handed over before. [`derive()`] is that function. The
//! exporter runs it to write, a verifier runs it to compare: so a derived file that was altered is found without a list of
//! special cases.

pub mod derive;
pub mod export;
pub mod fixed;
mod handover;
mod memory;
pub mod number;

pub use derive::{Content, Contents, Earlier, Folder, Index, Inputs, Lines, NothingEarlier, Record, Totals, derive};
pub use handover::{Contact, HANDOVER_FORMAT, Handover, Previous};
pub use memory::{Change, Memory};
