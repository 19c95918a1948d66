//! Floor 4: index and projections of the log, held in sled; always rebuildable.

mod facets;
mod hints;
mod layout;
mod mark;
mod mem_store;
mod parse;
mod places;
mod sled_store;
mod source;
mod store;
mod table;
mod tiles;

pub use parse::Texts;
pub use source::{EventLine, EventLines, EventSource, LinesInMemory};
