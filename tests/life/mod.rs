//! A random life of an office: items, rounds, people, erasures, each step drawn from one number and taken to the ledger
//! and to the model alike.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod check;
mod dice;
mod wishes;

use std::collections::BTreeMap;

use serde_json::json;
use zhaoce::fault::Outcome;
use zhaoce::ledger::{Receipt, Wish};
use zhaoce::record::keys::{SecretKey, prove_possession};
use zhaoce::record::{Moment, PartName, Signer, Subject};

use crate::common::Office;
use crate::model::Model;
pub use dice::Dice;
pub use wishes::ANY_KIND;
use wishes::{natural, registered};

pub struct Life {
    pub office: Office,
    pub model: Model,
    items: Vec<Subject>,
    rounds: Vec<Subject>,
    /// Clerks who come and go: person, key, whether it is revoked.
    clerks: Vec<(Subject, SecretKey, bool)>,
    erased: u64,
    /// Kinds that were written and codes that refused, and how often.
    pub met: BTreeMap<String, u64>,
}

impl Life {
    pub fn new() -> Self {
        let office = Office::new();
        let mut model = Model { size: office.ledger.head().size(), ..Model::default() };
        for (who, roles) in [
            ("admin", &["admin", "archivist", "clerk", "publisher"][..]),
            ("review", &["reviewer"]),
            ("approve", &["approver"]),
        ] {
            let roles = roles.iter().map(ToString::to_string).collect();
            model.roles.insert(office.people[who].0.to_string(), roles);
        }
        Self {
            office,
            model,
            items: Vec::new(),
            rounds: Vec::new(),
            clerks: Vec::new(),
            erased: 0,
            met: BTreeMap::new(),
        }
    }

    pub fn step(&mut self, seed: u32) {
        let mut dice = Dice(u64::from(seed));
        let days = [0, 0, 1, 40][dice.roll(4)];
        self.office.now = Moment::from_unix(self.office.now.unix() + 60 + days * 86_400).unwrap();
        match dice.roll(12) {
            0 if self.alive() < 8 || dice.once(4) => self.newcomer(&mut dice),
            1 => self.round(&mut dice),
            2 => self.people(&mut dice),
            3 if dice.once(2) => self.erase(&mut dice),
            _ if self.items.is_empty() => self.newcomer(&mut dice),
            _ => self.go_on(&mut dice),
        }
    }

    /// One item, or several in one act.
    fn go_on(&mut self, dice: &mut Dice) {
        let count = if dice.once(6) { 3 } else { 1 };
        let mut ahead = self.model.clone();
        let (mut act, mut signer): (Vec<Wish>, Option<String>) = (Vec::new(), None);
        for _ in 0..count {
            let subject = self.someone(dice);
            let item = ahead.item(subject.as_str());
            let kind = if dice.once(4) { dice.of(&ANY_KIND) } else { natural(&item, dice) };
            let wish = self.wish(kind, &subject, &item, dice);
            let (wish, by) = self.manner(&ahead, wish, dice);
            if signer.get_or_insert_with(|| by.clone()) != &by {
                continue;
            }
            let (refusing, irregular) = ahead.refusals(&wish, &by);
            act.push(wish.clone());
            if !refusing.is_empty() {
                break;
            }
            ahead.take(&wish, irregular);
        }
        self.commit(act, &signer.unwrap());
    }

    fn alive(&self) -> usize {
        self.model.items.values().filter(|item| item.state != "lapsed").count()
    }

    /// An item; while a round goes on, often one that it still waits for.
    fn someone(&self, dice: &mut Dice) -> Subject {
        let round = self.model.open_round.as_ref().map(|id| &self.model.rounds[id]);
        let due = |id: &&Subject| {
            round.is_some_and(|round| self.model.member(&self.model.item(id.as_str()), round))
        };
        let waiting: Vec<&Subject> = self.items.iter().filter(due).collect();
        if waiting.is_empty() || dice.once(2) {
            let picked = [(); 2].map(|()| &self.items[dice.roll(self.items.len())]);
            // What has lapsed has little before it.
            let lapsed = self.model.items[picked[0].as_str()].state == "lapsed";
            return picked[usize::from(lapsed)].clone();
        }
        waiting[dice.roll(waiting.len())].clone()
    }

    fn newcomer(&mut self, dice: &mut Dice) {
        let subject = self.office.subject("item");
        let wish = if dice.once(3) { self.inherited(&subject, dice) } else { self.of_now(&subject, dice) };
        let (wish, signer) = self.manner(&self.model, wish, dice);
        if self.commit(vec![wish], &signer) {
            self.items.push(subject);
        }
    }

    fn of_now(&self, subject: &Subject, dice: &mut Dice) -> Wish {
        registered(self.office.wish("item.registered", subject), dice)
    }

    fn round(&mut self, dice: &mut Dice) {
        let wish = match self.model.open_round.clone().filter(|_| !dice.once(6)) {
            None if dice.once(2) && !self.rounds.is_empty() => {
                let round = self.rounds[dice.roll(self.rounds.len())].clone();
                self.office.wish("round.published", &round).part(PartName::Open, "title", "清理结果")
            }
            None => {
                let year: u64 = self.office.now.to_string()[..4].parse().unwrap();
                let year = if dice.once(4) { year + 1 - dice.roll(3) as u64 } else { year };
                let round = self.office.subject("round");
                self.rounds.push(round.clone());
                let count = self.model.withheld + u64::from(dice.once(8));
                self.office.wish("round.opened", &round).fact("year", year).fact("count", count)
            }
            Some(id) => {
                let (year, count) = (self.model.rounds[&id].year, self.model.rounds[&id].count);
                let wish = self.office.wish("round.closed", &id.parse().unwrap());
                wish.fact("year", year).fact("count", count + u64::from(dice.once(8)))
            }
        };
        let (wish, signer) = self.manner(&self.model, wish, dice);
        self.commit(vec![wish], &signer);
    }

