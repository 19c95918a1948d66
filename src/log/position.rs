//! Where a log stands, where an event stands in it, and the settings of a log.

use crate::fault::Fault;
use crate::record::ChainHash;

/// How far a log goes: the number of its events and the chain hash of the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Number of events, which is the `seq` of the next.
    pub size: u64,
    /// Chain hash of the last event; of the origin when there is none.
    pub head: ChainHash,
}

/// Where a line stands: the segment, by its first `seq`, and the byte in its plain text.
///
/// Compressing a segment changes no spot in it; an erasure or a repair moves the lines behind the changed one, so
/// whoever keeps spots gives the `seq` along and lets [`LogReader::event`](super::LogReader::event) check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// `seq` of the segment's first event.
    pub segment: u64,
    /// Byte offset in the segment's plain text.
    pub offset: u64,
}

/// Settings of a log. Only tests change the limits.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What stands in `prev` of event 0: `ChainHash::of_origin(origin)`.
    pub start: ChainHash,
    /// What others are told of the holder of the lock; one line, no host name, no secret.
    pub note: String,
    /// A segment that holds so many events is closed before the next batch.
    pub segment_events: u64,
    /// A segment that holds so many bytes is closed before the next batch.
    pub segment_bytes: u64,
    /// Whether closed segments are compressed on a thread of their own; otherwise before the append returns.
    pub background: bool,
}

impl Settings {
    /// The settings every ledger uses.
    pub fn new(start: ChainHash, note: impl Into<String>) -> Self {
        Self { start, note: note.into(), segment_events: 65_536, segment_bytes: 64 << 20, background: true }
    }
}

/// Damage: bytes that were durable and are not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The event it was found at: that event or, where it cannot be told, the first that is in doubt.
    pub seq: u64,
    /// The file, relative to the ledger.
    pub file: String,
    /// Byte in the file, of the line or of the compressed frame.
    pub byte: u64,
    /// What is wrong with it, in words.
    pub why: String,
}

impl Damage {
    /// The fault `log.damaged`.
    pub fn fault(&self) -> Fault {
        Fault::refused("log.damaged")
            .with("seq", self.seq)
            .with("file", &self.file)
            .with("byte", self.byte)
            .with("found", &self.why)
    }
}
