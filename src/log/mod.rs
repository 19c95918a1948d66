//! Floor 3: the log on disk. Segments, durability, recovery, reading.
