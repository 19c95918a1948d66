//! Items and people of a ledger, as verbs look them up and show them: the projections' answers with words added.

use std::collections::BTreeMap;

use super::Ctx;
use super::words::words;
use crate::exchange::{Fingerprint, normal};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::Ledger;
use crate::record::{Day, Event, Line, Parts, Subject};
use crate::rules::{Item, Key, Role, State};
use crate::views::{
    Course, DossierRow, Duty, Filter, Occasions, Outcomes, Page, PersonView, Query, RoundView, Row, Snapshot,
    Texts,
};

/// One item: how it stands in law, and what is written of it.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// `item/…`.
    pub id: Subject,
    /// How it stands.
    pub law: Item,
    /// Its texts, from the newest part that has each; the date written also from the facts.
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
    /// Its events, oldest first; very old ones may be left out.
    pub course: Vec<Course>,
}

impl ItemView {
    /// The item of a row; nothing for one that the law knows nothing of.
    fn of(row: Row) -> Option<Self> {
        let mut texts = row.texts;
        if texts.formed.is_none() {
            let formed = row.course.iter().find_map(|event| event.fact("formed"));
            texts.formed = formed.map(Box::from);
        }
        Some(Self {
            id: row.id,
            law: row.law?,
            texts,
            public: row.open,
            inherited: row.inherited,
            channels: row.channels.iter().map(ToString::to_string).collect(),
            published: row.published,
            decided: row.decided,
            reassessed: row.reassessed,
            course: row.course,
        })
    }

    /// The newest event of this kind.
    pub fn newest(&self, kind: &str) -> Option<&Course> {
        self.course.iter().rev().find(|event| event.kind.as_str() == kind)
    }

    /// What a register of the rule book holds, if that is a text: `unit`, `field`, `exclusion` …
    pub fn register(&self, name: &str) -> Option<&str> {
        self.law.values.get(name)?.text()
    }

