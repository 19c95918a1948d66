//! Several threads, and the real disk.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::support::{joined, verified};
use crate::log::fake::{FakeDisk, Office};
use crate::log::{Act, Disk, Log, LogReader, OsDisk, Settings};

/// Appends acts from four threads while two readers look; gives the acts.
fn crowd(disk: Arc<dyn Disk>, settings: &Settings, count: usize) -> Vec<Act> {
    let mut office = Office::new(1);
    let acts: Vec<Act> = (0..count).map(|_| office.act(2, 50)).collect();
    let (log, _) = Log::open(Arc::clone(&disk), settings.clone(), None).unwrap();
    let queue = Mutex::new(acts.iter().cloned());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let mut next = queue.lock().unwrap();
                        let Some(act) = next.next() else { break };
                        let after = act.after();
                        let ticket = log.submit(act).unwrap();
                        drop(next);
                        assert_eq!(log.wait(ticket).unwrap().position, after);
                        assert!(log.position().size >= after.size);
                    }
                })
            })
            .collect();
        for own in [false, true] {
            let (disk, log, done) = (&disk, &log, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Acquire) {
                    let opened = || LogReader::open(Arc::clone(disk), settings).unwrap().0;
                    let reader = if own { opened() } else { log.reader() };
                    let (size, mut next) = (reader.position().size, 0);
                    for line in reader.lines(0).unwrap().strict() {
                        next = line.unwrap().seq + 1;
                    }
                    assert!(next >= size);
                }
            });
        }
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Release);
    });
    log.close().unwrap();
    acts
}

#[test]
fn threads_share_batches_and_readers_look_on() {
    let disk = FakeDisk::default();
    let settings = Settings { background: true, ..Office::new(1).settings(40) };
    let acts = crowd(Arc::new(disk.clone()), &settings, 200);
    let (reader, _) = LogReader::open(Arc::new(disk.clone()), &settings).unwrap();
    assert_eq!(verified(&reader, &settings), joined(&acts));
}

#[test]
fn the_real_disk_does_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(dir.path()));
    let settings = Settings { background: true, ..Office::new(1).settings(60) };
    let acts = crowd(Arc::clone(&disk), &settings, 150);
    let (reader, report) = LogReader::open(Arc::clone(&disk), &settings).unwrap();
    assert_eq!((report.position, report.mark), (acts[149].after(), Some(acts[149].after())));
    assert_eq!(verified(&reader, &settings), joined(&acts));
    let mut names = disk.list("log").unwrap();
    names.sort();
    assert!(
        names.len() >= 4 && names[..names.len() - 1].iter().all(|name| name.ends_with(".zst")),
        "{names:?}"
    );

    let (log, _) = Log::open(Arc::clone(&disk), settings.clone(), Some(acts[149].after())).unwrap();
    let fault = Log::open(Arc::clone(&disk), settings.clone(), None).map(|_| ()).unwrap_err();
    assert_eq!(fault.code, "log.locked");
    assert!(fault.args["found"].contains("test"), "{fault}");
    log.close().unwrap();
    private(dir.path());
}

#[cfg(unix)]
fn private(dir: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &str| dir.join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("log"), mode("lock"), mode("mark")), (0o700, 0o600, 0o600));
}

#[cfg(not(unix))]
fn private(_dir: &std::path::Path) {}
