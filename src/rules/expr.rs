//! Conditions that stand in the data of the rule book. See `docs/rules.md` §13.

use serde_json::Value;

use super::book::RuleBook;
use super::clock::{self, Running};
use super::code::Role;
use super::fact::Reading;
use super::scalar::{Held, Holder};
use super::state::{Span, State};

/// Where a value is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operand {
    Fact(Box<str>),
    Register(Box<str>),
    Span(Box<str>),
    Of(Box<str>, Box<str>),
    Constant(Box<str>),
    Number(u64),
    First(Box<[Operand]>),
    Due(Box<str>),
    Explained(Box<str>),
    Extension(Box<str>),
    Next(Box<str>),
    On,
    Seq,
    Person,
    Subject,
}

impl Operand {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.contains('|') {
            return text.split('|').map(Self::parse).collect::<Option<_>>().map(Self::First);
        }
        let Some((class, name)) = text.split_once(':') else {
            return match text {
                "on" => Some(Self::On),
                "seq" => Some(Self::Seq),
                "person" => Some(Self::Person),
                "subject" => Some(Self::Subject),
                _ => None,
            };
        };
        Some(match class {
            "fact" => Self::Fact(name.into()),
            "reg" => Self::Register(name.into()),
            "span" => Self::Span(name.into()),
            "const" => Self::Constant(name.into()),
            "number" => Self::Number(name.parse().ok()?),
            "due" => Self::Due(name.into()),
            "count" => Self::Explained(name.into()),
            "extension" => Self::Extension(name.into()),
            "next" => Self::Next(name.into()),
            "of" => {
                let (fact, register) = name.split_once('.')?;
                Self::Of(fact.into(), register.into())
            }
            _ => return None,
        })
    }
}

/// What an expression may look at.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) book: &'a RuleBook,
    pub(super) state: &'a State,
    pub(super) reading: Option<&'a Reading<'a>>,
    pub(super) holder: Holder<'a>,
    pub(super) span: Option<&'a Span>,
}

impl<'a> Scene<'a> {
    /// The scene of an event: its subject, and the span its fact `of` names.
    pub(super) fn of(state: &'a State, reading: &'a Reading<'a>) -> Self {
        let holder = Holder::find(state, reading.subject());
        let of = reading.event.fact_number("of");
        let span = match (holder, of) {
            (Holder::Dossier(dossier), Some(of)) => dossier.spans.get(&of),
            _ => None,
        };
        Self { book: reading.book, state, reading: Some(reading), holder, span }
    }

    pub(super) fn value(&self, operand: &'a Operand) -> Option<Held<'a>> {
        let reading = self.reading;
        match operand {
            Operand::Fact(name) => Held::of_fact(reading?.event.facts.get(&**name)?),
            Operand::Register(name) => self.holder.register(name),
            Operand::Span(name) => self.span?.value(name),
            Operand::Of(fact, name) => Holder::find(self.state, reading?.event.fact(fact)?).register(name),
            Operand::Constant(text) => Some(Held::text(text)),
            Operand::Number(number) => Some(Held::Number(*number)),
            Operand::First(all) => all.iter().find_map(|one| self.value(one)),
            Operand::Due(name) => Some(Held::day(self.running(name)?.due(&self.state.office.calendar).day?)),
            Operand::Explained(name) => {
                Some(Held::Text(self.running(name)?.short(&self.state.office.calendar).into()))
            }
            Operand::Extension(name) => Some(Held::Number(self.running(name)?.provision.extension.into())),
            Operand::Next(name) => match self.holder.register(name) {
                Some(Held::Number(number)) => Some(Held::Number(number + 1)),
                _ => Some(Held::Number(1)),
            },
            Operand::Subject => Some(Held::text(reading?.subject())),
            Operand::On => Some(Held::day(reading?.on)),
            Operand::Seq => Some(Held::Number(reading?.event.seq)),
            Operand::Person => Some(Held::text(reading?.person())),
        }
    }

    pub(super) fn running(&self, name: &str) -> Option<Running<'a>> {
        clock::running(self, name)
    }

    /// Whether the clock has certainly run out before the event; where that cannot be told, what the event declares.
    fn is_late(&self, clock: &str) -> bool {
        let Some(reading) = self.reading else { return false };
        let due = self.running(clock).filter(|running| running.provision.sourced);
        let due = due.map(|running| running.due(&self.state.office.calendar));
        match due {
            Some(due) if !due.provisional => due.day.is_some_and(|day| reading.on > day),
            _ => reading.declares("late"),
        }
    }

