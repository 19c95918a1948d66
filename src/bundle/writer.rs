//! Writing a bag, file by file, without holding any of them.

use std::io::{self, Read, Write};
use std::path::Path;

use super::bag::{Algorithm, DECLARATION_TEXT, Listed, TagFile, manifest, oxum};
use super::digest::{FileDigests, FileHasher, Sha512Digest};
use super::frames::FrameWriter;
use super::info;
use super::limits::{MAX_ENTRIES, MAX_FILE_BYTES, MAX_NAME_BYTES, MAX_TAG_FILE_BYTES, MAX_TAR_BYTES};
use super::names::{BagName, NamesSeen, PayloadPath};
use super::sink::{DirSink, Sink, TarSink};
use super::tar::{BLOCK, MAX_OCTAL, padding};
use crate::fault::{Fault, Outcome};

const COPY_BYTES: usize = 256 << 10;

/// What a bag says of itself, all of it from the caller: there is no clock here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BagHead {
    /// Top directory of the tar.
    pub name: BagName,
    /// Time of every file in the tar, Unix seconds, ≤ 0o77777777777.
    pub mtime_unix: u64,
    /// `YYYY-MM-DD`, the first line of bag-info.txt.
    pub bagging_date: String,
    /// Further lines of bag-info.txt, in this order; neither Bagging-Date nor Payload-Oxum.
    pub info: Vec<(String, String)>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BagSummary {
    /// Payload files.
    pub files: usize,
    /// Bytes of payload.
    pub octets: u64,
    /// Bytes of the tar (also when a directory was written: what its tar would have).
    pub tar_bytes: u64,
    /// SHA-512 of tagmanifest-sha512.txt: it fixes every byte of every other file of the bag.
    pub tagmanifest_sha512: Sha512Digest,
}

/// Writes bagit.txt, then the payload as it is given, then the other tag files.
///
/// The tar bytes depend on the head and the payload alone. A refused path or size leaves the writer as it was; after
/// any other error it takes nothing more, and what it has written is no bag and is to be thrown away.
///
/// ```
/// use zhaoce::bundle::{BagHead, BagName, BagReader, BagWriter, DEFAULT_LEVEL, PayloadPath, SkipPayload};
/// # fn main() -> Result<(), zhaoce::fault::Fault> {
/// let head = BagHead {
///     name: BagName::new("linyi-xxgk-2026")?,
///     mtime_unix: 1_795_312_000,
///     bagging_date: "2026-11-22".into(),
///     info: vec![("Source-Organization".into(), "临沂市某局".into())],
/// };
/// let mut bag = BagWriter::zstd(Vec::new(), DEFAULT_LEVEL, &head)?;
/// bag.payload(&PayloadPath::new("events.jsonl")?, b"{}\n")?;
/// let (bytes, summary) = bag.finish()?;
///
/// let report = BagReader::zstd(bytes.as_slice())?.read(&mut SkipPayload)?;
/// assert!(report.is_valid());
/// assert_eq!(report.tagmanifest_sha512, Some(summary.tagmanifest_sha512));
/// # Ok(())
/// # }
/// ```
pub struct BagWriter<S> {
    sink: S,
    bag: String,
    date: String,
    info: Vec<(String, String)>,
    files: Vec<Listed>,
    tags: Vec<Listed>,
    names: NamesSeen,
    octets: u64,
    tar_bytes: u64,
    failed: bool,
}

impl<W: Write> BagWriter<TarSink<FrameWriter<W>>> {
    /// A canonical tar in zstd frames of `level`, written to `out`.
    pub fn zstd(out: W, level: i32, head: &BagHead) -> Outcome<Self> {
        let frames = FrameWriter::new(out, level).map_err(|error| machine("zstd", error))?;
        Self::begin(TarSink::new(frames, head.name.as_str(), head.mtime_unix), head)
    }

    /// Writes the last tag files and the end; gives `out` back.
    pub fn finish(self) -> Outcome<(W, BagSummary)> {
        let (frames, summary) = self.close()?;
        let (out, _) = frames.finish().map_err(|error| machine("zstd", error))?;
        Ok((out, summary))
    }
}

/// A writer of the tar without compression; [`BagWriter::tar`].
impl<W: Write> BagWriter<TarSink<W>> {
    /// The same tar without compression, written to `out`; end it with [`Self::finish_tar`].
    pub fn tar(out: W, head: &BagHead) -> Outcome<Self> {
        Self::begin(TarSink::new(out, head.name.as_str(), head.mtime_unix), head)
    }

    /// Writes the last tag files and the end of the tar; gives `out` back.
    pub fn finish_tar(self) -> Outcome<(W, BagSummary)> {
        self.close()
    }
}

impl BagWriter<DirSink> {
    /// The same bag as plain files in `parent/<bag name>`, which must not exist.
    pub fn directory(parent: &Path, head: &BagHead) -> Outcome<Self> {
        let name = head.name.as_str();
        let sink = DirSink::new(parent, name).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Fault::refused("bundle.exists").with("path", parent.join(name).display())
            }
            _ => machine(&parent.join(name).display().to_string(), error),
        })?;
        Self::begin(sink, head)
    }

    /// Writes the last tag files; gives the bag's directory.
    pub fn finish_directory(self) -> Outcome<(std::path::PathBuf, BagSummary)> {
        self.close()
    }
}

