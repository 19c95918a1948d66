//! A forger: signs whatever it is told with the right keys, asking no rule book. What it makes is sound in every byte,
//! and as unlawful as the test wants it.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod receipts;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};
use zhaoce::record::act::{ActBuilder, Draft, Head, SealedPart};
use zhaoce::record::event::synced_line;
use zhaoce::record::keys::{SecretKey, prove_possession};
use zhaoce::record::verify::{Copy, Trust, Verifier};
use zhaoce::record::{ChainHash, Moment, Origin, Part, PartName, Report, Signer, Subject};
use zhaoce::rules::{Books, Replay};

pub const ORIGIN: &str = "example.gov.cn/xxgk";
/// Names of the people, the seed of each one's key, and their roles.
const PEOPLE: [(&str, u8, &[&str]); 6] = [
    ("a", 1, &["admin", "approver", "archivist", "clerk", "publisher"]),
    ("b", 2, &["admin", "approver"]),
    ("c", 3, &["clerk"]),
    ("r", 4, &["reviewer"]),
    ("ledger", 5, &["ledger"]),
    ("recovery", 6, &["recovery"]),
];

pub fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

pub struct Forge {
    pub head: Head,
    pub log: Vec<u8>,
    pub now: Moment,
    pub genesis: ChainHash,
    last: HashMap<Subject, u64>,
    keys: BTreeMap<String, (String, SecretKey)>,
}

/// An event as the forger is told to make it; facts that are `null` are left out.
pub struct Ev<'a>(pub &'a str, pub &'a str, pub Value, pub Value);

pub fn ev<'a>(kind: &'a str, subject: &'a str, facts: Value) -> Ev<'a> {
    Ev(kind, subject, facts, json!({}))
}

pub fn ev_with<'a>(kind: &'a str, subject: &'a str, facts: Value, parts: Value) -> Ev<'a> {
    Ev(kind, subject, facts, parts)
}

impl Forge {
    /// Nothing yet.
    pub fn blank() -> Self {
        let origin: Origin = ORIGIN.parse().unwrap();
        let keys =
            PEOPLE.iter().map(|(name, seed, _)| ((*name).into(), (format!("person/{name}"), key(*seed))));
        Self {
            head: Head::at_origin(&origin),
            log: Vec::new(),
            now: "2026-01-05T09:00:00+08:00".parse().unwrap(),
            genesis: ChainHash::of_origin(ORIGIN),
            last: HashMap::new(),
            keys: keys.collect(),
        }
    }

    /// An office with a lawful genesis.
    pub fn new() -> Self {
        let mut forge = Self::blank();
        forge.found(forge.first_keys());
        forge
    }

    pub fn first_keys(&self) -> Vec<Value> {
        let mut rows: Vec<Value> = PEOPLE
            .iter()
            .map(|(name, seed, roles)| first_key(&format!("person/{name}"), *seed, roles))
            .collect();
        rows.sort_by_key(|row| row["key"].as_str().unwrap().to_owned());
        rows
    }

    pub fn found(&mut self, keys: Vec<Value>) {
        let edition = books().newest().unwrap().digest().to_string();
        self.found_under(&edition, keys);
    }

    /// Genesis under the edition with this digest.
    pub fn found_under(&mut self, edition: &str, keys: Vec<Value>) {
        self.act("a", &[opened(edition, keys)]);
    }

    /// An act of genesis that holds further events, by anybody; `stranger` is enrolled nowhere.
    pub fn found_with(&mut self, by: &str, more: Vec<Ev<'_>>) {
        self.add_key("stranger", "person/a", 77);
        let edition = books().newest().unwrap().digest().to_string();
        let mut events = vec![opened(&edition, self.first_keys())];
        events.extend(more);
        self.act(by, &events);
    }

    /// Adds a key the forger can sign with under a name of its own.
    pub fn add_key(&mut self, name: &str, holder: &str, seed: u8) {
        self.keys.insert(name.into(), (holder.into(), key(seed)));
    }

