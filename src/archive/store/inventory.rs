//! The inventory of an OCFL object: which content each version had, and where it stands.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::names::{is_relative, version_number};
use crate::archive::digest::sha512_of;
use crate::fault::{Fault, Outcome};

/// Its file.
pub const FILE: &str = "inventory.json";
/// The file beside it that holds its digest.
pub const SIDECAR: &str = "inventory.json.sha512";
/// What every inventory says it is.
pub const TYPE: &str = "https://ocfl.io/1.1/spec/#inventory";
/// The one digest of the store.
pub const ALGORITHM: &str = "sha512";

/// Logical path or content path by digest.
pub type Paths = BTreeMap<String, Vec<String>>;

/// An inventory. No other members are allowed in it; BLAKE3 and SM3 stand in the packages' own manifests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inventory {
    /// Always `sha512`.
    pub digest_algorithm: String,
    /// The newest version, `vN`.
    pub head: String,
    /// The object's id, for ever.
    pub id: String,
    /// Content paths by digest.
    pub manifest: Paths,
    /// Which specification it follows.
    #[serde(rename = "type")]
    pub kind: String,
    /// The versions, by name.
    pub versions: BTreeMap<String, Version>,
}

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// When, RFC 3339.
    pub created: String,
    /// Why.
    pub message: String,
    /// Logical paths by digest.
    pub state: Paths,
    /// By whom.
    pub user: User,
}

/// Who made a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// A URI of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Name.
    pub name: String,
}

impl Inventory {
    /// An inventory without versions.
    pub fn new(id: &str) -> Self {
        Self {
            digest_algorithm: ALGORITHM.into(),
            head: String::new(),
            id: id.into(),
            manifest: Paths::new(),
            kind: TYPE.into(),
            versions: BTreeMap::new(),
        }
    }

    /// The number of the newest version.
    pub fn newest(&self) -> u32 {
        version_number(&self.head).unwrap_or(0)
    }

    /// Adds a version, which becomes the head.
    pub fn add(&mut self, version: Version) {
        self.head = format!("v{}", self.newest() + 1);
        self.versions.insert(self.head.clone(), version);
    }

    /// The inventory as it was at version `number`: what versions after it brought is left out.
    pub fn at(&self, number: u32) -> Self {
        let within = |name: &str| version_number(name).is_some_and(|other| other <= number);
        let versions: BTreeMap<_, _> = self
            .versions
            .iter()
            .filter(|(name, _)| within(name))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let mut manifest = Paths::new();
        for (digest, paths) in &self.manifest {
            let paths: Vec<_> = paths.iter().filter(|path| within(version_of(path))).cloned().collect();
            if !paths.is_empty() {
                manifest.insert(digest.clone(), paths);
            }
        }
        Self { head: format!("v{number}"), versions, manifest, ..Self::new(&self.id) }
    }

    /// Logical paths of a version with their digests.
    pub fn state(&self, number: u32) -> BTreeMap<&str, &str> {
        let version = self.versions.get(&format!("v{number}"));
        let state = version.into_iter().flat_map(|version| &version.state);
        state.flat_map(|(digest, paths)| paths.iter().map(|path| (path.as_str(), digest.as_str()))).collect()
    }

    /// Where content with `digest` stands.
    pub fn content(&self, digest: &str) -> Option<&str> {
        self.manifest.get(digest)?.first().map(String::as_str)
    }

    /// The bytes of its file.
    pub fn to_bytes(&self) -> Outcome<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self).map_err(|error| {
            Fault::machine("archive.ocfl_inventory").with("found", error).with("path", FILE)
        })?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads and checks an inventory; in words what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let inventory: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        inventory.check()?;
        Ok(inventory)
    }

    fn check(&self) -> Result<(), String> {
        let wrong = |what: &str, found: &str| Err(format!("{what}: {found}"));
        if self.kind != TYPE {
            return wrong("type", &self.kind);
        }
        if self.digest_algorithm != ALGORITHM {
            return wrong("digestAlgorithm", &self.digest_algorithm);
        }
        if self.id.is_empty() {
            return wrong("id", &self.id);
        }
        let newest = self.newest();
        let numbers: BTreeSet<_> = self.versions.keys().filter_map(|name| version_number(name)).collect();
        if newest == 0 || numbers.len() != self.versions.len() || !numbers.into_iter().eq(1..=newest) {
            return wrong("versions", &self.head);
        }
        check_paths(&self.manifest)?;
        for path in self.manifest.values().flatten() {
            let rest = path.split_once("/content/").map(|(_, rest)| rest);
            let known = self.versions.contains_key(version_of(path));
            if !known || !rest.is_some_and(is_relative) {
                return wrong("manifest", path);
            }
        }
        self.versions.values().try_for_each(|version| self.check_version(version))
    }

    fn check_version(&self, version: &Version) -> Result<(), String> {
        if version.created.parse::<jiff::Timestamp>().is_err() {
            return Err(format!("created: {}", version.created));
        }
        check_paths(&version.state)?;
        match version.state.keys().find(|digest| !self.manifest.contains_key(*digest)) {
            Some(digest) => Err(format!("state: {digest}")),
            None => Ok(()),
        }
    }
}

/// The version a content path belongs to.
fn version_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// Digests are digests; paths stay inside, stand once, and none is a directory of another.
fn check_paths(paths: &Paths) -> Result<(), String> {
    let is_digest =
        |text: &String| text.len() == 128 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if let Some(bad) = paths.keys().find(|digest| !is_digest(digest)) {
        return Err(format!("digest: {bad}"));
    }
    if let Some((digest, _)) = paths.iter().find(|(_, paths)| paths.is_empty()) {
        return Err(format!("digest without a path: {digest}"));
    }
    let mut seen = BTreeSet::new();
    for path in paths.values().flatten() {
        if !is_relative(path) || !seen.insert(path.as_str()) {
            return Err(format!("path: {path}"));
        }
    }
    let inside =
        |path: &&str| path.match_indices('/').any(|(at, _)| seen.contains(path.get(..at).unwrap_or("")));
    match seen.iter().find(|path| inside(path)) {
        Some(path) => Err(format!("path: {path}")),
        None => Ok(()),
    }
}

/// The sidecar of an inventory: what `sha512sum -c` reads.
pub fn sidecar(inventory: &[u8]) -> String {
    format!("{}  {FILE}\n", sha512_of(inventory))
}

/// Whether a sidecar is that of an inventory.
pub fn fits(sidecar: &[u8], inventory: &[u8]) -> bool {
    let text = std::str::from_utf8(sidecar).unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    matches!(words.as_slice(), [digest, name] if *name == FILE && digest.eq_ignore_ascii_case(&sha512_of(inventory)))
}
