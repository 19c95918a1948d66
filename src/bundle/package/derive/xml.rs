//! Writing XML 1.0: one spelling, and no character that it forbids.

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

/// What stands for a character that XML 1.0 forbids.
const REPLACEMENT: char = '\u{FFFD}';

/// An XML document being written. Characters that XML 1.0 forbids become U+FFFD and are counted; the exact text stands in the
/// events.
pub struct Xml {
    out: Writer<Vec<u8>>,
    replaced: usize,
}

impl Default for Xml {
    /// A document that begins with its declaration.
    fn default() -> Self {
        let head = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
        Self { out: Writer::new_with_indent(head, b' ', 1), replaced: 0 }
    }
}

impl Xml {
    /// An element that holds what `inside` writes.
    pub fn element(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.start(name, attributes);
        inside(self);
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element that holds a text.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// The same with attributes.
    pub fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.element(name, attributes, |xml| xml.text(text));
    }

    /// An element that holds a text, if there is one.
    pub fn maybe(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.leaf(name, text);
        }
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        let (escaped, replaced) = escape(text, false);
        self.replaced += replaced;
        self.raw(&escaped);
    }

    /// What is XML already.
    pub fn raw(&mut self, xml: &str) {
        self.put(Event::Text(BytesText::from_escaped(xml)));
    }

    /// How many characters have been replaced so far.
    pub fn replaced(&self) -> usize {
        self.replaced
    }

    /// The document, with a line end.
    pub fn finish(self) -> Vec<u8> {
        let mut bytes = self.out.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        let mut content = name.to_owned();
        for (attribute, value) in attributes {
            let (value, replaced) = escape(value, true);
            self.replaced += replaced;
            content.push_str(&format!(" {attribute}=\"{value}\""));
        }
        self.put(Event::Start(BytesStart::from_content(content, name.len())));
    }

    fn put(&mut self, event: Event<'_>) {
        // It is written to memory, which takes it.
        let _ = self.out.write_event(event);
    }
}

/// The text as it stands in XML, and how many characters were replaced.
pub fn escape(text: &str, attribute: bool) -> (String, usize) {
    let (mut out, mut replaced) = (String::with_capacity(text.len()), 0);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\t' if attribute => out.push_str("&#9;"),
            '\n' if attribute => out.push_str("&#10;"),
            // A reader takes a bare carriage return for a line feed.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if is_forbidden(c) => {
                out.push(REPLACEMENT);
                replaced += 1;
            }
            c => out.push(c),
        }
    }
    (out, replaced)
}

/// Whether XML 1.0 has no way to write this character.
pub fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut xml = Xml::default();
        xml.element("根", &[("版本", "1 \"2\" <3>\n")], |xml| {
            xml.leaf("题名", "甲&乙<丙>\r\n\"丁\"");
            xml.element("空", &[], |_| ());
            xml.leaf("坏", "a\u{1}b\u{FFFF}c");
        });
        assert_eq!(xml.replaced(), 2);
        let text = String::from_utf8(xml.finish()).unwrap();
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <根 版本="1 &quot;2&quot; &lt;3&gt;&#10;">
         <题名>甲&amp;乙&lt;丙&gt;&#13;
        "丁"</题名>
         <空>
         </空>
         <坏>a�b�c</坏>
        </根>
        "#);
    }
}
