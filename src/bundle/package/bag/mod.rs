//! BagIt in general (RFC 8493), and the stricter bag that a package is.
//!
//! [`seal`] makes the tag files of a package around a payload; [`check()`] judges any bag by the standard, or by our
//! [profile] on top of it.

mod algorithm;
mod check;
mod declaration;
mod hash;
mod info;
mod manifest;
pub mod profile;
mod tags;
mod text;
mod write;

pub use algorithm::Algorithm;
pub use check::{BagCheck, CheckedFile, Rules, check};
pub use declaration::Version;
pub use hash::{Digests, digest, digest_all};
pub use write::{Sealed, seal};
