//! The projections as a whole: opened, kept up with the log, rebuilt, asked.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::office::Office;
use super::open::{self, Backing, DIR, HELD, SetAside};
use super::parse::parse;
use super::places;
use super::query::Query;
use super::source::{EventLine, EventSource};
use super::state::{Inner, as_far_as_readable, catch_up};
use super::store::DAMAGED;
use super::tiles::Tiles;
use super::waiting::Arrived;
use crate::fault::{Fault, Outcome};
use crate::log::{Position, Spot};
use crate::record::act::Head;
use crate::record::tree::Nodes;
use crate::record::{Origin, PartName, Subject, TreeHash};
use crate::rules::Books;

/// Index and projections of one ledger. Shared by reference: readers ask side by side, changes wait for them.
///
/// What it answers is always what the log says: whatever is found wrong with the records on the disk, they are set
/// aside and made anew, and where that cannot be, they are made in memory.
///
/// One lock guards it all, and work goes to the common thread pool with the lock held: ask from threads, not from
/// tasks of that pool.
pub struct Views {
    dir: PathBuf,
    origin: Origin,
    books: Arc<Books>,
    inner: RwLock<Inner>,
}

/// What the projections are kept in, and what had to be done for it.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Where the records are.
    pub backing: Backing,
    /// Directories that were set aside since opening.
    pub aside: Vec<SetAside>,
    /// The log does not go on from what had been applied: acts must be refused, and the directory is left as it is.
    pub rollback: Option<Fault>,
    /// Where the log is damaged, if that was come upon: acts must be refused. Answers are made from what stands before
    /// it, unless later events had been taken in earlier.
    pub damage: Option<Fault>,
}

impl Views {
    /// Opens the projections of the ledger in `ledger_dir` and brings them up to the log.
    ///
    /// Neither a rollback nor damage to the log is an error here: reading must stay possible; see [`Views::condition`].
    /// Errors: the log cannot be read; the machine.
    pub fn open(
        ledger_dir: &Path,
        source: &dyn EventSource,
        origin: &Origin,
        books: &Arc<Books>,
    ) -> Outcome<Self> {
        let dir = ledger_dir.join(DIR);
        let mut rollback = None;
        let found = match open::open(&dir, origin, source.end()) {
            Err(fault) if fault.code == "views.rollback" => {
                rollback = Some(fault);
                open::in_memory(origin, "views.rollback", None)
            }
            found => found?,
        };
        let inner = Inner::of(found, origin, rollback, source.share());
        let views = Self { dir, origin: origin.clone(), books: books.clone(), inner: RwLock::new(inner) };
        views.load(source)?;
        Ok(views)
    }

    /// Projections of any events, in memory: of a bundle, say.
    pub fn in_memory(source: &dyn EventSource, origin: &Origin, books: &Arc<Books>) -> Outcome<Self> {
        let inner = Inner::of(open::in_memory(origin, "views.asked", None), origin, None, source.share());
        let (dir, origin, books) = (PathBuf::new(), origin.clone(), books.clone());
        let views = Self { dir, origin, books, inner: RwLock::new(inner) };
        views.follow(source)?;
        Ok(views)
    }

    /// Takes in every event that the log has beyond what is applied.
    ///
    /// Errors: `views.rollback`, when the log does not go on from what is applied; `log.damaged`, when all before the
    /// damage has been taken in; the log cannot be read.
    pub fn follow(&self, source: &dyn EventSource) -> Outcome<()> {
        let mut inner = self.write();
        inner.source = source.share();
        inner.refuse_rollback()?;
        inner.waiting.take();
        match catch_up(&mut inner, &self.books, source) {
            Err(fault) if fault.code == DAMAGED => self.remake(&mut inner, source, &fault),
            outcome => outcome,
        }
    }

