//! The one way to write: fold what the act needs, ask the rule book, seal, append, update the views.

#[cfg(test)]
mod tests;

use rayon::prelude::*;
use serde_json::Value;

use super::session::{Reader, Session};
use super::wish::Wish;
use super::{Entropy, Ledger, notices};
use crate::fault::{Fault, FaultKind, Lang, Message, Outcome};
use crate::log::{Act, Position};
use crate::record::act::{ActBuilder, ActError, Draft, Head, SealedAct};
use crate::record::event::ACT_MAX;
use crate::record::{Class, Finding, KeyId, Moment, Signer, Subject};
use crate::rules::{self, Breach, Replay};
use crate::views::EventLine;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Receipt {
    /// `seq` of the first event.
    pub first: u64,
    /// `seq` after the last event.
    pub end: u64,
    /// How many acts it became.
    pub acts: u64,
    /// What the rule book has to say of events it admits, each with its `seq`: what every verification will say too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Finding>,
}

impl Ledger {
    /// Records `wishes` as one act by `signer`, entered at `at`; as several acts when there are more than 4,096.
    ///
    /// Each act becomes durable whole or not at all. A receipt means that all of it stands, even when the views could not
    /// follow: [`Ledger::notices`] tells. Errors: the first rule that refuses, with the wish's place (`nth`, from 1) and
    /// subject; `act.empty`; the machine, after which only opening again shows what is in the log.
    pub fn commit(
        &mut self,
        signer: &dyn Signer,
        at: Moment,
        wishes: Vec<Wish>,
        entropy: &mut dyn Entropy,
    ) -> Outcome<Receipt> {
        let mut session = self.session_for(&wishes)?;
        let mut notices = Vec::new();
        let acts = self.seal_all(&mut session, signer, at, wishes, entropy, &mut notices)?;
        let receipt = self.append(acts)?;
        self.session = Some(session);
        Ok(Receipt { notices, ..receipt })
    }

    /// Everything that refuses `wishes`, each with its place from 0; nothing is written. Wishes that would be
    /// refused are left out of the state the later ones are judged by.
    pub fn refusals(&mut self, by: KeyId, at: Moment, wishes: &[Wish]) -> Outcome<Vec<(usize, Fault)>> {
        let mut session = self.session_for(wishes)?;
        let mut no_salt = || Ok([0; 16]);
        let mut builder = ActBuilder::new(&self.info.origin, &self.head, at, by);
        let mut refused = Vec::new();
        for (nth, wish) in wishes.iter().enumerate() {
            if let Some(fault) = lacking(&session.law, wish) {
                refused.push((nth, fault));
                continue;
            }
            if builder.is_full() {
                builder = builder.next();
            }
            let draft = wish.clone().draft(&mut no_salt)?;
            let event = builder.event(&draft, session.last(&draft.subject));
            match refusal(&session.law, &rules::admit(&self.books, session.law.state(), &event)) {
                Some(fault) => refused.push((nth, fault)),
                None => match self.admit(&mut session, &mut builder, &draft) {
                    Err(fault) if fault.kind == FaultKind::Refused => refused.push((nth, fault)),
                    told => drop(told?),
                },
            }
        }
        Ok(refused)
    }

    /// A session with all that judging `wishes` needs. Taken out of the ledger: whoever fails drops it, and the next
    /// act starts from events again.
    fn session_for(&mut self, wishes: &[Wish]) -> Outcome<Session> {
        let whole = wishes.iter().any(|wish| self.needs_ledger(wish));
        let subjects: Vec<Subject> = wishes.iter().flat_map(subjects_of).collect();
        if !whole {
            return self.session_about(&subjects);
        }
        match self.session.take() {
            Some(session) if session.is_whole() => Ok(session),
            _ => self.replay(),
        }
    }

    /// A session that holds the office part and `subjects`.
    ///
    /// Where events stand is asked of the views: so they must be where the ledger is, or get there first.
    pub(super) fn session_about(&mut self, subjects: &[Subject]) -> Outcome<Session> {
        self.level()?;
        match self.session.take() {
            Some(session) if session.covers(&self.views, subjects)? => Ok(session),
            _ => {
                let reader = Reader { log: &self.reader, index: &self.views };
                let session = Session::load(self.fresh_law(), &reader, self.head.keys, subjects)?;
                Ok(session.entered(self.head.at))
            }
        }
    }

