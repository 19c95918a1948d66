//! Opening the projections: what of a directory can be used, and what is set aside.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::mark::{LAYOUT, Mark};
use super::mem_store::MemStore;
use super::sled_store::{OpenError, SledStore};
use super::store::Store;
use super::table::{Puts, Table};
use crate::fault::{Fault, Outcome};
use crate::log::Position;
use crate::record::Origin;

/// Name of the directory in the ledger.
pub const DIR: &str = "views";

/// Why sled is not used: another process has it open.
pub const HELD: &str = "views.held";

/// Where the projections are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backing {
    /// In sled.
    Sled,
    /// In memory, made from the log: the code says why sled is not used.
    Memory(&'static str),
}

/// What opening found out of order and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Why.
    pub why: String,
    /// Where the directory is now.
    pub to: PathBuf,
}

/// Projections as found.
pub struct Found {
    /// Usable records, maybe none yet.
    pub table: Table,
    /// Where they are.
    pub backing: Backing,
    /// What was set aside on the way.
    pub aside: Option<SetAside>,
}

/// Opens the directory's store, or an empty one in its place. `end` is how far the log goes.
///
/// Errors: `views.rollback`, with the directory left as it is; the machine.
pub fn open(dir: &Path, origin: &Origin, end: Position) -> Outcome<Found> {
    match use_existing(dir, end) {
        Ok(Some(table)) => Ok(Found { table, backing: Backing::Sled, aside: None }),
        Ok(None) => fresh(dir, origin, None),
        Err(Unusable::Held) => Ok(in_memory(origin, HELD, None)),
        Err(Unusable::Rollback(fault)) => Err(fault),
        Err(Unusable::Bad(why)) => {
            let aside = set_aside(dir, &why)?;
            fresh(dir, origin, aside)
        }
    }
}

/// Empty records in a new directory, or in memory when there can be none.
pub fn fresh(dir: &Path, origin: &Origin, aside: Option<SetAside>) -> Outcome<Found> {
    match SledStore::open(dir) {
        Ok(store) if matches!(store.last(&[], &[u8::MAX]), Ok(None)) => {
            let mut table = Table::new(Box::new(store), Mark::at_origin(origin));
            // A mark from the first moment on: a store without one has lost it.
            match table.commit(Puts::new(), Mark::at_origin(origin)) {
                Ok(()) => Ok(Found { table, backing: Backing::Sled, aside }),
                Err(_) => Ok(in_memory(origin, "views.unusable", aside)),
            }
        }
        Err(OpenError::Held) => Ok(in_memory(origin, HELD, aside)),
        Ok(_) | Err(OpenError::Unreadable(_)) => Ok(in_memory(origin, "views.unusable", aside)),
    }
}

/// Empty records in memory.
pub fn in_memory(origin: &Origin, why: &'static str, aside: Option<SetAside>) -> Found {
    let table = Table::new(Box::<MemStore>::default(), Mark::at_origin(origin));
    Found { table, backing: Backing::Memory(why), aside }
}

enum Unusable {
    Held,
    Rollback(Fault),
    Bad(String),
}

impl From<Fault> for Unusable {
    fn from(fault: Fault) -> Self {
        Self::Bad(fault.args.get("found").cloned().unwrap_or_else(|| fault.code.to_string()))
    }
}

fn use_existing(dir: &Path, end: Position) -> Result<Option<Table>, Unusable> {
    if !look(dir)? {
        return Ok(None);
    }
    let store = SledStore::open(dir).map_err(|error| match error {
        OpenError::Held => Unusable::Held,
        OpenError::Unreadable(why) => Unusable::Bad(why),
    })?;
    let Some(table) = Table::open(Box::new(store))? else {
        // sled opens a damaged file as an empty one without a word.
        return Err(Unusable::Bad("empty".into()));
    };
    let mark = table.mark();
    if mark.layout != LAYOUT {
        return Err(Unusable::Bad(format!("layout {}", mark.layout)));
    }
    let (size, head) = (mark.head.size(), mark.head.chain);
    if size > end.size || (size == end.size && head != end.head) {
        return Err(Unusable::Rollback(rollback(size, end.size)));
    }
    Ok(Some(table))
}

/// The fault of a log that does not go on from what has been applied.
pub fn rollback(applied: u64, found: u64) -> Fault {
    Fault::refused("views.rollback").with("expected", applied).with("found", found)
}

/// Whether there is something to open. Looks at names and sizes only: opening a damaged sled overwrites it.
fn look(dir: &Path) -> Result<bool, Unusable> {
    let names = match fs::read_dir(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Unusable::Bad(error.to_string())),
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.file_name())).collect::<Vec<_>>(),
    };
    if names.is_empty() {
        return Ok(false);
    }
    for name in &names {
        // A snapshot that was being written when the machine stopped.
        if name.to_string_lossy().ends_with(".generating") {
            let _ = fs::remove_file(dir.join(name));
        }
    }
    match fs::metadata(dir.join("db")) {
        Ok(data) if data.len() > 0 => Ok(true),
        _ => Err(Unusable::Bad("no data file".into())),
    }
}

/// Moves the directory to the next free `views.bad-<n>` beside it; nothing when it is not there.
pub fn set_aside(dir: &Path, why: &str) -> Outcome<Option<SetAside>> {
    for n in 1..=u32::MAX {
        let to = dir.with_file_name(format!("{DIR}.bad-{n}"));
        if to.exists() {
            continue;
        }
        return match fs::rename(dir, &to) {
            Ok(()) => Ok(Some(SetAside { why: why.into(), to })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::io(dir.display(), &error)),
        };
    }
    Ok(None)
}

/// Removes the directory and everything that was ever set aside: an erased body may stand in their pages.
pub fn remove_all(dir: &Path) -> Outcome<()> {
    let parent = dir.parent().unwrap_or(dir);
    let entries = fs::read_dir(parent).map_err(|error| Fault::io(parent.display(), &error))?;
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == DIR || name.starts_with("views.bad-") {
            fs::remove_dir_all(entry.path()).map_err(|error| Fault::io(entry.path().display(), &error))?;
        }
    }
    Ok(())
}
