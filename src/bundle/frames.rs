//! The zstd side of writing: a stream of independent frames, each with content size and checksum.

use std::io::{self, Write};

use rayon::prelude::*;
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// Bytes of tar in a frame, the last one aside: 4 MiB. Bounds the writer's memory, and any frame can be read alone.
pub const FRAME_BYTES: usize = 4 << 20;
/// Compression level when the caller has no wish.
pub const DEFAULT_LEVEL: i32 = 3;

/// Pieces that are compressed side by side, at most; bounds memory. What is written does not hang on it.
const AT_ONCE: usize = 8;

/// Cuts what is written to it into pieces of [`FRAME_BYTES`] and writes each as one zstd frame.
pub struct FrameWriter<W: Write> {
    out: W,
    level: i32,
    at_once: usize,
    /// Whole pieces that wait to be compressed, and the one that is being filled.
    pieces: Vec<Vec<u8>>,
    piece: Vec<u8>,
    written: u64,
}

fn compressor(level: i32) -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(level)?;
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    compressor.set_parameter(CParameter::ContentSizeFlag(true))?;
    Ok(compressor)
}

impl<W: Write> FrameWriter<W> {
    /// Frames of `level` (1–22; 0 is zstd's own default) written to `out`.
    pub fn new(out: W, level: i32) -> io::Result<Self> {
        compressor(level)?;
        let at_once = rayon::current_num_threads().clamp(1, AT_ONCE);
        Ok(Self { out, level, at_once, pieces: Vec::new(), piece: Vec::new(), written: 0 })
    }

    /// Writes the last frame and gives `out` back with the compressed bytes written.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        if !self.piece.is_empty() {
            self.pieces.push(std::mem::take(&mut self.piece));
        }
        self.frames()?;
        self.out.flush()?;
        Ok((self.out, self.written))
    }

    /// Compresses the waiting pieces side by side and writes their frames in order.
    fn frames(&mut self) -> io::Result<()> {
        let level = self.level;
        let compressed = self.pieces.par_drain(..).map_init(
            || compressor(level),
            |compressor, piece| match compressor {
                Ok(compressor) => compressor.compress(&piece),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            },
        );
        for frame in compressed.collect::<io::Result<Vec<_>>>()? {
            self.out.write_all(&frame)?;
            self.written += frame.len() as u64;
        }
        Ok(())
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = FRAME_BYTES.saturating_sub(self.piece.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.piece.extend_from_slice(taken);
        if self.piece.len() == FRAME_BYTES {
            let full = std::mem::replace(&mut self.piece, Vec::with_capacity(FRAME_BYTES));
            self.pieces.push(full);
            if self.pieces.len() == self.at_once {
                self.frames()?;
            }
        }
        Ok(taken.len())
    }

    /// Does nothing: a frame is written when it is full, so that its place does not hang on the caller's flushing.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
