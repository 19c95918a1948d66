//! An archive that follows two offices, and what they hand over: made once, copied for each kind of damage.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use zhaoce::bundle::package::{OsTree, Tree};
use zhaoce::cli::keystore::{self, KeyName, Keystore, Passphrase, PassphraseFrom};
use zhaoce::record::Signer;

use crate::cli_support::{Desk, copy};
use crate::make::Bag;

pub const ORIGIN: &str = "demo.gov.cn/xxgk";
pub const OTHER: &str = "other.gov.cn/xxgk";

/// How many batches of the office the archive holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    None,
    First,
    Second,
}

pub struct World {
    /// Archives with no, one and two batches, each with the keys.
    stages: [tempfile::TempDir; 3],
    /// The office's three batches.
    pub batches: [Bag; 3],
    /// The second batch of a log that went another way after the first, and one that went another way from the start.
    pub forked: [Bag; 2],
    /// A first batch of the other office, with the same name and with one of its own.
    pub other: [Bag; 2],
    /// A first batch of an office that nobody enrolled.
    pub unknown: Bag,
    keys: BTreeMap<&'static str, Box<dyn Signer>>,
}

const CLASS: [&str; 6] = ["--category", "WS", "--retention", "30", "--unit", "BGS"];

/// Who does what in an office: 承办, 保密审查, 审签.
struct Office<'a> {
    desk: &'a Desk,
    ledger: String,
    people: [&'a str; 3],
}

impl Office<'_> {
    fn run(&self, who: usize, args: &[&str]) -> Value {
        let before = ["--ledger", &self.ledger, "--as", self.people[who]];
        self.desk.json(&before.into_iter().chain(args.iter().copied()).collect::<Vec<_>>())
    }

    fn publish(&self, title: &str, number: &str) -> String {
        let formed = ["--formed", "2026-01-04", "--propose", "主动公开"];
        let args = ["item", "register", "--title", title, "--document-number", number];
        let said = self.run(0, &args.into_iter().chain(formed).collect::<Vec<_>>());
        let id = said["subjects"][0].as_str().unwrap().to_owned();
        self.run(1, &["item", "review", &id, "--outcome", "open"]);
        self.run(2, &["item", "decide", &id, "--attribute", "open"]);
        self.run(0, &["item", "publish", &id, "--channels", "website"]);
        id
    }

    fn export(&self, fonds: &str, out: &str, more: &[&str]) -> Bag {
        let out = self.desk.name(out);
        let args = ["bundle", "export", "--for", "archive", "--fonds", fonds, "-o", &out];
        let said =
            self.run(0, &args.into_iter().chain(CLASS).chain(more.iter().copied()).collect::<Vec<_>>());
        Bag::open(Path::new(said["path"].as_str().unwrap()))
    }
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::make)
}

fn office<'a>(desk: &'a Desk) -> Office<'a> {
    Office { desk, ledger: desk.name("ledger"), people: ["赵承办", "李审查", "王主任"] }
}

