//! Judging an event against the state. Stages, and the table of every rule. See `docs/rules.md` §4 to §6.

mod decide;
mod erase;
mod irregular;
pub(super) mod ledger;
mod order;
mod people;
pub(super) mod place;
mod publish;
mod reassess;
mod receipt;
mod register;
mod review;
mod round;
mod schema;
pub(super) mod signer;

use super::book::{Books, RuleBook};
use super::breach::{Breach, intern};
use super::expr::{Operand, Scene};
use super::fact::{FactId, Reading};
use super::people::Key;
use super::state::{Dossier, Item, Round, State};
use crate::record::{Class, Event};

/// What a rule found: values for its sentence.
#[derive(Debug, Default)]
pub(super) struct Hit {
    expected: String,
    found: String,
    vocabulary: Option<&'static str>,
}

impl Hit {
    fn new(expected: impl ToString, found: impl ToString) -> Self {
        Self { expected: expected.to_string(), found: found.to_string(), vocabulary: None }
    }

    fn found(found: impl ToString) -> Self {
        Self::new("", found)
    }

    fn expecting(mut self, expected: impl ToString) -> Self {
        self.expected = expected.to_string();
        self
    }

    /// The values are codes of this vocabulary.
    fn of(mut self, vocabulary: &'static str) -> Self {
        self.vocabulary = Some(vocabulary);
        self
    }

    /// The values are states of this class of subjects.
    fn of_states(mut self, class: &str) -> Self {
        self.vocabulary = Some(intern(&format!("{class}.state")));
        self
    }

    fn breach(self, code: &'static str, class: Class) -> Breach {
        Breach { code, class, expected: self.expected, found: self.found, vocabulary: self.vocabulary }
    }
}

/// What a rule may look at.
pub(super) struct Case<'a> {
    pub(super) books: &'a Books,
    pub(super) state: &'a State,
    pub(super) reading: &'a Reading<'a>,
    /// The subject, if it is an item with events.
    pub(super) item: Option<&'a Item>,
    /// The subject, if it is a dossier with events.
    pub(super) dossier: Option<&'a Dossier>,
    /// The round the facts name, or the subject, if it has events.
    pub(super) round: Option<&'a Round>,
    /// The signer's key; none for event 0.
    pub(super) signer: Option<&'a Key>,
}

impl<'a> Case<'a> {
    fn new(books: &'a Books, state: &'a State, reading: &'a Reading<'a>) -> Self {
        let subject = reading.subject();
        let round = reading.text(FactId::Round).unwrap_or(subject);
        let round = if round.starts_with("round/") { state.round(round) } else { None };
        let signer = if reading.event.seq == 0 { None } else { state.office.keys.get(&reading.event.by) };
        let (item, dossier) = (state.item(subject), state.dossier(subject));
        Self { books, state, reading, item, dossier, round, signer }
    }

    /// The subject, if it is a round with events.
    fn own_round(&self) -> Option<&'a Round> {
        self.round.filter(|_| self.reading.subject().starts_with("round/"))
    }
}

