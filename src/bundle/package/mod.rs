//! Packages: what an archive is handed.
//!
//! A package is a directory tree under one name. It travels in one of three [forms](Form): as it is, as `.tar.zst`, or as
//! a ZIP. [`unpack()`] brings any of them to a [`Landing`], with every name and every number checked before a byte is handed
//! on; from there everything works on a [`Tree`]. What wraps the tree is [`bag`].

pub mod bag;
pub mod finding;
mod fuzz;
mod gate;
pub mod landing;
pub mod limits;
pub mod names;
pub mod pack;
mod read_tar;
mod read_zip;
pub mod tree;
mod unpack;
mod zip_directory;

#[cfg(test)]
mod tests;

pub use finding::{Finding, FindingList, Severity};
pub use fuzz::{fuzz_unpack, packed as fuzz_packed};
pub use landing::{Collected, FolderLanding, Landing, Nowhere};
pub use limits::Limits;
pub use names::{PackageName, PackagePath, PathSet};
pub use pack::ZipMethod;
pub use tree::{Layered, OsTree, Plain, Tree, TreeFile};
pub use unpack::{Form, Input, ReadSeek, Unpacked, unpack, unpack_folder};
