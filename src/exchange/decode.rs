//! Bytes to text: which encoding a table is written in, decided strictly.

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE};
use serde::Serialize;

use crate::fault::{Fault, Outcome};

/// The encoding a text table was found to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TextEncoding {
    /// UTF-8 without a byte order mark.
    #[serde(rename = "UTF-8")]
    Utf8,
    /// UTF-8 that begins with a byte order mark, as Excel writes it.
    #[serde(rename = "UTF-8 BOM")]
    Utf8Bom,
    /// UTF-16 with a byte order mark, Excel's "Unicode text".
    #[serde(rename = "UTF-16")]
    Utf16,
    /// GB18030 and its subsets GBK and GB2312, what Chinese Excel writes by default.
    #[serde(rename = "GB18030")]
    Gb18030,
}

impl TextEncoding {
    /// The name people know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 BOM",
            Self::Utf16 => "UTF-16",
            Self::Gb18030 => "GB18030",
        }
    }
}

/// Decodes a whole file: a byte order mark decides; else strict UTF-8; else strict GB18030.
///
/// Nothing is replaced on the way: a byte that fits neither is a fault naming the line.
pub fn decode(file: &str, bytes: &[u8]) -> Outcome<(String, TextEncoding)> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let text = std::str::from_utf8(rest).map_err(|e| bad_bytes(file, rest, e.valid_up_to(), "UTF-8"))?;
        return Ok((text.to_owned(), TextEncoding::Utf8Bom));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return strict(file, rest, UTF_16LE).map(|text| (text, TextEncoding::Utf16));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return strict(file, rest, UTF_16BE).map(|text| (text, TextEncoding::Utf16));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok((text.to_owned(), TextEncoding::Utf8)),
        Err(_) => strict(file, bytes, GB18030).map(|text| (text, TextEncoding::Gb18030)),
    }
}

fn strict(file: &str, bytes: &[u8], encoding: &'static Encoding) -> Outcome<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0);
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (_, read) => {
            let line = 1 + text.bytes().filter(|b| *b == b'\n').count();
            Err(encoding_fault(file, line, read, encoding.name()))
        }
    }
}

fn bad_bytes(file: &str, bytes: &[u8], at: usize, encoding: &str) -> Fault {
    let line = 1 + bytes.iter().take(at).filter(|b| **b == b'\n').count();
    encoding_fault(file, line, at, encoding)
}

fn encoding_fault(file: &str, line: usize, byte: usize, encoding: &str) -> Fault {
    Fault::usage("table.encoding")
        .with("file", file)
        .with("line", line)
        .with("byte", byte)
        .with("found", encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_or_strict_reading_decides() {
        assert_eq!(decode("f", "标题".as_bytes()).unwrap(), ("标题".to_owned(), TextEncoding::Utf8));
        assert_eq!(decode("f", b"\xEF\xBB\xBFa").unwrap(), ("a".to_owned(), TextEncoding::Utf8Bom));
        assert_eq!(decode("f", b"\xFF\xFEa\x00\x07\x68").unwrap(), ("a标".to_owned(), TextEncoding::Utf16));
        let (gb, _, _) = GB18030.encode("索引号,标题\n1,关于㐀的通知");
        let (text, encoding) = decode("f", &gb).unwrap();
        assert_eq!((text.as_str(), encoding), ("索引号,标题\n1,关于㐀的通知", TextEncoding::Gb18030));
    }

    #[test]
    fn bytes_of_no_encoding_name_their_line() {
        let fault = decode("f.csv", b"a\nb\n\xFF\xFF").unwrap_err();
        assert_eq!((fault.code, fault.args["line"].as_str()), ("table.encoding", "3"));
        let fault = decode("f.csv", b"\xEF\xBB\xBFa\n\xC4\xE3").unwrap_err();
        assert_eq!((fault.code, fault.args["line"].as_str()), ("table.encoding", "2"));
    }
}
