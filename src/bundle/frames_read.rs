//! The zstd side of reading: plain frames only, one after the other, with every limit kept.

use std::io::{self, Read};

use zstd::stream::raw::{DParameter, Decoder, Operation};

use super::finding::{BagFinding, shown};
use super::limits::{Limits, MAX_WINDOW_BYTES, MAX_WINDOW_LOG};
use super::source::{Stop, found, read_some};

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Longest frame header: magic, descriptor, window, dictionary (never taken), content size.
const LONGEST_HEADER: usize = 18;
const IN_BYTES: usize = 128 << 10;
const OUT_BYTES: usize = 256 << 10;

/// Decompresses a stream of frames such as [`super::FrameWriter`] makes.
pub(super) struct FrameReader<R> {
    input: R,
    limits: Limits,
    decoder: Decoder<'static>,
    raw: Window,
    out: Window,
    in_frame: bool,
    /// Compressed bytes taken so far.
    taken: u64,
    /// Bytes given out so far.
    made: u64,
    frames: u64,
}

/// A buffer with a part that is not yet used.
struct Window {
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

impl Window {
    fn new(len: usize) -> Self {
        Self { bytes: vec![0; len], from: 0, to: 0 }
    }

    fn unused(&self) -> &[u8] {
        self.bytes.get(self.from..self.to).unwrap_or_default()
    }

    /// Moves the unused part to the front and reads more behind it; false at the end of the input.
    fn refill(&mut self, input: &mut impl Read) -> io::Result<bool> {
        self.bytes.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        let room = self.bytes.get_mut(self.to..).unwrap_or_default();
        let got = read_some(input, room)?;
        self.to += got;
        Ok(got > 0)
    }
}

impl<R: Read> FrameReader<R> {
    pub(super) fn new(input: R, limits: Limits) -> io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(MAX_WINDOW_LOG))?;
        Ok(Self {
            input,
            limits,
            decoder,
            raw: Window::new(IN_BYTES),
            out: Window::new(OUT_BYTES),
            in_frame: false,
            taken: 0,
            made: 0,
            frames: 0,
        })
    }

    /// Frames begun so far.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// Decompressed bytes that wait to be consumed.
    pub(super) fn buffered(&self) -> &[u8] {
        self.out.unused()
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.out.from = self.out.from.saturating_add(bytes).min(self.out.to);
    }

    /// Makes [`Self::buffered`] non-empty unless the stream has ended.
    pub(super) fn ready(&mut self) -> Result<(), Stop> {
        while self.out.unused().is_empty() {
            if !self.in_frame && !self.begin_frame()? {
                return Ok(());
            }
            self.decode()?;
        }
        Ok(())
    }

    /// Looks at the next frame's header; false at the end of the input.
    fn begin_frame(&mut self) -> Result<bool, Stop> {
        while self.raw.unused().len() < LONGEST_HEADER && self.raw.refill(&mut self.input)? {}
        let bytes = self.raw.unused();
        if bytes.is_empty() {
            return Ok(false);
        }
        check_frame_header(bytes).map_err(|finding| found(finding.at(self.taken)))?;
        self.decoder.reinit()?;
        self.in_frame = true;
        self.frames += 1;
        Ok(true)
    }

    /// One step of the decoder.
    fn decode(&mut self) -> Result<(), Stop> {
        let ended = self.raw.unused().is_empty() && !self.raw.refill(&mut self.input)?;
        let step = self.decoder.run_on_buffers(self.raw.unused(), &mut self.out.bytes);
        let step = step.map_err(|error| {
            let finding = BagFinding::new("bundle.zst_damaged").at(self.taken);
            found(finding.expected("a zstd frame with the right checksum").found(error))
        })?;
        self.raw.from += step.bytes_read;
        self.taken += step.bytes_read as u64;
        self.made += step.bytes_written as u64;
        self.out.from = 0;
        self.out.to = step.bytes_written;
        self.in_frame = step.remaining != 0;
        if self.in_frame && ended && step.bytes_written == 0 {
            let finding = BagFinding::new("bundle.zst_truncated").at(self.taken);
            return Err(found(finding.expected("the rest of the frame").found("the end")));
        }
        self.check_ratio()
    }

    fn check_ratio(&self) -> Result<(), Stop> {
        let allowed =
            self.taken.saturating_mul(self.limits.ratio).saturating_add(self.limits.ratio_free_bytes);
        if self.made <= allowed {
            return Ok(());
        }
        let finding = BagFinding::new("bundle.limit_ratio").at(self.taken);
        Err(found(finding.expected(format!("≤ {}", self.limits.ratio)).found(self.made / self.taken.max(1))))
    }
}

/// Takes the header of a plain frame: content size given and not zero, checksum, no dictionary, small window.
fn check_frame_header(bytes: &[u8]) -> Result<(), BagFinding> {
    let truncated = || BagFinding::new("bundle.zst_truncated").expected("a frame header").found("the end");
    let [m0, m1, m2, m3, rest @ ..] = bytes else { return Err(truncated()) };
    let magic = [*m0, *m1, *m2, *m3];
    if magic != MAGIC {
        let skippable = matches!(magic, [0x50..=0x5f, 0x2a, 0x4d, 0x18]);
        let code = if skippable { "bundle.zst_skippable" } else { "bundle.zst_foreign" };
        return Err(BagFinding::new(code).expected(shown(&MAGIC)).found(shown(&magic)));
    }
    let [descriptor, rest @ ..] = rest else { return Err(truncated()) };
    let header = |what: &str| {
        BagFinding::new("bundle.zst_header").expected(what).found(format!("descriptor {descriptor:#04x}"))
    };
    if descriptor & 0b0001_1000 != 0 {
        return Err(header("unused bits zero"));
    }
    if descriptor & 0b0000_0011 != 0 {
        return Err(header("no dictionary"));
    }
    if descriptor & 0b0000_0100 == 0 {
        return Err(header("a content checksum"));
    }
    let single = descriptor & 0b0010_0000 != 0;
    let (window, rest) = match rest {
        _ if single => (None, rest),
        [window, rest @ ..] => (Some(window_bytes(*window)), rest),
        [] => return Err(truncated()),
    };
    let size = match (descriptor >> 6, single) {
        (0, false) => return Err(header("a content size")),
        (flag, _) => content_size(flag, rest).ok_or_else(truncated)?,
    };
    if size == 0 {
        return Err(BagFinding::new("bundle.zst_empty_frame").expected("a frame with content").found("0"));
    }
    let window = window.unwrap_or(size);
    if window > MAX_WINDOW_BYTES {
        let finding = BagFinding::new("bundle.limit_window");
        return Err(finding.expected(format!("≤ {MAX_WINDOW_BYTES}")).found(window));
    }
    Ok(())
}

fn window_bytes(descriptor: u8) -> u64 {
    let base = 1_u64 << (10 + u32::from(descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

fn content_size(flag: u8, bytes: &[u8]) -> Option<u64> {
    let field = bytes.get(..1 << flag)?;
    let number = field.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    Some(if flag == 1 { number + 256 } else { number })
}