    /// Signs events as one act, a minute after the last.
    pub fn act(&mut self, by: &str, events: &[Ev<'_>]) {
        self.now = Moment::from_unix(self.now.unix() + 60).unwrap();
        self.act_now(by, events);
    }

    /// Signs events as one act at the forger's present time.
    pub fn act_now(&mut self, by: &str, events: &[Ev<'_>]) {
        let origin: Origin = ORIGIN.parse().unwrap();
        let (holder, secret) = &self.keys[by];
        let mut builder = ActBuilder::new(&origin, &self.head, self.now, Signer::key(secret));
        for Ev(kind, subject, given, parts) in events {
            let mut facts = json!({ "on": self.now.day(), "person": holder, "mode": "own" });
            facts.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
            let facts: Map<String, Value> = facts
                .as_object()
                .unwrap()
                .clone()
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect();
            let parts: Vec<SealedPart> = parts.as_object().unwrap().iter().map(sealed).collect();
            let subject: Subject = subject.parse().unwrap();
            let draft = Draft { kind: kind.parse().unwrap(), subject: subject.clone(), facts, parts };
            let event = builder.event(&draft, self.last.get(&subject).copied());
            builder.push(&event, &draft.parts).unwrap();
            self.last.insert(subject, event.seq);
        }
        self.log.extend(synced_line(self.head.size()));
        self.log.push(b'\n');
        let sealed = builder.seal(secret).unwrap();
        self.log.extend(&sealed.lines);
        self.head = sealed.head;
        if self.genesis == ChainHash::of_origin(ORIGIN) {
            let first = self.log.split(|b| *b == b'\n').nth(1).unwrap();
            let zhaoce::record::Line::Event(raw) = zhaoce::record::Line::parse(first).unwrap() else {
                panic!()
            };
            self.genesis = ChainHash::of_event(raw.event_bytes());
        }
    }

    pub fn trust(&self) -> Trust {
        Trust { origin: ORIGIN.parse().unwrap(), genesis: self.genesis, checkpoints: Vec::new() }
    }

    pub fn verify(&self) -> Report {
        verify(self.trust(), &self.log)
    }

    // The steps of an ordinary item.

    pub fn registered(&mut self, item: &str) {
        let facts = json!({ "origin": "made", "responsible": "self", "responsible_ground": "made" });
        self.act("a", &[ev_with("item.registered", item, facts, json!({ "closed": {"title": "通知"} }))]);
    }

    pub fn proposed(&mut self, item: &str, attribute: &str) {
        self.registered(item);
        let ground = matches!(attribute, "withheld" | "partial").then_some("privacy");
        self.act("a", &[ev("item.proposed", item, json!({ "attribute": attribute, "ground": ground }))]);
    }

    pub fn reviewed(&mut self, item: &str, attribute: &str, outcome: &str) {
        self.proposed(item, attribute);
        let redacted = (attribute == "partial").then(|| file(9));
        let scope = if attribute == "partial" { "redacted" } else { "whole" };
        self.act(
            "r",
            &[ev("item.reviewed", item, json!({ "outcome": outcome, "scope": scope, "redacted": redacted }))],
        );
    }

    pub fn decided(&mut self, item: &str, attribute: &str) {
        let outcome = if matches!(attribute, "open" | "partial") { "open" } else { "exempt" };
        self.reviewed(item, attribute, outcome);
        let facts = json!({
            "attribute": attribute, "basis": "own",
            "ground": (attribute == "withheld").then_some("privacy"),
            "remainder_ground": (attribute == "partial").then_some("privacy"),
            "redacted": (attribute == "partial").then(|| file(9)),
        });
        self.act("a", &[ev("item.decided", item, facts)]);
    }

    pub fn published(&mut self, item: &str, attribute: &str) {
        self.decided(item, attribute);
        let redacted = (attribute == "partial").then(|| file(9));
        self.act("a", &[publication(item, json!({ "redacted": redacted }))]);
    }

    pub fn inherited(&mut self, item: &str, facts: Value) {
        let mut all =
            json!({ "attribute": "withheld", "responsible": "self", "origin": "made", "mode": "inherited" });
        all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        let closed =
            json!({ "identity": "x", "row": [["标题", "旧文"]], "source": {"file": "f", "line": 2} });
        self.act("a", &[ev_with("item.inherited", item, all, json!({ "closed": closed }))]);
    }

    /// A stub of a state secret.
    pub fn secret(&mut self, item: &str) {
        self.act("a", &[ev("item.registered", item, secret_facts())]);
    }

    pub fn round(&mut self, round: &str, count: u64) {
        self.act("a", &[ev("round.opened", round, json!({ "year": 2026, "count": count }))]);
    }
}

fn opened(edition: &str, keys: Vec<Value>) -> Ev<'static> {
    let facts = json!({ "format": 1, "suite": "zc1", "rules": edition, "keys": keys });
    let parts = json!({ "open": {"office": "示例县办公室"}, "personal": {"names": {"person/a": "甲某"}} });
    ev_with("ledger.opened", "ledger/main", facts, parts)
}

pub fn secret_facts() -> Value {
    json!({
        "origin": "made", "responsible": "self", "responsible_ground": "made",
        "secret_basis": "classified", "review_by": "2030-01-01",
    })
}

pub fn publication<'a>(item: &'a str, facts: Value) -> Ev<'a> {
    let mut all = json!({ "channels": ["website"] });
    all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    ev_with("item.published", item, all, json!({ "open": {"title": "通知"} }))
}

pub fn file(byte: u8) -> String {
    format!("sha256:{}", format!("{byte:02x}").repeat(32))
}

pub fn possession(holder: &str, seed: u8) -> String {
    prove_possession(&key(seed), ORIGIN, holder).unwrap()
}

pub fn first_key(holder: &str, seed: u8, roles: &[&str]) -> Value {
    let key = Signer::key(&key(seed)).to_string();
    json!({ "holder": holder, "key": key, "possession": possession(holder, seed), "roles": roles })
}

fn sealed((name, data): (&String, &Value)) -> SealedPart {
    let name = match name.as_str() {
        "open" => PartName::Open,
        "closed" => PartName::Closed,
        _ => PartName::Personal,
    };
    SealedPart::new(name, &Part::new(data.as_object().unwrap().clone(), [3; 16])).unwrap()
}

/// The editions built in, parsed once: a test that verifies thousands of logs would do little else.
pub fn books() -> Arc<Books> {
    static BOOKS: LazyLock<Arc<Books>> = LazyLock::new(|| Arc::new(Books::built_in().unwrap()));
    BOOKS.clone()
}

pub fn verify(trust: Trust, log: &[u8]) -> Report {
    let law = Replay::new(books(), trust.origin.clone());
    let mut verifier = Verifier::new(trust, Copy::Full, law);
    verifier.file("log/000000000000.jsonl");
    verifier.push(log);
    verifier.finish().0
}