    fn people(&mut self, dice: &mut Dice) {
        let admin = self.office.people["admin"].0.to_string();
        match dice.roll(5) {
            0 => {
                let roles = if dice.once(2) { json!(["clerk", "reviewer"]) } else { json!(["reviewer"]) };
                let review = self.office.people["review"].0.clone();
                self.certain(vec![self.office.wish("person.changed", &review).fact("roles", roles)], &admin);
            }
            1 => {
                let wish = self.office.wish("rules.policy", &"ledger/main".parse().unwrap());
                let wish = wish.fact("separation", dice.of(&["strict", "relaxed"]));
                let wish = wish.fact("secret_stub", "basis").fact("round_months", 12);
                self.certain(vec![wish.part(PartName::Closed, "reason", "小单位")], &admin);
            }
            2 if self.clerks.len() < 3 => self.enrol(&admin),
            3 => {
                let Some(nth) = self.clerks.iter().position(|(_, _, revoked)| !revoked) else { return };
                let (person, key, revoked) = &mut self.clerks[nth];
                *revoked = true;
                let wish = self.office.wish("key.revoked", person);
                let wish = wish.fact("key", Signer::key(key).to_string()).fact("reason", "left");
                self.certain(vec![wish], &admin);
            }
            _ => self.by_a_clerk(dice),
        }
    }

    fn enrol(&mut self, admin: &str) {
        let person = self.office.subject("person");
        let key = SecretKey::from_seed([40 + self.clerks.len() as u8; 32]);
        let origin = self.office.ledger.info().origin.to_string();
        let possession = prove_possession(&key, &origin, person.as_str()).unwrap();
        let added = self.office.wish("person.added", &person).fact("roles", vec!["clerk"]);
        let enrolled = self.office.wish("key.enrolled", &person).fact("possession", possession);
        let enrolled = enrolled.fact("key", Signer::key(&key).to_string());
        self.certain(vec![added.part(PartName::Personal, "name", "某人"), enrolled], admin);
        self.clerks.push((person, key, false));
    }

    /// A clerk registers; one whose key is revoked cannot.
    fn by_a_clerk(&mut self, dice: &mut Dice) {
        let Some((person, _, revoked)) = self.clerks.last() else { return };
        let (person, revoked) = (person.clone(), *revoked);
        let subject = self.office.subject("item");
        let wish = self.of_now(&subject, dice).fact("person", person.as_str());
        if revoked {
            assert_eq!(self.append(vec![wish], person.as_str()).unwrap_err().code, "signer.revoked");
        } else if self.commit(vec![wish], person.as_str()) {
            self.items.push(subject);
        }
    }

    fn erase(&mut self, dice: &mut Dice) {
        if self.model.closed.is_empty() {
            return;
        }
        let nth = dice.roll(self.model.closed.len());
        let (seq, subject) = self.model.closed.swap_remove(nth);
        let subject: Subject = subject.parse().unwrap();
        let wish = self.office.by("approve", "part.erased", &subject);
        let wish = wish.fact("ground", "personal").fact("asked_by", "subject");
        let Office { ledger, people, entropy, now, .. } = &mut self.office;
        ledger.erase(&people["approve"].1, *now, (seq, PartName::Closed), wish.clone(), entropy).unwrap();
        self.model.take(&wish, false);
        self.erased += 1;
    }

    fn append(&mut self, wishes: Vec<Wish>, signer: &str) -> Outcome<Receipt> {
        let Office { ledger, people, entropy, now, .. } = &mut self.office;
        let people = people.values().map(|(person, key)| (person, key));
        let mut all = people.chain(self.clerks.iter().map(|(person, key, _)| (person, key)));
        let (_, key) = all.find(|(person, _)| person.as_str() == signer).unwrap();
        ledger.commit(key, *now, wishes, entropy)
    }

    /// What is lawful by its making.
    fn certain(&mut self, wishes: Vec<Wish>, signer: &str) {
        self.append(wishes.clone(), signer).unwrap();
        wishes.iter().for_each(|wish| self.model.take(wish, false));
    }

    /// Commits as one act; the ledger and the model must think the same of it. Returns whether it was written.
    fn commit(&mut self, wishes: Vec<Wish>, signer: &str) -> bool {
        let mut ahead = self.model.clone();
        let mut refusing = Vec::new();
        for wish in &wishes {
            let (codes, irregular) = ahead.refusals(wish, signer);
            refusing = codes;
            if !refusing.is_empty() {
                break;
            }
            ahead.take(wish, irregular);
        }
        let head = self.office.ledger.head().clone();
        match self.append(wishes.clone(), signer) {
            Ok(_) => {
                wishes.iter().for_each(|wish| *self.met.entry(wish.kind.to_string()).or_default() += 1);
                assert!(refusing.is_empty(), "written, though {refusing:?}: {wishes:#?}");
                self.model = ahead;
                true
            }
            Err(fault) => {
                let code = fault.code;
                assert!(refusing.contains(&code), "{code}, the model says {refusing:?}: {wishes:#?}");
                assert_eq!(*self.office.ledger.head(), head, "a refusal writes nothing");
                refusing.iter().for_each(|code| *self.met.entry((*code).to_owned()).or_default() += 1);
                false
            }
        }
    }
}
