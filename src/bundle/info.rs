//! bag-info.txt: `Label: value` lines. Bagging-Date first, Payload-Oxum last, the caller's own between.

use super::limits::{MAX_INFO_LINES, MAX_INFO_VALUE_BYTES};
use crate::fault::{Fault, Outcome};
use crate::record::Day;

/// First line: the day the bag is as of.
pub(super) const BAGGING_DATE: &str = "Bagging-Date";
/// Last line: octets and number of payload files.
pub(super) const PAYLOAD_OXUM: &str = "Payload-Oxum";

/// Label and value of a line.
pub(super) type Pair = (String, String);

/// The file's bytes; refuses labels and values that other tools could read otherwise.
pub(super) fn render(date: &str, own: &[Pair], oxum: &str) -> Outcome<Vec<u8>> {
    if !is_date(date) {
        return Err(Fault::usage("bundle.info_date").with("found", date));
    }
    if own.len() + 2 > MAX_INFO_LINES {
        return Err(Fault::usage("bundle.info_lines").with("expected", MAX_INFO_LINES));
    }
    let mut text = format!("{BAGGING_DATE}: {date}\n");
    for (label, value) in own {
        check_pair(label, value)?;
        text.push_str(&format!("{label}: {value}\n"));
    }
    text.push_str(&format!("{PAYLOAD_OXUM}: {oxum}\n"));
    Ok(text.into_bytes())
}

/// Refuses a line of the caller's own that cannot stand in bag-info.txt.
pub(super) fn check_pair(label: &str, value: &str) -> Outcome<()> {
    if !is_label(label) || is_ours(label) {
        return Err(Fault::usage("bundle.info_label").with("found", label.escape_default()));
    }
    if !is_value(value) {
        let fault = Fault::usage("bundle.info_value").with("found", value.escape_default());
        return Err(fault.with("expected", label));
    }
    Ok(())
}

/// What could be read of a bag-info.txt: its pairs, and the byte offset of the first line that is not canonical.
pub(super) struct Parsed {
    pub(super) pairs: Vec<Pair>,
    pub(super) bad_line: Option<usize>,
}

/// Reads a bag-info.txt; only what [`render`] can make is free of a `bad_line`, the values of Bagging-Date and
/// Payload-Oxum aside.
pub(super) fn parse(bytes: &[u8]) -> Parsed {
    let mut parsed = Parsed { pairs: Vec::new(), bad_line: None };
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match parse_line(line) {
            Some(pair) if parsed.pairs.len() < MAX_INFO_LINES => parsed.pairs.push(pair),
            _ => parsed.bad_line = parsed.bad_line.or(Some(at)),
        }
        at += line.len();
    }
    if !is_framed(&parsed.pairs) {
        parsed.bad_line = parsed.bad_line.or(Some(0));
    }
    parsed
}

fn parse_line(line: &[u8]) -> Option<Pair> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (label, value) = text.split_once(": ")?;
    (is_label(label) && is_value(value)).then(|| (label.to_owned(), value.to_owned()))
}

/// Bagging-Date first, Payload-Oxum last, neither of them between.
fn is_framed(pairs: &[Pair]) -> bool {
    let [(first, date), own @ .., (last, _)] = pairs else { return false };
    first == BAGGING_DATE
        && is_date(date)
        && last == PAYLOAD_OXUM
        && !own.iter().any(|(label, _)| is_ours(label))
}

fn is_ours(label: &str) -> bool {
    label.eq_ignore_ascii_case(BAGGING_DATE) || label.eq_ignore_ascii_case(PAYLOAD_OXUM)
}

fn is_label(label: &str) -> bool {
    let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    plain && (1..=64).contains(&label.len())
}

/// No control or line-separating characters (Python's line splitting knows more of them than LF), no outer blanks.
fn is_value(value: &str) -> bool {
    let plain = !value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'));
    plain && (1..=MAX_INFO_VALUE_BYTES).contains(&value.len()) && value.trim() == value
}

fn is_date(date: &str) -> bool {
    date.parse::<Day>().is_ok()
}
