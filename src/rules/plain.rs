//! What the data of the rule book says of a kind beside its states: what it writes, and the conditions it must not meet.

use std::collections::BTreeMap;

use super::book::bad;
use super::breach::intern;
use super::data::{EditionData, FactForm, KindData, SpanData};
use super::expr::{Expr, Operand, Scene};
use super::fact::Reading;
use super::known::Known;
use super::scalar::{Scalar, Values};
use super::state::{Span, State};
use crate::fault::Outcome;

/// What the data says of a kind.
#[derive(Debug, Default)]
pub(super) struct DataRules {
    sets: Box<[(Box<str>, Operand)]>,
    clears: Box<[Box<str>]>,
    opens: Option<(Operand, Sets)>,
    closes: Option<(Box<[Box<str>]>, Sets)>,
    pub(super) checks: Box<[DataCheck]>,
}

type Sets = Box<[(Box<str>, Operand)]>;

/// A rule whose condition stands in the data.
#[derive(Debug)]
pub(super) struct DataCheck {
    pub(super) code: &'static str,
    pub(super) when: Expr,
    pub(super) expected: Option<Operand>,
    pub(super) found: Option<Operand>,
    /// The vocabularies of both, where they are facts that hold codes.
    pub(super) vocabulary: Option<&'static str>,
}

/// Reads the conditions and operands of a kind. Every name in them must be there.
pub(super) fn compile_data(
    data: &EditionData,
    known: &Known<'_>,
    name: &str,
    kind: &KindData,
) -> Outcome<DataRules> {
    let wrong = |found: &str| bad(format!("{name}: {found}"));
    let scope = known.kind(kind);
    let operand = |text: &String| -> Outcome<Operand> {
        let operand = Operand::parse(text).ok_or_else(|| wrong(text))?;
        scope.unknown(&operand).map_or(Ok(operand), |unknown| Err(wrong(&unknown)))
    };
    let sets = |sets: &BTreeMap<String, String>| -> Outcome<Sets> {
        sets.iter().map(|(register, text)| Ok((register.as_str().into(), operand(text)?))).collect()
    };
    let checks = kind.checks.iter().map(|check| {
        let when = Expr::parse(&check.when).ok_or_else(|| wrong(&check.when.to_string()))?;
        if let Some(unknown) = scope.unknown_in(&when) {
            return Err(wrong(&unknown));
        }
        if !data.rules.contains_key(&check.rule) || super::check::find(&check.rule).is_some() {
            return Err(wrong(&check.rule));
        }
        let expected = check.expected.as_ref().map(operand).transpose()?;
        let found = check.found.as_ref().map(operand).transpose()?;
        let vocabulary = vocabulary(kind, [&expected, &found]);
        Ok(DataCheck { code: intern(&check.rule), when, expected, found, vocabulary })
    });
    let opens = |span: &SpanData| -> Outcome<_> { Ok((operand(&span.span)?, sets(&span.keeps)?)) };
    let closes = |span: &SpanData| -> Outcome<_> {
        match span.span.split('|').find(|name| !scope.has_span(name)) {
            Some(unknown) => Err(wrong(unknown)),
            None if !scope.names_span() => Err(wrong("of")),
            None => Ok((span.span.split('|').map(Into::into).collect(), sets(&span.keeps)?)),
        }
    };
    if let Some(unknown) = kind.clears.iter().find(|register| !scope.has_register(register)) {
        return Err(wrong(unknown));
    }
    Ok(DataRules {
        sets: sets(&kind.sets)?,
        clears: kind.clears.iter().map(|register| register.as_str().into()).collect(),
        opens: kind.opens.as_ref().map(opens).transpose()?,
        closes: kind.closes.as_ref().map(closes).transpose()?,
        checks: checks.collect::<Outcome<_>>()?,
    })
}

/// Names of the vocabularies that operands take their codes from, parted by `|`.
fn vocabulary(kind: &KindData, operands: [&Option<Operand>; 2]) -> Option<&'static str> {
    let of = |operand: &Option<Operand>| match operand {
        Some(Operand::Fact(fact) | Operand::Register(fact)) => match &kind.facts.get(&**fact)?.form {
            FactForm::Code { of } => Some(of.clone()),
            _ => None,
        },
        _ => None,
    };
    let names: Vec<String> = operands.into_iter().filter_map(of).collect();
    (!names.is_empty()).then(|| intern(&names.join("|")))
}

/// What an event writes, read before anything of it is folded.
pub(super) struct Effect<'a> {
    rules: &'a DataRules,
    sets: Vec<(&'a str, Scalar)>,
    opened: Option<(Box<str>, Values)>,
    closing: Values,
}

/// Reads what the event is about to write.
pub(super) fn effect<'a>(state: &State, reading: &'a Reading<'_>) -> Effect<'a> {
    let rules = &reading.kind.plain;
    let scene = Scene::of(state, reading);
    let read = |sets: &'a Sets| {
        let one = |(register, operand): &'a (Box<str>, Operand)| {
            Some((&**register, scene.value(operand)?.into_scalar()))
        };
        sets.iter().filter_map(one).collect::<Vec<_>>()
    };
    let kept = |sets| read(sets).into_iter().map(|(register, value)| (register.into(), value)).collect();
    let opened = rules
        .opens
        .as_ref()
        .and_then(|(name, sets)| Some((scene.value(name)?.as_text()?.into(), kept(sets))));
    let closing = rules.closes.as_ref().map(|(_, sets)| kept(sets)).unwrap_or_default();
    Effect { rules, sets: read(&rules.sets), opened, closing }
}

impl Effect<'_> {
    /// Writes the registers.
    pub(super) fn on(&self, values: &mut Values) {
        for register in &self.rules.clears {
            values.remove(register);
        }
        for (register, value) in &self.sets {
            values.insert((*register).into(), value.clone());
        }
    }

    /// Opens and closes spans.
    pub(super) fn spans(&self, spans: &mut BTreeMap<u64, Span>, reading: &Reading<'_>) {
        let of = reading.event.fact_number("of").and_then(|of| spans.get_mut(&of));
        if let (Some((names, _)), Some(span)) = (&self.rules.closes, of)
            && span.until.is_none()
            && names.contains(&span.name)
        {
            span.until = Some(reading.on);
            span.values.extend(self.closing.clone());
        }
        if let Some((name, values)) = &self.opened {
            let (seq, from) = (reading.event.seq, reading.on);
            let (name, values) = (name.clone(), values.clone());
            spans.insert(seq, Span { name, seq, from, until: None, values });
        }
    }
}
