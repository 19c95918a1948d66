//! `bag-info.txt`: labels and values.

use super::declaration::Version;
use super::text::lines;
use crate::bundle::package::finding::{Finding, refuse};
use crate::bundle::package::limits::{MAX_INFO_LINES, MAX_INFO_VALUE_BYTES};
use crate::fault::Outcome;

/// Name of the file in a package.
pub(super) const INFO: &str = "bag-info.txt";
/// The label that nobody but the writer of the bag may write.
pub(super) const OXUM: &str = "Payload-Oxum";

/// A label and its value.
pub(super) type Line = (String, String);

/// The text of a package's `bag-info.txt`: the lines given, in their order, and the payload's octets and files.
pub(super) fn text(given: &[Line], octets: u64, files: usize) -> Outcome<String> {
    let mut text = String::new();
    let oxum = (OXUM.to_owned(), oxum(octets, files));
    for (label, value) in given {
        if label.eq_ignore_ascii_case(OXUM) {
            return Err(refuse("package.info_oxum", INFO.as_bytes(), "once, by the writer", value));
        }
    }
    if given.len() >= MAX_INFO_LINES {
        return Err(refuse(
            "package.limit_info",
            INFO.as_bytes(),
            format!("≤ {MAX_INFO_LINES}"),
            given.len() + 1,
        ));
    }
    for (label, value) in given.iter().chain([&oxum]) {
        check(label, value)?;
        text.push_str(&format!("{label}: {value}\n"));
    }
    Ok(text)
}

/// Payload-Oxum: octets of the payload, a dot, number of files.
pub(super) fn oxum(octets: u64, files: usize) -> String {
    format!("{octets}.{files}")
}

fn check(label: &str, value: &str) -> Outcome<()> {
    let wrong = |code, expected: &str| Err(refuse(code, label.as_bytes(), expected, value));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if label.is_empty() || label.len() > 64 || !label.bytes().all(plain) {
        return wrong("package.info_label", "1–64 of A–Z a–z 0–9 -");
    }
    if value.is_empty() || value.len() > MAX_INFO_VALUE_BYTES {
        return wrong("package.limit_info", &format!("1–{MAX_INFO_VALUE_BYTES}"));
    }
    let hidden = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    if value.contains(hidden) || value.trim() != value {
        return wrong("package.info_value", "one line without blanks at its ends");
    }
    Ok(())
}

/// Reads labels and values; a line that begins with a blank goes on with the value before it.
pub(super) fn parse(text: &str, file: &str, version: Version, findings: &mut Vec<Finding>) -> Vec<Line> {
    let mut info: Vec<Line> = Vec::new();
    for (nth, line) in lines(text).into_iter().enumerate() {
        let found = format!("{}: {line}", nth + 1);
        let goes_on = line.starts_with([' ', '\t']) && !line.trim().is_empty();
        if let Some((_, value)) = info.last_mut().filter(|_| goes_on) {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        match line.split_once(':') {
            Some((label, value)) if !label.trim().is_empty() => {
                if version.is_strict() && (label.trim() != label || !value.starts_with([' ', '\t'])) {
                    findings.push(
                        Finding::warning("package.info_form")
                            .path(file)
                            .expected("Label: value")
                            .found(found),
                    );
                }
                info.push((label.trim().to_owned(), value.trim().to_owned()));
            }
            _ if line.trim().is_empty() && !version.is_strict() => {}
            _ => findings
                .push(Finding::error("package.info_syntax").path(file).expected("Label: value").found(found)),
        }
    }
    info
}

/// The values of a label, whatever the case of its letters.
pub(super) fn values<'i>(info: &'i [Line], label: &str) -> Vec<&'i str> {
    let same = |(known, _): &&Line| known.eq_ignore_ascii_case(label);
    info.iter().filter(same).map(|(_, value)| value.as_str()).collect()
}
