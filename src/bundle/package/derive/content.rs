//! Content files: what the office gives besides, each known by a digest that stands in the record's events.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A file in a record's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its name in the folder.
    pub name: String,
    /// What it is: 正文 or 附件.
    pub title: &'static str,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
}

impl Content {
    /// A file that is derived.
    pub(super) fn derived(name: &str, title: &'static str, bytes: &[u8]) -> Self {
        Self { name: name.into(), title, size: bytes.len() as u64, sha256: Sha256::digest(bytes).into() }
    }

    /// A file that the fact `named` of an event names by its digest: a version made for the public is the text itself.
    pub fn given(name: String, named: &str, size: u64, sha256: [u8; 32]) -> Self {
        let title = if matches!(named, "redacted" | "file" | "letter") { "正文" } else { "附件" };
        Self { name, title, size, sha256 }
    }

    /// 格式信息: what its name ends in.
    pub(super) fn format(&self) -> &str {
        self.name.rsplit_once('.').map_or("未载明", |(_, end)| end)
    }

    pub(super) fn base64(&self) -> String {
        STANDARD.encode(self.sha256)
    }
}

/// Content files by 档号.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents(BTreeMap<String, Vec<Content>>);

impl Contents {
    /// Adds a file to a record.
    pub fn add(&mut self, number: &str, content: Content) {
        let list = self.0.entry(number.to_owned()).or_default();
        list.push(content);
        // 正文 comes before 附件; then the names say the order.
        list.sort_by(|a, b| (a.title != "正文", &a.name).cmp(&(b.title != "正文", &b.name)));
    }

    /// The files of a record.
    pub fn of(&self, number: &str) -> &[Content] {
        self.0.get(number).map_or(&[], Vec::as_slice)
    }

    /// Every record that has some, and its files.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Content])> {
        self.0.iter().map(|(number, list)| (number.as_str(), list.as_slice()))
    }
}
