//! An event in the words of an archive: 业务行为, 行为依据, 行为描述.

use serde_json::Value;

use crate::bundle::derived::Deriving;
use crate::fault::{Fault, Lang, Outcome};
use crate::record::{Event, Facts, PartName, Parts};
use crate::rules::RuleBook;
use crate::rules::data::FactForm;

/// Facts that stand elsewhere.
const ELSEWHERE: [&str; 3] = ["on", "person", "mode"];

/// The edition's words, and the names of people.
pub struct Words<'a> {
    deriving: &'a Deriving,
    book: &'a RuleBook,
}

impl<'a> Words<'a> {
    /// The words of the edition in force at the end of the batch.
    ///
    /// # Errors
    /// `bundle.derive` when no edition is at hand.
    pub fn of(deriving: &'a Deriving) -> Outcome<Self> {
        let none = || Fault::usage("bundle.derive").with("found", "no rule book");
        Ok(Self { deriving, book: deriving.law().book().ok_or_else(none)? })
    }

    /// 业务行为
    pub fn kind<'k>(&'k self, kind: &'k str) -> &'k str {
        self.book.kind_title(kind, Lang::Zh)
    }

    /// A code of a vocabulary.
    pub fn title<'k>(&'k self, vocabulary: &str, code: &'k str) -> &'k str {
        self.book.title(vocabulary, code, Lang::Zh)
    }

    /// What a person is called: the name, else the id.
    pub fn person<'k>(&'k self, id: &'k str) -> &'k str {
        self.deriving.name(id).unwrap_or(id)
    }

    /// Roles of a person, in words.
    pub fn roles(&self, id: &str) -> String {
        let person = self.deriving.law().state().office.people.get(id);
        let mut roles: Vec<&str> =
            person.map(|person| person.roles.iter().map(|role| role.as_str()).collect()).unwrap_or_default();
        roles.sort_unstable();
        roles.into_iter().map(|role| self.title("role", role)).collect::<Vec<_>>().join("、")
    }

    /// 行为依据: provisions of the codes it names, and the digest of its evidence.
    pub fn basis(&self, kind: &str, facts: &Facts) -> String {
        let mut said: Vec<String> = Vec::new();
        for (fact, value) in facts {
            let Some(of) = self.vocabulary(kind, fact) else { continue };
            let list = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for code in list.iter().filter_map(Value::as_str) {
                let code = of.split('|').find_map(|of| self.book.code(of, code));
                let cite = code.and_then(|code| code.cite.as_ref());
                said.extend(cite.map(|cite| self.book.cites(std::slice::from_ref(cite), Lang::Zh)));
            }
        }
        said.dedup();
        if let Some(digest) = facts.get("evidence").and_then(Value::as_str) {
            said.push(format!("佐证文件 {digest}"));
        }
        said.join("；")
    }

    /// The facts, in words.
    pub fn facts(&self, kind: &str, facts: &Facts) -> Vec<String> {
        let shown = facts.iter().filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()));
        shown
            .map(|(name, value)| {
                format!("{}：{}", self.book.fact_title(name, Lang::Zh), self.value(kind, name, value))
            })
            .collect()
    }

    /// 行为描述: facts, texts that give reasons unless `closed` ones are left out, and where it stands in the log.
    pub fn description(&self, event: &Event, parts: &Parts, closed: bool) -> String {
        let mut said = self.facts(event.kind.as_str(), &event.facts);
        let part = parts.get(&PartName::Closed).filter(|_| closed);
        for (member, title) in [("reason", "理由"), ("note", "备注")] {
            let text = part.and_then(|part| part.data.get(member)?.as_str());
            said.extend(text.map(|text| format!("{title}：{text}")));
        }
        let mode = self.title("mode", event.fact("mode").unwrap_or_default());
        said.push(format!("台账第{}号事件，{}录入（{mode}）", event.seq, event.at));
        said.join("；")
    }

    fn value(&self, kind: &str, fact: &str, value: &Value) -> String {
        let vocabulary = self.vocabulary(kind, fact);
        let one = |value: &Value| match value {
            Value::String(text) => {
                vocabulary.map_or_else(|| self.person(text), |of| self.title(of, text)).to_owned()
            }
            other => other.to_string(),
        };
        match value {
            Value::Array(list) if list.iter().any(Value::is_object) => list.len().to_string(),
            Value::Array(list) => list.iter().map(one).collect::<Vec<_>>().join("、"),
            value => one(value),
        }
    }

    fn vocabulary(&self, kind: &str, fact: &str) -> Option<&str> {
        let own = self.book.data().kinds.get(kind).and_then(|kind| kind.facts.get(fact));
        match &own.or_else(|| self.book.data().facts.get(fact))?.form {
            FactForm::Code { of } | FactForm::Codes { of, .. } => Some(of),
            _ => None,
        }
    }
}
