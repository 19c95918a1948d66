//! Surgery on lines, and damaged samples kept in `target/samples/`, where the second verifier reads them.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use serde_json::{Value, json};
use zhaoce::record::event::{event_line, seal_line};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::note::{Note, seal_key_name};
use zhaoce::record::tree::{Frontier, leaf_hash};
use zhaoce::record::{
    ChainHash, Checkpoint, Class, Line, Origin, PartName, Report, Seal, Signer, canonical, note::TreeHead,
};

/// The lines of a log, each with its `\n`.
pub fn lines(log: &[u8]) -> Vec<Vec<u8>> {
    log.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

pub fn is_synced(line: &[u8]) -> bool {
    line.starts_with(b"{\"synced\"")
}

pub fn is_seal(line: &[u8]) -> bool {
    line.starts_with(b"{\"seal\"")
}

pub fn codes(report: &Report) -> Vec<&str> {
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

pub fn has(report: &Report, code: &str) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

/// Signs `text` as a seal under `origin` by `key`, as a line.
pub fn seal_by(origin: &str, text: String, key: &SecretKey) -> Vec<u8> {
    let origin: Origin = origin.parse().unwrap();
    let name = seal_key_name(&origin, &Signer::key(key));
    let signature = key.sign(text.as_bytes()).unwrap();
    let mut line = seal_line(&Note::sign(text, &name, &Signer::key(key), signature).encode());
    line.push(b'\n');
    line
}

/// The text that a seal line signs.
pub fn seal_text(line: &[u8]) -> String {
    let Line::Seal(note) = Line::parse(line.strip_suffix(b"\n").unwrap()).unwrap() else { panic!() };
    let at = note.rfind("\n\n").unwrap();
    note[..=at].to_owned()
}

pub fn checkpoint(origin: &str, size: u64, root: zhaoce::record::TreeHash, key: &SecretKey) -> String {
    let text = TreeHead { origin: origin.parse().unwrap(), size, root }.text();
    let signature = key.sign(text.as_bytes()).unwrap();
    Note::sign(text, origin, &Signer::key(key), signature).encode()
}

pub fn parsed(note: &str) -> Checkpoint {
    Checkpoint::parse(note).unwrap()
}

/// An event line as values that can be changed.
#[derive(Clone)]
pub struct Loose {
    pub event: Value,
    pub parts: Value,
}

/// The event lines of a log, taken apart.
pub fn loose(log: &[u8]) -> Vec<Loose> {
    let of = |line: Vec<u8>| -> Option<Loose> {
        let mut value: Value = serde_json::from_slice(&line).ok()?;
        Some(Loose { event: value.get_mut("event")?.take(), parts: value.get_mut("parts")?.take() })
    };
    lines(log).into_iter().filter_map(of).collect()
}

/// What a forger with every key leaves as it was when moving events about.
#[derive(Default, Clone, Copy)]
pub struct Stale {
    pub seq: bool,
    pub act: bool,
    pub prev: bool,
    pub keys: bool,
    pub last: bool,
    pub by: bool,
    pub at: bool,
}

/// Cuts events into acts of the given lengths, mends whatever is not stale, and seals each act by `signer` of its
/// first event.
pub fn recut(
    origin: &str,
    events: &[Loose],
    cuts: &[usize],
    stale: Stale,
    signer: &dyn Fn(&str) -> SecretKey,
) -> Vec<u8> {
    let mut forger = Recut { origin, stale, chain: ChainHash::of_origin(origin), ..Recut::default() };
    let mut rest = events;
    for cut in cuts {
        let (act, after) = rest.split_at(*cut);
        forger.act(act, signer);
        rest = after;
    }
    assert!(rest.is_empty());
    forger.log
}

struct Recut<'a> {
    origin: &'a str,
    stale: Stale,
    log: Vec<u8>,
    chain: ChainHash,
    tree: Frontier,
    keys: Option<u64>,
    last: std::collections::HashMap<String, u64>,
}

impl Default for Recut<'_> {
    fn default() -> Self {
        Self {
            origin: "",
            stale: Stale::default(),
            log: Vec::new(),
            chain: ChainHash::of_origin(""),
            tree: Frontier::default(),
            keys: None,
            last: std::collections::HashMap::new(),
        }
    }
}

