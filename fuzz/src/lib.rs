//! What the fuzz targets share: a small sound log, made the same way every time, and a law that lets everything pass.

use serde_json::{Value, json};
use zhaoce::record::act::{ActBuilder, Draft, Head, SealedPart, sign_checkpoint};
use zhaoce::record::event::synced_line;
use zhaoce::record::keys::SecretKey;
use zhaoce::record::note::Checkpoint;
use zhaoce::record::verify::Trust;
use zhaoce::record::{
    Authority, ChainHash, Event, Finding, KeyId, Kind, Law, Line, Part, PartName, Signer, Subject,
};

/// A law that admits everything by one key: the targets that use it are about bytes.
#[derive(Clone)]
pub struct AnyLaw(pub KeyId);

impl Law for AnyLaw {
    fn authority(&self, key: &KeyId, _act: u64) -> Authority {
        if self.0 == *key { Authority::Enrolled } else { Authority::Unknown }
    }
    fn judge(&mut self, _event: &Event) -> Vec<Finding> {
        Vec::new()
    }
    fn acknowledged(&self, _seq: u64, _code: &str) -> bool {
        false
    }
    fn ledger_key(&self) -> Option<KeyId> {
        Some(self.0)
    }
    fn missing_member(&self, _kind: &Kind, _part: PartName, _members: &serde_json::Map<String, Value>) -> Option<String> {
        None
    }
    fn standing_open(&self, _kind: &Kind) -> bool {
        false
    }
    fn open_in_force(&self, _subject: &Subject) -> Option<u64> {
        None
    }
    fn opens_in_force(&self) -> Vec<(u64, Subject)> {
        Vec::new()
    }
}

/// A sound log of three acts and what is needed to verify it.
pub struct Sample {
    pub trust: Trust,
    pub law: AnyLaw,
    pub log: Vec<u8>,
    pub checkpoint: String,
}

fn draft(kind: &str, subject: &str) -> Draft {
    let facts = |more: Value| more.as_object().cloned().unwrap_or_default();
    let data = facts(json!({"on": "2026-01-05", "title": "关于印发\"通知\"的函\n"}));
    let part = SealedPart::new(PartName::Closed, &Part::new(data, [7; 16])).expect("canonical");
    let facts = facts(json!({"mode": "own", "on": "2026-01-05", "person": "person/a", "n": [1, -2, true, null]}));
    Draft { kind: kind.parse().expect("kind"), subject: subject.parse().expect("subject"), facts, parts: vec![part] }
}

/// Builds the sample.
pub fn sample() -> Sample {
    let key = SecretKey::from_seed([1; 32]);
    let origin: zhaoce::record::Origin = "example.gov.cn/xxgk".parse().expect("origin");
    let acts: [&[(&str, &str)]; 3] = [
        &[("ledger.opened", "ledger/main"), ("person.added", "person/a")],
        &[("item.registered", "item/a"), ("item.registered", "item/b")],
        &[("item.proposed", "item/a")],
    ];
    let (mut head, mut log) = (Head::at_origin(&origin), Vec::new());
    for (nth, act) in acts.iter().enumerate() {
        let at = format!("2026-01-05T09:0{nth}:00+08:00").parse().expect("moment");
        let mut builder = ActBuilder::new(&origin, &head, at, Signer::key(&key));
        for (kind, subject) in *act {
            let draft = draft(kind, subject);
            let event = builder.event(&draft, (nth == 2).then_some(2));
            builder.push(&event, &draft.parts).expect("push");
        }
        log.extend_from_slice(&synced_line(head.size()));
        log.push(b'\n');
        let sealed = builder.seal(&key).expect("seal");
        log.extend_from_slice(&sealed.lines);
        head = sealed.head;
    }
    let Ok(Line::Event(genesis)) = Line::parse(log.split(|b| *b == b'\n').nth(1).expect("a line")) else {
        panic!("the sample begins with an event")
    };
    let genesis = ChainHash::of_event(genesis.event_bytes());
    let checkpoint = sign_checkpoint(&origin, &head, &key).expect("checkpoint");
    let checkpoints = vec![Checkpoint::parse(&checkpoint).expect("a checkpoint")];
    Sample { trust: Trust { origin, genesis, checkpoints }, law: AnyLaw(Signer::key(&key)), log, checkpoint }
}

/// The key that signs the sample.
pub fn sample_key() -> KeyId {
    SecretKey::from_seed([1; 32]).key()
}
