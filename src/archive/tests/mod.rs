//! Tests of the archive on the fake disk.

mod erasure;
mod failures;
mod images;
mod intake;
mod support;
mod versions;
