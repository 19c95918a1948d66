//! Packages taken apart and put together again: manifests and signatures made anew where deeper layers are meant, and
//! everything that derives from events where only the events are meant.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use zhaoce::bundle::derived::{Deriving, Texts};
use zhaoce::bundle::meta::{Consistency, Meta, SizedRoot};
use zhaoce::bundle::package::derive::{EVIDENCE, HANDOVER, REGISTER};
use zhaoce::bundle::package::verify::{TreeLines, push_events};
use zhaoce::bundle::package::{Content, Contents, Earlier, Handover, Index, Inputs, Plain, bag, derive};
use zhaoce::bundle::to_file;
use zhaoce::fault::Outcome;
use zhaoce::record::act::{ActBuilder, Draft};
use zhaoce::record::note::{Note, TreeHead};
use zhaoce::record::tree::{Nodes, leaf_hash, node_hash, prove_consistency};
use zhaoce::record::verify::{Chain, Copy, Trust, Verifier};
use zhaoce::record::{Line, Moment, Signer, Statement, TreeHash};
use zhaoce::rules::{Books, Replay};

use crate::world::{World, files, world};

pub const SIGNATURE: &str = "signature/tagmanifest-sha512.txt.note";
pub const TAGS: &str = "tagmanifest-sha512.txt";
pub const FOLDER: &str = "data/Z109/WS·2026/D30/BGS";

/// A package: its name and its files.
#[derive(Clone)]
pub struct Bag {
    pub name: String,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Bag {
    pub fn open(folder: &Path) -> Self {
        Self { name: folder.file_name().unwrap().to_str().unwrap().to_owned(), files: files(folder) }
    }

    pub fn tree(&self) -> Plain {
        Plain::new(self.files.clone())
    }

    pub fn text(&self, path: &str) -> String {
        String::from_utf8(self.files.get(path).unwrap_or_else(|| panic!("{path}")).clone()).unwrap()
    }

    pub fn handover(&self) -> Handover {
        Handover::parse(&self.files[&format!("data/{HANDOVER}")]).unwrap()
    }

    pub fn put(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.into(), bytes.into());
        self
    }

    pub fn remove(mut self, path: &str) -> Self {
        self.files.remove(path).unwrap_or_else(|| panic!("{path}"));
        self
    }

    /// Without every file below a folder.
    pub fn prune(mut self, folder: &str) -> Self {
        let before = self.files.len();
        self.files.retain(|path, _| !path.starts_with(&format!("{folder}/")));
        assert!(self.files.len() < before, "{folder}");
        self
    }

    /// With a text of a file replaced.
    pub fn replace(self, path: &str, from: &str, to: &str) -> Self {
        let text = self.text(path);
        assert!(text.contains(from), "{path}: {from}\n{text}");
        self.put(path, text.replacen(from, to, 1))
    }

    pub fn moved(mut self, from: &str, to: &str) -> Self {
        let paths: Vec<String> = self.files.keys().filter(|path| path.starts_with(from)).cloned().collect();
        assert!(!paths.is_empty(), "{from}");
        for path in paths {
            let bytes = self.files.remove(&path).unwrap();
            self.files.insert(path.replacen(from, to, 1), bytes);
        }
        self
    }

    fn info(&self) -> Vec<(String, String)> {
        let line =
            |line: &str| line.split_once(": ").map(|(label, value)| (label.to_owned(), value.to_owned()));
        let info: Vec<_> = self.text("bag-info.txt").lines().filter_map(line).collect();
        info.into_iter().filter(|(label, _)| label != "Payload-Oxum").collect()
    }

    /// All manifests and the signature made anew.
    pub fn sealed(self) -> Self {
        self.sealed_by("archivist")
    }

    pub fn sealed_by(mut self, key: &str) -> Self {
        let payload = self.files.iter().filter(|(path, _)| path.starts_with("data/"));
        let payload = Plain::new(payload.map(|(path, bytes)| (path.clone(), bytes.clone())));
        let sealed = bag::seal(&payload, &self.info()).unwrap();
        self.files.extend(sealed.tags.into_files());
        self.signed(key)
    }

    /// The tag manifest made anew over these tag files, and signed.
    pub fn tagged(self) -> Self {
        let five =
            ["bag-info.txt", "bagit.txt", "manifest-blake3.txt", "manifest-sha512.txt", "manifest-sm3.txt"];
        self.tagged_of(&five)
    }

    pub fn tagged_of(self, names: &[&str]) -> Self {
        let line = |name: &&str| {
            let bytes = self.files.get(*name)?;
            Some(format!("{}  {name}\n", hex::encode(Sha512::digest(bytes))))
        };
        let text: String = names.iter().filter_map(line).collect();
        self.put(TAGS, text).signed("archivist")
    }

    /// Signed by one of the world's keys.
    pub fn signed(self, key: &str) -> Self {
        let note = self.note(&self.files[TAGS], key);
        self.put(SIGNATURE, note)
    }

