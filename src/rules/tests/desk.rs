//! A small office to try the law on: five people and an administrator with keys, a fluent builder of events.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::super::{Books, Breach, State, admit, replay};
use crate::record::keys::{SecretKey, prove_possession};
use crate::record::{ChainHash, Class, Event, KeyId, Moment, PartDigest, PartName, Signer};

pub const ORIGIN: &str = "example.gov.cn/xxgk";
pub const TODAY: &str = "2026-03-02";
pub const REDACTED: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
pub const OTHER_FILE: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// Who works here, with the seed of the key and the roles. `leader` has no key: others transcribe.
const STAFF: [(&str, u8, &[&str]); 10] = [
    ("admin", 1, &["admin"]),
    ("clerk", 2, &["clerk"]),
    ("reviewer", 3, &["reviewer"]),
    ("approver", 4, &["approver"]),
    ("publisher", 5, &["publisher"]),
    ("archivist", 6, &["archivist"]),
    ("both", 7, &["clerk", "reviewer"]),
    ("leader", 0, &["approver"]),
    ("head", 8, &["head"]),
    ("supervisor", 9, &["supervisor"]),
];
pub const LEDGER_KEY: u8 = 100;
pub const RECOVERY_KEY: u8 = 101;
/// A key that nobody enrolled.
pub const STRANGER_KEY: u8 = 102;

pub static BOOKS: LazyLock<Books> = LazyLock::new(|| Books::built_in().unwrap());
static OPENED: LazyLock<Desk> = LazyLock::new(Desk::make);

