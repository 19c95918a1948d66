//! Every durable write of the archive, and the system calls it makes.
//!
//! A file that nobody looks for yet (content of an object that is being made) is exactly this, and its name becomes
//! durable with its folder:
//!
//! ```text
//! openat("…/F", O_WRONLY|O_CREAT|O_EXCL, 0600) = 5
//! pwrite64(5, …) … ; fdatasync(5)
//! ```
//!
//! Files of one arrival are written in parallel, each synced on the descriptor it was written by: an error that the
//! kernel meets while it writes back is told to that descriptor, and to nobody for certain who opens the file later. One
//! `syncfs` for thousands of files would be cheaper; before Linux 5.8 it does not tell of errors, and archives run such
//! kernels.
//!
//! A folder of finished files is `fsync(dir)` for each directory in it, and then for the one that names it. A file that
//! is replaced is the log's way: `F.new` written, `fdatasync`, `rename("F.new", "F")`, `fsync(dir)`. A folder that changes
//! its place is `rename(from, to)`, `fsync(parent of to)`, `fsync(parent of from)`; whoever makes two such steps syncs
//! the first before the second begins. Removing a folder is `unlink` and `rmdir` from the leaves up and one `fsync` of
//! the directory it stood in: what a crash brings back of it is found by the next sweep.

use std::io::{self, Read};

use rayon::prelude::*;

use crate::fault::{Fault, Outcome};
use crate::log::disk::{Disk, EntryKind, WriteFile};

/// Bytes that are read and written at a time.
const PIECE: usize = 1 << 20;

/// Names the place in a fault of the machine.
pub trait At<T> {
    /// Turns an I/O error on `path` into a fault.
    fn at(self, path: &str) -> Outcome<T>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, path: &str) -> Outcome<T> {
        self.map_err(|error| {
            let full = error.kind() == io::ErrorKind::StorageFull;
            let code = if full { "io.full" } else { "io.failed" };
            Fault::machine(code).with("path", path).with("found", error)
        })
    }
}

/// The directory that names `path`.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Writes a file that must not be there; its content is durable, its name not yet.
pub fn write(disk: &dyn Disk, path: &str, bytes: &[u8]) -> Outcome<()> {
    stream(disk, path, &mut &*bytes, &mut |_| ()).map(drop)
}

/// The same from a reader, in pieces; `each` is shown them. Gives how many bytes there were.
pub fn stream(
    disk: &dyn Disk,
    path: &str,
    input: &mut dyn Read,
    each: &mut dyn FnMut(&[u8]),
) -> Outcome<u64> {
    let mut sink = Sink::create(disk, path)?;
    let mut piece = vec![0; PIECE];
    loop {
        let got = fill(input, &mut piece).at(path)?;
        let bytes = piece.get(..got).unwrap_or_default();
        if bytes.is_empty() {
            return sink.finish();
        }
        each(bytes);
        sink.put(bytes)?;
    }
}

/// A file that is written from its start, piece by piece.
pub struct Sink {
    file: Box<dyn WriteFile>,
    path: String,
    offset: u64,
}

impl Sink {
    /// Creates a file that must not be there.
    pub fn create(disk: &dyn Disk, path: &str) -> Outcome<Self> {
        Ok(Self { file: disk.create(path).at(path)?, path: path.into(), offset: 0 })
    }

