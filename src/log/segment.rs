//! Segments: their names, their two forms, and reading either by plain offset.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::disk::{Disk, ReadFile};
use super::durable::{At, read_range};
use super::frames::{self, Frame};
use super::position::Damage;
use crate::fault::Outcome;

/// The directory of the segments.
pub const DIR: &str = "log";

/// The forms in which a segment is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forms {
    /// `.jsonl`; it wins over the other.
    pub plain: bool,
    /// `.jsonl.zst`
    pub packed: bool,
}

/// Path of a segment's plain form.
pub fn plain_path(first: u64) -> String {
    format!("{DIR}/{first:012}.jsonl")
}

/// Path of a segment's compressed form.
pub fn packed_path(first: u64) -> String {
    format!("{DIR}/{first:012}.jsonl.zst")
}

/// The segments that are there, by their first `seq`.
pub fn list(disk: &dyn Disk) -> Outcome<BTreeMap<u64, Forms>> {
    let mut segments: BTreeMap<u64, Forms> = BTreeMap::new();
    for name in disk.list(DIR).at(DIR)? {
        let Some((digits, form)) = name.split_once('.') else { continue };
        let Some(first) = digits.parse().ok().filter(|first| format!("{first:012}") == digits) else {
            continue;
        };
        match form {
            "jsonl" => segments.entry(first).or_default().plain = true,
            "jsonl.zst" => segments.entry(first).or_default().packed = true,
            _ => {}
        }
    }
    Ok(segments)
}

/// A segment open for reading. It keeps showing the file it was opened on.
pub struct Source {
    /// First `seq`.
    pub first: u64,
    /// The file, relative to the ledger.
    pub path: String,
    file: Box<dyn ReadFile>,
    frames: Option<Vec<Frame>>,
    /// The frame that was unpacked last: what is read next usually stands near.
    last: Mutex<Option<(u64, Arc<Vec<u8>>)>>,
}

/// What stands at a plain offset.
pub enum Chunk {
    /// Nothing: the end of the segment.
    End,
    /// Bytes from the given index on, which is at the given plain offset.
    Bytes(Arc<Vec<u8>>, usize, u64),
    /// A frame that cannot be read; reading goes on with the frame after it.
    Broken(Damage),
}

impl Source {
    /// Opens a segment in the form that counts.
    pub fn open(disk: &dyn Disk, first: u64) -> Outcome<Self> {
        let (plain, packed) = (plain_path(first), packed_path(first));
        // Compression may end between the two attempts, and then the plain form is gone for good; nothing takes
        // both away. A plain form that a repair put back is found by the third.
        for (path, is_packed) in [(&plain, false), (&packed, true), (&plain, false)] {
            match disk.open(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                file => return Self::of(first, path, file.at(path)?, is_packed),
            }
        }
        Err(io::Error::from(io::ErrorKind::NotFound)).at(&plain)
    }

    /// Opens a segment's compressed form.
    pub fn open_packed(disk: &dyn Disk, first: u64) -> Outcome<Self> {
        let path = packed_path(first);
        Self::of(first, &path, disk.open(&path).at(&path)?, true)
    }

    fn of(first: u64, path: &str, file: Box<dyn ReadFile>, packed: bool) -> Outcome<Self> {
        let frames = if packed { Some(frames::walk(&*file, path)?) } else { None };
        Ok(Self { first, path: path.into(), file, frames, last: Mutex::new(None) })
    }

    /// The file itself.
    pub fn file(&self) -> &dyn ReadFile {
        &*self.file
    }

    /// The frames of a compressed segment.
    pub fn frames(&self) -> Option<&[Frame]> {
        self.frames.as_deref()
    }

    /// Length of the plain text; frames whose headers are damaged count nothing.
    pub fn plain_len(&self) -> Outcome<u64> {
        match &self.frames {
            None => self.file.len().at(&self.path),
            Some(frames) => Ok(frames.last().map_or(0, |frame| frame.plain + frame.plain_len)),
        }
    }

    /// Reads from a plain offset on: `piece` bytes of a plain segment, or the `nth` frame. Frames are named by
    /// number so that a pass gets over those whose plain length is not known.
    pub fn chunk(&self, offset: u64, nth: usize, piece: u64) -> Outcome<Chunk> {
        let Some(frames) = &self.frames else {
            let bytes = read_range(&*self.file, &self.path, offset, offset + piece)?;
            return Ok(if bytes.is_empty() { Chunk::End } else { Chunk::Bytes(Arc::new(bytes), 0, offset) });
        };
        let Some(frame) = frames.get(nth) else { return Ok(Chunk::End) };
        match self.unpacked(*frame)? {
            Ok(plain) => {
                let from = offset.saturating_sub(frame.plain).min(frame.plain_len);
                Ok(Chunk::Bytes(plain, from as usize, frame.plain + from))
            }
            Err(why) => {
                let (file, byte) = (self.path.clone(), frame.at);
                Ok(Chunk::Broken(Damage { seq: 0, file, byte, why }))
            }
        }
    }

    /// Number of the frame that holds a plain offset; 0 in a plain segment.
    pub fn frame_of(&self, offset: u64) -> usize {
        let frames = self.frames.as_deref().unwrap_or_default();
        frames.partition_point(|frame| frame.plain + frame.plain_len <= offset)
    }

    /// Byte in the file of what stands at a plain offset: of the frame that holds it, in a compressed segment.
    pub fn byte_of(&self, offset: u64) -> u64 {
        let frame = self.frames().and_then(|frames| frames.get(self.frame_of(offset)));
        frame.map_or(offset, |frame| frame.at)
    }

    fn unpacked(&self, frame: Frame) -> Outcome<Result<Arc<Vec<u8>>, String>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, plain)) = &*last
            && *at == frame.at
        {
            return Ok(Ok(Arc::clone(plain)));
        }
        let plain = frames::unpack(&*self.file, &self.path, frame)?.map(Arc::new);
        if let Ok(plain) = &plain {
            *last = Some((frame.at, Arc::clone(plain)));
        }
        Ok(plain)
    }
}