    /// Takes in the events of acts that have just been appended, without reading them again from the log. They are
    /// folded when somebody asks, or when many have come together.
    ///
    /// Errors: as [`Views::follow`]. What is behind for another reason is caught up with first.
    pub fn apply(&self, source: &dyn EventSource, lines: &[EventLine]) -> Outcome<()> {
        let Some(arrived) = Arrived::of(source, lines)? else { return Ok(()) };
        let mut inner = self.write();
        inner.refuse_rollback()?;
        if inner.end() != arrived.before {
            drop(inner);
            return self.follow(source);
        }
        inner.source = source.share();
        inner.waiting.add(arrived);
        if inner.waiting.is_full() { self.fold_waiting(&mut inner) } else { Ok(()) }
    }

    /// Folds what waits.
    fn settle(&self) -> Outcome<()> {
        if self.read().waiting.is_empty() {
            return Ok(());
        }
        self.fold_waiting(&mut self.write())
    }

    fn fold_waiting(&self, inner: &mut Inner) -> Outcome<()> {
        let (waiting, source) = (inner.waiting.take(), inner.source.clone());
        match parse(&waiting).and_then(|parsed| inner.folder(&self.books, &*source).fold(&parsed)) {
            Err(fault) if fault.code == DAMAGED => self.remake(inner, &*source, &fault),
            outcome => outcome,
        }
    }

    /// Sets the directory aside and makes everything anew from the log.
    pub fn rebuild(&self, source: &dyn EventSource) -> Outcome<()> {
        let mut inner = self.write();
        inner.rollback = None;
        self.remake(&mut inner, source, &Fault::machine("views.asked"))
    }

    /// Makes everything anew after bodies have left the log, and removes the directory and all that were set aside:
    /// the bodies may still stand in their pages.
    pub fn forget(&self, source: &dyn EventSource, _parts: &[(u64, PartName)]) -> Outcome<()> {
        let mut inner = self.write();
        inner.refuse_rollback()?;
        let was_sled = inner.backing == Backing::Sled;
        inner.source = source.share();
        inner.replace(open::in_memory(&self.origin, HELD, None), &self.origin);
        if was_sled {
            open::remove_all(&self.dir)?;
            inner.replace(open::fresh(&self.dir, &self.origin, None)?, &self.origin);
        }
        catch_up(&mut inner, &self.books, source)
    }

    /// Reads every record and compares what they add up to; makes them anew where it does not fit.
    /// Returns whether they were sound.
    pub fn check(&self, source: &dyn EventSource) -> Outcome<bool> {
        self.settle()?;
        let mut inner = self.write();
        match inner.table.check() {
            Err(fault) if fault.code == DAMAGED => {
                as_far_as_readable(self.remake(&mut inner, source, &fault)).map(|()| false)
            }
            outcome => outcome.map(|()| true),
        }
    }

