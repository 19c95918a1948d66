//! What a reader found wrong with a container.

use std::collections::BTreeMap;

use serde::Serialize;

use super::limits::MAX_FINDINGS;
use crate::fault::{Lang, fill, message};

/// Longest piece of foreign bytes that a finding repeats.
const SHOWN_BYTES: usize = 80;

/// One thing wrong with a container. Foreign bytes stand in it escaped and cut, never raw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BagFinding {
    /// Stable code, a key of the message table, `bundle.…`.
    pub code: &'static str,
    /// File in the bag (`data/…`, `bagit.txt`), or the escaped name as it stands in the tar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Byte offset: in the compressed file for codes `bundle.zst_…`, in the tar for all others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl BagFinding {
    /// A finding without details.
    pub(super) fn new(code: &'static str) -> Self {
        Self { code, path: None, offset: None, expected: String::new(), found: String::new() }
    }

    pub(super) fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    pub(super) fn at(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    pub(super) fn expected(mut self, expected: impl ToString) -> Self {
        self.expected = expected.to_string();
        self
    }

    pub(super) fn found(mut self, found: impl ToString) -> Self {
        self.found = found.to_string();
        self
    }

    /// The sentence in `lang`, its placeholders filled.
    pub fn text(&self, lang: Lang) -> String {
        let Some(message) = message(self.code) else {
            return self.code.to_owned();
        };
        let offset = self.offset.map_or_else(|| "?".to_owned(), |offset| offset.to_string());
        let args = BTreeMap::from([
            ("path", self.path.clone().unwrap_or_else(|| "?".to_owned())),
            ("offset", offset),
            ("expected", self.expected.clone()),
            ("found", self.found.clone()),
        ]);
        let sentence = match lang {
            Lang::Zh => &message.zh,
            Lang::En => &message.en,
        };
        fill(sentence, &args)
    }
}

/// All findings of one reading: the first [`MAX_FINDINGS`] in full, the rest as a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    list: Vec<BagFinding>,
    more: u64,
}

impl Findings {
    /// The findings that were kept, in the order they were met.
    pub fn list(&self) -> &[BagFinding] {
        &self.list
    }

    /// How many were met beyond those kept.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// True when nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty() && self.more == 0
    }

    /// True when a kept finding has this code.
    pub fn has(&self, code: &str) -> bool {
        self.list.iter().any(|finding| finding.code == code)
    }

    pub(super) fn push(&mut self, finding: BagFinding) {
        if self.list.len() < MAX_FINDINGS {
            self.list.push(finding);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}

/// Foreign bytes made safe to show: escaped, cut.
pub(super) fn shown(bytes: &[u8]) -> String {
    let head = bytes.get(..SHOWN_BYTES).unwrap_or(bytes);
    let dots = if head.len() < bytes.len() { "…" } else { "" };
    format!("{}{dots}", head.escape_ascii())
}
