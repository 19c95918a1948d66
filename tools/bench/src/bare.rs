//! The least that a durable act can cost: its bytes appended to a file, and one `fdatasync`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;

use crate::table::{ACT, Table};
use crate::{median_of_3, timed};

pub fn rows(table: &mut Table, acts: &[Vec<u8>]) {
    let folder = tempfile::tempdir().expect("a folder");
    let rate = median_of_3(|| {
        let path = folder.path().join("append");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path).expect("a file");
        let (took, ()) = timed(|| {
            for act in acts {
                file.write_all(act).expect("space");
                file.sync_data().expect("a disk");
            }
        });
        acts.len() as f64 / took
    });
    table.add(ACT, "bare append + fdatasync", rate, "/s");
    let rate = median_of_3(|| {
        let path = folder.path().join("preallocated");
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path).expect("a file");
        let size: usize = acts.iter().map(Vec::len).sum();
        file.write_all_at(&vec![0; size], 0).expect("space");
        file.sync_all().expect("a disk");
        let (took, ()) = timed(|| {
            let mut at = 0;
            for act in acts {
                file.write_all_at(act, at).expect("space");
                file.sync_data().expect("a disk");
                at += act.len() as u64;
            }
        });
        acts.len() as f64 / took
    });
    table.add(ACT, "bare append, preallocated", rate, "/s");
}
