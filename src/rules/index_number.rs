//! 索引号: templates by which a body numbers its information, and the numbers of such a template. Every place has its own rule, so none
//! is built in: a template is text, such as `{body:9}/{year}-{serial:5}`.
//!
//! A template is literals and fields in braces. `{year}` is four digits, `{month}` two, `{date}` eight (`YYYYMMDD`), `{serial}` a
//! number that counts; any other name (`{body}`, `{region}`, `{category}` …) stands for a text that is given. `{name:N}` has exactly
//! N characters. A field without a width ends where the literal behind it begins, so it needs one there, or the end.

use std::collections::BTreeMap;
use std::fmt;

use crate::fault::{Fault, Message, Outcome, message};

/// Longest template, and longest number, in characters.
const LONGEST: usize = 128;
/// Widest serial, so that it fits a `u64`.
const SERIAL_MAX: usize = 18;

/// A template of index numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Field { name: String, width: Option<usize> },
}

/// A number taken apart by its template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexNumber {
    /// Field → text, without the serial.
    pub values: BTreeMap<String, String>,
    /// The serial.
    pub serial: u64,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// `index_number.template` with the reason: too long, white space in it, a brace that is not closed, a name that is none, a field twice, a
    /// width that cannot be, a field without a width before another field or before a literal that its text could begin with, not exactly one serial.
    pub fn parse(text: &str) -> Outcome<Self> {
        let parts = parts(text).and_then(|parts| lawful(&parts).map(|()| parts));
        match parts {
            Ok(parts) => Ok(Self { text: text.to_owned(), parts }),
            Err(why) => Err(refusal(text, why)),
        }
    }

    /// Names of the fields that have to be given to make a number: all but the serial.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field { name, .. } if name != SERIAL => Some(name.as_str()),
            _ => None,
        })
    }

    /// Takes a number of this template apart; nothing when it is none.
    pub fn recognise(&self, text: &str) -> Option<IndexNumber> {
        if text.chars().count() > LONGEST {
            return None;
        }
        let mut number = IndexNumber::default();
        let mut rest = text;
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
                Part::Field { name, width } => {
                    let (value, tail) = rest.split_at_checked(end(rest, *width, self.parts.get(at + 1))?)?;
                    if !fits(name, value) {
                        return None;
                    }
                    if name == SERIAL {
                        number.serial = value.parse().ok()?;
                    } else {
                        number.values.insert(name.clone(), value.to_owned());
                    }
                    rest = tail;
                }
            }
        }
        // Only what this template would write itself is one of its numbers: no leading zero in a serial without a width.
        let again = self.write(&number).ok()?;
        (rest.is_empty() && again == text).then_some(number)
    }

    /// Like [`Template::recognise`], for a number that has to be one.
    ///
    /// # Errors
    /// `index_number.form`.
    pub fn check(&self, text: &str) -> Outcome<IndexNumber> {
        let fault = || Fault::refused("index_number.form").with("found", text).with("expected", self);
        self.recognise(text).ok_or_else(fault)
    }

    /// Writes a number.
    ///
    /// # Errors
    /// `index_number.value` for a field that is not given or does not fit, `index_number.full` when the serial has outgrown its width.
    pub fn write(&self, number: &IndexNumber) -> Outcome<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => out.push_str(literal),
                Part::Field { name, width } if name == SERIAL => {
                    let serial = format!("{:0width$}", number.serial, width = width.unwrap_or(1));
                    if width.is_some_and(|width| serial.len() > width) {
                        return Err(Fault::refused("index_number.full").with("expected", self));
                    }
                    out.push_str(&serial);
                }
                Part::Field { name, width } => {
                    let value = number.values.get(name).map_or("", String::as_str);
                    let right = width.is_none_or(|width| value.chars().count() == width);
                    if !right || !fits(name, value) {
                        let fault = Fault::usage("index_number.value").with("expected", self);
                        return Err(fault.with("field", name).with("found", value));
                    }
                    out.push_str(value);
                }
            }
        }
        Ok(out)
    }

    /// The next number with these values: one more than the highest serial in use with the same values, from 1. A number that was left out
    /// is not used again, because it may stand on paper somewhere. Numbers in use that are not of this template are passed over.
    ///
    /// # Errors
    /// As [`Template::write`]; also `index_number.value` when the number would not be recognised again, because a value holds the
    /// literal that ends it.
    pub fn next<'a>(
        &self,
        values: &BTreeMap<String, String>,
        in_use: impl IntoIterator<Item = &'a str>,
    ) -> Outcome<String> {
        let needed: BTreeMap<String, String> = values
            .iter()
            .filter(|(name, _)| self.fields().any(|f| f == *name))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        let taken = in_use.into_iter().filter_map(|text| self.recognise(text));
        let highest = taken.filter(|number| number.values == needed).map(|number| number.serial).max();
        let number = IndexNumber { values: needed, serial: highest.unwrap_or(0).saturating_add(1) };
        let text = self.write(&number)?;
        if self.recognise(&text).as_ref() == Some(&number) {
            return Ok(text);
        }
        let fault = Fault::usage("index_number.value").with("expected", self);
        Err(fault.with("field", self.fields().collect::<Vec<_>>().join("、")).with("found", text))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

const SERIAL: &str = "serial";

/// A reason in both languages.
type Why = (&'static str, &'static str);

/// The table's sentence with the reason added to it.
fn refusal(text: &str, why: Why) -> Fault {
    let mut fault = Fault::usage("index_number.template").with("found", text);
    let said = message(fault.code).cloned().unwrap_or_default();
    let (zh, en) = (said.zh.trim_end_matches('。'), said.en.trim_end_matches('.'));
    fault.given =
        Some(Box::new(Message {
            zh: format!("{zh}：{}。", why.0), en: format!("{en}: {}.", why.1), ..said
        }));
    fault
}

fn parts(text: &str) -> Result<Vec<Part>, Why> {
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(("模板应有 1 至 128 个字符", "a template has 1 to 128 characters"));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(("模板里不能有空格", "a template has no white space"));
    }
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (literal, tail) =
            rest.split_once('{').map_or((rest, None), |(before, tail)| (before, Some(tail)));
        if literal.contains('}') {
            return Err(("有多余的“}”", "there is a } too many"));
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.to_owned()));
        }
        let Some(tail) = tail else { break };
        let Some((inside, after)) = tail.split_once('}') else {
            return Err(("“{”没有对应的“}”", "a { is not closed"));
        };
        parts.push(field(inside)?);
        rest = after;
    }
    Ok(parts)
}

