//! Floor 6: bundles and proofs, out and in.
pub mod proof;
