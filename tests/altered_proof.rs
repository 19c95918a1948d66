//! Nothing altered in a proof of one entry passes: bytes, entries, seals, checkpoints, key acts. A sample of each kind is
//! kept for the second verifier.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;
mod damage;

use common::Office;
use damage::Expect;
use rayon::prelude::*;
use serde_json::{Value, json};
use zhaoce::bundle::proof::{check, make};
use zhaoce::bundle::proof_source::LogSource;
use zhaoce::record::verify::Trust;
use zhaoce::record::{PartName, Subject};
use zhaoce::rules::Replay;

struct Case {
    office: Office,
    shown: Subject,
    other: Subject,
    withdrawn: Subject,
}

fn case() -> Case {
    let mut office = Office::new();
    let shown = bags::item(&mut office, "公开的通知", "open");
    bags::publish(&mut office, &shown, "公开的通知", false);
    let other = bags::item(&mut office, "另一件", "open");
    bags::publish(&mut office, &other, "另一件", false);
    let withdrawn = bags::item(&mut office, "撤回的", "open");
    bags::publish(&mut office, &withdrawn, "撤回的", false);
    office.commit(vec![office.wish("item.withdrawn", &withdrawn).fact("cause", "error")]).unwrap();
    Case { office, shown, other, withdrawn }
}

fn prove(office: &mut Office, subject: &Subject) -> Vec<u8> {
    let note = office.ledger.checkpoint(&office.ledger_key).unwrap();
    prove_at(office, subject, &note)
}

fn prove_at(office: &mut Office, subject: &Subject, note: &str) -> Vec<u8> {
    let open = office.ledger.open_in_force(subject).unwrap();
    make(&LogSource::new(&office.ledger), &office.ledger.trust(Vec::new()), subject, note, open).unwrap()
}

/// The codes that fail a proof; `None` when it holds.
fn wrong(trust: &Trust, office: &Office, proof: &[u8]) -> Option<Vec<Value>> {
    let law = Replay::new(office.ledger.books().clone(), trust.origin.clone());
    match check(proof, trust, law) {
        Ok(report) if report.passed() => None,
        Ok(report) => Some(damage::found_in(&report.findings)),
        Err(fault) => Some(vec![json!({ "code": fault.code, "class": "integrity", "seq": null })]),
    }
}

fn keep(trust: &Trust, office: &Office, name: &str, proof: &[u8]) -> Option<Vec<Value>> {
    let found = wrong(trust, office, proof);
    let (origin, genesis) = (trust.origin.to_string(), trust.genesis);
    let (passed, findings) = (found.is_none(), found.clone().unwrap_or_default());
    damage::keep_proof(name, proof, Expect { origin, genesis, checkpoints: &[], passed, findings });
    found
}

fn caught(case: &Case, name: &str, proof: &[u8]) {
    let trust = case.office.ledger.trust(Vec::new());
    assert!(keep(&trust, &case.office, name, proof).is_some(), "{name} passed");
}

fn with(proof: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(proof).unwrap();
    change(&mut value);
    let mut bytes = serde_json_canonicalizer::to_vec(&value).unwrap();
    bytes.push(b'\n');
    bytes
}

fn list<'v>(value: &'v mut Value, name: &str) -> &'v mut Vec<Value> {
    value[name].as_array_mut().unwrap()
}

#[test]
fn a_proof_holds_and_still_does_when_people_come_and_go() {
    let mut case = case();
    let trust = case.office.ledger.trust(Vec::new());
    for (nth, subject) in [case.shown.clone(), case.withdrawn.clone()].into_iter().enumerate() {
        let proof = prove(&mut case.office, &subject);
        assert_eq!(keep(&trust, &case.office, &format!("00{nth}-good"), &proof), None);
    }
    let person = case.office.subject("person");
    let added = case.office.wish("person.added", &person).fact("roles", vec!["clerk"]).part(
        PartName::Personal,
        "name",
        "丁某",
    );
    case.office.commit(vec![added]).unwrap();
    let proof = prove(&mut case.office, &case.shown.clone());
    assert_eq!(keep(&trust, &case.office, "002-good-after-a-key-event", &proof), None);
    let value: Value = serde_json::from_slice(&proof).unwrap();
    assert_eq!(value["keys"].as_array().unwrap().len(), 5, "no key act beyond the newest that is named");
    let person = case.office.people["review"].0.clone();
    let proof = prove(&mut case.office, &person);
    assert_eq!(keep(&trust, &case.office, "003-good-person", &proof), None);
}

