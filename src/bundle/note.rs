//! The plain-text note that goes into every bundle.

/// How to verify a bundle with common tools alone.
pub const VERIFY_TEXT: &str = include_str!("VERIFY.txt");
