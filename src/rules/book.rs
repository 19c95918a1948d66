//! An edition of the rule book, parsed and made ready for judging, and the set of editions at hand.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::check::{self, Check};
use super::clock::Clock;
use super::code::{Action, Role, Roles, Step};
use super::data::{
    ByFact, Cite, Code, EditionData, KindData, Needs, OpenRule, PartRule, RuleData, Target, Vocabulary,
    WhenUnlawful,
};
use super::fact::FactId;
use super::form::{Codes, Form};
use super::known::Known;
use super::plain::{DataRules, compile_data};
use crate::fault::{Fault, Lang, Outcome};
use crate::record::{Class, EditionDigest, PartName, canonical};

/// The editions this program was built with, as their files, oldest first.
pub const EDITIONS: &[&str] = &[
    include_str!("../../schemas/rules-2026-1.json"),
    include_str!("../../schemas/rules-2026-2.json"),
    include_str!("../../schemas/rules-2026-3.json"),
];

/// One edition: its data, and the tables made from it.
#[derive(Debug)]
pub struct RuleBook {
    data: EditionData,
    canonical: Vec<u8>,
    digest: EditionDigest,
    kinds: HashMap<Box<str>, KindRules>,
    clocks: BTreeMap<Box<str>, Clock>,
}

/// What the book says of one kind, resolved to tables.
#[derive(Debug)]
pub struct KindRules {
    /// The kind.
    pub name: Box<str>,
    /// What it does.
    pub action: Action,
    /// Class of its subject; `None` is any.
    pub(super) class: Option<Box<str>>,
    /// Roles one of which the person must hold.
    pub roles: Roles,
    pub(super) modes: Box<[Box<str>]>,
    /// What its admission needs.
    pub needs: Needs,
    /// Common facts and its own, sorted by name.
    pub(super) facts: Box<[FactSpec]>,
    pub(super) parts: BTreeMap<PartName, PartRule>,
    pub(super) flow: Option<Flow>,
    pub(super) rules: Box<[(&'static str, Check)]>,
    /// What the data says it does and must not do.
    pub(super) plain: DataRules,
    /// When its open part is public.
    pub open: OpenRule,
    /// An unlawful event of this kind has no effect.
    pub(super) void: bool,
}

impl KindRules {
    /// Whether an event of this kind claims what a witness saw.
    pub(super) fn claims_receipt(&self) -> bool {
        self.rules.iter().any(|(code, _)| *code == "receipt.note")
    }
}

/// A fact of a kind.
#[derive(Debug)]
pub(super) struct FactSpec {
    pub(super) name: Box<str>,
    pub(super) id: Option<FactId>,
    pub(super) form: Form,
    pub(super) required: bool,
}

/// States before and after a kind.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) from: Box<[Box<str>]>,
    pub(super) waivable: Box<[Box<str>]>,
    pub(super) keeps: Box<[Box<str>]>,
    pub(super) to: Next,
}

/// Whether a set of states holds `state`.
pub(super) fn has_state(set: &[Box<str>], state: &str) -> bool {
    set.iter().any(|known| **known == *state)
}

/// The state after; `None` leaves it.
#[derive(Debug)]
pub(super) enum Next {
    To(Option<Box<str>>),
    By(Box<str>, Vec<(Box<str>, Option<Box<str>>)>),
}

pub(super) fn bad(found: impl std::fmt::Display) -> Fault {
    Fault::usage("rules.bad_edition").with("found", found)
}

impl RuleBook {
    /// Reads an edition file. White space does not matter; members that the format does not know do.
    ///
    /// Errors: `rules.bad_edition`, naming what is wrong.
    pub fn parse(text: &str) -> Outcome<Self> {
        let data: EditionData = serde_json::from_str(text).map_err(bad)?;
        let value: serde_json::Value = serde_json::from_str(text).map_err(bad)?;
        if serde_json::to_value(&data).map_err(bad)? != value {
            return Err(bad("members that the format does not know, or null"));
        }
        let canonical = canonical::to_bytes(&value).map_err(bad)?;
        if data.format != 1 {
            return Err(bad(format!("format {}", data.format)));
        }
        check_rules(&data)?;
        let digest = EditionDigest::of_rules(&canonical);
        let known = Known::read(&data)?;
        let kinds = data.kinds.iter().map(|(name, kind)| {
            let action = action(&data, name, kind)?;
            Ok((name.as_str().into(), compile_kind(&data, &known, name, action, kind)?))
        });
        let kinds = kinds.collect::<Outcome<_>>()?;
        let clocks = data.clocks.iter();
        let clocks = clocks
            .map(|(name, clock)| Ok((name.as_str().into(), Clock::compile(&known, name, &data, clock)?)));
        let clocks = clocks.collect::<Outcome<_>>()?;
        Ok(Self { data, canonical, digest, kinds, clocks })
    }

