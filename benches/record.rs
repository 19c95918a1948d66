//! The record floor: verifying, in acts of a thousand and of one, with the rule book and without, beside the rate at
//! which the same cores check Ed25519 signatures and nothing else; canonical form; building and sealing.
#![allow(missing_docs, clippy::unwrap_used)]

mod load;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use load::NoLaw;
use rayon::prelude::*;
use serde_json::json;
use zhaoce::record::act::{ActBuilder, Draft, Head, SealedPart};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::verify::{Copy, Trust, Verifier};
use zhaoce::record::{Law, Part, PartName, PublicKey, Signer, canonical};
use zhaoce::rules::Replay;

struct Sample {
    trust: Trust,
    replay: Replay,
    log: Vec<u8>,
    events: u64,
}

fn sample(events: u64, per_act: usize) -> Sample {
    let office = load::live(events, per_act);
    let trust = office.ledger.trust(Vec::new());
    let replay = Replay::new(office.ledger.books().clone(), trust.origin.clone());
    Sample { trust, replay, log: load::lines(&office), events: office.ledger.head().size() }
}

impl Sample {
    fn verify<L: Law>(&self, law: L) {
        let mut verifier = Verifier::new(self.trust.clone(), Copy::Full, law);
        for piece in self.log.chunks(1 << 20) {
            verifier.push(piece);
        }
        let (report, ..) = verifier.finish();
        assert!(report.passed() && report.size == self.events, "{:?}", report.findings.first());
    }
}

fn verify(c: &mut Criterion) {
    let test = std::env::args().any(|arg| arg == "--test") || !std::env::args().any(|arg| arg == "--bench");
    let size = if test { 200 } else { 20_000 };
    let (thousands, ones) = (sample(5 * size, 1000), sample(size, 1));
    let no_law = NoLaw(SecretKey::from_seed([2; 32]).key());
    let mut group = c.benchmark_group("verify");
    group.sample_size(10);
    group.throughput(Throughput::Elements(ones.events));
    group.bench_function("ed25519 strict, nothing else", |b| {
        let key = SecretKey::from_seed([1; 32]);
        let public = PublicKey::decode(key.key()).unwrap();
        let notes: Vec<(String, [u8; 64])> = (0..ones.events)
            .map(|nth| format!("example.gov.cn/xxgk\n{nth}\n{}\nact {nth} b3:\n", "r".repeat(44)))
            .map(|text| (text.clone(), Signer::sign(&key, text.as_bytes()).unwrap()))
            .collect();
        b.iter(|| assert!(notes.par_iter().all(|(text, by)| public.verify(text.as_bytes(), by))));
    });
    group.bench_function("acts of 1", |b| b.iter(|| ones.verify(no_law.clone())));
    group.bench_function("acts of 1, rule book", |b| b.iter(|| ones.verify(ones.replay.clone())));
    group.throughput(Throughput::Elements(thousands.events));
    group.bench_function("acts of 1000", |b| b.iter(|| thousands.verify(no_law.clone())));
    group
        .bench_function("acts of 1000, rule book", |b| b.iter(|| thousands.verify(thousands.replay.clone())));
    group.finish();
    let lines = load::event_lines(&thousands.log);
    let mut group = c.benchmark_group("canonical");
    group.throughput(Throughput::Bytes(lines.iter().map(|line| line.len() as u64).sum()));
    group.sample_size(10);
    group.bench_function("check, one core", |b| {
        b.iter(|| lines.iter().for_each(|line| assert!(canonical::check(black_box(line)).is_ok())));
    });
    group.finish();
}

fn build(c: &mut Criterion) {
    let key = SecretKey::from_seed([1; 32]);
    let origin = "example.gov.cn/xxgk".parse().unwrap();
    let draft = |nth: u64| {
        let data =
            json!({"title": format!("关于第{nth}号事项的通知"), "document_number": "示政办发〔2026〕1号"});
        let facts = json!({"mode": "own", "on": "2026-01-05", "origin": "made", "person": "person/7m3kq0x2v9b4c8da",
            "responsible": "self", "responsible_ground": "made"});
        let part = Part::new(data.as_object().unwrap().clone(), [7; 16]);
        Draft {
            kind: "item.registered".parse().unwrap(),
            subject: format!("item/{nth:016}").parse().unwrap(),
            facts: facts.as_object().unwrap().clone(),
            parts: vec![SealedPart::new(PartName::Closed, &part).unwrap()],
        }
    };
    let at = "2026-01-05T09:00:00+08:00".parse().unwrap();
    let head = Head::at_origin(&origin);
    let act = |drafts: &[Draft]| {
        let mut builder = ActBuilder::new(&origin, &head, at, key.key());
        for draft in drafts {
            let event = builder.event(draft, None);
            builder.push(&event, &draft.parts).unwrap();
        }
        builder.seal(&key).unwrap()
    };
    let mut group = c.benchmark_group("build and seal");
    for size in [1, 1000] {
        group.throughput(Throughput::Elements(size));
        group.bench_function(format!("act of {size}"), |b| {
            b.iter_batched(
                || (0..size).map(draft).collect::<Vec<_>>(),
                |drafts| act(&drafts),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, verify, build);
criterion_main!(benches);
