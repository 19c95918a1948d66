//! The law as the verifier and the writer use it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::body;
use super::book::{Books, RuleBook};
use super::breach::Breach;
use super::check::{self, place, signer};
use super::cosigned;
use super::data::OpenRule;
use super::fold;
use super::state::State;
use crate::record::{Authority, Cosigned, Event, Finding, KeyId, Law, Origin, PartName, Subject};

/// Whether `event` is lawful after `state`: every breach of every rule, each code once. Pure; changes nothing.
///
/// Empty, or only breaches that do not [refuse](Breach::refuses): the event may be made.
pub fn admit(books: &Books, state: &State, event: &Event) -> Vec<Breach> {
    check::judge(books, state, event).breaches
}

/// Judges `event` and folds it into `state`: what a replay does with every event in order.
pub fn replay(books: &Books, state: &mut State, event: &Event) -> Vec<Breach> {
    let judgement = check::judge(books, state, event);
    fold::fold(books, state, event, &judgement);
    judgement.breaches
}

/// The law of one ledger, replayed event by event; the verifier's [`Law`].
#[derive(Debug, Clone)]
pub struct Replay {
    books: Arc<Books>,
    state: State,
}

impl Replay {
    /// Before event 0.
    pub fn new(books: Arc<Books>, origin: Origin) -> Self {
        Self::resume(books, State::new(origin))
    }

    /// From a state that was saved.
    pub fn resume(books: Arc<Books>, state: State) -> Self {
        Self { books, state }
    }

    /// The state so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state, to be saved.
    pub fn into_state(self) -> State {
        self.state
    }

    /// The editions at hand.
    pub fn books(&self) -> &Arc<Books> {
        &self.books
    }

    /// The edition in force, for texts: the newest at hand where none is.
    pub fn book(&self) -> Option<&Arc<RuleBook>> {
        book_for(&self.books, &self.state)
    }

    /// Judges and folds one event.
    pub fn push(&mut self, event: &Event) -> Vec<Breach> {
        replay(&self.books, &mut self.state, event)
    }
}

/// The edition whose texts speak for `state`.
pub fn book_for<'a>(books: &'a Books, state: &State) -> Option<&'a Arc<RuleBook>> {
    state.office.edition.and_then(|edition| books.get(&edition)).or_else(|| books.newest())
}

impl Law for Replay {
    fn authority(&self, key: &KeyId, act: u64) -> Authority {
        signer::authority(&self.state, key, act)
    }

    fn judge(&mut self, event: &Event) -> Vec<Finding> {
        if event.seq > 0 && self.authority(&event.by, event.act) != Authority::Enrolled {
            // The verifier has reported the signer of the whole act; such events have no place in law.
            return Vec::new();
        }
        let before = book_for(&self.books, &self.state).cloned();
        let breaches = self.push(event);
        if breaches.is_empty() {
            return Vec::new();
        }
        let finding = |breach: &Breach| match &before {
            Some(book) => breach.finding(book),
            None => Finding::new(breach.code, breach.class, &breach.expected, &breach.found),
        };
        breaches.iter().map(finding).collect()
    }

    fn acknowledged(&self, seq: u64, code: &str) -> bool {
        self.state.office.findings.get(&(seq, code.into())).is_some_and(|entry| entry.done)
    }

    fn ledger_key(&self) -> Option<KeyId> {
        self.state.office.ledger_key()
    }

    fn cosigned(&self, event: &Event) -> Option<Cosigned> {
        let book = place::edition(&self.books, &self.state, event)?;
        let receipt = book.kind(event.kind.as_str())?.claims_receipt();
        receipt.then(|| cosigned::receipt(&self.state, event).ok()).flatten()
    }

    fn edition_known(&self) -> bool {
        self.state.office.known
    }

    fn missing_member(&self, event: &Event, part: PartName, data: &Map<String, Value>) -> Option<String> {
        let book = place::edition(&self.books, &self.state, event)?;
        body::missing(book, &event.kind, part, data).map(str::to_owned)
    }

    fn standing_open(&self, event: &Event) -> bool {
        let book = place::edition(&self.books, &self.state, event);
        let kind = book.and_then(|book| book.kind(event.kind.as_str()));
        kind.is_some_and(|kind| kind.open == OpenRule::Standing)
    }

    fn open_in_force(&self, subject: &Subject) -> Option<u64> {
        let item = self.state.item(subject.as_str()).and_then(|item| item.open);
        item.or_else(|| self.state.dossier(subject.as_str()).and_then(|dossier| dossier.open))
    }

    fn opens_in_force(&self) -> Vec<(u64, Subject)> {
        let items = self.state.items.iter().map(|(subject, item)| (item.open, subject));
        let dossiers = self.state.dossiers.iter().map(|(subject, dossier)| (dossier.open, subject));
        let open = items.chain(dossiers).filter_map(|(open, subject)| Some((open?, subject.parse().ok()?)));
        let mut opens: Vec<(u64, Subject)> = open.collect();
        opens.sort_unstable();
        opens
    }
}

/// Whether an event with these breaches may be made: none of them refuses.
pub fn is_admitted(breaches: &[Breach]) -> bool {
    !breaches.iter().any(Breach::refuses)
}
