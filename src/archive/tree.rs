//! Trees of files on the archive's own disk.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::durable::At as _;
pub use crate::bundle::package::{Landing, Tree, TreeFile};
use crate::fault::{Fault, Outcome};
use crate::log::disk::{Disk, EntryKind, ReadFile};

/// A folder of the archive's disk. Every entry below it is a file or a directory.
pub struct DiskTree {
    disk: Arc<dyn Disk>,
    root: String,
    files: Vec<TreeFile>,
}

impl DiskTree {
    /// Lists `root`; nothing, if it is not there.
    pub fn open(disk: Arc<dyn Disk>, root: &str) -> Outcome<Self> {
        let mut files = Vec::new();
        walk(&*disk, root, "", &mut files)?;
        files.sort();
        Ok(Self { disk, root: root.to_owned(), files })
    }
}

fn walk(disk: &dyn Disk, dir: &str, below: &str, found: &mut Vec<TreeFile>) -> Outcome<()> {
    for (name, kind) in disk.entries(dir).at(dir)? {
        let (place, path) = (format!("{dir}/{name}"), format!("{below}{name}"));
        match kind {
            EntryKind::Dir => walk(disk, &place, &format!("{path}/"), found)?,
            EntryKind::File => {
                let size = disk.open(&place).and_then(|file| file.len()).at(&place)?;
                found.push(TreeFile { path, size });
            }
            EntryKind::Other => return Err(Fault::refused("archive.not_a_file").with("path", place)),
        }
    }
    Ok(())
}

impl Tree for DiskTree {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        let known = self.find(path).ok_or_else(|| missing(path))?;
        let place = format!("{}/{}", self.root, known.path);
        Ok(Box::new(FileReader::open(&*self.disk, &place)?))
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> Outcome<Vec<u8>> {
        let known = self.find(path).ok_or_else(|| missing(path))?;
        let mut input = FileReader::open(&*self.disk, &format!("{}/{}", self.root, known.path))?;
        let mut bytes = vec![0; length];
        let read = input.seek(SeekFrom::Start(offset)).and_then(|_| input.read_exact(&mut bytes));
        read.map(|()| bytes).map_err(|error| Fault::io(path, &error))
    }
}

/// The fault of a file that is not in its tree.
pub(super) fn missing(path: &str) -> Fault {
    Fault::usage("file.missing").with("path", path)
}

/// Reads a file of a disk from its start; may be wound back.
pub struct FileReader {
    file: Box<dyn ReadFile>,
    at: u64,
}

impl FileReader {
    /// Opens the file at `path`.
    pub fn open(disk: &dyn Disk, path: &str) -> Outcome<Self> {
        Ok(Self { file: disk.open(path).at(path)?, at: 0 })
    }
}

impl Read for FileReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let got = self.file.read_at(self.at, into)?;
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for FileReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.file.len()?.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