impl<S: Sink> BagWriter<S> {
    /// Begins a bag that goes to `sink`.
    pub(super) fn begin(sink: S, head: &BagHead) -> Outcome<Self> {
        if head.mtime_unix > MAX_OCTAL {
            return Err(Fault::usage("bundle.mtime").with("found", head.mtime_unix));
        }
        // Asked now, so that a bad line is refused before anything is written.
        info::render(&head.bagging_date, &head.info, "0.0")?;
        let mut writer = Self {
            sink,
            bag: head.name.as_str().to_owned(),
            date: head.bagging_date.clone(),
            info: head.info.clone(),
            files: Vec::new(),
            tags: Vec::new(),
            names: NamesSeen::default(),
            octets: 0,
            tar_bytes: 2 * BLOCK as u64,
            failed: false,
        };
        writer.tag(TagFile::Declaration, DECLARATION_TEXT.as_bytes())?;
        Ok(writer)
    }

    /// Adds a payload file from bytes at hand.
    pub fn payload(&mut self, path: &PayloadPath, bytes: &[u8]) -> Outcome<FileDigests> {
        self.payload_stream(path, bytes.len() as u64, &mut &*bytes)
    }

    /// Adds a payload file of exactly `len` bytes, read from `from` to its end.
    pub fn payload_stream(
        &mut self,
        path: &PayloadPath,
        len: u64,
        from: &mut dyn Read,
    ) -> Outcome<FileDigests> {
        let path = path.in_bag();
        if self.files.len() + TagFile::ALL.len() >= MAX_ENTRIES {
            return Err(Fault::usage("bundle.limit_entries").with("expected", MAX_ENTRIES));
        }
        let digests = self.file(&path, len, from)?;
        self.octets += len;
        self.files.push(Listed { path, digests });
        Ok(digests)
    }

    /// Ends it.
    pub(super) fn close(mut self) -> Outcome<(S::Done, BagSummary)> {
        if self.files.is_empty() {
            return Err(Fault::usage("bundle.bag_no_payload"));
        }
        let oxum = oxum(self.octets, self.files.len());
        let info = info::render(&self.date, &self.info, &oxum)?;
        self.tag(TagFile::Info, &info)?;
        self.tag(TagFile::Sha512, &manifest(&self.files, Algorithm::Sha512))?;
        self.tag(TagFile::Blake3, &manifest(&self.files, Algorithm::Blake3))?;
        let tags = self.tag(TagFile::Tags, &manifest(&self.tags, Algorithm::Sha512))?;
        let summary = BagSummary {
            files: self.files.len(),
            octets: self.octets,
            tar_bytes: self.tar_bytes,
            tagmanifest_sha512: tags.sha512,
        };
        let done = self.sink.finish().map_err(|error| machine(&self.bag, error))?;
        Ok((done, summary))
    }

    fn tag(&mut self, tag: TagFile, bytes: &[u8]) -> Outcome<FileDigests> {
        if bytes.len() as u64 > MAX_TAG_FILE_BYTES {
            let fault = Fault::usage("bundle.limit_tag_file").with("path", tag.name());
            return Err(fault.with("expected", MAX_TAG_FILE_BYTES).with("found", bytes.len()));
        }
        let digests = self.file(tag.name(), bytes.len() as u64, &mut &*bytes)?;
        self.tags.push(Listed { path: tag.name().to_owned(), digests });
        Ok(digests)
    }

    fn file(&mut self, path: &str, len: u64, from: &mut dyn Read) -> Outcome<FileDigests> {
        if self.failed {
            return Err(Fault::usage("bundle.writer_failed"));
        }
        self.admit(path, len)?;
        let copied = self.copy(path, len, from);
        self.failed = copied.is_err();
        copied
    }

    /// Refuses a file before anything of it is written; the writer stays usable.
    fn admit(&mut self, path: &str, len: u64) -> Outcome<()> {
        if self.bag.len() + 1 + path.len() > MAX_NAME_BYTES {
            return Err(Fault::usage("bundle.path_too_long").with("path", path));
        }
        let tar_bytes = (self.tar_bytes + BLOCK as u64).saturating_add(len) + padding(len) as u64;
        if len > MAX_FILE_BYTES || tar_bytes > MAX_TAR_BYTES {
            let code = if len > MAX_FILE_BYTES { "bundle.limit_file" } else { "bundle.limit_tar" };
            let most = if len > MAX_FILE_BYTES { MAX_FILE_BYTES } else { MAX_TAR_BYTES };
            return Err(Fault::usage(code).with("path", path).with("expected", most).with("found", len));
        }
        self.names
            .take(path)
            .map_err(|(code, other)| Fault::usage(code).with("path", path).with("expected", other))?;
        self.tar_bytes = tar_bytes;
        Ok(())
    }

    fn copy(&mut self, path: &str, len: u64, from: &mut dyn Read) -> Outcome<FileDigests> {
        let failed = |error| machine(path, error);
        let mut hasher = FileHasher::new();
        let mut room = vec![0; COPY_BYTES.min(usize::try_from(len).unwrap_or(COPY_BYTES)).max(1)];
        let mut copied = 0_u64;
        self.sink.begin(path, len).map_err(failed)?;
        loop {
            let got = super::source::read_some(from, &mut room).map_err(failed)?;
            copied += got as u64;
            if copied > len || (got == 0 && copied < len) {
                let fault = Fault::usage("bundle.size_changed").with("path", path);
                return Err(fault.with("expected", len).with("found", copied));
            }
            if got == 0 {
                break;
            }
            let bytes = room.get(..got).unwrap_or_default();
            hasher.update(bytes).map_err(failed)?;
            self.sink.bytes(bytes).map_err(failed)?;
        }
        self.sink.end().map_err(failed)?;
        hasher.finish().map_err(failed)
    }
}

fn machine(path: &str, error: io::Error) -> Fault {
    Fault::machine("io.failed").with("path", path).with("found", error)
}
