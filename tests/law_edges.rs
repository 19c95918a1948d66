//! Where the law begins and ends: a genesis whose rule book is not at hand or whose line is lost, the first act, erasures
//! that do not stand. Every history is also written to `target/samples/`, where the second verifier must find the same.
#![allow(clippy::unwrap_used, clippy::panic)]

mod damage;
mod forge;

use damage::{Expect, lines};
use forge::{Forge, ORIGIN, ev, ev_with, key, possession};
use serde_json::{Value, json};
use zhaoce::record::{Class, Report, Signer};

const I: &str = "item/x";
const LACKING: &str = "b3:7777777777777777777777777777777777777777777777777777777777777777";

/// (code, class, seq) of each finding, in their order by seq.
fn found(report: &Report) -> Vec<(String, Class, Option<u64>)> {
    let place = |f: &zhaoce::record::Finding| (f.code.clone(), f.class, f.place.seq);
    let mut found: Vec<_> = report.findings.iter().map(place).collect();
    found.sort_by_key(|(code, _, seq)| (*seq, code.clone()));
    found
}

fn kept(name: &str, forge: &Forge, log: &[u8]) -> Report {
    let report = forge::verify(forge.trust(), log);
    damage::keep_law(name, log, Expect::of(ORIGIN, forge.genesis, &[], &report));
    report
}

fn is(expected: &[(&str, Class, u64)]) -> Vec<(String, Class, Option<u64>)> {
    expected.iter().map(|(code, class, seq)| ((*code).to_owned(), *class, Some(*seq))).collect()
}

/// An office whose genesis adopts an edition that no verifier has.
fn under_a_lacking_edition() -> Forge {
    let mut forge = Forge::blank();
    forge.found_under(LACKING, forge.first_keys());
    forge
}

