//! Closed lists of words: the code that is stored, the Chinese and English that people read, and what they write instead.

use super::text::normal_heading;

/// One word of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Stored code, ASCII.
    pub code: &'static str,
    /// Chinese name, shown in every table.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Further spellings that are accepted.
    pub aliases: &'static [&'static str],
}

/// A closed list of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocab {
    /// The words, in the order they are offered.
    pub terms: &'static [Term],
}

impl Vocab {
    /// The code a cell means: written as code, Chinese or English name or alias; width, case and white space do not matter.
    pub fn code(&self, text: &str) -> Option<&'static str> {
        let wanted = normal_heading(text);
        let is = |name: &&str| normal_heading(name) == wanted;
        let named = |term: &&Term| [term.code, term.zh, term.en].iter().chain(term.aliases).any(|name| is(name));
        self.terms.iter().find(named).map(|term| term.code)
    }

    /// The word with that code.
    pub fn term(&self, code: &str) -> Option<&'static Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// All Chinese names, for messages.
    pub fn all_zh(&self) -> String {
        self.terms.iter().map(|term| term.zh).collect::<Vec<_>>().join("、")
    }
}

const fn term(code: &'static str, zh: &'static str, en: &'static str, aliases: &'static [&'static str]) -> Term {
    Term { code, zh, en, aliases }
}

/// 公开属性.
pub static ATTRIBUTES: Vocab = Vocab {
    terms: &[
        term("open", "主动公开", "open", &["公开", "此件公开发布", "此件主动公开", "主动"]),
        term("on_request", "依申请公开", "on request", &["依申请", "此件依申请公开"]),
        term("withheld", "不予公开", "withheld", &["不公开", "此件不公开", "此件不予公开", "免予公开", "免于公开"]),
        term("partial", "删减后公开", "redacted", &["部分公开", "此件删减后公开", "区分处理"]),
        term("unstated", "未载明", "unstated", &[]),
    ],
};