    /// A note over some bytes, as if they were the tag manifest or the register of this package.
    pub fn note(&self, bytes: &[u8], key: &str) -> String {
        self.note_with(bytes, world().key(key), |_| ())
    }

    pub fn note_with(&self, bytes: &[u8], key: &dyn Signer, change: impl FnOnce(&mut Statement)) -> String {
        // One that has no hand-over is still signed for what it was.
        let handover =
            Handover::parse(self.files.get(&format!("data/{HANDOVER}")).map_or(b"", Vec::as_slice));
        let handover = handover.unwrap_or_else(|_| world().batch(1).handover());
        let mut statement = Statement {
            origin: handover.origin.clone(),
            package: handover.bag_name(),
            sha512: Sha512::digest(bytes).into(),
        };
        change(&mut statement);
        statement.sign(key).unwrap()
    }

    /// Another hand-over, everything that derives from it and from the events made anew.
    pub fn with_handover(&self, earlier: &[&Bag], change: impl FnOnce(&mut Handover)) -> Self {
        let mut handover = self.handover();
        change(&mut handover);
        self.derived_again(&law(self, earlier).1, &handover, earlier)
    }

    /// The hand-over as it is told, and nothing else made anew but manifests and signature.
    pub fn told(self, change: impl FnOnce(&mut Handover)) -> Self {
        let mut handover = self.handover();
        change(&mut handover);
        self.put(&format!("data/{HANDOVER}"), to_file(&handover).unwrap()).sealed()
    }

    /// The events that a package ships, one file.
    pub fn events(&self) -> Vec<u8> {
        let below = format!("data/{EVIDENCE}/events/");
        self.files.iter().filter(|(path, _)| path.starts_with(&below)).flat_map(|(_, b)| b.clone()).collect()
    }

    pub fn with_events(mut self, events: Vec<u8>) -> Self {
        let below = format!("data/{EVIDENCE}/events/");
        self.files.retain(|path, _| !path.starts_with(&below));
        let from = self.handover().from;
        self.put(&format!("{below}{from:012}.jsonl"), events)
    }

    /// Other events: the lists, the head, the checkpoint, the proof, the derived files, manifests and signatures follow.
    pub fn remade(&self, world: &World, events: Vec<u8>, earlier: &[&Bag]) -> Self {
        let bag = self.clone().with_events(events);
        let (chain, law) = law(&bag, earlier);
        let mut handover = bag.handover();
        let head = chain.head.clone();
        (handover.head, handover.root, handover.size) = (head.chain, head.frontier.root(), head.size());
        handover.made = head.at.unwrap();
        let place = |name: &str| format!("data/{EVIDENCE}/{name}");
        let meta: Value = serde_json::from_slice(&bag.files[&place("bundle.json")]).unwrap();
        let mut meta: Meta = serde_json::from_value(meta).unwrap();
        (meta.head, meta.root, meta.size) = (handover.head, handover.root, handover.size);
        let mut bag = bag.put(&place("bundle.json"), to_file(&meta).unwrap());
        let text = TreeHead { origin: meta.origin.clone(), size: meta.size, root: meta.root }.text();
        let ledger = world.key("ledger");
        let signature = ledger.sign(text.as_bytes()).unwrap();
        let note = Note::sign(text, meta.origin.as_str(), &ledger.key(), signature).encode();
        bag = bag.put(&place("checkpoint"), note);
        let day = handover.made.day().to_string();
        for (path, bytes) in law.files(&day, true).unwrap().files {
            bag = bag.put(&place(path), bytes);
        }
        if meta.from > 0 {
            let leaves =
                Leaves(earlier.iter().copied().chain([&bag]).flat_map(|b| leaves(&b.events())).collect());
            let from = SizedRoot { root: bag.handover().previous.unwrap().root, size: meta.from };
            let proof = prove_consistency(&leaves, meta.from, meta.size).unwrap();
            let to = SizedRoot { root: meta.root, size: meta.size };
            bag = bag.put(&place("consistency.json"), to_file(&Consistency { from, proof, to }).unwrap());
        }
        bag.derived_again(&law, &handover, earlier)
    }

