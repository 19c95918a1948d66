//! Names in a bag, narrow enough to mean the same file on every system.

use std::collections::HashMap;
use std::fmt;

use super::limits::MAX_NAME_BYTES;
use crate::fault::{Fault, Outcome};

/// Names that Windows gives to devices, whatever their extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The bag's name: the one top directory of the tar. One path part, see [`PayloadPath`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BagName(String);

impl BagName {
    /// Takes a name of one part.
    pub fn new(name: &str) -> Outcome<Self> {
        match check_path(name.as_bytes()) {
            Ok(()) if !name.contains('/') => Ok(Self(name.to_owned())),
            Ok(()) => Err(Fault::usage("bundle.path_character").with("path", name)),
            Err(code) => Err(Fault::usage(code).with("path", name)),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Path of a payload file below `data/`: parts of `A–Z a–z 0–9 . _ -` joined by `/`; no part is empty, begins or
/// ends with a dot, or is a device name of Windows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PayloadPath(String);

impl PayloadPath {
    /// Takes a path below `data/`, for example `events/000.jsonl`.
    pub fn new(path: &str) -> Outcome<Self> {
        match check_path(path.as_bytes()) {
            Ok(()) => Ok(Self(path.to_owned())),
            Err(code) => Err(Fault::usage(code).with("path", path)),
        }
    }

    /// The path below `data/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path in the bag, `data/` included, as manifests write it.
    pub fn in_bag(&self) -> String {
        format!("data/{}", self.0)
    }
}

impl fmt::Display for PayloadPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Refuses, with a code, every path that is not a plain relative one of narrow characters.
pub(super) fn check_path(path: &[u8]) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("bundle.path_empty");
    }
    if path.len() > MAX_NAME_BYTES {
        return Err("bundle.path_too_long");
    }
    if !path.is_ascii() {
        return Err("bundle.path_not_ascii");
    }
    if path.starts_with(b"/") || path.get(1) == Some(&b':') {
        return Err("bundle.path_absolute");
    }
    if path.contains(&b'\\') {
        return Err("bundle.path_backslash");
    }
    path.split(|byte| *byte == b'/').try_for_each(check_part)
}

fn check_part(part: &[u8]) -> Result<(), &'static str> {
    match part {
        b"" => return Err("bundle.path_empty"),
        b"." | b".." => return Err("bundle.path_parent"),
        _ => {}
    }
    if !part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte)) {
        return Err("bundle.path_character");
    }
    if part.starts_with(b".") || part.ends_with(b".") || part.starts_with(b"-") || is_device(part) {
        return Err("bundle.path_reserved");
    }
    Ok(())
}

fn is_device(part: &[u8]) -> bool {
    let stem = part.split(|byte| *byte == b'.').next().unwrap_or(part).to_ascii_lowercase();
    let numbered =
        matches!(stem.as_slice(), [b'c', b'o', b'm', b'0'..=b'9'] | [b'l', b'p', b't', b'0'..=b'9']);
    numbered || DEVICES.iter().any(|device| device.as_bytes() == stem)
}

/// The names met so far, so that no two of them can fall on one file anywhere.
#[derive(Default)]
pub(super) struct NamesSeen {
    /// Lower-cased path → the path as given.
    files: HashMap<String, String>,
    /// Lower-cased directories that some file lies in → as given, so that directories differing by case are met.
    directories: HashMap<String, String>,
}

impl NamesSeen {
    /// Takes a checked path, or refuses it with a code and the path it collides with.
    pub(super) fn take(&mut self, path: &str) -> Result<(), (&'static str, String)> {
        let folded = path.to_ascii_lowercase();
        if let Some(other) = self.files.get(&folded) {
            let code = if other == path { "bundle.path_duplicate" } else { "bundle.path_case" };
            return Err((code, other.clone()));
        }
        if let Some(other) = self.directories.get(&folded) {
            return Err(("bundle.path_file_and_directory", other.clone()));
        }
        let parents = || path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        for parent in parents() {
            let folded = parent.to_ascii_lowercase();
            if let Some(other) = self.files.get(&folded) {
                return Err(("bundle.path_file_and_directory", other.clone()));
            }
            if let Some(other) = self.directories.get(&folded).filter(|other| *other != parent) {
                return Err(("bundle.path_case", other.clone()));
            }
        }
        for parent in parents() {
            self.directories.insert(parent.to_ascii_lowercase(), parent.to_owned());
        }
        self.files.insert(folded, path.to_owned());
        Ok(())
    }
}
