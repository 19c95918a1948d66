//! Floor 5: the one way to write.