/// A rule of the table.
#[derive(Debug, Clone, Copy)]
pub(super) enum Check {
    /// Met by every event, in stages 0 to 4 and 6, or by parts.
    Always,
    /// Met by the kinds that name it.
    Named(fn(&Case<'_>) -> Option<Hit>),
}

/// Every rule this program can check, sorted by code.
pub(super) const TABLE: &[(&str, Check)] = &[
    ("ack.finding", Check::Named(erase::ack_finding)),
    ("ack.same_person", Check::Named(erase::ack_same_person)),
    ("admin.last", Check::Named(people::admin_last)),
    ("advance.note", Check::Named(receipt::advance_note)),
    ("clock.backwards", Check::Named(ledger::clock_backwards)),
    ("clock.previous", Check::Named(ledger::clock_previous)),
    ("correct.public", Check::Named(publish::correct_public)),
    ("correct.unreviewed", Check::Named(publish::correct_unreviewed)),
    ("date.backdated", Check::Always),
    ("date.future", Check::Named(register::date_future)),
    ("date.on_future", Check::Always),
    ("decide.followed", Check::Named(decide::followed)),
    ("decide.public", Check::Named(decide::public)),
    ("decide.unreviewed", Check::Named(decide::unreviewed)),
    ("edition.older", Check::Named(ledger::edition_older)),
    ("edition.unknown", Check::Named(ledger::edition_unknown)),
    ("erase.in_force", Check::Named(erase::in_force)),
    ("erase.of", Check::Named(erase::of)),
    ("fork.notes", Check::Named(receipt::fork_notes)),
    ("genesis.keys", Check::Named(ledger::genesis_keys)),
    ("genesis.place", Check::Always),
    ("genesis.signer", Check::Named(ledger::genesis_signer)),
    ("ground.fits", Check::Named(decide::ground_fits)),
    ("inherit.ground", Check::Named(register::inherit_ground)),
    ("inherit.open_part", Check::Named(register::inherit_open_part)),
    ("irregular.evidence", Check::Always),
    ("irregular.reason", Check::Always),
    ("irregular.signer", Check::Always),
    ("irregular.unneeded", Check::Always),
    ("item.responsible", Check::Named(register::responsible)),
    ("item.source_attribute", Check::Named(register::source_attribute)),
    ("key.doubtful", Check::Named(people::key_doubtful)),
    ("key.doubtful_range", Check::Named(people::key_doubtful_range)),
    ("key.gone", Check::Named(people::key_gone)),
    ("key.ledger", Check::Named(people::key_ledger)),
    ("key.once", Check::Named(people::key_once)),
    ("key.possession", Check::Named(people::key_possession)),
    ("key.stranger", Check::Named(people::key_stranger)),
    ("key.weak", Check::Named(people::key_weak)),
    ("ledger.ended", Check::Always),
    ("mark.fits", Check::Named(decide::mark_fits)),
    ("mode.forbidden", Check::Always),
    ("order.state", Check::Always),
    ("order.step", Check::Always),
    ("part.member_missing", Check::Always),
    ("person.exists", Check::Named(people::exists)),
    ("person.missing", Check::Named(people::missing)),
    ("person.not_signer", Check::Always),
    ("person.unknown", Check::Always),
    ("propose.settled", Check::Named(register::propose_settled)),
    ("publish.late", Check::Named(publish::late)),
    ("publish.undecided", Check::Named(publish::undecided)),
    ("publish.unreviewed", Check::Named(publish::unreviewed)),
    ("reassess.attribute", Check::Named(reassess::attribute)),
    ("reassess.followed", Check::Named(reassess::followed)),
    ("reassess.ground", Check::Named(reassess::ground)),
    ("reassess.member", Check::Named(reassess::member)),
    ("reassess.occasion", Check::Named(reassess::occasion)),
    ("reassess.public", Check::Named(reassess::public)),
    ("reassess.round", Check::Named(reassess::round)),
    ("reassess.secret", Check::Named(reassess::secret)),
    ("receipt.note", Check::Named(receipt::receipt_note)),
    ("redaction.fits", Check::Named(review::redaction_fits)),
    ("redaction.same", Check::Named(review::redaction_same)),
    ("refer.outcome", Check::Named(review::refer_outcome)),
    ("register.title", Check::Named(register::title)),
    ("review.self", Check::Named(review::by_drafter)),
    ("role.missing", Check::Always),
    ("round.count", Check::Named(round::count)),
    ("round.figures", Check::Named(round::figures)),
    ("round.late", Check::Named(round::late)),
    ("round.one_open", Check::Named(round::one_open)),
    ("round.unfinished", Check::Named(round::unfinished)),
    ("round.year", Check::Named(round::year)),
    ("schema.fact_missing", Check::Always),
    ("schema.fact_unknown", Check::Always),
    ("schema.fact_value", Check::Always),
    ("schema.kind", Check::Always),
    ("schema.part_missing", Check::Always),
    ("schema.part_unknown", Check::Always),
    ("schema.subject", Check::Always),
    ("secret.attribute", Check::Named(decide::secret_attribute)),
    ("secret.content", Check::Named(register::secret_content)),
    ("secret.publish", Check::Named(publish::secret)),
    ("secret.review", Check::Named(review::secret)),
    ("secret.stub", Check::Named(register::secret_stub)),
    ("secret.term", Check::Named(register::secret_term)),
    ("signer.not_for_acts", Check::Always),
    ("signer.recovery", Check::Always),
    ("signer.revoked", Check::Always),
    ("signer.unknown", Check::Always),
    ("transcribe.evidence", Check::Always),
    ("transcribe.signer", Check::Always),
    ("transfer.again", Check::Named(publish::transfer_again)),
    ("withdraw.public", Check::Named(publish::withdraw_public)),
];

/// The rule with this code.
pub(super) fn find(code: &str) -> Option<(&'static str, Check)> {
    TABLE.binary_search_by(|(known, _)| (*known).cmp(code)).ok().and_then(|nth| TABLE.get(nth)).copied()
}

/// What becomes of a judged event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing at all: its place or its signer is wrong.
    Nothing,
    /// It was seen, and its findings are kept.
    Seen,
    /// It takes effect.
    Folded,
}

/// The judgement of one event.
pub(super) struct Judgement<'a> {
    pub(super) breaches: Vec<Breach>,
    pub(super) reading: Option<Reading<'a>>,
    pub(super) effect: Effect,
}

