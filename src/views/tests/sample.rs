//! Random lawful ledgers: every event is admitted by the rule book before it is taken.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::log::{Position, Spot};
use crate::record::act::{ActBuilder, Draft, Head, SealedPart};
use crate::record::keys::{SecretKey, Signer, prove_possession};
use crate::record::{Event, Moment, Origin, Part, PartName, Subject};
use crate::rules::{Books, Replay, admit, is_admitted, next_step};
use crate::views::{EventLine, LinesInMemory};

/// An event that is wanted: kind, subject, facts, parts.
pub type Wanted<'a> = (&'a str, Subject, Value, Vec<(PartName, Value)>);

/// A small generator of numbers, the same for the same seed.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

pub struct Sample {
    pub origin: Origin,
    pub books: Arc<Books>,
    pub source: LinesInMemory,
    pub dice: Dice,
    head: Head,
    law: Replay,
    last: HashMap<Subject, u64>,
    people: [(Subject, SecretKey); 2],
    items: Vec<Subject>,
    rounds: Vec<Subject>,
    now: Moment,
}

const TITLES: [&str; 8] = [
    "关于印发工作要点的通知",
    "关于加强安全生产工作的通知",
    "2025年度政府工作报告",
    "关于 ＡＢＣ 项目的批复",
    "会议纪要",
    "关于调整低保标准的通知",
    "人事任免",
    "x",
];

impl Sample {
    /// A ledger of about `events` random events.
    pub fn new(seed: u64, events: usize) -> Self {
        let mut sample = Self::founded(seed);
        while sample.source.lines.len() < events {
            sample.step();
        }
        sample
    }

    fn founded(seed: u64) -> Self {
        let origin: Origin = "example.gov.cn/xxgk".parse().unwrap();
        let books = Arc::new(Books::built_in().unwrap());
        let head = Head::at_origin(&origin);
        let person = |n: u8| (Subject::random("person", [n; 10]).unwrap(), SecretKey::from_seed([n; 32]));
        let mut sample = Self {
            source: LinesInMemory { end: Position { size: 0, head: head.chain }, lines: Vec::new() },
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            law: Replay::new(books.clone(), origin.clone()),
            people: [person(1), person(2)],
            now: "2026-01-05T09:00:00+08:00".parse().unwrap(),
            last: HashMap::new(),
            items: Vec::new(),
            rounds: Vec::new(),
            origin,
            books,
            head,
        };
        sample.open();
        sample
    }

    fn open(&mut self) {
        let all = ["admin", "approver", "archivist", "clerk", "publisher"];
        let entry = |n: u8, roles: &[&str]| {
            let (holder, key) = (Subject::random("person", [n; 10]).unwrap(), SecretKey::from_seed([n; 32]));
            let possession = prove_possession(&key, self.origin.as_str(), holder.as_str()).unwrap();
            json!({"holder": holder, "key": Signer::key(&key), "possession": possession, "roles": roles})
        };
        let mut keys =
            vec![entry(1, &all), entry(2, &["reviewer"]), entry(3, &["ledger"]), entry(4, &["recovery"])];
        keys.sort_by_key(|key| key["key"].as_str().unwrap().to_owned());
        let rules = self.books.newest().unwrap().digest();
        let mut names = Map::new();
        names.insert(self.people[0].0.to_string(), "甲某".into());
        names.insert(self.people[1].0.to_string(), "乙某".into());
        let facts = json!({"format": 1, "suite": "zc1", "rules": rules, "keys": keys});
        let parts = vec![
            (PartName::Open, json!({"office": "示例县办公室"})),
            (PartName::Personal, json!({"names": names})),
        ];
        assert!(self.act(0, vec![("ledger.opened", "ledger/main".parse().unwrap(), facts, parts)]));
    }

    fn subject(&mut self, class: &str) -> Subject {
        let (a, b) = (self.dice.next().to_be_bytes(), self.dice.next().to_be_bytes());
        let mut bits = [0; 10];
        bits[..8].copy_from_slice(&a);
        bits[8..].copy_from_slice(&b[..2]);
        Subject::random(class, bits).unwrap()
    }

