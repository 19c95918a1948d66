//! The system calls of an append are the ones that `src/log/durable.rs` names: one write, one sync of the segment, then
//! the high-water mark, and the answer only after the sync.
//!
//! Runs when `ZHAOCE_THIRD_PARTY=1`, as `tools/test` sets it after installing strace; says so loudly otherwise.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Stdio};

const CALLS: &str = "trace=write,pwrite64,pwritev,pwritev2,writev,fsync,fdatasync,sync,syncfs,sync_file_range,msync,\
                     rename,renameat,renameat2,link,linkat,unlink,unlinkat,ftruncate";

fn asked_for() -> bool {
    let asked = std::env::var("ZHAOCE_THIRD_PARTY").is_ok_and(|value| value == "1");
    if !asked {
        eprintln!("SKIPPED: set ZHAOCE_THIRD_PARTY=1 to trace the system calls of an append");
    }
    asked
}

fn run(folder: &Path, program: &mut Command, args: &[&str]) -> Vec<u8> {
    let output = program
        .args(["--as", "甲某", "--json"])
        .args(args)
        .env("ZHAOCE_HOME", folder.join("home"))
        .env("ZHAOCE_LEDGER", folder.join("ledger"))
        .env("ZHAOCE_PASSPHRASE", "a passphrase for tests")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs (strace: apt-get install strace)");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn zhaoce() -> Command {
    Command::new(env!("CARGO_BIN_EXE_zhaoce"))
}

/// The calls of one registration, each as `name file`: on the log, the mark and standard output, in order.
fn calls_of_an_append(folder: &Path) -> Vec<String> {
    let trace = folder.join("trace");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-qq", "-e", CALLS, "-o"]).arg(&trace).arg(env!("CARGO_BIN_EXE_zhaoce"));
    run(folder, &mut strace, &["item", "register", "--title", "通知"]);
    let text = std::fs::read_to_string(&trace).unwrap();
    let ledger = format!("{}/", folder.join("ledger").display());
    text.lines().filter_map(|line| call(line, &ledger)).collect()
}

/// `1234 fdatasync(4</tmp/x/ledger/log/000000000000.jsonl>) = 0` is `fdatasync log/000000000000.jsonl`.
fn call(line: &str, ledger: &str) -> Option<String> {
    let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
    let name = call.split('(').next()?;
    if call.starts_with("write(1<") {
        return Some("answer".into());
    }
    let file = call.split_once(ledger)?.1.split(['>', '"']).next()?;
    // sled keeps its own folder as it likes: nothing there is a promise.
    (!file.starts_with("views") && file != "lock").then(|| format!("{name} {file}"))
}

#[test]
fn an_append_is_one_write_one_sync_then_the_mark_then_the_answer() {
    if !asked_for() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let init =
        ["ledger", "init", "--origin", "trace.example.cn/xxgk", "--office", "示例县", "--admin", "甲某"];
    run(&folder, &mut zhaoce(), &init);
    run(&folder, &mut zhaoce(), &["item", "register", "--title", "先有一件"]);
    let calls = calls_of_an_append(&folder);
    let segment = "log/000000000000.jsonl";
    let opening = calls.iter().take_while(|call| !call.starts_with("pwrite64")).cloned().collect::<Vec<_>>();
    assert!(opening.iter().all(|call| call == "fsync log"), "opening a sound log writes nothing: {calls:#?}");
    let append: Vec<&str> = calls[opening.len()..].iter().map(String::as_str).collect();
    let wanted = [&format!("pwrite64 {segment}"), &format!("fdatasync {segment}"), "pwrite64 mark", "answer"];
    assert_eq!(append, wanted);
}
