//! `bagit.txt`: which version of the rules, and in which encoding the other tag files are.

use serde::Serialize;

use super::text::{Charset, lines};
use crate::bundle::package::finding::Finding;

/// Name of the declaration.
pub(super) const DECLARATION: &str = "bagit.txt";
/// The declaration of a package.
pub(super) const OUR_DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A version of BagIt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Version {
    /// Before the point.
    pub major: u16,
    /// Behind it.
    pub minor: u16,
}

impl Version {
    /// RFC 8493.
    pub const ONE: Self = Self { major: 1, minor: 0 };
    /// The drafts that bags were made by.
    const DRAFTS: [u16; 5] = [93, 94, 95, 96, 97];

    fn parse(text: &str) -> Option<Self> {
        let number =
            |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?;
        let (major, minor) = text.split_once('.')?;
        Some(Self { major: number(major)?, minor: number(minor)? })
    }

    fn is_known(self) -> bool {
        self == Self::ONE || (self.major == 0 && Self::DRAFTS.contains(&self.minor))
    }

    /// True from RFC 8493 on: every manifest lists every file, once.
    pub(super) fn is_strict(self) -> bool {
        self.major >= 1
    }

    /// What `bag-info.txt` was called at the time.
    pub(super) fn info_name(self) -> &'static str {
        if self.major == 0 && self.minor <= 94 { "package-info.txt" } else { "bag-info.txt" }
    }
}

/// What a declaration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) version: Version,
    pub(super) charset: Charset,
}

/// Reads the declaration: exactly two lines, each with one blank behind its colon, in UTF-8 without a mark.
pub(super) fn parse(bytes: &[u8]) -> Result<Declaration, Finding> {
    let wrong = |code, expected: &str, found: &str| {
        Finding::error(code).path(DECLARATION).expected(expected).found(found)
    };
    let text = Charset::Utf8.decode(bytes);
    let text = text.ok_or_else(|| wrong("package.bag_declaration", "UTF-8 without a mark", "other bytes"))?;
    let bad = |found: &str| wrong("package.bag_declaration", OUR_DECLARATION, found);
    let (version, encoding) = match lines(&text).as_slice() {
        [version, encoding] => (*version, *encoding),
        _ => return Err(bad(&text)),
    };
    let value = |line: &'_ str, label: &str| -> Option<String> {
        let value = line.strip_prefix(label)?.strip_prefix(": ")?;
        let plain = !value.is_empty() && !value.contains(char::is_whitespace);
        plain.then(|| value.to_owned())
    };
    let number = value(version, "BagIt-Version").ok_or_else(|| bad(version))?;
    let version = Version::parse(&number).ok_or_else(|| bad(version))?;
    if !version.is_known() {
        return Err(wrong("package.bag_version", "1.0, 0.93–0.97", &number));
    }
    let encoding = value(encoding, "Tag-File-Character-Encoding").ok_or_else(|| bad(encoding))?;
    let charset = Charset::of_name(&encoding);
    let charset = charset.ok_or_else(|| wrong("package.bag_encoding", "UTF-8", &encoding))?;
    Ok(Declaration { version, charset })
}
