//! Canonical JSON: RFC 8785 narrowed to what the stored format allows.
//!
//! Member names are ASCII, so that the UTF-16 order of RFC 8785 is byte order; numbers are integers under 2^53.
//! [`check`] reads a line once and builds nothing, so a verifier can afford it on every line.

use serde::Serialize;

use super::ids::INTEGER_MAX;

/// Longest line, without its `\n`.
pub const LINE_MAX: usize = 1 << 20;
/// Deepest nesting; the line's own object is depth 1.
pub const DEPTH_MAX: usize = 16;

/// Why bytes are not canonical, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {why}")]
pub struct NotCanonical {
    /// Offset of the offending byte.
    pub at: usize,
    /// What is wrong, in words.
    pub why: &'static str,
}

/// Writes `value` as canonical bytes.
///
/// Errors: a value outside the stored format (floats, large integers, non-ASCII member names, too long or deep).
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let bytes = serde_json_canonicalizer::to_vec(value)
        .map_err(|_| NotCanonical { at: 0, why: "cannot be written as canonical JSON" })?;
    check(&bytes)?;
    Ok(bytes)
}

/// Writes a value whose members are declared in byte order, without the detour through a sorter; the check
/// afterwards makes a wrong order an error instead of a wrong hash. `depth` is how deep the value will stand in its
/// line: what is deeper there than a line may be is refused here.
pub(crate) fn sorted_to_bytes<T: Serialize>(value: &T, depth: usize) -> Result<Vec<u8>, NotCanonical> {
    let bytes = serde_json::to_vec(value)
        .map_err(|_| NotCanonical { at: 0, why: "cannot be written as canonical JSON" })?;
    check_limits(&bytes, LINE_MAX, DEPTH_MAX.saturating_sub(depth))?;
    Ok(bytes)
}

/// Whether `bytes` are one canonical JSON value within the limits of a line; gives them back as the text they are.
pub fn check(bytes: &[u8]) -> Result<&str, NotCanonical> {
    check_within(bytes, LINE_MAX)
}

/// Whether `bytes` are one canonical JSON value of at most `length` bytes.
pub fn check_within(bytes: &[u8], length: usize) -> Result<&str, NotCanonical> {
    check_limits(bytes, length, DEPTH_MAX)
}

/// The same, nested at most `levels` deep: for files in which an event stands deeper than in its line.
pub fn check_limits(bytes: &[u8], length: usize, levels: usize) -> Result<&str, NotCanonical> {
    if bytes.len() > length {
        return Err(NotCanonical { at: length, why: "longer than is allowed" });
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(NotCanonical { at: 0, why: "not UTF-8" });
    };
    let mut scan = Scan { bytes, at: 0, levels };
    scan.value(0)?;
    if scan.at == bytes.len() { Ok(text) } else { scan.fail("bytes after the value") }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    levels: usize,
}

impl<'a> Scan<'a> {
    fn fail<T>(&self, why: &'static str) -> Result<T, NotCanonical> {
        Err(NotCanonical { at: self.at, why })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8, why: &'static str) -> Result<(), NotCanonical> {
        if self.peek() != Some(byte) {
            return self.fail(why);
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<(), NotCanonical> {
        match self.peek() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            _ => self.fail("a value was expected"),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), NotCanonical> {
        match self.bytes.get(self.at..) {
            Some(rest) if rest.starts_with(word) => {
                self.at += word.len();
                Ok(())
            }
            _ => self.fail("a value was expected"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), NotCanonical> {
        self.open(depth)?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut before: Option<&'a [u8]> = None;
        loop {
            let name = self.name()?;
            if before.is_some_and(|before| before >= name) {
                return self.fail("members are not in order, or one stands twice");
            }
            before = Some(name);
            self.expect(b':', "a colon was expected")?;
            self.value(depth)?;
            if !self.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), NotCanonical> {
        self.open(depth)?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            if !self.more(b']')? {
                return Ok(());
            }
        }
    }

    fn open(&mut self, depth: usize) -> Result<(), NotCanonical> {
        if depth > self.levels {
            return self.fail("deeper than is allowed");
        }
        self.at += 1;
        Ok(())
    }

    fn more(&mut self, close: u8) -> Result<bool, NotCanonical> {
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => self.fail("a comma or the end was expected"),
        }
    }

    /// A member name: ASCII, and never in need of an escape.
    fn name(&mut self) -> Result<&'a [u8], NotCanonical> {
        let name = self.string()?;
        if name.iter().all(|b| b.is_ascii() && *b != b'\\') {
            Ok(name)
        } else {
            self.fail("a member name is not plain ASCII")
        }
    }

    /// A string; returns the bytes between the quotes, escapes as written.
    fn string(&mut self) -> Result<&'a [u8], NotCanonical> {
        self.expect(b'"', "a string was expected")?;
        let start = self.at;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            self.at += plain.unwrap_or(rest.len());
            match self.peek() {
                None => return self.fail("a string does not end"),
                Some(b'"') => {
                    let text = self.bytes.get(start..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return self.fail("a control character stands unescaped"),
            }
        }
    }

    /// RFC 8785 §3.2.2.2: the two-character forms where they exist, `\u00xx` in lower case for the other control
    /// characters, nothing else. U+0000 is not allowed in the stored format.
    fn escape(&mut self) -> Result<(), NotCanonical> {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = match rest {
            [b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => 2,
            [b'u', b'0', b'0', b'1', b'0'..=b'9' | b'a'..=b'f', ..] => 6,
            [b'u', b'0', b'0', b'0', b'1'..=b'7' | b'b' | b'e' | b'f', ..] => 6,
            _ => return self.fail("an escape is not the canonical one"),
        };
        self.at += length;
        Ok(())
    }

    fn integer(&mut self) -> Result<(), NotCanonical> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let start = self.at;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        let leading_zero = self.bytes.get(start) == Some(&b'0') && (self.at - start > 1 || negative);
        if self.at == start || leading_zero || value > INTEGER_MAX {
            return self.fail("not an integer under 2^53 in its shortest form");
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return self.fail("a number is not an integer");
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
