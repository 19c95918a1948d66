//! One act, acknowledged: beside a bare append and `fdatasync` of the same bytes on the same disk, and beside the
//! same into a file whose blocks were written before. Ratios within one run count, not rates.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use zhaoce::log::fake::Office;
use zhaoce::log::{Act, Log, OsDisk, Settings};

/// Acts are made before the clock runs: signing is not what is measured.
fn acts(office: &mut Office, count: u64, events: u64) -> Vec<Act> {
    (0..count).map(|_| office.act(events, 60)).collect()
}

fn settings(office: &Office) -> Settings {
    Settings { background: true, ..office.settings(65_536) }
}

/// The acknowledged acts of one writer, or of several at once.
fn through_the_log(dir: &Path, count: u64, events: u64, threads: usize) -> Duration {
    let mut office = Office::new(1);
    let settings = settings(&office);
    let (log, _) = Log::open(Arc::new(OsDisk::new(dir)), settings, None).unwrap();
    let acts = acts(&mut office, count, events);
    let queue = std::sync::Mutex::new(acts.into_iter());
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    // As the floor above does it: the chain is extended under a lock, the disk awaited outside.
                    let mut next = queue.lock().unwrap();
                    let Some(act) = next.next() else { break };
                    let ticket = log.submit(act).unwrap();
                    drop(next);
                    log.wait(ticket).unwrap();
                }
            });
        }
    });
    let took = begun.elapsed();
    log.close().unwrap();
    took
}

fn bare(file: &mut File, acts: &[Act]) -> Duration {
    let begun = Instant::now();
    for act in acts {
        file.write_all(act.lines()).unwrap();
        file.sync_data().unwrap();
    }
    begun.elapsed()
}

fn bare_append(dir: &Path, count: u64, events: u64) -> Duration {
    let acts = acts(&mut Office::new(1), count, events);
    let mut file = OpenOptions::new().append(true).create_new(true).open(dir.join("bare")).unwrap();
    bare(&mut file, &acts)
}

fn bare_prepared(dir: &Path, count: u64, events: u64) -> Duration {
    let acts = acts(&mut Office::new(1), count, events);
    let len: usize = acts.iter().map(|act| act.lines().len()).sum();
    let mut file = File::create_new(dir.join("prepared")).unwrap();
    file.write_all(&vec![0; len]).unwrap();
    file.sync_all().unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    bare(&mut file, &acts)
}

fn append(criterion: &mut Criterion) {
    type Way = fn(&Path, u64, u64) -> Duration;
    let ways: [(&str, Way); 4] = [
        ("log", |dir, count, events| through_the_log(dir, count, events, 1)),
        ("log, 8 threads", |dir, count, events| through_the_log(dir, count, events, 8)),
        ("bare append + fdatasync", bare_append),
        ("bare, blocks written before", bare_prepared),
    ];
    for events in [1, 1000] {
        let mut group = criterion.benchmark_group(format!("acknowledged act of {events}"));
        group.throughput(Throughput::Elements(events)).sample_size(10);
        group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(3));
        for (name, way) in ways {
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter_custom(|count| {
                    // On the disk that holds the working tree: a memory file system syncs for nothing.
                    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
                    way(dir.path(), count, events)
                });
            });
        }
        group.finish();
    }
}

/// The three ways in turn, a few acts each, so that whatever else the machine does hits them alike; the medians
/// of the rounds and their ratios.
fn in_turn(_: &mut Criterion) {
    const ROUNDS: usize = 60;
    const ACTS: usize = 25;
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut office = Office::new(1);
    let (log, _) = Log::open(Arc::new(OsDisk::new(dir.path())), settings(&office), None).unwrap();
    let acts = acts(&mut office, (ROUNDS * ACTS) as u64, 1);
    let len: usize = acts.iter().map(|act| act.lines().len()).sum();
    let mut appended =
        OpenOptions::new().append(true).create_new(true).open(dir.path().join("bare")).unwrap();
    let mut prepared = File::create_new(dir.path().join("prepared")).unwrap();
    prepared.write_all(&vec![0; len]).unwrap();
    prepared.sync_all().unwrap();
    prepared.seek(SeekFrom::Start(0)).unwrap();
    let mut took = [const { Vec::new() }; 3];
    for (nth, acts) in acts.chunks(ACTS).enumerate() {
        for way in [nth, nth + 1, nth + 2].map(|way| way % 3) {
            let time = match way {
                0 => {
                    let acts = acts.to_vec();
                    let begun = Instant::now();
                    for act in acts {
                        log.append(act).unwrap();
                    }
                    begun.elapsed()
                }
                1 => bare(&mut appended, acts),
                _ => bare(&mut prepared, acts),
            };
            took[way].push(time / ACTS as u32);
        }
    }
    log.close().unwrap();
    let [through, bare, prepared] = took.map(|mut times| {
        times.sort();
        times[ROUNDS / 2]
    });
    let rate = |time: Duration| bare.as_secs_f64() / time.as_secs_f64();
    println!(
        "one act of one event, acknowledged, in turn: log {through:?}, bare append {bare:?}, prepared {prepared:?}"
    );
    println!("rate beside the bare append: log {:.2}, prepared {:.2}", rate(through), rate(prepared));
}

criterion_group!(benches, append, in_turn);
criterion_main!(benches);
