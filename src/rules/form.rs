//! Whether a fact's value is of its type. See `docs/rules.md` §2.

use std::sync::Arc;

use serde_json::Value;

use super::data::FactForm;
use crate::record::note::Note;
use crate::record::{Day, KeyId, Moment, Origin, TreeHash};

/// Keys that genesis may enrol.
const FIRST_KEYS_MAX: usize = 64;
/// Days that a list may hold: a year has no more.
const DATES_MAX: usize = 366;

/// Characters of a token.
const TOKEN_MAX: usize = 64;
/// Hashes of a proof: a tree of 2^53 leaves needs fewer.
const HASHES_MAX: usize = 64;

/// A type of fact, ready to check values.
#[derive(Debug, Clone)]
pub(super) enum Form {
    Code(Codes),
    Codes { of: Codes, min: usize },
    Date,
    Moment,
    Int { min: u64, max: u64 },
    Seq,
    Digest,
    File,
    Key,
    Signature,
    Subject(Box<str>),
    Origin,
    Origins,
    Dates,
    Rule,
    Token,
    Imprint,
    Note,
    Hashes,
    Cell,
    FirstKeys { roles: Codes },
}

/// The codes of a vocabulary, sorted.
pub(super) type Codes = Arc<[Box<str>]>;

impl Form {
    /// Makes a type ready; `None` when it names a vocabulary that is not there.
    pub(super) fn compile(form: &FactForm, codes: &dyn Fn(&str) -> Option<Codes>) -> Option<Self> {
        Some(match form {
            FactForm::Code { of } => Self::Code(codes(of)?),
            FactForm::Codes { of, min } => Self::Codes { of: codes(of)?, min: *min },
            FactForm::Date => Self::Date,
            FactForm::Moment => Self::Moment,
            FactForm::Int { min, max } => Self::Int { min: *min, max: *max },
            FactForm::Seq => Self::Seq,
            FactForm::Digest => Self::Digest,
            FactForm::File => Self::File,
            FactForm::Key => Self::Key,
            FactForm::Signature => Self::Signature,
            FactForm::Subject { of } => Self::Subject(of.as_str().into()),
            FactForm::Origin => Self::Origin,
            FactForm::Origins => Self::Origins,
            FactForm::Dates => Self::Dates,
            FactForm::Rule => Self::Rule,
            FactForm::Token => Self::Token,
            FactForm::Imprint => Self::Imprint,
            FactForm::Note => Self::Note,
            FactForm::Hashes => Self::Hashes,
            FactForm::Cell => Self::Cell,
            FactForm::FirstKeys => Self::FirstKeys { roles: codes("key_role")? },
        })
    }

    /// Whether `value` is of this type, in event `seq`.
    pub(super) fn admits(&self, value: &Value, seq: u64) -> bool {
        match self {
            Self::Int { min, max } => value.as_u64().is_some_and(|n| n >= *min && n <= *max),
            Self::Seq => value.as_u64().is_some_and(|n| n < seq),
            Self::Codes { of, min } => is_codes(value, of, *min),
            Self::Origins => is_sorted(value, 1, |text| text.parse::<Origin>().is_ok()),
            Self::Dates => {
                is_sorted(value, 0, |text| date(text).is_some())
                    && value.as_array().is_some_and(|list| list.len() <= DATES_MAX)
            }
            Self::Hashes => hashes(value).is_some(),
            Self::FirstKeys { roles } => is_first_keys(value, roles),
            _ => value.as_str().is_some_and(|text| self.admits_text(text)),
        }
    }

    fn admits_text(&self, text: &str) -> bool {
        match self {
            Self::Code(of) => is_code(text, of),
            Self::Date => date(text).is_some(),
            Self::Moment => moment(text).is_some(),
            Self::Digest => is_hex(text, "b3:"),
            Self::File => is_hex(text, "sha256:"),
            Self::Key => is_hex(text, "ed25519:"),
            Self::Signature => is_signature(text),
            Self::Subject(class) => is_subject(text, class),
            Self::Origin => text.parse::<Origin>().is_ok(),
            Self::Rule => is_rule(text),
            Self::Token => is_token(text),
            Self::Imprint => is_imprint(text),
            Self::Note => Note::parse(text).is_ok(),
            Self::Cell => is_cell(text),
            _ => false,
        }
    }

