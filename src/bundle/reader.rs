//! Reading a bag as a stream, byte for byte against what the writer would have made.

use std::io::{BufRead, Read};

use super::bag::{PAYLOAD_RANK, TagFile};
use super::check::{self, Bag, TagContent};
use super::digest::{FileDigests, FileHasher, Sha512Digest};
use super::finding::{BagFinding, Findings, shown};
use super::frames_read::FrameReader;
use super::limits::{Limits, MAX_TAG_FILE_BYTES};
use super::names::{NamesSeen, check_path};
use super::source::{Content, Source, Stop, TarInput, found};
use super::tar::{self, BLOCK, Header};
use crate::fault::{Fault, Outcome};

/// A payload file as its content begins to stream by.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'p> {
    /// Name of the bag.
    pub bag: &'p str,
    /// Path below `data/`; checked, safe to use.
    pub path: &'p str,
    /// Bytes.
    pub size: u64,
}

/// Sees every payload file once, in the order of the tar.
///
/// The bytes come before their digests could be checked: nothing may be kept of them unless the report at the end
/// is valid. What is left unread is read and checked all the same. An error of `content` is to be answered by
/// returning `Ok`: the report will say what was wrong with the container.
pub trait PayloadVisitor {
    /// One file. An error ends the reading and is handed to the caller.
    fn payload(&mut self, file: &Payload<'_>, content: &mut dyn BufRead) -> Outcome<()>;
}

/// Looks at nothing; the container alone is checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct SkipPayload;

impl PayloadVisitor for SkipPayload {
    fn payload(&mut self, _file: &Payload<'_>, _content: &mut dyn BufRead) -> Outcome<()> {
        Ok(())
    }
}

impl<F> PayloadVisitor for F
where
    F: FnMut(&Payload<'_>, &mut dyn BufRead) -> Outcome<()>,
{
    fn payload(&mut self, file: &Payload<'_>, content: &mut dyn BufRead) -> Outcome<()> {
        self(file, content)
    }
}

/// A payload file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadFile {
    /// Path below `data/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Digests of the bytes that were read.
    pub digests: FileDigests,
}

/// What a reading came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BagReport {
    /// Name of the bag; empty when not even that could be read.
    pub name: String,
    /// Time of the files, Unix seconds, as the first sound header gives it.
    pub mtime_unix: Option<u64>,
    /// Lines of bag-info.txt that could be read, Bagging-Date and Payload-Oxum included.
    pub info: Vec<(String, String)>,
    /// Payload files in the order of the tar.
    pub payload: Vec<PayloadFile>,
    /// Bytes of tar read.
    pub tar_bytes: u64,
    /// zstd frames read; 0 for a plain tar.
    pub frames: u64,
    /// SHA-512 of tagmanifest-sha512.txt as it was read; it fixes every byte of every other file.
    pub tagmanifest_sha512: Option<Sha512Digest>,
    /// Everything that was wrong.
    pub findings: Findings,
    /// False when the reading had to stop before the end, so that manifests could not be checked.
    pub complete: bool,
}

impl BagReport {
    /// True when all of it was read and nothing was wrong.
    pub fn is_valid(&self) -> bool {
        self.complete && self.findings.is_empty()
    }
}

/// Reads what [`super::BagWriter`] writes and refuses everything else.
pub struct BagReader<R> {
    source: Source<R>,
    limits: Limits,
}

impl<R: Read> BagReader<R> {
    /// A tar in zstd frames, with the default limits.
    pub fn zstd(input: R) -> Outcome<Self> {
        Self::zstd_with(input, Limits::default())
    }

    /// A tar in zstd frames, with limits of the caller's.
    pub fn zstd_with(input: R, limits: Limits) -> Outcome<Self> {
        let frames = FrameReader::new(input, limits).map_err(machine)?;
        Ok(Self { source: Source::Frames(frames), limits })
    }

    /// A tar without compression, with the default limits.
    pub fn tar(input: R) -> Self {
        Self::tar_with(input, Limits::default())
    }

    /// A tar without compression, with limits of the caller's.
    pub fn tar_with(input: R, limits: Limits) -> Self {
        Self { source: Source::plain(input), limits }
    }

