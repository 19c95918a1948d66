//! Where the tar's bytes come from: zstd frames or a plain file; read as blocks and as file contents.

use std::io::{self, BufRead, Read};

use super::digest::FileHasher;
use super::finding::BagFinding;
use super::frames_read::FrameReader;
use super::tar::{BLOCK, Header};
use crate::fault::Fault;

const PLAIN_BYTES: usize = 256 << 10;

/// Why reading cannot go on.
pub(super) enum Stop {
    /// The machine failed to read.
    Machine(io::Error),
    /// The container is wrong in a way that leaves nothing to go on with.
    Found(Box<BagFinding>),
    /// The visitor does not want to go on.
    Visitor(Fault),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Machine(error)
    }
}

/// A finding that ends the reading.
pub(super) fn found(finding: BagFinding) -> Stop {
    Stop::Found(Box::new(finding))
}

/// `read` that is not stopped by a signal; 0 only at the end.
pub(super) fn read_some(input: &mut (impl Read + ?Sized), room: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// A tar without compression.
pub(super) struct PlainReader<R> {
    input: R,
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

/// Compressed or not.
pub(super) enum Source<R> {
    Frames(FrameReader<R>),
    Plain(PlainReader<R>),
}

impl<R: Read> Source<R> {
    pub(super) fn plain(input: R) -> Self {
        Self::Plain(PlainReader { input, bytes: vec![0; PLAIN_BYTES], from: 0, to: 0 })
    }

    fn ready(&mut self) -> Result<(), Stop> {
        match self {
            Self::Frames(frames) => frames.ready(),
            Self::Plain(plain) => {
                if plain.from == plain.to {
                    plain.from = 0;
                    plain.to = read_some(&mut plain.input, &mut plain.bytes)?;
                }
                Ok(())
            }
        }
    }

    fn buffered(&self) -> &[u8] {
        match self {
            Self::Frames(frames) => frames.buffered(),
            Self::Plain(plain) => plain.bytes.get(plain.from..plain.to).unwrap_or_default(),
        }
    }

    fn consume(&mut self, bytes: usize) {
        match self {
            Self::Frames(frames) => frames.consume(bytes),
            Self::Plain(plain) => plain.from = plain.from.saturating_add(bytes).min(plain.to),
        }
    }
}

/// The tar as a stream that knows its offset.
pub(super) struct TarInput<R> {
    source: Source<R>,
    offset: u64,
}

impl<R: Read> TarInput<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Self { source, offset: 0 }
    }

    /// Bytes of tar taken so far.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Frames begun so far; 0 for a plain tar.
    pub(super) fn frames(&self) -> u64 {
        match &self.source {
            Source::Frames(frames) => frames.frames(),
            Source::Plain(_) => 0,
        }
    }

    /// The bytes at hand, at least one unless the tar has ended.
    pub(super) fn peek(&mut self) -> Result<&[u8], Stop> {
        self.source.ready()?;
        Ok(self.source.buffered())
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.source.consume(bytes);
        self.offset += bytes as u64;
    }

    /// Fills `room`; true when the tar had that many bytes, false when it had none at all.
    pub(super) fn exact(&mut self, room: &mut [u8]) -> Result<bool, Stop> {
        let (mut filled, wanted) = (0, room.len());
        while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let count = self.peek()?.read(rest)?;
            if count == 0 {
                return if filled == 0 { Ok(false) } else { Err(self.truncated(wanted - filled)) };
            }
            self.consume(count);
            filled += count;
        }
        Ok(true)
    }

    /// The next block; `None` at the end of the tar.
    pub(super) fn block(&mut self) -> Result<Option<Header>, Stop> {
        let mut block = [0; BLOCK];
        Ok(self.exact(&mut block)?.then_some(block))
    }

    /// The tar ends where `missing` more bytes were due.
    pub(super) fn truncated(&self, missing: impl std::fmt::Display) -> Stop {
        let finding = BagFinding::new("bundle.tar_truncated").at(self.offset);
        found(finding.expected(format!("{missing} more bytes")).found("the end"))
    }
}

/// The content of one file in the tar; every byte is hashed as it comes, whether the visitor looks at it or not.
pub(super) struct Content<'t, R> {
    input: &'t mut TarInput<R>,
    remaining: u64,
    /// Bytes at hand that are hashed but not consumed.
    ahead: usize,
    hasher: FileHasher,
    stop: Option<Stop>,
}

impl<'t, R: Read> Content<'t, R> {
    pub(super) fn new(input: &'t mut TarInput<R>, size: u64) -> Self {
        Self { input, remaining: size, ahead: 0, hasher: FileHasher::new(), stop: None }
    }

    fn advance(&mut self) -> Result<(), Stop> {
        let remaining = self.remaining;
        let bytes = self.input.peek()?;
        let most = usize::try_from(remaining).unwrap_or(usize::MAX);
        let bytes = bytes.get(..most).unwrap_or(bytes);
        if bytes.is_empty() {
            return Err(self.input.truncated(remaining));
        }
        self.hasher.update(bytes)?;
        self.ahead = bytes.len();
        Ok(())
    }

    /// Takes what the visitor left, and gives the hasher of the whole file.
    pub(super) fn drain(mut self) -> Result<FileHasher, Stop> {
        loop {
            match self.fill_buf() {
                Ok([]) => return Ok(self.hasher),
                Ok(bytes) => {
                    let count = bytes.len();
                    self.consume(count);
                }
                Err(error) => return Err(self.stop.take().unwrap_or(Stop::Machine(error))),
            }
        }
    }
}

impl<R: Read> BufRead for Content<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.remaining > 0 && self.ahead == 0 {
            let stopped = self.stop.is_some();
            if let Err(stop) = if stopped { Ok(()) } else { self.advance() } {
                self.stop = Some(stop);
            }
            if self.stop.is_some() {
                return Err(io::Error::other("the container cannot be read on"));
            }
        }
        let bytes = self.input.source.buffered();
        Ok(bytes.get(..self.ahead).unwrap_or_default())
    }

    fn consume(&mut self, bytes: usize) {
        let count = bytes.min(self.ahead);
        self.ahead -= count;
        self.remaining -= count as u64;
        self.input.consume(count);
    }
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.fill_buf()?;
        let count = bytes.read(room)?;
        self.consume(count);
        Ok(count)
    }
}
