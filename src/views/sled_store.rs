//! The one module that knows sled. What may be expected of it, and what not, is in `docs/sled.md`.
//!
//! - One tree, so that a batch is atomic; 64 MiB of cache; the background flush stays on.
//! - Every call runs under `catch_unwind`: on damaged files sled panics as readily as it returns an error.
//! - An iterator's first error is its end: sled's would give the same error for ever.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::store::{Batch, Store, Visit, damaged};
use crate::fault::Outcome;

const CACHE_BYTES: u64 = 64 << 20;
/// Pauses between attempts to take the lock, a third of a second together.
const PAUSES_MS: [u64; 7] = [2, 5, 13, 30, 60, 100, 120];

/// sled, in one directory, held by this process alone.
pub struct SledStore {
    db: Option<sled::Db>,
}

/// Why a directory could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// Another process has it open.
    Held,
    /// It cannot be read; the reason, in words.
    Unreadable(String),
}

fn guarded<T>(work: impl FnOnce() -> Result<T, sled::Error>) -> Outcome<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(damaged(error)),
        Err(_) => Err(damaged("sled panicked")),
    }
}

impl SledStore {
    /// Opens or creates the store in `dir`.
    ///
    /// A lock that is taken is tried again for a third of a second. It outlives its holder for a moment: sled lets go
    /// of it on a thread of its own, and a program that any thread starts inherits it until it is loaded.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        for pause in PAUSES_MS {
            match Self::try_open(dir) {
                Err(OpenError::Held) => thread::sleep(Duration::from_millis(pause)),
                answer => return answer,
            }
        }
        Self::try_open(dir)
    }

    fn try_open(dir: &Path) -> Result<Self, OpenError> {
        let config = sled::Config::new().path(dir).cache_capacity(CACHE_BYTES).mode(sled::Mode::LowSpace);
        match catch_unwind(AssertUnwindSafe(|| config.open())) {
            Ok(Ok(db)) => Ok(Self { db: Some(db) }),
            Ok(Err(sled::Error::Io(error))) if is_lock(&error) => Err(OpenError::Held),
            Ok(Err(error)) => Err(OpenError::Unreadable(error.to_string())),
            Err(_) => Err(OpenError::Unreadable("sled panicked".into())),
        }
    }

    fn db(&self) -> Result<&sled::Db, sled::Error> {
        self.db.as_ref().ok_or_else(|| sled::Error::ReportableBug("closed".into()))
    }
}

/// sled words a lock that is taken as an error of its own, around the system's.
fn is_lock(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock || error.to_string().contains("could not acquire lock")
}

impl Drop for SledStore {
    fn drop(&mut self) {
        let db = self.db.take();
        // A damaged sled may panic once more when it closes; everything in it can be rebuilt.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(db)));
    }
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        guarded(|| Ok(self.db()?.get(key)?.map(|value| value.to_vec())))
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Outcome<()> {
        if from >= to {
            return Ok(());
        }
        let mut entries = guarded(|| Ok(self.db()?.range(from..to)))?;
        while let Some((key, value)) = guarded(|| entries.next().transpose())? {
            if visit(&key, &value)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn last(&self, from: &[u8], to: &[u8]) -> Outcome<Option<(Vec<u8>, Vec<u8>)>> {
        if from >= to {
            return Ok(None);
        }
        let entry = guarded(|| self.db()?.range(from..to).next_back().transpose())?;
        Ok(entry.map(|(key, value)| (key.to_vec(), value.to_vec())))
    }

    fn commit(&self, batch: Batch) -> Outcome<()> {
        let mut writes = sled::Batch::default();
        for (key, value) in batch {
            match value {
                Some(value) => writes.insert(key, value),
                None => writes.remove(key),
            }
        }
        guarded(|| self.db()?.apply_batch(writes))
    }

    fn flush(&self) -> Outcome<()> {
        guarded(|| self.db()?.flush().map(|_| ()))
    }

    fn may_rot(&self) -> bool {
        true
    }
}
