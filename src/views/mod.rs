//! Floor 4: index and projections of the log, held in sled; always rebuildable.
//!
//! [`Views`] is all of it: opened beside a log, kept up with it, asked. What stands in sled and why nothing else
//! does is described in `docs/sled.md`. Nothing here is the only copy of anything.

mod batches;
mod dossier;
mod facets;
mod fold;
mod hints;
mod layout;
mod mark;
mod mem_store;
mod norm;
mod office;
mod open;
mod parse;
mod places;
mod query;
mod row;
mod rows;
mod sled_store;
mod snapshot;
mod source;
mod state;
mod store;
mod table;
mod tiles;
mod waiting;
mod whole;

pub use dossier::DossierRow;
pub use office::{Erasures, Names, Office, RoundRow, RoundView};
pub use open::{Backing, SetAside};
pub use parse::Texts;
pub use query::{
    CatalogueRow, Counts, Duty, Filter, Indicator, Indicators, Known, Level, Listed, Member, Occasion,
    Occasions, Outcomes, Page, PersonView, Query, Stated, Task, Waiting, What, WithheldRow,
};
pub use row::{Course, Imported, Row, days_between};
pub use snapshot::Snapshot;
pub use source::{EventLine, EventLines, EventSource, LinesInMemory};
pub use whole::{Condition, Views};

#[cfg(test)]
mod tests;
