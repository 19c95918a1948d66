//! Packages: what an archive is handed.
//!
//! A package is a directory tree under one name. It travels in one of three [forms](Form): as it is, as `.tar.zst`, or as
//! a ZIP. [`unpack()`] brings any of them to a [`Landing`], with every name and every number checked before a byte is handed
//! on; from there everything works on a [`Tree`]. What wraps the tree is [`bag`].
//!
//! Its payload is the information package (信息包) laid out after DA/T 93, 按公开资料实现, a *function* of four things: the event
//! lines of its batch, the law's state at its end, what the office says of the hand-over ([`Handover`]), and the packages of the same
//! records handed over before. [`derive()`] is that function. The exporter runs it to write, a verifier runs it to compare: so a
//! derived file that was altered is found without a list of special cases.

pub mod bag;
pub mod check;
pub mod derive;
pub mod export;
pub mod finding;
pub mod fixed;
mod fuzz;
mod gate;
mod handover;
pub mod inspect;
pub mod landing;
pub mod limits;
mod memory;
pub mod names;
pub mod number;
pub mod pack;
mod read_tar;
mod read_zip;
pub mod rules;
pub mod tree;
mod unpack;
pub mod verify;
mod zip_directory;

#[cfg(test)]
mod tests;

pub use derive::{
    Content, Contents, Earlier, Folder, Index, Inputs, Lines, NothingEarlier, Record, Totals, derive,
};
pub use finding::{Finding, FindingList, Severity};
pub use fuzz::{fuzz_unpack, packed as fuzz_packed};
pub use handover::{Contact, HANDOVER_FORMAT, Handover, Previous};
pub use landing::{Collected, FolderLanding, Landing, Nowhere, Passing};
pub use limits::Limits;
pub use memory::{Change, Memory};
pub use names::{PackageName, PackagePath, PathSet};
pub use pack::ZipMethod;
pub use tree::{Layered, OsTree, Plain, Tree, TreeFile};
pub use unpack::{Form, Input, ReadSeek, Unpacked, unpack, unpack_folder};