    /// Brings the views to where the ledger stands, if they are not there.
    ///
    /// Errors: `log.damaged` and what else keeps them from it; `ledger.index_wrong`.
    fn level(&self) -> Outcome<()> {
        if self.views_stand_here() {
            return Ok(());
        }
        self.views.follow(&self.reader)?;
        let wrong =
            || Fault::machine("ledger.index_wrong").with("found", "head").with("seq", self.head.size());
        self.views_stand_here().then_some(()).ok_or_else(wrong)
    }

    fn views_stand_here(&self) -> bool {
        self.views.position() == position(&self.head)
    }

    /// Whether judging a wish takes every event and not only its subject's.
    fn needs_ledger(&self, wish: &Wish) -> bool {
        let names = |name: &str| wish.facts.contains_key(name);
        self.books.all().into_iter().any(|book| book.needs_ledger(wish.kind.as_str(), names))
    }

    fn seal_all(
        &self,
        session: &mut Session,
        signer: &dyn Signer,
        at: Moment,
        wishes: Vec<Wish>,
        entropy: &mut dyn Entropy,
        notices: &mut Vec<Finding>,
    ) -> Outcome<Vec<(Head, SealedAct)>> {
        if wishes.is_empty() {
            return Err(Fault::usage("act.empty"));
        }
        for (nth, wish) in wishes.iter().enumerate() {
            if let Some(fault) = lacking(&session.law, wish) {
                return Err(fault.with("nth", nth + 1).with("subject", &wish.subject));
            }
        }
        let drafts = salted(wishes, entropy)?;
        let mut acts: Vec<(Head, SealedAct)> = Vec::new();
        for (nth_act, drafts) in drafts.chunks(ACT_MAX as usize).enumerate() {
            let before = acts.last().map_or(&self.head, |(_, act)| &act.head).clone();
            let mut builder = ActBuilder::new(&self.info.origin, &before, at, signer.key());
            for (nth, draft) in drafts.iter().enumerate() {
                let place = nth_act * ACT_MAX as usize + nth + 1;
                let told = self
                    .admit(session, &mut builder, draft)
                    .map_err(|fault| fault.with("nth", place).with("subject", &draft.subject))?;
                notices.extend(told);
            }
            acts.push((before, builder.seal(signer).map_err(act_fault)?));
        }
        Ok(acts)
    }

    /// Asks the rule book about a draft at its place; folds it in and takes it into the act when nothing refuses it. Gives
    /// what there is to notice about it.
    fn admit(
        &self,
        session: &mut Session,
        builder: &mut ActBuilder<'_>,
        draft: &Draft,
    ) -> Outcome<Vec<Finding>> {
        let event = builder.event(draft, session.last(&draft.subject));
        let breaches = session.law.push(&event);
        if let Some(refusal) = refusal(&session.law, &breaches) {
            return Err(refusal);
        }
        self.check_receipts(&session.law, &event)?;
        builder.push(&event, &draft.parts).map_err(act_fault)?;
        session.note(&event);
        let notices = breaches.iter().filter(|breach| breach.class == Class::Notice);
        let book = session.law.book();
        Ok(notices.filter_map(|breach| Some(breach.finding(book?).at_seq(event.seq))).collect())
    }

    /// Appends sealed acts, waits until they are durable, and tells the views.
    fn append(&mut self, acts: Vec<(Head, SealedAct)>) -> Outcome<Receipt> {
        let log = self.log.as_ref().ok_or_else(|| Fault::usage("ledger.read_only"))?;
        let first = acts.first().map_or(0, |(_, act)| act.first);
        let count = acts.len() as u64;
        let mut tickets = Vec::with_capacity(acts.len());
        for (before, act) in acts {
            let submitted = Act::new(position(&before), position(&act.head), act.lines)?;
            tickets.push((log.submit(submitted.clone())?, submitted, act.head));
        }
        let mut lines = Vec::new();
        for (ticket, act, head) in tickets {
            let spot = log.wait(ticket)?.spot;
            lines.extend(act.events(spot).map(|(seq, spot, bytes)| EventLine {
                seq,
                spot,
                bytes: bytes.to_vec(),
            }));
            self.head = head;
        }
        self.tell_views(&lines);
        Ok(Receipt { first, end: self.head.size(), acts: count, notices: Vec::new() })
    }
}

