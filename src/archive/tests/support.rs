//! What the tests of the archive share: a judge of toy packages, a register on the same disk, a world of both.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::digest::fact_of;
use crate::archive::durable;
use crate::archive::intake::*;
use crate::archive::store::{Key, User};
use crate::archive::tree::{Landing, Tree, TreeFile};
use crate::bundle::package::PackagePath;
use crate::fault::{Fault, Outcome};
use crate::log::fake::FakeDisk;
use crate::record::Moment;

pub const PAGE: usize = 512;

pub fn now() -> Moment {
    "2026-11-22T09:00:00+08:00".parse().unwrap()
}

pub fn user() -> User {
    User { name: "示例市档案馆".into(), address: Some("https://archive.example.cn/".into()) }
}

/// A toy package: what it claims stands in `claim.json`, the digests of all files in `manifest`.
#[derive(Debug, Clone)]
pub struct Pack {
    pub origin: &'static str,
    pub batch: &'static str,
    pub from: u64,
    pub size: u64,
    /// Root the package says the log had before it.
    pub prev: String,
    pub root: String,
    pub salt: &'static str,
    pub bad: bool,
    pub broken: bool,
    pub warnings: u64,
}

impl Pack {
    pub fn new(origin: &'static str, batch: &'static str, from: u64, size: u64) -> Self {
        let root = |at: u64| if at == 0 { String::new() } else { format!("sha256:{}", fact_of(&[at as u8])) };
        let (prev, root) = (root(from), root(size));
        Self { origin, batch, from, size, prev, root, salt: "", bad: false, broken: false, warnings: 0 }
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let claim = json!({
            "origin": self.origin, "batch": self.batch, "fonds": "Z109", "from": self.from, "size": self.size,
            "prev": self.prev, "root": self.root, "bad": self.bad, "warnings": self.warnings,
        });
        let mut files = BTreeMap::from([
            ("claim.json".to_owned(), claim.to_string().into_bytes()),
            ("data/Z109/WS·2026/Y/电子档案0001元数据.XML".to_owned(), vec![b'x'; 700]),
            ("data/说明文件.TXT".to_owned(), format!("{}{}", self.batch, self.salt).into_bytes()),
        ]);
        let mut manifest = String::new();
        for (path, bytes) in &files {
            manifest.push_str(&format!("{}  {path}\n", fact_of(bytes)));
        }
        if self.broken {
            files.insert("data/说明文件.TXT".into(), b"altered".to_vec());
        }
        files.insert("manifest".into(), manifest.into_bytes());
        files
    }

    /// The container: a toy one.
    pub fn container(&self) -> Vec<u8> {
        let files: Vec<(String, String)> =
            self.files().into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect();
        serde_json::to_vec(&files).unwrap()
    }

    pub fn tree(&self) -> Plain {
        Plain::new(self.files())
    }

    pub fn key(&self) -> Key {
        Key::new("Z109", self.batch).unwrap()
    }
}

/// A tree in memory.
pub struct Plain(BTreeMap<String, Vec<u8>>, Vec<TreeFile>);

impl Plain {
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let list = files
            .iter()
            .map(|(path, bytes)| TreeFile { path: path.clone(), size: bytes.len() as u64 })
            .collect();
        Self(files, list)
    }
}

impl Tree for Plain {
    fn files(&self) -> &[TreeFile] {
        &self.1
    }

    fn open(&self, path: &str) -> Outcome<Box<dyn Read + '_>> {
        Ok(Box::new(&self.0[path][..]))
    }
}

