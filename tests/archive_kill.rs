//! `archive ingest` may be killed at any moment, and the disk may fill up: run again, it goes on, and in the end nothing is lost,
//! nothing is there twice, and receipts equal acceptances.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod batches;
mod cli_support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use batches::Small;
use cli_support::Desk;
use serde_json::Value;
use zhaoce::archive::store::Store;
use zhaoce::log::OsDisk;
use zhaoce::record::{Checkpoint, KeyId, PublicKey};

const OFFICES: u64 = 20;
const BATCHES: usize = 10;

/// A number under `most` that differs from round to round.
fn spread(round: u64, most: u64) -> u64 {
    (round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % most
}

/// An archive that follows offices, their packages in `in/`, and the key of its witness. Names of batches, by office.
fn queue(offices: u64, batches: usize) -> (Desk, BTreeMap<String, Vec<String>>, KeyId) {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("in")).unwrap();
    let arch = desk.name("arch");
    let before = ["--as", "周馆长", "archive", "--archive", &arch];
    let run = |args: &[&str]| desk.json(&before.into_iter().chain(args.iter().copied()).collect::<Vec<_>>());
    let said = run(&[
        "init",
        "--origin",
        "archive.gov.cn/gk",
        "--name",
        "示例市档案馆",
        "--admin",
        "周馆长",
        "--approval",
        "never",
    ]);
    let witness = KeyId::parse(said["witness"]["key"].as_str().unwrap()).unwrap();
    let folder = desk.path("in");
    let made: Vec<(Small, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=offices)
            .map(|nth| {
                let folder = &folder;
                scope.spawn(move || {
                    let mut office = Small::found(nth);
                    let names = (0..batches).map(|_| office.batch(folder).0).collect();
                    (office, names)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = BTreeMap::new();
    for (office, names) in made {
        let (origin, genesis) = (office.origin.as_str(), office.genesis.as_str());
        run(&["office", "enrol", "--name", origin, "--origin", origin, "--genesis", genesis]);
        all.insert(office.origin.clone(), names);
    }
    (desk, all, witness)
}

/// The real command on an archive.
fn command(desk: &Desk, arch: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhaoce"));
    command
        .env("ZHAOCE_HOME", desk.path("home"))
        .env("ZHAOCE_PASSPHRASE", "correct horse")
        .env_remove("ZHAOCE_LEDGER")
        .args(["--as", "周馆长", "--json", "--confirm-clock", "archive", "--archive"])
        .arg(arch)
        .stdin(Stdio::null());
    command
}

fn rows(output: &Output) -> Vec<Value> {
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// What the archive's ledger says: every acceptance with its event and the note of its advance.
fn acceptances(arch: &Path) -> Vec<(String, String, u64)> {
    let mut notes = BTreeMap::new();
    let mut found = Vec::new();
    let mut segments: Vec<_> =
        std::fs::read_dir(arch.join("ledger/log")).unwrap().map(|e| e.unwrap().path()).collect();
    segments.sort();
    for segment in segments.iter().filter(|path| path.extension().is_some_and(|end| end == "jsonl")) {
        let text = std::fs::read_to_string(segment).unwrap();
        for event in text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let event = &event["event"];
            let fact = |name: &str| event["facts"][name].as_str().unwrap_or_default().to_owned();
            match event["kind"].as_str() {
                Some("office.advanced") => drop(notes.insert(event["seq"].as_u64().unwrap(), fact("note"))),
                Some("holding.accepted") => {
                    let advance = event["facts"]["advance"].as_u64().unwrap();
                    let note = notes.remove(&advance).expect("one advance for each acceptance");
                    found.push((fact("batch"), note, event["facts"]["size"].as_u64().unwrap()));
                }
                Some("holding.rejected") => panic!("a sound package was refused: {event}"),
                _ => {}
            }
        }
    }
    assert!(notes.is_empty(), "an advance without an acceptance: {notes:?}");
    found
}

/// Nothing lost, nothing twice, the store whole, receipts equal acceptances.
fn settled(desk: &Desk, arch: &Path, all: &BTreeMap<String, Vec<String>>, witness: KeyId) {
    let accepted = acceptances(arch);
    let mut names: Vec<&str> = accepted.iter().map(|(batch, ..)| batch.as_str()).collect();
    names.sort_unstable();
    let mut expected: Vec<&str> = all.values().flatten().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let witness = PublicKey::decode(witness).unwrap();
    for (batch, note, size) in &accepted {
        let note = Checkpoint::parse(note).unwrap();
        assert_eq!(note.head.size, *size, "{batch}");
        assert!(note.cosigned_by("archive.gov.cn/gk/witness", &witness).is_some(), "{batch}");
    }
    let report = Store::at(std::sync::Arc::new(OsDisk::new(arch)), "store", "work").verify(&|_| ()).unwrap();
    assert!(report.passed(), "{report:#?}");
    let mut stored: Vec<&str> =
        report.objects.keys().filter_map(|path| path.split_once('/')).map(|(_, name)| name).collect();
    stored.sort_unstable();
    assert_eq!(stored, expected, "one object for each acceptance");
    for folder in ["intake", "quarantine", "work"] {
        let left: Vec<_> = std::fs::read_dir(arch.join(folder)).into_iter().flatten().collect();
        assert!(left.is_empty(), "{folder}: {left:?}");
    }
    let ledger = arch.join("ledger");
    let ran = desk.run(&["--ledger", ledger.to_str().unwrap(), "ledger", "verify"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

fn again(desk: &Desk, arch: &Path, count: usize) {
    let log = |arch: &Path| std::fs::read(arch.join("ledger/log/000000000000.jsonl")).unwrap();
    let before = log(arch);
    let output = command(desk, arch).arg("ingest").arg(desk.path("in")).output().unwrap();
    let rows = rows(&output);
    assert_eq!(
        (output.status.code(), rows.len()),
        (Some(0), count),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(rows.iter().all(|row| row["state"] == "已入藏"), "{rows:#?}");
    assert!(log(arch) == before, "a further run records something");
}

#[test]
fn an_ingest_may_be_killed_at_any_moment() {
    let kills: u64 = std::env::var("ZHAOCE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(8);
    let start = Instant::now();
    let (desk, all, witness) = queue(OFFICES, BATCHES);
    let made = start.elapsed();
    let (arch, count) = (desk.path("arch"), all.values().flatten().count());
    let (mut told, mut killed) = (BTreeMap::new(), 0);
    let mut hear = |output: &Output| {
        for row in rows(output).iter().filter(|row| row["state"] == "已入藏") {
            told.insert(row["batch"].as_str().unwrap().to_owned(), ());
        }
    };
    for round in 0..kills {
        let mut child = command(&desk, &arch)
            .arg("ingest")
            .arg(desk.path("in"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(300 + spread(round, 2_500)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        killed += u64::from(!output.status.success());
        hear(&output);
    }
    let output = command(&desk, &arch).arg("ingest").arg(desk.path("in")).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    hear(&output);
    assert_eq!(told.len(), count, "each was told in the end");
    settled(&desk, &arch, &all, witness);
    again(&desk, &arch, count);
    println!(
        "{killed} of {kills} runs killed, {count} batches; made in {made:?}, all in {:?}",
        start.elapsed()
    );
}

/// A file system of its own, so small that it fills up; given back when dropped.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    fn of(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let option = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &option, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn resize(&self, size: &str) {
        let option = format!("remount,size={size}");
        assert!(Command::new("mount").args(["-o", &option]).arg(self.0.path()).status().unwrap().success());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_stops_an_ingest_and_half_does_nothing() {
    let Some(small) = Tmpfs::of("256m") else {
        eprintln!("SKIPPED: a file system that fills up can be mounted by root only");
        return;
    };
    let (desk, all, witness) = queue(3, 4);
    let arch = small.0.path().join("arch");
    cli_support::copy_into(&desk.path("arch"), &arch);
    let count = all.values().flatten().count();
    let mut full = 0;
    let used = || {
        let output = Command::new("du").args(["-sk"]).arg(&arch).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    // A little more room each time: the disk is full at one place after the other.
    for step in 0..12 {
        small.resize(&format!("{}k", used() + 64 + 400 * step));
        let output = command(&desk, &arch).arg("ingest").arg(desk.path("in")).output().unwrap();
        if output.status.success() {
            break;
        }
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        full += 1;
        // What is told as taken in stands in the ledger.
        let names: Vec<String> = acceptances(&arch).into_iter().map(|(batch, ..)| batch).collect();
        for row in rows(&output).iter().filter(|row| row["state"] == "已入藏") {
            assert!(names.iter().any(|name| row["batch"] == name.as_str()), "{row:#}");
        }
    }
    assert!(full >= 3, "the disk was full only {full} times");
    small.resize("256m");
    let output = command(&desk, &arch).arg("ingest").arg(desk.path("in")).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    settled(&desk, &arch, &all, witness);
    again(&desk, &arch, count);
    println!("{full} times full");
}
