//! Opening a log, passing over it and finding single events; beside it, unpacking the same files without looking.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use zhaoce::log::fake::Office;
use zhaoce::log::{Disk, Log, LogReader, OsDisk, Settings, Spot};

const EVENTS: u64 = 200_000;
const ACT: u64 = 1000;

/// A log of compressed segments and an open one; the spot of each event.
fn filled(dir: &Path) -> (Arc<dyn Disk>, Settings, Vec<Spot>) {
    let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(dir));
    let mut office = Office::new(1);
    let settings = Settings { background: true, ..office.settings(65_536) };
    let (log, _) = Log::open(Arc::clone(&disk), settings.clone(), None).unwrap();
    let mut spots = Vec::new();
    for _ in 0..EVENTS / ACT {
        let act = office.act(ACT, 60);
        let appended = log.append(act.clone()).unwrap();
        spots.extend(act.events(appended.spot).map(|(_, spot, _)| spot));
    }
    log.close().unwrap();
    (disk, settings, spots)
}

fn unpack_all(dir: &Path) -> u64 {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir.join("log")).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read(&path).unwrap();
        let plain = path.extension().is_some_and(|form| form == "jsonl");
        bytes += if plain { content.len() } else { zstd::decode_all(&content[..]).unwrap().len() } as u64;
    }
    bytes
}

fn read(criterion: &mut Criterion) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (disk, settings, spots) = filled(dir.path());
    let open = || LogReader::open(Arc::clone(&disk), &settings).unwrap().0;
    let mut group = criterion.benchmark_group("read");
    group.sample_size(10);

    group.bench_function("open for writing", |bencher| {
        bencher.iter(|| Log::open(Arc::clone(&disk), settings.clone(), None).unwrap());
    });
    group.bench_function("open for reading", |bencher| bencher.iter(open));

    let reader = open();
    let mut draw = 1u64;
    let mut next = || {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (draw >> 33) % EVENTS
    };
    group.bench_function("an event by its spot", |bencher| {
        bencher.iter(|| {
            let seq = next();
            reader.event(seq, spots.get(seq as usize).copied()).unwrap()
        });
    });
    group.bench_function("an event by search", |bencher| {
        bencher.iter(|| reader.event(next(), None).unwrap());
    });

    group.throughput(Throughput::Elements(EVENTS));
    group.bench_function("pass over all lines", |bencher| {
        bencher
            .iter(|| open().lines(0).unwrap().strict().map(|line| line.unwrap().bytes.len()).sum::<usize>());
    });
    group.bench_function("unpack the same files", |bencher| {
        bencher.iter(|| black_box(unpack_all(dir.path())));
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
