//! Private files: created atomically, never over another, readable by their owner only.
//!
//! System calls of a creation, in order: `openat(O_CREAT|O_EXCL, 0600)` of a temporary name, `write`, `fsync`,
//! `linkat` to the final name (which fails if that exists, where `rename` would overwrite), `unlink` of the
//! temporary name, `fsync` of the folder. A replacement, used for side files only, has `rename` instead of
//! `linkat` and `unlink`.
//!
//! Where there are no modes (Windows), nobody can say that a file is its owner's alone: every key is refused there, and
//! what needs none (`bundle verify`, `proof check`) works.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::fault::{Fault, Outcome};

/// The machine failed at `path`.
pub(super) fn io_fault(path: &Path, error: io::Error) -> Fault {
    Fault::machine("io.failed").with("path", path.display()).with("found", error)
}

/// 8 random bytes in hex, for temporary names.
fn random_hex() -> Outcome<String> {
    let mut bytes = [0; 8];
    fill_random(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// Random bytes of the operating system.
pub(super) fn fill_random(bytes: &mut [u8]) -> Outcome<()> {
    getrandom::fill(bytes).map_err(|error| Fault::machine("random.failed").with("found", error))
}

/// Refuses what group or others may touch in any way.
#[cfg(unix)]
pub(super) fn refuse_shared(facts: &Metadata, path: &Path, code: &'static str) -> Outcome<()> {
    let mode = std::os::unix::fs::MetadataExt::mode(facts) & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Fault::machine(code).with("path", path.display()).with("found", format_args!("{mode:04o}")))
}

/// Refuses all: there is no telling.
#[cfg(not(unix))]
pub(super) fn refuse_shared(_facts: &Metadata, path: &Path, _code: &'static str) -> Outcome<()> {
    Err(Fault::machine("key.platform").with("path", path.display()))
}

/// The folder exists and is private. Its parents are made as usual, itself with mode 0700.
pub(super) fn make_folder(folder: &Path) -> Outcome<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|error| io_fault(parent, error))?;
    }
    #[cfg_attr(not(unix), expect(unused_mut, reason = "no modes there"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(io_fault(folder, error)),
        _ => check_folder(folder).map(|_| ()),
    }
}

/// Refuses a folder that others may enter; `false` when it does not exist.
pub(super) fn check_folder(folder: &Path) -> Outcome<bool> {
    match fs::metadata(folder) {
        Ok(facts) if facts.is_dir() => {
            refuse_shared(&facts, folder, "key.folder_open_to_others").map(|()| true)
        }
        Ok(_) => Err(Fault::machine("key.not_a_file").with("path", folder.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_fault(folder, error)),
    }
}

/// Creates `folder/name` with these bytes; `false`, and nothing changed, when that name is taken.
pub(super) fn create(folder: &Path, name: &str, bytes: &[u8]) -> Outcome<bool> {
    let (path, temporary) = (folder.join(name), write_temporary(folder, name, bytes)?);
    let linked = fs::hard_link(&temporary, &path);
    let removed = fs::remove_file(&temporary);
    let created = match linked {
        Ok(()) => true,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => false,
        Err(error) if no_links(&error) => create_in_place(&path, bytes)?,
        Err(error) => return Err(io_fault(&path, error)),
    };
    removed.map_err(|error| io_fault(&temporary, error))?;
    sync_folder(folder)?;
    Ok(created)
}

/// Puts `folder/name` in the place of what was there. For side files only.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Outcome<()> {
    let (path, temporary) = (folder.join(name), write_temporary(folder, name, bytes)?);
    if let Err(error) = fs::rename(&temporary, &path) {
        let _ = fs::remove_file(&temporary);
        return Err(io_fault(&path, error));
    }
    sync_folder(folder)
}

/// File systems without hard links (FAT, some network mounts) say so in one of these ways.
fn no_links(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied)
}

fn create_in_place(path: &Path, bytes: &[u8]) -> Outcome<bool> {
    let file = match new_private(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(io_fault(path, error)),
    };
    write_synced(file, bytes).map(|()| true).map_err(|error| {
        let _ = fs::remove_file(path);
        io_fault(path, error)
    })
}

fn write_temporary(folder: &Path, name: &str, bytes: &[u8]) -> Outcome<PathBuf> {
    let path = folder.join(format!(".{name}.{}", random_hex()?));
    let written = new_private(&path).and_then(|file| write_synced(file, bytes));
    if let Err(error) = written {
        let _ = fs::remove_file(&path);
        return Err(io_fault(&path, error));
    }
    Ok(path)
}

fn new_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

fn write_synced(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> Outcome<()> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|error| io_fault(folder, error))
}

/// Reads a private file of at most `limit` bytes; `None` when there is none.
///
/// What is checked is the opened file, not its path, which could change in between.
pub(super) fn read(path: &Path, limit: usize) -> Outcome<Option<Zeroizing<Vec<u8>>>> {
    match fs::symlink_metadata(path) {
        Ok(facts) if facts.is_file() => {}
        Ok(_) => return Err(Fault::machine("key.not_a_file").with("path", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_fault(path, error)),
    }
    let file = File::open(path).map_err(|error| io_fault(path, error))?;
    let facts = file.metadata().map_err(|error| io_fault(path, error))?;
    refuse_shared(&facts, path, "key.file_open_to_others")?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit + 2));
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| io_fault(path, error))?;
    Ok(Some(bytes))
}
