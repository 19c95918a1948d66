//! Names in a package: any script, but the same file on every system.

use std::collections::HashMap;
use std::fmt;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::finding::refuse;
use super::limits::{MAX_DEPTH, MAX_PART_BYTES, MAX_PATH_BYTES};
use crate::fault::Outcome;

/// Names that Windows gives to devices, whatever their extension.
const DEVICES: [&str; 7] = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];

/// The package's name: its one top directory. One part of a [`PackagePath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(String);

impl PackageName {
    /// Takes a name of one part.
    pub fn new(name: &str) -> Outcome<Self> {
        check_path(name).map_err(|code| refuse(code, name.as_bytes(), "", ""))?;
        if name.contains('/') {
            return Err(refuse("package.path_top", name.as_bytes(), "one part", name));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Path of a file below the package's top directory, `data/…` or a tag file: UTF-8 in normalization form C, parts joined
/// by `/`, none of which means something else on another system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackagePath(String);

impl PackagePath {
    /// Takes a path, or refuses it with one of the codes `package.path_…`.
    pub fn new(path: &str) -> Outcome<Self> {
        match check_path(path) {
            Ok(()) => Ok(Self(path.to_owned())),
            Err(code) => Err(refuse(code, path.as_bytes(), "", "")),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for a file of the payload, below `data/`.
    pub fn is_payload(&self) -> bool {
        self.0.starts_with("data/")
    }
}

impl fmt::Display for PackagePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Refuses, with a code, a path that is not a plain relative one.
pub fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("package.path_empty");
    }
    if path.starts_with('/') {
        return Err("package.path_absolute");
    }
    if matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic()) {
        return Err("package.path_drive");
    }
    if path.len() > MAX_PATH_BYTES {
        return Err("package.path_too_long");
    }
    if path.split('/').count() > MAX_DEPTH {
        return Err("package.path_deep");
    }
    path.chars().try_for_each(check_character)?;
    if !is_nfc(path) {
        return Err("package.path_not_nfc");
    }
    path.split('/').try_for_each(check_part)
}

fn check_character(c: char) -> Result<(), &'static str> {
    match c {
        '\\' => Err("package.path_backslash"),
        '\u{2028}' | '\u{2029}' => Err("package.path_control"),
        c if c.is_control() => Err("package.path_control"),
        '\u{feff}' => Err("package.path_bom"),
        c if is_bidi(c) => Err("package.path_bidi"),
        '<' | '>' | ':' | '\u{22}' | '|' | '?' | '*' => Err("package.path_character"),
        _ => Ok(()),
    }
}

/// True for a character that turns the direction of what is shown around it.
pub(super) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn check_part(part: &str) -> Result<(), &'static str> {
    if part.is_empty() {
        return Err("package.path_empty");
    }
    if part == "." || part == ".." {
        return Err("package.path_dots");
    }
    if part.ends_with('.') || part.ends_with(char::is_whitespace) {
        return Err("package.path_trailing");
    }
    if is_device(part) {
        return Err("package.path_device");
    }
    if part.len() > MAX_PART_BYTES {
        return Err("package.path_part_too_long");
    }
    Ok(())
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_lowercase();
    let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    // Windows takes the superscript digits for the digits.
    let numbered = number.is_some_and(|rest| {
        let mut rest = rest.chars();
        matches!(rest.next(), Some('0'..='9' | '¹' | '²' | '³')) && rest.next().is_none()
    });
    numbered || DEVICES.contains(&stem.as_str())
}

/// What two names share when some file system takes them for one.
fn folded(path: &str) -> String {
    let lower: String = path.nfc().flat_map(char::to_lowercase).collect();
    lower.nfc().collect()
}

/// A collision: its code, and the name met before.
type Collision = (&'static str, String);

/// The names met so far, so that no two of them can fall on one file anywhere.
#[derive(Debug, Default)]
pub struct PathSet {
    /// Folded path → the path as given.
    files: HashMap<String, String>,
    /// Folded directory → as given.
    directories: HashMap<String, String>,
}

impl PathSet {
    /// Takes the path of a file, or refuses it with a code and the path it collides with.
    pub fn file(&mut self, path: &str) -> Result<(), Collision> {
        let fold = folded(path);
        if let Some(other) = self.files.get(&fold) {
            return Err((alike(other, path), other.clone()));
        }
        if let Some(other) = self.directories.get(&fold) {
            return Err(("package.path_file_and_directory", other.clone()));
        }
        self.parents(path)?;
        self.files.insert(fold, path.to_owned());
        Ok(())
    }

    /// Takes the path of a directory; the same one may come again.
    pub fn directory(&mut self, path: &str) -> Result<(), Collision> {
        self.parents(path)?;
        self.one_directory(path)
    }

    fn parents(&mut self, path: &str) -> Result<(), Collision> {
        let mut parents = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        parents.try_for_each(|parent| self.one_directory(parent))
    }

    fn one_directory(&mut self, path: &str) -> Result<(), Collision> {
        // Most files have their directory in common with the one before.
        let fold = folded(path);
        if let Some(other) = self.files.get(&fold) {
            return Err(("package.path_file_and_directory", other.clone()));
        }
        match self.directories.get(&fold) {
            Some(other) if other != path => Err((alike(other, path), other.clone())),
            Some(_) => Ok(()),
            None => {
                self.directories.insert(fold, path.to_owned());
                Ok(())
            }
        }
    }
}

fn alike(one: &str, other: &str) -> &'static str {
    if one == other {
        "package.path_duplicate"
    } else if one.nfc().eq(other.nfc()) {
        "package.path_nfc_equal"
    } else {
        "package.path_case_equal"
    }
}
