//! Time stamps of RFC 3161: asking an authority, reading what it answers, and checking it without a network.
//!
//! What an authority says is kept as it came. Four things are told apart and never added up: whether the token is about
//! the bytes at hand, whether its signature holds, whether its certificate leads to one that the user trusts, and until
//! when that lasts. What cannot be checked here (an algorithm that this program has not) is said to be unchecked.

mod imprint;
mod reply;
mod request;
mod signature;
mod trust;

pub use imprint::{Imprint, ImprintAlgorithm};
pub use reply::Stamp;
pub use request::request;
pub use trust::{Certificates, Verdict};

use crate::fault::Fault;

/// Longest request, reply or certificate file that is read, in bytes.
pub const STAMP_MAX: usize = 1 << 20;

/// The fault of bytes that are not what they should be.
fn unreadable(what: &'static str, found: impl std::fmt::Display) -> Fault {
    Fault::usage("stamp.form").with("expected", what).with("found", found)
}
