//! Making an object: content stands in its place already; what describes it is added.

use std::sync::Arc;

use super::inventory::{FILE, Inventory, Paths, SIDECAR, User, Version, sidecar};
use super::{Key, OBJECT};
use crate::archive::digest::{fact_of, sha512_all};
use crate::archive::durable;
use crate::archive::tree::{DiskTree, FileReader, Tree as _};
use crate::fault::Outcome;
use crate::log::disk::Disk;
use crate::record::Moment;

/// When a version was made, why, by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// When.
    pub created: Moment,
    /// Why.
    pub message: String,
    /// By whom.
    pub user: User,
}

/// An object that is complete and durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The digest of its inventory, as facts write it.
    pub digest: String,
    /// Files of content.
    pub files: u64,
    /// Their bytes.
    pub octets: u64,
}

impl Meta {
    pub(super) fn version(&self, state: Paths) -> Version {
        Version {
            created: self.created.to_string(),
            message: self.message.clone(),
            state,
            user: self.user.clone(),
        }
    }
}

/// Completes the object at `place`, whose first version's content stands in `v1/content/`, synced file by file: its
/// inventory, declarations, and the names of all of it are durable afterwards.
pub fn seal_first(disk: &Arc<dyn Disk>, place: &str, key: &Key, meta: &Meta) -> Outcome<Sealed> {
    let content = format!("{place}/v1/content");
    let tree = DiskTree::open(disk.clone(), &content)?;
    let paths: Vec<String> = tree.files().iter().map(|file| file.path.clone()).collect();
    let digests = sha512_all(&paths, |path| FileReader::open(&**disk, &format!("{content}/{path}")))?;
    let (mut manifest, mut state) = (Paths::new(), Paths::new());
    for (digest, path) in digests.into_iter().zip(paths) {
        manifest.entry(digest.clone()).or_default().push(format!("v1/content/{path}"));
        state.entry(digest).or_default().push(path);
    }
    let mut inventory = Inventory::new(&key.id());
    inventory.manifest = manifest;
    inventory.add(meta.version(state));
    let bytes = write_all(&**disk, place, &inventory)?;
    durable::settle(&**disk, place)?;
    let octets = tree.files().iter().map(|file| file.size).sum();
    Ok(Sealed { digest: fact_of(&bytes), files: tree.files().len() as u64, octets })
}

/// Writes the declaration and every inventory of a new object; gives the bytes of the newest.
pub(super) fn write_all(disk: &dyn Disk, place: &str, inventory: &Inventory) -> Outcome<Vec<u8>> {
    for number in 1..inventory.newest() {
        write_inventory(disk, &format!("{place}/v{number}"), &inventory.at(number).to_bytes()?)?;
    }
    let newest = inventory.to_bytes()?;
    write_inventory(disk, &format!("{place}/{}", inventory.head), &newest)?;
    write_inventory(disk, place, &newest)?;
    durable::write(disk, &format!("{place}/{}", OBJECT.0), OBJECT.1)?;
    Ok(newest)
}

/// Writes an inventory and its sidecar.
pub(super) fn write_inventory(disk: &dyn Disk, dir: &str, bytes: &[u8]) -> Outcome<()> {
    durable::folder(disk, dir)?;
    durable::write(disk, &format!("{dir}/{FILE}"), bytes)?;
    durable::write(disk, &format!("{dir}/{SIDECAR}"), sidecar(bytes).as_bytes())
}
