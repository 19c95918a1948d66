//! Making the tag files of a package around a payload.

use sha2::{Digest as _, Sha512};

use super::algorithm::Algorithm;
use super::declaration::{DECLARATION, OUR_DECLARATION};
use super::hash::digest_all;
use super::info::{self, INFO};
use super::manifest::line;
use super::profile::{MANIFESTS, TAG_MANIFEST};
use crate::bundle::package::finding::refuse;
use crate::bundle::package::limits::MAX_TAG_FILE_BYTES;
use crate::bundle::package::names::{PackagePath, PathSet};
use crate::bundle::package::tree::{Plain, Tree};
use crate::fault::Outcome;

/// A bag's tag files, and what names the bag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// `bagit.txt`, `bag-info.txt`, the payload manifests and the tag manifest. Together with the payload (see
    /// [`Layered`](crate::bundle::package::Layered)) they are the bag; signatures may be laid beside them.
    pub tags: Plain,
    /// SHA-512 of `tagmanifest-sha512.txt`: it fixes every byte of the bag but those of files that it does not list.
    pub tag_manifest_sha512: [u8; 64],
    /// SHA-512 of `manifest-sha512.txt`.
    pub manifest_sha512: [u8; 64],
    /// Payload files.
    pub files: usize,
    /// Their bytes.
    pub octets: u64,
}

/// Makes the tag files around `payload`, whose paths all begin with `data/`. `info` becomes `bag-info.txt`, in its
/// order, with Payload-Oxum behind it.
pub fn seal(payload: &dyn Tree, info: &[(String, String)]) -> Outcome<Sealed> {
    check_payload(payload)?;
    let files = payload.files();
    let octets = files.iter().map(|file| file.size).sum();
    let wanted: Vec<_> = files.iter().map(|file| (file.path.as_str(), MANIFESTS.to_vec())).collect();
    let digests = digest_all(payload, &wanted)?;
    let mut tags = vec![
        (INFO.to_owned(), info::text(info, octets, files.len())?.into_bytes()),
        (DECLARATION.to_owned(), OUR_DECLARATION.as_bytes().to_vec()),
    ];
    for algorithm in MANIFESTS {
        let lines =
            files.iter().zip(&digests).map(|(file, digests)| line(&digests.hex(algorithm), &file.path));
        tags.push((manifest_name(algorithm), lines.collect::<String>().into_bytes()));
    }
    tags.sort();
    for (name, bytes) in &tags {
        if bytes.len() as u64 > MAX_TAG_FILE_BYTES {
            let expected = format!("≤ {MAX_TAG_FILE_BYTES}");
            return Err(refuse("package.limit_tag_file", name.as_bytes(), expected, bytes.len()));
        }
    }
    let listed: String =
        tags.iter().map(|(name, bytes)| line(&hex::encode(Sha512::digest(bytes)), name)).collect();
    let sha512 = manifest_name(Algorithm::Sha512);
    let manifest = tags.iter().find(|(name, _)| *name == sha512).map(|(_, bytes)| bytes.as_slice());
    let manifest_sha512 = Sha512::digest(manifest.unwrap_or_default()).into();
    let tag_manifest_sha512 = Sha512::digest(&listed).into();
    tags.push((TAG_MANIFEST.to_owned(), listed.into_bytes()));
    Ok(Sealed { tags: Plain::new(tags), tag_manifest_sha512, manifest_sha512, files: files.len(), octets })
}

fn check_payload(payload: &dyn Tree) -> Outcome<()> {
    let mut seen = PathSet::default();
    for file in payload.files() {
        let path = PackagePath::new(&file.path)?;
        if !path.is_payload() {
            return Err(refuse("package.bag_payload", file.path.as_bytes(), "data/…", &file.path));
        }
        seen.file(&file.path).map_err(|(code, other)| refuse(code, file.path.as_bytes(), "", other))?;
    }
    if payload.files().is_empty() {
        return Err(refuse("package.empty", b"data/", "a file", "none"));
    }
    Ok(())
}

/// `manifest-<algorithm>.txt`.
pub(super) fn manifest_name(algorithm: Algorithm) -> String {
    format!("manifest-{}.txt", algorithm.name())
}
