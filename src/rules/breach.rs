//! What a rule objects to, and how it is said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::book::RuleBook;
use crate::fault::{Lang, fill};
use crate::record::finding::Article;
use crate::record::{Class, Finding, Place};

static NAMES: LazyLock<Mutex<BTreeSet<&'static str>>> = LazyLock::new(Mutex::default);

/// A name out of a rule book, kept for as long as the program runs: faults carry their codes wherever they go, and the
/// editions that a program meets are few.
pub(super) fn intern(name: &str) -> &'static str {
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.into());
    names.insert(kept);
    kept
}

/// One rule that an event breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Code of the rule.
    pub code: &'static str,
    /// What it means for the verdict.
    pub class: Class,
    /// What was expected: codes, numbers, digests.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The vocabulary that codes in `expected` and `found` belong to, so that people see their titles.
    pub vocabulary: Option<&'static str>,
}

impl Breach {
    /// Whether a writer must not make an event that has this breach.
    pub fn refuses(&self) -> bool {
        matches!(self.class, Class::Integrity | Class::Unlawful | Class::Uncheckable)
    }

    /// The sentence in `lang`, without sources.
    pub fn sentence(&self, book: &RuleBook, lang: Lang) -> String {
        let Some(rule) = book.rule(self.code) else { return self.code.to_owned() };
        fill(if lang == Lang::Zh { &rule.zh } else { &rule.en }, &self.args(book, lang))
    }

    /// What to do next, in `lang`.
    pub fn next(&self, book: &RuleBook, lang: Lang) -> String {
        let Some(rule) = book.rule(self.code) else { return String::new() };
        fill(if lang == Lang::Zh { &rule.next_zh } else { &rule.next_en }, &self.args(book, lang))
    }

    /// The whole refusal in `lang`: sentence, sources, what to do next.
    pub fn refusal(&self, book: &RuleBook, lang: Lang) -> String {
        let cites = book.rule(self.code).map(|rule| book.cites(&rule.cites, lang)).unwrap_or_default();
        let (sentence, next) = (self.sentence(book, lang), self.next(book, lang));
        match lang {
            Lang::Zh => format!("{sentence}（依据：{cites}）{next}"),
            Lang::En => format!("{sentence} (Source: {cites}.) {next}"),
        }
    }

    /// The finding a verification reports; the place is for the verifier to add.
    pub fn finding(&self, book: &RuleBook) -> Finding {
        Finding {
            code: self.code.to_owned(),
            class: self.class,
            place: Place::default(),
            expected: self.expected.clone(),
            found: self.found.clone(),
            article: self.article(book),
            zh: self.sentence(book, Lang::Zh),
            en: self.sentence(book, Lang::En),
        }
    }

    /// The main provision; further ones follow in its `article`.
    fn article(&self, book: &RuleBook) -> Option<Article> {
        let rule = book.rule(self.code)?;
        let (first, others) = rule.cites.split_first()?;
        let name = book.data().sources.get(&first.source).map_or(&first.source, |source| &source.short.zh);
        let mut article = first.article.clone().unwrap_or_default();
        if !others.is_empty() {
            article = format!("{article}；{}", book.cites(others, Lang::Zh));
        }
        Some(Article { source: first.source.clone(), name: name.clone(), article })
    }

    fn args(&self, book: &RuleBook, lang: Lang) -> BTreeMap<&'static str, String> {
        let titled = |text: &str| match self.vocabulary {
            Some(vocabulary) => titles(book, vocabulary, text, lang),
            None => text.to_owned(),
        };
        BTreeMap::from([("expected", titled(&self.expected)), ("found", titled(&self.found))])
    }
}

/// Codes parted by `, ` as their titles.
fn titles(book: &RuleBook, vocabulary: &str, text: &str, lang: Lang) -> String {
    let joint = if lang == Lang::Zh { "、" } else { ", " };
    text.split(", ").map(|code| book.title(vocabulary, code, lang)).collect::<Vec<_>>().join(joint)
}
