//! Courses of events at random under the newest edition, drawn from the data alone: dossiers, items and calendars, many of them
//! wrong. What the law finds in each, and the state at the end of each course, is written to
//! `target/samples/courses.jsonl`; the second verifier (`tools/test_law_samples.py`) must find the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::desk::{BOOKS, Desk, Draft, REDACTED};
use super::samples::{Dice, proper};
use super::stories::told::COSIGNED;
use super::witnesses::{drawn_advance, drawn_note, keeper};
use crate::record::{Class, Day, Event, PartName};
use crate::rules::{EDITIONS, Running, YearCalendar, clocks, replay, shipped_calendars};

const COURSES: u64 = 180;
const EVENTS: u64 = 130;
const PEOPLE: [&str; 8] =
    ["admin", "clerk", "reviewer", "approver", "publisher", "head", "supervisor", "archivist"];

static DATA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(EDITIONS.last().unwrap()).unwrap());
static CALENDARS: LazyLock<Vec<YearCalendar>> = LazyLock::new(shipped_calendars);

/// One course: the desk, its dice and the day it has come to.
struct Course {
    desk: Desk,
    dice: Dice,
    day: Day,
    /// The subject of the last event.
    last: String,
}

fn later(day: Day, days: usize) -> Day {
    Day(day.0.checked_add(jiff::Span::new().days(i64::try_from(days).unwrap())).unwrap())
}

