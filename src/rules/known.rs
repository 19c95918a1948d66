//! Whether what the data of an edition name is there: registers, spans, clocks, facts. See the end of `docs/rules.md` §14.

use std::collections::{BTreeMap, BTreeSet};

use super::book::bad;
use super::code::Step;
use super::data::{EditionData, FactForm, FactRule, KindData, Target};
use super::expr::{Expr, Operand};
use crate::fault::Outcome;
use crate::record::PartName;

/// Classes of subjects that no edition describes.
const FIXED: [&str; 5] = ["item", "round", "person", "ledger", "any"];
const ITEM_REGISTERS: [&str; 4] = ["attribute", "public", "withheld", "kept"];

/// What the kinds on one class of subjects write.
#[derive(Debug, Default)]
struct Written<'a> {
    registers: BTreeSet<&'a str>,
    kept: BTreeSet<&'a str>,
    spans: BTreeSet<&'a str>,
}

/// What operands may name.
#[derive(Debug)]
pub(super) struct Known<'a> {
    data: &'a EditionData,
    classes: BTreeMap<&'a str, Written<'a>>,
}

/// The same for one kind, or for one clock of a class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    known: &'a Known<'a>,
    class: &'a str,
    kind: Option<&'a KindData>,
}

impl<'a> Known<'a> {
    /// Reads what all kinds write, and checks that classes and kinds fit together.
    pub(super) fn read(data: &'a EditionData) -> Outcome<Self> {
        for (name, class) in &data.classes {
            if FIXED.contains(&name.as_str())
                || class.public.iter().any(|state| !class.states.contains_key(state))
            {
                return Err(bad(format!("class {name}")));
            }
        }
        let mut classes: BTreeMap<&str, Written<'_>> = BTreeMap::new();
        for (name, kind) in &data.kinds {
            check_kind(data, kind).ok_or_else(|| bad(format!("{name}: subject {}", kind.subject)))?;
            let written = classes.entry(&kind.subject).or_default();
            written.registers.extend(kind.sets.keys().map(String::as_str));
            let spans = kind.opens.iter().chain(&kind.closes);
            written.kept.extend(spans.flat_map(|span| span.keeps.keys()).map(String::as_str));
            for operand in kind.opens.iter().flat_map(|span| span.span.split('|')) {
                let names =
                    opened(data, kind, operand).ok_or_else(|| bad(format!("{name}: span {operand}")))?;
                written.spans.extend(names);
            }
        }
        Ok(Self { data, classes })
    }

    pub(super) fn kind(&'a self, kind: &'a KindData) -> Scope<'a> {
        Scope { known: self, class: &kind.subject, kind: Some(kind) }
    }

    /// The scope of a clock; `None` when nothing of its class can have one.
    pub(super) fn clock(&'a self, class: &'a str) -> Option<Scope<'a>> {
        (class == "item" || self.data.classes.contains_key(class)).then_some(Scope {
            known: self,
            class,
            kind: None,
        })
    }
}

/// What a kind may write, by its subject.
fn check_kind(data: &EditionData, kind: &KindData) -> Option<()> {
    let dossier = data.classes.contains_key(&kind.subject);
    let writes = !(kind.sets.is_empty() && kind.clears.is_empty() && kind.checks.is_empty());
    let spans = kind.opens.is_some() || kind.closes.is_some();
    let fits = dossier || kind.subject == "item" && !spans || !writes && !spans;
    let named = dossier || FIXED.contains(&kind.subject.as_str());
    let states = !dossier || kind.from.is_some();
    let target = match &kind.to {
        Some(Target::By(by)) => codes(data, kind.facts.get(&by.fact)?)
            .is_some_and(|codes| by.values.keys().all(|value| codes.contains(&value.as_str()))),
        _ => true,
    };
    (fits && named && states && target).then_some(())
}

fn codes<'a>(data: &'a EditionData, fact: &FactRule) -> Option<Vec<&'a str>> {
    let FactForm::Code { of } = &fact.form else { return None };
    Some(data.codes.get(of)?.values.keys().map(String::as_str).collect())
}

/// The names a span can have that this operand opens.
fn opened<'a>(data: &'a EditionData, kind: &'a KindData, operand: &'a str) -> Option<Vec<&'a str>> {
    match operand.split_once(':')? {
        ("const", name) => Some(vec![name]),
        ("fact", fact) => codes(data, kind.facts.get(fact)?),
        _ => None,
    }
}

