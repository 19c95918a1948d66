//! Side files: bytes that were taken out of a segment, kept as evidence beside it.
//!
//! They are never read back into the log. They may hold bodies of parts; when a part is erased from the log, every
//! side file loses all bodies it has, because the same body may stand in a torn act under another digest, and all
//! lines that are not whole, because what they hold cannot be told.

use super::disk::Disk;
use super::durable::{self, At, read_range};
use super::segment::DIR;
use crate::fault::Outcome;

const SUFFIX: &str = ".side";

/// Keeps bytes in a new side file `log/<name>-<n>.side` and gives its path. Bytes that are already there, because
/// an earlier attempt was interrupted, are not kept twice.
pub fn keep(disk: &dyn Disk, name: &str, bytes: &[u8]) -> Outcome<String> {
    for nth in 0u32.. {
        let path = format!("{DIR}/{name}-{nth}{SUFFIX}");
        match disk.open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                durable::replace(disk, DIR, &path, |sink| sink.put(bytes))?;
                return Ok(path);
            }
            file => {
                let file = file.at(&path)?;
                let len = file.len().at(&path)?;
                if len == bytes.len() as u64 && read_range(&*file, &path, 0, len)? == bytes {
                    disk.sync_dir(DIR).at(DIR)?;
                    return Ok(path);
                }
            }
        }
    }
    Ok(String::new())
}

/// The side files that are there.
pub fn list(disk: &dyn Disk) -> Outcome<Vec<String>> {
    let names = disk.list(DIR).at(DIR)?;
    let mut paths: Vec<String> =
        names.iter().filter(|name| name.ends_with(SUFFIX)).map(|name| format!("{DIR}/{name}")).collect();
    paths.sort();
    Ok(paths)
}