pub fn read(tree: &dyn Tree, path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    tree.open(path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// Judges toy packages; counts how often.
#[derive(Default)]
pub struct Toy {
    pub judged: Mutex<u64>,
}

#[derive(Deserialize)]
struct Told {
    origin: String,
    batch: String,
    fonds: String,
    from: u64,
    size: u64,
    prev: String,
    root: String,
    bad: bool,
    warnings: u64,
}

fn told(tree: &dyn Tree) -> Outcome<Told> {
    let mut bytes = Vec::new();
    let bad = |found: String| Fault::refused("test.unreadable").with("found", found);
    tree.open("claim.json")?.read_to_end(&mut bytes).map_err(|error| bad(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))
}

impl Judge for Toy {
    fn unpack(&self, _name: &str, input: &mut dyn ReadSeek, landing: &mut dyn Landing) -> Outcome<()> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).unwrap();
        let files: Vec<(String, String)> =
            serde_json::from_slice(&bytes).map_err(|_| Fault::refused("test.container"))?;
        for (path, text) in files {
            landing.begin(&PackagePath::new(&path)?, text.len() as u64)?;
            landing.bytes(text.as_bytes())?;
            landing.end()?;
        }
        Ok(())
    }

    fn look(&self, tree: &dyn Tree) -> Outcome<Look> {
        if tree.find("manifest").is_none() || tree.find("claim.json").is_none() {
            return Ok(Look::Refused(Refusal { rule: "test.no_manifest".into(), findings: 1 }, Vec::new()));
        }
        let manifest = String::from_utf8(read(tree, "manifest")).unwrap();
        for line in manifest.lines() {
            let (digest, path) = line.split_once("  ").unwrap();
            if tree.find(path).is_none() || fact_of(&read(tree, path)) != digest {
                return Ok(Look::Refused(Refusal { rule: "test.digest".into(), findings: 2 }, Vec::new()));
            }
        }
        let told = told(tree)?;
        let manifest = fact_of(manifest.as_bytes());
        let Told { origin, batch, fonds, from, size, .. } = told;
        Ok(Look::Claims(Claim { origin, batch, fonds, from, size, manifest }))
    }

    fn judge(&self, tree: &dyn Tree, _claim: &Claim, before: Option<&[u8]>) -> Outcome<Judged> {
        *self.judged.lock().unwrap() += 1;
        let told = told(tree)?;
        let report =
            Report { name: "report.json".into(), bytes: format!("{{\"bad\":{}}}\n", told.bad).into_bytes() };
        let continues = before.unwrap_or_default() == told.prev.as_bytes();
        let verdict = if told.bad || !continues {
            let rule = if told.bad { "test.bad" } else { "test.chain" };
            Verdict::Unsound(Refusal { rule: rule.into(), findings: 3 })
        } else {
            Verdict::Sound(Box::new(Sound {
                genesis: format!("genesis of {}", told.origin),
                root: told.root.clone(),
                head: format!("b3:{}", told.size),
                ledger_key: "ed25519:00".into(),
                checkpoint: format!("{}\n{}\n", told.origin, told.size),
                records: 1,
                files: 3,
                octets: 1,
                warnings: told.warnings,
                state: told.root.into_bytes(),
            }))
        };
        Ok(Judged { verdict, reports: vec![report] })
    }

    fn same(&self, tree: &dyn Tree, _claim: &Claim, held: &Holding, _stored: &dyn Tree) -> Outcome<bool> {
        // A copy from which a part was erased says so in its note file.
        let note = read(tree, "data/说明文件.TXT");
        Ok(told(tree)?.root == held.root && note.ends_with(b"erased"))
    }
}

/// A register in one file of the same disk.
pub struct Acts {
    disk: FakeDisk,
    pub acts: Vec<Act>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Act {
    Accepted { claim: Claim, root: String, original: String, object: String, approved: Option<String> },
    Rejected { original: String, rule: String, conflict: bool },
}

const ACTS: &str = "acts.json";

impl Acts {
    /// Reads what is there and settles it, as the log does.
    pub fn open(disk: &FakeDisk) -> Outcome<Self> {
        let bytes = durable::read(disk, ACTS)?;
        let acts = bytes.map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
        let register = Self { disk: disk.clone(), acts };
        register.write(&register.acts)?;
        Ok(register)
    }

    fn write(&self, acts: &[Act]) -> Outcome<()> {
        durable::place(&self.disk, ACTS, &serde_json::to_vec(acts).unwrap())
    }

    fn push(&mut self, act: Act) -> Outcome<Receipt> {
        let mut acts = self.acts.clone();
        acts.push(act);
        self.write(&acts)?;
        self.acts = acts;
        Ok(receipt(self.acts.len() - 1))
    }

    pub fn accepted(&self) -> Vec<(usize, &Claim, &str)> {
        let acts = self.acts.iter().enumerate();
        acts.filter_map(|(nth, act)| match act {
            Act::Accepted { claim, original, .. } => Some((nth, claim, original.as_str())),
            Act::Rejected { .. } => None,
        })
        .collect()
    }

