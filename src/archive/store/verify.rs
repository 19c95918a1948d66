//! Full verification of the store: every file of every version is read.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::inventory::{FILE, Inventory, SIDECAR, fits};
use super::names::version_number;
use super::{Key, LAYOUT, OBJECT, ROOT, Store};
use crate::archive::digest::sha512_all;
use crate::archive::durable;
use crate::archive::tree::{DiskTree, FileReader, Tree as _};
use crate::fault::{Fault, Outcome};
use crate::log::disk::EntryKind;

/// Directories an object root may have besides its versions.
const BESIDE: [&str; 2] = ["logs", "extensions"];

/// What was found of one object.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ObjectCheck {
    /// Everything that is wrong; nothing, if it is sound.
    pub flaws: Vec<Fault>,
    /// Versions looked at.
    pub versions: u64,
    /// Files whose digest was compared.
    pub files: u64,
    /// Their bytes.
    pub octets: u64,
}

/// What was found of the whole store.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StoreCheck {
    /// What is wrong outside the objects.
    pub flaws: Vec<Fault>,
    /// Each object by its path.
    pub objects: BTreeMap<String, ObjectCheck>,
}

impl StoreCheck {
    /// Whether nothing at all is wrong.
    pub fn passed(&self) -> bool {
        self.flaws.is_empty() && self.objects.values().all(|object| object.flaws.is_empty())
    }
}

impl Store {
    /// Verifies everything, objects in parallel. `each` is told of every object that is done.
    pub fn verify(&self, each: &(dyn Fn(&Key) + Sync)) -> Outcome<StoreCheck> {
        let mut flaws = Vec::new();
        self.check_file(&self.in_root(ROOT.0), ROOT.1, &mut flaws)?;
        let known = |name: &str| name == ROOT.0 || name == LAYOUT.0;
        let mut keys = Vec::new();
        for (name, kind) in self.entries(&self.root)? {
            match kind {
                EntryKind::Dir => self.check_fonds(&name, &mut keys, &mut flaws)?,
                EntryKind::File if known(&name) => {}
                _ => flaws.push(extra(&self.in_root(&name))),
            }
        }
        let check = |key: &Key| {
            let checked = self.verify_object(key)?;
            each(key);
            Ok((key.path(), checked))
        };
        let objects = keys.par_iter().map(check).collect::<Outcome<_>>()?;
        Ok(StoreCheck { flaws, objects })
    }

    fn check_fonds(&self, fonds: &str, keys: &mut Vec<Key>, flaws: &mut Vec<Fault>) -> Outcome<()> {
        let place = self.in_root(fonds);
        for (name, kind) in self.entries(&place)? {
            match (kind, Key::new(fonds, &name)) {
                (EntryKind::Dir, Ok(key)) => keys.push(key),
                _ => flaws.push(extra(&format!("{place}/{name}"))),
            }
        }
        // A directory that a crash left empty is filled by the acceptance that is then completed.
        Ok(())
    }

    /// Verifies one object: declaration, inventories, every digest of every version, and that nothing else is there.
    pub fn verify_object(&self, key: &Key) -> Outcome<ObjectCheck> {
        self.verify_at(&self.place_of(key), key)
    }

    /// The same of an object that stands elsewhere.
    pub fn verify_at(&self, place: &str, key: &Key) -> Outcome<ObjectCheck> {
        let mut check = ObjectCheck::default();
        self.check_file(&format!("{place}/{}", OBJECT.0), OBJECT.1, &mut check.flaws)?;
        let Some(root) = self.inventory(place, &mut check.flaws)? else { return Ok(check) };
        if root.id != key.id() {
            check.flaws.push(wrong(&format!("{place}/{FILE}"), &format!("id: {}", root.id)));
        }
        check.versions = u64::from(root.newest());
        self.check_entries(place, &root, &mut check.flaws)?;
        for number in 1..=root.newest() {
            self.check_version(place, &root, number, &mut check.flaws)?;
        }
        self.check_content(place, &root, &mut check)?;
        Ok(check)
    }

    fn check_file(&self, path: &str, expected: &[u8], flaws: &mut Vec<Fault>) -> Outcome<()> {
        match durable::read(&*self.disk, path)? {
            None => flaws.push(Fault::refused("archive.ocfl_missing").with("path", path)),
            Some(bytes) if bytes == expected => {}
            Some(_) => flaws.push(Fault::refused("archive.ocfl_digest").with("path", path)),
        }
        Ok(())
    }