impl<'a> Judgement<'a> {
    fn stopped(breach: Breach) -> Self {
        Self { breaches: vec![breach], reading: None, effect: Effect::Nothing }
    }

    fn unread(breaches: Vec<Breach>) -> Self {
        Self { breaches, reading: None, effect: Effect::Seen }
    }
}

/// Judges `event` against `state`: all stages.
pub(super) fn judge<'a>(books: &'a Books, state: &State, event: &'a Event) -> Judgement<'a> {
    let book = match place::check(books, state, event) {
        Ok(book) => book,
        Err(breach) => return Judgement::stopped(breach),
    };
    if let Some(breach) = signer::check(state, event) {
        return Judgement::stopped(breach);
    }
    let mut notes = Notes { book, breaches: Vec::new() };
    let Some(reading) = schema::check(book, event, &mut notes) else {
        return Judgement::unread(notes.breaches);
    };
    judge_read(books, state, reading, notes)
}

/// Stages 3 to 6, of an event whose facts are of their types.
fn judge_read<'a>(
    books: &'a Books,
    state: &State,
    reading: Reading<'a>,
    mut notes: Notes<'a>,
) -> Judgement<'a> {
    let case = Case::new(books, state, &reading);
    signer::common(&case, &mut notes);
    let placed = order::check(&case, &mut notes);
    if placed {
        for (code, check) in &reading.kind.rules {
            if let Check::Named(rule) = check
                && let Some(hit) = rule(&case)
            {
                notes.add(code, hit);
            }
        }
        by_data(&case, &mut notes);
        irregular::check(&case, &mut notes);
    }
    let has = |class| notes.breaches.iter().any(|breach| breach.class == class);
    let void = reading.kind.void && has(Class::Unlawful);
    let effect = if !placed || void || has(Class::Integrity) { Effect::Seen } else { Effect::Folded };
    Judgement { breaches: notes.breaches, reading: Some(reading), effect }
}

/// The rules whose conditions stand in the data.
fn by_data(case: &Case<'_>, notes: &mut Notes<'_>) {
    let checks = &case.reading.kind.plain.checks;
    if checks.is_empty() {
        return;
    }
    let scene = Scene::of(case.state, case.reading);
    for check in checks.iter().filter(|check| check.when.holds(&scene)) {
        let mut hit = Hit::new(told(&scene, check.expected.as_ref()), told(&scene, check.found.as_ref()));
        hit.vocabulary = check.vocabulary;
        notes.add(check.code, hit);
    }
}

fn told(scene: &Scene<'_>, operand: Option<&Operand>) -> String {
    operand.and_then(|operand| scene.value(operand)).map(|held| held.to_string()).unwrap_or_default()
}

/// Breaches so far, each code once.
struct Notes<'a> {
    book: &'a RuleBook,
    breaches: Vec<Breach>,
}

impl Notes<'_> {
    fn add(&mut self, code: &'static str, hit: Hit) {
        if self.breaches.iter().any(|breach| breach.code == code) {
            return;
        }
        let class = self.book.rule(code).map_or(Class::Unlawful, |rule| rule.class);
        self.breaches.push(hit.breach(code, class));
    }

    fn add_if(&mut self, broken: bool, code: &'static str, hit: impl FnOnce() -> Hit) {
        if broken {
            self.add(code, hit());
        }
    }
}
