//! The rules of an information package, asked of it as it was given, before anything is derived: DA/T 93 and 档发〔2012〕7号,
//! 按公开资料实现. Each rule has a code of its own.

mod catalogue;
mod explanation;
mod folders;
mod metadata;
pub mod xml;

#[cfg(test)]
mod tests;

use super::{Finding, FindingList, Tree};
use crate::fault::Outcome;
pub use catalogue::{Catalogue, Entry};
pub use explanation::Explanation;
pub use folders::Folder;
pub use metadata::{Metadata, Named};

/// Where the payload stands in a bag.
const DATA: &str = "data/";
/// Names of the catalogue: of 2022, and of 2012.
const CATALOGUES: [&str; 2] = ["目录文件.XML", "文件目录.XML"];
/// The explanation.
const EXPLANATION: &str = "说明文件.TXT";
/// The folder of what is not a record.
const OTHER: &str = "其他";

/// What a package says of itself.
#[derive(Debug, Default)]
pub struct Seen {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// The explanation.
    pub explanation: Explanation,
    /// Folders that hold files, by path below `data/`.
    pub folders: Vec<Folder>,
}

/// Asks every rule of the payload of `tree`, a bag.
///
/// # Errors
/// The machine: what is wrong with the package is found, not thrown.
pub fn check(tree: &dyn Tree, findings: &mut FindingList) -> Outcome<Seen> {
    loose(tree, findings);
    let catalogue = catalogue::read(tree, findings)?;
    let explanation = explanation::read(tree, findings)?;
    let folders = folders::list(tree);
    folders::check(&folders, &catalogue, findings);
    explanation::check(&explanation, &catalogue, findings);
    metadata::check(tree, &folders, findings)?;
    Ok(Seen { catalogue, explanation, folders })
}

/// Right in the root stand the catalogue and the explanation, and nothing else.
fn loose(tree: &dyn Tree, findings: &mut FindingList) {
    for file in tree.files() {
        let Some(path) = file.path.strip_prefix(DATA) else { continue };
        if !path.contains('/') && !CATALOGUES.contains(&path) && path != EXPLANATION {
            findings.push(Finding::error("package.loose_file").path(&file.path));
        }
    }
}
