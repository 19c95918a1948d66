//! The one exception to immutability: content that the law orders erased leaves every version of an object.
//!
//! A new object is built beside the old one, in which no version has what is gone, and a version is added whose message
//! says what was done and which may have files besides. The same order gives the same bytes, so an erasure that was
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

/// What becomes of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// By logical path, in every version that has it: what stands in its place, nothing or other bytes.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
    /// Files that the version which is added has besides.
    pub added: BTreeMap<String, Vec<u8>>,
}

/// A rewritten object that stands beside the one it is to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    key: Key,
    /// The digest of its inventory, as facts write it.
    pub digest: String,
}

impl Prepared {
    /// The object.
    pub fn key(&self) -> &Key {
        &self.key
    }
}

/// Where the content of a digest comes from.
enum From<'a> {
    /// A content path of the object as it is.
    Object(&'a str),
    Bytes(&'a [u8]),
}

impl Store {
    /// Builds the object anew without some content; the store is not touched.
    ///
    /// Errors: `archive.nothing_to_erase` when no version has any of it; the machine.
    pub fn prepare_rewrite(&self, key: &Key, gone: &Gone, meta: &Meta) -> Outcome<Prepared> {
        let object = self.object(key)?;
        let (new, sources) = changed(object.inventory(), gone, meta)
            .ok_or_else(|| Fault::refused("archive.nothing_to_erase").with("path", key.path()))?;
        let work = self.begin(key)?;
        let place = format!("{work}/object");
        self.copy_content(&object, &new, &place, &sources)?;
        let bytes = write_all(&*self.disk, &place, &new)?;
        durable::settle(&*self.disk, &place)?;
        // Whoever decides on it may stop right after: then its name must be found.
        durable::sync(&*self.disk, &self.work)?;
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
        sources: &BTreeMap<String, From<'_>>,
    ) -> Outcome<()> {
        let files: Vec<(&String, &String)> = new
            .manifest
            .iter()
            .flat_map(|(digest, paths)| paths.iter().map(move |path| (digest, path)))
            .collect();
        let parents: BTreeSet<&str> = files.iter().map(|(_, path)| durable::parent(path)).collect();
        parents.into_iter().try_for_each(|dir| durable::folder(&*self.disk, &format!("{place}/{dir}")))?;
        files.into_par_iter().try_for_each(|(digest, path)| {
            let to = format!("{place}/{path}");
            match sources.get(digest) {
                Some(From::Bytes(bytes)) => durable::write(&*self.disk, &to, bytes),
                Some(From::Object(from)) => {
                    let mut from = FileReader::open(&*self.disk, &format!("{}/{from}", object.place()))?;
                    durable::stream(&*self.disk, &to, &mut from, &mut |_| ()).map(drop)
                }
                None => Err(Fault::refused("archive.ocfl_missing").with("path", path)),
            }
        })
    }
}

/// The inventory of the new object, and where the content of each digest comes from; nothing when nothing changes.
fn changed<'a>(
    old: &'a Inventory,
    gone: &'a Gone,
    meta: &Meta,
) -> Option<(Inventory, BTreeMap<String, From<'a>>)> {
    let mut sources: BTreeMap<String, From<'a>> = old
        .manifest
        .iter()
        .filter_map(|(digest, paths)| Some((digest.clone(), From::Object(paths.first()?))))
        .collect();
    let bytes = gone.files.values().flatten().chain(gone.added.values());
    sources.extend(bytes.map(|bytes| (sha512_of(bytes), From::Bytes(bytes))));
    let mut new = Inventory { manifest: Paths::new(), ..old.clone() };
    let mut any = false;
    for version in new.versions.values_mut() {
        let state = edited(&version.state, gone);
        any |= state != version.state;
        version.state = state;
    }
    let mut state = new.versions.get(&new.head).map(|version| version.state.clone()).unwrap_or_default();
    for (path, bytes) in &gone.added {
        place(&mut state, sha512_of(bytes), path.clone());
    }
    new.add(meta.version(state));
    new.manifest = placed(&new);
    any.then_some((new, sources))
}

/// The state of a version without what is gone.
fn edited(state: &Paths, gone: &Gone) -> Paths {
    let mut new = Paths::new();
    for (digest, paths) in state {
        for path in paths {
            match gone.files.get(path) {
                None => place(&mut new, digest.clone(), path.clone()),
                Some(Some(bytes)) => place(&mut new, sha512_of(bytes), path.clone()),
                Some(None) => {}
            }
        }
    }
    new
}

fn place(paths: &mut Paths, digest: String, path: String) {
    let at = paths.entry(digest).or_default();
    at.push(path);
    at.sort();
}

/// A content path for each digest: where the first version that has it has it first.
fn placed(inventory: &Inventory) -> Paths {
    let mut manifest = Paths::new();
    for number in 1..=inventory.newest() {
        for (path, digest) in inventory.state(number) {
            manifest.entry(digest.to_owned()).or_insert_with(|| vec![format!("v{number}/content/{path}")]);
        }
    }
    manifest
}
