//! Names in the store: object keys, version directories, paths.

use unicode_normalization::is_nfc;

use crate::fault::{Fault, Outcome};

/// Longest name of a directory, in bytes: what common file systems hold, less what a suffix may need.
const MAX_PART: usize = 240;

/// What names an object: a fonds (全宗) and the name of a bag in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    fonds: String,
    name: String,
}

impl Key {
    /// Takes both names, each one path part that means the same on every system.
    ///
    /// Errors: `archive.bad_name`.
    pub fn new(fonds: &str, name: &str) -> Outcome<Self> {
        match [fonds, name].into_iter().find(|part| !is_name(part)) {
            Some(part) => Err(Fault::usage("archive.bad_name").with("found", part.escape_default())),
            None => Ok(Self { fonds: fonds.into(), name: name.into() }),
        }
    }

    /// The fonds.
    pub fn fonds(&self) -> &str {
        &self.fonds
    }

    /// The name in the fonds.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The object's id.
    pub fn id(&self) -> String {
        format!("urn:zhaoce:{}:{}", self.fonds, self.name)
    }

    /// The key in an object's id.
    pub fn of_id(id: &str) -> Option<Self> {
        let (fonds, name) = id.strip_prefix("urn:zhaoce:")?.split_once(':')?;
        Self::new(fonds, name).ok()
    }

    /// The object's directory below the storage root.
    pub fn path(&self) -> String {
        format!("{}/{}", self.fonds, self.name)
    }
}

/// One path part: NFC, without separators, control characters and what some system reads otherwise.
pub fn is_name(part: &str) -> bool {
    let odd = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    !part.is_empty()
        && part.len() <= MAX_PART
        && !part.starts_with(['.', ' '])
        && !part.ends_with(['.', ' '])
        && !part.contains(odd)
        && is_nfc(part)
}

/// Whether a path of an inventory stays where it should.
pub fn is_relative(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The number of a version directory: `v1`, `v2` …, without zeros in front.
pub fn version_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('v')?;
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    if plain { digits.parse().ok() } else { None }
}