    /// State and attribute in words.
    pub fn standing(&self, lang: Lang) -> String {
        let state = words().name("state", self.law.state.as_str(), lang);
        let attribute = words().attribute(&self.law);
        let attribute = if lang == Lang::Zh { attribute.zh } else { attribute.en };
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

fn ask<T>(ledger: &Ledger, question: impl Fn(&Query<'_>) -> Outcome<T>) -> Outcome<T> {
    ledger.views().ask(ledger.log(), question)
}

fn views(rows: Vec<Row>) -> Vec<ItemView> {
    rows.into_iter().filter_map(ItemView::of).collect()
}

/// The item with this id.
pub fn item(ledger: &Ledger, id: &Subject) -> Outcome<Option<ItemView>> {
    Ok(ask(ledger, |query| query.item(id))?.and_then(ItemView::of))
}

/// Items that a filter chooses, at most `limit`.
pub fn list(ledger: &Ledger, filter: &Filter, limit: Option<usize>) -> Outcome<Vec<ItemView>> {
    let page = limit.map_or(Page::ALL, Page::first);
    Ok(views(ask(ledger, |query| query.list(filter, page))?.items))
}

/// Items whose id, beginning of an id (four letters at least), 索引号 or 文号 this is.
pub fn find(ledger: &Ledger, text: &str) -> Outcome<Vec<ItemView>> {
    let bare = text.strip_prefix("item/").unwrap_or(text);
    let by_id = if bare.len() >= 4 { ask(ledger, |query| query.by_prefix(text))? } else { Vec::new() };
    if by_id.is_empty() { numbered(ledger, text) } else { Ok(views(by_id)) }
}

/// Items with this 索引号 or 文号.
pub fn numbered(ledger: &Ledger, number: &str) -> Outcome<Vec<ItemView>> {
    let rows = ask(ledger, |query| {
        let rows = query.by_index_number(number)?;
        if rows.is_empty() { query.by_document_number(number) } else { Ok(rows) }
    })?;
    Ok(views(rows))
}

/// Items with exactly this title.
pub fn titled(ledger: &Ledger, title: &str) -> Outcome<Vec<ItemView>> {
    Ok(views(ask(ledger, |query| query.by_title(title))?))
}

/// What an item waits for.
#[derive(Debug, Clone, Copy)]
pub struct Waits {
    /// The kind of event that comes next.
    pub kind: &'static str,
    /// The role that does it.
    pub role: Role,
    /// Days it has waited.
    pub days: i64,
}

/// Items that wait for an event of this kind on day `on`. `unstated`: those taken over without an attribute, and no others.
pub fn waiting(ledger: &Ledger, kind: &str, unstated: bool, on: Day) -> Outcome<Vec<ItemView>> {
    let listed = ask(ledger, |query| query.waiting(kind, unstated, on, Page::ALL))?;
    Ok(views(listed.items.into_iter().map(|waiting| waiting.row).collect()))
}

/// Every item that waits for something, and for what, by kind of work.
pub fn waiting_all(ledger: &Ledger, on: Day) -> Outcome<(Vec<(ItemView, Waits)>, u64)> {
    let (mut found, mut unstated) = (Vec::new(), 0);
    for task in ask(ledger, |query| query.todo())? {
        if task.unstated {
            unstated = task.count;
            continue;
        }
        let listed = ask(ledger, |query| query.waiting(task.kind, false, on, Page::ALL))?;
        for waiting in listed.items {
            let waits = Waits { kind: task.kind, role: task.role, days: waiting.days };
            found.extend(ItemView::of(waiting.row).map(|item| (item, waits)));
        }
    }
    Ok((found, unstated))
}

/// Fingerprints of those imported rows that the ledger knows, by identity.
pub fn imported(ledger: &Ledger, identities: &[String]) -> Outcome<BTreeMap<String, Fingerprint>> {
    ask(ledger, |query| {
        let mut known = BTreeMap::new();
        for identity in identities {
            let found = query.imported(identity)?.and_then(|known| known.imported.fingerprint);
            if let Some(fingerprint) = found.and_then(|text| Fingerprint::from_text(&text)) {
                known.insert(identity.clone(), fingerprint);
            }
        }
        Ok(known)
    })
}

/// Which past is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Past {
    /// Only what had happened by this day.
    pub as_of: Option<Day>,
    /// Only what was entered by this day.
    pub known: Option<Day>,
}

/// The answer to a question as it would have been then. What cannot be read of the ledger is told.
pub fn then<T>(
    ctx: &Ctx<'_>,
    ledger: &Ledger,
    past: &Past,
    question: impl Fn(&Query<'_>) -> Outcome<T>,
) -> Outcome<T> {
    if past.as_of.is_none() && past.known.is_none() {
        return ask(ledger, question);
    }
    let origin = &ledger.info().origin;
    let then = Snapshot::fold(ledger.log(), origin, ledger.books(), past.as_of, past.known)?;
    if let Some(damage) = then.damage() {
        ctx.notice(damage);
    }
    question(&then.query())
}

/// Items that a filter chooses, as they stood.
pub fn list_then(ctx: &Ctx<'_>, ledger: &Ledger, filter: &Filter, past: &Past) -> Outcome<Vec<ItemView>> {
    Ok(views(then(ctx, ledger, past, |query| Ok(query.list(filter, Page::ALL)?.items))?))
}

/// Dossiers whose subject begins with `prefix`, as they stood.
pub fn dossiers_then(ctx: &Ctx<'_>, ledger: &Ledger, prefix: &str, past: &Past) -> Outcome<Vec<DossierRow>> {
    then(ctx, ledger, past, |query| query.dossiers(prefix))
}

/// The event at `seq` with the parts this copy has.
pub fn event(ledger: &Ledger, seq: u64) -> Outcome<(Event, Parts)> {
    let bad = |e: crate::record::event::LineError| {
        Fault::machine("ledger.unreadable_event").with("seq", seq).with("found", e)
    };
    let line = ledger.log().event(seq, ledger.views().spot(seq)?)?;
    match Line::parse(&line.bytes).map_err(bad)? {
        Line::Event(raw) => {
            let event = raw.event().map_err(bad)?;
            // No altered word is shown as if it had been signed.
            if raw.altered_part(&event).is_some() {
                return Err(ledger.log().damaged(
                    seq,
                    line.spot,
                    "a part does not have the digest its event names",
                ));
            }
            Ok((event, raw.parts().map_err(bad)?))
        }
        _ => Err(Fault::usage("event.unknown").with("seq", seq)),
    }
}

/// Every key ever enrolled.
pub fn keys(ledger: &Ledger) -> Outcome<Vec<Key>> {
    ask(ledger, |query| Ok(query.office().law.office.keys.iter().cloned().collect()))
}

/// Every person, in the order they were added.
pub fn people(ledger: &Ledger) -> Outcome<Vec<PersonView>> {
    ask(ledger, |query| Ok(query.people()))
}

/// The person a name or id means.
///
/// Errors: `person.not_found`, `person.ambiguous`.
pub fn person(ledger: &Ledger, text: &str) -> Outcome<Subject> {
    let all = people(ledger)?;
    let wanted = normal(text);
    let is = |view: &&PersonView| {
        *view.person.id == *text || view.name.as_deref().is_some_and(|name| normal(name) == wanted)
    };
    let found: Vec<&PersonView> = all.iter().filter(is).collect();
    match found.as_slice() {
        [only] => subject(&only.person.id),
        [] => {
            let names: Vec<_> = all.iter().filter_map(|view| view.name.as_deref()).collect();
            Err(Fault::usage("person.not_found").with("found", text).with("expected", names.join("、")))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|view| &*view.person.id).collect();
            Err(Fault::usage("person.ambiguous").with("found", text).with("expected", ids.join("、")))
        }
    }
}

/// The subject that stands for the ledger itself.
pub fn ledger_subject() -> Outcome<Subject> {
    subject("ledger/main")
}

/// A subject from its text, as the law's state holds it.
pub fn subject(text: &str) -> Outcome<Subject> {
    text.parse().map_err(|error| Fault::usage("event.kind").with("found", error))
}

/// The deadline board as of a day, by what was there then.
pub fn board(ctx: &Ctx<'_>, ledger: &Ledger, on: Day, past: &Past) -> Outcome<Vec<Duty>> {
    then(ctx, ledger, past, |query| query.board(ledger.books(), on))
}

/// The office part of the law: calendar, people, policy.
pub fn office_law(ledger: &Ledger) -> Outcome<State> {
    ask(ledger, |query| Ok(query.office().law.clone()))
}

/// Number of withheld items.
pub fn withheld(ledger: &Ledger) -> Outcome<u64> {
    ask(ledger, |query| Ok(query.office().law.office.withheld))
}

/// The round that is open.
pub fn open_round(ledger: &Ledger) -> Outcome<Option<RoundView>> {
    ask(ledger, |query| Ok(query.open_round()))
}

/// The open round, if the item waits in it.
pub fn round_of(ledger: &Ledger, item: &ItemView) -> Outcome<Option<Subject>> {
    Ok(open_round(ledger)?.filter(|round| item.law.waits_in(&round.law)).map(|round| round.id))
}

/// What gives occasion to look at items again.
pub fn occasions(ledger: &Ledger, on: Day) -> Outcome<Occasions> {
    ask(ledger, |query| query.occasions(ledger.books(), on))
}

/// Items that wait for their outcome in a round.
pub fn round_waits(ledger: &Ledger, round: &Subject) -> Outcome<Vec<ItemView>> {
    let members = ask(ledger, |query| query.members(round, Outcomes::Missing, Page::ALL))?;
    Ok(views(members.items.into_iter().map(|member| member.row).collect()))
}

/// A round with the outcomes given in it.
#[derive(Debug, Clone)]
pub struct RoundResult {
    /// The round.
    pub round: RoundView,
    /// Outcome code → items; under `otherwise` those that left the withheld set by a decision of their own.
    pub outcomes: BTreeMap<String, i64>,
    /// The items with their outcome, as they stand now.
    pub members: Vec<(ItemView, String)>,
}

/// The newest round, or that of a year.
pub fn round_result(ledger: &Ledger, year: Option<u64>) -> Outcome<Option<RoundResult>> {
    ask(ledger, |query| {
        let fits = |round: &RoundView| year.is_none_or(|year| round.law.year == year);
        let Some(round) = query.rounds().into_iter().rfind(fits) else { return Ok(None) };
        let mut outcomes: BTreeMap<String, i64> = BTreeMap::new();
        let mut members = Vec::new();
        for member in query.members(&round.id, Outcomes::There, Page::ALL)?.items {
            let outcome = member.outcome.as_ref().and_then(|event| event.fact("outcome"));
            let outcome = outcome.unwrap_or("otherwise").to_owned();
            *outcomes.entry(outcome.clone()).or_default() += 1;
            members.extend(ItemView::of(member.row).map(|item| (item, outcome)));
        }
        Ok(Some(RoundResult { round, outcomes, members }))
    })
}
