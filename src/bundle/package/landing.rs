//! Where the files of a package are put as it is unpacked.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::limits::Limits;
use super::names::PackagePath;
use super::tree::{OsTree, Plain, Tree, TreeFile};
use super::unpack::{Input, unpack_folder};
use crate::fault::{Fault, Outcome};

/// Takes the files of a package one after the other. Paths, numbers and sizes are checked before they come here; what a
/// file says is not.
pub trait Landing {
    /// A new file of `size` bytes.
    fn begin(&mut self, path: &PackagePath, size: u64) -> Outcome<()>;
    /// The next bytes of the file.
    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()>;
    /// The file is complete.
    fn end(&mut self) -> Outcome<()>;
}

/// Looks at nothing; only the container is checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

impl Landing for Nowhere {
    fn begin(&mut self, _path: &PackagePath, _size: u64) -> Outcome<()> {
        Ok(())
    }

    fn bytes(&mut self, _bytes: &[u8]) -> Outcome<()> {
        Ok(())
    }

    fn end(&mut self) -> Outcome<()> {
        Ok(())
    }
}

/// Keeps everything in memory: for small packages and tests.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    files: Vec<(String, Vec<u8>)>,
}

impl Collected {
    /// What came, as a tree.
    pub fn tree(self) -> Plain {
        Plain::new(self.files)
    }
}

impl Landing for Collected {
    fn begin(&mut self, path: &PackagePath, _size: u64) -> Outcome<()> {
        self.files.push((path.as_str().to_owned(), Vec::new()));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        if let Some((_, content)) = self.files.last_mut() {
            content.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn end(&mut self) -> Outcome<()> {
        Ok(())
    }
}

/// A folder that did not exist before, for this user alone. It goes away again unless it is [kept](Self::keep).
#[derive(Debug)]
pub struct FolderLanding {
    root: PathBuf,
    file: Option<(PathBuf, BufWriter<File>)>,
    kept: bool,
}

impl FolderLanding {
    /// Makes `root`, whose parent is there; fails when it is there already.
    pub fn new(root: &Path) -> Outcome<Self> {
        private(DirBuilder::new(), root)?;
        Ok(Self { root: root.to_owned(), file: None, kept: false })
    }

    /// The folder stays; gives its tree.
    pub fn keep(mut self) -> Outcome<OsTree> {
        let tree = OsTree::open(&self.root)?;
        self.kept = true;
        Ok(tree)
    }
}

/// A package unpacked for a while: its folder goes away with this.
#[derive(Debug)]
pub struct Passing(OsTree);

impl Passing {
    /// Unpacks into the folder `to`, which must not be there yet.
    ///
    /// # Errors
    /// What refuses the container; the machine.
    pub fn unpack(input: Input<'_>, limits: &Limits, to: &Path) -> Outcome<Self> {
        unpack_folder(input, limits, to).map(|(_, tree)| Self(tree))
    }
}

impl Tree for Passing {
    fn files(&self) -> &[TreeFile] {
        self.0.files()
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        self.0.open(path)
    }

    fn read_at(&self, path: &str, offset: u64, length: usize) -> Outcome<Vec<u8>> {
        self.0.read_at(path, offset, length)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        // A copy of ours; that it could not be removed is not worth an error.
        let _ = fs::remove_dir_all(self.0.root());
    }
}

/// Makes a directory that nobody else can look into.
fn private(mut builder: DirBuilder, path: &Path) -> Outcome<()> {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| failed(path, &error))
}

/// Makes a file that nobody else can read and that was not there before.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn failed(path: &Path, error: &std::io::Error) -> Fault {
    Fault::machine("io.failed").with("path", path.display()).with("found", error)
}

impl Landing for FolderLanding {
    fn begin(&mut self, path: &PackagePath, _size: u64) -> Outcome<()> {
        let place = self.root.join(path.as_str());
        if let Some(parent) = place.parent().filter(|parent| !parent.is_dir()) {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            private(builder, parent)?;
        }
        let file = private_file(&place).map_err(|error| failed(&place, &error))?;
        self.file = Some((place, BufWriter::new(file)));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        let Some((place, file)) = self.file.as_mut() else { return Ok(()) };
        file.write_all(bytes).map_err(|error| failed(place, &error))
    }

    fn end(&mut self) -> Outcome<()> {
        let Some((place, mut file)) = self.file.take() else { return Ok(()) };
        file.flush().map_err(|error| failed(&place, &error))
    }
}

impl Drop for FolderLanding {
    fn drop(&mut self) {
        self.file = None;
        if !self.kept {
            // Made by us and private; when it cannot be removed there is nothing better to do than leave it.
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}
