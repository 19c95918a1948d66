//! Nothing altered passes: a small ledger with every byte changed, every line moved, every seal replaced, rewritten
//! by those who hold the keys, packed and unpacked. A sample of each kind is kept for the second verifier.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
mod forge;

use damage::{
    Expect, Stale, assert_integrity, checkpoint, codes, has, is_seal, is_synced, lines, loose, parsed,
};
use forge::{Forge, ORIGIN, ev, ev_with, key, possession};
use rayon::prelude::*;
use serde_json::json;
use zhaoce::record::keys::SecretKey;
use zhaoce::record::verify::Trust;
use zhaoce::record::{Checkpoint, Report, Signer};

const I: &str = "item/x";

/// Genesis, an act of two events, one of one event by another person, a person added.
fn small() -> Forge {
    let mut forge = Forge::new();
    let facts = json!({ "origin": "made", "responsible": "self", "responsible_ground": "made" });
    let registered = ev_with("item.registered", I, facts, json!({ "closed": {"title": "通知"} }));
    forge.act("a", &[registered, ev("item.proposed", I, json!({ "attribute": "open" }))]);
    forge.act("r", &[ev("item.reviewed", I, json!({ "outcome": "open", "scope": "whole" }))]);
    let personal = json!({ "personal": {"name": "丁某"} });
    forge.act("a", &[ev_with("person.added", "person/d", json!({ "roles": ["clerk"] }), personal)]);
    forge.act("c", &[ev("item.proposed", I, json!({ "attribute": "open" }))]);
    forge
}

fn with(forge: &Forge, checkpoints: &[String]) -> Trust {
    let checkpoints: Vec<Checkpoint> = checkpoints.iter().map(|note| parsed(note)).collect();
    Trust { checkpoints, ..forge.trust() }
}

fn verify(forge: &Forge, log: &[u8]) -> Report {
    forge::verify(forge.trust(), log)
}

fn shown(forge: &Forge) -> String {
    checkpoint(ORIGIN, forge.head.size(), forge.head.frontier.root(), &key(5))
}

/// Must be found, and is kept.
fn caught(forge: &Forge, name: &str, log: &[u8], code: &str) {
    caught_with(forge, name, log, &[], code);
}

fn caught_with(forge: &Forge, name: &str, log: &[u8], checkpoints: &[String], code: &str) {
    let report = forge::verify(with(forge, checkpoints), log);
    damage::keep_ledger(name, log, Expect::of(ORIGIN, forge.genesis, checkpoints, &report));
    assert!(has(&report, code), "{name}: {:?}", codes(&report));
    assert_integrity(name, &report);
}

/// Whether to take the time for more than a sample.
fn thorough() -> bool {
    std::env::var_os("ZHAOCE_THOROUGH").is_some()
}

/// What a byte is changed by: one bit of it, another one at each place; every bit when there is time.
fn masks(at: usize) -> Vec<u8> {
    if thorough() { (0..8).map(|bit| 1 << bit).collect() } else { vec![1 << ((at * 5 + at / 8) % 8)] }
}

fn holder_of(by: &str) -> SecretKey {
    (1..=6).map(key).find(|key| Signer::key(key).to_string() == by).unwrap()
}

#[test]
fn the_small_ledger_is_sound() {
    let forge = small();
    let report = verify(&forge, &forge.log);
    assert!(report.passed(), "{:?}", codes(&report));
    assert_eq!((report.size, report.acts), (6, 5));
    damage::keep_ledger("000-sound", &forge.log, Expect::of(ORIGIN, forge.genesis, &[], &report));
}

