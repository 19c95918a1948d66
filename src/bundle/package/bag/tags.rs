//! The tag files of a bag, read: declaration, labels, manifests.

use super::declaration::{self, DECLARATION, Declaration};
use super::info::{self, OXUM, values};
use super::manifest::{self, Listed, Name};
use crate::bundle::package::finding::Finding;
use crate::bundle::package::limits::MAX_TAG_FILE_BYTES;
use crate::bundle::package::tree::Tree;
use crate::fault::Outcome;

/// A manifest and what it lists.
pub(super) struct Manifest {
    pub(super) name: Name,
    pub(super) lines: Vec<Listed>,
}

/// What the tag files say.
pub(super) struct Tags {
    pub(super) declaration: Declaration,
    pub(super) info: Vec<(String, String)>,
    /// The name under which it was looked for, and whether it was there.
    pub(super) info_file: &'static str,
    pub(super) manifests: Vec<Manifest>,
}

impl Tags {
    /// The payload manifests (`false`) or the tag manifests.
    pub(super) fn manifests(&self, tag: bool) -> impl Iterator<Item = &Manifest> {
        self.manifests.iter().filter(move |manifest| manifest.name.tag == tag)
    }
}

/// True for a file of the payload.
pub(super) fn is_payload(path: &str) -> bool {
    path.starts_with("data/")
}

/// Reads the tag files; `None` when there is no declaration that could say how.
pub(super) fn read(tree: &dyn Tree, findings: &mut Vec<Finding>) -> Outcome<Option<Tags>> {
    if tree.find(DECLARATION).is_none() {
        findings.push(Finding::error("package.bag_missing").path(DECLARATION));
        return Ok(None);
    }
    let declaration = match declaration::parse(&tree.read(DECLARATION, MAX_TAG_FILE_BYTES)?) {
        Ok(declaration) => declaration,
        Err(finding) => {
            findings.push(finding);
            return Ok(None);
        }
    };
    let reader = Reader { tree, declaration };
    let info_file = declaration.version.info_name();
    let info = match reader.text(info_file, findings)? {
        Some(text) => info::parse(&text, info_file, declaration.version, findings),
        None => Vec::new(),
    };
    let names = tree.files().iter().filter_map(|file| Name::of(&file.path));
    let mut manifests = Vec::new();
    for name in names {
        let text = reader.text(&name.file, findings)?.unwrap_or_default();
        let lines = manifest::parse(&text, &name, declaration.version, findings);
        manifests.push(Manifest { name, lines });
    }
    Ok(Some(Tags { declaration, info, info_file, manifests }))
}

struct Reader<'t> {
    tree: &'t dyn Tree,
    declaration: Declaration,
}

impl Reader<'_> {
    /// A tag file as text; `None` when it is not there or not in the encoding declared.
    fn text(&self, path: &str, findings: &mut Vec<Finding>) -> Outcome<Option<String>> {
        if self.tree.find(path).is_none() {
            return Ok(None);
        }
        let text = self.declaration.charset.decode(&self.tree.read(path, MAX_TAG_FILE_BYTES)?);
        if text.is_none() {
            findings.push(
                Finding::error("package.bag_encoding")
                    .path(path)
                    .expected("the encoding declared, without a mark"),
            );
        }
        Ok(text)
    }
}

/// Compares Payload-Oxum with the payload.
pub(super) fn oxum(tags: &Tags, octets: u64, files: usize, findings: &mut Vec<Finding>) {
    let told = values(&tags.info, OXUM);
    let right = info::oxum(octets, files);
    if told.len() > 1 {
        let finding = Finding::error("package.info_oxum").path(tags.info_file);
        findings.push(finding.expected("1").found(told.len()));
    }
    for value in told.into_iter().filter(|value| *value != right) {
        findings.push(Finding::error("package.bag_oxum").path(tags.info_file).expected(&right).found(value));
    }
}
