//! The archive's store: an OCFL 1.1 storage root with one object a package.
//!
//! Anyone can read it without this program. An object is made somewhere else, whole and durable, and comes into the
//! store by one rename; a version is made beside its object and comes in the same way. Nothing in the store is written
//! over but the root copy of an inventory, which is a copy, and a file that the law orders erased: then a new object is
//! built beside the old one and takes its place ([`Store::prepare_rewrite`]).
//!
//! | file | |
//! |---|---|
//! | `store/0=ocfl_1.1` | what it is |
//! | `store/LAYOUT.txt` | where objects stand: `<fonds>/<bag name>`. No registered layout says that, and `ocfl_layout.json` must name a registered one, so there is none |
//! | `store/<fonds>/<bag name>/` | an object |
//! | `work/<id>/` | a change that is under way: swept, unless `intent.json` stands in it; then it is completed |

mod build;
mod change;
mod inventory;
mod names;
mod object;
mod rewrite;
mod verify;
mod version;

use std::sync::Arc;

pub use build::{Meta, Sealed, seal_first};
pub use inventory::{Inventory, User, Version};
pub use names::{Key, is_name};
pub use object::{Object, ObjectTree};
pub use rewrite::{Gone, Prepared};
pub use verify::{ObjectCheck, StoreCheck};

use super::durable::{self, At as _};
use crate::fault::{Fault, Outcome};
use crate::log::disk::{Disk, EntryKind};

/// What an object root declares itself to be.
const OBJECT: (&str, &[u8]) = ("0=ocfl_object_1.1", b"ocfl_object_1.1\n");
/// What the storage root declares itself to be.
const ROOT: (&str, &[u8]) = ("0=ocfl_1.1", b"ocfl_1.1\n");
const LAYOUT: (&str, &str) = (
    "LAYOUT.txt",
    "OCFL 1.1 (https://ocfl.io/1.1/spec/)\n\
     An object stands at <fonds>/<bag name>; its id is urn:zhaoce:<fonds>:<bag name>.\n\
     In each version: bag/ is the package as a BagIt bag, original/ the file it came as, report/ what its inspection said.\n\
     \n\
     档案库按 OCFL 1.1 存放。对象位于 <全宗号>/<包名>，标识为 urn:zhaoce:<全宗号>:<包名>。\n\
     各版本中：bag/ 为移交信息包（BagIt），original/ 为原样保存的来件，report/ 为检测报告。\n",
);

/// An OCFL storage root on a disk. Reading needs nothing more; whoever changes it holds the archive's one lock.
#[derive(Clone)]
pub struct Store {
    disk: Arc<dyn Disk>,
    root: String,
    work: String,
}

impl Store {
    /// The store at `root`, with the place where changes are made at `work`; both on one file system.
    pub fn at(disk: Arc<dyn Disk>, root: &str, work: &str) -> Self {
        Self { disk, root: root.into(), work: work.into() }
    }

    /// Makes an empty store. Doing it again does no harm.
    pub fn init(&self) -> Outcome<()> {
        let disk = &*self.disk;
        durable::folder(disk, &self.root)?;
        durable::folder(disk, &self.work)?;
        durable::place(disk, &self.in_root(LAYOUT.0), LAYOUT.1.as_bytes())?;
        durable::place(disk, &self.in_root(ROOT.0), ROOT.1)?;
        durable::sync(disk, durable::parent(&self.root))?;
        durable::sync(disk, durable::parent(&self.work))
    }

    fn in_root(&self, path: &str) -> String {
        format!("{}/{path}", self.root)
    }

    /// Where the object stands on the disk.
    pub fn place_of(&self, key: &Key) -> String {
        self.in_root(&key.path())
    }

    /// Whether something stands where the object would.
    pub fn has(&self, key: &Key) -> Outcome<bool> {
        Ok(durable::kind(&*self.disk, &self.place_of(key))?.is_some())
    }

    /// Every object's key, sorted.
    pub fn keys(&self) -> Outcome<Vec<Key>> {
        let mut keys = Vec::new();
        for fonds in durable::folders(&*self.disk, &self.root)? {
            for name in durable::folders(&*self.disk, &self.in_root(&fonds))? {
                keys.push(Key::new(&fonds, &name)?);
            }
        }
        Ok(keys)
    }

    /// An object, for reading.
    ///
    /// Errors: `archive.ocfl_missing` when there is none, `archive.ocfl_inventory`.
    pub fn object(&self, key: &Key) -> Outcome<Object> {
        Object::open(self.disk.clone(), &self.place_of(key))
    }

    /// Takes in an object that stands complete and durable at `from`. Nothing that is in the store is touched.
    ///
    /// Errors: `archive.taken` when something stands there; the machine: then it is in the store or not, and asking
    /// again tells.
    pub fn take_in(&self, from: &str, key: &Key) -> Outcome<()> {
        if self.has(key)? {
            return Err(Fault::refused("archive.taken").with("path", key.path()));
        }
        let fonds = self.in_root(key.fonds());
        durable::folder(&*self.disk, &fonds)?;
        durable::sync(&*self.disk, &self.root)?;
        durable::shift(&*self.disk, from, &self.place_of(key))
    }

    /// Makes an object's name durable once more, after a failure left that open.
    pub fn settle(&self, key: &Key) -> Outcome<()> {
        durable::sync(&*self.disk, &self.root)?;
        durable::sync(&*self.disk, &self.in_root(key.fonds()))
    }

    /// Entries of a directory of the store, sorted.
    fn entries(&self, path: &str) -> Outcome<Vec<(String, EntryKind)>> {
        let mut entries = self.disk.entries(path).at(path)?;
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    }
}