impl Recut<'_> {
    fn act(&mut self, act: &[Loose], signer: &dyn Fn(&str) -> SecretKey) {
        let (first, keys) = (self.tree.size(), self.keys);
        let lead = act[0].event.clone();
        for Loose { event, parts } in act {
            let mut event = event.clone();
            self.mend(&mut event, &lead, first, keys);
            let bytes = canonical_bytes(&event);
            self.log.extend(line_of(&bytes, parts));
            self.chain = ChainHash::of_event(&bytes);
            let seq = self.tree.size();
            self.last.insert(event["subject"].as_str().unwrap().into(), seq);
            let kind = event["kind"].as_str().unwrap();
            let links = ["person.", "key.", "rules."].iter().any(|class| kind.starts_with(class));
            if links || kind == "ledger.opened" {
                self.keys = Some(seq);
            }
            self.tree.push(leaf_hash(&bytes));
        }
        let head =
            TreeHead { origin: self.origin.parse().unwrap(), size: self.tree.size(), root: self.tree.root() };
        let text = Seal::text_of(&head, first, &self.chain);
        self.log.extend(seal_by(self.origin, text, &signer(lead["by"].as_str().unwrap())));
    }

    fn mend(&self, event: &mut Value, lead: &Value, first: u64, keys: Option<u64>) {
        let stale = self.stale;
        let subject = event["subject"].as_str().unwrap().to_owned();
        let mut put = |stale: bool, name: &str, value: Option<Value>| match value {
            _ if stale => {}
            Some(value) => event[name] = value,
            None => {
                event.as_object_mut().unwrap().remove(name);
            }
        };
        put(stale.seq, "seq", Some(self.tree.size().into()));
        put(stale.act, "act", Some(first.into()));
        put(stale.prev, "prev", Some(self.chain.to_string().into()));
        put(stale.keys, "keys", keys.map(Value::from));
        put(stale.last, "last", self.last.get(&subject).map(|last| Value::from(*last)));
        put(stale.by, "by", Some(lead["by"].clone()));
        put(stale.at, "at", Some(lead["at"].clone()));
    }
}

pub fn canonical_bytes(value: &Value) -> Vec<u8> {
    let bytes = serde_json_canonicalizer::to_vec(value).unwrap();
    canonical::check_within(&bytes, usize::MAX).unwrap();
    bytes
}

/// An event line from canonical bytes and parts as they were.
pub fn line_of(event: &[u8], parts: &Value) -> Vec<u8> {
    let parts: Vec<(PartName, Vec<u8>)> = parts
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, part)| (part_name(name), canonical_bytes(part)))
        .collect();
    let mut line = event_line(event, parts.iter().map(|(name, bytes)| (*name, &bytes[..])));
    line.push(b'\n');
    line
}

fn part_name(name: &str) -> PartName {
    match name {
        "open" => PartName::Open,
        "closed" => PartName::Closed,
        _ => PartName::Personal,
    }
}

// Samples.

fn folder(group: &str, name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/samples").join(group).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

pub fn found(report: &Report) -> Vec<Value> {
    found_in(&report.findings)
}

pub fn found_in(findings: &[zhaoce::record::Finding]) -> Vec<Value> {
    let mut found: Vec<Value> = findings
        .iter()
        .map(|finding| json!({ "code": finding.code, "class": finding.class, "seq": finding.place.seq }))
        .collect();
    found.sort_by_key(Value::to_string);
    found
}

/// What every sample says of itself.
pub struct Expect<'a> {
    pub origin: String,
    pub genesis: ChainHash,
    pub checkpoints: &'a [String],
    pub passed: bool,
    pub findings: Vec<Value>,
}

impl<'a> Expect<'a> {
    pub fn of(origin: &str, genesis: ChainHash, checkpoints: &'a [String], report: &Report) -> Self {
        let (passed, findings) = (report.passed(), found(report));
        Self { origin: origin.into(), genesis, checkpoints, passed, findings }
    }

    fn write(self, dir: &std::path::Path, kind: &str) {
        let mut names = Vec::new();
        for (nth, note) in self.checkpoints.iter().enumerate() {
            names.push(format!("checkpoint-{nth}"));
            std::fs::write(dir.join(&names[nth]), note).unwrap();
        }
        let expect = json!({
            "origin": self.origin, "genesis": self.genesis, "kind": kind, "checkpoints": names,
            "passed": self.passed, "findings": self.findings,
        });
        std::fs::write(dir.join("expect.json"), expect.to_string()).unwrap();
    }
}

/// Keeps a ledger of one segment.
pub fn keep_ledger(name: &str, log: &[u8], expect: Expect<'_>) {
    keep_segments(name, &[("000000000000.jsonl", log)], expect);
}

/// Keeps a ledger in which both verifiers must find the same, code by code.
pub fn keep_law(name: &str, log: &[u8], expect: Expect<'_>) {
    keep_in("law", name, &[("000000000000.jsonl", log)], expect);
}

/// Keeps a ledger of several segments.
pub fn keep_segments(name: &str, segments: &[(&str, &[u8])], expect: Expect<'_>) {
    keep_in("damage", name, segments, expect);
}

fn keep_in(group: &str, name: &str, segments: &[(&str, &[u8])], expect: Expect<'_>) {
    let dir = folder(group, name);
    std::fs::create_dir_all(dir.join("log")).unwrap();
    for (file, bytes) in segments {
        std::fs::write(dir.join("log").join(file), bytes).unwrap();
    }
    expect.write(&dir, "ledger");
}

/// Keeps a bundle.
pub fn keep_bundle(name: &str, bundle: &[u8], expect: Expect<'_>) {
    let dir = folder("bundles", name);
    std::fs::write(dir.join("bundle.tar.zst"), bundle).unwrap();
    expect.write(&dir, "bundle");
}

/// Keeps a proof.
pub fn keep_proof(name: &str, proof: &[u8], expect: Expect<'_>) {
    let dir = folder("proofs", name);
    std::fs::write(dir.join("proof.json"), proof).unwrap();
    expect.write(&dir, "proof");
}

/// A report that must not pass, with an integrity finding.
pub fn assert_integrity(what: &str, report: &Report) {
    assert!(report.count(Class::Integrity) > 0, "{what}: {:?}", codes(report));
}
