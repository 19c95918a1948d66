//! Random lives of many items through the one way to write, beside a plain model of the rules: what the model admits is
//! written and what it refuses is refused, for a reason the model knows; the verifier passes and every question is answered
//! as the model answers it. `PROPTEST_CASES` says how many lives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;
mod model;

use std::collections::BTreeSet;

use common::Office;
use model::{Item, Model};
use proptest::prelude::*;
use serde_json::{Value, json};
use zhaoce::fault::Outcome;
use zhaoce::ledger::{Receipt, Wish};
use zhaoce::record::keys::{SecretKey, prove_possession};
use zhaoce::record::verify::Copy;
use zhaoce::record::{Moment, PartName, Signer, Subject};
use zhaoce::views::{Outcomes, Page};

/// Numbers drawn from one seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.roll(all.len())]
    }

    /// Once in so many times.
    fn once(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }
}

struct Life {
    office: Office,
    model: Model,
    items: Vec<Subject>,
    rounds: Vec<Subject>,
    /// Clerks who come and go: person, key, whether it is revoked.
    clerks: Vec<(Subject, SecretKey, bool)>,
    erased: u64,
}

const ATTRIBUTES: [&str; 4] = ["open", "partial", "withheld", "on_request"];
const ANY_KIND: [&str; 12] = [
    "item.proposed",
    "item.reviewed",
    "item.referred",
    "item.determined",
    "item.decided",
    "item.published",
    "item.corrected",
    "item.withdrawn",
    "item.reassessed",
    "item.lapsed",
    "item.transferred",
    "item.registered",
];

fn file(digit: usize) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

impl Life {
    fn new() -> Self {
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
        Self { office, model, items: Vec::new(), rounds: Vec::new(), clerks: Vec::new(), erased: 0 }
    }