    /// Tries an act by person `who`; nothing is taken when the law refuses one of its events.
    pub fn act(&mut self, who: usize, wishes: Vec<Wanted<'_>>) -> bool {
        let (person, key) = (&self.people[who].0, SecretKey::from_seed([who as u8 + 1; 32]));
        let mut builder = ActBuilder::new(&self.origin, &self.head, self.now, Signer::key(&key));
        let (mut law, mut last) = (self.law.clone(), self.last.clone());
        for (kind, subject, facts, parts) in wishes {
            let mut facts = facts.as_object().unwrap().clone();
            facts.insert("person".into(), person.as_str().into());
            let mode = if kind == "item.inherited" { "inherited" } else { "own" };
            facts.insert("mode".into(), mode.into());
            facts.entry("on").or_insert_with(|| self.now.day().to_string().into());
            let sealed = |(name, data): (PartName, Value)| {
                let mut salt = [0; 16];
                salt[..8].copy_from_slice(&self.dice.next().to_be_bytes());
                SealedPart::new(name, &Part::new(data.as_object().unwrap().clone(), salt)).unwrap()
            };
            let parts = parts.into_iter().map(sealed).collect();
            let draft = Draft { kind: kind.parse().unwrap(), subject: subject.clone(), facts, parts };
            let event = builder.event(&draft, last.get(&subject).copied());
            if !is_admitted(&admit(&self.books, law.state(), &event)) {
                return false;
            }
            law.push(&event);
            last.insert(subject, event.seq);
            builder.push(&event, &draft.parts).unwrap();
        }
        let act = builder.seal(&key).unwrap();
        let mut from = 0;
        for (nth, end) in act.ends.iter().enumerate() {
            let bytes = act.lines[from..end - 1].to_vec();
            let spot = Spot { segment: act.first / 100 * 100, offset: self.source.lines.len() as u64 * 700 };
            self.source.lines.push(EventLine { seq: act.first + nth as u64, spot, bytes });
            from = *end;
        }
        self.head = act.head;
        self.source.end = Position { size: self.head.size(), head: self.head.chain };
        (self.law, self.last) = (law, last);
        true
    }

    /// Tries one random act, and lets some time pass.
    pub fn step(&mut self) {
        let minutes = if self.dice.below(5) == 0 { self.dice.below(3000) } else { 1 };
        self.now = Moment::from_unix(self.now.unix() + 60 * (minutes as i64 + 1)).unwrap();
        match self.dice.below(20) {
            0 => self.register(),
            1 => self.inherit(),
            2 if self.dice.below(3) == 0 => self.round(),
            3 if self.dice.below(3) == 0 => drop(self.erase()),
            _ => self.advance(),
        }
    }

    fn texts(&mut self) -> Map<String, Value> {
        let n = self.dice.below(12);
        let mut texts = Map::new();
        texts.insert("title".into(), (*self.dice.pick(&TITLES)).into());
        if self.dice.below(2) == 0 {
            texts.insert("document_number".into(), format!("示政办〔2025〕{n}号").into());
        }
        if self.dice.below(3) == 0 {
            texts.insert("index_number".into(), format!("0001-{n}").into());
        }
        texts
    }

    fn register(&mut self) {
        let count = 1 + self.dice.below(3);
        let mut wishes = Vec::new();
        for _ in 0..count {
            let item = self.subject("item");
            self.items.push(item.clone());
            let texts = self.texts();
            let mut facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made"});
            if self.dice.below(2) == 0 {
                facts["formed"] = format!("202{}-03-01", self.dice.below(6)).into();
            }
            wishes.push(("item.registered", item, facts, vec![(PartName::Closed, texts.into())]));
        }
        self.act(0, wishes);
    }

    /// Registers an item with this title.
    pub fn register_titled(&mut self, title: &str) -> Subject {
        let item = self.subject("item");
        let facts = json!({"origin": "made", "responsible": "self", "responsible_ground": "made"});
        let parts = vec![(PartName::Closed, json!({"title": title}))];
        assert!(self.act(0, vec![("item.registered", item.clone(), facts, parts)]));
        item
    }

