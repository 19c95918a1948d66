//! 电子档案NNNN元数据.XML as it was given: what it says of itself, and whether the files it names are there.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;

use super::xml::{self, Node};
use super::{DATA, Folder};
use crate::bundle::package::derive::EVENTS;
use crate::bundle::package::verify::sha256;
use crate::bundle::package::{Finding, FindingList, Tree};
use crate::fault::Outcome;

/// A file that the metadata names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// 计算机文件名
    pub name: String,
    /// 计算机文件大小
    pub size: String,
    /// 编码数据
    pub data: String,
    /// 反编码关键字
    pub keyword: String,
}

/// What the outermost package says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// 封装包类型
    pub kind: String,
    /// 档号
    pub number: String,
    /// 室编件号
    pub serial: Option<u64>,
    /// The files it names.
    pub files: Vec<Named>,
    /// Whether it was filed in this batch, as far as its events are there.
    pub filed: bool,
}

impl Metadata {
    /// Reads a document; what it nests is passed over.
    ///
    /// # Errors
    /// What reading XML gives.
    pub fn parse(bytes: &[u8], path: &str) -> Result<Self, Finding> {
        let text = xml::decode(bytes, path)?;
        let (mut open, mut nested): (Vec<String>, usize) = (Vec::new(), 0);
        let (mut metadata, mut serial) = (Self::default(), String::new());
        xml::read(&text, path, &mut |node| match node {
            Node::Open(name) => {
                nested += usize::from(name == "原封装包");
                if name == "编码" && nested == 0 {
                    metadata.files.push(Named::default());
                }
                open.push(name.to_owned());
            }
            Node::Text(text) if nested == 0 => match open.last().map(String::as_str) {
                Some("室编件号") => serial.push_str(text),
                Some(name) => metadata.take(name, text),
                None => {}
            },
            Node::Text(_) => {}
            Node::Close(name) => {
                nested -= usize::from(name == "原封装包" && nested > 0);
                open.pop();
            }
        })?;
        metadata.serial = serial.trim().parse().ok();
        metadata.number = metadata.number.trim().to_owned();
        Ok(metadata)
    }

    fn take(&mut self, name: &str, text: &str) {
        let file = self.files.last_mut();
        match (name, file) {
            ("封装包类型", _) => self.kind.push_str(text),
            ("档号", _) => self.number.push_str(text),
            ("计算机文件名", Some(file)) => file.name.push_str(text),
            ("计算机文件大小", Some(file)) => file.size.push_str(text),
            ("编码数据", Some(file)) => file.data.push_str(text),
            ("反编码关键字", Some(file)) => file.keyword.push_str(text),
            _ => {}
        }
    }
}

pub(super) fn check(tree: &dyn Tree, folders: &[Folder], findings: &mut FindingList) -> Outcome<()> {
    let one = |folder: &Folder| -> Outcome<(Vec<Finding>, Vec<Metadata>)> {
        let (mut found, mut read) = (Vec::new(), Vec::new());
        for name in folder.metadata() {
            let path = format!("{DATA}{}/{name}", folder.path);
            match parse(tree, &path)? {
                Ok(mut metadata) => {
                    found.extend(agrees(tree, folder, &path, &metadata)?);
                    metadata.filed = !filed_before(tree, folder)?;
                    read.push(metadata);
                }
                Err(finding) => found.push(finding),
            }
        }
        Ok((found, read))
    };
    let checked = folders.par_iter().map(one).collect::<Outcome<Vec<_>>>()?;
    let mut serials: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (folder, (found, read)) in folders.iter().zip(checked) {
        findings.extend(found);
        let class = folder.path.rsplit_once('/').map_or("", |(class, _)| class);
        let original = read.iter().filter(|metadata| metadata.filed && metadata.kind.trim() == "原始型");
        serials.entry(class).or_default().extend(original.filter_map(|metadata| metadata.serial));
    }
    gaps(&serials, findings);
    Ok(())
}

/// Whether a record's events say that it has its number from an earlier batch. Its metadata may be 原始型 all the same: where a part was
/// erased, it does not hold what was handed over before.
fn filed_before(tree: &dyn Tree, folder: &Folder) -> Outcome<bool> {
    let path = format!("{DATA}{}/{EVENTS}", folder.path);
    let Some(file) = tree.find(&path).filter(|file| file.size <= xml::SIZE) else { return Ok(false) };
    let lines = tree.read(&path, file.size)?;
    let filed = br#""kind":"item.filed""#;
    Ok(!lines.windows(filed.len()).any(|some| some == filed))
}

fn parse(tree: &dyn Tree, path: &str) -> Outcome<Result<Metadata, Finding>> {
    let size = tree.find(path).map_or(0, |file| file.size);
    if size > xml::SIZE {
        return Ok(Err(Finding::error("package.xml_size").path(path).expected(xml::SIZE).found(size)));
    }
    Ok(Metadata::parse(&tree.read(path, size)?, path))
}

fn agrees(tree: &dyn Tree, folder: &Folder, path: &str, metadata: &Metadata) -> Outcome<Vec<Finding>> {
    let mut found = Vec::new();
    if metadata.number != folder.name() {
        let finding = Finding::error("package.metadata_number").path(path);
        found.push(finding.expected(folder.name()).found(&metadata.number));
    }
    for named in &metadata.files {
        let file = format!("{DATA}{}/{}", folder.path, named.name);
        let Some(there) = tree.find(&file) else {
            found.push(Finding::error("package.content_absent").path(path).found(&named.name));
            continue;
        };
        if named.size.trim() != there.size.to_string() {
            let finding = Finding::error("package.content_size").path(&file);
            found.push(finding.expected(&named.size).found(there.size));
        }
        if named.keyword.trim() == "sha256-base64Binary" {
            let ours = STANDARD.encode(sha256(tree, &file)?);
            if named.data.trim() != ours {
                let finding = Finding::error("package.content_digest").path(&file);
                found.push(finding.expected(named.data.trim()).found(ours));
            }
        }
    }
    Ok(found)
}

/// Numbers that were given in this batch follow each other.
fn gaps(serials: &BTreeMap<&str, Vec<u64>>, findings: &mut FindingList) {
    for (class, numbers) in serials {
        let mut numbers = numbers.clone();
        numbers.sort_unstable();
        for pair in numbers.windows(2) {
            let [one, next] = pair else { continue };
            if *next != one + 1 {
                let finding = Finding::error("package.serial_gap").path(class);
                findings.push(finding.expected(one + 1).found(next));
            }
        }
    }
}