pub fn secret(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

pub fn key(seed: u8) -> KeyId {
    Signer::key(&secret(seed))
}

pub fn possession(seed: u8, person: &str) -> String {
    prove_possession(&secret(seed), ORIGIN, &format!("person/{person}")).unwrap()
}

fn seed_of(person: &str) -> u8 {
    match person {
        "ledger" => LEDGER_KEY,
        "recovery" => RECOVERY_KEY,
        "stranger" => STRANGER_KEY,
        _ => STAFF.iter().find(|(name, ..)| *name == person).map_or(200, |(_, seed, _)| *seed),
    }
}

/// The ledger of the office, as it stands.
#[derive(Clone)]
pub struct Desk {
    pub state: State,
    pub seq: u64,
}

/// An event in the making.
#[derive(Clone)]
pub struct Draft {
    pub event: Event,
}

pub fn genesis_facts() -> Value {
    let entry = |person: &str, seed: u8, roles: &[&str]| {
        json!({"holder": format!("person/{person}"), "key": key(seed).to_string(),
            "possession": possession(seed, person), "roles": roles})
    };
    let mut keys = vec![
        entry("admin", 1, &["admin"]),
        entry("seal", LEDGER_KEY, &["ledger"]),
        entry("admin", RECOVERY_KEY, &["recovery"]),
    ];
    keys.sort_by_key(|entry| entry["key"].as_str().unwrap().to_owned());
    json!({"format": 1, "suite": "zc1", "rules": BOOKS.newest().unwrap().digest().to_string(), "keys": keys})
}

impl Desk {
    /// An office at work, on 2026-03-02.
    pub fn new() -> Self {
        OPENED.clone()
    }

    /// A ledger without event 0.
    pub fn empty() -> Self {
        Self { state: State::new(ORIGIN.parse().unwrap()), seq: 0 }
    }

    fn make() -> Self {
        let mut desk = Self::empty();
        for step in Self::opening() {
            desk.go(step(&desk));
        }
        desk
    }

    /// How many events it takes until the office is at work under edition 2026-1, which lacks the last two roles.
    pub const OPENING_2026_1: u64 = 14;

    /// The events until the office is at work.
    pub fn opening() -> impl Iterator<Item = Box<dyn Fn(&Self) -> Draft>> {
        let genesis: Box<dyn Fn(&Self) -> Draft> = Box::new(Self::genesis);
        let staff = STAFF.iter().skip(1).flat_map(|(name, seed, roles)| {
            let added: Box<dyn Fn(&Self) -> Draft> = Box::new(move |desk: &Self| {
                let added = desk.draft("admin", "person.added", &format!("person/{name}"));
                added.with(json!({"roles": roles})).part(PartName::Personal)
            });
            let key: Box<dyn Fn(&Self) -> Draft> = Box::new(move |desk: &Self| desk.enrol(name, *seed));
            [Some(added), (*seed != 0).then_some(key)].into_iter().flatten()
        });
        std::iter::once(genesis).chain(staff)
    }

    pub fn genesis(&self) -> Draft {
        let draft = self.draft("admin", "ledger.opened", "ledger/main").with(genesis_facts());
        draft.part(PartName::Open).part(PartName::Personal)
    }

    pub fn enrol(&self, person: &str, seed: u8) -> Draft {
        let draft = self.draft("admin", "key.enrolled", &format!("person/{person}"));
        draft.with(json!({"key": key(seed).to_string(), "possession": possession(seed, person)}))
    }

    /// An event by `person` in person, today, with no facts of its own.
    pub fn draft(&self, person: &str, kind: &str, subject: &str) -> Draft {
        let facts = json!({"on": TODAY, "person": format!("person/{person}"), "mode": "own"});
        let Value::Object(facts) = facts else { unreachable!() };
        Draft {
            event: Event {
                act: u64::MAX,
                at: format!("{TODAY}T09:00:00+08:00").parse().unwrap(),
                by: key(seed_of(person)),
                facts,
                keys: None,
                kind: kind.parse().unwrap(),
                last: None,
                parts: BTreeMap::new(),
                prev: ChainHash([0; 32]),
                seq: self.seq,
                subject: subject.parse().unwrap(),
                v: 1,
            },
        }
    }

    /// The codes and classes of what is wrong with the draft, sorted.
    pub fn judge(&self, draft: &Draft) -> Vec<(&'static str, Class)> {
        let breaches = admit(&BOOKS, &self.state, &self.placed(draft));
        let mut codes: Vec<_> = breaches.iter().map(|breach| (breach.code, breach.class)).collect();
        codes.sort_unstable();
        codes
    }

    fn placed(&self, draft: &Draft) -> Event {
        let mut event = draft.event.clone();
        event.seq = self.seq;
        event.act = event.act.min(self.seq);
        event
    }

    /// Folds the draft, whatever is wrong with it, and says what.
    pub fn force(&mut self, draft: Draft) -> Vec<Breach> {
        let event = self.placed(&draft);
        self.seq += 1;
        replay(&BOOKS, &mut self.state, &event)
    }

    /// Folds a draft that must be lawful.
    #[track_caller]
    pub fn go(&mut self, draft: Draft) -> u64 {
        let seq = self.seq;
        let breaches = self.force(draft.clone());
        assert_eq!(breaches, Vec::new(), "{} {:?}", draft.event.kind, draft.event.facts);
        seq
    }

    pub fn register(&self, item: &str) -> Draft {
        let facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made"});
        self.draft("clerk", "item.registered", item).with(facts).part(PartName::Closed)
    }

    /// A document another body is responsible for, with the attribute that body gave.
    pub fn register_other(&self, item: &str, attribute: &str) -> Draft {
        let facts = json!({"origin": "obtained", "responsible": "other", "responsible_ground": "organ",
            "source_attribute": attribute});
        self.draft("clerk", "item.registered", item).with(facts).part(PartName::Closed)
    }

    pub fn register_secret(&self, item: &str) -> Draft {
        let facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made",
            "secret_basis": "classified", "review_by": "2027-01-01"});
        self.draft("clerk", "item.registered", item).with(facts)
    }

    pub fn inherit(&self, item: &str, attribute: &str) -> Draft {
        let facts =
            json!({"attribute": attribute, "responsible": "self", "origin": "made", "mode": "inherited"});
        let draft = self.draft("clerk", "item.inherited", item).with(facts).part(PartName::Closed);
        if attribute == "open" { draft.part(PartName::Open) } else { draft }
    }

    pub fn propose(&self, item: &str, attribute: &str) -> Draft {
        let draft = self.draft("clerk", "item.proposed", item).with(json!({"attribute": attribute}));
        if matches!(attribute, "withheld" | "partial") {
            draft.with(json!({"ground": "internal_affairs"}))
        } else {
            draft
        }
    }

    pub fn review(&self, item: &str, outcome: &str) -> Draft {
        self.draft("reviewer", "item.reviewed", item).with(json!({"outcome": outcome, "scope": "whole"}))
    }

    pub fn review_redacted(&self, item: &str) -> Draft {
        let facts = json!({"outcome": "open", "scope": "redacted", "redacted": REDACTED});
        self.draft("reviewer", "item.reviewed", item).with(facts)
    }

    pub fn decide(&self, item: &str, attribute: &str) -> Draft {
        let draft = self.draft("approver", "item.decided", item);
        let draft = draft.with(json!({"attribute": attribute, "basis": "own"}));
        match attribute {
            "withheld" => draft.with(json!({"ground": "internal_affairs"})),
            "partial" => draft.with(json!({"remainder_ground": "privacy", "redacted": REDACTED})),
            _ => draft,
        }
    }

    pub fn publish(&self, item: &str) -> Draft {
        let draft = self.draft("publisher", "item.published", item);
        draft.with(json!({"channels": ["website"]})).part(PartName::Open)
    }

    pub fn correct(&self, item: &str, extent: &str) -> Draft {
        let draft = self.draft("publisher", "item.corrected", item);
        draft.with(json!({"extent": extent})).part(PartName::Open)
    }

    pub fn withdraw(&self, item: &str) -> Draft {
        self.draft("publisher", "item.withdrawn", item).with(json!({"cause": "error"}))
    }

    pub fn reassess(&self, item: &str, outcome: &str) -> Draft {
        let draft = self.draft("approver", "item.reassessed", item);
        draft.with(json!({"outcome": outcome, "trigger": "circumstances"}))
    }

    pub fn open_round(&self, round: &str, count: u64) -> Draft {
        self.draft("approver", "round.opened", round).with(json!({"year": 2026, "count": count}))
    }

    pub fn close_round(&self, round: &str, count: u64) -> Draft {
        self.draft("approver", "round.closed", round).with(json!({"year": 2026, "count": count}))
    }

    pub fn registered(&mut self, item: &str) -> &mut Self {
        self.go(self.register(item));
        self
    }

    pub fn proposed(&mut self, item: &str, attribute: &str) -> &mut Self {
        self.registered(item);
        self.go(self.propose(item, attribute));
        self
    }

    pub fn reviewed(&mut self, item: &str, outcome: &str) -> &mut Self {
        self.proposed(item, "open");
        self.go(self.review(item, outcome));
        self
    }

    /// On the lawful way to a decision with this attribute.
    pub fn decided(&mut self, item: &str, attribute: &str) -> &mut Self {
        self.proposed(item, attribute);
        match attribute {
            "partial" => self.go(self.review_redacted(item)),
            "open" => self.go(self.review(item, "open")),
            _ => self.go(self.review(item, "exempt")),
        };
        self.go(self.decide(item, attribute));
        self
    }

    pub fn published(&mut self, item: &str) -> &mut Self {
        self.decided(item, "open");
        self.go(self.publish(item));
        self
    }

    pub fn secret_item(&mut self, item: &str) -> &mut Self {
        self.go(self.register_secret(item));
        self
    }

    /// An item that was withheld as a state secret, on the lawful way.
    pub fn secret_decided(&mut self, item: &str) -> &mut Self {
        self.secret_item(item);
        self.go(self.propose(item, "withheld").with(json!({"ground": "state_secret"})));
        self.go(self.review(item, "exempt"));
        self.go(self.decide(item, "withheld").with(json!({"ground": "state_secret"})));
        self
    }
}