    /// Adds bytes at the end.
    pub fn put(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.file.write_at(self.offset, bytes).at(&self.path)?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Makes the content durable; gives its length.
    pub fn finish(mut self) -> Outcome<u64> {
        self.file.sync_data().at(&self.path)?;
        Ok(self.offset)
    }
}

/// Reads until `piece` is full or the input ends.
fn fill(input: &mut dyn Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while let Some(rest) = piece.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// Makes a directory and those that lead to it; the names are not durable yet.
pub fn folder(disk: &dyn Disk, path: &str) -> Outcome<()> {
    disk.create_dir(path).at(path)
}

/// Makes the names in `top`, and in every directory below it, durable; and that of `top`.
pub fn settle(disk: &dyn Disk, top: &str) -> Outcome<()> {
    let mut folders = vec![top.to_owned()];
    let mut at = 0;
    while let Some(dir) = folders.get(at).cloned() {
        let below = disk.entries(&dir).at(&dir)?;
        let below = below.into_iter().filter(|(_, kind)| *kind == EntryKind::Dir);
        folders.extend(below.map(|(name, _)| format!("{dir}/{name}")));
        at += 1;
    }
    folders.par_iter().try_for_each(|dir| disk.sync_dir(dir).at(dir))?;
    sync(disk, parent(top))
}

/// Makes the names in one directory durable.
pub fn sync(disk: &dyn Disk, dir: &str) -> Outcome<()> {
    disk.sync_dir(dir).at(dir)
}

/// Writes a small file anew, whole or not at all, durable under a durable name.
pub fn place(disk: &dyn Disk, path: &str, bytes: &[u8]) -> Outcome<()> {
    let new = format!("{path}.new");
    remove_file(disk, &new)?;
    if let Err(fault) = write(disk, &new, bytes) {
        // Half a file is of no use; if it cannot be removed either, the next writing does it.
        let _ = disk.remove(&new);
        return Err(fault);
    }
    disk.rename(&new, path).at(path)?;
    sync(disk, parent(path))
}

/// Moves a folder to a name that is free, durably.
pub fn shift(disk: &dyn Disk, from: &str, to: &str) -> Outcome<()> {
    disk.rename(from, to).at(to)?;
    sync(disk, parent(to))?;
    sync(disk, parent(from))
}

/// Removes a file that may not be there; a crash may bring it back.
pub fn remove_file(disk: &dyn Disk, path: &str) -> Outcome<()> {
    match disk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.at(path),
    }
}

/// Removes a folder with all that is in it, if it is there; a crash may bring back any of it.
pub fn clear(disk: &dyn Disk, path: &str) -> Outcome<()> {
    if !is_dir(disk, path)? {
        return Ok(());
    }
    for (name, kind) in disk.entries(path).at(path)? {
        let below = format!("{path}/{name}");
        if kind == EntryKind::Dir { clear(disk, &below)? } else { remove_file(disk, &below)? }
    }
    disk.remove_dir(path).at(path)
}

/// The same, durably.
pub fn remove(disk: &dyn Disk, path: &str) -> Outcome<()> {
    clear(disk, path)?;
    sync(disk, parent(path))
}

/// Whether a directory stands at `path`.
pub fn is_dir(disk: &dyn Disk, path: &str) -> Outcome<bool> {
    Ok(kind(disk, path)? == Some(EntryKind::Dir))
}

/// What stands at `path`.
pub fn kind(disk: &dyn Disk, path: &str) -> Outcome<Option<EntryKind>> {
    let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
    let entries = disk.entries(dir).at(dir)?;
    Ok(entries.into_iter().find(|(other, _)| other == name).map(|(_, kind)| kind))
}

/// What is in a directory; nothing if it is not there.
pub fn entries(disk: &dyn Disk, dir: &str) -> Outcome<Vec<(String, EntryKind)>> {
    disk.entries(dir).at(dir)
}

/// Names of the directories in `dir`, sorted.
pub fn folders(disk: &dyn Disk, dir: &str) -> Outcome<Vec<String>> {
    let entries = disk.entries(dir).at(dir)?.into_iter();
    let mut names: Vec<_> =
        entries.filter(|(_, kind)| *kind == EntryKind::Dir).map(|(name, _)| name).collect();
    names.sort();
    Ok(names)
}

/// The whole of a small file; `None` when it is not there.
pub fn read(disk: &dyn Disk, path: &str) -> Outcome<Option<Vec<u8>>> {
    let file = match disk.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.at(path)?,
    };
    let mut bytes = vec![0; usize::try_from(file.len().at(path)?).unwrap_or(0)];
    let got = file.read_at(0, &mut bytes).at(path)?;
    bytes.truncate(got);
    Ok(Some(bytes))
}
