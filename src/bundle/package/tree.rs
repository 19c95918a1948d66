//! A read-only tree of files: what a package is, however it came.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::finding::refuse;
use super::limits::{Limits, MAX_DEPTH};
use crate::fault::{Fault, Outcome};

/// A file of a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeFile {
    /// Path below the tree's root, parts joined by `/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// A read-only directory tree. Empty directories are not part of it.
pub trait Tree: Sync {
    /// All files, in the order of the bytes of their paths.
    fn files(&self) -> &[TreeFile];

    /// The bytes of a file of the list.
    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>>;

    /// The file at `path`, when there is one.
    fn find(&self, path: &str) -> Option<&TreeFile> {
        let files = self.files();
        let at = files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        files.get(at)
    }

    /// `length` bytes of a file, from `offset` on.
    fn read_at(&self, path: &str, offset: u64, length: usize) -> Outcome<Vec<u8>> {
        let mut input = self.open(path)?;
        let io = |error: std::io::Error| Fault::io(path, &error);
        std::io::copy(&mut input.by_ref().take(offset), &mut std::io::sink()).map_err(io)?;
        let mut bytes = vec![0; length];
        input.read_exact(&mut bytes).map_err(io)?;
        Ok(bytes)
    }

    /// The whole of a file that has at most `limit` bytes.
    fn read(&self, path: &str, limit: u64) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut input = self.open(path)?.take(limit.saturating_add(1));
        input.read_to_end(&mut bytes).map_err(|error| Fault::io(path, &error))?;
        if bytes.len() as u64 > limit {
            let found = self.find(path).map_or(limit, |file| file.size);
            return Err(refuse("package.limit_tag_file", path.as_bytes(), format!("≤ {limit}"), found));
        }
        Ok(bytes)
    }
}

impl<T: Tree + ?Sized> Tree for &T {
    fn files(&self) -> &[TreeFile] {
        (**self).files()
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        (**self).open(path)
    }
}

fn missing(path: &str) -> Fault {
    Fault::usage("file.missing").with("path", path)
}

/// A folder of the local file system. Every entry below it is a regular file or a directory.
#[derive(Debug, Clone)]
pub struct OsTree {
    root: PathBuf,
    files: Vec<TreeFile>,
}

impl OsTree {
    /// Lists `root`, which may itself be reached by a link; nothing below it may be one.
    pub fn open(root: &Path) -> Outcome<Self> {
        Self::open_with(root, &Limits::default())
    }

