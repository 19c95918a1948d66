//! The words of the rule book as people read and write them, in the rule book's order.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::exchange::words::{ATTRIBUTES, Vocab, Word};
use crate::exchange::{Cell, WorkWords};
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::{Attribute, EDITIONS, Item, Step};

/// Vocabularies, kinds of events and facts, with their names.
#[derive(Default)]
pub struct Words {
    vocabs: BTreeMap<String, Vocab>,
    kinds: BTreeMap<String, Word>,
    facts: BTreeMap<String, Word>,
    /// (kind, fact) → vocabulary; common facts under the empty kind.
    types: BTreeMap<(String, String), String>,
    classes: BTreeMap<String, Word>,
    /// (class, register) → vocabulary.
    registers: BTreeMap<(String, String), String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(Words::load);

/// The words of the newest edition.
pub fn words() -> &'static Words {
    &WORDS
}

/// A JSON object whose members keep the order they are written in.
struct Ordered<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        from.deserialize_map(Members(std::marker::PhantomData)).map(Self)
    }
}

#[derive(Deserialize)]
struct Book {
    codes: Ordered<Vocabulary>,
    classes: Ordered<Class>,
    kinds: Ordered<KindNamed>,
    fact_titles: Ordered<Named>,
    facts: Ordered<FactType>,
}

#[derive(Deserialize)]
struct KindNamed {
    zh: String,
    en: String,
    subject: String,
    facts: Ordered<FactType>,
    #[serde(default)]
    sets: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Class {
    zh: String,
    en: String,
    states: Ordered<Named>,
}

#[derive(Deserialize)]
struct FactType {
    of: Option<String>,
}

#[derive(Deserialize)]
struct Vocabulary {
    values: Ordered<Named>,
}

#[derive(Deserialize)]
struct Named {
    zh: String,
    en: String,
}

/// What people also write for a code.
const ALIASES: &[(&str, &str, &[&str])] = &[
    ("channel", "website", &["网站", "门户网站", "政府门户网站"]),
    ("channel", "gazette", &["公报"]),
    ("channel", "social", &["微信", "微博", "政务新媒体"]),
    ("channel", "press", &["发布会", "听证会"]),
    ("channel", "notice_board", &["公示栏", "公开栏"]),
    ("channel", "on_site", &["入户", "现场"]),
    ("review_outcome", "exempt", &["不予公开", "不公开"]),
    ("reassess_outcome", "maintain", &["维持", "维持不予公开"]),
    ("reassess_outcome", "to_open", &["主动公开", "公开"]),
    ("reassess_outcome", "to_on_request", &["依申请公开"]),
    ("reassess_outcome", "to_partial", &["删减后公开"]),
    ("reassess_outcome", "lapsed", &["失效"]),
    ("reassess_outcome", "deferred", &["暂缓"]),
    ("ground", "trade_secret", &["涉及商业秘密"]),
    ("ground", "privacy", &["涉及个人隐私"]),
    ("ground", "state_secret", &["国家秘密"]),
];

/// What the texts in parts are called.
const TEXTS: &[(&str, &str)] = &[
    ("title", "标题"),
    ("public_title", "公开标题"),
    ("document_number", "文号"),
    ("index_number", "索引号"),
    ("issuer", "发文机关"),
    ("summary", "概述"),
    ("topic", "主题"),
    ("validity", "有效性"),
    ("address", "地址"),
    ("keywords", "主题词"),
    ("department", "承办科室"),
    ("drafter", "拟稿人"),
    ("note", "备注"),
    ("reason", "理由"),
    ("formed", "成文日期"),
    ("published", "发布日期"),
    ("office", "机关"),
    ("identity", "识别码"),
    ("fingerprint", "内容码"),
    ("content", "内容"),
    ("name", "姓名或名称"),
    ("contact", "联系方式"),
    ("id_document", "身份证明"),
    ("organisation", "所在单位"),
    ("delivery", "获取方式"),
    ("medium", "载体形式"),
    ("addressee", "征求意见对象名称"),
    ("first", "一级事项"),
    ("second", "二级事项"),
    ("basis_text", "依据条款"),
    ("limit", "公开时限"),
    ("body", "公开主体"),
    ("who", "特定群众"),
    ("other_channel", "其他渠道"),
    ("scope", "范围"),
    ("how", "参与方式"),
    ("result", "结果"),
    ("reasons", "理由说明"),
    ("approver", "审核机关"),
    ("from", "数字出处"),
    ("reference", "外部编号"),
    ("file_number", "归档编号"),
    ("issued", "印发日期"),
    ("notice", "通知文号"),
    ("clock", "期限起算日"),
    ("answered", "答复日期"),
    ("ended_on", "办结日期"),
    ("correction_asked", "告知补正日期"),
    ("correction_until", "补正期限"),
    ("triage", "分类"),
    ("opened", "开始日期"),
    ("closed", "结束日期"),
    ("found", "发现日期"),
    ("ordered", "交办日期"),
    ("rectified", "整改日期"),
    ("rectifier", "整改人"),
    ("recorded", "记录日期"),
    ("since", "列入日期"),
    ("amended", "修订日期"),
    ("reviewed", "评估日期"),
    ("repealed", "废止日期"),
    ("archived", "归档日期"),
    ("fee", "信息处理费（分）"),
    ("fee_measure", "收费方式"),
    ("fee_noticed", "收费通知日期"),
    ("fee_paid", "缴费日期"),
    ("remedy_result", "救济结果"),
    ("new_leaf", "重新答复的结果"),
    ("answered_anew", "重新答复日期"),
    ("reasons_asked", "要求说明理由日期"),
    ("assisted", "协助调查日期"),
    ("conferred", "会商日期"),
    ("overridden", "公共利益决定日期"),
    ("unit_until", "单位办理期限"),
    ("inherited", "承接"),
    ("approved", "审核日期"),
];

impl Words {
    fn load() -> Self {
        let newest = EDITIONS.last().copied().unwrap_or_default();
        let Ok(book) = serde_json::from_str::<Book>(newest) else { return Self::default() };
        let named = |(code, name): (String, Named)| (code.clone(), Word::new(code, name.zh, name.en));
        let mut types = types_of("", book.facts);
        let mut kinds = BTreeMap::new();
        let mut registers = BTreeMap::new();
        for (kind, named) in book.kinds.0 {
            types.extend(types_of(&kind, named.facts));
            for (register, operand) in named.sets {
                let fact = operand.strip_prefix("fact:").unwrap_or_default().to_owned();
                if let Some(vocabulary) = types.get(&(kind.clone(), fact)) {
                    registers.insert((named.subject.clone(), register), vocabulary.clone());
                }
            }
            kinds.insert(kind.clone(), Word::new(kind, named.zh, named.en));
        }
        let vocab = |(name, vocabulary): (String, Vocabulary)| {
            let words = vocabulary.values.0.into_iter().map(|(code, named)| word(&name, code, named));
            let vocab = Vocab { words: words.collect() };
            (name, vocab)
        };
        let mut vocabs: BTreeMap<String, Vocab> = book.codes.0.into_iter().map(vocab).collect();
        let mut classes = BTreeMap::new();
        for (name, class) in book.classes.0 {
            let states = class.states.0.into_iter().map(|state| named(state).1).collect();
            vocabs.insert(format!("{name}.state"), Vocab { words: states });
            classes.insert(name.clone(), Word::new(name, class.zh, class.en));
        }
        let facts = book.fact_titles.0.into_iter().map(named).collect();
        Self { vocabs, kinds, facts, types, classes, registers }
    }