#[test]
fn without_the_edition_of_genesis_nothing_is_checkable_and_the_keys_are_known() {
    let mut forge = under_a_lacking_edition();
    forge.registered(I);
    let report = kept("900-lacking-edition", &forge, &forge.log);
    let unknown = |seq| ("edition.unknown", Class::Uncheckable, seq);
    assert_eq!(found(&report), is(&[unknown(0), unknown(1)]));
    assert_eq!((report.verdicts.intact, report.verdicts.uncheckable), (2, 2));

    forge.act("ledger", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    let gone = Signer::key(&key(3)).to_string();
    forge.act("a", &[ev("key.revoked", "person/c", json!({ "key": gone, "reason": "lost" }))]);
    forge.act("c", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    forge.add_key("new", "person/c", 77);
    let facts = json!({ "key": Signer::key(&key(77)).to_string(), "possession": possession("person/c", 77) });
    forge.act("a", &[ev("key.enrolled", "person/c", facts)]);
    forge.act("new", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    let report = kept("901-lacking-edition-keys", &forge, &forge.log);
    let signer = |code, seq| (code, Class::Integrity, seq);
    let expected = [
        unknown(0),
        unknown(1),
        signer("signer.not_for_acts", 2),
        unknown(3),
        signer("signer.revoked", 4),
        unknown(5),
        unknown(6),
    ];
    assert_eq!(found(&report), is(&expected));
}

/// What a part must hold stands in the rule book: without the book nobody can ask for it.
#[test]
fn without_the_edition_no_member_is_missed() {
    let mut forge = under_a_lacking_edition();
    let facts = json!({ "origin": "made", "responsible": "self", "responsible_ground": "made" });
    forge.act("a", &[ev_with("item.registered", I, facts, json!({ "closed": {"note": "无题"} }))]);
    let report = kept("902-lacking-edition-member", &forge, &forge.log);
    assert_eq!(report.count(Class::Integrity), 0, "{:?}", found(&report));
}

/// The checkpoint's key stands in event 0, whatever the law is.
#[test]
fn a_checkpoint_is_checked_without_the_edition() {
    let forge = under_a_lacking_edition();
    let head = |seed| damage::checkpoint(ORIGIN, forge.head.size(), forge.head.frontier.root(), &key(seed));
    for (name, seed, fails) in [("903-lacking-edition-checkpoint", 5, false), ("904-by-another", 1, true)] {
        let notes = [head(seed)];
        let checkpoints = notes.iter().map(|note| damage::parsed(note)).collect();
        let trust = zhaoce::record::verify::Trust { checkpoints, ..forge.trust() };
        let report = forge::verify(trust, &forge.log);
        damage::keep_law(name, &forge.log, Expect::of(ORIGIN, forge.genesis, &notes, &report));
        assert_eq!(damage::has(&report, "checkpoint.signature"), fails);
        assert!(!damage::has(&report, "checkpoint.key_unknown"));
    }
}

#[test]
fn a_lost_genesis_is_one_fault_and_the_rest_is_not_checkable() {
    let mut forge = Forge::new();
    forge.registered(I);
    forge.proposed("item/y", "open");
    let all = lines(&forge.log);
    let mut without = all.clone();
    without.remove(1);
    let report = kept("905-genesis-line-lost", &forge, &without.concat());
    assert!(report.count(Class::Integrity) > 0);
    assert!(damage::has(&report, "edition.unknown") && !damage::has(&report, "signer.unknown"));
    assert_eq!(report.verdicts.lawful, 0, "nothing that was not judged is lawful");

    let mut broken = all;
    broken[1][10] ^= 1;
    let report = kept("906-genesis-line-damaged", &forge, &broken.concat());
    assert!(damage::has(&report, "edition.unknown") && !damage::has(&report, "signer.unknown"));
}

/// A genesis that is wrong is found once; what follows it is judged as ever.
#[test]
fn after_a_wrong_genesis_the_law_goes_on() {
    let mut forge = Forge::blank();
    let mut keys = forge.first_keys();
    keys.reverse();
    forge.found(keys);
    forge.registered(I);
    forge.act("r", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    let acknowledged = json!({ "of": 0, "code": "genesis.keys" });
    let reason = json!({ "closed": {"reason": "原因"} });
    forge.act("a", &[ev_with("finding.acknowledged", "ledger/main", acknowledged, reason)]);
    let report = kept("907-wrong-genesis", &forge, &forge.log);
    let expected = [
        ("genesis.keys", Class::Integrity, 0),
        ("role.missing", Class::Unlawful, 2),
        ("ack.finding", Class::Unlawful, 3),
    ];
    assert_eq!(found(&report), is(&expected));
}

/// The act of genesis has events behind event 0: they are signed by a key that may sign acts.
#[test]
fn the_first_act_is_judged_like_any_other() {
    let by = |who: &str, name: &str| {
        let mut forge = Forge::blank();
        let added = ev_with(
            "person.added",
            "person/d",
            json!({ "roles": ["clerk"] }),
            json!({ "personal": {"name": "丁某"} }),
        );
        forge.found_with(who, vec![added]);
        kept(name, &forge, &forge.log)
    };
    assert_eq!(found(&by("a", "910-first-act")), []);
    let genesis = ("genesis.signer", Class::Integrity, 0);
    let expected = [genesis, ("signer.not_for_acts", Class::Integrity, 1)];
    assert_eq!(found(&by("ledger", "911-first-act-by-ledger-key")), is(&expected));
    let expected = [genesis, ("role.missing", Class::Unlawful, 1)];
    assert_eq!(found(&by("r", "912-first-act-by-reviewer")), is(&expected));
    let report = by("stranger", "913-first-act-by-stranger");
    assert_eq!(found(&report), is(&[genesis, ("signer.unknown", Class::Integrity, 1)]));
    assert_eq!((report.verdicts.lawful, report.verdicts.uncheckable), (0, 1));
}

/// The log without the closed part of the event `seq`; the digest that its event commits to.
fn stripped(log: &[u8], seq: u64) -> (Vec<u8>, String) {
    let (mut out, mut digest) = (Vec::new(), String::new());
    for line in lines(log) {
        let mut value: Value = serde_json::from_slice(&line).unwrap();
        if value["event"]["seq"] == seq && value["parts"].get("closed").is_some() {
            digest = value["event"]["parts"]["closed"].as_str().unwrap().to_owned();
            value["parts"].as_object_mut().unwrap().remove("closed");
            out.extend(damage::line_of(&damage::canonical_bytes(&value["event"]), &value["parts"]));
        } else {
            out.extend(line);
        }
    }
    (out, digest)
}

/// Registers, and has `by` record that the part was erased.
fn erased_by(by: &str, person: &str) -> (Forge, Vec<u8>) {
    let mut forge = Forge::new();
    forge.add_key("stranger", "person/a", 77);
    forge.registered(I);
    let (_, digest) = stripped(&forge.log, 1);
    let facts = json!({
        "of": 1, "part": "closed", "digest": digest, "ground": "personal", "asked_by": "subject", "person": person,
    });
    forge.act(by, &[ev("part.erased", I, facts)]);
    let (without, _) = stripped(&forge.log, 1);
    (forge, without)
}

#[test]
fn an_erasure_that_does_not_stand_excuses_nothing() {
    let (forge, without) = erased_by("a", "person/a");
    let report = kept("920-erased", &forge, &without);
    assert_eq!((found(&report), report.erased), (vec![], 1));
    let absent = ("part.absent", Class::Integrity, 1);
    let (forge, without) = erased_by("c", "person/c");
    let report = kept("921-erased-without-the-role", &forge, &without);
    assert_eq!(found(&report), is(&[absent, ("role.missing", Class::Unlawful, 2)]));
    let (forge, without) = erased_by("stranger", "person/a");
    let report = kept("922-erased-by-a-stranger", &forge, &without);
    assert_eq!(found(&report), is(&[absent, ("signer.unknown", Class::Integrity, 2)]));
    assert_eq!(report.erased, 0);
}

/// A crash between the event and the removal: the next opening completes it.
#[test]
fn an_interrupted_erasure_is_a_notice_in_a_ledger() {
    let (forge, _) = erased_by("a", "person/a");
    let report = kept("923-erasure-pending", &forge, &forge.log);
    assert_eq!(found(&report), is(&[("part.erasure_pending", Class::Notice, 1)]));
    assert!(report.passed());
}

#[test]
fn there_is_no_year_nought() {
    let mut forge = Forge::new();
    forge.inherited(I, json!({ "formed": "0000-01-01" }));
    let report = kept("930-fact-in-year-0", &forge, &forge.log);
    assert_eq!(found(&report), is(&[("schema.fact_value", Class::Unlawful, 1)]));
    assert!("0000-12-31".parse::<zhaoce::record::Day>().is_err());
    assert!("0000-12-31T00:00:00+08:00".parse::<zhaoce::record::Moment>().is_err());
    assert!("0001-01-01".parse::<zhaoce::record::Day>().is_ok());
}
