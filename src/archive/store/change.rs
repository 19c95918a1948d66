//! A change of an object that is in the store: made in `work/`, decided by one small file, then carried out.
//!
//! ```text
//! work/<id>/v3/…            or  work/<id>/object/…     whole and durable
//! work/<id>/intent.json                                 durable: from here on the change happens
//! rename into the store, both directories synced, …     each step may be found done
//! work/<id>/ removed
//! ```

use serde::{Deserialize, Serialize};

use super::inventory::{FILE, Inventory, SIDECAR, sidecar};
use super::{Key, Store};
use crate::archive::digest::{fact_of, sha512_of};
use crate::archive::durable;
use crate::fault::{Fault, Outcome};

const INTENT: &str = "intent.json";

/// A change that has been decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    pub fonds: String,
    pub name: String,
    pub change: Change,
}

/// What changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// A version directory, by its name, is added.
    Version(String),
    /// The whole object is replaced.
    Object,
}

/// Knows the digest of the inventory that an object is to have.
pub type Decided<'a> = dyn FnMut(&Key) -> Outcome<Option<String>> + 'a;

impl Store {
    /// Where a change of the object is made. One object has one change at a time.
    pub(super) fn work_of(&self, key: &Key) -> String {
        let short: String = sha512_of(key.id().as_bytes()).chars().take(24).collect();
        format!("{}/{short}", self.work)
    }

    /// An empty place for a change, with nothing of an earlier, undecided one.
    pub(super) fn begin(&self, key: &Key) -> Outcome<String> {
        let work = self.work_of(key);
        if durable::read(&*self.disk, &format!("{work}/{INTENT}"))?.is_some() {
            return Err(Fault::machine("archive.unfinished").with("path", work));
        }
        durable::clear(&*self.disk, &work)?;
        durable::folder(&*self.disk, &work)?;
        Ok(work)
    }

    /// Removes what was made for a change that was not decided.
    pub fn abandon(&self, key: &Key) -> Outcome<()> {
        let work = self.begin(key)?;
        durable::remove(&*self.disk, &work)
    }

    /// Decides a change that stands complete in `work/`, and carries it out.
    pub(super) fn carry_out(&self, key: &Key, change: Change) -> Outcome<()> {
        let work = self.work_of(key);
        durable::settle(&*self.disk, &work)?;
        let intent = Intent { fonds: key.fonds().into(), name: key.name().into(), change };
        let bytes = serde_json::to_vec(&intent)
            .map_err(|error| Fault::machine("archive.unfinished").with("path", &work).with("found", error))?;
        durable::place(&*self.disk, &format!("{work}/{INTENT}"), &bytes)?;
        self.finish(&work, &intent)
    }

    /// Completes the changes that were decided and undoes the others. Gives the objects that were completed.
    pub fn recover(&self) -> Outcome<Vec<Key>> {
        self.recover_by(&mut |_| Ok(None))
    }

    /// The same where objects are replaced by decisions that stand elsewhere: `decided` knows the digest of the inventory that an object
    /// is to have by the newest of them.
    pub fn recover_by(&self, decided: &mut Decided<'_>) -> Outcome<Vec<Key>> {
        let mut completed = Vec::new();
        for name in durable::folders(&*self.disk, &self.work)? {
            let work = format!("{}/{name}", self.work);
            let path = format!("{work}/{INTENT}");
            let Some(bytes) = durable::read(&*self.disk, &path)? else {
                match self.decided_object(&work, decided)? {
                    Some(key) => {
                        self.carry_out(&key, Change::Object)?;
                        completed.push(key);
                    }
                    None => durable::remove(&*self.disk, &work)?,
                }
                continue;
            };
            let intent: Intent = serde_json::from_slice(&bytes).map_err(|error| {
                Fault::machine("archive.bad_state").with("path", &path).with("found", error)
            })?;
            self.finish(&work, &intent)?;
            completed.push(Key::new(&intent.fonds, &intent.name)?);
        }
        Ok(completed)
    }

    /// The object that stands ready in `work`, when it is the one that was decided on. A decision is made when all of it is durable.
    fn decided_object(&self, work: &str, decided: &mut Decided<'_>) -> Outcome<Option<Key>> {
        let path = format!("{work}/object/{FILE}");
        let Some(bytes) = durable::read(&*self.disk, &path)? else { return Ok(None) };
        let Ok(inventory) = Inventory::parse(&bytes) else { return Ok(None) };
        let Some(key) = Key::of_id(&inventory.id) else { return Ok(None) };
        let is_it = self.work_of(&key) == work && decided(&key)? == Some(fact_of(&bytes));
        Ok(is_it.then_some(key))
    }

    fn finish(&self, work: &str, intent: &Intent) -> Outcome<()> {
        let key = Key::new(&intent.fonds, &intent.name)?;
        match &intent.change {
            Change::Version(version) => self.finish_version(work, &key, version)?,
            Change::Object => self.finish_object(work, &key)?,
        }
        // The old object first: while the intent stands, whatever a crash brings back is removed again.
        durable::remove(&*self.disk, &format!("{work}/old"))?;
        durable::remove(&*self.disk, work)
    }

    fn finish_version(&self, work: &str, key: &Key, version: &str) -> Outcome<()> {
        let (disk, object) = (&*self.disk, self.place_of(key));
        let (from, to) = (format!("{work}/{version}"), format!("{object}/{version}"));
        if durable::is_dir(disk, &from)? {
            durable::shift(disk, &from, &to)?;
        } else {
            // It was moved, and whether that is durable was not heard.
            durable::sync(disk, &object)?;
            durable::sync(disk, work)?;
        }
        let path = format!("{to}/{FILE}");
        let bytes = durable::read(disk, &path)?;
        let bytes = bytes.ok_or_else(|| Fault::refused("archive.ocfl_missing").with("path", path))?;
        durable::place(disk, &format!("{object}/{FILE}"), &bytes)?;
        durable::place(disk, &format!("{object}/{SIDECAR}"), sidecar(&bytes).as_bytes())
    }

    fn finish_object(&self, work: &str, key: &Key) -> Outcome<()> {
        let (disk, place) = (&*self.disk, self.place_of(key));
        let (new, old) = (format!("{work}/object"), format!("{work}/old"));
        if durable::is_dir(disk, &new)? {
            if durable::is_dir(disk, &place)? {
                durable::shift(disk, &place, &old)?;
            } else {
                durable::sync(disk, work)?;
                durable::sync(disk, durable::parent(&place))?;
            }
            return durable::shift(disk, &new, &place);
        }
        durable::sync(disk, durable::parent(&place))?;
        durable::sync(disk, work)
    }
}