    /// The word of a class of dossiers.
    pub fn class(&self, class: &str) -> Word {
        self.classes.get(class).cloned().unwrap_or_else(|| Word::new(class, class, class))
    }

    /// The vocabulary of what a register holds, where it holds codes.
    pub fn register(&self, class: &str, register: &str) -> Option<&str> {
        let found = self.registers.get(&(class.to_owned(), register.to_owned()))?;
        self.vocabs.contains_key(found).then_some(found.as_str())
    }

    /// A vocabulary; empty when the rule book has none of that name.
    pub fn vocab(&self, name: &str) -> Vocab {
        self.vocabs.get(name).cloned().unwrap_or_default()
    }

    /// The code a text means.
    ///
    /// Errors: `word.unknown`, naming the words there are.
    pub fn read(&self, vocabulary: &str, text: &str) -> Outcome<String> {
        let vocab = self.vocabs.get(vocabulary);
        let found = vocab.and_then(|vocab| vocab.read(text));
        found.map(|word| word.code.clone()).ok_or_else(|| {
            let known = vocab.iter().flat_map(|vocab| &vocab.words).map(|w| format!("{} {}", w.zh, w.code));
            Fault::usage("word.unknown")
                .with("found", text)
                .with("expected", known.collect::<Vec<_>>().join("、"))
        })
    }

    /// The word of a code; the code itself where the rule book has no name for it.
    pub fn word(&self, vocabulary: &str, code: &str) -> Word {
        let known = self.vocabs.get(vocabulary).and_then(|vocab| vocab.word(code)).cloned();
        known.unwrap_or_else(|| Word::new(code, code, code))
    }

    /// A cell that holds a code's word; empty without a code.
    pub fn cell(&self, vocabulary: &str, code: Option<&str>) -> Cell {
        code.map_or(Cell::Empty, |code| self.word(vocabulary, code).into())
    }

