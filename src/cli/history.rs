//! What happened to a subject, event by event, in words.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Ctx;
use super::dossier;
use super::lookup;
use super::words::words;
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::{Ledger, is_damage};
use crate::record::{Event, Facts, PartName, Parts, Subject};

/// Facts that the line itself shows.
const SHOWN: [&str; 3] = ["on", "person", "mode"];

/// One event with the parts this copy has.
pub struct Step {
    /// The event.
    pub event: Event,
    /// The parts.
    pub parts: Parts,
    person: String,
    signer: String,
    /// The facts, with names in the place of ids.
    named: Facts,
}

/// The events of a subject, oldest first. One that cannot be read is told and left out.
pub fn history(ctx: &Ctx<'_>, ledger: &Ledger, subject: &Subject) -> Outcome<Vec<Step>> {
    let names = Names::of(ledger)?;
    let mut steps = Vec::new();
    for seq in ledger.views().seqs_of(subject)? {
        steps.extend(names.read(ctx, ledger, seq)?);
    }
    Ok(steps)
}

/// Names of people and of the keys they hold.
pub struct Names {
    people: BTreeMap<String, String>,
    keys: BTreeMap<String, String>,
    units: BTreeMap<String, String>,
}

impl Names {
    /// The names this copy knows.
    pub fn of(ledger: &Ledger) -> Outcome<Self> {
        let people: BTreeMap<String, String> = lookup::people(ledger)?
            .into_iter()
            .filter_map(|person| Some((person.person.id.to_string(), person.name?)))
            .collect();
        let keys = lookup::keys(ledger)?.into_iter().map(|key| (key.key.to_string(), key.holder.to_string()));
        Ok(Self { people, keys: keys.collect(), units: dossier::unit_names(ledger)? })
    }

    /// Puts names in the place of the ids of people and units among facts.
    fn named(&self, facts: &Facts) -> Facts {
        let name = |value: &Value| {
            let id = value.as_str()?;
            self.people.get(id).or_else(|| self.units.get(id)).map(|name| json!(name))
        };
        facts
            .iter()
            .map(|(fact, value)| (fact.clone(), name(value).unwrap_or_else(|| value.clone())))
            .collect()
    }

    /// What a person is called: the name, else the id.
    pub fn person(&self, id: &str) -> String {
        self.people.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// Puts names in the place of ids in the sentences of a refusal.
    pub fn put_into(&self, fault: &mut Fault) {
        let Some(message) = &mut fault.given else { return };
        for (id, name) in &self.people {
            for text in [&mut message.zh, &mut message.en, &mut message.next_zh, &mut message.next_en] {
                if text.contains(id.as_str()) {
                    *text = text.replace(id.as_str(), name);
                }
            }
        }
    }

    /// The event at `seq`; nothing where the log is damaged there, which is told.
    pub fn read(&self, ctx: &Ctx<'_>, ledger: &Ledger, seq: u64) -> Outcome<Option<Step>> {
        match lookup::event(ledger, seq) {
            Ok((event, parts)) => Ok(Some(self.step(event, parts))),
            Err(fault) if is_damage(&fault) => {
                ctx.notice(&fault);
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// An event with the names of those behind it.
    pub fn step(&self, event: Event, parts: Parts) -> Step {
        let by = event.by.to_string();
        let signer = self.keys.get(&by).map_or(by, |holder| self.person(holder));
        let person = event.fact("person").map(|id| self.person(id)).unwrap_or_default();
        let named = self.named(&event.facts);
        Step { event, parts, person, signer, named }
    }
}

impl Step {
    /// The event for people: one line, and one for each thing said.
    pub fn lines(&self, lang: Lang) -> String {
        let event = &self.event;
        let kind = words().kind(event.kind.as_str());
        let on = event.on().map(|day| day.to_string()).unwrap_or_default();
        let mut lines = vec![match lang {
            Lang::Zh => format!("#{}  {on}  {}  {}", event.seq, kind.zh, self.person),
            Lang::En => format!("#{}  {on}  {}  {}", event.seq, kind.en, self.person),
        }];
        let entered = event.at.to_string();
        let mode = event.fact("mode").unwrap_or_default();
        if mode != "own" || self.signer != self.person || event.at.day().to_string() != on {
            let mode = words().name("mode", mode, lang);
            lines.push(match lang {
                Lang::Zh => format!("      {mode}；{} 于 {entered} 录入", self.signer),
                Lang::En => format!("      {mode}; entered by {} at {entered}", self.signer),
            });
        }
        let facts = self.facts(lang);
        if !facts.is_empty() {
            lines.push(format!("      {}", facts.join(if lang == Lang::Zh { "；" } else { "; " })));
        }
        lines.extend(self.texts(lang));
        lines.join("\n")
    }

    fn facts(&self, lang: Lang) -> Vec<String> {
        let shown = self.named.iter().filter(|(name, _)| !SHOWN.contains(&name.as_str()));
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        shown
            .map(|(name, value)| {
                let value = words().fact_value(self.event.kind.as_str(), name, value, lang);
                format!("{}{colon}{value}", words().fact(name, lang))
            })
            .collect()
    }

    fn texts(&self, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        for name in self.event.parts.keys() {
            let title = words().name("part", name.as_str(), lang);
            match self.parts.get(name) {
                None if lang == Lang::Zh => lines.push(format!("      [{title}] 已删除")),
                None => lines.push(format!("      [{title}] erased")),
                Some(_) if *name == PartName::Personal => {}
                Some(part) => {
                    let mut said: Vec<(&String, &str)> =
                        part.data.iter().filter_map(|(key, value)| Some((key, value.as_str()?))).collect();
                    said.sort_by_key(|(key, _)| (*key != "title", *key));
                    let said: Vec<String> = said
                        .into_iter()
                        .map(|(key, text)| format!("{}={text}", words().text(key, lang)))
                        .collect();
                    lines.push(format!("      [{title}] {}", said.join("  ")));
                }
            }
        }
        lines
    }

    /// The event for programs.
    pub fn as_json(&self) -> Value {
        let event = &self.event;
        let part =
            |(name, part): (&PartName, &crate::record::Part)| (name.as_str().to_owned(), json!(part.data));
        let parts: serde_json::Map<String, Value> = self.parts.iter().map(part).collect();
        let erased: Vec<&str> = event
            .parts
            .keys()
            .filter(|name| !self.parts.contains_key(name))
            .map(|name| name.as_str())
            .collect();
        json!({
            "seq": event.seq, "act": event.act, "at": event.at, "by": event.by, "kind": event.kind,
            "subject": event.subject, "facts": event.facts, "parts": parts, "erased": erased,
            "person_name": self.person, "signer_name": self.signer,
        })
    }
}
