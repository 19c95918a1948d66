//! The structure of a ZIP, read by hand before anything of it is believed: one end record at the very end, a central
//! directory right before it, local files from the first byte on without gap or overlap, and both saying the same.

use std::io::{self, SeekFrom};

use super::finding::refuse;
use super::limits::{Limits, MAX_ZIP_BYTES, MAX_ZIP_DIRECTORY_BYTES};
use super::unpack::ReadSeek;
use crate::fault::{Fault, Outcome};

const END_BYTES: u64 = 22;
const END: [u8; 4] = *b"PK\x05\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

const DESCRIBED: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
/// Deflate's speed, sizes behind the content, names in UTF-8.
const KNOWN_FLAGS: u16 = 0b110 | DESCRIBED | UTF8;

const EXTRA_64: u16 = 0x0001;
const EXTRA_AES: u16 = 0x9901;
const EXTRA_NAME: u16 = 0x7075;

/// What both headers of an entry say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) size: u64,
    pub(super) directory: bool,
    pub(super) offset: u64,
    compressed: u64,
    crc: u32,
    flags: u16,
    method: u16,
}

/// Little-endian numbers out of a record; what is not there is zero, lengths are checked before.
struct Fields<'b>(&'b [u8]);

impl Fields<'_> {
    fn u16(&self, at: usize) -> u16 {
        self.0.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> u32 {
        self.0.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    }
}

fn failed(error: io::Error) -> Fault {
    Fault::machine("io.failed").with("path", "ZIP").with("found", error)
}

fn broken(code: &'static str, name: &[u8], expected: impl ToString, found: impl ToString) -> Fault {
    refuse(code, name, expected, found)
}

fn bytes_at(input: &mut dyn ReadSeek, at: u64, length: usize) -> Outcome<Vec<u8>> {
    let mut bytes = vec![0; length];
    input.seek(SeekFrom::Start(at)).map_err(failed)?;
    input.read_exact(&mut bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            broken("package.zip_truncated", b"", format!("{length} bytes at {at}"), "the end")
        }
        _ => failed(error),
    })?;
    Ok(bytes)
}

/// All entries in the order of the central directory, and where that begins.
pub(super) fn read(input: &mut dyn ReadSeek, limits: &Limits) -> Outcome<(Vec<Entry>, u64)> {
    let length = input.seek(SeekFrom::End(0)).map_err(failed)?;
    if length > MAX_ZIP_BYTES {
        return Err(broken("package.limit_zip", b"", format!("≤ {MAX_ZIP_BYTES}"), length));
    }
    let (count, start) = end_record(input, length, limits)?;
    let size = length - END_BYTES - start;
    let directory = bytes_at(input, start, usize::try_from(size).unwrap_or_default())?;
    let entries = central(&directory, count)?;
    let total = entries.iter().map(|entry| entry.size).fold(0, u64::saturating_add);
    let allowed = length.saturating_mul(limits.ratio).saturating_add(limits.ratio_free_bytes);
    if total > allowed {
        let found = total / length.max(1);
        return Err(broken("package.limit_ratio", b"", format!("≤ {}", limits.ratio), found));
    }
    locals(input, &entries, start)?;
    Ok((entries, start))
}

/// Number of entries and offset of the central directory.
fn end_record(input: &mut dyn ReadSeek, length: u64, limits: &Limits) -> Outcome<(usize, u64)> {
    let at = length.checked_sub(END_BYTES);
    let at = at.ok_or_else(|| broken("package.zip_truncated", b"", END_BYTES, length))?;
    let record = bytes_at(input, at, END_BYTES as usize)?;
    let end = Fields(&record);
    if !record.starts_with(&END) || end.u16(20) != 0 {
        return Err(broken("package.zip_end", b"", "the end record, without a comment", "other bytes"));
    }
    let before = bytes_at(input, at.saturating_sub(20), 4)?;
    let wide =
        [end.u16(8), end.u16(10)].contains(&0xffff) || [end.u32(12), end.u32(16)].contains(&0xffff_ffff);
    if before == LOCATOR_64 || wide {
        return Err(broken("package.zip_64", b"", "no ZIP64", "ZIP64"));
    }
    let (count, size, start) = (end.u16(10), u64::from(end.u32(12)), u64::from(end.u32(16)));
    if end.u16(4) != 0 || end.u16(6) != 0 || end.u16(8) != count {
        return Err(broken("package.zip_end", b"", "one volume", "several"));
    }
    if start + size != at {
        return Err(broken("package.zip_end", b"", format!("the directory ends at {at}"), start + size));
    }
    if size > MAX_ZIP_DIRECTORY_BYTES || usize::from(count) > limits.files.saturating_mul(2) {
        let expected = format!("≤ {} / {MAX_ZIP_DIRECTORY_BYTES}", limits.files);
        return Err(broken("package.limit_files", b"", expected, format!("{count} / {size}")));
    }
    Ok((usize::from(count), start))
}