fn field(inside: &str) -> Result<Part, Why> {
    let (name, width) = inside.split_once(':').map_or((inside, None), |(name, width)| (name, Some(width)));
    if name.is_empty() || name.len() > 32 || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
        return Err(("字段名应为小写字母", "a field's name is in lower-case letters"));
    }
    let given = match width {
        None => None,
        Some(width) => {
            let number = width.parse::<usize>().ok().filter(|number| (1..=32).contains(number));
            Some(number.ok_or(("字段的位数应在 1 至 32 之间", "a field's width is from 1 to 32"))?)
        }
    };
    let fixed = [("year", 4), ("month", 2), ("date", 8)].into_iter().find(|(known, _)| *known == name);
    let width = match (fixed, given) {
        (Some((_, own)), Some(given)) if own != given => {
            return Err(("year 为 4 位，month 为 2 位，date 为 8 位", "year has 4 digits, month 2, date 8"));
        }
        (Some((_, own)), _) => Some(own),
        (None, given) => given,
    };
    if name == SERIAL && width.is_some_and(|width| width > SERIAL_MAX) {
        return Err(("流水号至多 18 位", "a serial has at most 18 digits"));
    }
    Ok(Part::Field { name: name.to_owned(), width })
}

/// What must hold between the parts.
fn lawful(parts: &[Part]) -> Result<(), Why> {
    let names: Vec<&str> = parts
        .iter()
        .filter_map(|part| if let Part::Field { name, .. } = part { Some(name.as_str()) } else { None })
        .collect();
    if names.iter().filter(|name| **name == SERIAL).count() != 1 {
        return Err(("应有且只有一个流水号 {serial}", "there is exactly one {serial}"));
    }
    if names.iter().enumerate().any(|(at, name)| names.iter().take(at).any(|before| before == name)) {
        return Err(("同一字段出现了两次", "a field stands twice"));
    }
    for pair in parts.windows(2) {
        let [Part::Field { name, width: None }, next] = pair else { continue };
        match next {
            Part::Field { .. } => {
                return Err((
                    "未定位数的字段后面应有分隔符",
                    "a field without a width needs a literal behind it",
                ));
            }
            Part::Literal(literal) if name == SERIAL && literal.starts_with(|c: char| c.is_ascii_digit()) => {
                return Err((
                    "流水号后面的分隔符不能以数字开头",
                    "the literal behind a serial does not begin with a digit",
                ));
            }
            Part::Literal(_) => {}
        }
    }
    Ok(())
}

/// Where the field that begins `rest` ends, in bytes.
fn end(rest: &str, width: Option<usize>, next: Option<&Part>) -> Option<usize> {
    match (width, next) {
        (Some(width), _) => rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(width),
        (None, Some(Part::Literal(literal))) => rest.find(literal.as_str()),
        (None, _) => Some(rest.len()),
    }
}

/// Whether a value may stand for that field.
fn fits(name: &str, value: &str) -> bool {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let number =
        |from: usize, to: usize| value.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    match name {
        _ if value.is_empty() => false,
        SERIAL => digits && value.len() <= SERIAL_MAX && value.bytes().any(|b| b != b'0'),
        "year" => digits && (1900..2200).contains(&number(0, 4)),
        "month" => digits && (1..=12).contains(&number(0, 2)),
        "date" => {
            digits
                && (1900..2200).contains(&number(0, 4))
                && (1..=12).contains(&number(4, 6))
                && (1..=31).contains(&number(6, 8))
        }
        _ => value.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '〔' | '〕')),
    }
}
