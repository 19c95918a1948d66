//! What the writer knows of the law's state: loaded from events, subject by subject, as acts need it.
//!
//! The writer trusts events, not projections. The index only says where a subject's events stand; what they say is
//! read from the log, their back-chain is checked, and the law folds them like any verifier.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::fault::{Fault, Outcome};
use crate::log::{LogReader, Spot};
use crate::record::event::Line;
use crate::record::{Event, Kind, Law as _, Moment, Subject};
use crate::rules::Replay;

/// Where events stand. The views answer it.
pub trait Index {
    /// Where the event `seq` stands.
    fn spot(&self, seq: u64) -> Outcome<Option<Spot>>;
    /// The events of a subject, oldest first; empty for an unknown one.
    fn seqs_of(&self, subject: &Subject) -> Outcome<Vec<u64>>;
    /// Every round there is.
    fn rounds(&self) -> Outcome<Vec<Subject>>;
}

/// The law's state as far as it has been loaded, and each loaded subject's newest event.
pub(super) struct Session {
    pub law: Replay,
    last: HashMap<Subject, u64>,
    loaded: HashSet<Subject>,
    /// Whether every event has been folded.
    whole: bool,
}

/// The subject that stands for the ledger itself.
pub fn ledger_subject() -> Outcome<Subject> {
    "ledger/main".parse().map_err(|error| Fault::usage("event.kind").with("found", error))
}

impl Session {
    fn new(law: Replay) -> Self {
        Self { law, last: HashMap::new(), loaded: HashSet::new(), whole: false }
    }

    /// A session for a ledger that does not exist yet, or whose every event `law` has folded.
    pub fn whole(law: Replay, last: HashMap<Subject, u64>) -> Self {
        Self { law, last, loaded: HashSet::new(), whole: true }
    }

    /// A session with a law state to be shown, from elsewhere than events: nothing is judged by it.
    pub fn shown(law: Replay) -> Self {
        Self::new(law)
    }

    /// Whether every event has been folded.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The subject's newest event.
    pub fn last(&self, subject: &Subject) -> Option<u64> {
        self.last.get(subject).copied()
    }

    /// Remembers an event that was just admitted and folded.
    pub fn note(&mut self, event: &Event) {
        self.last.insert(event.subject.clone(), event.seq);
        self.loaded.insert(event.subject.clone());
    }

    /// Whether everything about `subjects` is folded in.
    pub fn covers<'s>(
        &self,
        index: &dyn Index,
        subjects: impl IntoIterator<Item = &'s Subject>,
    ) -> Outcome<bool> {
        for subject in subjects {
            let known = self.whole || subject.class() == "person" || self.loaded.contains(subject);
            if !known && !index.seqs_of(subject)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A session that holds the office part, every round, and `subjects`.
    ///
    /// The events are folded in their order: what an office event says holds for what came after it only, and whether an
    /// item leaves a round depends on the round that was open then. So subjects are never added to a session later.
    pub fn load(
        law: Replay,
        reader: &Reader<'_>,
        newest_keys: Option<u64>,
        subjects: &[Subject],
    ) -> Outcome<Self> {
        let (mut session, mut events) = (Self::new(law), BTreeMap::new());
        reader.office(newest_keys, &mut events)?;
        session.loaded.insert(ledger_subject()?);
        let rounds = reader.index.rounds()?;
        for subject in rounds.iter().chain(subjects) {
            if subject.class() != "person" && session.loaded.insert(subject.clone()) {
                reader.subject(subject, &mut events)?;
            }
        }
        for event in events.into_values() {
            session.last.insert(event.subject.clone(), event.seq);
            session.law.judge(&event);
        }
        Ok(session)
    }

    /// Sets when the newest event was entered: of a session that does not hold it, the law cannot know.
    pub fn entered(mut self, at: Option<Moment>) -> Self {
        let books = self.law.books().clone();
        let mut state = self.law.into_state();
        state.office.at = at.or(state.office.at);
        self.law = Replay::resume(books, state);
        self
    }
}

/// Reads events through the index.
pub(super) struct Reader<'a> {
    pub log: &'a LogReader,
    pub index: &'a dyn Index,
}

impl Reader<'_> {
    /// The event at `seq`.
    pub fn event(&self, seq: u64) -> Outcome<Event> {
        let line = self.log.event(seq, self.index.spot(seq)?)?;
        let unreadable = |found: &dyn ToString| {
            Fault::machine("ledger.unreadable_event").with("seq", seq).with("found", found.to_string())
        };
        let Line::Event(raw) = Line::parse(&line.bytes).map_err(|e| unreadable(&e))? else {
            return Err(unreadable(&"not an event"));
        };
        let event = raw.event().map_err(|e| unreadable(&e))?;
        if event.seq == seq { Ok(event) } else { Err(unreadable(&format!("event {}", event.seq))) }
    }

    /// A subject's events; each must name the one before as its `last`.
    fn subject(&self, subject: &Subject, into: &mut BTreeMap<u64, Event>) -> Outcome<()> {
        let mut last = None;
        for seq in self.index.seqs_of(subject)? {
            let event = self.event(seq)?;
            if event.subject != *subject || event.last != last {
                return Err(Fault::machine("ledger.index_wrong").with("found", subject).with("seq", seq));
            }
            last = Some(seq);
            into.insert(seq, event);
        }
        Ok(())
    }

    /// The ledger's own events, and the whole of every act that the `keys` back-chain passes through.
    fn office(&self, newest: Option<u64>, into: &mut BTreeMap<u64, Event>) -> Outcome<()> {
        self.subject(&ledger_subject()?, into)?;
        let mut link = newest;
        while let Some(seq) = link {
            let event = self.event(seq)?;
            link = event.keys;
            for earlier in event.act..seq {
                self.office_event(earlier, into)?;
            }
            into.insert(seq, event);
        }
        Ok(())
    }

    fn office_event(&self, seq: u64, into: &mut BTreeMap<u64, Event>) -> Outcome<()> {
        let event = self.event(seq)?;
        if is_office(&event.kind) {
            into.insert(seq, event);
        }
        Ok(())
    }
}

fn is_office(kind: &Kind) -> bool {
    kind.is_keys_link() || kind.class() == "ledger"
}

impl Index for crate::views::Views {
    fn spot(&self, seq: u64) -> Outcome<Option<Spot>> {
        self.spot(seq)
    }

    fn seqs_of(&self, subject: &Subject) -> Outcome<Vec<u64>> {
        self.seqs_of(subject)
    }

    fn rounds(&self) -> Outcome<Vec<Subject>> {
        self.rounds()
    }
}