#[test]
fn every_byte_counts() {
    let forge = small();
    let missed: Vec<(usize, u8)> = (0..forge.log.len())
        .into_par_iter()
        .flat_map_iter(|at| masks(at).into_iter().map(move |mask| (at, mask)))
        .filter(|(at, mask)| {
            let mut log = forge.log.clone();
            log[*at] ^= mask;
            let report = verify(&forge, &log);
            report.passed() || report.count(zhaoce::record::Class::Integrity) == 0
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    for (nth, at) in (0..forge.log.len()).step_by(forge.log.len() / 40).enumerate() {
        let mut log = forge.log.clone();
        log[at] ^= 1 << (nth % 7);
        let report = verify(&forge, &log);
        damage::keep_ledger(
            &format!("1{nth:02}-byte"),
            &log,
            Expect::of(ORIGIN, forge.genesis, &[], &report),
        );
    }
}

#[test]
fn no_byte_can_be_put_in_or_taken_out() {
    let forge = small();
    let missed: Vec<usize> = (0..forge.log.len())
        .into_par_iter()
        .filter(|at| thorough() || at % 3 == 0)
        .filter(|at| {
            let (mut less, mut more) = (forge.log.clone(), forge.log.clone());
            less.remove(*at);
            more.insert(*at, b" \n0\"\0\xff"[*at % 6]);
            verify(&forge, &less).passed() || verify(&forge, &more).passed()
        })
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
    for cut in 1..forge.log.len() {
        let log = &forge.log[..cut];
        let whole_act = log.ends_with(b"\"}\n") && is_seal(lines(log).last().unwrap());
        if cut % 97 == 0 || whole_act {
            assert_eq!(
                verify(&forge, log).passed(),
                whole_act || is_synced(lines(log).last().unwrap()) && log.ends_with(b"}\n")
            );
        }
    }
}

/// Drops, doubles and swaps; says which line changes nothing that is signed. That is a `synced` line left out: it is
/// local, and says only that a batch began there.
#[test]
fn every_line_counts() {
    let forge = small();
    let all = lines(&forge.log);
    let sound = verify(&forge, &forge.log);
    for nth in 0..all.len() {
        let mut dropped = all.clone();
        let line = dropped.remove(nth);
        let mut doubled = all.clone();
        doubled.insert(nth, line.clone());
        check_line(&forge, &format!("2{nth:02}-doubled"), &doubled.concat());
        if is_synced(&line) {
            let report = verify(&forge, &dropped.concat());
            assert_eq!((report.size, report.head, report.root), (sound.size, sound.head, sound.root));
            assert!(report.passed());
        } else if nth + 1 < all.len() {
            check_line(&forge, &format!("2{nth:02}-dropped"), &dropped.concat());
        }
        if nth + 1 < all.len() {
            let mut swapped = all.clone();
            swapped.swap(nth, nth + 1);
            check_line(&forge, &format!("2{nth:02}-swapped"), &swapped.concat());
        }
    }
    let unsealed = all[..all.len() - 1].concat();
    caught(&forge, "299-last-seal-dropped", &unsealed, "act.unsealed");
}

fn check_line(forge: &Forge, name: &str, log: &[u8]) {
    let report = verify(forge, log);
    damage::keep_ledger(name, log, Expect::of(ORIGIN, forge.genesis, &[], &report));
    assert_integrity(name, &report);
}

#[test]
fn a_seal_fits_one_act_and_one_signer() {
    let forge = small();
    let all = lines(&forge.log);
    let seals: Vec<usize> = (0..all.len()).filter(|nth| is_seal(&all[*nth])).collect();
    let replaced = |nth: usize, line: Vec<u8>| {
        let mut log = all.clone();
        log[nth] = line;
        log.concat()
    };
    for (a, at) in seals.iter().enumerate() {
        for other in seals.iter().filter(|other| *other != at) {
            assert_integrity("another act's seal", &verify(&forge, &replaced(*at, all[*other].clone())));
        }
        let text = damage::seal_text(&all[*at]);
        for seed in (1..=7).filter(|seed| damage::seal_by(ORIGIN, text.clone(), &key(*seed)) != all[*at]) {
            let name = format!("30{a}-{seed}-signed-by-another");
            let log = replaced(*at, damage::seal_by(ORIGIN, text.clone(), &key(seed)));
            caught(&forge, &name, &log, "seal.signature");
        }
    }
    caught(&forge, "310-seal-of-another-act", &replaced(seals[2], all[seals[1]].clone()), "seal.act");
}

/// The right signer signs a text that is not of this act.
#[test]
fn a_seal_says_what_it_closes() {
    let forge = small();
    let all = lines(&forge.log);
    let at = (0..all.len()).filter(|nth| is_seal(&all[*nth])).nth(1).unwrap();
    let text = damage::seal_text(&all[at]);
    let fields: Vec<&str> = text.lines().collect();
    let (root, act) = (fields[2], fields[3]);
    let other_root = damage::seal_text(&all[at + 3]).lines().nth(2).unwrap().to_owned();
    let other_hash = damage::seal_text(&all[at + 3]).lines().nth(3).unwrap().replace("act 3", "act 1");
    let texts = [
        ("seal.origin", format!("other.gov.cn/xxgk\n3\n{root}\n{act}\n")),
        ("seal.size", format!("{ORIGIN}\n4\n{root}\n{act}\n")),
        ("seal.root", format!("{ORIGIN}\n3\n{other_root}\n{act}\n")),
        ("seal.act", format!("{ORIGIN}\n3\n{root}\n{}\n", act.replace("act 1", "act 0"))),
        ("seal.act", format!("{ORIGIN}\n3\n{root}\n{other_hash}\n")),
        ("seal.form", format!("{ORIGIN}\n3\n{root}\n{act}\nmore\n")),
        ("seal.form", format!("{ORIGIN}\n03\n{root}\n{act}\n")),
        ("seal.form", format!("{ORIGIN}\n3\n{root}\n")),
    ];
    for (nth, (code, text)) in texts.into_iter().enumerate() {
        let mut log = all.clone();
        log[at] = damage::seal_by(ORIGIN, text, &key(1));
        caught(&forge, &format!("32{nth}-seal-text"), &log.concat(), code);
    }
}

#[test]
fn events_keep_to_their_acts() {
    let forge = small();
    let events = loose(&forge.log);
    let cuts = [1, 2, 1, 1, 1];
    let again = damage::recut(ORIGIN, &events, &cuts, Stale::default(), &holder_of);
    let plain: Vec<u8> = lines(&forge.log).into_iter().filter(|line| !is_synced(line)).flatten().collect();
    assert_eq!(again, plain, "the forger's tools make the same ledger");
    let all = Stale { seq: true, act: true, prev: true, keys: true, last: true, by: true, at: true };
    let keep = |what: fn(&mut Stale)| {
        let mut stale = Stale::default();
        what(&mut stale);
        stale
    };
    let cases: [(&str, &[usize], Stale, &str); 8] = [
        ("split, nothing mended", &[1, 1, 1, 1, 1, 1], all, "act.boundary"),
        ("split, act stale", &[1, 1, 1, 1, 1, 1], keep(|s| s.act = true), "act.boundary"),
        ("joined, nothing mended", &[1, 2, 2, 1], all, "act.unsealed"),
        ("joined, signer stale", &[1, 2, 2, 1], keep(|s| s.by = true), "act.signer"),
        ("joined, time stale", &[1, 2, 2, 1], keep(|s| s.at = true), "act.time"),
        ("joined, keys stale", &[1, 2, 1, 2], keep(|s| s.keys = true), "keys.wrong"),
        ("joined with genesis", &[3, 1, 1, 1], all, "act.unsealed"),
        ("split, chain stale", &[1, 1, 1, 1, 1, 1], keep(|s| s.prev = true), "chain.broken"),
    ];
    for (nth, (what, cuts, stale, code)) in cases.into_iter().enumerate() {
        let log = damage::recut(ORIGIN, &events, cuts, stale, &holder_of);
        let report = verify(&forge, &log);
        assert!(has(&report, code), "{what}: {:?}", codes(&report));
        caught(&forge, &format!("40{nth}-{}", what.replace([' ', ','], "-")), &log, code);
    }
    let mut without = events.clone();
    without.remove(2);
    for (nth, (stale, code)) in [
        (all, "seq.order"),
        (keep(|s| s.last = true), "last.wrong"),
        (keep(|s| s.seq = true), "seq.order"),
        (keep(|s| s.prev = true), "chain.broken"),
    ]
    .into_iter()
    .enumerate()
    {
        let log = damage::recut(ORIGIN, &without, &[1, 1, 1, 1, 1], stale, &holder_of);
        caught(&forge, &format!("41{nth}-event-left-out"), &log, code);
    }
}

#[test]
fn the_newest_acts_cannot_be_cut_off_unseen() {
    let forge = small();
    let note = [shown(&forge)];
    assert!(forge::verify(with(&forge, &note), &forge.log).passed());
    let all = lines(&forge.log);
    for (nth, end) in (0..all.len() - 1).filter(|nth| is_seal(&all[*nth])).enumerate() {
        let log = all[..=end].concat();
        assert!(verify(&forge, &log).passed(), "a prefix is sound by itself");
        caught_with(&forge, &format!("50{nth}-cut-off"), &log, &note, "checkpoint.shorter");
    }
    caught(&forge, "509-nothing", b"", "log.empty");
}

#[test]
fn an_insider_with_every_key_is_found_by_what_was_shown() {
    let honest = small();
    let yesterday = [shown(&honest)];
    let mut other = Forge::blank();
    other.now = "2026-01-05T10:00:00+08:00".parse().unwrap();
    other.found(other.first_keys());
    other.registered(I);
    assert!(other.verify().passed(), "sound by its own genesis");
    caught(&honest, "600-another-genesis", &other.log, "genesis.pin");

    let mut rewritten = Forge::new();
    assert_eq!(rewritten.genesis, honest.genesis);
    rewritten.decided(I, "withheld");
    rewritten.registered("item/y");
    assert!(rewritten.head.size() >= honest.head.size());
    assert!(verify(&honest, &rewritten.log).passed(), "nothing but the checkpoint tells");
    caught_with(&honest, "601-rewritten", &rewritten.log, &yesterday, "checkpoint.fork");

    let mut shorter = Forge::new();
    shorter.registered(I);
    caught_with(&honest, "602-rewritten-shorter", &shorter.log, &yesterday, "checkpoint.shorter");
    let strange = [checkpoint(ORIGIN, 6, honest.head.frontier.root(), &key(1))];
    caught_with(&honest, "603-checkpoint-by-another", &honest.log, &strange, "checkpoint.signature");
    let elsewhere = [checkpoint("other.gov.cn/xxgk", 6, honest.head.frontier.root(), &key(5))];
    caught_with(&honest, "604-checkpoint-of-another", &honest.log, &elsewhere, "checkpoint.origin");
}

#[test]
fn only_keys_in_force_sign() {
    let add = |f: &mut Forge, by: &str| {
        f.act(by, &[ev("person.changed", "person/c", json!({ "roles": ["clerk"] }))]);
    };
    let revoke = |f: &mut Forge, person: &str, seed: u8| {
        let key = Signer::key(&key(seed)).to_string();
        f.act("a", &[ev("key.revoked", person, json!({ "key": key, "reason": "lost" }))]);
    };
    let cases: [(&str, &str, &dyn Fn(&mut Forge)); 6] = [
        ("700-unenrolled", "signer.unknown", &|f| {
            f.add_key("x", "person/a", 77);
            add(f, "x");
        }),
        ("701-revoked", "signer.revoked", &|f| {
            revoke(f, "person/b", 2);
            add(f, "b");
        }),
        ("702-ledger-key", "signer.not_for_acts", &|f| add(f, "ledger")),
        ("703-enrols-itself", "signer.unknown", &|f| {
            f.add_key("x", "person/a", 77);
            let facts =
                json!({ "key": Signer::key(&key(77)).to_string(), "possession": possession("person/a", 77) });
            f.act("x", &[ev("key.enrolled", "person/a", facts)]);
        }),
        ("704-enrolled-again-after-revocation", "signer.revoked", &|f| {
            revoke(f, "person/b", 2);
            let facts =
                json!({ "key": Signer::key(&key(2)).to_string(), "possession": possession("person/b", 2) });
            f.act("a", &[ev("key.enrolled", "person/b", facts)]);
            add(f, "b");
        }),
        ("705-recovery-beyond-its-use", "signer.recovery", &|f| add(f, "recovery")),
    ];
    for (name, code, history) in cases {
        let mut forge = Forge::new();
        history(&mut forge);
        caught(&forge, name, &forge.log.clone(), code);
    }
}

#[test]
fn a_stale_or_strange_edition_is_not_taken() {
    let adopt = |edition: String| {
        let mut forge = Forge::new();
        forge.act("a", &[ev("rules.adopted", "ledger/main", json!({ "edition": edition }))]);
        forge.registered(I);
        forge
    };
    let same = forge::books().newest().unwrap().digest().to_string();
    let strange = format!("b3:{}", "7".repeat(64));
    for (name, edition, code) in
        [("710-same-edition", same, "edition.older"), ("711-strange-edition", strange, "edition.unknown")]
    {
        let forge = adopt(edition);
        let report = forge.verify();
        damage::keep_ledger(name, &forge.log, Expect::of(ORIGIN, forge.genesis, &[], &report));
        assert!(has(&report, code) && !report.passed(), "{name}: {:?}", codes(&report));
    }
}

#[test]
fn time_does_not_go_back() {
    let mut forge = small();
    forge.now = "2026-01-05T09:00:00+08:00".parse().unwrap();
    forge.act_now("a", &[ev("item.lapsed", I, json!({ "cause": "repealed" }))]);
    caught(&forge, "800-time-back", &forge.log, "time.order");
}

#[test]
fn a_wrong_synced_line_is_found() {
    let forge = small();
    let all = lines(&forge.log);
    for (at, line) in all.iter().enumerate().filter(|(_, line)| is_synced(line)) {
        let number: u64 = String::from_utf8_lossy(line)
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .unwrap();
        for wrong in
            [number + 1, number.wrapping_sub(1) % 100, 0, 1 << 52].into_iter().filter(|n| *n != number)
        {
            let mut log = all.clone();
            log[at] = format!("{{\"synced\":{wrong}}}\n").into_bytes();
            let name = format!("81{at}-{wrong}-synced");
            caught(&forge, &name, &log.concat(), "synced.wrong");
        }
    }
    let mut inside = all.clone();
    inside.insert(5, b"{\"synced\":2}\n".to_vec());
    caught(&forge, "819-synced-inside-an-act", &inside.concat(), "synced.wrong");
}
