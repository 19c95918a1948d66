//! The local name of a key, `--as NAME`, and how it becomes a file name.
//!
//! ASCII `a-z 0-9 _ -` and characters of other scripts that are letters or digits without case stand for
//! themselves; every other byte of the UTF-8 form is `%XX`. So a name with capitals has another file name than one
//! without, also where the file system ignores case, and no file name holds a dot, a slash or a leading blank:
//!
//! ```text
//! 张三        张三
//! Li Na       %4Ci%20%4Ea
//! ../etc      %2E%2E%2Fetc
//! ```

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization as _;

use crate::fault::{Fault, Outcome};

const MAX_CHARS: usize = 40;
/// File names end at 255 bytes; room for the temporary name around it.
const MAX_STEM_BYTES: usize = 200;

/// A checked name of a key: 1 to 40 characters in NFC, as the user writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyName(String);

impl KeyName {
    /// Checks a name. It is brought to NFC first, so that the same name typed on another keyboard is the same.
    pub fn parse(text: &str) -> Outcome<Self> {
        let name = Self(text.nfc().collect());
        let refused = name.0.is_empty()
            || name.0.chars().count() > MAX_CHARS
            || name.0.trim() != name.0
            || name.0.chars().any(misleading)
            || name.stem().len() > MAX_STEM_BYTES;
        let shown = || text.chars().take(80).collect::<String>().escape_debug().to_string();
        if refused {
            return Err(Fault::usage("key.bad_name").with("found", shown()).with("expected", MAX_CHARS));
        }
        Ok(name)
    }

    /// The name as the user writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file name without its ending.
    pub fn stem(&self) -> String {
        let mut stem = String::new();
        for character in self.0.chars() {
            if stands_for_itself(character) {
                stem.push(character);
            } else {
                let mut utf8 = [0; 4];
                character
                    .encode_utf8(&mut utf8)
                    .bytes()
                    .for_each(|byte| stem.push_str(&format!("%{byte:02X}")));
            }
        }
        stem
    }

    /// The name a file stem stands for; nothing for a stem that [`KeyName::stem`] does not give.
    pub fn from_stem(stem: &str) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut rest = stem;
        while let Some(at) = rest.find('%') {
            let (plain, code) = rest.split_at(at);
            bytes.extend_from_slice(plain.as_bytes());
            bytes.push(u8::from_str_radix(code.get(1..3)?, 16).ok()?);
            rest = code.get(3..)?;
        }
        bytes.extend_from_slice(rest.as_bytes());
        let name = Self::parse(&String::from_utf8(bytes).ok()?).ok()?;
        (name.stem() == stem).then_some(name)
    }
}

fn stands_for_itself(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, 'a'..='z' | '0'..='9' | '_' | '-');
    }
    let caseless = character.to_lowercase().eq([character]) && character.to_uppercase().eq([character]);
    caseless && character.is_alphanumeric()
}

/// Control characters, and those that are not seen or turn the direction of what follows.
fn misleading(character: char) -> bool {
    let unseen = matches!(character,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}');
    character.is_control() || unseen
}

impl fmt::Display for KeyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Serialize for KeyName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for KeyName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(|fault| serde::de::Error::custom(fault.code))
    }
}
