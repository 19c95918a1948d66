//! The fixed files of a bag (RFC 8493) and the text of its manifests, the same for writer and reader.

use super::digest::FileDigests;

/// The declaration, exactly as RFC 8493 §2.1.1 asks for it.
pub(super) const DECLARATION_TEXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// A file of the bag outside `data/`, in the order of the tar; the payload stands after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TagFile {
    Declaration,
    Info,
    Sha512,
    Blake3,
    Tags,
}

impl TagFile {
    pub(super) const ALL: [Self; 5] = [Self::Declaration, Self::Info, Self::Sha512, Self::Blake3, Self::Tags];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Declaration => "bagit.txt",
            Self::Info => "bag-info.txt",
            Self::Sha512 => "manifest-sha512.txt",
            Self::Blake3 => "manifest-blake3.txt",
            Self::Tags => "tagmanifest-sha512.txt",
        }
    }

    /// Place in the order of the tar; the payload has [`PAYLOAD_RANK`].
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::Declaration => 0,
            Self::Info => PAYLOAD_RANK + 1,
            Self::Sha512 => PAYLOAD_RANK + 2,
            Self::Blake3 => PAYLOAD_RANK + 3,
            Self::Tags => PAYLOAD_RANK + 4,
        }
    }
}

/// Place of the payload in the order of the tar.
pub(super) const PAYLOAD_RANK: u8 = 1;

/// What a manifest says of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// Path in the bag, `data/…` or a tag file.
    pub(super) path: String,
    pub(super) digests: FileDigests,
}

/// Which digest a manifest lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha512,
    Blake3,
}

impl Algorithm {
    /// The digest as lower-case hex.
    pub(super) fn hex(self, digests: &FileDigests) -> String {
        match self {
            Self::Sha512 => digests.sha512.to_string(),
            Self::Blake3 => digests.blake3.to_string(),
        }
    }

    /// Hex digits of a digest.
    pub(super) fn digits(self) -> usize {
        match self {
            Self::Sha512 => 128,
            Self::Blake3 => 64,
        }
    }
}

/// The bytes of a manifest: `<hex>  <path>\n` for each file in the order given, as `sha512sum -c` and `b3sum -c`
/// read it.
pub(super) fn manifest(files: &[Listed], algorithm: Algorithm) -> Vec<u8> {
    let mut text = String::new();
    for file in files {
        text.push_str(&algorithm.hex(&file.digests));
        text.push_str("  ");
        text.push_str(&file.path);
        text.push('\n');
    }
    text.into_bytes()
}

/// Payload-Oxum: octets of the payload, a dot, number of files.
pub(super) fn oxum(octets: u64, files: usize) -> String {
    format!("{octets}.{files}")
}
