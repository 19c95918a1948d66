//! Folders of records: one for each 档号, named by it, with metadata and content.

use std::collections::BTreeMap;

use super::{Catalogue, DATA, OTHER};
use crate::bundle::package::derive::is_metadata;
use crate::bundle::package::{Finding, FindingList, Tree};

/// A folder that holds files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Path below `data/`.
    pub path: String,
    /// Names of the files right in it.
    pub files: Vec<String>,
}

impl Folder {
    /// Its own name.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The files that are metadata.
    pub fn metadata(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(|name| is_metadata(name))
    }
}

/// All folders outside 其他 that hold files right in them.
pub(super) fn list(tree: &dyn Tree) -> Vec<Folder> {
    let mut folders: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in tree.files() {
        let path = file.path.strip_prefix(DATA).unwrap_or_default();
        let Some((folder, name)) = path.rsplit_once('/') else { continue };
        if folder != OTHER && !folder.starts_with(&format!("{OTHER}/")) {
            folders.entry(folder).or_default().push(name.to_owned());
        }
    }
    let folder = |(path, files): (&str, Vec<String>)| Folder { path: path.to_owned(), files };
    folders.into_iter().map(folder).collect()
}

pub(super) fn check(folders: &[Folder], catalogue: &Catalogue, findings: &mut FindingList) {
    let mut by_name: BTreeMap<&str, Vec<&Folder>> = BTreeMap::new();
    for folder in folders {
        by_name.entry(folder.name()).or_default().push(folder);
    }
    for entry in catalogue.entries.iter().filter(|entry| !entry.number().is_empty()) {
        match by_name.remove(entry.number()).unwrap_or_default().as_slice() {
            [] => findings.push(Finding::error("package.folder_missing").found(entry.number())),
            [one] => complete(one, findings),
            [_, other, ..] => findings.push(Finding::error("package.folder_twice").path(&other.path)),
        }
    }
    // A catalogue that could not be read lists nothing; that it could not be read is said already.
    let strange = by_name.into_values().flatten().filter(|_| catalogue.read);
    findings.extend(strange.map(|folder| Finding::error("package.folder_unlisted").path(&folder.path)));
}

fn complete(folder: &Folder, findings: &mut FindingList) {
    let metadata = folder.metadata().count();
    if metadata == 0 {
        findings.push(Finding::error("package.metadata_missing").path(&folder.path));
    }
    if folder.files.len() == metadata {
        findings.push(Finding::error("package.content_missing").path(&folder.path));
    }
}
