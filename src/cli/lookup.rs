//! Items and people of a ledger, as verbs look them up and show them.

use std::collections::BTreeMap;

use super::words::words;
use crate::exchange::{Fingerprint, normal, normal_number};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::Ledger;
use crate::log::LineKind;
use crate::record::{Day, Event, Line, PartName, Parts, Subject};
use crate::rules::{Attribute, Item, Replay, Role, State, Step, next_step};

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
    /// It was taken over from before the ledger.
    pub inherited: bool,
    /// Channels of the newest publication.
    pub channels: Vec<String>,
    /// Day of the newest publication.
    pub published: Option<Day>,
    /// Day of the decision in force.
    pub decided: Option<Day>,
    /// Day of the newest re-evaluation.
    pub reassessed: Option<Day>,
}

impl ItemView {
    /// State and attribute in words.
    pub fn standing(&self, lang: Lang) -> String {
        let state = words().name("state", self.law.state.as_str(), lang);
        let attribute = match self.law.attribute {
            // 未载明 is said of what was taken over; what was registered here is not decided yet.
            Attribute::Unstated if self.law.state != Step::Inherited && lang == Lang::Zh => "未定性".into(),
            Attribute::Unstated if self.law.state != Step::Inherited => "not decided".into(),
            stated => words().name("stated_attribute", stated.as_str(), lang),
        };
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
    published: BTreeMap<String, Option<Day>>,
    decided: BTreeMap<String, Option<Day>>,
    reassessed: BTreeMap<String, Option<Day>>,
    channels: BTreeMap<String, Vec<String>>,
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

fn snapshot(ledger: &Ledger, past: &Past) -> Outcome<Snapshot> {
    let mut law = Replay::new(ledger.books().clone(), ledger.info().origin.clone());
    let (mut texts, mut opens, mut names) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let (mut published, mut decided, mut reassessed, mut channels) =
        (BTreeMap::new(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    events(ledger, 0, &mut |event, parts| {
        let item = event.subject.class() == "item";
        let late = |day: Option<Day>, limit: Option<Day>| {
            item && limit.is_some_and(|limit| day.is_none_or(|day| day > limit))
        };
        if late(event.on(), past.as_of) || late(Some(event.at.day()), past.known) {
            return Ok(());
        }
        law.push(&event);
        let id = event.subject.to_string();
        match event.kind.as_str() {
            "item.published" => {
                published.insert(id.clone(), event.on());
                let codes = event.facts.get("channels").and_then(serde_json::Value::as_array);
                let codes = codes.into_iter().flatten().filter_map(|code| code.as_str().map(str::to_owned));
                channels.insert(id, codes.collect::<Vec<String>>());
            }
            "item.inherited" => {
                published.insert(id.clone(), event.fact("published").and_then(|day| day.parse().ok()));
                decided.insert(id, event.on());
            }
            "item.decided" => {
                decided.insert(id, event.on());
            }
            "item.reassessed" => {
                reassessed.insert(id, event.on());
            }
            _ => {}
        }
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
    Ok(Snapshot { state: law.into_state(), texts, opens, names, published, decided, reassessed, channels })
}

impl Snapshot {
    fn view(&self, id: &str) -> Option<ItemView> {
        let law = self.state.item(id)?.clone();
        Some(ItemView {
            id: id.parse().ok()?,
            texts: self.texts.get(id).cloned().unwrap_or_default(),
            public: law.open.and_then(|seq| self.opens.get(&seq).cloned()),
            published: self.published.get(id).copied().flatten(),
            decided: self.decided.get(id).copied().flatten(),
            reassessed: self.reassessed.get(id).copied().flatten(),
            channels: self.channels.get(id).cloned().unwrap_or_default(),
            inherited: self.state.item(id).is_some_and(|law| law.state == Step::Inherited),
            law,
        })
    }
}

/// The item with this id.
pub fn item(ledger: &Ledger, id: &Subject) -> Outcome<Option<ItemView>> {
    Ok(snapshot(ledger, &Past::default())?.view(id.as_str()))
}

/// Every item, in the order of their first events.
pub fn items(ledger: &Ledger) -> Outcome<Vec<ItemView>> {
    let snapshot = snapshot(ledger, &Past::default())?;
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
    let snapshot = snapshot(ledger, &Past::default())?;
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

/// What an item waits for.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// The kind of event that comes next.
    pub kind: &'static str,
    /// The role that does it.
    pub role: Role,
}

/// Every item that waits for something, oldest first.
pub fn waiting_all(ledger: &Ledger) -> Outcome<Vec<(ItemView, Waits)>> {
    let snapshot = snapshot(ledger, &Past::default())?;
    let round = snapshot.state.open_round().map(|(_, round)| round.clone());
    let mut found = Vec::new();
    for (id, law) in &snapshot.state.items {
        let next = next_step(law).map(|next| Waits { kind: next.kind, role: next.role });
        let in_round = round.as_ref().filter(|round| law.waits_in(round));
        let in_round = in_round.map(|_| Waits { kind: "item.reassessed", role: Role::Approver });
        for waits in [next, in_round].into_iter().flatten() {
            found.extend(snapshot.view(id).map(|item| (item, waits)));
        }
    }
    found.sort_by_key(|(item, _)| item.law.first);
    Ok(found)
}

/// Identity → fingerprint of every imported row.
pub fn imported(ledger: &Ledger) -> Outcome<BTreeMap<String, Fingerprint>> {
    let mut known = BTreeMap::new();
    events(ledger, 0, &mut |event, parts| {
        let closed = parts.get(&PartName::Closed).filter(|_| event.kind.as_str() == "item.inherited");
        let text =
            |name: &str| closed.and_then(|part| part.data.get(name)).and_then(serde_json::Value::as_str);
        if let (Some(identity), Some(fingerprint)) =
            (text("identity"), text("fingerprint").and_then(Fingerprint::from_text))
        {
            known.insert(identity.to_owned(), fingerprint);
        }
        Ok(())
    })?;
    Ok(known)
}

/// Which past is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Past {
    /// Only what had happened by this day.
    pub as_of: Option<Day>,
    /// Only what was entered by this day.
    pub known: Option<Day>,
}

/// Every item as it stood, in the order of their first events.
pub fn items_then(ledger: &Ledger, past: &Past) -> Outcome<Vec<ItemView>> {
    let snapshot = snapshot(ledger, past)?;
    let mut all: Vec<ItemView> = snapshot.state.items.keys().filter_map(|id| snapshot.view(id)).collect();
    all.sort_by_key(|item| item.law.first);
    Ok(all)
}

/// The open round, if the item waits in it.
pub fn round_of(ledger: &Ledger, item: &ItemView) -> Outcome<Option<Subject>> {
    let snapshot = snapshot(ledger, &Past::default())?;
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
    Ok(snapshot(ledger, &Past::default())?.state.office.keys.iter().cloned().collect())
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
    let snapshot = snapshot(ledger, &Past::default())?;
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

/// A subject from its text, as the law's state holds it.
pub fn subject(text: &str) -> Outcome<Subject> {
    text.parse().map_err(|error| Fault::usage("event.kind").with("found", error))
}

/// A round and its law.
#[derive(Debug, Clone)]
pub struct RoundView {
    /// `round/…`.
    pub id: Subject,
    /// How it stands.
    pub law: crate::rules::Round,
}

/// Number of withheld items.
pub fn withheld(ledger: &Ledger) -> Outcome<u64> {
    Ok(snapshot(ledger, &Past::default())?.state.office.withheld)
}

/// The round that is open.
pub fn open_round(ledger: &Ledger) -> Outcome<Option<RoundView>> {
    let snapshot = snapshot(ledger, &Past::default())?;
    let open = snapshot.state.open_round();
    Ok(open.and_then(|(id, law)| Some(RoundView { id: id.parse().ok()?, law: law.clone() })))
}

/// A round with the number of each outcome given in it.
#[derive(Debug, Clone)]
pub struct RoundResult {
    /// The round.
    pub round: RoundView,
    /// Outcome code → items.
    pub outcomes: BTreeMap<String, i64>,
}

/// The newest round, or that of a year.
pub fn round_result(ledger: &Ledger, year: Option<u64>) -> Outcome<Option<RoundResult>> {
    let snapshot = snapshot(ledger, &Past::default())?;
    let fits = |law: &crate::rules::Round| year.is_none_or(|year| law.year == year);
    let newest = snapshot.state.rounds.iter().filter(|(_, law)| fits(law)).max_by_key(|(_, law)| law.opened);
    let Some((id, law)) = newest else { return Ok(None) };
    let mut outcomes: BTreeMap<String, i64> = BTreeMap::new();
    events(ledger, law.opened, &mut |event, _| {
        if event.kind.as_str() == "item.reassessed" && event.fact("round") == Some(id) {
            *outcomes.entry(event.fact("outcome").unwrap_or_default().to_owned()).or_default() += 1;
        }
        Ok(())
    })?;
    Ok(Some(RoundResult { round: RoundView { id: subject(id)?, law: law.clone() }, outcomes }))
}