    /// Answers a question. When the records turn out damaged on the way they are made anew and it is asked again.
    pub fn ask<T>(
        &self,
        source: &dyn EventSource,
        question: impl Fn(&Query<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        self.settle()?;
        self.healed(Some(source), |inner| question(&Query::new(&inner.table, &inner.office)))
    }

    /// What the records are kept in, and what had to be done for it.
    pub fn condition(&self) -> Condition {
        let inner = self.read();
        let (backing, aside) = (inner.backing.clone(), inner.aside.clone());
        let (rollback, damage) = (inner.rollback.clone(), inner.damage.clone());
        Condition { backing, aside, rollback, damage }
    }

    /// Refuses when the log is damaged, or does not go on from what had been applied: asked before anything is written.
    ///
    /// Errors: `log.damaged`, `views.rollback`.
    pub fn allow_writing(&self) -> Outcome<()> {
        let inner = self.read();
        inner.damage.clone().map_or(Ok(()), Err)?;
        inner.refuse_rollback()
    }

    /// Hands everything to the disk; nothing depends on it.
    pub fn flush(&self) -> Outcome<()> {
        self.settle()?;
        self.read().table.flush()
    }

    /// How far the log has been taken in.
    pub fn position(&self) -> Position {
        self.read().end()
    }

    /// How far the log is applied; nothing before event 0.
    pub fn head(&self) -> Outcome<Option<Head>> {
        self.settle()?;
        let head = self.read().table.mark().head.clone();
        Ok((head.size() > 0).then_some(head))
    }

    /// Where event `seq` stands; nothing when it is not taken in.
    pub fn spot(&self, seq: u64) -> Outcome<Option<Spot>> {
        self.healed(None, |inner| match inner.table.mark().head.size() {
            size if seq < size => places::place(&inner.table, seq).map(Some),
            _ => Ok(inner.waiting.spot(seq)),
        })
    }

    /// Numbers of a subject's events, oldest first; none for an unknown one.
    pub fn seqs_of(&self, subject: &Subject) -> Outcome<Vec<u64>> {
        self.healed(None, |inner| {
            let mut seqs = inner.folded_seqs_of(subject)?;
            seqs.extend_from_slice(inner.waiting.of(subject));
            Ok(seqs)
        })
    }

    /// Every round, by subject.
    pub fn rounds(&self) -> Outcome<Vec<Subject>> {
        self.settle()?;
        Ok(self.read().office.rounds.keys().filter_map(|round| round.parse().ok()).collect())
    }

    /// Bodies that events have erased and that still stood in the log when the event was taken in.
    pub fn erasures(&self) -> Outcome<Vec<(u64, PartName)>> {
        self.settle()?;
        Ok(self.read().office.erasures.pending.iter().copied().collect())
    }

    /// Reads; when the records turn out damaged on the way they are made anew, from the source given or else the
    /// one seen last, and it is read again.
    fn healed<T>(&self, source: Option<&dyn EventSource>, read: impl Fn(&Inner) -> Outcome<T>) -> Outcome<T> {
        let damage = match read(&self.read()) {
            Err(fault) if fault.code == DAMAGED => fault,
            outcome => return outcome,
        };
        let mut inner = self.write();
        let shared = inner.source.clone();
        as_far_as_readable(self.remake(&mut inner, source.unwrap_or(&*shared), &damage))?;
        read(&inner)
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the office and catches up; what cannot be read is made anew.
    fn load(&self, source: &dyn EventSource) -> Outcome<()> {
        let mut inner = self.write();
        let loaded = Office::load(&inner.table, &self.origin).and_then(|office| {
            inner.office = office;
            catch_up(&mut inner, &self.books, source)
        });
        as_far_as_readable(match loaded {
            Err(fault) if fault.code == DAMAGED => self.remake(&mut inner, source, &fault),
            Err(fault) if fault.code == "views.rollback" => {
                // sled is closed before anything else, so that the evidence stays as it is.
                inner.replace(open::in_memory(&self.origin, "views.rollback", None), &self.origin);
                inner.rollback = Some(fault);
                catch_up(&mut inner, &self.books, source)
            }
            outcome => outcome,
        })
    }

    fn remake(&self, inner: &mut Inner, source: &dyn EventSource, why: &Fault) -> Outcome<()> {
        let held = inner.backing == Backing::Memory(HELD);
        inner.replace(open::in_memory(&self.origin, "views.unusable", None), &self.origin);
        if !held && self.dir.exists() {
            let why = why.args.get("found").map_or(why.code, String::as_str);
            let aside = open::set_aside(&self.dir, why).unwrap_or(None);
            if let Ok(found) = open::fresh(&self.dir, &self.origin, aside) {
                inner.replace(found, &self.origin);
            }
        }
        match catch_up(inner, &self.books, source) {
            Err(fault) if fault.code == DAMAGED => {
                inner.replace(open::in_memory(&self.origin, "views.unusable", None), &self.origin);
                catch_up(inner, &self.books, source)
            }
            outcome => outcome,
        }
    }
}

impl Drop for Views {
    fn drop(&mut self) {
        // What cannot be folded now is read from the log next time.
        let _ = self.settle();
    }
}

impl Nodes for Views {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        self.settle()?;
        self.healed(None, |inner| Tiles(&inner.table).node(height, index))
    }
}
