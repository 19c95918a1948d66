//! Floor 3: the log on disk. Segments, durability, recovery, reading.

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
pub use raw::{Raw, pass, place_file, read_file};
pub use read::{Entry, LineKind, LogLine, LogReader, ReadReport};
pub use recover::{OpenReport, Torn};
pub use repair::{Repaired, gaps, repair};
pub use writer::Act;
