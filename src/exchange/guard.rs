//! Keeping spreadsheets from running a text as a formula, so that nothing is lost on the way back.

/// Marks a text that Excel, WPS or LibreOffice would run as a formula when they open a CSV.
///
/// Such a text begins, after any apostrophes and white space, with `=` `+` `-` `@` (or their full-width forms, which Chinese and Japanese
/// Excel also take), or with a tab or line break. It gets one leading apostrophe, the mark that Excel itself uses for text.
/// Texts that already begin with apostrophes before such a character get one more, so [`unguard`] always gives the original back.
pub fn guard(text: &str) -> Option<String> {
    if is_live(text) { Some(format!("'{text}")) } else { None }
}

/// Takes the mark of [`guard`] off, if there is one.
pub fn unguard(text: &str) -> Option<&str> {
    text.strip_prefix('\'').filter(|rest| is_live(rest))
}

fn is_live(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_texts_are_marked_and_others_left_alone() {
        for text in ["=1+1", "+86", "-5", "@SUM(A1)", "\tx", "\r=", " =1", "＝1", "'=1", "''+"] {
            assert_eq!(guard(text).as_deref(), Some(format!("'{text}").as_str()));
        }
        for text in ["", "通知", "'引号", "2024-01-15", "a=b", "（-）"] {
            assert_eq!(guard(text), None);
        }
        assert_eq!(unguard("'引号"), None);
    }

    proptest::proptest! {
        #[test]
        fn unguard_undoes_guard(text in "['=+@\\-＝\t\r\n 甲a]{0,6}") {
            let written = guard(&text).unwrap_or_else(|| text.clone());
            let back = unguard(&written).unwrap_or(&written);
            proptest::prop_assert_eq!(back, text.as_str());
        }
    }
}