    /// A code's name in `lang`.
    pub fn name(&self, vocabulary: &str, code: &str, lang: Lang) -> String {
        in_lang(self.word(vocabulary, code), lang)
    }

    /// The word of a kind of event.
    pub fn kind(&self, kind: &str) -> Word {
        self.kinds.get(kind).cloned().unwrap_or_else(|| Word::new(kind, kind, kind))
    }

    /// The name of a fact in `lang`.
    pub fn fact(&self, fact: &str, lang: Lang) -> String {
        self.facts.get(fact).cloned().map_or_else(|| fact.to_owned(), |word| in_lang(word, lang))
    }

    /// What a text or a fact is called, in `lang`.
    pub fn text(&self, key: &str, lang: Lang) -> String {
        let listed = TEXTS.iter().find(|(known, _)| *known == key);
        match listed {
            Some((_, zh)) if lang == Lang::Zh => (*zh).to_owned(),
            Some(_) => key.replace('_', " "),
            None => self.fact(key, lang),
        }
    }

    /// 公开属性 of an item: 未载明 is said of what was taken over only.
    pub fn attribute(&self, item: &Item) -> Word {
        let word = self.word("stated_attribute", item.attribute.as_str());
        if item.attribute == Attribute::Unstated && item.state != Step::Inherited {
            return Word::new(word.code, "未定性", "not decided");
        }
        word
    }

    /// A fact's value in words.
    pub fn fact_value(&self, kind: &str, fact: &str, value: &Value, lang: Lang) -> String {
        let vocabulary = [kind, ""].iter().find_map(|of| self.types.get(&((*of).into(), fact.into())));
        let name = |value: &Value| match (value, vocabulary) {
            (Value::String(code), Some(of)) => self.name(of, code, lang),
            (Value::String(text), None) => text.clone(),
            (other, _) => other.to_string(),
        };
        let between = if lang == Lang::Zh { "、" } else { ", " };
        match value {
            Value::Array(list) if list.iter().any(Value::is_object) => list.len().to_string(),
            Value::Array(list) => list.iter().map(name).collect::<Vec<_>>().join(between),
            one => name(one),
        }
    }

    /// The closed lists that worklists offer.
    pub fn for_work(&self) -> WorkWords {
        WorkWords {
            attributes: self.vocab("attribute"),
            review_outcomes: self.vocab("review_outcome"),
            review_scopes: self.vocab("scope"),
            grounds: self.vocab("ground"),
            channels: self.vocab("channel"),
            outcomes: self.vocab("reassess_outcome"),
            triggers: self.vocab("trigger"),
            irregular: self.vocab("irregular"),
            marks: self.vocab("mark"),
            bases: self.vocab("basis"),
        }
    }
}

fn types_of(kind: &str, facts: Ordered<FactType>) -> BTreeMap<(String, String), String> {
    let typed = facts.0.into_iter().filter_map(|(fact, typed)| Some(((kind.to_owned(), fact), typed.of?)));
    typed.collect()
}

fn in_lang(word: Word, lang: Lang) -> String {
    if lang == Lang::Zh { word.zh } else { word.en }
}

fn word(vocabulary: &str, code: String, name: Named) -> Word {
    let listed = ALIASES.iter().find(|(of, known, _)| *of == vocabulary && *known == code);
    let mut word = Word::new(code, name.zh, name.en);
    word.aliases.extend(listed.iter().flat_map(|(_, _, aliases)| aliases.iter().map(|a| (*a).to_owned())));
    if matches!(vocabulary, "attribute" | "stated_attribute")
        && let Some(known) = ATTRIBUTES.word(&word.code)
    {
        word.aliases.extend(known.aliases.iter().cloned());
    }
    word
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_read_in_every_spelling_and_keep_the_books_order() {
        let words = words();
        for text in ["website", "政府网站", "网站", "Government Website"] {
            assert_eq!(words.read("channel", text).unwrap(), "website", "{text}");
        }
        assert_eq!(words.read("attribute", "此件依申请公开").unwrap(), "on_request");
        let fault = words.read("channel", "电报").unwrap_err();
        assert!(fault.args["expected"].starts_with("政府网站 website、"), "{}", fault.args["expected"]);
        assert_eq!(words.vocab("channel").words.len(), 13);
        assert_eq!(words.kind("item.decided").zh, "定性");
    }

    #[test]
    fn no_spelling_means_two_codes_of_a_vocabulary() {
        for (name, vocab) in &words().vocabs {
            for word in &vocab.words {
                let spellings = [&word.code, &word.zh, &word.en].into_iter().chain(&word.aliases);
                for text in spellings {
                    assert_eq!(vocab.read(text).unwrap().code, word.code, "{name}: {text}");
                }
            }
        }
    }
}