    fn find(&self, fits: impl Fn(&Claim, &str) -> bool) -> Vec<Holding> {
        let acts = self.acts.iter().enumerate();
        acts.filter_map(|(nth, act)| match act {
            Act::Accepted { claim, root, original, .. } if fits(claim, original) => Some(Holding {
                claim: claim.clone(),
                root: root.clone(),
                original: original.clone(),
                receipt: receipt(nth),
            }),
            _ => None,
        })
        .collect()
    }
}

pub fn receipt(nth: usize) -> Receipt {
    Receipt { first: nth as u64, end: nth as u64 + 1, note: Some(format!("note {nth}")) }
}

impl Register for Acts {
    fn office(&mut self, origin: &str) -> Outcome<Option<Office>> {
        if !["a.example.cn/x", "b.example.cn/x"].contains(&origin) {
            return Ok(None);
        }
        let newest = self.find(|claim, _| claim.origin == origin).pop();
        Ok(Some(Office {
            genesis: format!("genesis of {origin}"),
            size: newest.as_ref().map_or(0, |holding| holding.claim.size),
            root: newest.map(|holding| holding.root),
            ledger_key: None,
            open: true,
        }))
    }

    fn holding(&mut self, batch: &str) -> Outcome<Option<Holding>> {
        Ok(self.find(|claim, _| claim.batch == batch).pop())
    }

    fn holdings(&mut self, origin: &str) -> Outcome<Vec<Holding>> {
        Ok(self.find(|claim, _| claim.origin == origin))
    }

    fn holding_of(&mut self, original: &str) -> Outcome<Option<Holding>> {
        Ok(self.find(|_, other| other == original).pop())
    }

    fn rejection_of(&mut self, original: &str) -> Outcome<Option<(String, Receipt)>> {
        let acts = self.acts.iter().enumerate().rev();
        Ok(acts
            .filter_map(|(nth, act)| match act {
                Act::Rejected { original: other, rule, .. } if other == original => {
                    Some((rule.clone(), receipt(nth)))
                }
                _ => None,
            })
            .next())
    }

    fn accept(&mut self, acceptance: &Acceptance) -> Outcome<Receipt> {
        self.push(Act::Accepted {
            claim: acceptance.claim.clone(),
            root: acceptance.sound.root.clone(),
            original: acceptance.original.clone(),
            object: acceptance.object.clone(),
            approved: acceptance.approved.clone(),
        })
    }

    fn reject(&mut self, rejection: &Rejection) -> Outcome<Receipt> {
        assert!(rejection.report.starts_with("sha256:"));
        self.push(Act::Rejected {
            original: rejection.original.clone(),
            rule: rejection.refusal.rule.clone(),
            conflict: rejection.conflict,
        })
    }
}

/// Runs in one thread, so that the calls come in the same order each time.
pub fn alone<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run)
}

/// A file to give, by name and bytes.
pub type File = (String, Vec<u8>);

pub fn file(name: &str, pack: &Pack) -> File {
    (name.to_owned(), pack.container())
}

/// Opens the archive on a disk and gives it files. What was answered comes back, also when the machine stops.
pub fn ingest(disk: &FakeDisk, files: &[File], approval: Approval) -> Outcome<Vec<Answer>> {
    let toy = Toy::default();
    let intake = Intake::new(Arc::new(disk.clone()), &toy, approval, user());
    intake.init()?;
    let mut register = Acts::open(disk)?;
    intake.recover(&mut register)?;
    intake.resume(&mut register, now(), &|_| ())?;
    give(&intake, files, &mut register)
}

/// Gives files to an intake.
pub fn give(intake: &Intake<'_>, files: &[File], register: &mut dyn Register) -> Outcome<Vec<Answer>> {
    let opens: Vec<_> = files
        .iter()
        .map(|(_, bytes)| move || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read>))
        .collect();
    let given: Vec<Given<'_>> =
        files.iter().zip(&opens).map(|((name, _), open)| Given::File { name: name.clone(), open }).collect();
    intake.ingest(&given, register, now(), &|_| ())
}

/// Does something for each, in a few threads of their own.
pub fn for_all<T: Sync>(cases: &[T], act: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    act(case);
                }
            });
        }
    });
}
