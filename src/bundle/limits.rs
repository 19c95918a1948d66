//! The container's limits. Writer and reader keep the same ones, so nothing is written that would be refused.

/// Most bytes of tar a reader takes: 256 GiB.
pub const MAX_TAR_BYTES: u64 = 1 << 38;
/// Most files in a bag, the five tag files included.
pub const MAX_ENTRIES: usize = 10_000;
/// Most bytes of one file: what eleven octal digits of a ustar header can say, 8 GiB − 1.
pub const MAX_FILE_BYTES: u64 = 0o77_777_777_777;
/// Most bytes of one tag file (bagit.txt, bag-info.txt, manifests): 4 MiB.
pub const MAX_TAG_FILE_BYTES: u64 = 4 << 20;
/// Most bytes of a name in the tar, bag name included; one byte of the field stays NUL.
pub const MAX_NAME_BYTES: usize = 99;
/// Largest zstd window a reader allocates: 128 MiB.
pub const MAX_WINDOW_BYTES: u64 = 1 << MAX_WINDOW_LOG;
/// The same as a power of two, as the decoder wants it.
pub const MAX_WINDOW_LOG: u32 = 27;
/// Most bytes of tar from one byte of zstd, once [`RATIO_FREE_BYTES`] are passed. Events carry digests, salts and
/// signatures and shrink less than twentyfold; what shrinks 250-fold is no bundle.
pub const MAX_RATIO: u64 = 250;
/// So many bytes of tar are taken whatever their ratio: 32 MiB.
pub const RATIO_FREE_BYTES: u64 = 32 << 20;
/// So many findings are kept in full; the rest are counted.
pub const MAX_FINDINGS: usize = 1_000;
/// Most bytes of one bag-info value.
pub const MAX_INFO_VALUE_BYTES: usize = 1_000;
/// Most bag-info lines, Bagging-Date and Payload-Oxum included.
pub const MAX_INFO_LINES: usize = 1_000;

/// The limits a reader can be given other values for. The rest are fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of tar; see [`MAX_TAR_BYTES`].
    pub tar_bytes: u64,
    /// Most files; see [`MAX_ENTRIES`].
    pub entries: usize,
    /// Most bytes of tar for one byte of zstd; see [`MAX_RATIO`].
    pub ratio: u64,
    /// Bytes of tar taken whatever their ratio; see [`RATIO_FREE_BYTES`].
    pub ratio_free_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tar_bytes: MAX_TAR_BYTES,
            entries: MAX_ENTRIES,
            ratio: MAX_RATIO,
            ratio_free_bytes: RATIO_FREE_BYTES,
        }
    }
}
