//! Reading an object back.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use super::inventory::{FILE, Inventory};
use crate::archive::digest::fact_of;
use crate::archive::durable::{self, At as _};
use crate::archive::tree::{FileReader, Tree, TreeFile, missing};
use crate::fault::{Fault, Outcome};
use crate::log::disk::Disk;

/// An object of the store.
pub struct Object {
    disk: Arc<dyn Disk>,
    place: String,
    inventory: Inventory,
    digest: String,
}

impl Object {
    /// Opens the object whose root is at `place`.
    pub(in crate::archive) fn open(disk: Arc<dyn Disk>, place: &str) -> Outcome<Self> {
        let path = format!("{place}/{FILE}");
        let bytes = durable::read(&*disk, &path)?;
        let bytes = bytes.ok_or_else(|| Fault::refused("archive.ocfl_missing").with("path", &path))?;
        let inventory = Inventory::parse(&bytes)
            .map_err(|why| Fault::refused("archive.ocfl_inventory").with("path", &path).with("found", why))?;
        Ok(Self { disk, place: place.into(), inventory, digest: fact_of(&bytes) })
    }

    /// Its inventory.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The digest of its inventory, as facts write it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Where its root stands.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// What stands below `within/` in the newest version; `""` for all of it.
    pub fn tree(&self, within: &str) -> Outcome<ObjectTree> {
        self.tree_at(self.inventory.newest(), within)
    }

    /// The same of version `number`.
    pub fn tree_at(&self, number: u32, within: &str) -> Outcome<ObjectTree> {
        let prefix = if within.is_empty() { String::new() } else { format!("{within}/") };
        let (mut files, mut content) = (Vec::new(), BTreeMap::new());
        for (path, digest) in self.inventory.state(number) {
            let Some(path) = path.strip_prefix(&prefix) else { continue };
            let stands = self.inventory.content(digest).ok_or_else(|| missing(path))?;
            let place = format!("{}/{stands}", self.place);
            let size = self.disk.open(&place).and_then(|file| file.len()).at(&place)?;
            files.push(TreeFile { path: path.to_owned(), size });
            content.insert(path.to_owned(), place);
        }
        files.sort();
        Ok(ObjectTree { disk: self.disk.clone(), files, content })
    }
}

/// The files of one version of an object under their logical paths.
pub struct ObjectTree {
    disk: Arc<dyn Disk>,
    files: Vec<TreeFile>,
    content: BTreeMap<String, String>,
}

impl Tree for ObjectTree {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        let place = self.content.get(path).ok_or_else(|| missing(path))?;
        Ok(Box::new(FileReader::open(&*self.disk, place)?))
    }
}
