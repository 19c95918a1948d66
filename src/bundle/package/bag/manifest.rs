//! Manifests: `<digest>  <path>` in every line.

use super::algorithm::Algorithm;
use super::declaration::Version;
use super::text::lines;
use crate::bundle::package::finding::{Finding, Severity};

/// A manifest's file name taken apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) file: String,
    /// As the file name has it.
    pub(super) algorithm: String,
    /// True for a tag manifest.
    pub(super) tag: bool,
}

impl Name {
    /// The manifest that a file outside `data/` is, if it is one.
    pub(super) fn of(file: &str) -> Option<Self> {
        let stem = file.strip_suffix(".txt")?;
        let (tag, rest) = match stem.strip_prefix("tag") {
            Some(rest) => (true, rest),
            None => (false, stem),
        };
        let algorithm =
            rest.strip_prefix("manifest-").filter(|name| !name.is_empty() && !name.contains('/'))?;
        Some(Self { file: file.to_owned(), algorithm: algorithm.to_owned(), tag })
    }

    /// The digest, when it is known here. Old tools wrote `sha-512` and `SHA512` too.
    pub(super) fn known(&self) -> Option<Algorithm> {
        let plain: String = self.algorithm.chars().filter(char::is_ascii_alphanumeric).collect();
        Algorithm::of_name(&plain.to_ascii_lowercase())
    }
}

/// A line of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// In lower case.
    pub(super) digest: String,
    /// Percent-encoding undone.
    pub(super) path: String,
}

/// The line of a file as a writer of version 1.0 writes it.
pub(super) fn line(digest: &str, path: &str) -> String {
    format!("{digest}  {}\n", encode(path))
}

/// Line breaks and percent signs cannot stand in a line.
fn encode(path: &str) -> String {
    path.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Undoes [`encode`]; in the drafts a percent sign stood for itself.
fn decode(path: &str, version: Version) -> String {
    let mut text = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, behind) = rest.split_at(at);
        text.push_str(before);
        let code = behind.get(..3).unwrap_or_default().to_ascii_uppercase();
        let plain = match code.as_str() {
            "%0D" => Some('\r'),
            "%0A" => Some('\n'),
            "%25" if version.is_strict() => Some('%'),
            _ => None,
        };
        text.push(plain.unwrap_or('%'));
        rest = behind.get(if plain.is_some() { 3 } else { 1 }..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// Reads a manifest's lines; what is wrong with them goes to `findings`.
pub(super) fn parse(text: &str, name: &Name, version: Version, findings: &mut Vec<Finding>) -> Vec<Listed> {
    let digits = name.known().map(Algorithm::digits);
    let mut listed = Vec::new();
    for (nth, line) in lines(text).into_iter().enumerate() {
        let tell = |code, severity, expected: &str| {
            Finding::new(code, severity)
                .path(&name.file)
                .expected(expected)
                .found(format!("{}: {line}", nth + 1))
        };
        let Some((digest, rest)) = line.split_once([' ', '\t']) else {
            findings.push(tell("package.manifest_syntax", Severity::Error, "<digest>  <path>"));
            continue;
        };
        let hex = !digest.is_empty() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex || digits.is_some_and(|digits| digits != digest.len()) {
            let expected = format!("{} hex digits", digits.unwrap_or(digest.len()));
            findings.push(tell("package.manifest_syntax", Severity::Error, &expected));
            continue;
        }
        let (path, odd) = place(rest);
        if odd {
            findings.push(tell("package.manifest_form", Severity::Warning, "<digest>  <path>"));
        }
        if path.is_empty() {
            findings.push(tell("package.manifest_syntax", Severity::Error, "<digest>  <path>"));
            continue;
        }
        listed.push(Listed { digest: digest.to_ascii_lowercase(), path: decode(path, version) });
    }
    listed
}

/// The path behind the first blank, and whether it stands there as only other tools write it: `*` for binary, `./`.
fn place(rest: &str) -> (&str, bool) {
    let plain = rest.trim_start_matches([' ', '\t']);
    let bare = plain.strip_prefix('*').unwrap_or(plain);
    let bare = bare.strip_prefix("./").unwrap_or(bare);
    (bare, bare.len() != plain.len())
}
