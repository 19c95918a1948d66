//! Reading a tar in zstd frames as a stream. Common tars are taken (ustar, GNU's magic, pax headers that give a name); what
//! is not a regular file or a directory is refused.

use std::io::Read;

use super::Unpacked;
use super::finding::refuse;
use super::gate::Gate;
use super::landing::Landing;
use super::limits::{Limits, MAX_PAX_BYTES, MAX_TAR_TAIL_BYTES};
use crate::bundle::finding::BagFinding;
use crate::bundle::frames_read::FrameReader;
use crate::bundle::limits::Limits as FrameLimits;
use crate::bundle::source::{Source, Stop, TarInput};
use crate::bundle::tar::{BLOCK, Header, field, is_zero, padding, sum};
use crate::fault::{Fault, Outcome};

/// Keys of a pax header that say nothing of where a file lies or what is in it.
const IDLE_KEYS: [&str; 8] = ["atime", "comment", "ctime", "gid", "gname", "mtime", "uid", "uname"];

fn fault(stop: Stop) -> Fault {
    match stop {
        Stop::Machine(error) => Fault::machine("io.failed").with("path", "tar").with("found", error),
        Stop::Visitor(fault) => fault,
        Stop::Found(finding) => refused(*finding),
    }
}

fn refused(finding: BagFinding) -> Fault {
    let code = if finding.code == "bundle.limit_ratio" { "package.limit_ratio" } else { finding.code };
    let offset = finding.offset.map_or_else(|| "?".to_owned(), |offset| offset.to_string());
    Fault::refused(code)
        .with("path", finding.path.unwrap_or_else(|| "?".to_owned()))
        .with("offset", offset)
        .with("expected", finding.expected)
        .with("found", finding.found)
}

/// Hands the files of a `.tar.zst` on, in the order of the tar.
pub(super) fn unpack<R: Read>(input: R, limits: &Limits, landing: &mut dyn Landing) -> Outcome<Unpacked> {
    let frame_limits = FrameLimits {
        ratio: limits.ratio,
        ratio_free_bytes: limits.ratio_free_bytes,
        ..FrameLimits::default()
    };
    let frames = FrameReader::new(input, frame_limits).map_err(|error| fault(Stop::Machine(error)))?;
    let mut tar = Tar { input: TarInput::new(Source::Frames(frames)), gate: Gate::new(limits, landing) };
    while tar.entry()? {}
    tar.tail()?;
    tar.gate.finish()
}

struct Tar<'l, R> {
    input: TarInput<R>,
    gate: Gate<'l>,
}

impl<R: Read> Tar<'_, R> {
    /// One file or directory; false at the first block of zeros.
    fn entry(&mut self) -> Outcome<bool> {
        let Some(mut block) = self.header()? else { return Ok(false) };
        let mut given = None;
        if kind(&block) == b'x' {
            given = Some(self.pax(&block)?);
            block = self
                .header()?
                .ok_or_else(|| refuse("package.tar_pax", b"", "a file behind it", "the end"))?;
        }
        let name = given.flatten().map_or_else(|| name_of(&block), |name| Ok(name.into_bytes()))?;
        let size = size_of(&block, &name)?;
        match kind(&block) {
            b'0' | 0 => self.file(&name, size)?,
            b'5' if size == 0 => self.gate.directory(&name)?,
            b'5' => return Err(refuse("package.tar_directory", &name, "0", size)),
            b'1' | b'2' => {
                return Err(refuse("package.tar_link", &name, "a file", field_text(&block, "linkname")));
            }
            b'3' | b'4' | b'6' => {
                return Err(refuse("package.tar_device", &name, "a file", char::from(kind(&block))));
            }
            b'x' | b'g' | b'X' => {
                return Err(refuse("package.tar_pax", &name, "a file", char::from(kind(&block))));
            }
            b'L' | b'K' | b'S' | b'D' | b'M' | b'N' | b'V' => {
                return Err(refuse("package.tar_gnu", &name, "a file", char::from(kind(&block))));
            }
            other => return Err(refuse("package.tar_type", &name, "a file", [other].escape_ascii())),
        }
        Ok(true)
    }

    /// The next header, its checksum and magic as they should be; `None` for a block of zeros.
    fn header(&mut self) -> Outcome<Option<Header>> {
        let offset = self.input.offset();
        let block = self.input.block().map_err(fault)?;
        let block = block.ok_or_else(|| fault(self.input.truncated("two zero blocks; 512")))?;
        if is_zero(&block) {
            return Ok(None);
        }
        let bad = |expected: &str| {
            refuse(
                "package.tar_header",
                field_text(&block, "name").as_bytes(),
                expected,
                format!("offset {offset}"),
            )
        };
        if octal(field(&block, "checksum")) != Some(u64::from(sum(&block))) {
            return Err(bad("the checksum of the header"));
        }
        let posix = field(&block, "magic") == b"ustar\0" && field(&block, "version") == b"00";
        let gnu = field(&block, "magic") == b"ustar " && field(&block, "version") == b" \0";
        if !posix && !gnu {
            return Err(bad("ustar"));
        }
        if gnu && field(&block, "prefix").iter().any(|byte| *byte != 0) {
            return Err(bad("nothing behind the device numbers"));
        }
        Ok(Some(block))
    }

    fn file(&mut self, name: &[u8], size: u64) -> Outcome<()> {
        let path = self.gate.file(name, size)?;
        self.gate.landing().begin(&path, size)?;
        let mut left = size;
        while left > 0 {
            let bytes = self.input.peek().map_err(fault)?;
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            let bytes = bytes.get(..most).unwrap_or(bytes);
            if bytes.is_empty() {
                return Err(fault(self.input.truncated(left)));
            }
            let count = bytes.len();
            self.gate.landing().bytes(bytes)?;
            self.input.consume(count);
            left -= count as u64;
        }
        self.gate.landing().end()?;
        self.padding(name, size)
    }

    fn padding(&mut self, name: &[u8], size: u64) -> Outcome<()> {
        let mut room = vec![0; padding(size)];
        let wanted = room.len();
        let there = self.input.exact(&mut room).map_err(fault)?;
        if !there && wanted > 0 {
            return Err(fault(self.input.truncated(wanted)));
        }
        if room.iter().any(|byte| *byte != 0) {
            return Err(refuse("package.tar_padding", name, "zeros", "other bytes"));
        }
        Ok(())
    }

    /// The name that a pax header gives, when it gives one.
    fn pax(&mut self, block: &Header) -> Outcome<Option<String>> {
        let size = size_of(block, b"pax")?;
        if size > MAX_PAX_BYTES {
            return Err(refuse("package.limit_pax", b"pax", format!("≤ {MAX_PAX_BYTES}"), size));
        }
        let mut text = vec![0; usize::try_from(size).unwrap_or_default()];
        if !self.input.exact(&mut text).map_err(fault)? && size > 0 {
            return Err(fault(self.input.truncated(size)));
        }
        self.padding(b"pax", size)?;
        pax_name(&text)
    }

    /// Behind the first block of zeros: another, then at most zeros to the end.
    fn tail(&mut self) -> Outcome<()> {
        let mut zeros = BLOCK as u64;
        loop {
            let bytes = self.input.peek().map_err(fault)?;
            if bytes.is_empty() {
                break;
            }
            let (count, clean) = (bytes.len(), bytes.iter().all(|byte| *byte == 0));
            zeros += count as u64;
            if !clean || zeros > MAX_TAR_TAIL_BYTES {
                let found = if clean { "too many zeros" } else { "other bytes" };
                return Err(refuse("package.tar_tail", b"", "zeros, then the end", found));
            }
            self.input.consume(count);
        }
        if zeros < 2 * BLOCK as u64 || !zeros.is_multiple_of(BLOCK as u64) {
            return Err(fault(self.input.truncated("two zero blocks; 512")));
        }
        Ok(())
    }
}

