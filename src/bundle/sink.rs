//! Where a bag goes: a tar, or a plain directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::tar::{BLOCK, header, padding};

/// Takes the files of a bag one after the other. Names are checked before they come here.
pub trait Sink {
    /// What is given back at the end.
    type Done;
    /// A new file: `path` in the bag, `size` in bytes.
    fn begin(&mut self, path: &str, size: u64) -> io::Result<()>;
    /// The next bytes of the file.
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// The file is complete.
    fn end(&mut self) -> io::Result<()>;
    /// The bag is complete.
    fn finish(self) -> io::Result<Self::Done>;
}

/// Writes the canonical tar.
pub struct TarSink<W> {
    out: W,
    bag: String,
    mtime: u64,
    size: u64,
}

impl<W: Write> TarSink<W> {
    /// A tar with the top directory `bag`; every file has the time `mtime` in Unix seconds.
    pub(super) fn new(out: W, bag: &str, mtime: u64) -> Self {
        Self { out, bag: bag.to_owned(), mtime, size: 0 }
    }
}

impl<W: Write> Sink for TarSink<W> {
    type Done = W;

    fn begin(&mut self, path: &str, size: u64) -> io::Result<()> {
        self.size = size;
        let name = format!("{}/{path}", self.bag);
        self.out.write_all(&header(name.as_bytes(), size, self.mtime))
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    fn end(&mut self) -> io::Result<()> {
        let zeros = [0; BLOCK];
        self.out.write_all(zeros.get(..padding(self.size)).unwrap_or_default())
    }

    fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&[0; 2 * BLOCK])?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes the bag as files below a directory that did not exist before.
pub struct DirSink {
    root: PathBuf,
    file: Option<BufWriter<File>>,
}

impl DirSink {
    /// Makes `parent/bag`; fails when it is there already.
    pub(super) fn new(parent: &Path, bag: &str) -> io::Result<Self> {
        let root = parent.join(bag);
        fs::create_dir_all(parent)?;
        fs::create_dir(&root)?;
        Ok(Self { root, file: None })
    }
}

impl Sink for DirSink {
    /// The bag's directory.
    type Done = PathBuf;

    fn begin(&mut self, path: &str, _size: u64) -> io::Result<()> {
        let path = self.root.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        self.file = Some(BufWriter::new(file));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn end(&mut self) -> io::Result<()> {
        self.file.take().map_or(Ok(()), |mut file| file.flush())
    }

    fn finish(self) -> io::Result<PathBuf> {
        Ok(self.root)
    }
}
