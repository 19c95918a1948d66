//! A further version of an object. Content that an earlier version has is not copied.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Meta;
use super::build::write_inventory;
use super::change::Change;
use super::inventory::Paths;
use super::{Key, Store};
use crate::archive::digest::sha512_all;
use crate::archive::durable;
use crate::archive::tree::Tree;
use crate::fault::{Fault, Outcome};

impl Store {
    /// Adds a version whose whole state is `state`; gives its number. A crash leaves the object as it was, or with it.
    ///
    /// Errors: `archive.bad_name` for a path that does not stay inside; the machine: then [`Store::recover`] tells.
    pub fn add_version(&self, key: &Key, state: &dyn Tree, meta: &Meta) -> Outcome<u32> {
        let object = self.object(key)?;
        let mut inventory = object.inventory().clone();
        let number = inventory.newest() + 1;
        let paths: Vec<String> = state.files().iter().map(|file| file.path.clone()).collect();
        if let Some(bad) = paths.iter().find(|path| !super::names::is_relative(path)) {
            return Err(Fault::usage("archive.bad_name").with("found", bad.escape_default()));
        }
        let digests = sha512_all(&paths, |path| state.open(path))?;
        let (mut fresh, mut logical) = (Vec::new(), Paths::new());
        for (path, digest) in paths.into_iter().zip(digests) {
            if !inventory.manifest.contains_key(&digest) {
                let content = format!("v{number}/content/{path}");
                inventory.manifest.insert(digest.clone(), vec![content.clone()]);
                fresh.push((path.clone(), content));
            }
            logical.entry(digest).or_default().push(path);
        }
        inventory.add(meta.version(logical));
        let work = self.begin(key)?;
        self.write_content(&work, state, &fresh)?;
        write_inventory(&*self.disk, &format!("{work}/{}", inventory.head), &inventory.to_bytes()?)?;
        self.carry_out(key, Change::Version(inventory.head))?;
        Ok(number)
    }

    fn write_content(&self, work: &str, state: &dyn Tree, fresh: &[(String, String)]) -> Outcome<()> {
        let parents: BTreeSet<&str> = fresh.iter().map(|(_, content)| durable::parent(content)).collect();
        parents.into_iter().try_for_each(|dir| durable::folder(&*self.disk, &format!("{work}/{dir}")))?;
        fresh.par_iter().try_for_each(|(path, content)| {
            let to = format!("{work}/{content}");
            durable::stream(&*self.disk, &to, &mut state.open(path)?, &mut |_| ()).map(drop)
        })
    }
}