    /// Reads to the end, or to where nothing more can be read. The error is the machine's or the visitor's own;
    /// everything wrong with the container is in the report.
    pub fn read(self, visitor: &mut dyn PayloadVisitor) -> Outcome<BagReport> {
        let mut reading = Reading {
            input: TarInput::new(self.source),
            limits: self.limits,
            visitor,
            bag: Bag::default(),
            names: NamesSeen::default(),
            findings: Findings::default(),
            entries: 0,
            mtime: None,
            rank: 0,
        };
        let complete = match reading.entries() {
            Ok(()) => true,
            Err(Stop::Found(finding)) => {
                reading.findings.push(*finding);
                false
            }
            Err(Stop::Machine(error)) => return Err(machine(error)),
            Err(Stop::Visitor(fault)) => return Err(fault),
        };
        Ok(reading.report(complete))
    }
}

fn machine(error: std::io::Error) -> Fault {
    Fault::machine("io.failed").with("path", "bundle").with("found", error)
}

/// Where an entry belongs.
enum Place {
    Payload(String),
    Tag(TagFile),
}

struct Reading<'v, R> {
    input: TarInput<R>,
    limits: Limits,
    visitor: &'v mut dyn PayloadVisitor,
    bag: Bag,
    names: NamesSeen,
    findings: Findings,
    entries: usize,
    mtime: Option<u64>,
    rank: u8,
}

