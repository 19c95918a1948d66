//! The one exception to immutability: content that the law orders erased leaves every version of an object.
//!
//! A new object is built beside the old one, its inventories rewritten so that no version names what is gone, and a
//! version is added whose message says what was done. The same order gives the same bytes, so an erasure that was
//! interrupted before it was decided is prepared again with the same digest.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::build::{Meta, write_all};
use super::change::Change;
use super::inventory::{Inventory, Paths};
use super::object::Object;
use super::{Key, Store};
use crate::archive::digest::{fact_of, sha512_of};
use crate::archive::durable;
use crate::archive::tree::FileReader;
use crate::fault::{Fault, Outcome};

/// Content to erase, by SHA-512 in hex, and what stands in its place: nothing, or the same file without a part.
pub type Gone = BTreeMap<String, Option<Vec<u8>>>;

/// A rewritten object that stands beside the one it is to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    key: Key,
    /// The digest of its inventory, as facts write it.
    pub digest: String,
}

impl Store {
    /// Builds the object anew without some content; the store is not touched.
    ///
    /// Errors: `archive.nothing_to_erase` when no version has any of it; the machine.
    pub fn prepare_rewrite(&self, key: &Key, gone: &Gone, meta: &Meta) -> Outcome<Prepared> {
        let object = self.object(key)?;
        let old = object.inventory();
        if !gone.keys().any(|digest| old.manifest.contains_key(digest)) {
            return Err(Fault::refused("archive.nothing_to_erase").with("path", key.path()));
        }
        let (mut new, replaced) = without(old, gone);
        let state = new.versions.get(&new.head).map(|version| version.state.clone()).unwrap_or_default();
        new.add(meta.version(state));
        let work = self.begin(key)?;
        let place = format!("{work}/object");
        self.copy_content(&object, &new, &place, &replaced)?;
        let bytes = write_all(&*self.disk, &place, &new)?;
        durable::settle(&*self.disk, &place)?;
        Ok(Prepared { key: key.clone(), digest: fact_of(&bytes) })
    }

    /// Puts a rewritten object in the place of the old one, which is removed with all it had. A crash leaves the old
    /// one or the new one, or a change that [`Store::recover`] completes.
    pub fn commit_rewrite(&self, prepared: &Prepared) -> Outcome<()> {
        self.carry_out(&prepared.key, Change::Object)
    }

    fn copy_content(
        &self,
        object: &Object,
        new: &Inventory,
        place: &str,
        replaced: &BTreeMap<String, &[u8]>,
    ) -> Outcome<()> {
        let files: Vec<&String> = new.manifest.values().flatten().collect();
        let parents: BTreeSet<&str> = files.iter().map(|path| durable::parent(path)).collect();
        parents.into_iter().try_for_each(|dir| durable::folder(&*self.disk, &format!("{place}/{dir}")))?;
        files.into_par_iter().try_for_each(|path| {
            let to = format!("{place}/{path}");
            match replaced.get(path) {
                Some(bytes) => durable::write(&*self.disk, &to, bytes),
                None => {
                    let mut from = FileReader::open(&*self.disk, &format!("{}/{path}", object.place()))?;
                    durable::stream(&*self.disk, &to, &mut from, &mut |_| ()).map(drop)
                }
            }
        })
    }
}

/// The inventory with other digests where content was replaced, and without what is gone; the bytes of what was
/// replaced, by content path.
fn without<'g>(old: &Inventory, gone: &'g Gone) -> (Inventory, BTreeMap<String, &'g [u8]>) {
    let (mut new, mut replaced) = (old.clone(), BTreeMap::new());
    for (digest, bytes) in gone {
        let Some(paths) = old.manifest.get(digest) else { continue };
        for path in paths {
            replaced.extend(bytes.as_deref().map(|bytes| (path.clone(), bytes)));
        }
        let instead = bytes.as_deref().map(sha512_of);
        exchange(&mut new.manifest, digest, instead.as_deref());
        for version in new.versions.values_mut() {
            exchange(&mut version.state, digest, instead.as_deref());
        }
    }
    (new, replaced)
}

fn exchange(paths: &mut Paths, digest: &str, instead: Option<&str>) {
    if let (Some(moved), Some(instead)) = (paths.remove(digest), instead) {
        let at = paths.entry(instead.to_owned()).or_default();
        at.extend(moved);
        at.sort();
    }
}