    fn step(&mut self, seed: u32) {
        let mut dice = Dice(u64::from(seed));
        let days = [0, 0, 1, 40][dice.roll(4)];
        self.office.now = Moment::from_unix(self.office.now.unix() + 60 + days * 86_400).unwrap();
        match dice.roll(12) {
            0 if self.items.len() < 8 || dice.once(4) => self.newcomer(&mut dice),
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
            let subject = self.items[dice.roll(self.items.len())].clone();
            let item = ahead.item(subject.as_str());
            let kind = if dice.once(5) { dice.of(&ANY_KIND) } else { natural(&item, dice) };
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

    /// Who does it and who enters it, and whether a departure is declared.
    fn manner(&self, model: &Model, mut wish: Wish, dice: &mut Dice) -> (Wish, String) {
        let person = |who: &str| self.office.people[who].0.to_string();
        let who = match wish.kind.as_str() {
            "item.reviewed" | "item.referred" | "item.determined" => "review",
            "item.decided" | "item.reassessed" => "approve",
            "item.proposed" if dice.once(4) => "review",
            _ => "admin",
        };
        let who = if dice.once(25) { dice.of(&["admin", "review", "approve"]) } else { who };
        wish = wish.fact("person", person(who));
        if dice.once(8) {
            let on = Moment::from_unix(self.office.now.unix() - 86_400 * 2).unwrap().day();
            wish = wish.fact("on", on.to_string());
        }
        let mut signer = person(who);
        if dice.once(8) {
            signer = person(dice.of(&["approve", "approve", "admin", "review"]));
            wish = wish.fact("mode", "transcribed");
            if !dice.once(8) {
                wish = wish.fact("evidence", file(5));
            }
        }
        let late = dice.once(6) && wish.kind.as_str() == "item.published";
        let waivers = model.waivers(&wish, &signer);
        if late || dice.once(2) && !waivers.is_empty() {
            signer = person("approve");
            let mut codes = if dice.once(10) { vec!["self_review"] } else { waivers };
            codes.extend(late.then_some("late"));
            codes.sort_unstable();
            codes.dedup();
            let closed = wish.parts.contains_key(&PartName::Closed);
            wish = wish.fact("mode", "transcribed").fact("evidence", file(6)).fact("irregular", codes);
            if !closed && !dice.once(10) {
                wish = wish.part(PartName::Closed, "reason", "补录");
            }
        }
        (wish, signer)
    }

    fn wish(&self, kind: &str, subject: &Subject, it: &Item, dice: &mut Dice) -> Wish {
        let wish = self.office.wish(kind, subject);
        let ground = if it.secret { "state_secret" } else { "privacy" };
        let review = it.review.as_ref();
        match kind {
            "item.registered" => registered(wish, dice),
            "item.proposed" => {
                let attribute = if it.secret && !dice.once(6) { "withheld" } else { dice.of(&ATTRIBUTES) };
                let withheld = ["withheld", "partial"].contains(&attribute) != dice.once(15);
                wish.fact("attribute", attribute).maybe("ground", withheld.then_some(ground))
            }
            "item.reviewed" => {
                let outcome =
                    if it.secret { "exempt" } else { dice.of(&["open", "open", "exempt", "refer"]) };
                let redacted = dice.once(3);
                wish.fact("outcome", outcome)
                    .fact("scope", if redacted { "redacted" } else { "whole" })
                    .maybe("redacted", (redacted != dice.once(15)).then(|| file(1 + dice.roll(2))))
            }
            "item.referred" => wish.fact("to", "secrecy_admin"),
            "item.determined" => {
                wish.fact("outcome", dice.of(&["open", "exempt"])).fact("by_authority", "secrecy_admin")
            }
            "item.decided" => {
                let fit = match review.map(|review| (review.outcome.as_str(), review.scope.as_str())) {
                    Some(("open", "whole")) => "open",
                    Some(("open", _)) => "partial",
                    _ => dice.of(&["withheld", "on_request"]),
                };
                let source = it.source.as_deref().filter(|source| it.other && *source != "unstated");
                let attribute = if dice.once(8) { dice.of(&ATTRIBUTES) } else { source.unwrap_or(fit) };
                let basis = if it.other != dice.once(20) { "followed" } else { "own" };
                let shown = review.and_then(|review| review.redacted.clone()).unwrap_or_else(|| file(1));
                wish.fact("attribute", attribute)
                    .fact("basis", basis)
                    .maybe("ground", (attribute == "withheld").then_some(ground))
                    .maybe("remainder_ground", (attribute == "partial").then_some("privacy"))
                    .maybe("redacted", (attribute == "partial").then_some(shown))
            }
            "item.published" | "item.corrected" => self.release(wish, it, dice),
            "item.withdrawn" => wish.fact("cause", "error"),
            "item.reassessed" => self.reassessed(wish, it, dice),
            "item.lapsed" => wish.fact("cause", "expired"),
            _ => wish,
        }
    }

    fn release(&self, wish: Wish, it: &Item, dice: &mut Dice) -> Wish {
        let content = dice.once(2);
        let extent = if content { "content" } else { "catalogue" };
        let published = wish.kind.as_str() == "item.published";
        let redacted = it.is("partial") && (published || content);
        let shown = it.review.as_ref().and_then(|review| review.redacted.clone()).unwrap_or_else(|| file(1));
        let title = format!("第{}版", self.model.size);
        wish.maybe("channels", published.then(|| json!(["website"])))
            .maybe("extent", (!published).then_some(extent))
            .maybe("redacted", (redacted != dice.once(15)).then_some(shown))
            .part(PartName::Open, "title", title)
    }

    fn reassessed(&self, wish: Wish, it: &Item, dice: &mut Dice) -> Wish {
        let outcomes =
            ["maintain", "maintain", "deferred", "to_on_request", "to_open", "to_partial", "lapsed"];
        let outcome = dice.of(&outcomes);
        let round = self.model.open_round.clone().filter(|_| !dice.once(4));
        let strange = self.rounds.first().map(ToString::to_string).filter(|_| dice.once(10));
        let trigger = if it.secret { "secrecy_over" } else { dice.of(&["circumstances", "source_changed"]) };
        let named = round.is_some() && !dice.once(3);
        let ground = if it.secret { "state_secret" } else { "process" };
        let (keep, to_partial) = (outcome == "maintain", outcome == "to_partial");
        wish.fact("outcome", outcome)
            .maybe("round", strange.or(round))
            .maybe("trigger", (!named).then_some(trigger))
            .maybe("ground", (keep && it.is("withheld")).then_some(ground))
            .maybe("remainder_ground", (to_partial || keep && it.is("partial")).then_some("privacy"))
            .part(PartName::Closed, "reason", "评估")
    }

    fn newcomer(&mut self, dice: &mut Dice) {
        let subject = self.office.subject("item");
        let wish = if dice.once(3) { self.inherited(&subject, dice) } else { self.of_now(&subject, dice) };
        let signer = self.office.people["admin"].0.to_string();
        if self.commit(vec![wish], &signer) {
            self.items.push(subject);
        }
    }

    fn of_now(&self, subject: &Subject, dice: &mut Dice) -> Wish {
        registered(self.office.wish("item.registered", subject), dice)
    }

    fn inherited(&self, subject: &Subject, dice: &mut Dice) -> Wish {
        let attribute = dice.of(&["open", "partial", "withheld", "on_request", "unstated"]);
        let (origin, body) = if dice.once(3) { ("obtained", "other") } else { ("made", "self") };
        let wish = self.office.wish("item.inherited", subject).fact("mode", "inherited");
        let wish = wish.fact("attribute", attribute).fact("responsible", body).fact("origin", origin);
        let ground = (["withheld", "partial"].contains(&attribute) || dice.once(10)).then_some("privacy");
        let wish = wish
            .maybe("ground", ground)
            .part(PartName::Closed, "identity", subject.to_string())
            .part(PartName::Closed, "row", json!([["标题", "旧文"]]))
            .part(PartName::Closed, "source", json!({ "file": "旧.csv", "line": 2 }));
        let open = attribute == "open" || attribute == "partial" && dice.once(2);
        if open != dice.once(15) { wish.part(PartName::Open, "title", "旧文") } else { wish }
    }

    fn round(&mut self, dice: &mut Dice) {
        let year: u64 = self.office.now.to_string()[..4].parse().unwrap();
        let open = self.model.open_round.clone();
        let figures = |wish: Wish, (year, count): (u64, u64)| wish.fact("year", year).fact("count", count);
        let wish = match open.filter(|_| !dice.once(6)) {
            None if dice.once(4) && !self.rounds.is_empty() => {
                let round = self.rounds[dice.roll(self.rounds.len())].clone();
                self.office.wish("round.published", &round).part(PartName::Open, "title", "清理结果")
            }
            None => {
                let round = self.office.subject("round");
                let count = self.model.withheld + u64::from(dice.once(8));
                let year = if dice.once(8) { year + 1 - dice.roll(3) as u64 } else { year };
                self.rounds.push(round.clone());
                figures(self.office.by("approve", "round.opened", &round), (year, count))
            }
            Some(id) => {
                let round = &self.model.rounds[&id];
                let wish = self.office.by("approve", "round.closed", &id.parse().unwrap());
                figures(wish, (round.year, round.count))
            }
        };
        let signer = model::fact(&wish, "person").unwrap().to_owned();
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
                let key = Signer::key(key).to_string();
                let wish = self.office.wish("key.revoked", person).fact("key", key).fact("reason", "left");
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
        let Some((person, key, revoked)) = self.clerks.last().cloned() else { return };
        let subject = self.office.subject("item");
        let wish = self.of_now(&subject, dice).fact("person", person.as_str());
        if revoked {
            let fault = self.append(&key, vec![wish]).unwrap_err();
            assert_eq!(fault.code, "signer.revoked");
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
        let key = self.office.people["approve"].1.clone();
        let (now, part) = (self.office.now, (seq, PartName::Closed));
        self.office.ledger.erase(&key, now, part, wish.clone(), &mut self.office.entropy).unwrap();
        self.model.take(&wish, false);
        self.erased += 1;
    }

    fn append(&mut self, key: &SecretKey, wishes: Vec<Wish>) -> Outcome<Receipt> {
        self.office.ledger.commit(key, self.office.now, wishes, &mut self.office.entropy)
    }

    /// What is lawful by its making.
    fn certain(&mut self, wishes: Vec<Wish>, signer: &str) {
        let key = self.key(signer);
        self.append(&key, wishes.clone()).unwrap();
        wishes.iter().for_each(|wish| self.model.take(wish, false));
    }

    fn key(&self, signer: &str) -> SecretKey {
        let people = self.office.people.values().map(|(person, key)| (person, key));
        let mut all = people.chain(self.clerks.iter().map(|(person, key, _)| (person, key)));
        all.find(|(person, _)| person.as_str() == signer).unwrap().1.clone()
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
        let key = self.key(signer);
        match self.append(&key, wishes.clone()) {
            Ok(_) => {
                assert!(refusing.is_empty(), "written, though {refusing:?}: {wishes:#?}");
                self.model = ahead;
                true
            }
            Err(fault) => {
                let code = fault.code.as_ref();
                assert!(refusing.contains(&code), "{code}, the model says {refusing:?}: {wishes:#?}");
                assert_eq!(*self.office.ledger.head(), head, "a refusal writes nothing");
                false
            }
        }
    }
}

fn registered(wish: Wish, dice: &mut Dice) -> Wish {
    let secret = dice.once(8);
    let (ground, origin, body) =
        if dice.once(4) { ("organ", "obtained", "other") } else { ("made", "made", "self") };
    let source = (body == "other").then(|| dice.of(&ATTRIBUTES));
    let wish = wish.fact("origin", origin).fact("responsible", body).fact("responsible_ground", ground);
    let wish = wish.maybe("source_attribute", source.filter(|_| !dice.once(15)));
    let wish = wish.maybe("secret_basis", secret.then_some("classified"));
    let wish = wish.maybe("review_by", (secret != dice.once(20)).then_some("2030-01-01"));
    if secret != dice.once(20) { wish } else { wish.part(PartName::Closed, "title", "通知") }
}

/// What would come next.
fn natural(it: &Item, dice: &mut Dice) -> &'static str {
    let released = it.is("open") || it.is("partial");
    match it.state.as_str() {
        "registered" | "withdrawn" => "item.proposed",
        "inherited" if it.is("unstated") => "item.proposed",
        "inherited" if it.open.is_some() => "item.withdrawn",
        "proposed" => "item.reviewed",
        "reviewed" if it.review.as_ref().is_some_and(|review| review.outcome == "refer") => "item.referred",
        "referred" => "item.determined",
        "reviewed" | "determined" => "item.decided",
        "decided" if released && !it.cleared(&it.attribute) => "item.reviewed",
        "decided" if released => "item.published",
        "published" => {
            dice.of(&["item.corrected", "item.withdrawn", "item.reviewed", "item.decided", "item.reassessed"])
        }
        "lapsed" => dice.of(&["item.withdrawn", "item.transferred"]),
        _ => "item.reassessed",
    }
}

fn ids(rows: impl Iterator<Item = String>) -> BTreeSet<String> {
    rows.collect()
}

impl Life {
    fn those(&self, which: impl Fn(&Item) -> bool) -> BTreeSet<String> {
        ids(self.model.items.iter().filter(|(_, item)| which(item)).map(|(id, _)| id.clone()))
    }

    /// The verifier passes, and every question is answered as the model answers it.
    fn check(&self) {
        let report = self.office.verify();
        assert!(report.passed(), "{:#?}", report.findings);
        assert_eq!((report.size, report.erased), (self.model.size, self.erased));
        let verdicts = &report.verdicts;
        assert_eq!((verdicts.intact, verdicts.irregular), (self.model.size, self.model.irregular));
        assert_eq!(verdicts.lawful + verdicts.irregular, self.model.size);
        let ledger = &self.office.ledger;
        ledger
            .views()
            .ask(ledger.log(), |query| {
                for (id, item) in &self.model.items {
                    let row = query.item(&id.parse().unwrap())?.unwrap();
                    let law = row.law.as_ref().unwrap();
                    let seen = (row.state().as_str(), row.attribute().as_str(), law.open, law.round_done);
                    assert_eq!(seen, (&*item.state, &*item.attribute, item.open, item.round_done), "{id}");
                    assert_eq!(
                        (law.withheld_since, law.transferred),
                        (item.withheld_since, item.transferred),
                        "{id}"
                    );
                }
                let catalogue = query.catalogue(Page::ALL)?.items;
                assert_eq!(
                    ids(catalogue.iter().map(|row| row.id.to_string())),
                    self.those(|item| item.open.is_some())
                );
                let withheld = query.withheld(Page::ALL)?.items;
                let expected = self.those(|item| item.withheld_since.is_some());
                assert_eq!(expected.len() as u64, self.model.withheld);
                assert_eq!(ids(withheld.iter().map(|row| row.id.to_string())), expected);
                let on_request = query.on_request(Page::ALL)?.items;
                let expected = self.those(|item| item.is("on_request") && item.state != "lapsed");
                assert_eq!(ids(on_request.iter().map(|row| row.id.to_string())), expected);
                let open = query.open_round();
                assert_eq!(open.as_ref().map(|round| round.id.to_string()), self.model.open_round);
                if let Some(view) = open {
                    let round = &self.model.rounds[view.id.as_str()];
                    assert_eq!((view.law.count, view.law.done), (round.count, round.done));
                    let waiting = query.members(&view.id, Outcomes::Missing, Page::ALL)?.items;
                    let expected = self.those(|item| self.model.member(item, round));
                    assert_eq!(round.count - round.done, expected.len() as u64);
                    assert_eq!(ids(waiting.iter().map(|member| member.row.id.to_string())), expected);
                }
                Ok(())
            })
            .unwrap();
    }

    /// Both editions verify, and say what the model says.
    fn export(&mut self) {
        for edition in [Copy::Full, Copy::Public] {
            let bundle = bags::export(&mut self.office, edition);
            let outcome = bags::Outsider::of(&self.office).verify(&bundle);
            assert!(outcome.passed(), "{:?}", outcome.codes());
            let bag = bags::Bag::open(&bundle);
            let listed = |path: &str| {
                let file: Value = serde_json::from_slice(bag.bytes(path)).unwrap();
                ids(file["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["id"].as_str().unwrap().to_owned()))
            };
            assert_eq!(listed("catalog.json"), self.those(|item| item.open.is_some()));
            assert_eq!(listed("withheld.json"), self.those(|item| item.withheld_since.is_some()));
        }
    }
}

fn live(seeds: &[u32]) -> Model {
    let mut life = Life::new();
    for (nth, seed) in seeds.iter().enumerate() {
        life.step(*seed);
        if nth % 6 == 5 {
            life.check();
        }
    }
    life.check();
    life.office = life.office.reopen();
    life.check();
    life.export();
    life.model
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, ..ProptestConfig::default() })]
    #[test]
    fn ledger_verifier_and_views_live_as_the_model_does(seeds in prop::collection::vec(any::<u32>(), 40..140)) {
        live(&seeds);
    }
}

/// The lives lead somewhere: a long one meets every state and most of what can happen.
#[test]
fn a_long_life_meets_everything() {
    let mut dice = Dice(20_261_122);
    let seeds: Vec<u32> = (0..400).map(|_| dice.roll(u32::MAX as usize) as u32).collect();
    let model = live(&seeds);
    let states: BTreeSet<&str> = model.items.values().map(|item| item.state.as_str()).collect();
    assert!(states.len() >= 6, "{states:?}");
    assert!(model.irregular > 5 && model.rounds.values().any(|round| round.state != "opened"));
    assert!(model.items.values().any(|item| item.open.is_some()) && model.withheld > 0);
}
