//! Where an arrival is unpacked: files are synced as they are written, small ones many at a time.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::archive::durable::{self, Sink};
use crate::archive::tree::Landing;
use crate::bundle::package::PackagePath;
use crate::fault::Outcome;
use crate::log::disk::Disk;

/// Files up to so many bytes are gathered.
const SMALL: u64 = 4 << 20;
/// So many files, or bytes, are written together.
const TOGETHER: usize = 512;
const TOGETHER_BYTES: usize = 64 << 20;

/// Writes below a folder of the archive's disk. Content is durable after [`finish`](Self::finish), names are not.
pub(super) struct Laying<'d> {
    disk: &'d dyn Disk,
    root: String,
    made: BTreeSet<String>,
    small: Vec<(String, Vec<u8>)>,
    bytes: usize,
    large: Option<Sink>,
}

impl<'d> Laying<'d> {
    pub fn new(disk: &'d dyn Disk, root: &str) -> Self {
        let (made, small) = (BTreeSet::new(), Vec::new());
        Self { disk, root: root.into(), made, small, bytes: 0, large: None }
    }

    fn flush(&mut self) -> Outcome<()> {
        self.bytes = 0;
        let (disk, small) = (self.disk, std::mem::take(&mut self.small));
        small.par_iter().try_for_each(|(path, bytes)| durable::write(disk, path, bytes))
    }

    /// Writes what is gathered.
    pub fn finish(mut self) -> Outcome<()> {
        self.flush()
    }
}

impl Landing for Laying<'_> {
    fn begin(&mut self, path: &PackagePath, size: u64) -> Outcome<()> {
        let place = format!("{}/{}", self.root, path.as_str());
        let dir = durable::parent(&place);
        if !self.made.contains(dir) {
            durable::folder(self.disk, dir)?;
            self.made.insert(dir.to_owned());
        }
        if size > SMALL {
            self.large = Some(Sink::create(self.disk, &place)?);
            return Ok(());
        }
        if self.small.len() >= TOGETHER || self.bytes >= TOGETHER_BYTES {
            self.flush()?;
        }
        self.small.push((place, Vec::with_capacity(size as usize)));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        match (&mut self.large, self.small.last_mut()) {
            (Some(sink), _) => sink.put(bytes)?,
            (None, Some((_, content))) => {
                content.extend_from_slice(bytes);
                self.bytes += bytes.len();
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn end(&mut self) -> Outcome<()> {
        match self.large.take() {
            Some(sink) => sink.finish().map(drop),
            None => Ok(()),
        }
    }
}
