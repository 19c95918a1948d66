//! The law alone, replayed over items on the whole way from registration to publication, and over reassessments.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use zhaoce::record::keys::{SecretKey, prove_possession};
use zhaoce::record::{ChainHash, Event, PartDigest, PartName, Signer};
use zhaoce::rules::{Books, State, replay};

const ORIGIN: &str = "example.gov.cn/xxgk";
const ITEMS: u64 = 20_000;

struct Maker {
    events: Vec<Event>,
    key: SecretKey,
}

impl Maker {
    fn push(&mut self, kind: &str, subject: &str, facts: Value, parts: &[PartName]) {
        let Value::Object(mut all) = facts else { return };
        all.insert("on".into(), "2026-03-02".into());
        all.insert("person".into(), "person/a".into());
        all.entry("mode").or_insert("own".into());
        let seq = self.events.len() as u64;
        self.events.push(Event {
            act: seq,
            at: "2026-03-02T09:00:00+08:00".parse().expect("a moment"),
            by: Signer::key(&self.key),
            facts: all,
            keys: None,
            kind: kind.parse().expect("a kind"),
            last: None,
            parts: parts.iter().map(|part| (*part, PartDigest([0; 32]))).collect::<BTreeMap<_, _>>(),
            prev: ChainHash([0; 32]),
            seq,
            subject: subject.parse().expect("a subject"),
            v: 1,
        });
    }

    fn genesis(&mut self, books: &Books) {
        let entry = |seed: u8, roles: Value| {
            let key = SecretKey::from_seed([seed; 32]);
            let possession = prove_possession(&key, ORIGIN, "person/a").expect("a proof");
            json!({"holder": "person/a", "key": Signer::key(&key).to_string(), "possession": possession, "roles": roles})
        };
        let staff = json!(["admin", "approver", "archivist", "clerk", "publisher", "reviewer"]);
        let mut keys = vec![entry(1, staff), entry(2, json!(["ledger"])), entry(3, json!(["recovery"]))];
        keys.sort_by_key(|key| key["key"].to_string());
        let edition = books.newest().expect("an edition").digest().to_string();
        let facts = json!({"format": 1, "suite": "zc1", "rules": edition, "keys": keys});
        self.push("ledger.opened", "ledger/main", facts, &[PartName::Open, PartName::Personal]);
        let relaxed = json!({"separation": "relaxed", "secret_stub": "basis", "round_months": 12});
        self.push("rules.policy", "ledger/main", relaxed, &[]);
    }

    fn item(&mut self, nth: u64) {
        let item = format!("item/{nth:016}");
        let made = json!({"origin": "made", "responsible": "self", "responsible_ground": "made"});
        self.push("item.registered", &item, made, &[PartName::Closed]);
        let withheld = nth.is_multiple_of(4);
        let attribute = if withheld { "withheld" } else { "open" };
        let mut decided = json!({"attribute": attribute, "basis": "own"});
        let mut proposed = json!({"attribute": attribute});
        if withheld {
            decided["ground"] = "process".into();
            proposed["ground"] = "process".into();
        }
        self.push("item.proposed", &item, proposed, &[PartName::Closed]);
        self.push("item.reviewed", &item, json!({"outcome": "open", "scope": "whole"}), &[PartName::Closed]);
        self.push("item.decided", &item, decided, &[PartName::Closed]);
        if withheld {
            let again = json!({"outcome": "maintain", "trigger": "circumstances", "ground": "process"});
            self.push("item.reassessed", &item, again, &[PartName::Closed]);
        } else {
            self.push("item.published", &item, json!({"channels": ["website"]}), &[PartName::Open]);
        }
    }
}

fn history(books: &Books) -> Vec<Event> {
    let mut maker = Maker { events: Vec::new(), key: SecretKey::from_seed([1; 32]) };
    maker.genesis(books);
    (0..ITEMS).for_each(|nth| maker.item(nth));
    maker.events
}

fn law(criterion: &mut Criterion) {
    let books = Books::built_in().expect("built in");
    let events = history(&books);
    let mut group = criterion.benchmark_group("law");
    group.sample_size(10).throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("replay", |bench| {
        bench.iter_batched(
            || State::new(ORIGIN.parse().expect("an origin")),
            |mut state| {
                for event in &events {
                    let breaches = replay(&books, &mut state, event);
                    assert!(breaches.is_empty(), "{} {breaches:?}", event.kind);
                }
                black_box(state)
            },
            BatchSize::PerIteration,
        );
    });
}

criterion_group!(benches, law);
criterion_main!(benches);
