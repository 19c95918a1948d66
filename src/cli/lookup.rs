//! Items and people of a ledger, as verbs look them up and show them.

use std::collections::BTreeMap;

use super::words::words;
use crate::exchange::{normal, normal_number};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::Ledger;
use crate::log::LineKind;
use crate::record::{Event, Line, PartName, Parts, Subject};
use crate::rules::{Item, Replay, State, next_step};

pub use provisional::Texts;

/// One item: how it stands in law, and what is written of it.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// `item/…`.
    pub id: Subject,
    /// How it stands.
    pub law: Item,
    /// Its texts, from the newest part that has each.
    pub texts: Texts,
    /// What the public sees of it.
    pub public: Option<Texts>,
}

impl ItemView {
    /// State and attribute in words.
    pub fn standing(&self, lang: Lang) -> String {
        let state = words().name("state", self.law.state.as_str(), lang);
        let attribute = words().name("stated_attribute", self.law.attribute.as_str(), lang);
        format!("{state} · {attribute}")
    }

    /// Its title between brackets; nothing when it has none.
    pub fn called(&self) -> String {
        self.texts.title.as_deref().map(|title| format!("《{title}》")).unwrap_or_default()
    }

    /// What a publication may take over from the registration. Of a redacted document nothing that describes its
    /// content: the title may hold what was redacted.
    pub fn before_publication(&self, partial: bool) -> Texts {
        let mut texts = self.texts.clone();
        if partial {
            (texts.title, texts.summary) = (None, None);
        }
        texts
    }
}

mod provisional {
    /// Texts of an item.
    #[derive(Debug, Clone, Default)]
    pub struct Texts {
        pub address: Option<Box<str>>,
        pub document_number: Option<Box<str>>,
        pub formed: Option<Box<str>>,
        pub index_number: Option<Box<str>>,
        pub issuer: Option<Box<str>>,
        pub summary: Option<Box<str>>,
        pub title: Option<Box<str>>,
        pub topic: Option<Box<str>>,
        pub validity: Option<Box<str>>,
    }
}

fn overlay(texts: &mut Texts, data: &serde_json::Map<String, serde_json::Value>) {
    for (key, slot) in [
        ("address", &mut texts.address),
        ("document_number", &mut texts.document_number),
        ("formed", &mut texts.formed),
        ("index_number", &mut texts.index_number),
        ("issuer", &mut texts.issuer),
        ("summary", &mut texts.summary),
        ("title", &mut texts.title),
        ("topic", &mut texts.topic),
        ("validity", &mut texts.validity),
    ] {
        if let Some(text) = data.get(key).and_then(serde_json::Value::as_str) {
            *slot = Some(text.into());
        }
    }
}

struct Snapshot {
    state: State,
    texts: BTreeMap<String, Texts>,
    opens: BTreeMap<u64, Texts>,
    names: BTreeMap<String, String>,
}

/// Visits every event with its parts.
pub fn events(ledger: &Ledger, from: u64, each: &mut dyn FnMut(Event, Parts) -> Outcome<()>) -> Outcome<()> {
    for line in ledger.log().lines(from)?.strict() {
        let line = line?;
        if line.kind == LineKind::Event
            && let Ok(Line::Event(raw)) = Line::parse(&line.bytes)
        {
            let bad = |e: crate::record::event::LineError| {
                Fault::machine("ledger.unreadable_event").with("seq", line.seq).with("found", e)
            };
            each(raw.event().map_err(bad)?, raw.parts().map_err(bad)?)?;
        }
    }
    Ok(())
}

fn snapshot(ledger: &Ledger) -> Outcome<Snapshot> {
    let mut law = Replay::new(ledger.books().clone(), ledger.info().origin.clone());
    let (mut texts, mut opens, mut names) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    events(ledger, 0, &mut |event, parts| {
        law.push(&event);
        if let Some(formed) = event.fact("formed") {
            let slot: &mut Texts = texts.entry(event.subject.to_string()).or_default();
            slot.formed = Some(formed.into());
        }
        for name in [PartName::Closed, PartName::Open] {
            if let Some(part) = parts.get(&name) {
                overlay(texts.entry(event.subject.to_string()).or_default(), &part.data);
                if name == PartName::Open {
                    overlay(opens.entry(event.seq).or_default(), &part.data);
                }
            }
        }
        if let Some(part) = parts.get(&PartName::Personal) {
            if let Some(name) = part.data.get("name").and_then(serde_json::Value::as_str) {
                names.insert(event.subject.to_string(), name.to_owned());
            }
            let all = part.data.get("names").and_then(serde_json::Value::as_object);
            for (id, name) in all.into_iter().flatten() {
                names.insert(id.clone(), name.as_str().unwrap_or_default().to_owned());
            }
        }
        Ok(())
    })?;
    Ok(Snapshot { state: law.into_state(), texts, opens, names })
}

impl Snapshot {
    fn view(&self, id: &str) -> Option<ItemView> {
        let law = self.state.item(id)?.clone();
        Some(ItemView {
            id: id.parse().ok()?,
            texts: self.texts.get(id).cloned().unwrap_or_default(),
            public: law.open.and_then(|seq| self.opens.get(&seq).cloned()),
            law,
        })
    }
}

/// The item with this id.
pub fn item(ledger: &Ledger, id: &Subject) -> Outcome<Option<ItemView>> {
    Ok(snapshot(ledger)?.view(id.as_str()))
}

/// Every item, in the order of their first events.
pub fn items(ledger: &Ledger) -> Outcome<Vec<ItemView>> {
    let snapshot = snapshot(ledger)?;
    let mut all: Vec<ItemView> = snapshot.state.items.keys().filter_map(|id| snapshot.view(id)).collect();
    all.sort_by_key(|item| item.law.first);
    Ok(all)
}