    fn inherit(&mut self) {
        let item = self.subject("item");
        self.items.push(item.clone());
        let attribute = *self.dice.pick(&["open", "on_request", "withheld", "unstated", "partial"]);
        let other = self.dice.below(4) == 0;
        let responsible = if other { "other" } else { "self" };
        let mut facts = json!({"attribute": attribute, "responsible": responsible, "origin": if other { "obtained" } else { "made" }});
        if self.dice.below(2) == 0 {
            facts["published"] = "2023-07-01".into();
        }
        let mut closed = self.texts();
        let identity = format!("b3:{:064x}", self.dice.below(40));
        closed.insert("identity".into(), identity.into());
        closed.insert("row".into(), json!({"title": "原题"}));
        closed.insert("source".into(), json!({"file": "records.csv", "line": 3}));
        let mut parts = vec![(PartName::Closed, closed.into())];
        if attribute == "open" {
            parts.push((PartName::Open, self.texts().into()));
        }
        self.act(0, vec![("item.inherited", item, facts, parts)]);
    }

    fn round(&mut self) {
        let office = &self.law.state().office;
        let year = self.now.day().0.year();
        match self.law.state().open_round() {
            None => {
                let facts = json!({"year": year, "count": office.withheld});
                let round = self.subject("round");
                if self.act(0, vec![("round.opened", round.clone(), facts, vec![])]) {
                    self.rounds.push(round);
                }
            }
            Some((subject, round)) => {
                let (subject, facts) =
                    (subject.parse().unwrap(), json!({"year": round.year, "count": round.count}));
                self.act(0, vec![("round.closed", subject, facts, vec![])]);
            }
        }
    }

    fn advance(&mut self) {
        if self.items.is_empty() {
            return;
        }
        let item = self.dice.pick(&self.items).clone();
        let attribute = *self.dice.pick(&["open", "on_request", "withheld", "partial"]);
        let file = format!("sha256:{}", "ab".repeat(32));
        let reason = vec![(PartName::Closed, json!({"reason": "经研究"}))];
        let open = vec![(PartName::Open, self.texts().into())];
        let round = self.law.state().open_round().map(|(subject, _)| subject.to_owned());
        let choice = self.choice(&item);
        let (who, kind, mut facts, parts) = match choice {
            0 | 1 => (0, "item.proposed", json!({"attribute": attribute}), reason),
            2 | 3 => {
                let scope = *self.dice.pick(&["whole", "whole", "redacted"]);
                let outcome = *self.dice.pick(&["open", "open", "open", "exempt", "refer"]);
                (1, "item.reviewed", json!({"outcome": outcome, "scope": scope}), reason)
            }
            4 | 5 => (0, "item.decided", json!({"attribute": attribute, "basis": "own"}), reason),
            6 | 7 => (0, "item.published", json!({"channels": ["website"]}), open),
            8 => (0, "item.corrected", json!({"extent": "catalogue"}), open),
            9 => (0, "item.withdrawn", json!({"cause": "error"}), reason),
            10 => {
                let outcome =
                    *self.dice.pick(&["maintain", "maintain", "to_open", "to_on_request", "deferred"]);
                let mut facts = json!({"outcome": outcome});
                match &round {
                    Some(round) => facts["round"] = round.as_str().into(),
                    None => facts["trigger"] = "circumstances".into(),
                }
                (0, "item.reassessed", facts, reason)
            }
            11 => (0, *self.dice.pick(&["item.lapsed", "item.transferred"]), json!({}), reason),
            12 => (1, "item.referred", json!({"to": "secrecy_admin"}), reason),
            _ => (1, "item.determined", json!({"outcome": "open", "by_authority": "secrecy_admin"}), reason),
        };
        match (kind, attribute) {
            ("item.proposed", "withheld" | "partial") => facts["ground"] = "privacy".into(),
            ("item.decided", "withheld") => facts["ground"] = "privacy".into(),
            ("item.decided", "partial") => {
                facts["remainder_ground"] = "privacy".into();
                facts["redacted"] = file.clone().into();
            }
            ("item.lapsed", _) => facts["cause"] = "repealed".into(),
            ("item.reassessed", "withheld") => facts["ground"] = "privacy".into(),
            ("item.reassessed", "partial") => facts["remainder_ground"] = "privacy".into(),
            _ => {}
        }
        let partial =
            self.law.state().item(item.as_str()).is_some_and(|item| item.attribute.as_str() == "partial");
        if (kind == "item.reviewed" && facts["scope"] == "redacted") || (kind == "item.published" && partial)
        {
            facts["redacted"] = file.into();
        }
        self.act(who, vec![(kind, item, facts, parts)]);
    }

