//! Reading a ZIP. Its structure is checked first ([`super::zip_directory`]), then every name, then the content.

use std::io::{self, Read};

use zip::ZipArchive;

use super::Unpacked;
use super::finding::refuse;
use super::gate::Gate;
use super::landing::Landing;
use super::limits::Limits;
use super::names::PackagePath;
use super::unpack::ReadSeek;
use super::zip_directory::{self, Entry};
use crate::fault::{Fault, Outcome};

/// Bytes inflated at once.
const PIECE: usize = 256 << 10;

/// Hands the files of a ZIP on, in the order of its directory.
pub(super) fn unpack(
    input: &mut dyn ReadSeek,
    limits: &Limits,
    landing: &mut dyn Landing,
) -> Outcome<Unpacked> {
    let (entries, directory) = zip_directory::read(input, limits)?;
    let mut gate = Gate::new(limits, landing);
    let mut paths = Vec::with_capacity(entries.len());
    for entry in &entries {
        paths.push(match entry.directory {
            true => gate.directory(&entry.name).map(|()| None)?,
            false => Some(gate.file(&entry.name, entry.size)?),
        });
    }
    let mut archive = ZipArchive::new(input).map_err(|error| damaged(b"", error))?;
    if archive.offset() != 0
        || archive.central_directory_start() != directory
        || archive.len() != entries.len()
    {
        return Err(refuse("package.zip_directory", b"", entries.len(), archive.len()));
    }
    for (at, (entry, path)) in entries.iter().zip(&paths).enumerate() {
        if let Some(path) = path {
            file(&mut archive, at, entry, path, gate.landing())?;
        }
    }
    gate.finish()
}

fn damaged(name: &[u8], found: impl ToString) -> Fault {
    refuse("package.zip_damaged", name, "", found)
}

fn file(
    archive: &mut ZipArchive<&mut dyn ReadSeek>,
    at: usize,
    entry: &Entry,
    path: &PackagePath,
    landing: &mut dyn Landing,
) -> Outcome<()> {
    let name = entry.name.as_slice();
    let content = archive.by_index(at).map_err(|error| damaged(name, error))?;
    if content.name_raw() != name || content.header_start() != entry.offset {
        return Err(refuse("package.zip_directory", name, "the same entry", "another"));
    }
    // One byte more than was said is one too many.
    let mut content = content.take(entry.size.saturating_add(1));
    landing.begin(path, entry.size)?;
    let mut room = vec![0; PIECE];
    let mut left = entry.size;
    loop {
        let count = match content.read(&mut room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(|error| damaged(name, error))?,
        };
        if count == 0 {
            break;
        }
        let rest = left.checked_sub(count as u64);
        left = rest.ok_or_else(|| refuse("package.zip_disagrees", name, entry.size, "more bytes"))?;
        landing.bytes(room.get(..count).unwrap_or_default())?;
    }
    if left > 0 {
        return Err(refuse("package.zip_disagrees", name, entry.size, format!("{left} bytes less")));
    }
    landing.end()
}
