//! What the views hold at a moment, and how it is brought up to the log.

use std::collections::HashMap;
use std::sync::Arc;

use super::batches::{Batches, fold_all, is_log_damage};
use super::fold::{self, Folder, Manner};
use super::office::Office;
use super::open::{self, Backing, Found, SetAside};
use super::places;
use super::rows;
use super::source::EventSource;
use super::table::Table;
use super::waiting::Waiting;
use crate::fault::{Fault, Outcome};
use crate::log::{Position, Spot};
use crate::record::{Origin, Subject};
use crate::rules::Books;

/// Records, what continues them, and their condition.
pub struct Inner {
    /// The log as it was seen last.
    pub source: Arc<dyn EventSource + Send>,
    /// What is folded.
    pub table: Table,
    /// The office as of the table's mark.
    pub office: Office,
    /// What continues the table and is not in it yet. Every answer but where events stand waits for it to be folded.
    pub waiting: Waiting,
    /// Where the table is.
    pub backing: Backing,
    /// Directories that were set aside.
    pub aside: Vec<SetAside>,
    /// The log does not go on from what was folded.
    pub rollback: Option<Fault>,
    /// Where the log is damaged.
    pub damage: Option<Fault>,
}

impl Inner {
    /// Over records as found.
    pub fn of(
        found: Found,
        origin: &Origin,
        rollback: Option<Fault>,
        source: Arc<dyn EventSource + Send>,
    ) -> Self {
        let Found { table, backing, aside } = found;
        let aside = aside.into_iter().collect();
        let (office, waiting) = (Office::new(origin), Waiting::default());
        Self { source, table, office, waiting, backing, aside, rollback, damage: None }
    }

    /// Takes other records in place of these.
    pub fn replace(&mut self, found: Found, origin: &Origin) {
        self.table = found.table;
        self.waiting.take();
        self.office = Office::new(origin);
        self.backing = found.backing;
        self.aside.extend(found.aside);
    }

    /// How far the log is folded.
    pub fn applied(&self) -> Position {
        let head = &self.table.mark().head;
        Position { size: head.size(), head: head.chain }
    }

    /// How far the log has been taken in, folded or not.
    pub fn end(&self) -> Position {
        self.waiting.end().unwrap_or_else(|| self.applied())
    }

    /// Numbers of a subject's folded events, oldest first.
    pub fn folded_seqs_of(&self, subject: &Subject) -> Outcome<Vec<u64>> {
        if subject.class() != "item" {
            return places::events_of(&self.table, subject);
        }
        let Some(item) = fold::find(&self.table, subject)? else { return Ok(Vec::new()) };
        let row = rows::row(&self.table, item)?;
        Ok(rows::course(&self.table, item, &row)?.into_iter().map(|course| course.seq).collect())
    }

    /// Errors: `views.rollback`.
    pub fn refuse_rollback(&self) -> Outcome<()> {
        self.rollback.clone().map_or(Ok(()), Err)
    }

    /// What folds into these records.
    pub fn folder<'a>(&'a mut self, books: &'a Arc<Books>, source: &'a dyn EventSource) -> Folder<'a> {
        let (table, office) = (&mut self.table, &mut self.office);
        Folder { table, office, books, source, manner: Manner::Whole, met: HashMap::new() }
    }
}

/// Folds what the source has beyond the mark. Where the log is damaged, all before the damage is folded, and the
/// damage is kept and returned.
pub fn catch_up(inner: &mut Inner, books: &Arc<Books>, source: &dyn EventSource) -> Outcome<()> {
    inner.damage = None;
    let (applied, end) = (inner.applied(), source.end());
    if applied.size > end.size || (applied.size == end.size && applied.head != end.head) {
        return Err(open::rollback(applied.size, end.size));
    }
    let batches = Batches::after(source, applied)?;
    match fold_all(&mut inner.folder(books, source), batches) {
        // Nothing has been applied that the log could have left: its first event is not what was written.
        Err(fault) if applied.size == 0 && is_fork_at(&fault, 0) => {
            let first = Spot { segment: 0, offset: 0 };
            let damage = source.damaged(0, first, "it does not begin at this origin");
            inner.damage = Some(damage.clone());
            Err(damage)
        }
        Err(fault) if is_fork_at(&fault, applied.size) => Err(open::rollback(applied.size, applied.size)),
        Err(fault) if is_log_damage(&fault) => {
            inner.damage = Some(fault.clone());
            Err(fault)
        }
        outcome => outcome,
    }
}

/// Damage to the log is no error of an answer that is made from what stands before it.
pub fn as_far_as_readable(outcome: Outcome<()>) -> Outcome<()> {
    outcome.or_else(|fault| if is_log_damage(&fault) { Ok(()) } else { Err(fault) })
}

/// Whether the log does not go on from event `from`; further on, its own chain would be broken.
fn is_fork_at(fault: &Fault, from: u64) -> bool {
    fault.code == "views.fork" && fault.args.get("seq") == Some(&from.to_string())
}