fn central(mut rest: &[u8], count: usize) -> Outcome<Vec<Entry>> {
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let (entry, behind) = central_entry(rest)?;
        entries.push(entry);
        rest = behind;
    }
    if !rest.is_empty() {
        return Err(broken("package.zip_end", b"", format!("{count} entries"), "more bytes"));
    }
    Ok(entries)
}

fn central_entry(bytes: &[u8]) -> Outcome<(Entry, &[u8])> {
    let cut = || broken("package.zip_directory", b"", "an entry of the directory", "other bytes");
    let fixed = bytes.get(..46).filter(|fixed| fixed.starts_with(&CENTRAL)).ok_or_else(cut)?;
    let head = Fields(fixed);
    let lengths = [28, 30, 32].map(|at| usize::from(head.u16(at)));
    let [name_length, extra_length, comment_length] = lengths;
    let name = bytes.get(46..46 + name_length).ok_or_else(cut)?;
    let extra = bytes.get(46 + name_length..46 + name_length + extra_length).ok_or_else(cut)?;
    let rest = bytes.get(46 + name_length + extra_length + comment_length..).ok_or_else(cut)?;
    check_extra(name, extra)?;
    let entry = Entry {
        name: name.to_vec(),
        size: u64::from(head.u32(24)),
        directory: name.ends_with(b"/"),
        offset: u64::from(head.u32(42)),
        compressed: u64::from(head.u32(20)),
        crc: head.u32(16),
        flags: head.u16(8),
        method: head.u16(10),
    };
    if [head.u32(20), head.u32(24), head.u32(42)].contains(&0xffff_ffff) || head.u16(34) == 0xffff {
        return Err(broken("package.zip_64", name, "no ZIP64", "ZIP64"));
    }
    if head.u16(34) != 0 {
        return Err(broken("package.zip_end", name, "one volume", "several"));
    }
    check_entry(&entry)?;
    check_attributes(&entry, head.u32(38))?;
    Ok((entry, rest))
}

fn check_entry(entry: &Entry) -> Outcome<()> {
    let name = &entry.name;
    if entry.flags & ENCRYPTED != 0 {
        return Err(broken("package.zip_encrypted", name, "not encrypted", "encrypted"));
    }
    if entry.flags & !KNOWN_FLAGS != 0 {
        return Err(broken("package.zip_flags", name, "known flags", format!("{:#06x}", entry.flags)));
    }
    if !matches!(entry.method, 0 | 8) {
        return Err(broken("package.zip_method", name, "stored, deflate", entry.method));
    }
    if entry.flags & UTF8 == 0 && !name.is_ascii() {
        return Err(broken("package.zip_name", name, "UTF-8", "no sign of it"));
    }
    if entry.method == 0 && entry.compressed != entry.size {
        return Err(broken("package.zip_disagrees", name, entry.size, entry.compressed));
    }
    Ok(())
}

/// What a program on Unix would make of the entry: its type stands in the upper half.
fn check_attributes(entry: &Entry, attributes: u32) -> Outcome<()> {
    let name = &entry.name;
    let directory = match attributes >> 28 {
        0 => attributes & 0x10 != 0,
        0o10 => false,
        0o04 => true,
        0o12 => return Err(broken("package.zip_link", name, "a file", "a symbolic link")),
        _ => return Err(broken("package.zip_device", name, "a file", "a device, socket or pipe")),
    };
    let false_directory = directory && !entry.directory;
    let unlike = attributes >> 28 != 0 && directory != entry.directory;
    if false_directory || unlike || (entry.directory && entry.size != 0) {
        return Err(broken("package.zip_folder", name, "a directory or a file", "something of both"));
    }
    Ok(())
}

