//! Tests of the log as a whole, on the fake disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crash;
mod damage;
mod erasure;
mod failures;
mod model;
mod parts;
mod support;
mod threads;
