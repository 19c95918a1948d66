//! Typed texts in and out of JSON without a copy in between: a line holds a dozen of them.

use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Reads a string and parses it where it stands.
pub fn parsed<'de, T, D>(from: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    from.deserialize_str(Text(PhantomData))
}

/// Longest prefix of 32 bytes in hex.
const PREFIX_MAX: usize = 8;

/// A prefix and 32 bytes in lower-case hex, on the stack.
pub struct Hex {
    text: [u8; PREFIX_MAX + 64],
    length: usize,
}

impl Hex {
    /// `prefix` is ASCII of at most 8 characters; what is beyond is cut off.
    pub fn of(prefix: &str, bytes: &[u8; 32]) -> Self {
        let mut text = [0; PREFIX_MAX + 64];
        let prefix = prefix.as_bytes().get(..PREFIX_MAX).unwrap_or(prefix.as_bytes());
        let (head, rest) = text.split_at_mut(prefix.len());
        head.copy_from_slice(prefix);
        for (pair, byte) in rest.as_chunks_mut().0.iter_mut().zip(bytes) {
            *pair = [digit(byte >> 4), digit(byte & 15)];
        }
        Self { text, length: prefix.len() + 64 }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.text.get(..self.length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

fn digit(of: u8) -> u8 {
    if of < 10 { b'0' + of } else { b'a' + of - 10 }
}

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}
