//! The limits of a package. Writer and reader keep the same ones, so nothing is written that would be refused.

/// Most files of a package, tag files included.
pub const MAX_FILES: usize = 200_000;
/// Most bytes of all files together: 64 GiB.
pub const MAX_BYTES: u64 = 64 << 30;
/// Most bytes of one file: what eleven octal digits of a tar header can say, 8 GiB − 1.
pub const MAX_FILE_BYTES: u64 = 0o77_777_777_777;
/// Most bytes of one file outside `data/`: 64 MiB.
pub const MAX_TAG_FILE_BYTES: u64 = 64 << 20;
/// Most bytes of content from one byte as it came, once [`RATIO_FREE_BYTES`] are passed.
pub const MAX_RATIO: u64 = 250;
/// So many bytes of content are taken whatever their ratio: 32 MiB.
pub const RATIO_FREE_BYTES: u64 = 32 << 20;
/// Most bytes of a path below the package's top directory.
pub const MAX_PATH_BYTES: usize = 400;
/// Most bytes of one part of a path: what every common file system takes, with room for an ending.
pub const MAX_PART_BYTES: usize = 240;
/// Most parts of a path.
pub const MAX_DEPTH: usize = 16;
/// Most files of a ZIP that is no ZIP64.
pub const MAX_ZIP_FILES: usize = 65_534;
/// Most bytes of a ZIP that is no ZIP64.
pub const MAX_ZIP_BYTES: u64 = 0xffff_fffe;
/// Most bytes of a ZIP's central directory, which is held in memory: 64 MiB.
pub const MAX_ZIP_DIRECTORY_BYTES: u64 = 64 << 20;
/// Most bytes of a pax header: a path and a few numbers.
pub const MAX_PAX_BYTES: u64 = 16 << 10;
/// Most bytes of zeros behind the last file of a tar; programs fill up to a record.
pub const MAX_TAR_TAIL_BYTES: u64 = 1 << 20;
/// Most lines of `bag-info.txt`.
pub const MAX_INFO_LINES: usize = 1_000;
/// Most bytes of a value in `bag-info.txt`.
pub const MAX_INFO_VALUE_BYTES: usize = 1_000;
/// So many findings are kept in full; the rest are counted.
pub const MAX_FINDINGS: usize = 1_000;

/// The limits a reader can be given other values for. The rest are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most files; see [`MAX_FILES`].
    pub files: usize,
    /// Most bytes of all files; see [`MAX_BYTES`].
    pub bytes: u64,
    /// Most bytes of one file; see [`MAX_FILE_BYTES`].
    pub file_bytes: u64,
    /// Most bytes of one file outside `data/`; see [`MAX_TAG_FILE_BYTES`].
    pub tag_file_bytes: u64,
    /// Most bytes of content for one byte as it came; see [`MAX_RATIO`].
    pub ratio: u64,
    /// Bytes of content taken whatever their ratio; see [`RATIO_FREE_BYTES`].
    pub ratio_free_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            files: MAX_FILES,
            bytes: MAX_BYTES,
            file_bytes: MAX_FILE_BYTES,
            tag_file_bytes: MAX_TAG_FILE_BYTES,
            ratio: MAX_RATIO,
            ratio_free_bytes: RATIO_FREE_BYTES,
        }
    }
}
