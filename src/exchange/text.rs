//! Text as it comes from offices: normalised for comparing, made harmless for showing, never changed in what is kept.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// A text as it is compared: NFKC, invisible format characters dropped, runs of white space made one space, ends trimmed.
pub fn normal(text: &str) -> String {
    if is_nfkc_quick(text.chars()) == IsNormalized::Yes {
        collapsed(text.chars())
    } else {
        collapsed(text.nfkc())
    }
}

fn collapsed(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in chars.filter(|c| !is_invisible(*c)) {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// A 文号 or 索引号 as it is compared: [`normal`], all white space removed, every kind of bracket made 〔 〕.
pub fn normal_number(text: &str) -> String {
    number_of(&normal(text))
}

/// [`normal_number`] of a text that is normalised already.
pub(super) fn number_of(normal: &str) -> String {
    let bracket = |c| match c {
        '[' | '(' | '【' | '{' | '〈' | '<' => '〔',
        ']' | ')' | '】' | '}' | '〉' | '>' => '〕',
        other => other,
    };
    normal.chars().filter(|c| !c.is_whitespace()).map(bracket).collect()
}

/// A column heading as it is compared: [`normal`], lower case, without white space, `_`, `*` and colons.
pub fn normal_heading(text: &str) -> String {
    heading_of(&normal(text))
}

/// [`normal_heading`] of a text that is normalised already.
pub(super) fn heading_of(normal: &str) -> String {
    normal
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '*' | ':'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether a normalised cell only says that there is nothing: `-`, `/`, 无, null and the like.
pub fn says_nothing(normal: &str) -> bool {
    matches!(normal, "" | "-" | "--" | "---" | "—" | "——" | "/" | "\\" | "无" | "暂无" | "空")
        || ["null", "none", "nan", "n/a", "(null)"].iter().any(|word| normal.eq_ignore_ascii_case(word))
}

/// The first control character that no cell may hold: any but tab and line breaks.
pub fn control_char(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// Characters that are kept but that somebody should look at: private use, replacement, invisible and direction marks.
pub fn odd_chars<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<char> {
    let mut odd: Vec<char> = texts.into_iter().flat_map(str::chars).filter(|c| is_odd(*c)).collect();
    odd.sort_unstable();
    odd.dedup();
    odd
}

/// A text that cannot move a terminal's cursor, turn its direction or hide: such characters are shown as `�`, line breaks as ` `.
pub fn printable(text: &str) -> String {
    let show = |c: char| match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() || is_direction(c) => Some('\u{FFFD}'),
        c if is_invisible(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(show).collect()
}

fn is_invisible(c: char) -> bool {
    is_direction(c)
        || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}')
}

fn is_odd(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FFFD}' | '\u{F0000}'..='\u{10FFFF}')
        || (c as u32) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_look_alike_compare_equal() {
        assert_eq!(normal("  关于１０８线\u{3000}涞源段\r\n的复函\u{200B} "), "关于108线 涞源段 的复函");
        assert_eq!(normal_number("冀科政﹝2013﹞12号"), normal_number("冀科政 [2013] 12号"));
        assert_eq!(normal_heading(" Index_Number： "), "indexnumber");
        assert!(says_nothing(&normal("－")) && says_nothing("NaN") && !says_nothing("0"));
    }

    #[test]
    fn controls_are_found_and_odd_ones_named() {
        assert_eq!(control_char("a\tb\nc"), None);
        assert_eq!(control_char("a\0"), Some('\0'));
        assert_eq!(control_char("a\u{85}"), Some('\u{85}'));
        assert_eq!(odd_chars(["通知\u{E003}", "\u{202E}\u{E003}"]), vec!['\u{202E}', '\u{E003}']);
        assert_eq!(printable("a\u{1b}[31m\u{202E}b\nc\u{200B}"), "a\u{FFFD}[31m\u{FFFD}b c");
    }
}
