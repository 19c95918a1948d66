//! What the program writes when anyone runs it: the fictional office of `zhaoce demo`, and bundles of its ledger in every
//! shape. Taken apart by packages that are not ours.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use serde_json::value::RawValue;

/// The files of the demonstration, made once for all tests of a process.
pub struct Exports {
    pub folder: tempfile::TempDir,
    pub bundles: Vec<Exported>,
}

/// A bundle: `<name>.tar.zst` in the folder, and what it unpacks to.
pub struct Exported {
    pub name: &'static str,
    pub bag: PathBuf,
}

/// An act as it stands in an `events/` file: the canonical bytes of its events, and its seal.
pub struct Act {
    pub events: Vec<Vec<u8>>,
    pub seal: String,
}

impl Act {
    pub fn first(&self) -> Value {
        serde_json::from_slice(&self.events[0]).unwrap()
    }
}

/// Checkpoint that the demonstration keeps from before its last acts.
pub const EARLIER: &str = "demo/out/检查点-20260107.txt";

/// Runs the program where the demonstration's keys are.
pub fn zhaoce(folder: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new(assert_cmd::cargo::cargo_bin("zhaoce"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("ZHAOCE_HOME", folder.join("demo/home"))
        .env("ZHAOCE_PASSPHRASE", "demo")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub fn exports() -> &'static Exports {
    static MADE: OnceLock<Exports> = OnceLock::new();
    MADE.get_or_init(make)
}

fn make() -> Exports {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    zhaoce(at, &["demo", "--dir", "demo"]);
    let earlier = fs::read_to_string(at.join(EARLIER)).unwrap();
    let from = earlier.lines().nth(1).unwrap().to_owned();
    let mut bundles = Vec::new();
    for (name, edition, partial) in [
        ("full", "full", false),
        ("public", "public", false),
        ("full-later", "full", true),
        ("public-later", "public", true),
    ] {
        let file = format!("{name}.tar.zst");
        let mut args = vec!["bundle", "export", "--ledger", "demo/ledger", "--edition", edition, "-o", &file];
        if partial {
            args.extend(["--from", &from, "--previous", EARLIER]);
        }
        zhaoce(at, &args);
        bundles.push(Exported { name, bag: unpack(&at.join(&file), &at.join(name)) });
    }
    let erased = fs::read_dir(bundles[0].bag.join("data/events")).unwrap();
    let log: String = erased.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    assert!(log.contains("\"kind\":\"part.erased\""), "the demonstration erases a part");
    Exports { folder, bundles }
}

/// Unpacks with the packages `zstd` and `tar`.
fn unpack(bundle: &Path, to: &Path) -> PathBuf {
    let frames = zstd::Decoder::new(fs::File::open(bundle).unwrap()).unwrap();
    tar::Archive::new(frames).unpack(to).unwrap();
    let mut tops = fs::read_dir(to).unwrap();
    let top = tops.next().unwrap().unwrap().path();
    assert!(tops.next().is_none(), "one top directory");
    top
}

impl Exported {
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.bag.join("data").join(path)).unwrap()
    }

    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path)).unwrap()
    }

    pub fn is_partial(&self) -> bool {
        self.json("bundle.json")["from"] != 0
    }

    /// Its acts, read with nothing but a JSON parser.
    pub fn acts(&self) -> Vec<Act> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.bag.join("data/events")).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        let (mut acts, mut events) = (Vec::new(), Vec::new());
        for line in files.iter().flat_map(|file| lines(file)) {
            match serde_json::from_str::<Line>(&line).unwrap() {
                Line::Event { event, .. } => events.push(event.get().as_bytes().to_vec()),
                Line::Seal { seal } => acts.push(Act { events: std::mem::take(&mut events), seal }),
            }
        }
        assert!(events.is_empty());
        acts
    }
}

fn lines(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

enum Line {
    Event { event: Box<RawValue> },
    Seal { seal: String },
}

impl<'de> serde::Deserialize<'de> for Line {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Any {
            event: Option<Box<RawValue>>,
            seal: Option<String>,
        }
        let any = <Any as serde::Deserialize>::deserialize(from)?;
        match (any.event, any.seal) {
            (Some(event), None) => Ok(Self::Event { event }),
            (None, Some(seal)) => Ok(Self::Seal { seal }),
            _ => Err(serde::de::Error::custom("neither an event nor a seal")),
        }
    }
}
