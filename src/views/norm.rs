//! Texts as they are compared in look-ups; what is stored is never changed.

use unicode_normalization::UnicodeNormalization as _;

/// A title as it is searched: NFKC, lower case, without white space and invisible characters.
pub fn searchable(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace() && !is_invisible(*c)).flat_map(char::to_lowercase).collect()
}

/// A 文号 or 索引号 as it is compared: [`searchable`], every kind of bracket made 〔 〕.
pub fn number(text: &str) -> String {
    let bracket = |c| match c {
        '[' | '(' | '【' | '{' | '〈' | '<' => '〔',
        ']' | ')' | '】' | '}' | '〉' | '>' => '〕',
        other => other,
    };
    searchable(text).chars().map(bracket).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_text_are_one() {
        assert_eq!(searchable(" 关于 ＡＢＣ\u{200b} 的通知"), "关于abc的通知");
        assert_eq!(number("临政办字 [2020] 64号"), number("临政办字〔２０２０〕64 号"));
        assert_ne!(number("临政办字〔2020〕64号"), number("临政办字〔2020〕6号"));
    }
}