impl Draft {
    pub fn with(mut self, facts: Value) -> Self {
        let Value::Object(facts) = facts else { unreachable!() };
        self.event.facts.extend(facts);
        self
    }

    pub fn without(mut self, fact: &str) -> Self {
        self.event.facts.remove(fact);
        self
    }

    pub fn part(mut self, part: PartName) -> Self {
        self.event.parts.insert(part, PartDigest([0; 32]));
        self
    }

    pub fn no_part(mut self, part: PartName) -> Self {
        self.event.parts.remove(&part);
        self
    }

    /// Signed by another person's key, the person who did it unchanged.
    pub fn by(mut self, person: &str) -> Self {
        self.event.by = key(seed_of(person));
        self
    }

    /// Under the first edition.
    pub fn of_2026_1(self) -> Self {
        self.with(json!({"rules": BOOKS.all()[0].digest().to_string()}))
    }

    /// Done and signed by another person.
    pub fn person(mut self, person: &str) -> Self {
        self.event.facts.insert("person".into(), json!(format!("person/{person}")));
        self.by(person)
    }

    pub fn on(self, day: &str) -> Self {
        self.with(json!({"on": day}))
    }

    pub fn at(mut self, moment: &str) -> Self {
        self.event.at = moment.parse::<Moment>().unwrap();
        self
    }

    /// Declares departures, with all that takes: signed by the approver, transcribed, evidence, reason.
    pub fn declare(self, codes: &[&str]) -> Self {
        let facts = json!({"irregular": codes, "evidence": REDACTED, "mode": "transcribed"});
        self.with(facts).part(PartName::Closed).by("approver")
    }

    pub fn facts(&self) -> &Map<String, Value> {
        &self.event.facts
    }
}
