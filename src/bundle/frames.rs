//! The zstd side of writing: a stream of independent frames, each with content size and checksum.

use std::io::{self, Write};

use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

/// Bytes of tar in a frame, the last one aside: 4 MiB. Bounds the writer's memory, and any frame can be read alone.
pub const FRAME_BYTES: usize = 4 << 20;
/// Compression level when the caller has no wish.
pub const DEFAULT_LEVEL: i32 = 3;

/// Cuts what is written to it into pieces of [`FRAME_BYTES`] and writes each as one zstd frame.
pub struct FrameWriter<W: Write> {
    out: W,
    compressor: Compressor<'static>,
    piece: Vec<u8>,
    frame: Vec<u8>,
    written: u64,
}

impl<W: Write> FrameWriter<W> {
    /// Frames of `level` (1–22; 0 is zstd's own default) written to `out`.
    pub fn new(out: W, level: i32) -> io::Result<Self> {
        let mut compressor = Compressor::new(level)?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        compressor.set_parameter(CParameter::ContentSizeFlag(true))?;
        let frame = Vec::with_capacity(zstd::zstd_safe::compress_bound(FRAME_BYTES));
        Ok(Self { out, compressor, piece: Vec::with_capacity(FRAME_BYTES), frame, written: 0 })
    }

    /// Writes the last frame and gives `out` back with the compressed bytes written.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.frame()?;
        self.out.flush()?;
        Ok((self.out, self.written))
    }

    fn frame(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        self.frame.clear();
        self.compressor.compress_to_buffer(&self.piece, &mut self.frame)?;
        self.piece.clear();
        self.out.write_all(&self.frame)?;
        self.written += self.frame.len() as u64;
        Ok(())
    }
}

impl<W: Write> Write for FrameWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = FRAME_BYTES.saturating_sub(self.piece.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.piece.extend_from_slice(taken);
        if self.piece.len() == FRAME_BYTES {
            self.frame()?;
        }
        Ok(taken.len())
    }

    /// Does nothing: a frame is written when it is full, so that its place does not hang on the caller's flushing.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