impl<R: Read> Reading<'_, R> {
    fn entries(&mut self) -> Result<(), Stop> {
        loop {
            let at = self.input.offset();
            match self.input.block()? {
                None => return Err(self.input.truncated("end of tar: 1024")),
                Some(block) if tar::is_zero(&block) => return self.end(),
                Some(block) => self.entry(at, &block)?,
            }
        }
    }

    /// After the first zero block: a second one, then nothing.
    fn end(&mut self) -> Result<(), Stop> {
        let at = self.input.offset();
        let Some(block) = self.input.block()? else { return Err(self.input.truncated(BLOCK)) };
        if !tar::is_zero(&block) {
            let finding = BagFinding::new("bundle.tar_end").at(at);
            return Err(found(finding.expected("512 zero bytes").found(shown(&block))));
        }
        let at = self.input.offset();
        let rest = self.input.peek()?;
        if rest.is_empty() {
            return Ok(());
        }
        let finding = BagFinding::new("bundle.tar_trailing").at(at);
        Err(found(finding.expected("the end").found(shown(rest))))
    }

    fn entry(&mut self, at: u64, block: &Header) -> Result<(), Stop> {
        let name = tar::name(block);
        let size = self.readable(at, block)?;
        self.keep_limits(at, name, size)?;
        self.check_header(at, block, name, size);
        match self.place(name) {
            Ok(Place::Payload(path)) => self.payload(at, path, size)?,
            Ok(Place::Tag(tag)) => self.tag(at, tag, size)?,
            Err(finding) => {
                self.findings.push(finding.at(at));
                Content::new(&mut self.input, size).drain()?;
            }
        }
        self.padding(size)
    }

    /// The size of a regular file in a ustar tar; everything else ends the reading, for nothing behind it can be
    /// trusted to be where it seems.
    fn readable(&self, at: u64, block: &Header) -> Result<u64, Stop> {
        let name = shown(tar::name(block));
        let stop = |code, expected: &str, field: &str| {
            let finding = BagFinding::new(code).path(&name).at(at).expected(expected);
            found(finding.found(shown(tar::field(block, field))))
        };
        if tar::field(block, "magic") != b"ustar\0" {
            return Err(stop("bundle.tar_header_unreadable", "magic ustar\\x00", "magic"));
        }
        if let Some(code) = tar::refused_type(block) {
            return Err(stop(code, "0", "typeflag"));
        }
        tar::number(block, "size")
            .ok_or_else(|| stop("bundle.tar_header_unreadable", "a size of 11 octal digits", "size"))
    }

    fn keep_limits(&mut self, at: u64, name: &[u8], size: u64) -> Result<(), Stop> {
        let stop = |code, most: u64, have: u64| {
            Err(found(
                BagFinding::new(code).path(shown(name)).at(at).expected(format!("≤ {most}")).found(have),
            ))
        };
        self.entries += 1;
        if self.entries > self.limits.entries {
            return stop("bundle.limit_entries", self.limits.entries as u64, self.entries as u64);
        }
        let end = self.input.offset().saturating_add(size);
        if end > self.limits.tar_bytes {
            return stop("bundle.limit_tar", self.limits.tar_bytes, end);
        }
        Ok(())
    }

    /// Compares with the one header that name, size and the bag's time allow. The time is the first sound header's.
    fn check_header(&mut self, at: u64, block: &Header, name: &[u8], size: u64) {
        let mtime = self.mtime.or_else(|| tar::number(block, "mtime")).unwrap_or(0);
        let due = tar::header(name, size, mtime);
        let Some((byte, field)) = tar::first_difference(&due, block) else {
            self.mtime = Some(mtime);
            return;
        };
        let finding = BagFinding::new("bundle.tar_header").path(shown(name)).at(at + byte as u64);
        let finding = finding.expected(format!("{field} {}", shown(tar::field(&due, field))));
        self.findings.push(finding.found(shown(tar::field(block, field))));
    }

    /// The place that a name gives a file, or what is wrong with the name.
    fn place(&mut self, name: &[u8]) -> Result<Place, BagFinding> {
        let refuse = |code| BagFinding::new(code).path(shown(name));
        check_path(name).map_err(refuse)?;
        let text = std::str::from_utf8(name).map_err(|_| refuse("bundle.path_not_ascii"))?;
        let (top, path) = text.split_once('/').ok_or_else(|| refuse("bundle.path_outside"))?;
        if self.bag.name.is_empty() {
            self.bag.name = top.to_owned();
        }
        if top != self.bag.name {
            return Err(refuse("bundle.path_outside").expected(&self.bag.name).found(top));
        }
        self.names.take(path).map_err(|(code, other)| refuse(code).expected(other).found(path))?;
        if let Some(tag) = TagFile::ALL.into_iter().find(|tag| tag.name() == path) {
            return Ok(Place::Tag(tag));
        }
        match path.strip_prefix("data/") {
            Some(path) => Ok(Place::Payload(path.to_owned())),
            None => Err(refuse("bundle.bag_unexpected_file")),
        }
    }

    fn keep_order(&mut self, at: u64, path: &str, rank: u8) {
        if rank < self.rank {
            let finding = BagFinding::new("bundle.bag_order").path(path).at(at);
            let order = "bagit.txt, data/, bag-info.txt, manifest-sha512.txt, manifest-blake3.txt, tagmanifest-sha512.txt";
            self.findings.push(finding.expected(order).found(path));
        }
        self.rank = self.rank.max(rank);
    }

    fn payload(&mut self, at: u64, path: String, size: u64) -> Result<(), Stop> {
        self.keep_order(at, &format!("data/{path}"), PAYLOAD_RANK);
        let mut content = Content::new(&mut self.input, size);
        let file = Payload { bag: &self.bag.name, path: &path, size };
        let seen = self.visitor.payload(&file, &mut content);
        // A visitor may answer a broken container with an error of its own; the container's fault comes first.
        let hasher = content.drain()?;
        seen.map_err(Stop::Visitor)?;
        let digests = hasher.finish()?;
        self.bag.payload.push(PayloadFile { path, size, digests });
        Ok(())
    }

    fn tag(&mut self, at: u64, tag: TagFile, size: u64) -> Result<(), Stop> {
        self.keep_order(at, tag.name(), tag.rank());
        if size > MAX_TAG_FILE_BYTES {
            let finding = BagFinding::new("bundle.limit_tag_file").path(tag.name()).at(at);
            return Err(found(finding.expected(format!("≤ {MAX_TAG_FILE_BYTES}")).found(size)));
        }
        let at = self.input.offset();
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        if !bytes.is_empty() && !self.input.exact(&mut bytes)? {
            return Err(self.input.truncated(size));
        }
        let mut hasher = FileHasher::new();
        hasher.update(&bytes)?;
        let digests = hasher.finish()?;
        self.bag.tags.push(TagContent { tag, at, bytes, digests });
        Ok(())
    }

    fn padding(&mut self, size: u64) -> Result<(), Stop> {
        let at = self.input.offset();
        let mut room = [0; BLOCK];
        let Some(room) = room.get_mut(..tar::padding(size)).filter(|room| !room.is_empty()) else {
            return Ok(());
        };
        if !self.input.exact(room)? {
            return Err(self.input.truncated(room.len()));
        }
        if let Some(byte) = room.iter().position(|byte| *byte != 0) {
            let finding = BagFinding::new("bundle.tar_padding").at(at + byte as u64);
            self.findings.push(finding.expected("zero bytes").found(shown(room)));
        }
        Ok(())
    }

    fn report(mut self, complete: bool) -> BagReport {
        let info = check::bag_info(&self.bag);
        if complete {
            check::check(&self.bag, &mut self.findings);
        }
        let tags = self.bag.tags.iter().find(|content| content.tag == TagFile::Tags);
        BagReport {
            tagmanifest_sha512: tags.map(|content| content.digests.sha512),
            name: self.bag.name,
            mtime_unix: self.mtime,
            info,
            payload: self.bag.payload,
            tar_bytes: self.input.offset(),
            frames: self.input.frames(),
            findings: self.findings,
            complete,
        }
    }
}
