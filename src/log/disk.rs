//! The storage a log stands on, as a small trait, and the real one.
//!
//! Paths are relative to the ledger and use `/`. Every write of the log goes through this trait, and
//! `durable` is the only module that strings the calls together, so the order of calls that
//! durability rests on is in one place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A file open for reading. It keeps showing the file it was opened on, also after a rename or removal.
pub trait ReadFile: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Whether the file holds nothing.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Reads from `offset` on; fewer bytes than asked only at the end of the file.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize>;
    /// Makes durable what has been written to the file, by whomever.
    fn sync_data(&self) -> io::Result<()>;
}

/// A file open for writing.
pub trait WriteFile: Send {
    /// Writes all of `bytes` at `offset`, in one call unless the system takes only some; after an error any of
    /// them may have been written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes content and length durable.
    fn sync_data(&mut self) -> io::Result<()>;
    /// Cuts the file to `len` bytes.
    fn set_len(&mut self, len: u64) -> io::Result<()>;
}

/// What a name in a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Dir,
    /// A link, a device: nothing this program makes.
    Other,
}

/// Why the lock was not given.
#[derive(Debug)]
pub enum LockError {
    /// Another writer has it; what that writer says of itself.
    Held(String),
    /// The machine failed.
    Io(io::Error),
}

/// Holds the writer's lock until it is dropped.
pub trait LockGuard: Send + Sync {}

/// What the log, and the archive's store, need of a storage.
pub trait Disk: Send + Sync {
    /// Names of the files in a directory, in no order; empty if the directory is not there.
    fn list(&self, dir: &str) -> io::Result<Vec<String>>;
    /// What is in a directory, in no order; nothing if it is not there. Links are not followed.
    fn entries(&self, dir: &str) -> io::Result<Vec<(String, EntryKind)>>;
    /// Opens a file for reading.
    fn open(&self, path: &str) -> io::Result<Box<dyn ReadFile>>;
    /// Opens a file that is there for writing.
    fn open_write(&self, path: &str) -> io::Result<Box<dyn WriteFile>>;
    /// Creates a file that must not be there.
    fn create(&self, path: &str) -> io::Result<Box<dyn WriteFile>>;
    /// Renames a file over the file that stands there, or a directory with all that is in it to a name that is free.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Creates a directory, and those that lead to it; one that is there is fine.
    fn create_dir(&self, path: &str) -> io::Result<()>;
    /// Removes a directory, which must be empty.
    fn remove_dir(&self, path: &str) -> io::Result<()>;
    /// Makes the entries of a directory durable; `""` is the ledger itself.
    fn sync_dir(&self, path: &str) -> io::Result<()>;
    /// Takes the one writer's lock; `note` is what others are told of its holder.
    fn lock(&self, path: &str, note: &str) -> Result<Box<dyn LockGuard>, LockError>;
}

/// A ledger's directory on the local file system.
#[derive(Debug, Clone)]
pub struct OsDisk {
    root: PathBuf,
}

struct OsFile(File);

impl LockGuard for OsFile {}

impl OsDisk {
    /// The storage rooted at the ledger's directory, which must be there.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn at(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }
}

/// Files are the owner's alone: they hold what is not public.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(unix)]
fn pread(file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, into, offset)
}

#[cfg(windows)]
fn pread(file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, into, offset)
}

#[cfg(unix)]
fn pwrite(file: &File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::write_at(file, bytes, offset)
}

#[cfg(windows)]
fn pwrite(file: &File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_write(file, bytes, offset)
}

impl ReadFile for OsFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match pread(&self.0, offset + done as u64, rest) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

impl WriteFile for OsFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut done = 0;
        while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
            match pwrite(&self.0, offset + done as u64, rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
}

impl Disk for OsDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.at(dir)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn entries(&self, dir: &str) -> io::Result<Vec<(String, EntryKind)>> {
        let entries = match fs::read_dir(self.at(dir)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        entries.map(|entry| named(&entry?)).collect()
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(OsFile(File::open(self.at(path))?)))
    }

    fn open_write(&self, path: &str) -> io::Result<Box<dyn WriteFile>> {
        Ok(Box::new(OsFile(OpenOptions::new().write(true).open(self.at(path))?)))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn WriteFile>> {
        let file = private(OpenOptions::new().write(true).create_new(true)).open(self.at(path))?;
        Ok(Box::new(OsFile(file)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at(from), self.at(to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        fs::remove_file(self.at(path))
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(self.at(path))
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        fs::remove_dir(self.at(path))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        sync_directory(&self.at(path))
    }

    fn lock(&self, path: &str, note: &str) -> Result<Box<dyn LockGuard>, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = private(&mut options).open(self.at(path)).map_err(LockError::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        }
        file.set_len(0).and_then(|()| file.write_all(note.as_bytes())).map_err(LockError::Io)?;
        Ok(Box::new(OsFile(file)))
    }
}

/// A name that is not text is nothing this program made, and shown as near as text can.
fn named(entry: &fs::DirEntry) -> io::Result<(String, EntryKind)> {
    let kind = entry.file_type()?;
    let (name, text) = match entry.file_name().into_string() {
        Ok(name) => (name, true),
        Err(name) => (name.to_string_lossy().into_owned(), false),
    };
    let kind = match (text, kind.is_file(), kind.is_dir()) {
        (true, true, _) => EntryKind::File,
        (true, _, true) => EntryKind::Dir,
        _ => EntryKind::Other,
    };
    Ok((name, kind))
}

fn holder(file: &mut File) -> String {
    let mut note = String::new();
    let _ = file.take(200).read_to_string(&mut note);
    note.trim().to_owned()
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Windows has no handle to a directory that can be synced; the ledger is written on Linux only.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}
