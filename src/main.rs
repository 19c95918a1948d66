//! The `zhaoce` command.
fn main() {}