    /// The data as written.
    pub fn data(&self) -> &EditionData {
        &self.data
    }

    /// Canonical bytes of the data, as a bundle carries them.
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// The edition's digest, by which events name it.
    pub fn digest(&self) -> EditionDigest {
        self.digest
    }

    /// Such as `2026-1`.
    pub fn name(&self) -> &str {
        &self.data.name
    }

    /// The tables of a kind.
    pub fn kind(&self, kind: &str) -> Option<&KindRules> {
        self.kinds.get(kind)
    }

    /// A clock by its name.
    pub(super) fn clock(&self, name: &str) -> Option<(&str, &Clock)> {
        self.clocks.get_key_value(name).map(|(name, clock)| (&**name, clock))
    }

    /// A class of dossiers; `None` for items, rounds and what is of the office.
    pub fn class(&self, name: &str) -> Option<&super::data::ClassData> {
        self.data.classes.get(name)
    }

    /// Whether admitting an event of `kind`, with the facts that `has` names, takes every event and not only its
    /// subject's. A key in doubt does: what there is to notice is what it signed, anywhere in the ledger.
    pub fn needs_ledger(&self, kind: &str, has: impl Fn(&str) -> bool) -> bool {
        self.kind(kind).is_some_and(|kind| {
            let in_doubt = has("doubtful_from") && kind.rules.iter().any(|(code, _)| *code == "key.doubtful");
            kind.needs == Needs::Ledger || in_doubt
        })
    }

    /// A rule's text and sources.
    pub fn rule(&self, code: &str) -> Option<&RuleData> {
        self.data.rules.get(code)
    }

    /// A vocabulary.
    pub fn vocabulary(&self, name: &str) -> Option<&Vocabulary> {
        self.data.codes.get(name)
    }

    /// A code of a vocabulary.
    pub fn code(&self, vocabulary: &str, code: &str) -> Option<&Code> {
        self.vocabulary(vocabulary)?.values.get(code)
    }

    /// A code's title in `lang`; the code itself where the book has none.
    pub fn title<'a>(&'a self, vocabulary: &str, code: &'a str, lang: Lang) -> &'a str {
        if let Some(class) = vocabulary.strip_suffix(".state") {
            let state = self.class(class).and_then(|class| class.states.get(code));
            return state.map_or_else(|| self.title("state", code, lang), |state| state.get(lang));
        }
        let found = vocabulary.split('|').find_map(|vocabulary| self.code(vocabulary, code));
        found.map_or(code, |c| if lang == Lang::Zh { &c.zh } else { &c.en })
    }

    /// A kind's title in `lang`; the kind itself where the book has none.
    pub fn kind_title<'a>(&'a self, kind: &'a str, lang: Lang) -> &'a str {
        self.data.kinds.get(kind).map_or(kind, |k| if lang == Lang::Zh { &k.zh } else { &k.en })
    }

    /// A fact's title in `lang`; its name where the book has none.
    pub fn fact_title<'a>(&'a self, fact: &'a str, lang: Lang) -> &'a str {
        self.data.fact_titles.get(fact).map_or(fact, |title| title.get(lang))
    }

