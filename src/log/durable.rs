//! Every durable write of the log, and the system calls it makes.
//!
//! An append on the happy path is exactly this, on the open segment's descriptor, however many acts are in the
//! batch:
//!
//! ```text
//! pwrite64(3, "{\"synced\":12}\n{\"event\":{…}}\n…", n, offset) = n
//! fdatasync(3)                                               = 0
//! ```
//!
//! and then, unsynced and on another descriptor, the high-water mark: `pwrite64(4, "zhaoce mark …", 135, slot)`.
//! A sync of the mark at every act would be a second trip to the drive for a file that only has to be *not
//! ahead* of the log; so the mark is written after the log is durable and synced at roll-over, close, and before
//! anything leaves the machine ([`Log::pin`](super::Log::pin)).
//!
//! A file that is replaced (erasure, repair, compression, side files) is exactly this:
//!
//! ```text
//! openat("log/X.new", O_WRONLY|O_CREAT|O_EXCL, 0600) = 5
//! pwrite64(5, …) … ; fdatasync(5) ; rename("log/X.new", "log/X") ; fsync(dir "log")
//! ```
//!
//! A new segment is `openat(O_CREAT|O_EXCL)` and `fsync(dir)`. After a sync has failed the kernel may forget which
//! pages were not written, so asking it to sync again proves nothing: the writer refuses all further acts, and
//! re-reading the log writes the bytes of the last batch again before it trusts them.

use std::io;

use super::disk::{Disk, ReadFile, WriteFile};
use crate::fault::{Fault, Outcome};

/// Suffix of a file that is being written; such files are swept at the next open.
pub const NEW: &str = ".new";

/// Names the file in a fault of the machine.
pub trait At<T> {
    /// Turns an I/O error on `path` into a fault.
    fn at(self, path: &str) -> Outcome<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &str) -> Outcome<T> {
        self.map_err(|error| fault(&error, path))
    }
}

/// The fault of an I/O error on `path`.
pub fn fault(error: &io::Error, path: &str) -> Fault {
    let code = if error.kind() == io::ErrorKind::StorageFull { "io.full" } else { "io.failed" };
    Fault::machine(code).with("path", path).with("found", error)
}

/// A file that is written from its start in large pieces.
pub struct Sink {
    file: Box<dyn WriteFile>,
    path: String,
    buffer: Vec<u8>,
    offset: u64,
}

const PIECE: usize = 1 << 20;

impl Sink {
    /// Adds bytes at the end.
    pub fn put(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Outcome<()> {
        if !self.buffer.is_empty() {
            self.file.write_at(self.offset, &self.buffer).at(&self.path)?;
            self.offset += self.buffer.len() as u64;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> Outcome<()> {
        self.flush()?;
        self.file.sync_data().at(&self.path)
    }
}

/// Writes `path` anew, whole or not at all: what `fill` puts into a new file takes the place of the old one.
pub fn replace(
    disk: &dyn Disk,
    dir: &str,
    path: &str,
    fill: impl FnOnce(&mut Sink) -> Outcome<()>,
) -> Outcome<()> {
    let new = format!("{path}{NEW}");
    remove_if_there(disk, &new)?;
    let file = disk.create(&new).at(&new)?;
    let mut sink = Sink { file, path: new.clone(), buffer: Vec::new(), offset: 0 };
    let written = fill(&mut sink).and_then(|()| sink.finish());
    if let Err(fault) = written {
        // The half-written file is of no use; if it cannot be removed either, the next open sweeps it.
        let _ = disk.remove(&new);
        return Err(fault);
    }
    disk.rename(&new, path).at(path)?;
    disk.sync_dir(dir).at(dir)
}

/// Creates an empty file whose name is durable.
pub fn create(disk: &dyn Disk, dir: &str, path: &str) -> Outcome<Box<dyn WriteFile>> {
    let file = disk.create(path).at(path)?;
    disk.sync_dir(dir).at(dir)?;
    Ok(file)
}

/// Appends a batch: one write, one sync. Afterwards it is durable.
pub fn append(file: &mut dyn WriteFile, path: &str, offset: u64, batch: &[u8]) -> Outcome<()> {
    file.write_at(offset, batch).at(path)?;
    file.sync_data().at(path)
}

/// Makes the last batch durable whatever became of its first sync: its bytes are written again, so that pages
/// which the kernel believes clean are not taken for written; what stands behind `end` is cut off.
pub fn settle(file: &mut dyn WriteFile, path: &str, from: u64, bytes: &[u8], cut: bool) -> Outcome<()> {
    if cut {
        file.set_len(from + bytes.len() as u64).at(path)?;
    }
    if !bytes.is_empty() {
        file.write_at(from, bytes).at(path)?;
    }
    file.sync_data().at(path)
}

/// Removes a file and makes that durable.
pub fn remove(disk: &dyn Disk, dir: &str, path: &str) -> Outcome<()> {
    disk.remove(path).at(path)?;
    disk.sync_dir(dir).at(dir)
}

/// Removes a file that may not be there; a crash may bring it back.
pub fn remove_if_there(disk: &dyn Disk, path: &str) -> Outcome<()> {
    match disk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.at(path),
    }
}

/// Reads exactly the bytes `from..to` of a file.
pub fn read_range(file: &dyn ReadFile, path: &str, from: u64, to: u64) -> Outcome<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(to.saturating_sub(from)).unwrap_or(0)];
    let got = file.read_at(from, &mut bytes).at(path)?;
    bytes.truncate(got);
    Ok(bytes)
}
