//! Bundle container beside plain zstd of the same tar bytes.
//!
//! Both sides hold the same 64 MiB of event-like lines in memory and use the same level; the plain side neither hashes
//! nor looks at what it moves.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::io::{self, Write};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use zhaoce::bundle::{
    BagHead, BagName, BagReader, BagWriter, DEFAULT_LEVEL, FileDigests, PayloadPath, SkipPayload,
};

const BYTES: usize = 64 << 20;

/// Lines of about 600 bytes with digests, a key and a salt, as hard to compress as real ones.
fn events() -> Vec<u8> {
    let mut lines = Vec::with_capacity(BYTES + 1024);
    for seq in 0_u64.. {
        if lines.len() >= BYTES {
            break;
        }
        let hash = |what: &str| blake3::hash(format!("{what}{seq}").as_bytes()).to_hex();
        let key = blake3::hash(&[(seq % 3) as u8]).to_hex();
        writeln!(
            lines,
            "{{\"event\":{{\"act\":{},\"at\":\"2026-11-22T09:00:00+08:00\",\"by\":\"ed25519:{key}\",\"facts\":\
             {{\"attribute\":\"withheld\",\"mode\":\"own\",\"on\":\"2026-11-22\",\"person\":\"person/{}\"}},\"kind\":\
             \"item.decided\",\"last\":{},\"parts\":{{\"closed\":\"b3:{}\"}},\"prev\":\"b3:{}\",\"seq\":{seq},\
             \"subject\":\"item/{}\",\"v\":1}},\"parts\":{{\"closed\":{{\"data\":{{\"reason\":\"涉及个人隐私\"}},\
             \"salt\":\"{}\"}}}}}}",
            seq & !63,
            &key[..16],
            seq.saturating_sub(9),
            hash("part"),
            hash("prev"),
            &hash("item")[..16],
            &hash("salt")[..22],
        )
        .unwrap();
    }
    lines
}

fn head() -> BagHead {
    BagHead {
        name: BagName::new("bench").unwrap(),
        mtime_unix: 1_795_312_000,
        bagging_date: "2026-11-22".into(),
        info: vec![],
    }
}

fn write(events: &[u8]) -> Vec<u8> {
    let mut bag = BagWriter::zstd(Vec::new(), DEFAULT_LEVEL, &head()).unwrap();
    bag.payload(&PayloadPath::new("events.jsonl").unwrap(), events).unwrap();
    bag.finish().unwrap().0
}

fn container(criterion: &mut Criterion) {
    let events = events();
    let bundle = write(&events);
    let tar = zstd::decode_all(bundle.as_slice()).unwrap();
    eprintln!("{} bytes of tar, {} of zstd", tar.len(), bundle.len());
    let mut group = criterion.benchmark_group("container");
    group.throughput(Throughput::Bytes(tar.len() as u64)).sample_size(10);
    group.bench_function("write: bag writer", |b| b.iter(|| black_box(write(&events)).len()));
    group.bench_function("write: plain zstd", |b| {
        b.iter(|| zstd::encode_all(tar.as_slice(), DEFAULT_LEVEL).unwrap().len());
    });
    group.bench_function("read: bag reader", |b| {
        b.iter(|| {
            let report = BagReader::zstd(bundle.as_slice()).unwrap().read(&mut SkipPayload).unwrap();
            assert!(report.is_valid());
        });
    });
    group.bench_function("read: plain zstd", |b| {
        b.iter(|| zstd::stream::copy_decode(bundle.as_slice(), io::sink()).unwrap());
    });
    group.bench_function("digests alone, one thread", |b| b.iter(|| black_box(FileDigests::of(&events))));
    group.finish();
}

criterion_group!(benches, container);
criterion_main!(benches);
