//! Closed lists of words: the code that is stored, the Chinese and English that people read, and what they write instead.

use std::sync::LazyLock;

use serde::Serialize;

use super::text::normal_heading;

/// One word of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Word {
    /// Stored code, ASCII.
    pub code: String,
    /// Chinese name, shown in every table.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Further spellings that are accepted.
    #[serde(skip)]
    pub aliases: Vec<String>,
}

impl Word {
    /// A word without further spellings.
    pub fn new(code: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: code.into(), zh: zh.into(), en: en.into(), aliases: Vec::new() }
    }

    /// Adds further spellings.
    #[must_use]
    pub fn or(mut self, aliases: &[&str]) -> Self {
        self.aliases.extend(aliases.iter().map(|a| (*a).to_owned()));
        self
    }

    fn is(&self, wanted: &str) -> bool {
        let names = [&self.code, &self.zh, &self.en].into_iter().chain(&self.aliases);
        names.into_iter().any(|name| normal_heading(name) == wanted)
    }
}

/// A closed list of words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocab {
    /// The words, in the order they are offered.
    pub words: Vec<Word>,
}

impl Vocab {
    /// The word a cell means: written as code, Chinese or English name or alias; width, case and white space do not matter.
    pub fn read(&self, text: &str) -> Option<&Word> {
        let wanted = normal_heading(text);
        self.words.iter().find(|word| word.is(&wanted))
    }

    /// The word with that code.
    pub fn word(&self, code: &str) -> Option<&Word> {
        self.words.iter().find(|word| word.code == code)
    }

    /// All Chinese names in order.
    pub fn all_zh(&self) -> Vec<String> {
        self.words.iter().map(|word| word.zh.clone()).collect()
    }
}

/// 公开属性 in the spellings that catalogues use.
pub static ATTRIBUTES: LazyLock<Vocab> = LazyLock::new(|| Vocab {
    words: vec![
        Word::new("open", "主动公开", "open").or(&["公开", "此件公开发布", "此件主动公开", "主动"]),
        Word::new("on_request", "依申请公开", "on request").or(&["依申请", "此件依申请公开"]),
        Word::new("withheld", "不予公开", "withheld").or(&[
            "不公开",
            "此件不公开",
            "此件不予公开",
            "免予公开",
            "免于公开",
        ]),
        Word::new("partial", "删减后公开", "redacted").or(&["部分公开", "此件删减后公开", "区分处理"]),
        Word::new("unstated", "未载明", "unstated"),
    ],
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_code_name_or_alias() {
        for text in ["open", "主动公开", " 主 动 公开", "OPEN", "此件公开发布"] {
            assert_eq!(ATTRIBUTES.read(text).map(|w| w.code.as_str()), Some("open"), "{text}");
        }
        assert_eq!(ATTRIBUTES.read("秘密"), None);
        assert_eq!(ATTRIBUTES.read(""), None);
    }

    #[test]
    fn no_spelling_means_two_words() {
        let spellings =
            |w: &Word| [vec![w.code.clone(), w.zh.clone(), w.en.clone()], w.aliases.clone()].concat();
        for word in &ATTRIBUTES.words {
            for text in spellings(word) {
                assert_eq!(ATTRIBUTES.read(&text), Some(word), "{text}");
            }
        }
    }
}
