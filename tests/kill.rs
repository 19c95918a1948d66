//! What was acknowledged is there after `kill -9` at any moment: a writer in a loop, and the real command.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{Counted, Office};
use zhaoce::ledger::{Access, Ledger, Wish, fresh_subject};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::{Moment, PartName, Subject};

const ROUNDS: u64 = 40;
const COMMAND_ROUNDS: u64 = 20;

/// A number under `most` that differs from round to round.
fn spread(round: u64, most: u64) -> u64 {
    (round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % most
}

/// Not a test by itself: the process that is killed. Registers one to three items an act, as fast as it can, and says
/// which events were acknowledged.
#[test]
fn the_writer_that_is_killed() {
    let Some(dir) = std::env::var_os("ZHAOCE_KILL_LEDGER") else { return };
    let person: Subject = std::env::var("ZHAOCE_KILL_PERSON").unwrap().parse().unwrap();
    let mut ledger = Ledger::open(Path::new(&dir), Access::Write).unwrap();
    let key = SecretKey::from_seed([1; 32]);
    let mut entropy = Counted(u64::from(std::process::id()));
    for round in 1u64.. {
        let now = Moment::from_unix(ledger.head().at.unwrap().unix() + 1).unwrap();
        let wishes: Vec<Wish> = (0..=round % 3)
            .map(|_| register(&fresh_subject("item", &mut entropy).unwrap(), &person, now))
            .collect();
        let subjects: Vec<Subject> = wishes.iter().map(|wish| wish.subject.clone()).collect();
        let receipt = ledger.commit(&key, now, wishes, &mut entropy).unwrap();
        let mut out = std::io::stdout().lock();
        for (nth, subject) in subjects.iter().enumerate() {
            writeln!(out, "acknowledged {} {subject}", receipt.first + nth as u64).unwrap();
        }
        out.flush().unwrap();
    }
}

fn register(item: &Subject, person: &Subject, now: Moment) -> Wish {
    let wish = Wish::new("item.registered", item).unwrap().fact("origin", "made").fact("responsible", "self");
    let wish = wish.fact("responsible_ground", "made").done(person, now.day(), "own");
    wish.part(PartName::Closed, "title", "关于印发某项工作方案的通知")
}

/// Runs the writer, kills it, and gives what it said was acknowledged. Every fifth dies while it opens the ledger, the
/// others a moment after some number of events.
fn kill_a_writer(office: &Path, person: &Subject, round: u64) -> Vec<(u64, Subject)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["the_writer_that_is_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env("ZHAOCE_KILL_LEDGER", office)
        .env("ZHAOCE_KILL_PERSON", person.as_str())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The last line may be cut short: what is not a whole line was not said.
    let said = BufReader::new(child.stdout.take().unwrap()).split(b'\n').map_while(Result::ok);
    let mut said = said.filter_map(|line| acknowledgement(&String::from_utf8(line).ok()?));
    let mut heard = Vec::new();
    if round.is_multiple_of(5) {
        sleep(Duration::from_millis(spread(round, 80)));
    } else {
        heard.extend(said.by_ref().take(1 + spread(round, 40) as usize));
        sleep(Duration::from_micros(spread(round + 1, 3000)));
    }
    child.kill().unwrap();
    heard.extend(said);
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!complaint.contains("panicked"), "the writer could not go on: {complaint}");
    heard
}

fn acknowledgement(line: &str) -> Option<(u64, Subject)> {
    let (seq, subject) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
    Some((seq.parse().ok()?, subject.parse().ok()?))
}

#[test]
fn every_acknowledged_act_survives_kill_9() {
    let office = Office::new();
    let (person, dir) = (office.people["admin"].0.clone(), office.ledger.dir().to_owned());
    let trust = office.ledger.trust(Vec::new());
    let books = office.ledger.books().clone();
    drop(office.ledger);
    let mut acknowledged = BTreeMap::new();
    for round in 0..ROUNDS {
        for (seq, subject) in kill_a_writer(&dir, &person, round) {
            assert!(acknowledged.insert(seq, subject).is_none(), "event {seq} was acknowledged twice");
        }
    }
    let ledger = Ledger::open(&dir, Access::Write).unwrap();
    for (seq, subject) in &acknowledged {
        assert_eq!(ledger.event(*seq).unwrap().subject, *subject, "event {seq}");
    }
    let size = ledger.head().size();
    drop(ledger);
    let report = zhaoce::ledger::verify_dir(&dir, trust, books, &mut |_| ()).unwrap();
    assert!(report.passed(), "{:#?}", report.findings);
    assert_eq!(report.size, size);
    assert!(acknowledged.len() as u64 >= ROUNDS, "only {} events were written", acknowledged.len());
    println!("{} acknowledged events, {ROUNDS} kills, {size} events in the ledger", acknowledged.len());
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhaoce"));
    command
        .env("ZHAOCE_HOME", folder.join("home"))
        .env("ZHAOCE_LEDGER", folder.join("ledger"))
        .env("ZHAOCE_PASSPHRASE", "a passphrase for tests")
        .args(["--as", "甲某", "--json", "--confirm-clock"])
        .stdin(Stdio::null());
    command
}

fn succeeds(command: &mut Command) -> serde_json::Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_command_may_be_killed_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let mut init = command(folder.path());
    let origin = "kill.example.cn/xxgk";
    succeeds(init.args(["ledger", "init", "--origin", origin, "--office", "示例县", "--admin", "甲某"]));
    let (mut acknowledged, mut killed) = (Vec::new(), 0);
    for round in 0..COMMAND_ROUNDS {
        let mut child = command(folder.path())
            .args(["item", "register", "--title", "关于印发某项工作方案的通知"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(spread(round, 600)));
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        killed += u64::from(!output.status.success());
        // An answer that came out whole was given, whatever became of the process afterwards.
        if let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&output.stdout) {
            acknowledged.push(answer["subjects"][0].as_str().unwrap().to_owned());
        }
    }
    let item = succeeds(command(folder.path()).args(["item", "register", "--title", "最后一件"]));
    acknowledged.push(item["subjects"][0].as_str().unwrap().to_owned());
    succeeds(command(folder.path()).args(["ledger", "verify"]));
    let items = succeeds(command(folder.path()).args(["item", "list"]));
    let ids: Vec<&str> = items.as_array().unwrap().iter().filter_map(|item| item["id"].as_str()).collect();
    for item in &acknowledged {
        assert!(ids.contains(&item.as_str()), "{item} was acknowledged and is not there");
    }
    println!("{killed} of {COMMAND_ROUNDS} commands killed, {} acknowledged", acknowledged.len());
}