impl Ledger {
    /// Lets the views take in what is durable. The act stands whatever becomes of them; they catch up before they are
    /// next relied on.
    fn tell_views(&mut self, lines: &[EventLine]) {
        let before = self.views.condition().aside.len();
        let told = self.views.apply(&self.reader, lines);
        let mut condition = self.views.condition();
        condition.aside.drain(..before.min(condition.aside.len()));
        self.notices.extend(notices::of_views(&condition));
        if let Err(fault) = told {
            self.notice_behind(&fault);
        }
    }

    /// Notes that the views could not follow what stands in the log.
    pub(super) fn notice_behind(&mut self, fault: &Fault) {
        let last = self.head.size().saturating_sub(1);
        self.notices.push(Fault::machine("views.behind").with("seq", last).with("found", fault.code));
    }
}

/// Where a head stands, in the log's words.
pub(super) fn position(head: &Head) -> Position {
    Position { size: head.size(), head: head.chain }
}

/// The refusal of a wish one of whose parts says another thing than a fact of the same name.
fn contradicting(wish: &Wish) -> Option<Fault> {
    let members = wish.parts.values().flatten();
    let mut other = members.filter_map(|(name, value)| {
        let fact = wish.facts.get(name)?;
        (fact != value).then(|| Fault::usage("part.fact").with("expected", format!("{name} = {fact}")))
    });
    other.next().map(|fault| fault.with("found", "—"))
}

/// The refusal of a wish one of whose parts lacks what the rule book demands of it.
fn lacking(law: &Replay, wish: &Wish) -> Option<Fault> {
    if let Some(fault) = contradicting(wish) {
        return Some(fault);
    }
    let book = law.book()?;
    let breach =
        wish.parts.iter().find_map(|(name, data)| rules::check_body(book, &wish.kind, *name, data))?;
    refusal(law, &[breach])
}

/// The refusal of an event with these breaches: every rule that refuses, the first one's code.
fn refusal(law: &Replay, breaches: &[Breach]) -> Option<Fault> {
    let book = law.book()?;
    let refusing: Vec<&Breach> = breaches.iter().filter(|breach| breach.refuses()).collect();
    let first = refusing.first()?;
    let say = |lang| refusing.iter().map(|breach| breach.refusal(book, lang)).collect::<Vec<_>>().join(" ");
    let sentence = Message { zh: say(Lang::Zh), en: say(Lang::En), ..Message::default() };
    Some(Fault::of_law(first.code, sentence))
}

fn act_fault(error: ActError) -> Fault {
    match error {
        ActError::Sign(error) => Fault::machine(error.code()).with("found", error),
        error => Fault::usage("event.unwritable").with("found", error),
    }
}

/// The subjects an event's admission looks at: its own, and those its facts name.
fn subjects_of(wish: &Wish) -> Vec<Subject> {
    let named = wish.facts.values().filter_map(Value::as_str).filter_map(|text| text.parse().ok());
    std::iter::once(wish.subject.clone()).chain(named).collect()
}

/// Fewer wishes than this are not worth waking another thread for.
const AT_ONCE: usize = 64;

/// Salts first, in one draw; then the parts are hashed in parallel.
fn salted(wishes: Vec<Wish>, entropy: &mut dyn Entropy) -> Outcome<Vec<Draft>> {
    let parts: usize = wishes.iter().map(|wish| wish.parts.len()).sum();
    let mut bytes = vec![0; parts * 16];
    entropy.fill(&mut bytes)?;
    let mut salts = bytes.chunks_exact(16);
    let with_salts: Vec<(Wish, Vec<[u8; 16]>)> = wishes
        .into_iter()
        .map(|wish| {
            let own = salts.by_ref().take(wish.parts.len()).filter_map(|salt| salt.try_into().ok()).collect();
            (wish, own)
        })
        .collect();
    if with_salts.len() < AT_ONCE {
        return with_salts.into_iter().map(drafted).collect();
    }
    with_salts.into_par_iter().with_min_len(AT_ONCE).map(drafted).collect()
}

fn drafted((wish, salts): (Wish, Vec<[u8; 16]>)) -> Outcome<Draft> {
    let mut salts = salts.into_iter();
    let none = || Fault::machine("entropy.failed").with("found", "too few salts");
    wish.draft(&mut || salts.next().ok_or_else(none))
}
