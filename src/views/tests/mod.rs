//! The projections against a plain model, and against every way of losing or spoiling what sled holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answers;
mod damage;
mod days;
mod erasure;
mod sample;
