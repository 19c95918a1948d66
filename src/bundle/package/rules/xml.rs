//! Reading XML of strangers: three encodings, no DTD, no entities of its own, no processing instructions, bounded depth and size.

use encoding_rs::{GB18030, UTF_8};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::bundle::package::Finding;

/// Deepest nesting.
pub const DEPTH: usize = 64;
/// Most bytes of an XML document: 256 MiB.
pub const SIZE: u64 = 256 << 20;

/// What stands in a document.
#[derive(Debug, PartialEq, Eq)]
pub enum Node<'a> {
    /// An element begins.
    Open(&'a str),
    /// Text in it.
    Text(&'a str),
    /// It ends.
    Close(&'a str),
}

/// Decodes a document or a text: UTF-8, GB18030 or GB2312.
///
/// # Errors
/// `package.encoding`.
pub fn decode(bytes: &[u8], path: &str) -> Result<String, Finding> {
    let bad = |found: &str| {
        Finding::error("package.encoding").path(path).expected("UTF-8, GB18030, GB2312").found(found)
    };
    let declared = declared(bytes).map(|name| name.to_ascii_uppercase());
    let encoding = match declared.as_deref() {
        None if std::str::from_utf8(bytes).is_err() && !bytes.starts_with(b"<?xml") => GB18030,
        None | Some("UTF-8" | "UTF8") => UTF_8,
        Some("GB18030" | "GB2312") => GB18030,
        Some(other) => return Err(bad(other)),
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text = text.ok_or_else(|| bad("bytes that are not of that encoding"))?;
    Ok(text.trim_start_matches('\u{FEFF}').to_owned())
}

/// The encoding that an XML declaration names.
fn declared(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(200))?;
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let head = std::str::from_utf8(head.get(..end)?).ok()?.strip_prefix("<?xml")?;
    let (_, rest) = head.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest.get(1..)?.split(quote).next().map(str::to_owned)
}

/// Reads a document and shows its nodes in order.
///
/// # Errors
/// `package.xml_doctype`, `package.xml_entity`, `package.xml_processing`, `package.xml_depth`, `package.xml_form`.
pub fn read(text: &str, path: &str, see: &mut dyn FnMut(Node<'_>)) -> Result<(), Finding> {
    let mut reader = Reader::from_str(text);
    let mut names: Vec<String> = Vec::new();
    let mut roots = 0;
    loop {
        let event = reader.read_event();
        let fail = |code: &'static str, found: &str| Err(Finding::error(code).path(path).found(found));
        match event {
            Err(error) => return fail("package.xml_form", &error.to_string()),
            Ok(Event::Eof) if names.is_empty() && roots == 1 => return Ok(()),
            Ok(Event::Eof) => return fail("package.xml_form", "the end"),
            Ok(Event::DocType(_)) => return fail("package.xml_doctype", "DOCTYPE"),
            Ok(Event::PI(_)) => return fail("package.xml_processing", "a processing instruction"),
            Ok(Event::Start(start)) => {
                roots += usize::from(names.is_empty());
                open(&start, &mut names, see);
            }
            Ok(Event::Empty(start)) => {
                roots += usize::from(names.is_empty());
                open(&start, &mut names, see);
                close(&mut names, see);
            }
            Ok(Event::End(_)) => close(&mut names, see),
            Ok(Event::Text(text)) => see(Node::Text(&text)),
            Ok(Event::CData(text)) => see(Node::Text(&text)),
            Ok(Event::GeneralRef(entity)) => match reference(&entity) {
                Some(c) => see(Node::Text(c.encode_utf8(&mut [0; 4]))),
                None => return fail("package.xml_entity", &entity),
            },
            Ok(Event::Decl(_) | Event::Comment(_)) => {}
        }
        if names.len() > DEPTH {
            return Err(Finding::error("package.xml_depth").path(path).expected(DEPTH).found(names.len()));
        }
    }
}

fn open(start: &BytesStart<'_>, names: &mut Vec<String>, see: &mut dyn FnMut(Node<'_>)) {
    let name = start.local_name();
    let name: &str = name.as_ref();
    see(Node::Open(name));
    names.push(name.to_owned());
}

fn close(names: &mut Vec<String>, see: &mut dyn FnMut(Node<'_>)) {
    if let Some(name) = names.pop() {
        see(Node::Close(&name));
    }
}

/// A character by number, or one of the five that XML itself names.
fn reference(entity: &BytesRef<'_>) -> Option<char> {
    if let Some(c) = entity.resolve_char_ref().ok()? {
        return Some(c);
    }
    match &**entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}
