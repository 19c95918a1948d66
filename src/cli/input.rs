//! Files that commands read for people: a name that leads nowhere is the user's mistake, not the machine's.

use std::path::Path;

use crate::exchange::{ReadOptions, Table, read_table_file};
use crate::fault::{Fault, Outcome};

/// Refuses a path that leads to no file.
pub fn must_exist(path: &Path) -> Outcome<()> {
    // Pipes and /dev/stdin will do; folders will not.
    if path.exists() && !path.is_dir() {
        return Ok(());
    }
    Err(Fault::usage("file.missing").with("path", path.display()))
}

/// Reads a file.
pub fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    must_exist(path)?;
    std::fs::read(path).map_err(|error| Fault::io(path.display(), &error))
}

/// Reads a file of UTF-8 text, without a byte order mark and without white space around it.
pub fn text(path: &Path) -> Outcome<String> {
    let text = String::from_utf8(bytes(path)?);
    let text = text.map_err(|_| Fault::usage("text.not_utf8").with("path", path.display()))?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

/// Reads a table.
pub fn table(path: &Path, options: &ReadOptions<'_>) -> Outcome<Table> {
    must_exist(path)?;
    read_table_file(path, options)
}