fn earlier(day: Day, days: usize) -> Day {
    Day(day.0.checked_sub(jiff::Span::new().days(i64::try_from(days).unwrap())).unwrap())
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

impl Course {
    fn begin(n: u64) -> Self {
        let mut dice = Dice(n.wrapping_mul(7919));
        let year = 2007 + dice.roll(20);
        let begun: Day = format!("{year}-01-02").parse().unwrap();
        let day = later(begun, dice.roll(360));
        Self { desk: Desk::empty(), dice, day, last: String::from("request/a") }
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.dice.roll(n) == 0
    }

    /// Mostly the subject of the last event again.
    fn subject(&mut self) -> String {
        if self.dice.roll(9) < 4 {
            self.last = self.another();
        }
        self.last.clone()
    }

    fn another(&mut self) -> String {
        let class = match self.dice.roll(20) {
            0..=8 => "request",
            9..=12 => "item",
            13 | 14 => self.dice.pick(&["holding", "office", "series"]),
            _ => {
                let classes: Vec<_> =
                    DATA["classes"].as_object().unwrap().keys().map(String::as_str).collect();
                self.dice.pick(&classes)
            }
        };
        let names: &[&str] =
            if class == "request" { &["a", "b", "c", "d", "e", "f", "g"] } else { &["a", "b"] };
        format!("{class}/{}", self.dice.pick(names))
    }

    fn state_of(&self, subject: &str) -> String {
        let dossier = self.desk.state.dossier(subject).map(|dossier| dossier.state.to_string());
        dossier.unwrap_or_else(|| self.desk.state.step(subject).as_str().to_owned())
    }

    /// A kind of the subject's class, mostly one that may follow.
    fn kind(&mut self, subject: &str) -> &'static str {
        let (class, state) = (subject.split('/').next().unwrap(), self.state_of(subject));
        let all = DATA["kinds"].as_object().unwrap().iter().filter(|(_, kind)| kind["subject"] == class);
        let fits = |kind: &Value| texts(&kind["from"]).contains(&&*state) || self.desk.seq.is_multiple_of(9);
        let kinds: Vec<_> = all.filter(|(_, kind)| fits(kind)).map(|(name, _)| name.as_str()).collect();
        if state == "received" && class == "request" && self.one_in(4) {
            return "request.answered";
        }
        if kinds.is_empty() { "item.burnt" } else { self.dice.pick(&kinds) }
    }

    fn value(&mut self, fact: &str, form: &Value, subject: &str) -> Value {
        let class = form["type"].as_str().unwrap();
        match class {
            "code" if fact == "result" && self.one_in(2) => json!("no_reply"),
            "code" if fact == "interpretation" && self.one_in(2) => json!("needed"),
            "code" | "codes" => {
                let codes = DATA["codes"][form["of"].as_str().unwrap()]["values"].as_object().unwrap();
                let codes: Vec<_> = codes.keys().map(String::as_str).collect();
                if class == "code" { json!(self.dice.pick(&codes)) } else { json!([self.dice.pick(&codes)]) }
            }
            "date" => match self.dice.roll(8) {
                0 => json!(earlier(self.day, self.dice.roll(60)).to_string()),
                1 | 2 => json!(self.day.to_string()),
                _ => json!(later(self.day, self.dice.roll(50)).to_string()),
            },
            "int" => {
                let (min, max) = (form["min"].as_u64().unwrap(), form["max"].as_u64().unwrap());
                let small = u64::try_from(self.dice.roll(25)).unwrap();
                json!(if self.one_in(30) { max } else { (min + small).min(max) })
            }
            "seq" => self.seq(subject),
            "subject" => {
                let person = form["of"] == "person";
                let head = person && !self.one_in(4);
                let names: &[&str] = if person { &PEOPLE } else { &["a", "b"] };
                let name = if head { "head" } else { self.dice.pick(names) };
                json!(format!("{}/{name}", form["of"].as_str().unwrap()))
            }
            "cell" => json!(self.dice.pick(&["t3.r1", "t2.fees", "t3.", "T3.r1", "a"])),
            "file" if fact == "root" => json!(format!("sha256:{}", self.dice.pick(&["01", "02"]).repeat(32))),
            "file" => json!(REDACTED),
            "key" if fact == "ledger_key" => COSIGNED["office"]["ledger_key"].clone(),
            "key" => COSIGNED["witness"]["key"].clone(),
            "origin" => {
                self.dice.pick(&[&COSIGNED["witness"]["name"], &COSIGNED["office"]["origin"]]).clone()
            }
            "note" => drawn_note(&mut self.dice, fact),
            "hashes" => json!(["00".repeat(32)]),
            "imprint" => json!("ab".repeat(32)),
            "digest" => json!(format!("b3:{}", "6".repeat(64))),
            "moment" => json!(format!("{}T0{}:00:00+08:00", self.day, self.dice.roll(9))),
            _ => json!(fact),
        }
    }

    /// An event to refer to: mostly one that opened a span.
    fn seq(&mut self, subject: &str) -> Value {
        let dossier = self.desk.state.dossier(subject);
        let spans: Vec<u64> = dossier.into_iter().flat_map(|dossier| dossier.spans.keys().copied()).collect();
        let any = self.dice.roll(usize::try_from(self.desk.seq).unwrap().max(1));
        if spans.is_empty() || self.one_in(8) { json!(any) } else { json!(self.dice.pick(&spans)) }
    }

    fn facts(&mut self, kind: &Value, subject: &str) -> Value {
        let mut facts = Map::new();
        for (name, form) in kind["facts"].as_object().unwrap() {
            let given = if form["required"] == true { !self.one_in(60) } else { self.one_in(2) };
            if given {
                facts.insert(name.clone(), self.value(name, form, subject));
            }
            if self.one_in(90) {
                let odd = [
                    json!("perhaps"),
                    json!(-3),
                    json!([]),
                    json!("2021-02-30"),
                    json!({"a": 1}),
                    json!(true),
                ];
                facts.insert(name.clone(), odd[self.dice.roll(odd.len())].clone());
            }
        }
        if facts.contains_key("ledger_key") && !self.one_in(5) {
            facts.extend(drawn_advance(&mut self.dice));
        }
        if let Some(leaf) = facts.get("leaf").and_then(Value::as_str).map(reply_of)
            && !self.one_in(5)
        {
            facts.insert("reply".into(), json!(leaf));
        }
        facts.into()
    }

    fn person(&mut self, kind: &Value) -> &'static str {
        let roles = texts(&kind["roles"]);
        let held: Vec<&'static str> = PEOPLE.into_iter().filter(|name| roles.contains(name)).collect();
        if held.is_empty() || self.one_in(25) { self.dice.pick(&PEOPLE) } else { self.dice.pick(&held) }
    }

    fn parts(&mut self, mut draft: Draft, kind: &Value) -> Draft {
        for (name, part) in kind["parts"].as_object().unwrap() {
            let name = match name.as_str() {
                "open" => PartName::Open,
                "closed" => PartName::Closed,
                _ => PartName::Personal,
            };
            if part["required"] == true && !self.one_in(60) || self.one_in(2) {
                draft = draft.part(name);
            }
        }
        draft
    }

    /// The next step of an item on its lawful way.
    fn proper(&mut self, item: &str) -> Draft {
        let draft = proper(&self.desk, item, &mut self.dice);
        let formed = earlier(self.day, self.dice.roll(20));
        match draft.event.kind.as_str() {
            "item.registered" if !self.one_in(4) => draft.with(json!({ "formed": formed })),
            _ => draft,
        }
    }

    fn drawn(&mut self) -> Draft {
        let subject = self.subject();
        if subject.starts_with("item/") && self.one_in(2) {
            return self.proper(&subject);
        }
        let name = self.kind(&subject);
        let Some(kind) = DATA["kinds"].get(name) else { return self.desk.draft("clerk", name, &subject) };
        let (person, facts) = (self.person(kind), self.facts(kind, &subject));
        let draft = self.desk.draft(person, name, &subject).with(facts);
        let draft = if self.one_in(40) { draft.with(json!({"mode": "inherited"})) } else { draft };
        let draft =
            if name.ends_with(".inherited") { draft.with(json!({"mode": "inherited"})) } else { draft };
        self.parts(draft, kind)
    }

    fn calendar(&mut self) -> Draft {
        let year = self.day.0.year() - i16::try_from(self.dice.roll(3)).unwrap() + 1;
        let shipped = CALENDARS.iter().find(|calendar| calendar.year() == year);
        let facts = match shipped {
            Some(calendar) if !self.one_in(6) => {
                json!({"year": year, "holidays": calendar.holidays(), "workdays": calendar.workdays()})
            }
            _ => {
                let mut days = [later(self.day, 3), later(self.day, 5), later(self.day, 400)];
                if self.one_in(4) {
                    days.reverse();
                }
                json!({"year": year, "holidays": days, "workdays": [later(self.day, 9)]})
            }
        };
        self.desk.draft("admin", "rules.calendar", "ledger/main").with(facts)
    }

    fn any(&mut self) -> Draft {
        match self.dice.roll(30) {
            0 | 1 => self.calendar(),
            2 => {
                let (subject, of) = (self.subject(), self.dice.roll(60));
                let of = if self.one_in(2) {
                    self.desk.state.dossier(&subject).and_then(|d| d.open)
                } else {
                    None
                }
                .unwrap_or(u64::try_from(of).unwrap());
                let facts = json!({"of": of, "part": self.dice.pick(&["open", "closed"]),
                    "digest": format!("b3:{}", "0".repeat(64)), "ground": "personal", "asked_by": "subject"});
                self.desk.draft("approver", "part.erased", &subject).with(facts)
            }
            3 if self.one_in(2) => self.adopt_newest(),
            4 if self.one_in(2) => {
                let roles = self.dice.pick(&[
                    &["head"][..],
                    &["clerk", "head", "supervisor"],
                    &["clerk", "supervisor"],
                ]);
                self.desk.draft("admin", "person.changed", "person/head").with(json!({ "roles": roles }))
            }
            _ => self.drawn(),
        }
    }

    fn adopt_newest(&self) -> Draft {
        let edition = BOOKS.newest().unwrap().digest().to_string();
        self.desk.draft("admin", "rules.adopted", "ledger/main").with(json!({ "edition": edition }))
    }

    /// At times the last day of a clock that runs for the subject, or the day after.
    fn turning_point(&mut self, subject: &str) -> Option<Day> {
        let book = BOOKS.newest().unwrap();
        let clocks = clocks(book, &self.desk.state, subject);
        let due = |clock: &Running<'_>| clock.due(&self.desk.state.office.calendar).day;
        let days: Vec<Day> = clocks.iter().filter_map(due).filter(|day| *day >= self.day).collect();
        let soon: Vec<Day> = days.into_iter().filter(|day| *day <= later(self.day, 40)).collect();
        if soon.is_empty() || !self.one_in(4) {
            return None;
        }
        let after = self.dice.roll(2);
        Some(later(self.dice.pick(&soon), after))
    }

    /// The draft on the day the course has come to, or declared irregular for what it departs from.
    fn dated(&mut self, draft: Draft) -> Draft {
        self.day = later(self.day, [0, 0, 0, 1, 1, 2, 3, 9, 20][self.dice.roll(9)]);
        self.day = self.turning_point(draft.event.subject.as_str()).unwrap_or(self.day);
        let on = match self.dice.roll(25) {
            0 => later(self.day, 1),
            1 => earlier(self.day, 1 + self.dice.roll(40)),
            _ => self.day,
        };
        let draft = draft.on(&on.to_string()).at(&format!("{}T09:00:00+08:00", self.day));
        let waivers: Vec<_> = self.desk.judge(&draft).iter().filter_map(|(code, _)| waiver(code)).collect();
        let mut waivers = if self.one_in(12) { vec!["late"] } else { waivers };
        waivers.sort_unstable();
        waivers.dedup();
        if waivers.is_empty() || self.one_in(2) { draft } else { draft.declare(&waivers) }
    }
}

