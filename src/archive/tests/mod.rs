//! Tests of the archive on the fake disk.

mod erasure;
mod failures;
mod images;
mod intake;
mod ledger;
mod support;
mod versions;
