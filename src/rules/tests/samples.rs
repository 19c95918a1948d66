//! Courses of events at random, half of them bent, with what the law finds in each: `tests/fixtures/law.jsonl`. They
//! begin under edition 2026-1; some adopt the newest.
//! The second verifier (`tools/test_law_samples.py`) must find the same.
//!
//! `ZHAOCE_WRITE_FIXTURES=1 cargo test law_samples` writes the file anew; `ZHAOCE_LAW_COURSES` makes it longer.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::desk::{BOOKS, Desk, Draft, OTHER_FILE, REDACTED, TODAY, key, possession};
use super::invariants::attempt;
use crate::record::{Class, Event, PartName};
use crate::rules::{Attribute, next_step, replay};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/law.jsonl");
const PEOPLE: [&str; 9] =
    ["admin", "clerk", "reviewer", "approver", "publisher", "archivist", "both", "leader", "recovery"];
const ROLES: [&str; 6] = ["admin", "approver", "archivist", "clerk", "publisher", "reviewer"];
const WAIVERS: [&str; 6] = ["backdated", "late", "self_review", "step_missing", "undecided", "unreviewed"];
const DAYS: [&str; 4] = [TODAY, "2026-03-01", "2026-03-03", "2025-12-31"];

/// SplitMix64: the same courses for ever.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap()
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())]
    }

    fn some<'a>(&mut self, list: &[&'a str]) -> Vec<&'a str> {
        list.iter().copied().filter(|_| self.roll(3) == 0).collect()
    }
}

/// Any event somebody may try.
fn tried(desk: &Desk, dice: &mut Dice) -> Draft {
    let item = dice.pick(&["item/a", "item/b", "item/c", "item/d", "item/e"]);
    if dice.roll(5) < 3 {
        return proper(desk, item, dice);
    }
    match dice.roll(40) {
        0..=25 => {
            let choice = (u8::try_from(dice.roll(18)).unwrap(), dice.roll(3), dice.roll(12));
            attempt(desk, choice)
        }
        26 => desk.register_secret(item),
        27 => desk.register_other(item, dice.pick(&["open", "withheld", "unstated"])),
        28 => desk.decide(item, "open").with(json!({"basis": "followed"})),
        29 => desk.propose(item, "withheld").with(json!({"ground": "state_secret"})),
        30 => desk.decide(item, "withheld").with(json!({"ground": "state_secret"})),
        31 => desk
            .reassess(item, "to_open")
            .with(json!({"trigger": dice.pick(&["secrecy_over", "source_changed"])})),
        32 => {
            let person = format!("person/{}", dice.pick(&PEOPLE));
            desk.draft("admin", "person.changed", &person).with(json!({"roles": dice.some(&ROLES)}))
        }
        33 => desk
            .draft("admin", "person.added", "person/new")
            .with(json!({"roles": ["clerk"]}))
            .part(PartName::Personal),
        34 => {
            let seed = 50 + u8::try_from(dice.roll(3)).unwrap();
            let proof = possession(seed, dice.pick(&["leader", "leader", "clerk"]));
            desk.enrol("leader", seed).with(json!({"possession": proof}))
        }
        35 => {
            let (person, seed) =
                dice.pick(&[("clerk", 2), ("admin", 1), ("leader", 50), ("seal", 100), ("both", 2)]);
            let facts = json!({"key": key(seed).to_string(), "reason": "lost"});
            let revoke = desk.draft("admin", "key.revoked", &format!("person/{person}")).with(facts);
            if dice.roll(2) == 0 { revoke.with(json!({"doubtful_from": dice.roll(20)})) } else { revoke }
        }
        36 => {
            let facts = json!({"separation": dice.pick(&["strict", "relaxed"]),
                "secret_stub": dice.pick(&["basis", "full"]), "round_months": 12});
            desk.draft("admin", "rules.policy", "ledger/main").with(facts)
        }
        37 => erased(desk, item, dice),
        38 => acknowledged(desk, dice),
        _ => rare(desk, dice),
    }
}

