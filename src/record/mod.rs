//! Floor 1: the stored format. Events, parts, seals, checkpoints, digests, keys, canonical JSON, tree, proofs,
//! and the streaming verifier. The bytes are described in `docs/format.md`.
//!
//! Nothing here reads a file, a clock or the environment; the law is asked through [`law::Law`].

pub mod act;
pub mod canonical;
pub mod cosign;
pub mod digest;
pub mod event;
pub mod finding;
pub mod ids;
pub mod keys;
pub mod law;
pub mod note;
pub mod statement;
mod text;
pub mod tree;
pub mod verify;

pub use cosign::Cosigned;
pub use digest::{ChainHash, EditionDigest, FileDigest, FormError, PartDigest, TreeHash};
pub use event::{Event, Facts, Line, LineForm, Part, PartName, Parts};
pub use finding::{Class, CosignedBy, Finding, Judged, Place, Report};
pub use ids::{Day, Kind, Moment, Origin, Subject};
pub use keys::{KeyId, PublicKey, Signer};
pub use law::{Authority, Law};
pub use note::{Checkpoint, Seal, TreeHead};
pub use statement::{SignedStatement, Statement};
