//! Packages that were verified before, for the records of later ones.

use std::collections::BTreeMap;

use crate::bundle::package::Tree;
use crate::bundle::package::derive::{Earlier, is_metadata};
use crate::fault::Outcome;

/// Longest metadata of a record, in bytes.
const EEP_MAX: u64 = 64 << 20;

/// Packages of one office, oldest first.
#[derive(Default)]
pub struct Shelf<'t> {
    trees: Vec<Box<dyn Tree + Send + 't>>,
    /// 档号 → the newest metadata.
    known: BTreeMap<String, (usize, String)>,
}

impl<'t> Shelf<'t> {
    /// Puts the next package there.
    pub fn take(&mut self, tree: Box<dyn Tree + Send + 't>) {
        let nth = self.trees.len();
        for file in tree.files() {
            let mut parts = file.path.rsplit('/');
            if let (Some(name), Some(folder)) = (parts.next(), parts.next())
                && is_metadata(name)
            {
                self.known.insert(folder.to_owned(), (nth, file.path.clone()));
            }
        }
        self.trees.push(tree);
    }
}

impl Earlier for Shelf<'_> {
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>> {
        let Some((nth, path)) = self.known.get(number) else { return Ok(None) };
        self.trees.get(*nth).map(|tree| tree.read(path, EEP_MAX)).transpose()
    }
}