/// What waits to be done with the item, or what may be done with one that is settled.
pub fn proper(desk: &Desk, item: &str, dice: &mut Dice) -> Draft {
    let Some(known) = desk.state.item(item) else {
        return match dice.roll(6) {
            0 => desk.inherit(item, dice.pick(&["open", "withheld", "partial", "on_request", "unstated"])),
            1 => desk.register_other(item, dice.pick(&["open", "withheld", "unstated"])),
            2 => desk.register_secret(item),
            _ => desk.register(item),
        };
    };
    let wish = ["open", "partial", "withheld", "on_request"][usize::try_from(known.first % 4).unwrap()];
    let wish = if known.secret { "withheld" } else { wish };
    match next_step(known).map(|waiting| waiting.kind) {
        Some("item.proposed") => secretly(desk.propose(item, wish), known.secret),
        Some("item.reviewed") if wish == "partial" => desk.review_redacted(item),
        Some("item.reviewed") => {
            let outcome = if wish == "open" { dice.pick(&["open", "open", "refer"]) } else { "exempt" };
            desk.review(item, outcome)
        }
        Some("item.referred") => {
            desk.draft("reviewer", "item.referred", item).with(json!({"to": "secrecy_admin"}))
        }
        Some("item.determined") => {
            let facts = json!({"outcome": "open", "by_authority": "secrecy_admin"});
            desk.draft("reviewer", "item.determined", item).with(facts)
        }
        Some("item.decided") => {
            let decide = secretly(desk.decide(item, wish), known.secret);
            if known.other_body { decide.with(json!({"basis": "followed"})) } else { decide }
        }
        Some(_) if known.attribute == Attribute::Partial => {
            desk.publish(item).with(json!({"redacted": REDACTED}))
        }
        Some(_) => desk.publish(item),
        None => attempt(desk, (dice.pick(&[3, 4, 8, 9, 10, 11, 11, 14, 15]), dice.roll(3), dice.roll(12))),
    }
}

fn secretly(draft: Draft, secret: bool) -> Draft {
    if secret { draft.with(json!({"ground": "state_secret"})) } else { draft }
}

fn erased(desk: &Desk, item: &str, dice: &mut Dice) -> Draft {
    let subject = dice.pick(&[item, item, "person/clerk", "ledger/main", "round/r"]);
    let of = desk.state.item(item).map_or(1, |item| item.open.unwrap_or(item.last));
    let facts = json!({"of": of, "part": dice.pick(&["open", "closed", "personal"]),
        "digest": format!("b3:{}", "0".repeat(64)), "ground": "personal", "asked_by": "subject"});
    desk.draft("approver", "part.erased", subject).with(facts)
}

fn acknowledged(desk: &Desk, dice: &mut Dice) -> Draft {
    let waiting: Vec<_> = desk.state.office.findings.keys().collect();
    let (of, code) = match waiting.len() {
        0 => (1, "publish.unreviewed"),
        n => {
            let (of, code) = waiting[dice.roll(n)];
            (*of, &**code)
        }
    };
    let person = dice.pick(&["admin", "approver", "reviewer"]);
    let facts = json!({"of": of, "code": code});
    desk.draft(person, "finding.acknowledged", "ledger/main").with(facts).part(PartName::Closed)
}

fn rare(desk: &Desk, dice: &mut Dice) -> Draft {
    let ledger = |kind| desk.draft("admin", kind, "ledger/main");
    let late = desk.seq > 50;
    match dice.roll(12) {
        0 if late => ledger("ledger.closed"),
        1 if late => ledger("rules.adopted").with(json!({"edition": format!("b3:{}", "7".repeat(64))})),
        2 => ledger("rules.adopted").with(json!({"edition": BOOKS.newest().unwrap().digest().to_string()})),
        3 => desk.genesis(),
        4 => desk.draft("clerk", "item.burnt", "item/a"),
        5..=7 => {
            let round = desk.state.rounds.keys().next().map_or("round/r", |round| round);
            desk.draft("publisher", "round.published", round).part(PartName::Open)
        }
        _ => ledger("ledger.clock_corrected")
            .with(json!({"previous": dice.pick(&["2026-03-02T09:00:00+08:00", "2026-03-02T08:00:00+08:00"])}))
            .on("2026-03-01")
            .part(PartName::Closed)
            .at(dice.pick(&["2026-03-02T08:00:00+08:00", "2026-03-02T09:00:00+08:00"])),
    }
}

/// Bends the draft in some way.
fn bent(draft: Draft, dice: &mut Dice) -> Draft {
    let facts: Vec<String> = draft.facts().keys().cloned().collect();
    let fact = facts[dice.roll(facts.len())].as_str();
    let parts = [PartName::Open, PartName::Closed, PartName::Personal];
    match dice.roll(14) {
        0 => draft.person(dice.pick(&PEOPLE)),
        1 => draft.by(dice.pick(&["stranger", "ledger", "recovery", "clerk", "approver"])),
        2 => draft.without(fact),
        3 => draft.with(json!({ (fact): (odd_value(dice)) })),
        4 => draft.with(odd_fact(dice)),
        5 => draft.part(dice.pick(&parts)),
        6 => draft.no_part(dice.pick(&parts)),
        7 => draft.on(dice.pick(&DAYS)),
        8 => draft.with(json!({"mode": dice.pick(&["own", "transcribed", "inherited"])})),
        9 => draft.with(json!({"mode": "transcribed", "evidence": REDACTED})).by(dice.pick(&PEOPLE)),
        10 => {
            let declared = dice.some(&WAIVERS);
            draft.declare(if declared.is_empty() { &["step_missing"] } else { &declared })
        }
        11 => draft.declare(&["step_missing", "undecided", "unreviewed"]),
        12 => draft.declare(&WAIVERS).by("approver").without("evidence"),
        _ => draft.declare(&["backdated"]).on("2026-03-01"),
    }
}

