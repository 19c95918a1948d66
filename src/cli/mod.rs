//! Floor 7: the command line. Translates a wish into a command and shows the answer.

#[cfg(unix)]
pub mod keystore;