    /// The inventory in `dir`, if it is there, fits its sidecar and can be read.
    fn inventory(&self, dir: &str, flaws: &mut Vec<Fault>) -> Outcome<Option<Inventory>> {
        let (path, beside) = (format!("{dir}/{FILE}"), format!("{dir}/{SIDECAR}"));
        let missing = |path: &str| Fault::refused("archive.ocfl_missing").with("path", path);
        let Some(bytes) = durable::read(&*self.disk, &path)? else {
            flaws.push(missing(&path));
            return Ok(None);
        };
        match durable::read(&*self.disk, &beside)? {
            None => flaws.push(missing(&beside)),
            Some(sidecar) if fits(&sidecar, &bytes) => {}
            Some(_) => flaws.push(Fault::refused("archive.ocfl_digest").with("path", &path)),
        }
        match Inventory::parse(&bytes) {
            Ok(inventory) => Ok(Some(inventory)),
            Err(why) => {
                flaws.push(wrong(&path, &why));
                Ok(None)
            }
        }
    }

    fn check_entries(&self, place: &str, root: &Inventory, flaws: &mut Vec<Fault>) -> Outcome<()> {
        for (name, kind) in self.entries(place)? {
            let known = match kind {
                EntryKind::File => [OBJECT.0, FILE, SIDECAR].contains(&name.as_str()),
                EntryKind::Dir => {
                    version_number(&name).is_some_and(|number| number <= root.newest())
                        || BESIDE.contains(&name.as_str())
                }
                EntryKind::Other => false,
            };
            if !known {
                flaws.push(extra(&format!("{place}/{name}")));
            }
        }
        Ok(())
    }

    /// A version directory holds its inventory, which says what the root's says of the versions up to it, and content.
    fn check_version(
        &self,
        place: &str,
        root: &Inventory,
        number: u32,
        flaws: &mut Vec<Fault>,
    ) -> Outcome<()> {
        let dir = format!("{place}/v{number}");
        for (name, kind) in self.entries(&dir)? {
            let file = kind == EntryKind::File && [FILE, SIDECAR].contains(&name.as_str());
            if !(file || kind == EntryKind::Dir && name == "content") {
                flaws.push(extra(&format!("{dir}/{name}")));
            }
        }
        let Some(own) = self.inventory(&dir, flaws)? else { return Ok(()) };
        if own != root.at(number) {
            flaws.push(wrong(&format!("{dir}/{FILE}"), "another history"));
        }
        Ok(())
    }

    fn check_content(&self, place: &str, root: &Inventory, check: &mut ObjectCheck) -> Outcome<()> {
        let mut expected: BTreeMap<String, &str> = BTreeMap::new();
        for (digest, paths) in &root.manifest {
            expected.extend(paths.iter().map(|path| (path.clone(), digest.as_str())));
        }
        let mut there = BTreeSet::new();
        for number in 1..=root.newest() {
            let dir = format!("v{number}/content");
            let tree = DiskTree::open(self.disk.clone(), &format!("{place}/{dir}"));
            let tree = match tree {
                Err(fault) if fault.code == "archive.not_a_file" => {
                    check.flaws.push(fault);
                    continue;
                }
                tree => tree?,
            };
            check.octets += tree.files().iter().map(|file| file.size).sum::<u64>();
            there.extend(tree.files().iter().map(|file| format!("{dir}/{}", file.path)));
        }
        let extras = there.iter().filter(|path| !expected.contains_key(*path));
        check.flaws.extend(extras.map(|path| extra(&format!("{place}/{path}"))));
        let gone = expected.keys().filter(|path| !there.contains(*path));
        let told = |path| Fault::refused("archive.ocfl_missing").with("path", format!("{place}/{path}"));
        check.flaws.extend(gone.map(told));
        let paths: Vec<String> = expected.keys().filter(|path| there.contains(*path)).cloned().collect();
        let digests = sha512_all(&paths, |path| FileReader::open(&*self.disk, &format!("{place}/{path}")))?;
        check.files = paths.len() as u64;
        for (path, digest) in paths.iter().zip(digests) {
            if expected.get(path) != Some(&digest.as_str()) {
                let flaw = Fault::refused("archive.ocfl_digest").with("path", format!("{place}/{path}"));
                check.flaws.push(flaw);
            }
        }
        Ok(())
    }
}

fn extra(path: &str) -> Fault {
    Fault::refused("archive.ocfl_extra").with("path", path)
}

fn wrong(path: &str, why: &str) -> Fault {
    Fault::refused("archive.ocfl_inventory").with("path", path).with("found", why)
}