/// The reply that goes with an outcome of the annual report.
fn reply_of(leaf: &str) -> &'static str {
    match leaf {
        "granted" => "provided",
        "d_admin_query" => "special_rules",
        "u_not_held" => "not_held",
        "n_repeat" => "repeat",
        _ if leaf.starts_with("d_") => "withheld",
        _ => "other_article",
    }
}

fn waiver(code: &str) -> Option<&'static str> {
    DATA["rules"][code]["waiver"].as_str()
}

fn line(n: u64, event: &Event, found: &[(&str, Class)], state: Option<Value>) -> Value {
    let mut line = json!({"course": n, "found": found, "event": {
        "act": event.act, "at": event.at, "by": event.by, "facts": event.facts, "kind": event.kind,
        "parts": event.parts.keys().collect::<Vec<_>>(), "seq": event.seq, "subject": event.subject,
    }});
    if let Some(state) = state {
        line["state"] = state;
    }
    line
}

fn state(desk: &Desk) -> Value {
    let state = serde_json::to_value(&desk.state).unwrap();
    let values: Map<String, Value> =
        desk.state.items.iter().map(|(name, item)| (name.to_string(), json!(item.values))).collect();
    json!({"dossiers": state.get("dossiers"), "items": values, "calendar": state["office"].get("calendar")})
}