    fn is_provisional(&self, clock: &str) -> bool {
        self.running(clock).is_some_and(|running| running.due(&self.state.office.calendar).provisional)
    }
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Has(Operand),
    Is(Operand, Box<str>),
    In(Operand, Box<[Box<str>]>),
    Same(Operand, Operand),
    Before(Operand, Operand),
    After(Operand, Operand),
    Includes(Box<str>, Box<str>),
    Holds(Operand, Role),
    Commits(Box<str>),
    OpenSpan(Box<str>),
    SpanOpen,
    Not(Box<Expr>),
    All(Box<[Expr]>),
    Any(Box<[Expr]>),
    Late(Box<str>),
    Provisional(Box<str>),
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str()
}

fn operand(value: Option<&Value>) -> Option<Operand> {
    Operand::parse(text(value)?)
}

impl Expr {
    /// Reads a condition; `None` when it is none.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let (name, rest) = value.as_array()?.split_first()?;
        let (a, b) = (rest.first(), rest.get(1));
        let whole = |count| (rest.len() == count).then_some(());
        let each = || rest.iter().map(Self::parse).collect::<Option<Box<[Self]>>>();
        Some(match name.as_str()? {
            "has" => Self::Has(whole(1).and(operand(a))?),
            "is" => Self::Is(whole(2).and(operand(a))?, text(b)?.into()),
            "in" => Self::In(whole(2).and(operand(a))?, codes(b?)?),
            "same" => Self::Same(whole(2).and(operand(a))?, operand(b)?),
            "before" => Self::Before(whole(2).and(operand(a))?, operand(b)?),
            "after" => Self::After(whole(2).and(operand(a))?, operand(b)?),
            "includes" => Self::Includes(whole(2).and(text(a))?.into(), text(b)?.into()),
            "holds" => Self::Holds(whole(2).and(operand(a))?, Role::parse(text(b)?)?),
            "commits" => Self::Commits(whole(1).and(text(a))?.into()),
            "open_span" => Self::OpenSpan(whole(1).and(text(a))?.into()),
            "span_open" => whole(0).map(|()| Self::SpanOpen)?,
            "not" => Self::Not(Box::new(Self::parse(whole(1).and(a)?)?)),
            "and" => Self::All(each()?),
            "or" => Self::Any(each()?),
            "late" => Self::Late(whole(1).and(text(a))?.into()),
            "provisional" => Self::Provisional(whole(1).and(text(a))?.into()),
            _ => return None,
        })
    }

    pub(super) fn holds(&self, scene: &Scene<'_>) -> bool {
        let both = |a, b| Some((scene.value(a)?, scene.value(b)?));
        match self {
            Self::Has(operand) => match operand {
                Operand::Fact(name) => scene.reading.is_some_and(|r| r.event.facts.contains_key(&**name)),
                _ => scene.value(operand).is_some(),
            },
            Self::Is(operand, text) => scene.value(operand).is_some_and(|held| held.as_text() == Some(text)),
            Self::In(operand, texts) => {
                scene.value(operand).is_some_and(|held| texts.iter().any(|text| held.as_text() == Some(text)))
            }
            Self::Same(a, b) => both(a, b).is_some_and(|(a, b)| a == b),
            Self::Before(a, b) => both(a, b).is_some_and(|(a, b)| comparable(&a, &b) && a < b),
            Self::After(a, b) => both(a, b).is_some_and(|(a, b)| comparable(&a, &b) && a > b),
            Self::Includes(fact, code) => {
                let list = scene.reading.and_then(|reading| reading.event.facts.get(&**fact)?.as_array());
                list.is_some_and(|list| list.iter().any(|value| value.as_str() == Some(code)))
            }
            Self::Holds(operand, role) => scene.value(operand).is_some_and(|held| {
                held.as_text().is_some_and(|person| scene.state.office.people.holds(person, *role))
            }),
            Self::Commits(part) => scene
                .reading
                .is_some_and(|reading| reading.event.parts.keys().any(|name| *name.as_str() == **part)),
            Self::OpenSpan(name) => match scene.holder {
                Holder::Dossier(dossier) => dossier.is_open(name),
                _ => false,
            },
            Self::SpanOpen => scene.span.is_some_and(|span| span.until.is_none()),
            Self::Not(inner) => !inner.holds(scene),
            Self::All(all) => all.iter().all(|one| one.holds(scene)),
            Self::Any(any) => any.iter().any(|one| one.holds(scene)),
            Self::Late(clock) => scene.is_late(clock),
            Self::Provisional(clock) => scene.is_provisional(clock),
        }
    }
}

fn codes(value: &Value) -> Option<Box<[Box<str>]>> {
    value.as_array()?.iter().map(|code| code.as_str().map(Box::from)).collect()
}

/// Numbers are compared with numbers, texts with texts: dates are texts of one length, so their order is that of days.
fn comparable(a: &Held<'_>, b: &Held<'_>) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