fn odd_value(dice: &mut Dice) -> Value {
    let values = [
        json!("open"),
        json!("withheld"),
        json!("2026-02-30"),
        json!(2026),
        json!(-1),
        json!(true),
        json!(["website", "gazette"]),
        json!(["clerk"]),
        json!(REDACTED),
        json!(OTHER_FILE),
        json!("person/clerk"),
        json!("round/r"),
        json!(""),
        json!({}),
    ];
    values[dice.roll(values.len())].clone()
}

fn odd_fact(dice: &mut Dice) -> Value {
    let facts = [
        json!({"ground": "privacy"}),
        json!({"remainder_ground": "privacy"}),
        json!({"redacted": OTHER_FILE}),
        json!({"mark": "open_publish"}),
        json!({"mark": "not_disclosed"}),
        json!({"formed": "2026-03-03"}),
        json!({"responsible_ground": "kept"}),
        json!({"responsible": "other"}),
        json!({"secret_level": "confidential", "secret_years": 11}),
        json!({"trigger": "error_found"}),
        json!({"round": "round/none"}),
        json!({"year": 2025}),
        json!({"year": 2027}),
        json!({"count": 1}),
        json!({"outcome": "to_on_request"}),
        json!({"scope": "redacted"}),
        json!({"attribute": "on_request"}),
        json!({"extent": "content"}),
        json!({"late": "yes"}),
    ];
    facts[dice.roll(facts.len())].clone()
}

/// A course of events with what is found in each, one line an event; `n` is the course.
fn course(n: u64, lines: &mut String) {
    let mut desk = Desk::empty();
    let mut dice = Dice(n);
    let mut opening = Desk::opening().take(usize::try_from(Desk::OPENING_2026_1).unwrap());
    for _ in 0..80 {
        let draft = opening.next().map_or_else(|| tried(&desk, &mut dice), |step| step(&desk));
        let begun = desk.seq >= Desk::OPENING_2026_1;
        let draft = if desk.seq == 0 { draft.of_2026_1() } else { draft };
        let draft = if begun && dice.roll(3) == 0 { bent(draft, &mut dice) } else { draft };
        let mut event = draft.event;
        event.seq = desk.seq;
        event.act = if begun && dice.roll(8) == 0 { desk.seq - 1 } else { desk.seq };
        desk.seq += 1;
        let mut found: Vec<_> =
            replay(&BOOKS, &mut desk.state, &event).iter().map(|b| (b.code, b.class)).collect();
        found.sort_unstable();
        writeln!(lines, "{}", line(n, &event, &found)).unwrap();
    }
}

fn line(n: u64, event: &Event, found: &[(&str, Class)]) -> Value {
    json!({"course": n, "found": found, "event": {
        "act": event.act, "at": event.at, "by": event.by, "facts": event.facts, "kind": event.kind,
        "parts": event.parts.keys().collect::<Vec<_>>(), "seq": event.seq, "subject": event.subject,
    }})
}

#[test]
fn law_samples_are_judged_as_ever() {
    let courses = std::env::var("ZHAOCE_LAW_COURSES").ok().and_then(|n| n.parse().ok()).unwrap_or(24);
    let mut lines = String::new();
    (0..courses).for_each(|n| course(n, &mut lines));
    // The newest edition may not be released yet: the file does not name its digest.
    let lines = lines.replace(&BOOKS.newest().unwrap().digest().to_string(), "{newest}");
    if std::env::var_os("ZHAOCE_WRITE_FIXTURES").is_some() {
        let file = std::env::var("ZHAOCE_LAW_FILE").unwrap_or_else(|_| FILE.to_owned());
        return std::fs::write(file, lines).unwrap();
    }
    let known = std::fs::read_to_string(FILE).unwrap();
    for (nth, (known, now)) in known.lines().zip(lines.lines()).enumerate() {
        assert_eq!(known, now, "line {}", nth + 1);
    }
    assert_eq!(known.lines().count(), lines.lines().count());
}
