//! Floor 6: bundles and proofs, out and in.
//!
//! The container is a BagIt 1.0 bag (RFC 8493) in a canonical tar in zstd frames. It knows names and bytes only;
//! what the payload means is the business of whoever drives [`BagWriter`] and [`BagReader`].

mod bag;
mod check;
pub mod derived;
mod digest;
mod events;
pub mod export;
pub mod files;
mod finding;
mod frames;
mod frames_read;
mod fuzz;
mod info;
mod layout;
mod limits;
mod lists;
pub mod meta;
mod names;
pub mod note;
pub mod package;
mod reader;
pub mod repair;
pub mod schemas;
mod sink;
mod source;
mod subtrees;
mod tar;
pub mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use digest::{Blake3Digest, FileDigests, Sha512Digest};
pub use finding::{BagFinding, Findings};
pub use frames::{DEFAULT_LEVEL, FRAME_BYTES, FrameWriter};
pub use fuzz::fuzz_read;
pub use limits::*;
pub use lists::to_file;
pub use names::{BagName, PayloadPath};
pub use reader::{BagReader, BagReport, Payload, PayloadFile, PayloadVisitor, SkipPayload};
pub use sink::{DirSink, Sink, TarSink};
pub use writer::{BagHead, BagSummary, BagWriter};
pub mod proof;
pub mod proof_source;