    /// Provisions in words: `《…》第三十五条；…`.
    pub fn cites(&self, cites: &[Cite], lang: Lang) -> String {
        let one = |cite: &Cite| {
            let source = self.data.sources.get(&cite.source);
            let name = source.map_or(cite.source.as_str(), |source| source.short.get(lang));
            let article = if lang == Lang::Zh { &cite.article } else { &cite.en };
            let gap = if lang == Lang::Zh { "" } else { ", " };
            article.as_ref().map_or_else(|| name.to_owned(), |article| format!("{name}{gap}{article}"))
        };
        let joint = if lang == Lang::Zh { "；" } else { "; " };
        cites.iter().map(one).collect::<Vec<_>>().join(joint)
    }
}

/// Every rule of the data has its check here and sources there, and every check that all events meet has its rule.
fn check_rules(data: &EditionData) -> Outcome<()> {
    let by_data =
        |code: &str| data.kinds.values().any(|kind| kind.checks.iter().any(|check| check.rule == *code));
    for (code, rule) in &data.rules {
        if check::find(code).is_none() && !by_data(code) {
            return Err(bad(format!("rule {code} is not known to this program")));
        }
        if rule.cites.is_empty() {
            return Err(bad(format!("rule {code} has no source")));
        }
        if !matches!(rule.class, Class::Integrity | Class::Unlawful | Class::Uncheckable | Class::Notice) {
            return Err(bad(format!("rule {code} has no class of its own")));
        }
        let unknown = rule.cites.iter().find(|cite| !data.sources.contains_key(&cite.source));
        if let Some(cite) = unknown {
            return Err(bad(format!("rule {code}: source {}", cite.source)));
        }
        let waivers = data.codes.get("irregular");
        if let Some(waiver) = &rule.waiver
            && !waivers.is_some_and(|codes| codes.values.contains_key(waiver))
        {
            return Err(bad(format!("rule {code}: waiver {waiver}")));
        }
    }
    let missing = check::TABLE
        .iter()
        .find(|(code, check)| matches!(check, Check::Always) && !data.rules.contains_key(*code));
    missing.map_or(Ok(()), |(code, _)| Err(bad(format!("rule {code} is missing"))))
}

/// What a kind does beyond its data. A kind that this program does not know must be one that needs no more: of a
/// class of dossiers, of items, or of the ledger.
fn action(data: &EditionData, name: &str, kind: &KindData) -> Outcome<Action> {
    match Action::parse(name) {
        Some(action) if action != Action::ByData => Ok(action),
        _ if ["item", "ledger"].contains(&&*kind.subject) || data.classes.contains_key(&kind.subject) => {
            Ok(Action::ByData)
        }
        _ => Err(bad(format!("kind {name} is not known to this program"))),
    }
}

fn compile_kind(
    data: &EditionData,
    known: &Known<'_>,
    name: &str,
    action: Action,
    kind: &KindData,
) -> Outcome<KindRules> {
    let role = |text: &String| Role::parse(text).ok_or_else(|| bad(format!("{name}: role {text}")));
    let part = |(part, rule): (&String, &PartRule)| {
        let part = match part.as_str() {
            "open" => PartName::Open,
            "closed" => PartName::Closed,
            "personal" => PartName::Personal,
            other => return Err(bad(format!("{name}: part {other}"))),
        };
        Ok((part, rule.clone()))
    };
    Ok(KindRules {
        name: name.into(),
        action,
        class: (kind.subject != "any").then(|| kind.subject.as_str().into()),
        roles: kind.roles.iter().map(role).collect::<Outcome<_>>()?,
        modes: kind.modes.iter().map(|mode| mode.as_str().into()).collect(),
        needs: kind.needs,
        facts: compile_facts(data, name, kind)?,
        parts: kind.parts.iter().map(part).collect::<Outcome<_>>()?,
        flow: compile_flow(data, name, kind)?,
        plain: compile_data(data, known, name, kind)?,
        rules: kind.rules.iter().map(|code| named_check(data, name, code)).collect::<Outcome<_>>()?,
        open: kind.open,
        void: kind.unlawful == WhenUnlawful::Void,
    })
}

fn named_check(data: &EditionData, kind: &str, code: &str) -> Outcome<(&'static str, Check)> {
    match check::find(code) {
        Some((code, check)) if data.rules.contains_key(code) && matches!(check, Check::Named(_)) => {
            Ok((code, check))
        }
        _ => Err(bad(format!("{kind}: rule {code}"))),
    }
}

fn compile_facts(data: &EditionData, name: &str, kind: &KindData) -> Outcome<Box<[FactSpec]>> {
    let codes = |of: &str| -> Option<Codes> {
        let vocabulary = data.codes.get(of)?;
        Some(vocabulary.values.keys().map(|code| code.as_str().into()).collect())
    };
    let all: BTreeMap<_, _> = data.facts.iter().chain(&kind.facts).collect();
    if all.len() != data.facts.len() + kind.facts.len() {
        return Err(bad(format!("{name}: a common fact is named again")));
    }
    all.into_iter()
        .map(|(fact, rule)| {
            let form =
                Form::compile(&rule.form, &codes).ok_or_else(|| bad(format!("{name}: fact {fact}")))?;
            let id = FactId::parse(fact);
            Ok(FactSpec { name: fact.as_str().into(), id, form, required: rule.required })
        })
        .collect()
}

fn compile_flow(data: &EditionData, name: &str, kind: &KindData) -> Outcome<Option<Flow>> {
    let Some(from) = &kind.from else { return Ok(None) };
    let class = data.classes.get(&kind.subject);
    let known = |text: &str| match class {
        Some(class) => text == "none" || class.states.contains_key(text),
        None => Step::parse(text).is_some(),
    };
    let state = |text: &String| -> Outcome<Box<str>> {
        if known(text) { Ok(text.as_str().into()) } else { Err(bad(format!("{name}: state {text}"))) }
    };
    let after = |text: &String| if text == "same" { Ok(None) } else { state(text).map(Some) };
    let set = |texts: &[String]| texts.iter().map(state).collect::<Outcome<Box<[_]>>>();
    let to = match &kind.to {
        None => Next::To(None),
        Some(Target::State(state)) => Next::To(after(state)?),
        Some(Target::By(ByFact { fact, values })) => {
            let values = values.iter().map(|(value, state)| Ok((value.as_str().into(), after(state)?)));
            Next::By(fact.as_str().into(), values.collect::<Outcome<_>>()?)
        }
    };
    let waivable = set(kind.waivable.as_deref().unwrap_or_default())?;
    let keeps = set(kind.keeps.as_deref().unwrap_or_default())?;
    Ok(Some(Flow { from: set(from)?, waivable, keeps, to }))
}

/// The editions at hand: those this program was built with, and those it was given.
#[derive(Debug, Clone, Default)]
pub struct Books {
    editions: BTreeMap<EditionDigest, Arc<RuleBook>>,
}

impl Books {
    /// The editions this program was built with.
    ///
    /// Errors: `rules.bad_edition`, if a built-in file does not fit this program; a test excludes it.
    pub fn built_in() -> Outcome<Self> {
        let mut books = Self::default();
        for edition in EDITIONS {
            books.add(RuleBook::parse(edition)?);
        }
        Ok(books)
    }

    /// Adds an edition, such as one a bundle carries.
    pub fn add(&mut self, book: RuleBook) {
        self.editions.insert(book.digest, Arc::new(book));
    }

    /// The edition with this digest.
    pub fn get(&self, digest: &EditionDigest) -> Option<&Arc<RuleBook>> {
        self.editions.get(digest)
    }

    /// The newest edition.
    pub fn newest(&self) -> Option<&Arc<RuleBook>> {
        self.editions.values().max_by_key(|book| book.data.ordinal)
    }

    /// Every edition, oldest first.
    pub fn all(&self) -> Vec<&Arc<RuleBook>> {
        let mut all: Vec<_> = self.editions.values().collect();
        all.sort_by_key(|book| book.data.ordinal);
        all
    }
}