impl<'a> Scope<'a> {
    fn written(&self) -> Option<&'a Written<'a>> {
        self.known.classes.get(self.class)
    }

    fn fact(&self, name: &str) -> Option<&'a FactRule> {
        let kind = self.kind?;
        kind.facts.get(name).or_else(|| self.known.data.facts.get(name))
    }

    pub(super) fn has_register(&self, name: &str) -> bool {
        self.known.has_register(self.class, name)
    }

    pub(super) fn has_span(&self, name: &str) -> bool {
        self.written().is_some_and(|written| written.spans.contains(name))
    }

    fn has_clock(&self, name: &str) -> bool {
        self.known.data.clocks.get(name).is_some_and(|clock| clock.class == self.class)
    }

    /// Whether subjects of the class can be in this state.
    pub(super) fn has_state(&self, name: &str) -> bool {
        let own = self.known.data.classes.get(self.class);
        own.map_or_else(
            || Step::parse(name).is_some(),
            |class| name == "none" || class.states.contains_key(name),
        )
    }

    /// Whether the kind can say which span it closes.
    pub(super) fn names_span(&self) -> bool {
        let of = self.kind.and_then(|kind| kind.facts.get("of"));
        of.is_some_and(|of| matches!(of.form, FactForm::Seq))
    }

    /// The name the operand reads that is not there.
    pub(super) fn unknown(&self, operand: &Operand) -> Option<String> {
        let missing = |there: bool, name: &str| (!there).then(|| name.to_owned());
        match operand {
            Operand::Fact(fact) => missing(self.fact(fact).is_some(), fact),
            Operand::Of(fact, register) => {
                let class = self.fact(fact).and_then(|fact| match &fact.form {
                    FactForm::Subject { of } => Some(of),
                    _ => None,
                });
                missing(class.is_some_and(|class| self.known.has_register(class, register)), register)
            }
            Operand::Register(name) | Operand::Next(name) => missing(self.has_register(name), name),
            Operand::Span(name) => {
                let kept = self.written().is_some_and(|written| written.kept.contains(&**name));
                missing(kept || matches!(&**name, "from" | "until" | "name"), name)
            }
            Operand::Due(clock) | Operand::Explained(clock) | Operand::Extension(clock) => {
                missing(self.kind.is_some() && self.has_clock(clock), clock)
            }
            Operand::Constant(text) => missing(!text.is_empty(), "const:"),
            Operand::First(all) => all.iter().find_map(|one| self.unknown(one)),
            Operand::Number(_) => None,
            Operand::On | Operand::Seq | Operand::Person | Operand::Subject => {
                missing(self.kind.is_some(), "on, person, seq or subject")
            }
        }
    }

    /// The first name in the condition that is not there.
    pub(super) fn unknown_in(&self, condition: &Expr) -> Option<String> {
        let missing = |there: bool, name: &str| (!there).then(|| name.to_owned());
        match condition {
            Expr::Has(a) | Expr::Is(a, _) | Expr::In(a, _) => self.unknown(a),
            Expr::Holds(a, role) => {
                let roles = self.known.data.codes.get("role");
                let there = roles.is_some_and(|roles| roles.values.contains_key(role.as_str()));
                self.unknown(a).or_else(|| missing(there, role.as_str()))
            }
            Expr::Same(a, b) | Expr::Before(a, b) | Expr::After(a, b) => {
                self.unknown(a).or_else(|| self.unknown(b))
            }
            Expr::Includes(fact, _) => missing(self.fact(fact).is_some(), fact),
            Expr::Not(inner) => self.unknown_in(inner),
            Expr::All(all) | Expr::Any(all) => all.iter().find_map(|one| self.unknown_in(one)),
            Expr::Late(clock) | Expr::Provisional(clock) => missing(self.has_clock(clock), clock),
            Expr::Commits(part) => missing(PartName::ALL.iter().any(|known| known.as_str() == &**part), part),
            Expr::OpenSpan(name) => missing(self.has_span(name), name),
            Expr::SpanOpen => None,
        }
    }
}

impl Known<'_> {
    fn has_register(&self, class: &str, name: &str) -> bool {
        let kept = class == "item" || self.data.classes.contains_key(class);
        let always = matches!(name, "state" | "last_on") || class == "item" && ITEM_REGISTERS.contains(&name);
        let written = || self.classes.get(class).is_some_and(|written| written.registers.contains(name));
        kept && (always || written())
    }
}
