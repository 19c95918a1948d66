//! A small office for tests: three people with keys, a ledger in a temporary folder, a clock of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use zhaoce::fault::Outcome;
use zhaoce::ledger::{Access, Entropy, FirstKey, Founding, Ledger, Receipt, Wish, fresh_subject};
use zhaoce::record::keys::{SecretKey, prove_possession};
use zhaoce::record::{Moment, PartName, Report, Signer, Subject};

/// Bytes that look random and are the same every time.
pub struct Counted(pub u64);

impl Entropy for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

/// An office of three with a ledger.
pub struct Office {
    pub folder: tempfile::TempDir,
    pub ledger: Ledger,
    pub entropy: Counted,
    pub now: Moment,
    pub people: BTreeMap<&'static str, (Subject, SecretKey)>,
    pub ledger_key: SecretKey,
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

impl Office {
    /// Founds a ledger by 管理 "admin" (also 承办 and 发布) and enrols "review" and "approve".
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut entropy = Counted(7);
        let mut holder = || fresh_subject("person", &mut entropy).unwrap();
        let holders = [holder(), holder(), holder(), holder(), holder()];
        let [admin, ledger, recovery, review, approve] = holders;
        let keys = [key(1), key(2), key(3)];
        let first = |holder: &Subject, name: &str, roles: &[&str], signer| FirstKey {
            holder: holder.clone(),
            name: name.into(),
            roles: roles.iter().map(ToString::to_string).collect(),
            signer,
        };
        let founding = Founding {
            origin: "example.gov.cn/xxgk".parse().unwrap(),
            office: "示例县办公室".into(),
            keys: vec![
                first(&admin, "甲某", &["admin", "archivist", "clerk", "publisher"], &keys[0]),
                first(&ledger, "台账", &["ledger"], &keys[1]),
                first(&recovery, "恢复", &["recovery"], &keys[2]),
            ],
            founder: 0,
        };
        let now: Moment = "2026-01-05T09:00:00+08:00".parse().unwrap();
        let ledger = Ledger::found(&folder.path().join("ledger"), &founding, now, &mut entropy).unwrap();
        let people = BTreeMap::from([
            ("admin", (admin, key(1))),
            ("review", (review, key(4))),
            ("approve", (approve, key(5))),
        ]);
        let mut office = Self { folder, ledger, entropy, now, people, ledger_key: key(2) };
        office.enrol("review", "乙某", &["reviewer"]);
        office.enrol("approve", "丙某", &["approver"]);
        office
    }

    fn enrol(&mut self, who: &'static str, name: &str, roles: &[&str]) {
        let (person, key) = &self.people[who];
        let possession = prove_possession(key, "example.gov.cn/xxgk", person.as_str()).unwrap();
        let admin = &self.people["admin"].0;
        let added = Wish::new("person.added", person)
            .unwrap()
            .fact("roles", roles.to_vec())
            .done(admin, self.now.day(), "own")
            .part(PartName::Personal, "name", name);
        let enrolled = Wish::new("key.enrolled", person)
            .unwrap()
            .fact("key", Signer::key(key).to_string())
            .fact("possession", possession)
            .done(admin, self.now.day(), "own");
        self.commit(vec![added, enrolled]).unwrap();
    }

    /// Opens the same ledger again.
    pub fn reopen(self) -> Self {
        let dir = self.ledger.dir().to_owned();
        drop(self.ledger);
        let ledger = Ledger::open(&dir, Access::Write).unwrap();
        Self { ledger, ..self }
    }

    /// A fresh subject.
    pub fn subject(&mut self, class: &str) -> Subject {
        fresh_subject(class, &mut self.entropy).unwrap()
    }

    /// A wish by "admin", done today.
    pub fn wish(&self, kind: &str, subject: &Subject) -> Wish {
        self.by("admin", kind, subject)
    }

    /// A wish by one of the three, done today.
    pub fn by(&self, who: &str, kind: &str, subject: &Subject) -> Wish {
        Wish::new(kind, subject).unwrap().done(&self.people[who].0, self.now.day(), "own")
    }

    /// The registration of an item this office made.
    pub fn register(&self, item: &Subject, title: &str) -> Wish {
        self.wish("item.registered", item)
            .fact("origin", "made")
            .fact("responsible", "self")
            .fact("responsible_ground", "made")
            .part(PartName::Closed, "title", title)
    }

    /// Commits by the key of the person whom the first wish names, a minute later than the last time.
    pub fn commit(&mut self, wishes: Vec<Wish>) -> Outcome<Receipt> {
        self.now = Moment::from_unix(self.now.unix() + 60).unwrap();
        let person = wishes[0].facts["person"].as_str().unwrap().to_owned();
        let (_, key) = self.people.values().find(|(holder, _)| holder.as_str() == person).unwrap();
        self.ledger.commit(key, self.now, wishes, &mut self.entropy)
    }

    /// Verifies from genesis.
    pub fn verify(&self) -> Report {
        self.ledger.verify(Vec::new(), &mut |_| ()).unwrap()
    }
}
