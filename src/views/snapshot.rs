//! Answers as of a past day.

use std::collections::HashMap;
use std::sync::Arc;

use super::batches::{Batches, is_log_damage};
use super::fold::{self, Folder, Manner};
use super::office::Office;
use super::open;
use super::query::Query;
use super::source::EventSource;
use super::table::Table;
use crate::fault::{Fault, Outcome};
use crate::log::Position;
use crate::record::{ChainHash, Day, Origin};
use crate::rules::Books;

/// Answers as of a past day: the events chosen by day, folded in memory.
pub struct Snapshot {
    table: Table,
    office: Office,
    damage: Option<Fault>,
}

impl Snapshot {
    /// Folds the events that happened by `as_of` (their `on`) and were entered by `known` (the day of their `at`);
    /// `None` chooses all. Events about the ledger, its people, keys and rules always count, because the others
    /// are read by them; working calendars do not. What the chosen events are not judged by is whether they are lawful: one counts when it is
    /// well-formed, its signer was in order, and it may follow the state that the chosen ones before it give.
    ///
    /// Of a damaged log what stands before the damage is folded; see [`Snapshot::damage`].
    pub fn fold(
        source: &dyn EventSource,
        origin: &Origin,
        books: &Arc<Books>,
        as_of: Option<Day>,
        known: Option<Day>,
    ) -> Outcome<Self> {
        let found = open::in_memory(origin, "views.asked", None);
        let mut snapshot = Self { table: found.table, office: Office::new(origin), damage: None };
        let (table, office) = (&mut snapshot.table, &mut snapshot.office);
        let mut folder = Folder { table, office, books, source, manner: Manner::Chosen, met: HashMap::new() };
        let origin = Position { size: 0, head: ChainHash::of_origin(origin.as_str()) };
        let mut batches = Batches::after(source, origin)?;
        loop {
            let mut parsed = batches.next()?;
            if parsed.is_empty() {
                break;
            }
            parsed.retain(|parsed| fold::is_chosen(&parsed.event, as_of, known));
            folder.fold(&parsed)?;
        }
        match batches.finish() {
            Err(fault) if is_log_damage(&fault) => snapshot.damage = Some(fault),
            outcome => outcome?,
        }
        Ok(snapshot)
    }

    /// Where the log is damaged: nothing from there on is in the answers.
    pub fn damage(&self) -> Option<&Fault> {
        self.damage.as_ref()
    }

    /// The projections, to be asked.
    pub fn query(&self) -> Query<'_> {
        Query::new(&self.table, &self.office)
    }
}
