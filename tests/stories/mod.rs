//! Stories: short histories under the newest edition, each told twice, once lawfully and once so that its last event breaks
//! a rule. The library judges them, `law_samples` signs them, and both verifiers must find the same.
#![allow(dead_code, clippy::unwrap_used)]

mod archives;
mod deadlines;
mod dossiers;
mod requests;

pub use archives::COSIGNED;
use serde_json::{Map, Value, json};

/// One event of a story. A fact `@-1` is the seq of the event before, `@-2` of the one before that.
#[derive(Debug, Clone)]
pub struct Step {
    pub who: &'static str,
    pub kind: &'static str,
    pub subject: &'static str,
    pub on: &'static str,
    pub facts: Map<String, Value>,
    pub parts: Map<String, Value>,
}

/// A rule kept and broken by the last event of a history.
pub struct Story {
    pub name: &'static str,
    pub rule: &'static str,
    /// The last event does not break the rule, and is admitted.
    pub lawful: Vec<Step>,
    /// The last event breaks the rule.
    pub broken: Vec<Step>,
    /// Other rules that it breaks as well.
    pub also: &'static [&'static str],
}

pub const Q: &str = "request/q";
pub const LEDGER: &str = "ledger/main";
pub const FILE: &str = "sha256:3333333333333333333333333333333333333333333333333333333333333333";

/// Who takes part, and with which roles.
pub const CAST: [(&str, &[&str]); 7] = [
    ("clerk", &["clerk"]),
    ("reviewer", &["reviewer"]),
    ("approver", &["approver"]),
    ("publisher", &["publisher"]),
    ("archivist", &["archivist"]),
    ("head", &["head"]),
    ("supervisor", &["supervisor"]),
];

pub fn all() -> Vec<Story> {
    let all = [requests::stories(), dossiers::stories(), deadlines::stories(), archives::stories()];
    all.into_iter().flatten().collect()
}

pub fn named(name: &str) -> Story {
    all().into_iter().find(|story| story.name == name).unwrap()
}

/// A request's whole life without a finding.
pub fn life() -> Vec<Step> {
    requests::life()
}

fn story(name: &'static str, rule: &'static str, lawful: Vec<Step>, broken: Vec<Step>) -> Story {
    Story { name, rule, lawful, broken, also: &[] }
}

fn step(
    who: &'static str,
    kind: &'static str,
    subject: &'static str,
    on: &'static str,
    facts: Value,
) -> Step {
    let Value::Object(facts) = facts else { panic!("facts") };
    Step { who, kind, subject, on, facts, parts: Map::new() }
}

impl Step {
    fn part(mut self, part: &str, data: Value) -> Self {
        self.parts.insert(part.into(), data);
        self
    }

    fn reasoned(self) -> Self {
        self.part("closed", json!({"reason": "原因"}))
    }

    fn with(mut self, facts: Value) -> Self {
        let Value::Object(facts) = facts else { panic!("facts") };
        self.facts.extend(facts);
        self
    }

    fn bare(mut self) -> Self {
        self.parts.clear();
        self
    }

    /// The same, declared as an irregularity: transcribed and signed by the approver, with evidence and a reason.
    pub fn declared(mut self, waivers: &[&str]) -> Self {
        let mut waivers = waivers.to_vec();
        waivers.sort_unstable();
        waivers.dedup();
        self.facts.insert("person".into(), json!(format!("person/{}", self.who)));
        self.who = "approver";
        let closed = self.parts.entry("closed").or_insert_with(|| json!({}));
        closed.as_object_mut().unwrap().insert("reason".into(), json!("原因"));
        self.with(json!({"irregular": waivers, "evidence": FILE, "mode": "transcribed"}))
    }
}

/// The calendars of these years adopted on the day of the first step, and then the steps.
fn under(years: &[i64], steps: Vec<Step>) -> Vec<Step> {
    let shipped: Vec<Value> = serde_json::from_str(include_str!("../../schemas/calendars.json")).unwrap();
    let on = steps[0].on;
    let adopted = years.iter().map(|year| {
        let calendar = shipped.iter().find(|calendar| calendar["year"] == *year).unwrap();
        step("admin", "rules.calendar", LEDGER, on, calendar.clone())
    });
    adopted.chain(steps).collect()
}

/// The same in 2026.
fn in_2026(steps: Vec<Step>) -> Vec<Step> {
    under(&[2026], steps)
}
