//! Tests of the log as a whole, on the fake disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crash;
mod failures;
mod support;
