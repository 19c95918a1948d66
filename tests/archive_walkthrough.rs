//! `docs/archive.md`, followed step by step: every command of it is run by a shell in an empty folder, must end as the page
//! says, and must say what the page shows below it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// A command of the page, and what it shows.
#[derive(Debug)]
struct Step {
    command: String,
    code: i32,
    shows: Vec<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            line if inside => match line.strip_prefix("$ ") {
                Some(command) => {
                    let (command, code) = command.split_once("  # exit ").unwrap_or((command, "0"));
                    steps.push(Step {
                        command: command.into(),
                        code: code.parse().unwrap(),
                        shows: Vec::new(),
                    });
                }
                None => steps.last_mut().unwrap().shows.push(line.into()),
            },
            _ => {}
        }
    }
    steps
}

struct Shell {
    folder: tempfile::TempDir,
    known: BTreeMap<&'static str, String>,
}

impl Shell {
    fn run(&self, command: &str) -> (i32, String) {
        let bin = Path::new(env!("CARGO_BIN_EXE_zhaoce")).parent().unwrap();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let ran = Command::new("sh")
            .args(["-c", command])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env("ZHAOCE_HOME", self.folder.path().join("keys"))
            .env("ZHAOCE_PASSPHRASE", "公开为常态")
            .envs(self.known.iter())
            .output()
            .unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        (ran.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned())
    }

    fn json(&self, command: &str) -> Option<Value> {
        let (code, said) = self.run(command);
        (code == 0).then(|| serde_json::from_str(&said).ok()).flatten()
    }

    /// What the page writes as `$NAME`, as far as it can be known by now.
    fn learn(&mut self) {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(shown) = self.json("zhaoce --json --ledger office ledger show") {
            self.known.extend(text(&shown["genesis"]).map(|genesis| ("GENESIS", genesis)));
        }
        if let Some(keys) = self.json("zhaoce --json --ledger archive/ledger key list") {
            let own = keys["own"].as_array().into_iter().flatten();
            let mut own =
                own.filter(|key| key["name"].as_str().is_some_and(|name| name.ends_with(".witness")));
            let found = own.next().and_then(|key| text(&key["key"]));
            self.known.extend(found.map(|key| ("WITNESS", key)));
        }
        if let Ok(entries) = fs::read_dir(self.folder.path().join("archive/intake"))
            && let Some(entry) = entries.flatten().next()
        {
            self.known.insert("TICKET", entry.file_name().to_string_lossy().into_owned());
        }
        if let Some(items) = self.json("zhaoce --json --ledger office item list") {
            let all = items.to_string();
            let item = all.split('"').find(|word| word.starts_with("item/")).map(str::to_owned);
            self.known.extend(item.map(|item| ("ITEM", item)));
        }
        if let Some(item) = self.json("zhaoce --json --ledger office item show $ITEM") {
            self.known.extend(item["history"][0]["seq"].as_u64().map(|seq| ("SEQ", seq.to_string())));
        }
    }
}

#[test]
fn the_page_is_followed_step_by_step() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/archive.md")).unwrap();
    let steps = steps(&page);
    assert!(steps.len() > 25, "{}", steps.len());
    let mut shell = Shell { folder: tempfile::tempdir().unwrap(), known: BTreeMap::new() };
    let header = "标题,发布日期,地址\n";
    let row = |n: u32| format!("关于第{n}号事项的通知,2025-0{}-11,http://linyi.gov.cn/{n}.html\n", n % 9 + 1);
    let rows = |range: std::ops::Range<u32>| header.to_owned() + &range.map(row).collect::<String>();
    fs::write(shell.folder.path().join("records.csv"), rows(1..4)).unwrap();
    fs::write(shell.folder.path().join("more.csv"), rows(4..6)).unwrap();
    for step in &steps {
        shell.learn();
        let (code, said) = shell.run(&step.command);
        assert_eq!(code, step.code, "{}\n{said}", step.command);
        for shown in &step.shows {
            assert!(said.contains(shown.trim()), "{}\nshould show: {shown}\n{said}", step.command);
        }
    }
    // What the last steps left is sound: nothing waits, both ledgers verify.
    assert_eq!(shell.run("zhaoce --ledger office ledger verify").0, 0);
    assert_eq!(fs::read_dir(shell.folder.path().join("archive/intake")).unwrap().count(), 0);
    // `tools/test_archive.py` asks others about the store.
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples/archive");
    let (code, said) =
        shell.run(&format!("rm -rf '{0}' && mkdir -p '{0}' && cp -r archive/store '{0}'", kept.display()));
    assert_eq!(code, 0, "{said}");
}
