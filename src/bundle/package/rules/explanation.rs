//! 说明文件.TXT as it was given.

use super::xml::decode;
use super::{Catalogue, DATA, EXPLANATION};
use crate::bundle::package::{Finding, FindingList, Tree};
use crate::fault::Outcome;

/// What it must say.
const REQUIRED: [&str; 5] = ["移交单位", "内容描述", "起止档号", "档案数量", "软硬件环境"];
/// What it should say; online there may be nothing to say.
const WANTED: [&str; 5] = ["离线载体参数", "载体编号", "载体数量", "制作单位", "检查单位"];
/// Largest one that is read, in bytes.
const SIZE: u64 = 1 << 20;

/// The fields, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Explanation {
    fields: Vec<(String, String)>,
    read: bool,
}

impl Explanation {
    /// The text of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(name, _)| name == field);
        found.map(|(_, text)| text.as_str()).filter(|text| !text.is_empty())
    }

    /// The number in 档案数量.
    pub fn count(&self) -> Option<usize> {
        let text = self.get("档案数量")?;
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }
}

pub(super) fn read(tree: &dyn Tree, findings: &mut FindingList) -> Outcome<Explanation> {
    let path = format!("{DATA}{EXPLANATION}");
    let Some(file) = tree.find(&path) else {
        findings.push(Finding::error("package.explanation_missing").path(&path));
        return Ok(Explanation::default());
    };
    if file.size > SIZE {
        findings.push(Finding::error("package.explanation_size").path(&path).expected(SIZE).found(file.size));
        return Ok(Explanation::default());
    }
    let text = match decode(&tree.read(&path, SIZE)?, &path) {
        Ok(text) => text,
        Err(finding) => {
            findings.push(finding);
            return Ok(Explanation::default());
        }
    };
    let field = |line: &str| {
        let (name, text) = line.split_once(['：', ':'])?;
        Some((name.trim().to_owned(), text.trim().to_owned()))
    };
    let explanation = Explanation { fields: text.lines().filter_map(field).collect(), read: true };
    let missing = |field: &&&str| explanation.get(field).is_none();
    for field in REQUIRED.iter().filter(missing) {
        findings.push(Finding::error("package.explanation_field").path(&path).expected(field));
    }
    for field in WANTED.iter().filter(missing) {
        findings.push(Finding::warning("package.explanation_wanted").path(&path).expected(field));
    }
    Ok(explanation)
}

/// Its number and its ends are those of the catalogue.
pub(super) fn check(explanation: &Explanation, catalogue: &Catalogue, findings: &mut FindingList) {
    let (path, entries) = (format!("{DATA}{EXPLANATION}"), &catalogue.entries);
    if !explanation.read || !catalogue.read {
        return;
    }
    if explanation.count() != Some(entries.len()) {
        let found = explanation.get("档案数量").unwrap_or_default();
        findings.push(
            Finding::error("package.explanation_count").path(&path).expected(entries.len()).found(found),
        );
    }
    let ends = entries.first().zip(entries.last()).map(|(a, b)| (a.number(), b.number()));
    let said = explanation.get("起止档号").unwrap_or_default();
    if let Some((first, last)) = ends
        && !(said.starts_with(first) && said.ends_with(last))
    {
        let expected = format!("{first} 至 {last}");
        findings.push(Finding::error("package.explanation_ends").path(&path).expected(expected).found(said));
    }
}
