//! What every entry of a container passes before a byte of it is handed on: name, collisions, numbers, sizes.

use super::Unpacked;
use super::finding::refuse;
use super::landing::Landing;
use super::limits::Limits;
use super::names::{PackageName, PackagePath, PathSet};
use crate::fault::Outcome;

/// The state of one reading.
pub(super) struct Gate<'l> {
    limits: &'l Limits,
    landing: &'l mut dyn Landing,
    top: Option<PackageName>,
    seen: PathSet,
    entries: usize,
    files: usize,
    octets: u64,
}

impl<'l> Gate<'l> {
    pub(super) fn new(limits: &'l Limits, landing: &'l mut dyn Landing) -> Self {
        Self { limits, landing, top: None, seen: PathSet::default(), entries: 0, files: 0, octets: 0 }
    }

    /// A file by its name in the container, `<package>/<path>`.
    pub(super) fn file(&mut self, name: &[u8], size: u64) -> Outcome<PackagePath> {
        self.entry(name)?;
        let (top, path) = split(name)?;
        let Some(path) = path else {
            return Err(refuse("package.path_top", name, "a directory with everything in it", "a file"));
        };
        self.top(top, name)?;
        let path = PackagePath::new(path)?;
        self.size(&path, size)?;
        self.seen.file(path.as_str()).map_err(|(code, other)| refuse(code, name, "", other))?;
        Ok(path)
    }

    /// A directory by its name in the container, with or without a slash at the end. Nothing is handed on.
    pub(super) fn directory(&mut self, name: &[u8]) -> Outcome<()> {
        self.entry(name)?;
        let name = name.strip_suffix(b"/").unwrap_or(name);
        let (top, path) = split(name)?;
        self.top(top, name)?;
        let Some(path) = path else { return Ok(()) };
        let path = PackagePath::new(path)?;
        self.seen.directory(path.as_str()).map_err(|(code, other)| refuse(code, name, "", other))
    }

    /// A file of a directory tree that has no top directory of its own.
    pub(super) fn below(&mut self, path: &str, size: u64) -> Outcome<PackagePath> {
        self.entry(path.as_bytes())?;
        let path = PackagePath::new(path)?;
        self.size(&path, size)?;
        self.seen
            .file(path.as_str())
            .map_err(|(code, other)| refuse(code, path.as_str().as_bytes(), "", other))?;
        Ok(path)
    }

    fn entry(&mut self, name: &[u8]) -> Outcome<()> {
        self.entries += 1;
        // Directories may be listed too, as many as there are files; a list of nothing else ends here.
        if self.entries > self.limits.files.saturating_mul(2) {
            return Err(self.too_many(name, self.entries));
        }
        Ok(())
    }

    fn too_many(&self, name: &[u8], found: usize) -> crate::fault::Fault {
        refuse("package.limit_files", name, format!("≤ {}", self.limits.files), found)
    }

    fn top(&mut self, top: &str, name: &[u8]) -> Outcome<()> {
        match &self.top {
            None => self.top = Some(PackageName::new(top)?),
            Some(known) if known.as_str() == top => {}
            Some(known) => return Err(refuse("package.path_top", name, known, top)),
        }
        Ok(())
    }

    fn size(&mut self, path: &PackagePath, size: u64) -> Outcome<()> {
        let limits = self.limits;
        let over = |code, limit: u64, found: u64| {
            Err(refuse(code, path.as_str().as_bytes(), format!("≤ {limit}"), found))
        };
        self.files += 1;
        self.octets = self.octets.saturating_add(size);
        if self.files > limits.files {
            return Err(self.too_many(path.as_str().as_bytes(), self.files));
        }
        if size > limits.file_bytes {
            return over("package.limit_file", limits.file_bytes, size);
        }
        if !path.is_payload() && size > limits.tag_file_bytes {
            return over("package.limit_tag_file", limits.tag_file_bytes, size);
        }
        if self.octets > limits.bytes {
            return over("package.limit_bytes", limits.bytes, self.octets);
        }
        Ok(())
    }

    pub(super) fn landing(&mut self) -> &mut dyn Landing {
        self.landing
    }

    /// The container has ended where it should.
    pub(super) fn finish(self) -> Outcome<Unpacked> {
        match self.top {
            Some(name) if self.files > 0 => Ok(Unpacked { name, files: self.files, octets: self.octets }),
            _ => Err(refuse("package.empty", b"", "a file", "none")),
        }
    }

    /// The same for a tree whose name is known from elsewhere.
    pub(super) fn finish_named(mut self, name: PackageName) -> Outcome<Unpacked> {
        self.top = Some(name);
        self.finish()
    }
}

/// Top directory and path below it; the path is `None` for the top directory itself.
fn split(name: &[u8]) -> Outcome<(&str, Option<&str>)> {
    let Ok(text) = std::str::from_utf8(name) else {
        return Err(refuse("package.path_not_utf8", name, "UTF-8", name.escape_ascii()));
    };
    if text.starts_with('/') {
        return Err(refuse("package.path_absolute", name, "", ""));
    }
    Ok(text.split_once('/').map_or((text, None), |(top, path)| (top, Some(path))))
}
