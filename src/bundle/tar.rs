//! The one form a tar header can have here: ustar, regular file, nobody's, mode 0644.
//!
//! The reader makes the header that the writer would have made and compares all 512 bytes; so there is no field in
//! which something could hide or change unseen.

use std::io::Write;

/// Length of a tar block in bytes.
pub(super) const BLOCK: usize = 512;
/// Largest number that eleven octal digits hold.
pub(super) const MAX_OCTAL: u64 = 0o77_777_777_777;

/// A header block.
pub(super) type Header = [u8; BLOCK];

/// The fields in their order: name, first byte, byte after the last.
const FIELDS: [(&str, usize, usize); 17] = [
    ("name", 0, 100),
    ("mode", 100, 108),
    ("uid", 108, 116),
    ("gid", 116, 124),
    ("size", 124, 136),
    ("mtime", 136, 148),
    ("checksum", 148, 156),
    ("typeflag", 156, 157),
    ("linkname", 157, 257),
    ("magic", 257, 263),
    ("version", 263, 265),
    ("uname", 265, 297),
    ("gname", 297, 329),
    ("devmajor", 329, 337),
    ("devminor", 337, 345),
    ("prefix", 345, 500),
    ("padding", 500, 512),
];

/// The canonical header of a file: `name` in full (≤ 100 bytes are kept), `size` in bytes, `mtime` in Unix seconds
/// (both ≤ [`MAX_OCTAL`]).
pub(super) fn header(name: &[u8], size: u64, mtime: u64) -> Header {
    header_of(b'0', name, size, mtime)
}

/// The same for an entry of type `kind`.
pub(super) fn header_of(kind: u8, name: &[u8], size: u64, mtime: u64) -> Header {
    let mut block = [0; BLOCK];
    put(&mut block, "name", name);
    put(&mut block, "mode", b"0000644\0");
    put(&mut block, "uid", b"0000000\0");
    put(&mut block, "gid", b"0000000\0");
    put(&mut block, "size", format!("{size:011o}\0").as_bytes());
    put(&mut block, "mtime", format!("{mtime:011o}\0").as_bytes());
    put(&mut block, "checksum", b"        ");
    put(&mut block, "typeflag", &[kind]);
    put(&mut block, "magic", b"ustar\0");
    put(&mut block, "version", b"00");
    put(&mut block, "devmajor", b"0000000\0");
    put(&mut block, "devminor", b"0000000\0");
    let sum = sum(&block);
    put(&mut block, "checksum", format!("{sum:06o}\0 ").as_bytes());
    block
}

/// The checksum of a header: the sum of its bytes, those of the checksum itself taken as blanks.
pub(super) fn sum(block: &Header) -> u32 {
    let own: u32 = field(block, "checksum").iter().map(|byte| u32::from(*byte)).sum();
    let all: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    all - own + 8 * u32::from(b' ')
}

fn put(block: &mut Header, field: &str, value: &[u8]) {
    let Some((_, from, to)) = FIELDS.iter().find(|(name, _, _)| *name == field) else { return };
    let mut room = block.get_mut(*from..*to).unwrap_or_default();
    // A slice takes what fits and never fails otherwise.
    let _ = room.write(value);
}

/// The bytes of a field.
pub(super) fn field<'h>(block: &'h Header, name: &str) -> &'h [u8] {
    let place = FIELDS.iter().find(|(field, _, _)| *field == name);
    place.and_then(|(_, from, to)| block.get(*from..*to)).unwrap_or_default()
}

/// The name: the bytes before the first NUL.
pub(super) fn name(block: &Header) -> &[u8] {
    let field = field(block, "name");
    field.split(|byte| *byte == 0).next().unwrap_or(field)
}

/// A number of eleven octal digits and a NUL, the only way we write one.
pub(super) fn number(block: &Header, name: &str) -> Option<u64> {
    let digits = field(block, name).strip_suffix(b"\0")?;
    let text = std::str::from_utf8(digits).ok()?;
    let octal = digits.len() == 11 && digits.iter().all(|digit| (b'0'..=b'7').contains(digit));
    if octal { u64::from_str_radix(text, 8).ok() } else { None }
}

/// True for a block of zeros.
pub(super) fn is_zero(block: &Header) -> bool {
    *block == [0; BLOCK]
}

/// The first byte where two headers differ: its offset, and the field it lies in.
pub(super) fn first_difference(one: &Header, other: &Header) -> Option<(usize, &'static str)> {
    if one == other {
        return None;
    }
    let at = one.iter().zip(other).position(|(a, b)| a != b)?;
    let field = FIELDS.iter().find(|(_, from, to)| (*from..*to).contains(&at)).map_or("", |field| field.0);
    Some((at, field))
}

/// Code for an entry that is not a regular file; `None` for one that is.
pub(super) fn refused_type(block: &Header) -> Option<&'static str> {
    match field(block, "typeflag").first() {
        Some(b'0') => None,
        Some(b'1' | b'2') => Some("bundle.tar_link"),
        Some(b'3' | b'4' | b'6') => Some("bundle.tar_device"),
        Some(b'5') => Some("bundle.tar_directory"),
        Some(b'x' | b'g' | b'X') => Some("bundle.tar_pax"),
        Some(b'L' | b'K' | b'S' | b'D' | b'M' | b'N' | b'V') => Some("bundle.tar_gnu"),
        _ => Some("bundle.tar_type"),
    }
}

/// Zero bytes needed after `size` bytes to fill the last block.
pub(super) fn padding(size: u64) -> usize {
    let rest = (size % BLOCK as u64) as usize;
    if rest == 0 { 0 } else { BLOCK - rest }
}
