//! What a package's bag must be beyond RFC 8493, as code and as a BagIt Profile 1.3 for other programs.

use serde_json::{Map, Value, json};

use super::algorithm::Algorithm;
use super::declaration::Version;
use super::info::{OXUM, values};
use crate::bundle::package::finding::{Finding, FindingList};

/// Names the profile; `bag-info.txt` says it.
pub const IDENTIFIER: &str = "urn:zhaoce:bagit-profile:package:1";
/// The payload manifests, all of them complete.
pub const MANIFESTS: [Algorithm; 3] = [Algorithm::Sha512, Algorithm::Sm3, Algorithm::Blake3];
/// The tag manifest: it lists `bagit.txt`, `bag-info.txt` and the payload manifests.
pub const TAG_MANIFEST: &str = "tagmanifest-sha512.txt";
/// Where signatures lie; nothing lists them, and nothing else may lie outside `data/`.
pub const SIGNATURES: &str = "signature/";
/// Labels that `bag-info.txt` has, and whether they may be repeated.
pub const LABELS: [(&str, bool); 7] = [
    ("Source-Organization", true),
    ("Bagging-Date", false),
    ("External-Identifier", false),
    ("Bag-Group-Identifier", false),
    ("Internal-Sender-Identifier", false),
    ("BagIt-Profile-Identifier", false),
    (OXUM, false),
];

/// What the profile looks at in a bag.
pub(super) struct Seen<'b> {
    pub(super) version: Version,
    pub(super) utf8: bool,
    pub(super) info: &'b [(String, String)],
    /// Every file outside `data/`.
    pub(super) tags: Vec<&'b str>,
    /// What [`TAG_MANIFEST`] lists.
    pub(super) listed: Vec<&'b str>,
}

/// The files outside `data/` that there must be.
fn required_tags() -> Vec<String> {
    let manifests = MANIFESTS.map(|algorithm| format!("manifest-{}.txt", algorithm.name()));
    let mut names = vec!["bagit.txt".to_owned(), "bag-info.txt".to_owned()];
    names.extend(manifests);
    names
}

/// The declaration is not that of a package.
pub(super) fn declaration() -> Finding {
    Finding::error("package.profile_declaration").path("bagit.txt").expected("1.0, UTF-8")
}

/// What is wrong with a bag as a package.
pub(super) fn check(seen: &Seen<'_>, findings: &mut FindingList) {
    if seen.version != Version::ONE || !seen.utf8 {
        findings.push(declaration());
    }
    let mut required = required_tags();
    required.push(TAG_MANIFEST.to_owned());
    for name in required.iter().filter(|name| !seen.tags.contains(&name.as_str())) {
        findings.push(Finding::error("package.profile_missing").path(name));
    }
    required.pop();
    // What is missing, or has no list to stand on, is told already.
    let listing = seen.tags.contains(&TAG_MANIFEST);
    for name in required.iter().filter(|name| listing && seen.tags.contains(&name.as_str())) {
        if !seen.listed.contains(&name.as_str()) {
            findings.push(Finding::error("package.profile_unlisted").path(name).expected(TAG_MANIFEST));
        }
    }
    required.push(TAG_MANIFEST.to_owned());
    for name in &seen.tags {
        let allowed = required.iter().any(|known| known == name) || name.starts_with(SIGNATURES);
        // Its own code tells of it already.
        if !allowed && *name != "fetch.txt" {
            findings.push(Finding::error("package.profile_unexpected").path(name));
        }
    }
    for name in seen
        .listed
        .iter()
        .filter(|name| !required.iter().any(|known| known == *name) || **name == TAG_MANIFEST)
    {
        findings.push(
            Finding::error("package.profile_listed").path(name).expected("not listed").found(TAG_MANIFEST),
        );
    }
    labels(seen.info, findings);
}

fn labels(info: &[(String, String)], findings: &mut FindingList) {
    for (label, repeatable) in LABELS {
        let there = values(info, label);
        let filled = there.iter().filter(|value| !value.is_empty()).count();
        if filled == 0 || (filled > 1 && !repeatable) {
            let expected = if repeatable { "≥ 1" } else { "1" };
            findings.push(
                Finding::error("package.profile_label")
                    .path("bag-info.txt")
                    .expected(format!("{label}: {expected}"))
                    .found(filled),
            );
        }
    }
    for other in values(info, "BagIt-Profile-Identifier").into_iter().filter(|value| *value != IDENTIFIER) {
        let finding = Finding::error("package.profile_identifier").path("bag-info.txt");
        findings.push(finding.expected(IDENTIFIER).found(other));
    }
}

/// The profile as `schemas/bagit-profile.json` has it.
pub fn json() -> Value {
    let labels = LABELS.iter().map(|(label, repeatable)| {
        let mut rule = json!({ "required": true, "repeatable": repeatable });
        if *label == "BagIt-Profile-Identifier" {
            rule["values"] = json!([IDENTIFIER]);
        }
        ((*label).to_owned(), rule)
    });
    let manifests = MANIFESTS.map(Algorithm::name);
    json!({
        "BagIt-Profile-Info": {
            "BagIt-Profile-Identifier": IDENTIFIER,
            "BagIt-Profile-Version": "1.3.0",
            "Contact-Name": "zhaoce",
            "External-Description": "昭册移交包 · a package of disclosure decisions handed to an archive",
            "Source-Organization": "zhaoce",
            "Version": "1",
        },
        "Bag-Info": labels.collect::<Map<_, _>>(),
        "Manifests-Required": manifests,
        "Manifests-Allowed": manifests,
        "Tag-Manifests-Required": ["sha512"],
        "Tag-Manifests-Allowed": ["sha512"],
        "Tag-Files-Required": [],
        "Tag-Files-Allowed": [format!("{SIGNATURES}*")],
        "Allow-Fetch.txt": false,
        "Serialization": "optional",
        "Accept-Serialization": ["application/zip", "application/zstd"],
        "Accept-BagIt-Version": ["1.0"],
    })
}