    /// Mostly what the item waits for, sometimes anything.
    fn choice(&mut self, item: &Subject) -> usize {
        let next = self.law.state().item(item.as_str()).and_then(next_step).map(|next| next.kind);
        match next {
            _ if self.dice.below(4) == 0 => self.dice.below(14),
            Some("item.proposed") => 0,
            Some("item.reviewed") => 2,
            Some("item.decided") => 4,
            Some("item.published") => 6,
            Some("item.referred") => 12,
            Some("item.determined") => 13,
            _ => 8 + self.dice.below(4),
        }
    }

    /// Erases a random body: the event first, then the body leaves its line.
    pub fn erase(&mut self) -> Option<(u64, PartName)> {
        let (seq, name) = self.erase_event()?;
        self.remove(seq, name);
        Some((seq, name))
    }

    /// Only the event of an erasure.
    pub fn erase_event(&mut self) -> Option<(u64, PartName)> {
        for _ in 0..50 {
            let nth = self.dice.below(self.source.lines.len());
            let event = event_of(&self.source.lines[nth]);
            let line: Value = serde_json::from_slice(&self.source.lines[nth].bytes).unwrap();
            let here = line["parts"].as_object().unwrap();
            let Some((name, digest)) = event.parts.iter().find(|(name, _)| here.contains_key(name.as_str()))
            else {
                continue;
            };
            let facts = json!({"of": event.seq, "part": name.as_str(), "digest": digest, "ground": "personal", "asked_by": "office"});
            if self.act(0, vec![("part.erased", event.subject, facts, vec![])]) {
                return Some((event.seq, *name));
            }
        }
        None
    }

    /// The event of the erasure of the closed body of event `seq`.
    pub fn erase_of(&mut self, seq: u64) -> PartName {
        let event = event_of(&self.source.lines[seq as usize]);
        let digest = event.parts[&PartName::Closed];
        let facts = json!({"of": seq, "part": "closed", "digest": digest, "ground": "personal", "asked_by": "office"});
        assert!(self.act(0, vec![("part.erased", event.subject, facts, vec![])]));
        PartName::Closed
    }

    /// Takes a body out of its line, as the log does.
    pub fn remove(&mut self, seq: u64, name: PartName) {
        let line = &mut self.source.lines[seq as usize];
        let mut value: Value = serde_json::from_slice(&line.bytes).unwrap();
        value["parts"].as_object_mut().unwrap().remove(name.as_str());
        line.bytes = serde_json::to_vec(&value).unwrap();
    }
}

/// The event of a line.
pub fn event_of(line: &EventLine) -> Event {
    let value: Value = serde_json::from_slice(&line.bytes).unwrap();
    serde_json::from_value(value["event"].clone()).unwrap()
}

#[test]
fn random_ledgers_have_something_of_everything() {
    let mut kinds = std::collections::BTreeMap::new();
    for seed in 1..6 {
        for line in &Sample::new(seed, 300).source.lines {
            *kinds.entry(event_of(line).kind.to_string()).or_insert(0) += 1;
        }
    }
    for kind in [
        "item.registered",
        "item.inherited",
        "item.proposed",
        "item.reviewed",
        "item.decided",
        "item.published",
        "item.corrected",
        "item.withdrawn",
        "item.reassessed",
        "item.lapsed",
        "item.transferred",
        "round.opened",
        "round.closed",
        "part.erased",
        "item.referred",
        "item.determined",
    ] {
        assert!(kinds.get(kind).copied().unwrap_or(0) > 2, "{kind}: {kinds:?}");
    }
}
