//! Tag files as text: in the encoding that the declaration names, whatever ends its lines.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// An encoding of tag files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    /// The byte order mark says which end is first; without one the big end.
    Utf16,
    Utf16Be,
    Utf16Le,
    Latin1,
    Ascii,
}

impl Charset {
    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "UTF-8" => Some(Self::Utf8),
            "UTF-16" => Some(Self::Utf16),
            "UTF-16BE" => Some(Self::Utf16Be),
            "UTF-16LE" => Some(Self::Utf16Le),
            "ISO-8859-1" => Some(Self::Latin1),
            "US-ASCII" => Some(Self::Ascii),
            _ => None,
        }
    }

    /// The text; `None` when the bytes are none in this encoding, or begin with a mark that UTF-8 does not have.
    pub(super) fn decode(self, bytes: &[u8]) -> Option<String> {
        let (encoding, bytes): (&Encoding, &[u8]) = match (self, bytes) {
            (Self::Utf8, [0xef, 0xbb, 0xbf, ..]) => return None,
            (Self::Utf8, _) => (UTF_8, bytes),
            (Self::Ascii, _) if !bytes.is_ascii() => return None,
            (Self::Ascii, _) => (UTF_8, bytes),
            (Self::Utf16, [0xff, 0xfe, rest @ ..]) => (UTF_16LE, rest),
            (Self::Utf16, [0xfe, 0xff, rest @ ..]) => (UTF_16BE, rest),
            (Self::Utf16 | Self::Utf16Be, _) => (UTF_16BE, bytes),
            (Self::Utf16Le, _) => (UTF_16LE, bytes),
            (Self::Latin1, _) => (WINDOWS_1252, bytes),
        };
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
    }
}

/// Lines that end in LF, CR or both; the last one may end without.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(['\r', '\n']).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        lines.push(line);
        let behind = behind.strip_prefix("\r\n").or_else(|| behind.strip_prefix(['\r', '\n']));
        rest = behind.unwrap_or_default();
    }
    lines
}
