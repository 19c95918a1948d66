//! Floor 1: the stored format. Events, parts, seals, checkpoints, digests, keys, canonical JSON, tree, proofs, and the streaming verifier.

pub mod keys;