/// Another office in the same folder, of the same people but with keys of its own.
fn another<'a>(desk: &'a Desk, origin: &str, folder: &str, people: [&'a str; 3]) -> Office<'a> {
    let ledger = desk.name(folder);
    let first = ["--ledger", &ledger, "--as", people[2], "ledger", "init", "--origin", origin];
    let rest = ["--office", "邻县办公室", "--admin", people[2], "--roles", "管理,审签"];
    desk.ok(&first.into_iter().chain(rest).collect::<Vec<_>>());
    for (who, roles) in [(1, "保密审查"), (0, "承办,发布,档案")] {
        desk.ok(&["key", "new", people[who]]);
        desk.ok(&["--ledger", &ledger, "--as", people[2], "key", "enrol", people[who], "--roles", roles]);
    }
    Office { desk, ledger, people }
}

fn twin(desk: &Desk, runs: u64) -> Desk {
    let twin = Desk::empty();
    copy(desk.folder.path(), twin.folder.path());
    twin.skip(runs).at("2026-01-05T11:00:00+08:00");
    twin
}

fn archive(desk: &Desk, args: &[&str]) -> Value {
    let arch = desk.name("arch");
    let before = ["--as", "周馆长", "archive", "--archive", &arch];
    desk.json(&before.into_iter().chain(args.iter().copied()).collect::<Vec<_>>())
}

fn genesis(bag: &Bag) -> String {
    bag.handover().genesis.to_string()
}

impl World {
    fn make() -> Self {
        let desk = Desk::office();
        desk.ok(&["key", "new", "钱某"]);
        desk.ok(&["--as", "王主任", "key", "enrol", "钱某", "--roles", "档案"]);
        desk.ok(&["--as", "王主任", "key", "revoke", "钱某", "--cause", "left"]);
        let from_the_start = twin(&desk, 1000);
        let ours = office(&desk);
        let item = ours.publish("关于甲的通知", "示办发〔2026〕1号");
        ours.publish("关于<乙>&丙的通知", "示办发〔2026〕2号");
        let first = ours.export("Z109", "out1", &[]);
        let after_first = twin(&desk, 2000);
        let scan = desk.file("批单.txt", "同意撤回。\n");
        let withdraw =
            ["item", "withdraw", &item, "--cause", "error", "--reason", "内容有误", "--evidence", &scan];
        ours.run(0, &withdraw);
        std::fs::create_dir(desk.path("content")).unwrap();
        std::fs::copy(desk.path("批单.txt"), desk.path("content/批单.txt")).unwrap();
        ours.publish("关于丁的通知", "示办发〔2026〕3号");
        let (before, content) = (desk.name("out1/GZK-Z109-2026-0001"), desk.name("content"));
        let second = ours.export("Z109", "out2", &["--previous", &before, "--content", &content]);
        ours.publish("关于戊的通知", "示办发〔2026〕4号");
        let previous = desk.name("out2/GZK-Z109-2026-0002");
        let third = ours.export("Z109", "out3", &["--previous", &before, "--previous", &previous]);

        let forked = Self::forks(&from_the_start, &after_first);
        let people = ["邻承办", "邻审查", "邻主任"];
        let neighbours = another(&desk, OTHER, "other", people);
        neighbours.publish("关于邻的通知", "邻办发〔2026〕1号");
        let other = [neighbours.export("Z109", "out4", &[]), {
            let moved = twin(&desk, 3000);
            let neighbours = Office { desk: &moved, ledger: moved.name("other"), people };
            neighbours.publish("关于邻二的通知", "邻办发〔2026〕2号");
            neighbours.export("Z110", "out5", &[])
        }];
        let strangers = another(&desk, "stranger.gov.cn/xxgk", "stranger", ["生承办", "生审查", "生主任"]);
        strangers.publish("关于生的通知", "生办发〔2026〕1号");
        let unknown = strangers.export("Z200", "out6", &[]);
        let keys = keys(&desk);
        let batches = [first, second, third];
        let stages = Self::stages(&desk, &batches, &other);
        Self { stages, batches, forked, other, unknown, keys }
    }

    fn forks(from_the_start: &Desk, after_first: &Desk) -> [Bag; 2] {
        let ours = office(after_first);
        ours.publish("关于己的通知", "示办发〔2026〕5号");
        ours.publish("关于庚的通知", "示办发〔2026〕6号");
        let previous = after_first.name("out1/GZK-Z109-2026-0001");
        let second = ours.export("Z109", "fork2", &["--previous", &previous]);
        let ours = office(from_the_start);
        for number in 1..5 {
            ours.publish("关于辛的通知", &format!("示办发〔2026〕{number}1号"));
        }
        [second, ours.export("Z109", "fork1", &[])]
    }

    /// Archives with no, one and two batches of the office.
    fn stages(desk: &Desk, batches: &[Bag; 3], other: &[Bag; 2]) -> [tempfile::TempDir; 3] {
        desk.at("2026-01-05T14:00:00+08:00");
        let init = ["init", "--origin", "archive.gov.cn/gk", "--name", "示例市档案馆", "--admin", "周馆长"];
        archive(desk, &init.into_iter().chain(["--approval", "never"]).collect::<Vec<_>>());
        for (name, origin, genesis) in
            [("示例县办公室", ORIGIN, genesis(&batches[0])), ("邻县办公室", OTHER, genesis(&other[0]))]
        {
            archive(desk, &["office", "enrol", "--name", name, "--origin", origin, "--genesis", &genesis]);
        }
        let kept = || {
            let stage = tempfile::tempdir().unwrap();
            for folder in ["arch", "home"] {
                std::fs::create_dir(stage.path().join(folder)).unwrap();
                copy(&desk.path(folder), &stage.path().join(folder));
            }
            stage
        };
        let none = kept();
        let mut stages = vec![none];
        for nth in 1..3 {
            let said = archive(desk, &["ingest", &desk.name(&format!("out{nth}/GZK-Z109-2026-000{nth}"))]);
            assert_eq!(said[0]["state"], "已入藏", "{said:#}");
            stages.push(kept());
        }
        stages.try_into().unwrap()
    }

    /// A desk of its own with the archive as it stood.
    pub fn archive(&self, held: Held) -> Desk {
        let desk = Desk::empty();
        copy(self.stages[held as usize].path(), desk.folder.path());
        desk.skip(10_000).at("2026-01-05T18:00:00+08:00");
        desk
    }

    pub fn key(&self, name: &str) -> &dyn Signer {
        self.keys[name].as_ref()
    }

    /// A batch of the office, from 1.
    pub fn batch(&self, nth: usize) -> Bag {
        self.batches[nth - 1].clone()
    }
}

fn keys(desk: &Desk) -> BTreeMap<&'static str, Box<dyn Signer>> {
    let env = keystore::Env {
        home: Some(desk.path("home")),
        passphrase: Some(Passphrase::from_bytes(b"correct horse".to_vec())),
        ..keystore::Env::default()
    };
    let store = Keystore::of(&env).unwrap();
    let from = PassphraseFrom { env: &env, file: None };
    let unlock = |name: &str| store.unlock(&KeyName::parse(name).unwrap(), &from).unwrap();
    let names = [
        ("archivist", "赵承办"),
        ("admin", "王主任"),
        ("revoked", "钱某"),
        ("ledger", "demo.gov.cn/xxgk.ledger"),
        ("other", "邻承办"),
    ];
    let mut keys: BTreeMap<&'static str, Box<dyn Signer>> =
        names.into_iter().map(|(what, name)| (what, unlock(name))).collect();
    keys.insert("stranger", Box::new(zhaoce::record::keys::SecretKey::from_seed([77; 32])));
    keys
}

/// Every file of a package on the disk.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let tree = OsTree::open(folder).unwrap();
    tree.files().iter().map(|file| (file.path.clone(), tree.read(&file.path, 1 << 30).unwrap())).collect()
}
