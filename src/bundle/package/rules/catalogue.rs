//! 目录文件.XML as it was given.

use std::collections::BTreeSet;

use super::xml::{self, Node};
use super::{CATALOGUES, DATA};
use crate::bundle::package::{Finding, FindingList, Tree};
use crate::fault::Outcome;

/// What every entry says.
const REQUIRED: [&str; 6] = ["档号", "责任者", "题名", "日期", "保管期限", "密级"];

/// One entry: field → text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry(Vec<(String, String)>);

impl Entry {
    /// The text of a field.
    pub fn get(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|(name, _)| name == field);
        found.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }

    /// 档号
    pub fn number(&self) -> &str {
        self.get("档号").unwrap_or_default()
    }
}

/// The catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Its entries, in order.
    pub entries: Vec<Entry>,
    /// Whether there is one that could be read.
    pub read: bool,
}

pub(super) fn read(tree: &dyn Tree, findings: &mut FindingList) -> Outcome<Catalogue> {
    let paths: Vec<String> = CATALOGUES.iter().map(|name| format!("{DATA}{name}")).collect();
    let there: Vec<&String> = paths.iter().filter(|path| tree.find(path).is_some()).collect();
    let path = match there.as_slice() {
        [path] => *path,
        [] => {
            findings.push(Finding::error("package.catalogue_missing").path(&paths.join("、")));
            return Ok(Catalogue::default());
        }
        [path, ..] => {
            findings.push(Finding::error("package.catalogue_twice").path(path));
            *path
        }
    };
    let size = tree.find(path).map_or(0, |file| file.size);
    if size > xml::SIZE {
        findings.push(Finding::error("package.xml_size").path(path).expected(xml::SIZE).found(size));
        return Ok(Catalogue::default());
    }
    match xml::decode(&tree.read(path, size)?, path).and_then(|text| entries(&text, path)) {
        Ok(entries) => {
            check(path, &entries, findings);
            Ok(Catalogue { entries, read: true })
        }
        Err(finding) => {
            findings.push(finding);
            Ok(Catalogue::default())
        }
    }
}

fn entries(text: &str, path: &str) -> Result<Vec<Entry>, Finding> {
    let (mut open, mut entries, mut wrong): (Vec<String>, Vec<Entry>, _) = (Vec::new(), Vec::new(), None);
    let due: [&[&str]; 2] = [&["文件目录"], &["文件目录", "文件"]];
    xml::read(text, path, &mut |node| match node {
        Node::Open(name) => {
            open.push(name.to_owned());
            match open.len() {
                level @ 1..=2 if due.get(level - 1).is_some_and(|due| open != *due) => {
                    wrong = Some(name.to_owned())
                }
                2 => entries.push(Entry::default()),
                3 => entries.last_mut().into_iter().for_each(|e| e.0.push((name.to_owned(), String::new()))),
                _ => {}
            }
        }
        Node::Text(text) if open.len() == 3 => {
            let field = entries.last_mut().and_then(|entry| entry.0.last_mut());
            field.into_iter().for_each(|(_, said)| said.push_str(text));
        }
        Node::Text(_) => {}
        Node::Close(_) => drop(open.pop()),
    })?;
    let fault = |name: String| {
        Finding::error("package.catalogue_form").path(path).expected("文件目录/文件").found(name)
    };
    wrong.map_or(Ok(entries), |name| Err(fault(name)))
}

fn check(path: &str, entries: &[Entry], findings: &mut FindingList) {
    let mut seen = BTreeSet::new();
    for (nth, entry) in entries.iter().enumerate() {
        let order = entry.get("顺序号").unwrap_or_default();
        if order.parse() != Ok(nth + 1) {
            findings
                .push(Finding::error("package.catalogue_order").path(path).expected(nth + 1).found(order));
        }
        for field in REQUIRED.iter().filter(|field| entry.get(field).is_none()) {
            let finding = Finding::error("package.catalogue_field").path(path);
            findings.push(finding.expected(field).found(format!("{} {}", nth + 1, entry.number())));
        }
        if !entry.number().is_empty() && !seen.insert(entry.number()) {
            findings.push(Finding::error("package.number_repeated").path(path).found(entry.number()));
        }
    }
    if entries.is_empty() {
        findings.push(Finding::error("package.catalogue_empty").path(path));
    }
}