    fn derived_again(&self, law: &Deriving, handover: &Handover, earlier: &[&Bag]) -> Self {
        let mut bag = self.clone();
        let tree = self.tree();
        let lines = TreeLines(&tree);
        let index = Index::build(&lines, law, &handover.fonds).unwrap();
        let mut contents = Contents::default();
        let mut keep = BTreeMap::new();
        for record in index.records() {
            let below = format!("data/{}/", record.folder);
            for (path, bytes) in self.files.iter().filter(|(path, _)| path.starts_with(&below)) {
                let sha256: [u8; 32] = Sha256::digest(bytes).into();
                if let Some(fact) = record.digests.get(&format!("sha256:{}", hex::encode(sha256))) {
                    let name = path[below.len()..].to_owned();
                    contents.add(&record.number, Content::given(name, fact, bytes.len() as u64, sha256));
                    keep.insert(path.clone(), bytes.clone());
                }
            }
        }
        let before = Before(earlier);
        let inputs = Inputs {
            handover,
            deriving: law,
            lines: &lines,
            index: &index,
            contents: &contents,
            earlier: &before,
        };
        bag.files.retain(|path, _| path.contains(EVIDENCE) || !path.starts_with("data/"));
        bag.files.extend(keep);
        derive(&inputs, &mut |path, bytes| {
            bag.files.insert(format!("data/{path}"), bytes.to_vec());
            Ok(())
        })
        .unwrap();
        bag.name = handover.bag_name();
        let register = bag.note(&bag.files[&format!("data/{REGISTER}")], "archivist");
        let bag = bag.put(&format!("data/{REGISTER}.note"), register);
        let info = bag.text("bag-info.txt");
        let identifier = format!("{} {}-{}", handover.origin, handover.from, handover.size);
        let line = |line: &str| match line.split_once(": ") {
            Some(("External-Identifier", _)) => format!("External-Identifier: {identifier}\n"),
            _ => format!("{line}\n"),
        };
        bag.put("bag-info.txt", info.lines().map(line).collect::<String>()).sealed()
    }
}

/// The metadata in packages handed over before.
struct Before<'a>(&'a [&'a Bag]);

impl Earlier for Before<'_> {
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>> {
        let inside = |path: &str| path.contains(&format!("/{number}/")) && path.ends_with("元数据.XML");
        let files = self.0.iter().rev().flat_map(|bag| bag.files.iter());
        Ok(files.filter(|(path, _)| inside(path)).map(|(_, bytes)| bytes.clone()).next())
    }
}

struct Leaves(Vec<TreeHash>);

impl Nodes for Leaves {
    type Error = std::convert::Infallible;

    fn node(&self, height: u32, index: u64) -> Result<TreeHash, Self::Error> {
        if height == 0 {
            return Ok(self.0[usize::try_from(index).unwrap()]);
        }
        Ok(node_hash(&self.node(height - 1, index * 2)?, &self.node(height - 1, index * 2 + 1)?))
    }
}

fn leaves(events: &[u8]) -> Vec<TreeHash> {
    let leaf = |line: &[u8]| match Line::parse(line) {
        Ok(Line::Event(raw)) => Some(leaf_hash(raw.event_bytes())),
        _ => None,
    };
    events.split(|byte| *byte == b'\n').filter_map(leaf).collect()
}

/// Where the chain and the law stand at the end of a package, whatever is wrong with it.
pub fn law(bag: &Bag, earlier: &[&Bag]) -> (Chain, Deriving) {
    let first = bag.handover();
    let books = std::sync::Arc::new(Books::built_in().unwrap());
    let trust = Trust { origin: first.origin.clone(), genesis: first.genesis, checkpoints: Vec::new() };
    let law = Deriving::new(Replay::new(books, first.origin), Texts::for_package());
    let mut verifier = Verifier::new(trust, Copy::Full, law).exported();
    for bag in earlier.iter().copied().chain([bag]) {
        push_events(&bag.tree(), &mut verifier).unwrap();
    }
    let (_, chain, law) = verifier.finish();
    (chain, law)
}

/// The events of a package with an act behind them that the rule book does not admit, rightly sealed.
pub fn with_act(world: &World, bag: &Bag, earlier: &[&Bag], by: &str, kind: &str, facts: Value) -> Vec<u8> {
    with_act_on(world, bag, earlier, (by, "ledger/main"), kind, facts)
}

/// The same about any subject.
pub fn with_act_on(
    world: &World,
    bag: &Bag,
    earlier: &[&Bag],
    (by, subject): (&str, &str),
    kind: &str,
    facts: Value,
) -> Vec<u8> {
    let (chain, law) = law(bag, earlier);
    let signer = world.key(by);
    let keys = &law.law().state().office.keys;
    let holder = keys.iter().find(|known| known.key == signer.key()).unwrap().holder.to_string();
    let now = Moment::from_unix(chain.head.at.unwrap().unix() + 60).unwrap();
    let mut all = json!({ "on": now.day(), "person": holder, "mode": "own" });
    all.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    let facts: Map<String, Value> = all.as_object().unwrap().clone();
    let subject = subject.parse().unwrap();
    let last = chain.last.get(&subject).copied();
    let draft = Draft { kind: kind.parse().unwrap(), subject, facts, parts: Vec::new() };
    let origin = bag.handover().origin;
    let mut builder = ActBuilder::new(&origin, &chain.head, now, signer.key());
    let event = builder.event(&draft, last);
    builder.push(&event, &draft.parts).unwrap();
    let mut events = bag.events();
    events.extend(builder.seal(signer).unwrap().lines);
    events
}
