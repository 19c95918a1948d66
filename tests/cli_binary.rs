//! The program itself: environment, exit codes, no prompt without a terminal, a reader that goes away.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Read as _;
use std::process::{Command, Stdio};

use assert_cmd::Command as Assert;
use assert_cmd::cargo::cargo_bin;

fn zhaoce(folder: &tempfile::TempDir) -> Assert {
    let mut command = Assert::new(cargo_bin("zhaoce"));
    command
        .env_clear()
        .env("ZHAOCE_HOME", folder.path().join("home"))
        .env("ZHAOCE_LEDGER", folder.path().join("ledger"));
    command
}

fn found(folder: &tempfile::TempDir) {
    let args =
        ["--as", "甲", "ledger", "init", "--origin", "a.gov.cn/x", "--office", "某局", "--admin", "甲"];
    zhaoce(folder).env("ZHAOCE_PASSPHRASE", "correct horse").args(args).assert().success();
}

#[test]
fn exit_codes_tell_refusal_usage_and_machine_apart() {
    let folder = tempfile::tempdir().unwrap();
    found(&folder);
    zhaoce(&folder).args(["ledger", "verify"]).assert().code(0);
    let review = ["item", "review", "--waiting", "--outcome", "open"];
    zhaoce(&folder).env("ZHAOCE_PASSPHRASE", "correct horse").args(review).assert().code(2);
    let refused = ["item", "register", "--title", "一件", "--on", "2199-01-01"];
    zhaoce(&folder).env("ZHAOCE_PASSPHRASE", "correct horse").args(refused).assert().code(1);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ledger = folder.path().join("ledger");
    let mut list = Command::new(cargo_bin("zhaoce"));
    let list =
        list.args(["item", "list", "--ledger", ledger.to_str().unwrap()]).stdout(full).stderr(Stdio::null());
    assert_eq!(list.status().unwrap().code(), Some(3));
}

#[test]
fn nothing_prompts_without_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    found(&folder);
    let said = zhaoce(&folder)
        .args(["item", "register", "--title", "一件"])
        .write_stdin("correct horse\n")
        .assert()
        .code(2);
    let error = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(error.contains("[passphrase.missing]"), "{error}");
}

#[test]
fn a_passphrase_comes_from_a_file_and_a_wrong_one_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    found(&folder);
    let file = folder.path().join("passphrase");
    for (passphrase, code) in [("correct horse\n", 0), ("wrong\n", 2)] {
        std::fs::write(&file, passphrase).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let args = ["--passphrase-file", file.to_str().unwrap(), "item", "register", "--title", "一件"];
        zhaoce(&folder).args(args).assert().code(code);
    }
}

#[test]
fn the_language_comes_from_the_environment_too() {
    let folder = tempfile::tempdir().unwrap();
    let said = zhaoce(&folder).env("ZHAOCE_LANG", "en").args(["item", "list"]).assert().code(2);
    let error = String::from_utf8(said.get_output().stderr.clone()).unwrap();
    assert!(error.starts_with("error [ledger.missing]"), "{error}");
}

#[test]
fn a_reader_that_goes_away_ends_the_command_quietly() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(cargo_bin("zhaoce"))
        .args(["completions", "bash"])
        .env("ZHAOCE_HOME", folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut error = String::new();
    child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
    assert_eq!((child.wait().unwrap().code(), error.as_str()), (Some(0), ""));
}

#[test]
fn every_shell_has_completions_and_every_page_of_help_is_bilingual() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = zhaoce(&folder).args(["completions", shell]).assert().success();
        assert!(String::from_utf8_lossy(&said.get_output().stdout).contains("checkpoint"), "{shell}");
    }
    pages(&folder, &mut Vec::new());
}

/// Walks the tree of commands by their help pages.
fn pages(folder: &tempfile::TempDir, path: &mut Vec<String>) {
    let said = zhaoce(folder).args(path.iter()).arg("--help").assert().success();
    let page = String::from_utf8(said.get_output().stdout.clone()).unwrap();
    let first = page.lines().next().unwrap_or_default();
    let both = first.contains(" · ") && first.chars().any(|c| ('一'..='龥').contains(&c));
    assert!(both, "{path:?}: {first}");
    let commands =
        page.split_once("命令 · Commands:\n").map(|(_, rest)| rest.split("\n\n").next().unwrap_or_default());
    let names = commands
        .unwrap_or_default()
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<String> =
        names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    for name in names {
        path.push(name);
        pages(folder, path);
        path.pop();
    }
}