#[test]
fn every_byte_of_a_proof_counts() {
    let mut case = case();
    let proof = prove(&mut case.office, &case.shown.clone());
    let trust = case.office.ledger.trust(Vec::new());
    let thorough = std::env::var_os("ZHAOCE_THOROUGH").is_some();
    let missed: Vec<usize> = (0..proof.len())
        .into_par_iter()
        .filter(|at| thorough || at % 5 == 0 || *at < 1500)
        .filter(|at| {
            let mut altered = proof.clone();
            altered[*at] ^= 1 << (at % 7);
            let law = Replay::new(case.office.ledger.books().clone(), trust.origin.clone());
            check(&altered, &trust, law).is_ok_and(|report| report.passed())
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    for nth in 0..12 {
        let mut altered = proof.clone();
        altered[proof.len() / 12 * nth + 40] ^= 1;
        caught(&case, &format!("1{nth:02}-byte"), &altered);
    }
}

#[test]
fn events_cannot_be_left_out_moved_or_borrowed() {
    let mut case = case();
    let proof = prove(&mut case.office, &case.shown.clone());
    let other: Value = serde_json::from_slice(&prove(&mut case.office, &case.other.clone())).unwrap();
    let count = other["events"].as_array().unwrap().len();
    for nth in 0..count - 1 {
        caught(&case, &format!("20{nth}-left-out"), &with(&proof, |v| drop(list(v, "events").remove(nth))));
        caught(&case, &format!("21{nth}-swapped"), &with(&proof, |v| list(v, "events").swap(nth, nth + 1)));
        let doubled = with(&proof, |v| {
            let entry = v["events"][nth].clone();
            list(v, "events").insert(nth, entry);
        });
        caught(&case, &format!("22{nth}-doubled"), &doubled);
        let borrowed = with(&proof, |v| v["events"][nth] = other["events"][nth].clone());
        caught(&case, &format!("23{nth}-borrowed"), &borrowed);
        let seal = with(&proof, |v| v["events"][nth]["seal"] = other["events"][nth]["seal"].clone());
        caught(&case, &format!("24{nth}-seal-of-another"), &seal);
        let next = with(&proof, |v| v["events"][nth]["seal"] = v["events"][nth + 1]["seal"].clone());
        caught(&case, &format!("25{nth}-seal-of-the-next"), &next);
    }
    caught(&case, "260-no-events", &with(&proof, |v| v["events"] = json!([])));
    caught(&case, "261-another-subject", &with(&proof, |v| v["subject"] = other["subject"].clone()));
    caught(&case, "262-all-events-of-another", &with(&proof, |v| v["events"] = other["events"].clone()));
    let subject = with(&proof, |v| {
        for entry in list(v, "events") {
            entry["event"]["subject"] = other["subject"].clone();
        }
        v["subject"] = other["subject"].clone();
    });
    caught(&case, "263-renamed", &subject);
    let later = with(&proof, |v| drop(list(v, "events").pop()));
    let found = keep(&case.office.ledger.trust(Vec::new()), &case.office, "264-last-left-out", &later);
    assert_eq!(found, None, "a proof says of itself that later events cannot be excluded");
}

#[test]
fn the_part_shown_is_the_one_in_force() {
    let mut case = case();
    let proof = prove(&mut case.office, &case.shown.clone());
    let last = serde_json::from_slice::<Value>(&proof).unwrap()["events"].as_array().unwrap().len() - 1;
    caught(&case, "300-part-left-out", &with(&proof, |v| v["events"][last]["parts"] = json!({})));
    let changed = with(&proof, |v| v["events"][last]["parts"]["open"]["data"]["title"] = "别的".into());
    caught(&case, "301-part-changed", &changed);
    let line = |case: &Case, seq: u64| -> Value {
        let bytes = case.office.ledger.log().event(seq, None).unwrap().bytes;
        serde_json::from_slice::<Value>(&bytes).unwrap()["parts"].clone()
    };
    let closed = with(&proof, |v| {
        let seq = v["events"][0]["event"]["seq"].as_u64().unwrap();
        v["events"][0]["parts"] = line(&case, seq);
    });
    caught(&case, "302-closed-part", &closed);
    let personal = with(&proof, |v| v["keys"][1]["parts"] = line(&case, 1));
    caught(&case, "303-personal-part", &personal);
    let withdrawn = prove(&mut case.office, &case.withdrawn.clone());
    let shown = with(&withdrawn, |v| {
        let seq = v["events"][4]["event"]["seq"].as_u64().unwrap();
        v["events"][4]["parts"] = line(&case, seq);
    });
    caught(&case, "304-withdrawn-part", &shown);
}

#[test]
fn the_checkpoint_and_the_head_fit() {
    let mut case = case();
    let older = case.office.ledger.checkpoint(&case.office.ledger_key).unwrap();
    let item = case.office.subject("item");
    case.office.commit(vec![case.office.register(&item, "后来的")]).unwrap();
    let proof = prove(&mut case.office, &case.shown.clone());
    caught(&case, "400-older-checkpoint", &with(&proof, |v| v["checkpoint"] = older.clone().into()));
    let head = damage::parsed(&older).head;
    let stranger = &case.office.people["admin"].1;
    let now: Value = serde_json::from_slice(&proof).unwrap();
    let root = damage::parsed(now["checkpoint"].as_str().unwrap()).head.root;
    let origin = head.origin.as_str();
    let by = damage::checkpoint(origin, now["size"].as_u64().unwrap(), root, stranger);
    caught(&case, "401-checkpoint-by-another", &with(&proof, |v| v["checkpoint"] = by.into()));
    let elsewhere =
        damage::checkpoint("other.gov.cn", now["size"].as_u64().unwrap(), root, &case.office.ledger_key);
    caught(&case, "402-checkpoint-of-another", &with(&proof, |v| v["checkpoint"] = elsewhere.into()));
    caught(&case, "403-size", &with(&proof, |v| v["size"] = 3.into()));
    caught(&case, "404-origin", &with(&proof, |v| v["origin"] = "other.gov.cn".into()));
    caught(&case, "405-genesis", &with(&proof, |v| v["genesis"] = format!("b3:{}", "1".repeat(64)).into()));
    caught(&case, "406-format", &with(&proof, |v| v["format"] = 2.into()));
    caught(&case, "407-more", &with(&proof, |v| v["more"] = 1.into()));
    let (blank, cut) = ([b" ", &proof[..]].concat(), proof[..proof.len() - 1].to_vec());
    caught(&case, "408-blank", &blank);
    caught(&case, "409-no-line-end", &cut);
    let path =
        |name: &'static str| with(&proof, move |v| drop(v["events"][0][name].as_array_mut().unwrap().pop()));
    caught(&case, "410-inclusion-shorter", &path("inclusion"));
    caught(&case, "411-sealed-shorter", &path("sealed"));
    let other =
        Trust { genesis: zhaoce::record::ChainHash::of_origin("x"), ..case.office.ledger.trust(Vec::new()) };
    assert!(keep(&other, &case.office, "412-another-genesis-expected", &proof).is_some());
}

#[test]
fn the_key_acts_are_whole_and_all_there() {
    let mut case = case();
    let revoked = case.office.people["review"].0.clone();
    let key = zhaoce::record::Signer::key(&case.office.people["review"].1).to_string();
    let item = bags::item(&mut case.office, "还没发布", "open");
    let revocation = case.office.wish("key.revoked", &revoked).fact("key", key).fact("reason", "lost");
    case.office.commit(vec![revocation]).unwrap();
    bags::publish(&mut case.office, &item, "还没发布", false);
    let proof = prove(&mut case.office, &item);
    let trust = case.office.ledger.trust(Vec::new());
    assert_eq!(keep(&trust, &case.office, "500-good", &proof), None);
    let keys = serde_json::from_slice::<Value>(&proof).unwrap()["keys"].as_array().unwrap().len();
    assert_eq!(keys, 6);
    for nth in 0..keys {
        caught(&case, &format!("51{nth}-key-left-out"), &with(&proof, |v| drop(list(v, "keys").remove(nth))));
        let doubled = with(&proof, |v| {
            let entry = v["keys"][nth].clone();
            list(v, "keys").insert(nth, entry);
        });
        caught(&case, &format!("52{nth}-key-doubled"), &doubled);
        if nth + 1 < keys {
            caught(
                &case,
                &format!("53{nth}-keys-swapped"),
                &with(&proof, |v| list(v, "keys").swap(nth, nth + 1)),
            );
        }
    }
    caught(&case, "540-act-left-out", &with(&proof, |v| drop(list(v, "keys").drain(1..3))));
    caught(&case, "541-no-keys", &with(&proof, |v| v["keys"] = json!([])));
    let more = with(&proof, |v| {
        let entry = v["events"][0].clone();
        list(v, "keys").insert(5, entry);
    });
    caught(&case, "542-an-act-that-is-no-link", &more);
    let genesis =
        with(&proof, |v| v["keys"][0]["event"]["facts"]["keys"][0]["holder"] = "person/other".into());
    caught(&case, "543-genesis-changed", &genesis);
}
