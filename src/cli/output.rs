//! Files that commands write for people.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::fault::{Fault, Outcome};

/// Writes a file whole or not at all: what stood there before stays until the new content is on the disk.
pub fn write_file(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let failed = |error: std::io::Error| Fault::io(path.display(), &error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let name = path.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
    let temporary = folder.join(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = std::fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&temporary, path));
    placed.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        failed(error)
    })
}