    /// The type in words, for messages.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Code(of) => of.join("|"),
            Self::Codes { of, min } => format!("[{}…] ≥{min}", of.join("|")),
            Self::Date => "YYYY-MM-DD".into(),
            Self::Moment => "YYYY-MM-DDTHH:MM:SS+08:00".into(),
            Self::Int { min, max } => format!("{min}..{max}"),
            Self::Seq => "seq".into(),
            Self::Digest => "b3:<64 hex>".into(),
            Self::File => "sha256:<64 hex>".into(),
            Self::Key => "ed25519:<64 hex>".into(),
            Self::Signature => "base64 (64)".into(),
            Self::Subject(class) => format!("{class}/…"),
            Self::Origin | Self::Origins => "origin".into(),
            Self::Dates => format!("[YYYY-MM-DD…] ≤{DATES_MAX}"),
            Self::Rule => "code".into(),
            Self::Token => "A-Za-z0-9._-, ≤64".into(),
            Self::Imprint => "64, 96, 128 hex".into(),
            Self::Note => "C2SP signed note".into(),
            Self::Hashes => format!("[<64 hex>…] ≤{HASHES_MAX}"),
            Self::Cell => "row . column".into(),
            Self::FirstKeys { .. } => "[{holder,key,possession,roles}…]".into(),
        }
    }
}

/// The tree hashes of a proof; `None` when it is no list of them.
pub(super) fn hashes(value: &Value) -> Option<Vec<TreeHash>> {
    let list = value.as_array().filter(|list| list.len() <= HASHES_MAX)?;
    list.iter().map(|hash| hash.as_str()?.parse().ok()).collect()
}

fn is_token(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    (1..=TOKEN_MAX).contains(&text.len())
        && text.bytes().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn is_imprint(text: &str) -> bool {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    matches!(text.len(), 64 | 96 | 128) && text.bytes().all(lower)
}

/// A date of the years 0001 to 9999.
pub(super) fn date(text: &str) -> Option<Day> {
    text.parse::<Day>().ok().filter(|day| day.0.year() >= 1)
}

/// A moment of the years 0001 to 9999.
pub(super) fn moment(text: &str) -> Option<Moment> {
    text.parse::<Moment>().ok().filter(|moment| moment.0.year() >= 1)
}

fn is_code(text: &str, of: &Codes) -> bool {
    of.binary_search_by(|code| (**code).cmp(text)).is_ok()
}

fn is_codes(value: &Value, of: &Codes, min: usize) -> bool {
    is_sorted(value, min, |text| is_code(text, of))
}

/// An array of at least `min` strings, strictly ascending, each of which `holds`.
fn is_sorted(value: &Value, min: usize, holds: impl Fn(&str) -> bool) -> bool {
    let Some(list) = value.as_array() else { return false };
    let mut before: Option<&str> = None;
    list.len() >= min
        && list.iter().all(|value| {
            let Some(text) = value.as_str() else { return false };
            let ascends = before.is_none_or(|before| before < text);
            before = Some(text);
            ascends && holds(text)
        })
}

fn is_hex(text: &str, prefix: &str) -> bool {
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix(prefix).is_some_and(|hex| hex.len() == 64 && hex.bytes().all(lower))
}

fn is_signature(text: &str) -> bool {
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let bytes = text.as_bytes();
    let Some((body, tail)) = bytes.split_at_checked(85) else { return false };
    body.iter().all(base64) && matches!(tail, [b'A' | b'Q' | b'g' | b'w', b'=', b'='])
}

fn is_subject(text: &str, class: &str) -> bool {
    let id = text.strip_prefix(class).and_then(|rest| rest.strip_prefix('/'));
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    id.is_some_and(|id| (1..=32).contains(&id.len()) && id.bytes().all(allowed))
}

fn is_rule(text: &str) -> bool {
    let letters = |text: &str, max: usize, also: u8| {
        (1..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == also)
    };
    text.split_once('.').is_some_and(|(class, name)| letters(class, 24, b'a') && letters(name, 32, b'_'))
}

fn is_cell(text: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let name = |text: &str| (1..=48).contains(&text.len()) && text.bytes().all(letter);
    text.split_once('.').is_some_and(|(row, column)| name(row) && name(column))
}

fn is_first_keys(value: &Value, roles: &Codes) -> bool {
    let Some(list) = value.as_array() else { return false };
    (1..=FIRST_KEYS_MAX).contains(&list.len()) && list.iter().all(|entry| is_first_key(entry, roles))
}

fn is_first_key(entry: &Value, roles: &Codes) -> bool {
    let text = |name| entry.get(name).and_then(Value::as_str);
    entry.as_object().is_some_and(|members| members.len() == 4)
        && text("holder").is_some_and(|holder| is_subject(holder, "person"))
        && text("key").is_some_and(|key| KeyId::parse(key).is_ok())
        && text("possession").is_some_and(is_signature)
        && entry.get("roles").is_some_and(|list| is_codes(list, roles, 1))
}