/// A course; every fifth begins under edition 2026-1 and adopts the newest in its midst.
fn course(n: u64, lines: &mut String, judged: &mut u64) {
    let mut course = Course::begin(n);
    let first = n.is_multiple_of(5);
    let opening = if first { Desk::OPENING_2026_1 } else { u64::MAX };
    let keeper = keeper().take(if first { 0 } else { 2 });
    let mut opening = Desk::opening().take(usize::try_from(opening).unwrap()).chain(keeper);
    for nth in 0..EVENTS {
        let draft = match opening.next() {
            Some(step) => {
                let draft = step(&course.desk).on(&course.day.to_string());
                draft.at(&format!("{}T08:00:00+08:00", course.day))
            }
            None => {
                *judged += 1;
                let draft = if first && nth == 45 { course.adopt_newest() } else { course.any() };
                course.dated(draft)
            }
        };
        let mut event = if first && nth == 0 { draft.of_2026_1().event } else { draft.event };
        (event.seq, event.act) = (course.desk.seq, course.desk.seq);
        course.desk.seq += 1;
        let mut found: Vec<_> =
            replay(&BOOKS, &mut course.desk.state, &event).iter().map(|b| (b.code, b.class)).collect();
        found.sort_unstable();
        let state = (nth % 26 == 25).then(|| state(&course.desk));
        writeln!(lines, "{}", line(n, &event, &found, state)).unwrap();
    }
}

#[test]
fn courses_are_written_for_the_second_verifier() {
    let courses = std::env::var("ZHAOCE_LAW_COURSES").ok().and_then(|n| n.parse().ok()).unwrap_or(COURSES);
    let (mut lines, mut judged) = (String::new(), 0);
    (0..courses).for_each(|n| course(n, &mut lines, &mut judged));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("courses.jsonl"), &lines).unwrap();
    assert!(judged >= courses * 100);
    // What is drawn has to reach the rules that stand in the data; `stories` breaks each of them once.
    let checks =
        DATA["kinds"].as_object().unwrap().values().flat_map(|kind| kind["checks"].as_array()).flatten();
    let codes = checks.map(|check| check["rule"].as_str().unwrap());
    let never: BTreeSet<_> = codes.filter(|code| !lines.contains(&format!("[\"{code}\","))).collect();
    assert!(never.len() <= 4, "never broken: {never:?}");
}
