//! The least that a durable act can cost: its bytes appended to a file, and one `fdatasync`.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;

use crate::timed;

/// Space that is written beforehand.
const PREPARED: usize = 64 << 20;

/// A file that grows, and one whose blocks are there already.
pub struct Bare {
    grows: File,
    prepared: File,
    at: u64,
    _folder: tempfile::TempDir,
}

impl Bare {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let open = |name| OpenOptions::new().write(true).create_new(true).open(folder.path().join(name));
        let (grows, prepared) = (open("grows").expect("a file"), open("prepared").expect("a file"));
        prepared.write_all_at(&vec![0; PREPARED], 0).expect("space");
        prepared.sync_all().expect("a disk");
        Self { grows, prepared, at: 0, _folder: folder }
    }

    /// Seconds that appending these acts takes, one by one.
    pub fn append(&mut self, acts: &[Vec<u8>]) -> f64 {
        timed(|| {
            for act in acts {
                self.grows.write_all(act).expect("space");
                self.grows.sync_data().expect("a disk");
            }
        })
        .0
    }

    /// The same where nothing but the bytes changes.
    pub fn overwrite(&mut self, acts: &[Vec<u8>]) -> f64 {
        timed(|| {
            for act in acts {
                self.prepared.write_all_at(act, self.at).expect("space");
                self.prepared.sync_data().expect("a disk");
                self.at += act.len() as u64;
            }
        })
        .0
    }
}
