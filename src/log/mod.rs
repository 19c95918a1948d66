//! Floor 3: the log on disk. Segments, durability, recovery, reading.
//!
//! The log knows lines as bytes with their `seq`, act and chain hash; it does not know what an event means.
//! `docs/format.md` describes the lines and files. What this floor promises:
//!
//! - **An acknowledged act is never lost.** [`Log::append`] returns after one write and one `fdatasync`.
//! - **An act is there whole or not at all.** What a crash tore is set aside in a side file and reported by
//!   [`OpenReport::torn`]; nothing else is ever cut off.
//! - **Damage is named, not mended in passing.** [`Damage`] names event, file and byte; passes read on behind it;
//!   only [`repair()`] changes anything, and only when the chain of a copy fits on both sides.
//! - **A lost end is seen.** The [mark](Log::pin), and the position of the caller's views, say how far the log has
//!   been; a log that ends before is refused for writing.
//! - **Erased is gone**: from the segments, from the side files, and repair does not bring it back.
//!
//! # Writing
//!
//! ```
//! # fn main() -> zhaoce::fault::Outcome<()> {
//! use std::sync::Arc;
//! use zhaoce::log::{Log, fake::{FakeDisk, Office}};
//!
//! let mut office = Office::new(1); // makes acts; for tests
//! let disk = Arc::new(FakeDisk::default()); // OsDisk::new(directory) for a real ledger
//! let (log, report) = Log::open(disk, office.settings(65_536), None)?;
//! assert!(report.torn.is_none());
//!
//! let act = office.act(3, 40); // Act::new(before, after, lines): lines sealed by the floors below
//! let appended = log.append(act.clone())?; // durable now
//! for (seq, spot, _line) in act.events(appended.spot) {
//!     // What an index keeps: seq → spot.
//!     assert_eq!(log.reader().event(seq, Some(spot))?.seq, seq);
//! }
//! log.close()
//! # }
//! ```
//!
//! Many threads: each takes [`Log::end`], seals what continues it and [`Log::submit`]s it under one lock of the
//! caller's, then [`Log::wait`]s outside the lock. Acts that wait together become one batch.
//!
//! After an error of `append` or `wait` it is not known whether the act is in the log; every further act is refused
//! with `log.must_reread` until [`Log::reread`] or a new opening has looked.
//!
//! # Reading
//!
//! [`LogReader::lines`] passes over the log from any event on and gives each line with its place, or the damage in
//! its stead; [`Lines::strict`] ends at damage instead. [`LogReader::event`] finds one event, by a spot that was
//! kept or by search. A reader shows whole acts that were durable before it looked, beside a writer in this process
//! ([`Log::reader`]) or another ([`LogReader::open`]).
//!
//! # Files
//!
//! | file | | may be lost |
//! |---|---|---|
//! | `log/000000000000.jsonl` | the open segment, named by its first event; also a closed one not compressed yet | no |
//! | `log/000000065536.jsonl.zst` | a closed segment; the plain form wins where both are | no |
//! | `log/torn-….side`, `log/damaged-….side` | evidence; never read back | yes |
//! | `log/….new` | half-written; swept when the log is opened for writing | yes |
//! | `mark` | the high-water mark | told when it is gone; made anew |
//! | `lock` | the one writer's lock; says who holds it | yes |

mod act;
mod commit;
mod cursor;
pub mod disk;
mod durable;
mod erase;
#[doc(hidden)]
pub mod fake;
mod frames;
mod lines;
mod mark;
mod position;
mod raw;
mod read;
mod recover;
mod repair;
mod segment;
mod side;
mod survey;
mod tail;
#[cfg(test)]
mod tests;
mod tidy;
mod writer;

pub use commit::{Appended, Log, Ticket};
pub use disk::{Disk, OsDisk};
pub use erase::{Erased, Erasure};
pub use lines::Lines;
pub use position::{Damage, Position, Settings, Spot};
pub use raw::{Look, Raw, place_file, read_file};
pub use read::{Entry, LineKind, LogLine, LogReader, ReadReport};
pub use recover::{OpenReport, Torn};
pub use repair::{Repaired, gaps, repair};
pub use writer::Act;