/// Extra fields that change what an entry is are refused; times and owners are passed over.
fn check_extra(name: &[u8], mut extra: &[u8]) -> Outcome<()> {
    while !extra.is_empty() {
        let head = Fields(extra);
        let end = 4 + usize::from(head.u16(2));
        if extra.len() < 4 || extra.len() < end {
            return Err(broken("package.zip_extra", name, "whole extra fields", "other bytes"));
        }
        match head.u16(0) {
            EXTRA_64 => return Err(broken("package.zip_64", name, "no ZIP64", "ZIP64")),
            EXTRA_AES => return Err(broken("package.zip_encrypted", name, "not encrypted", "AES")),
            EXTRA_NAME => {
                return Err(broken("package.zip_name", name, "one name", "another in an extra field"));
            }
            _ => {}
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    Ok(())
}

/// Walks the local files in the order in which they lie: the first at 0, the next where the last ends, and the
/// directory behind the last.
fn locals(input: &mut dyn ReadSeek, entries: &[Entry], directory: u64) -> Outcome<()> {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by_key(|entry| entry.offset);
    let mut at = 0;
    for entry in sorted {
        in_place(&entry.name, at, entry.offset)?;
        at = local(input, entry)?;
    }
    in_place(b"", at, directory)
}

fn in_place(name: &[u8], expected: u64, found: u64) -> Outcome<()> {
    match found.cmp(&expected) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(broken("package.zip_overlap", name, expected, found)),
        std::cmp::Ordering::Greater => Err(broken("package.zip_gap", name, expected, found)),
    }
}

/// Compares a local header with the directory; gives where the file ends.
fn local(input: &mut dyn ReadSeek, entry: &Entry) -> Outcome<u64> {
    let fixed = bytes_at(input, entry.offset, 30)?;
    let head = Fields(&fixed);
    let differs = |expected: &str| broken("package.zip_disagrees", &entry.name, expected, "other bytes");
    if !fixed.starts_with(&LOCAL) {
        return Err(differs("a local header"));
    }
    let name_length = usize::from(head.u16(26));
    let names = bytes_at(input, entry.offset + 30, name_length + usize::from(head.u16(28)))?;
    let (name, extra) = names.split_at_checked(name_length).unwrap_or_default();
    check_extra(name, extra)?;
    if name != entry.name || head.u16(6) != entry.flags || head.u16(8) != entry.method {
        return Err(differs("the same name, flags and method"));
    }
    let told = [head.u32(14), head.u32(18), head.u32(22)].map(u64::from);
    let known = [u64::from(entry.crc), entry.compressed, entry.size];
    let described = entry.flags & DESCRIBED != 0;
    if told != known && !(described && told == [0; 3]) {
        return Err(differs("the same checksum and sizes"));
    }
    let end = entry.offset + 30 + names.len() as u64 + entry.compressed;
    if described { descriptor(input, entry, end) } else { Ok(end) }
}

/// Checksum and sizes once more, behind the content; gives where they end.
fn descriptor(input: &mut dyn ReadSeek, entry: &Entry, at: u64) -> Outcome<u64> {
    let numbers: Vec<u8> = [u64::from(entry.crc), entry.compressed, entry.size]
        .iter()
        .flat_map(|number| number.to_le_bytes().into_iter().take(4))
        .collect();
    let short = bytes_at(input, at, 12)?;
    // Without its sign it may look like one: then the content's checksum is that very number.
    let long = bytes_at(input, at, 16)?;
    if long.starts_with(&DESCRIPTOR) && long.ends_with(&numbers) {
        return Ok(at + 16);
    }
    if short == numbers {
        return Ok(at + 12);
    }
    Err(broken("package.zip_disagrees", &entry.name, "checksum and sizes behind the content", "other bytes"))
}
