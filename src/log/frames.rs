//! Closed segments: independent zstd frames, each with its content size and a checksum, cut at line ends.
//!
//! A frame holds about 256 KiB of lines, so that reading one event from a closed segment unpacks little. The file
//! has no table of its own: which plain bytes a frame holds is learned by walking the frame and block headers,
//! which costs a few bytes of reading for each block.

use super::disk::ReadFile;
use super::durable::{At, Sink, read_range};
use crate::fault::{Fault, Outcome};
use crate::record::canonical::LINE_MAX;

/// Plain bytes after which a frame is closed at the next line end.
pub const FRAME_TARGET: usize = 256 << 10;
/// Plain bytes a frame holds at most.
const FRAME_MAX: u64 = (FRAME_TARGET + LINE_MAX + 1) as u64;
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const LEVEL: i32 = 3;

/// Where a frame stands in the file, and which plain bytes it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Offset in the file.
    pub at: u64,
    /// Length in the file.
    pub len: u64,
    /// First plain byte.
    pub plain: u64,
    /// Number of plain bytes; 0 when the frame's headers cannot be read.
    pub plain_len: u64,
}

/// Compresses lines into frames.
pub struct Packer<'a> {
    sink: &'a mut Sink,
    zstd: zstd::bulk::Compressor<'static>,
    plain: Vec<u8>,
}

fn zstd_fault(error: impl std::fmt::Display) -> Fault {
    Fault::machine("io.failed").with("path", "zstd").with("found", error)
}

impl<'a> Packer<'a> {
    /// Frames go to `sink`.
    pub fn new(sink: &'a mut Sink) -> Outcome<Self> {
        let mut zstd = zstd::bulk::Compressor::new(LEVEL).map_err(zstd_fault)?;
        zstd.include_checksum(true).map_err(zstd_fault)?;
        Ok(Self { sink, zstd, plain: Vec::with_capacity(FRAME_TARGET * 2) })
    }

    /// Adds bytes to the frame that is being filled.
    pub fn add(&mut self, bytes: &[u8]) {
        self.plain.extend_from_slice(bytes);
    }

    /// Adds one line, with its `\n`.
    pub fn line(&mut self, line: &[u8]) -> Outcome<()> {
        self.plain.extend_from_slice(line);
        if self.plain.len() >= FRAME_TARGET { self.cut() } else { Ok(()) }
    }

    /// Adds a frame as it stands in another file.
    pub fn packed(&mut self, frame: &[u8]) -> Outcome<()> {
        self.cut()?;
        self.sink.put(frame)
    }

    /// Closes the frame that is being filled.
    pub fn cut(&mut self) -> Outcome<()> {
        if self.plain.is_empty() {
            return Ok(());
        }
        let packed = self.zstd.compress(&self.plain).map_err(zstd_fault)?;
        self.plain.clear();
        self.sink.put(&packed)
    }
}

/// The frames of a file, in order.
pub fn walk(file: &dyn ReadFile, path: &str) -> Outcome<Vec<Frame>> {
    let end = file.len().at(path)?;
    let (mut frames, mut at, mut plain) = (Vec::new(), 0, 0);
    while at < end {
        let sizes = sizes_at(file, path, at, end)?;
        let (len, plain_len) = match sizes {
            Some(sizes) => sizes,
            None => (next_magic(file, path, at + 1, end)? - at, 0),
        };
        frames.push(Frame { at, len, plain, plain_len });
        at += len;
        plain += plain_len;
    }
    Ok(frames)
}

/// Length in the file and plain length of the frame at `at`; nothing if it is not sound as far as headers tell.
fn sizes_at(file: &dyn ReadFile, path: &str, at: u64, end: u64) -> Outcome<Option<(u64, u64)>> {
    let head = read_range(file, path, at, (at + 18).min(end))?;
    let Some((header_len, checksum)) = header(&head) else { return Ok(None) };
    let Ok(Some(plain_len)) = zstd::zstd_safe::get_frame_content_size(&head) else { return Ok(None) };
    if plain_len == 0 || plain_len > FRAME_MAX {
        return Ok(None);
    }
    let mut cursor = at + header_len;
    loop {
        let &[a, b, c] = &read_range(file, path, cursor, (cursor + 3).min(end))?[..] else { return Ok(None) };
        let word = u32::from_le_bytes([a, b, c, 0]);
        let size = u64::from(word >> 3);
        cursor += 3 + match (word >> 1) & 3 {
            0 | 2 => size,
            1 => 1,
            _ => return Ok(None),
        };
        if word & 1 == 1 {
            break;
        }
    }
    cursor += checksum;
    let follows = read_range(file, path, cursor, (cursor + 4).min(end))?;
    let found = Frame { at, len: cursor - at, plain: 0, plain_len };
    // A damaged block header leads astray; a damaged next frame does not make this one bad.
    let sound = cursor == end || follows == MAGIC || (cursor < end && unpack(file, path, found)?.is_ok());
    Ok(sound.then_some((found.len, plain_len)))
}

/// Length of a frame's header and of its checksum.
fn header(head: &[u8]) -> Option<(u64, u64)> {
    let descriptor = *head.strip_prefix(&MAGIC)?.first()?;
    let single = descriptor & 0x20 != 0;
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content = match descriptor >> 6 {
        0 => u64::from(single),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    Some((5 + u64::from(!single) + dictionary + content, if descriptor & 4 != 0 { 4 } else { 0 }))
}

/// Offset of the next frame's magic number from `from` on, or the end of the file.
fn next_magic(file: &dyn ReadFile, path: &str, from: u64, end: u64) -> Outcome<u64> {
    let mut from = from;
    while from < end {
        let bytes = read_range(file, path, from, (from + (64 << 10)).min(end))?;
        if let Some(at) = bytes.windows(4).position(|four| four == MAGIC) {
            return Ok(from + at as u64);
        }
        if bytes.len() < 4 {
            break;
        }
        from += bytes.len() as u64 - 3;
        if from + 3 >= end {
            break;
        }
    }
    Ok(end)
}

/// The bytes of a frame as they stand in the file.
pub fn packed(file: &dyn ReadFile, path: &str, frame: Frame) -> Outcome<Vec<u8>> {
    read_range(file, path, frame.at, frame.at + frame.len)
}

/// The plain bytes of a frame; the inner error says why they cannot be had.
pub fn unpack(file: &dyn ReadFile, path: &str, frame: Frame) -> Outcome<Result<Vec<u8>, String>> {
    if frame.plain_len == 0 {
        return Ok(Err("the frame's headers are damaged".into()));
    }
    let bytes = packed(file, path, frame)?;
    let plain = zstd::bulk::decompress(&bytes, frame.plain_len as usize);
    Ok(match plain {
        Ok(plain) if plain.len() as u64 == frame.plain_len => Ok(plain),
        Ok(_) => Err("the frame holds fewer bytes than it states".into()),
        Err(error) => Err(error.to_string()),
    })
}