    /// The same with other limits.
    pub fn open_with(root: &Path, limits: &Limits) -> Outcome<Self> {
        let mut walk = Walk { files: Vec::new(), entries: 0, limits };
        walk.folder(root, "", 0)?;
        let mut files = walk.files;
        files.sort();
        Ok(Self { root: root.to_owned(), files })
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A file of the list, still the regular file that was listed.
    fn file(&self, path: &str) -> Outcome<File> {
        let known = self.find(path).ok_or_else(|| missing(path))?;
        let place = self.root.join(&known.path);
        let changed = || refuse("package.tree_changed", path.as_bytes(), "a regular file", "something else");
        let before = fs::symlink_metadata(&place).map_err(|error| Fault::io(path, &error))?;
        if !before.is_file() {
            return Err(changed());
        }
        let file = File::open(&place).map_err(|error| Fault::io(path, &error))?;
        let opened = file.metadata().map_err(|error| Fault::io(path, &error))?;
        if same_file(&before, &opened) { Ok(file) } else { Err(changed()) }
    }
}

impl Tree for OsTree {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        Ok(Box::new(self.file(path)?))
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> Outcome<Vec<u8>> {
        let io = |error: std::io::Error| Fault::io(path, &error);
        let mut bytes = vec![0; length];
        let mut file = self.file(path)?;
        file.seek(SeekFrom::Start(offset)).map_err(io)?;
        file.read_exact(&mut bytes).map_err(io)?;
        Ok(bytes)
    }
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    other.is_file() && one.len() == other.len()
}

struct Walk<'l> {
    files: Vec<TreeFile>,
    entries: usize,
    limits: &'l Limits,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, below: &str, depth: usize) -> Outcome<()> {
        if depth > MAX_DEPTH {
            return Err(refuse("package.path_deep", below.as_bytes(), MAX_DEPTH, depth));
        }
        for entry in fs::read_dir(folder).map_err(|error| Fault::io(folder.display(), &error))? {
            let entry = entry.map_err(|error| Fault::io(folder.display(), &error))?;
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let name = name.as_encoded_bytes();
                return Err(refuse("package.path_not_utf8", name, "UTF-8", name.escape_ascii()));
            };
            let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
            self.count(&path)?;
            // The entry itself, not what a link leads to.
            let told = fs::symlink_metadata(entry.path()).map_err(|error| Fault::io(&path, &error))?;
            self.entry(&entry.path(), path, &told, depth)?;
        }
        Ok(())
    }

    /// Directories count too: a tree of nothing but directories ends somewhere.
    fn count(&mut self, path: &str) -> Outcome<()> {
        self.entries += 1;
        if self.entries <= self.limits.files.saturating_mul(2) {
            return Ok(());
        }
        Err(refuse("package.limit_files", path.as_bytes(), format!("≤ {}", self.limits.files), self.entries))
    }

    fn entry(&mut self, place: &Path, path: String, told: &Metadata, depth: usize) -> Outcome<()> {
        if told.is_dir() {
            return self.folder(place, &path, depth + 1);
        }
        if !told.is_file() {
            let found = if told.is_symlink() { "a symbolic link" } else { "a device, socket or pipe" };
            return Err(refuse(
                "package.tree_entry",
                path.as_bytes(),
                "a regular file or a directory",
                found,
            ));
        }
        self.files.push(TreeFile { path, size: told.len() });
        if self.files.len() > self.limits.files {
            let expected = format!("≤ {}", self.limits.files);
            return Err(refuse(
                "package.limit_files",
                place.as_os_str().as_encoded_bytes(),
                expected,
                self.files.len(),
            ));
        }
        Ok(())
    }
}

/// A tree in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plain {
    content: BTreeMap<String, Vec<u8>>,
    files: Vec<TreeFile>,
}

impl Plain {
    /// A tree of these files; of two with the same path the later stays.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let content: BTreeMap<_, _> = files.into_iter().collect();
        let list =
            |(path, bytes): (&String, &Vec<u8>)| TreeFile { path: path.clone(), size: bytes.len() as u64 };
        let files = content.iter().map(list).collect();
        Self { content, files }
    }

    /// The bytes of a file.
    pub fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.content.get(path).map(Vec::as_slice)
    }

    /// All files with their bytes, by path.
    pub fn into_files(self) -> BTreeMap<String, Vec<u8>> {
        self.content
    }
}

impl Tree for Plain {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        let bytes = self.bytes(path).ok_or_else(|| missing(path))?;
        Ok(Box::new(bytes))
    }
}

/// Several trees seen as one; no path may be in two of them.
pub struct Layered<'t> {
    layers: Vec<&'t dyn Tree>,
    files: Vec<TreeFile>,
}

impl<'t> Layered<'t> {
    /// The files of all `layers`.
    pub fn new(layers: Vec<&'t dyn Tree>) -> Outcome<Self> {
        let mut files: Vec<_> = layers.iter().flat_map(|layer| layer.files()).cloned().collect();
        files.sort();
        let twice = files.windows(2).find_map(|pair| match pair {
            [one, other] if one.path == other.path => Some(&one.path),
            _ => None,
        });
        match twice {
            Some(path) => Err(refuse("package.path_duplicate", path.as_bytes(), "", path)),
            None => Ok(Self { layers, files }),
        }
    }
}

impl Tree for Layered<'_> {
    fn files(&self) -> &[TreeFile] {
        &self.files
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        let layer = self.layers.iter().find(|layer| layer.find(path).is_some());
        layer.ok_or_else(|| missing(path))?.open(path)
    }
}
