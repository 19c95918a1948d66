//! What a reader found wrong with a package, and how foreign text is shown.

use std::collections::BTreeMap;

use serde::Serialize;

use super::limits::MAX_FINDINGS;
use super::names::is_bidi;
use crate::fault::{Fault, Lang, fill, message};

/// Longest piece of foreign text that a finding repeats, in characters.
const SHOWN: usize = 120;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The package does not pass.
    Error,
    /// It passes; somebody should know.
    Warning,
    /// Something could not be checked; it is never counted as passed.
    NotChecked,
}

/// One thing to tell of a package. Foreign text stands in it cut, with its control characters escaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code, a key of the message table, `package.…`.
    pub code: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// File of the package, below its top directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl Finding {
    /// The package does not pass.
    pub fn error(code: &'static str) -> Self {
        Self::new(code, Severity::Error)
    }

    /// It passes; somebody should know.
    pub fn warning(code: &'static str) -> Self {
        Self::new(code, Severity::Warning)
    }

    /// Something could not be checked.
    pub fn not_checked(code: &'static str) -> Self {
        Self::new(code, Severity::NotChecked)
    }

    /// A finding of this severity, without details.
    pub fn new(code: &'static str, severity: Severity) -> Self {
        Self { code, severity, path: None, expected: String::new(), found: String::new() }
    }

    /// The file it is about.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = Some(shown(path.as_bytes()));
        self
    }

    /// What should stand there.
    #[must_use]
    pub fn expected(mut self, expected: impl ToString) -> Self {
        self.expected = shown(expected.to_string().as_bytes());
        self
    }

    /// What stands there.
    #[must_use]
    pub fn found(mut self, found: impl ToString) -> Self {
        self.found = shown(found.to_string().as_bytes());
        self
    }

    /// The sentence in `lang`, its placeholders filled.
    pub fn text(&self, lang: Lang) -> String {
        let Some(message) = message(self.code) else {
            return self.code.to_owned();
        };
        let args = BTreeMap::from([
            ("path", self.path.clone().unwrap_or_else(|| "?".to_owned())),
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

impl From<Finding> for Fault {
    fn from(finding: Finding) -> Self {
        let path = finding.path.unwrap_or_else(|| "?".to_owned());
        Self::refused(finding.code)
            .with("path", path)
            .with("expected", finding.expected)
            .with("found", finding.found)
    }
}

/// All findings of one check: the first [`MAX_FINDINGS`] in full, the rest as a number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FindingList {
    list: Vec<Finding>,
    more: u64,
    errors: u64,
}

impl FindingList {
    /// One more.
    pub fn push(&mut self, finding: Finding) {
        if finding.severity == Severity::Error {
            self.errors = self.errors.saturating_add(1);
        }
        if self.list.len() < MAX_FINDINGS {
            self.list.push(finding);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// All of another list.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.push(finding));
    }

    /// The findings that were kept, in the order they were met.
    pub fn list(&self) -> &[Finding] {
        &self.list
    }

    /// How many were met beyond those kept.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// How many of all are errors.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    /// True when a kept finding has this code.
    pub fn has(&self, code: &str) -> bool {
        self.list.iter().any(|finding| finding.code == code)
    }
}

/// A refusal with its three values; `path` is foreign text.
pub(super) fn refuse(
    code: &'static str,
    path: &[u8],
    expected: impl ToString,
    found: impl ToString,
) -> Fault {
    Fault::refused(code)
        .with("path", shown(path))
        .with("expected", expected.to_string())
        .with("found", shown(found.to_string().as_bytes()))
}

/// Foreign text made safe to show: what cannot be seen is escaped, what is long is cut.
pub(super) fn shown(bytes: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return cut(bytes.escape_ascii().map(char::from));
    };
    let hidden = |c: char| c.is_control() || is_bidi(c) || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}');
    let mut plain = String::with_capacity(text.len().min(SHOWN * 8));
    for c in text.chars().take(SHOWN + 1) {
        if hidden(c) {
            plain.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            plain.push(c);
        }
    }
    cut(plain.chars())
}

fn cut(mut text: impl Iterator<Item = char>) -> String {
    let mut head: String = text.by_ref().take(SHOWN).collect();
    if text.next().is_some() {
        head.push('…');
    }
    head
}
