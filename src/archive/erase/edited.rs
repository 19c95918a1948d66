//! A tree of files some of which are other than they stand on the disk.

use std::collections::BTreeMap;
use std::io::Read;

use crate::archive::tree::{Tree, TreeFile};
use crate::fault::Outcome;

/// A tree with edits.
pub struct Edited<'t> {
    base: &'t dyn Tree,
    edits: BTreeMap<String, Vec<u8>>,
    files: Vec<TreeFile>,
}

impl<'t> Edited<'t> {
    /// The tree as it stands.
    pub fn new(base: &'t dyn Tree) -> Self {
        Self { base, edits: BTreeMap::new(), files: base.files().to_vec() }
    }

    /// Puts other bytes at a path.
    pub fn put(&mut self, path: String, bytes: Vec<u8>) {
        let file = TreeFile { path: path.clone(), size: bytes.len() as u64 };
        match self.files.binary_search_by(|known| known.path.cmp(&path)) {
            Ok(at) => {
                if let Some(known) = self.files.get_mut(at) {
                    *known = file;
                }
            }
            Err(at) => self.files.insert(at, file),
        }
        self.edits.insert(path, bytes);
    }

    /// What was put.
    pub fn edits(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.edits
    }

    /// The files below a folder, as a tree of their own under the same paths.
    pub fn below<'s>(&'s self, prefix: &str) -> Part<'s> {
        let files = self.files.iter().filter(|file| file.path.starts_with(prefix)).cloned().collect();
        Part { tree: self, files }
    }
}

impl Tree for Edited<'_> {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        match self.edits.get(path) {
            Some(bytes) => Ok(Box::new(bytes.as_slice())),
            None => self.base.open(path),
        }
    }
}

/// Some files of a tree.
pub struct Part<'t> {
    tree: &'t dyn Tree,
    files: Vec<TreeFile>,
}

impl Tree for Part<'_> {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        self.tree.open(path)
    }
}
