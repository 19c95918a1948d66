//! Floor 4: index and projections of the log, held in sled; always rebuildable.