fn kind(block: &Header) -> u8 {
    field(block, "typeflag").first().copied().unwrap_or(0xff)
}

fn field_bytes<'h>(block: &'h Header, name: &str) -> &'h [u8] {
    let field = field(block, name);
    field.split(|byte| *byte == 0).next().unwrap_or(field)
}

fn field_text(block: &Header, name: &str) -> String {
    String::from_utf8_lossy(field_bytes(block, name)).into_owned()
}

/// The name of an entry without a pax header: prefix and name. Behind its end a field is empty.
fn name_of(block: &Header) -> Outcome<Vec<u8>> {
    let (prefix, name) = (field_bytes(block, "prefix"), field_bytes(block, "name"));
    for part in ["prefix", "name"] {
        let used = field_bytes(block, part).len();
        if field(block, part).iter().skip(used).any(|byte| *byte != 0) {
            return Err(refuse("package.tar_header", name, "zeros behind the name", "other bytes"));
        }
    }
    Ok(if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() })
}

fn size_of(block: &Header, name: &[u8]) -> Outcome<u64> {
    let digits = field(block, "size");
    octal(digits).ok_or_else(|| refuse("package.tar_number", name, "octal digits", digits.escape_ascii()))
}

/// Octal digits, with blanks before and blanks or NUL behind them.
fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    let digits = text.trim_start_matches(' ').trim_end_matches(['\0', ' ']);
    let plain = !digits.is_empty() && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
    if plain { u64::from_str_radix(digits, 8).ok() } else { None }
}

/// Reads `<length> <key>=<value>⏎` after another; only a name and what has no bearing may be said.
fn pax_name(mut text: &[u8]) -> Outcome<Option<String>> {
    let bad = |found: &[u8]| refuse("package.tar_pax", b"pax", "path", found.escape_ascii());
    let mut name = None;
    while !text.is_empty() {
        let (key, value, rest) = pax_line(text).ok_or_else(|| bad(text))?;
        text = rest;
        if key == "path" && name.is_none() && !value.is_empty() {
            name = Some(value.to_owned());
        } else if !IDLE_KEYS.contains(&key) {
            return Err(bad(key.as_bytes()));
        }
    }
    Ok(name)
}

fn pax_line(text: &[u8]) -> Option<(&str, &str, &[u8])> {
    let blank = text.iter().take(8).position(|byte| *byte == b' ')?;
    let digits = std::str::from_utf8(text.get(..blank)?).ok()?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    let length = digits.parse::<usize>().ok().filter(|_| plain)?;
    let line = std::str::from_utf8(text.get(blank + 1..length)?).ok()?;
    let (key, value) = line.strip_suffix('\n')?.split_once('=')?;
    Some((key, value, text.get(length..)?))
}