/// Items whose id, beginning of an id, 索引号 or 文号 this is.
pub fn find(ledger: &Ledger, text: &str) -> Outcome<Vec<Subject>> {
    let bare = text.strip_prefix("item/").unwrap_or(text).to_lowercase();
    let all = items(ledger)?;
    let by_id: Vec<Subject> = all
        .iter()
        .filter(|item| {
            bare.len() >= 4 && item.id.as_str().strip_prefix("item/").is_some_and(|id| id.starts_with(&bare))
        })
        .map(|item| item.id.clone())
        .collect();
    if by_id.is_empty() { numbered(ledger, text) } else { Ok(by_id) }
}

/// Items with this 索引号 or 文号.
pub fn numbered(ledger: &Ledger, number: &str) -> Outcome<Vec<Subject>> {
    let wanted = normal_number(number);
    let is = |text: &Option<Box<str>>| text.as_deref().is_some_and(|text| normal_number(text) == wanted);
    let all = items(ledger)?;
    let found = all.iter().filter(|item| is(&item.texts.index_number) || is(&item.texts.document_number));
    Ok(found.map(|item| item.id.clone()).collect())
}

/// Items with exactly this title.
pub fn titled(ledger: &Ledger, title: &str) -> Outcome<Vec<Subject>> {
    let wanted = normal(title);
    let all = items(ledger)?;
    let is = |item: &&ItemView| item.texts.title.as_deref().is_some_and(|title| normal(title) == wanted);
    Ok(all.iter().filter(is).map(|item| item.id.clone()).collect())
}

/// Items whose next step is of this kind; for a re-evaluation, those that wait in the open round.
pub fn waiting(ledger: &Ledger, kind: &str) -> Outcome<Vec<Subject>> {
    let snapshot = snapshot(ledger)?;
    let round = snapshot.state.open_round().map(|(_, round)| round.clone());
    let mut found: Vec<(u64, Subject)> = Vec::new();
    for (id, law) in &snapshot.state.items {
        let waits = match (kind, &round) {
            ("item.reassessed", Some(round)) => law.waits_in(round),
            _ => next_step(law).is_some_and(|next| next.kind == kind),
        };
        if let (true, Ok(id)) = (waits, id.parse()) {
            found.push((law.first, id));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

/// The open round, if the item waits in it.
pub fn round_of(ledger: &Ledger, item: &ItemView) -> Outcome<Option<Subject>> {
    let snapshot = snapshot(ledger)?;
    let open = snapshot.state.open_round().filter(|(_, round)| item.law.waits_in(round));
    Ok(open.and_then(|(id, _)| id.parse().ok()))
}

/// The newest event of this kind about a subject.
pub fn newest_of(ledger: &Ledger, id: &Subject, kind: &str) -> Outcome<Option<Event>> {
    for seq in ledger.views().seqs_of(id)?.into_iter().rev() {
        let event = ledger.event(seq)?;
        if event.kind.as_str() == kind {
            return Ok(Some(event));
        }
    }
    Ok(None)
}

/// The event at `seq` with the parts this copy has.
pub fn event(ledger: &Ledger, seq: u64) -> Outcome<(Event, Parts)> {
    let bad = |e: crate::record::event::LineError| {
        Fault::machine("ledger.unreadable_event").with("seq", seq).with("found", e)
    };
    let line = ledger.log().event(seq, ledger.views().spot(seq)?)?;
    match Line::parse(&line.bytes).map_err(bad)? {
        Line::Event(raw) => Ok((raw.event().map_err(bad)?, raw.parts().map_err(bad)?)),
        _ => Err(Fault::usage("event.unknown").with("seq", seq)),
    }
}

/// Every key ever enrolled.
pub fn keys(ledger: &Ledger) -> Outcome<Vec<crate::rules::Key>> {
    Ok(snapshot(ledger)?.state.office.keys.iter().cloned().collect())
}

/// A person and the name it goes by.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// `person/…`.
    pub id: Subject,
    /// The name, where this copy has it.
    pub name: Option<String>,
    /// Role codes.
    pub roles: Vec<&'static str>,
}

/// Every person, in the order they were added.
pub fn people(ledger: &Ledger) -> Outcome<Vec<PersonView>> {
    let snapshot = snapshot(ledger)?;
    let view = |person: &crate::rules::Person| {
        Some(PersonView {
            id: person.id.parse().ok()?,
            name: snapshot.names.get(&*person.id).cloned(),
            roles: person.roles.iter().map(crate::rules::Role::as_str).collect(),
        })
    };
    Ok(snapshot.state.office.people.iter().filter_map(view).collect())
}

/// The person a name or id means.
///
/// Errors: `person.not_found`, `person.ambiguous`.
pub fn person(ledger: &Ledger, text: &str) -> Outcome<Subject> {
    let all = people(ledger)?;
    let wanted = normal(text);
    let is = |person: &&PersonView| {
        person.id.as_str() == text || person.name.as_deref().is_some_and(|name| normal(name) == wanted)
    };
    let found: Vec<&PersonView> = all.iter().filter(is).collect();
    match found.as_slice() {
        [only] => Ok(only.id.clone()),
        [] => {
            let names: Vec<_> = all.iter().filter_map(|person| person.name.as_deref()).collect();
            Err(Fault::usage("person.not_found").with("found", text).with("expected", names.join("、")))
        }
        several => {
            let ids: Vec<_> = several.iter().map(|person| person.id.to_string()).collect();
            Err(Fault::usage("person.ambiguous").with("found", text).with("expected", ids.join("、")))
        }
    }
}

/// The subject that stands for the ledger itself.
pub fn ledger_subject() -> Outcome<Subject> {
    "ledger/main".parse().map_err(|error| Fault::usage("event.kind").with("found", error))
}
