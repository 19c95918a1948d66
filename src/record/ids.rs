//! Names: origin, subject, kind; and the two forms of time.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::digest::FormError;

/// Largest integer that may stand in an event: 2^53 - 1 (RFC 8785, I-JSON).
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $form:literal, $pattern:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(transparent)]
        pub struct $name(#[schemars(with = "String", regex(pattern = $pattern))] Box<str>);

        impl $name {
            /// The text as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = FormError;

            fn from_str(text: &str) -> Result<Self, FormError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.into())) } else { Err(FormError::new($form, text)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                super::text::parsed(from)
            }
        }
    };
}

fn token(text: &str, max: usize, allowed: fn(u8) -> bool) -> bool {
    !text.is_empty() && text.len() <= max && text.bytes().all(allowed)
}

text_type! {
    /// Where a ledger comes from, for ever: a schema-less URL such as `linyi.gov.cn/xxgk`.
    ///
    /// Printable ASCII without space and `+`, which the C2SP signed note gives other meanings to; at most 200
    /// bytes, so that a key name (`origin/label`) stays under the 255 bytes some note readers allow.
    Origin, "an origin: 1 to 200 printable ASCII characters without space and +", "^[!-*,-~]{1,200}$",
    |text| token(text, 200, |b| b.is_ascii_graphic() && b != b'+')
}

text_type! {
    /// What an event is about: `class/id`, such as `item/3f9k2m7q1x8z4c5v`.
    Subject, "a subject: class/id, [a-z]{1,16}/[0-9a-z]{1,32}", "^[a-z]{1,16}/[0-9a-z]{1,32}$",
    |text| text.split_once('/').is_some_and(|(class, id)| {
        token(class, 16, |b| b.is_ascii_lowercase())
            && token(id, 32, |b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

text_type! {
    /// The kind of an event: `class.verb`, such as `item.decided`.
    Kind, "a kind: class.verb, [a-z]{1,16}.[a-z_]{1,24}", "^[a-z]{1,16}[.][a-z_]{1,24}$",
    |text| text.split_once('.').is_some_and(|(class, verb)| {
        token(class, 16, |b| b.is_ascii_lowercase()) && token(verb, 24, |b| b.is_ascii_lowercase() || b == b'_')
    })
}

/// Crockford's base 32 in lower case: no i, l, o, u, so that an id can be read aloud.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl Subject {
    /// Makes the subject `class/id` from 80 random bits. `class` is one of the rule book's subject classes.
    pub fn random(class: &str, bits: [u8; 10]) -> Result<Self, FormError> {
        let mut value = bits.iter().fold(0u128, |sum, byte| (sum << 8) | u128::from(*byte));
        let mut id = [0u8; 16];
        for slot in id.iter_mut().rev() {
            *slot = BASE32.get((value & 31) as usize).copied().unwrap_or(b'0');
            value >>= 5;
        }
        format!("{class}/{}", String::from_utf8_lossy(&id)).parse()
    }

    /// The part before the slash.
    pub fn class(&self) -> &str {
        self.0.split_once('/').map_or("", |(class, _)| class)
    }
}

impl Kind {
    /// The part before the dot.
    pub fn class(&self) -> &str {
        self.0.split_once('.').map_or("", |(class, _)| class)
    }

    /// Whether an event of this kind is a link of the `keys` back-chain: persons, keys, rule book, genesis.
    pub fn is_keys_link(&self) -> bool {
        matches!(self.class(), "person" | "key" | "rules") || &*self.0 == "ledger.opened"
    }
}

/// A calendar day in Beijing, written `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(transparent)]
pub struct Day(#[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))] pub civil::Date);

/// A moment to the second, written `YYYY-MM-DDTHH:MM:SS+08:00`; held as the local civil time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(transparent)]
pub struct Moment(
    #[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\+08:00$"))]
    pub  civil::DateTime,
);

fn digits(text: &[u8]) -> Option<i16> {
    text.iter().try_fold(0i16, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i16::from(b - b'0')))
}

fn parse_date(text: &[u8]) -> Option<civil::Date> {
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = text else { return None };
    if y.len() != 4 {
        return None;
    }
    let small = |a: u8, b: u8| digits(&[a, b]).and_then(|n| i8::try_from(n).ok());
    // There is no year 0.
    let year = digits(y).filter(|year| *year > 0)?;
    civil::Date::new(year, small(*m1, *m2)?, small(*d1, *d2)?).ok()
}

fn parse_moment(text: &[u8]) -> Option<civil::DateTime> {
    let (date, time) = text.split_at_checked(10)?;
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, b'+', b'0', b'8', b':', b'0', b'0'] = time else {
        return None;
    };
    let small = |a: u8, b: u8| digits(&[a, b]).and_then(|n| i8::try_from(n).ok());
    let (hour, minute, second) = (small(*h1, *h2)?, small(*m1, *m2)?, small(*s1, *s2)?);
    Some(parse_date(date)?.to_datetime(civil::Time::new(hour, minute, second, 0).ok()?))
}

impl Day {
    /// The day in Beijing of a Unix time.
    pub fn from_unix_day(seconds: Option<u64>) -> Option<Self> {
        Moment::from_unix(i64::try_from(seconds?).ok()?).map(Moment::day)
    }
}

impl Moment {
    /// The day this moment falls on.
    pub fn day(self) -> Day {
        Day(self.0.date())
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        let epoch = civil::DateTime::constant(1970, 1, 1, 8, 0, 0, 0);
        self.0.duration_since(epoch).as_secs()
    }

    /// The moment `seconds` after 1970-01-01T00:00:00Z, if it is within years 1 to 9999.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        let epoch = civil::DateTime::constant(1970, 1, 1, 8, 0, 0, 0);
        let at = epoch.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
        (at.year() > 0).then_some(Self(at))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.0;
        write!(out, "{}T{:02}:{:02}:{:02}+08:00", self.day(), t.hour(), t.minute(), t.second())
    }
}

macro_rules! time_type {
    ($name:ident, $parse:ident, $form:literal) => {
        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = FormError;

            fn from_str(text: &str) -> Result<Self, FormError> {
                $parse(text.as_bytes()).map(Self).ok_or_else(|| FormError::new($form, text))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                super::text::parsed(from)
            }
        }
    };
}

time_type!(Day, parse_date, "a date: YYYY-MM-DD");
time_type!(Moment, parse_moment, "a moment: YYYY-MM-DDTHH:MM:SS+08:00");
