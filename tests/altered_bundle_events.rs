//! The events of a bundle altered and everything around them made to fit: parts taken out, put in, leaked; lines and
//! acts dropped; editions swapped; partial bundles that do not continue what was verified.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;
mod damage;

use bags::{Bag, Outsider, export, export_from};
use common::{Counted, Office};
use damage::{Expect, is_seal, lines, parsed};
use serde_json::{Value, json};
use zhaoce::bundle::verify::Saved;
use zhaoce::record::PartName;
use zhaoce::record::verify::Copy;

fn keep(outsider: &Outsider, name: &str, bundle: &[u8], checkpoints: &[String]) {
    let parsed = checkpoints.iter().map(|note| parsed(note)).collect();
    let (passed, findings) = match outsider.verify_with(bundle, parsed, None) {
        bags::Outcomes::Passed(report, _) => (true, damage::found(&report.report)),
        bags::Outcomes::Failed(codes, None) => {
            let own = |code: &String| json!({ "code": code, "class": "integrity", "seq": null });
            (false, codes.iter().map(own).collect())
        }
        bags::Outcomes::Failed(_, Some(report)) => (false, damage::found(&report.report)),
    };
    let (origin, genesis) = (outsider.origin.to_string(), outsider.genesis);
    damage::keep_bundle(name, bundle, Expect { origin, genesis, checkpoints, passed, findings });
}

/// Must fail with this code among others; is kept.
fn caught(outsider: &Outsider, name: &str, bag: &Bag, code: &str) {
    let bundle = bag.close();
    keep(outsider, name, &bundle, &[]);
    let outcome = outsider.verify(&bundle);
    assert!(!outcome.passed(), "{name} passed");
    assert!(outcome.codes().iter().any(|found| found == code), "{name}: {:?}", outcome.codes());
}

struct Both {
    full: Bag,
    public: Bag,
    outsider: Outsider,
}

fn both(office: &mut Office) -> Both {
    let (full, public) = (export(office, Copy::Full), export(office, Copy::Public));
    Both { full: Bag::open(&full), public: Bag::open(&public), outsider: Outsider::of(office) }
}

fn events(bag: &Bag) -> Vec<Vec<u8>> {
    lines(bag.bytes("events/"))
}

fn put(bag: &Bag, lines: &[Vec<u8>]) -> Bag {
    bag.with("events/", |_| lines.concat())
}

/// The lines, with the parts of one event changed.
fn with_parts(lines: &[Vec<u8>], nth: usize, change: impl FnOnce(&mut Value)) -> Vec<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(&lines[nth]).unwrap();
    change(&mut value["parts"]);
    let mut all = lines.to_vec();
    all[nth] = damage::line_of(&damage::canonical_bytes(&value["event"]), &value["parts"]);
    all
}

/// Lines that hold this part.
fn holding(lines: &[Vec<u8>], part: &str) -> Vec<usize> {
    let has = |line: &Vec<u8>| {
        let value: Value = serde_json::from_slice(line).unwrap();
        value["parts"].get(part).is_some()
    };
    (0..lines.len()).filter(|nth| has(&lines[*nth])).collect()
}

#[test]
fn parts_cannot_be_taken_out_or_changed() {
    let mut office = bags::office();
    let Both { full, public, outsider } = both(&mut office);
    for (edition, bag) in [("full", &full), ("public", &public)] {
        let lines = events(bag);
        for part in ["open", "closed", "personal"] {
            for nth in holding(&lines, part) {
                let out = with_parts(&lines, nth, |parts| drop(parts.as_object_mut().unwrap().remove(part)));
                let code = if edition == "full" { "part.absent" } else { "part.withheld" };
                caught(&outsider, &format!("50-{edition}-{nth}-{part}-taken-out"), &put(bag, &out), code);
                let data = with_parts(&lines, nth, |parts| parts[part]["data"]["title"] = "别的".into());
                let name = format!("51-{edition}-{nth}-{part}-changed");
                caught(&outsider, &name, &put(bag, &data), "part.digest");
                let salt =
                    with_parts(&lines, nth, |parts| parts[part]["salt"] = "AAAAAAAAAAAAAAAAAAAAAA==".into());
                caught(
                    &outsider,
                    &format!("52-{edition}-{nth}-{part}-salt"),
                    &put(bag, &salt),
                    "part.digest",
                );
            }
        }
    }
}

#[test]
fn parts_cannot_be_put_into_a_public_edition() {
    let mut office = bags::office();
    let Both { full, public, outsider } = both(&mut office);
    let (whole, shown) = (events(&full), events(&public));
    let part_of = |nth: usize, part: &str| {
        let value: Value = serde_json::from_slice(&whole[nth]).unwrap();
        value["parts"][part].clone()
    };
    for part in ["open", "closed", "personal"] {
        let hidden: Vec<usize> =
            holding(&whole, part).into_iter().filter(|nth| !holding(&shown, part).contains(nth)).collect();
        assert!(!hidden.is_empty(), "{part}");
        for nth in hidden {
            let code = if part == "open" { "part.not_in_force" } else { "part.leak" };
            let leaked = with_parts(&shown, nth, |parts| parts[part] = part_of(nth, part));
            caught(&outsider, &format!("53-{nth}-{part}-leaked"), &put(&public, &leaked), code);
        }
    }
    let strange =
        with_parts(&shown, 0, |parts| parts["closed"] = part_of(holding(&whole, "closed")[0], "closed"));
    caught(&outsider, "54-part-of-another", &put(&public, &strange), "part.unlisted");
}

#[test]
fn an_edition_cannot_pass_for_the_other() {
    let mut office = bags::office();
    let Both { full, public, outsider } = both(&mut office);
    caught(&outsider, "55-public-events-as-full", &put(&full, &events(&public)), "part.absent");
    caught(&outsider, "56-full-events-as-public", &put(&public, &events(&full)), "part.leak");
}

#[test]
fn lines_and_acts_cannot_be_dropped_or_moved() {
    let mut office = bags::office();
    let both = both(&mut office);
    for (edition, bag) in [("full", &both.full), ("public", &both.public)] {
        let all = events(bag);
        for nth in (0..all.len()).step_by(5) {
            let (mut dropped, mut doubled, mut swapped) = (all.clone(), all.clone(), all.clone());
            doubled.insert(nth, dropped.remove(nth));
            swapped.swap(nth, (nth + 1) % all.len());
            for (what, lines) in [("dropped", dropped), ("doubled", doubled), ("swapped", swapped)] {
                let altered = put(bag, &lines);
                keep(&both.outsider, &format!("57-{edition}-{nth}-{what}"), &altered.close(), &[]);
                assert!(!both.outsider.verify(&altered.close()).passed(), "{edition} {nth} {what}");
            }
        }
        let local = [vec![b"{\"synced\":0}\n".to_vec()], all.clone()].concat();
        caught(&both.outsider, &format!("58-{edition}-synced"), &put(bag, &local), "line.shape");
        let end = all.iter().rposition(|line| is_seal(line)).unwrap();
        let before = all[..end].iter().rposition(|line| is_seal(line)).unwrap();
        let name = format!("59-{edition}-newest-act-cut");
        caught(&both.outsider, &name, &put(bag, &all[..=before]), "checkpoint.shorter");
    }
}

#[test]
fn acts_are_never_split_over_files() {
    let mut office = bags::office();
    let both = both(&mut office);
    let all = events(&both.full);
    let seal = all.iter().position(|line| is_seal(line)).unwrap();
    for (name, at, second) in [("60-split-in-an-act", seal, 1), ("61-split-misnamed", seal + 1, 9)] {
        let (first, rest) = (all[..at].concat(), all[at..].concat());
        let altered = both.full.with("events/", |_| first);
        let altered = altered.and("people.json", &format!("events/{second:012}.jsonl"), &rest);
        caught(&both.outsider, name, &altered, "file.start");
    }
    let (first, rest) = (all[..=seal].concat(), all[seal + 1..].concat());
    let lawful = both.full.with("events/", |_| first).and("people.json", "events/000000000001.jsonl", &rest);
    let outcome = both.outsider.verify(&lawful.close());
    assert!(outcome.passed(), "a file may end with any act: {:?}", outcome.codes());
    keep(&both.outsider, "62-split-after-an-act", &lawful.close(), &[]);
}

#[test]
fn an_older_bundle_is_found_by_what_was_shown_since() {
    let mut office = bags::office();
    let old = export(&mut office, Copy::Public);
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "后来的")]).unwrap();
    let outsider = Outsider::of(&office);
    let note = office.ledger.checkpoint(&office.ledger_key).unwrap();
    assert!(outsider.verify(&old).passed());
    let outcome = outsider.verify_with(&old, vec![parsed(&note)], None);
    assert!(outcome.codes().contains(&"checkpoint.shorter".into()), "{:?}", outcome.codes());
    keep(&outsider, "63-older-bundle", &old, &[note]);
}

/// Another office's ledger, as sound as the first.
fn another() -> Office {
    let mut office = Office::new();
    office.entropy = Counted(99);
    bags::item(&mut office, "另一机关的通知", "open");
    office
}

#[test]
fn a_bundle_of_another_history_is_found() {
    let mut office = bags::office();
    let outsider = Outsider::of(&office);
    let shown = office.ledger.checkpoint(&office.ledger_key).unwrap();
    let mut other = another();
    for nth in 0..20 {
        let item = other.subject("item");
        other.commit(vec![other.register(&item, &format!("通知{nth}"))]).unwrap();
    }
    let rewritten = export(&mut other, Copy::Full);
    assert_eq!(Outsider::of(&other).genesis, outsider.genesis, "the same founding, another history");
    assert!(outsider.verify(&rewritten).passed());
    let outcome = outsider.verify_with(&rewritten, vec![parsed(&shown)], None);
    assert!(outcome.codes().contains(&"checkpoint.fork".into()), "{:?}", outcome.codes());
    keep(&outsider, "64-rewritten", &rewritten, &[shown]);
    let elsewhere = Outsider { genesis: zhaoce::record::ChainHash::of_origin("x"), ..outsider };
    let outcome = elsewhere.verify(&rewritten);
    assert!(outcome.codes().contains(&"genesis.pin".into()), "{:?}", outcome.codes());
    keep(&elsewhere, "65-another-genesis", &rewritten, &[]);
}

fn saved(outsider: &Outsider, bundle: &[u8]) -> Vec<u8> {
    let bags::Outcomes::Passed(_, Some(saved)) = outsider.verify(bundle) else { panic!("did not pass") };
    saved.to_bytes().unwrap()
}

#[test]
fn a_partial_bundle_continues_what_was_verified_or_nothing() {
    let mut office = bags::office();
    let outsider = Outsider::of(&office);
    let first = export(&mut office, Copy::Full);
    let state = saved(&outsider, &first);
    let from = office.ledger.head().size();
    let mut marks = vec![from];
    for nth in 0..3 {
        let item = office.subject("item");
        office.commit(vec![office.register(&item, &format!("后来的{nth}"))]).unwrap();
        marks.push(office.ledger.head().size());
    }
    let go_on = |bundle: &[u8]| outsider.verify_with(bundle, Vec::new(), Some(Saved::parse(&state).unwrap()));
    let good = export_from(&mut office, Copy::Full, from, None);
    assert!(go_on(&good).passed(), "{:?}", go_on(&good).codes());
    let bag = Bag::open(&good);
    let gap = export_from(&mut office, Copy::Full, marks[1], None);
    let overlap = export_from(&mut office, Copy::Full, from - 1, None);
    let mut other = another();
    while other.ledger.head().size() < from {
        let item = other.subject("item");
        other.commit(vec![other.register(&item, "别的")]).unwrap();
    }
    let item = other.subject("item");
    other.commit(vec![other.register(&item, "别的")]).unwrap();
    let elsewhere = export_from(&mut other, Copy::Full, from, None);
    let other_hash = format!("b3:{}", "4".repeat(64));
    let start =
        |change: &dyn Fn(&mut Value)| bag.with_json("bundle.json", |meta| change(&mut meta["start"])).close();
    let flip = |hash: &Value| json!(hash.as_str().unwrap().replacen(['0', '1', '2', '3'], "e", 1));
    let cases: [(&str, Vec<u8>); 8] = [
        ("70-gap", gap),
        ("71-overlap", overlap),
        ("72-another-ledger", elsewhere),
        ("73-start-head", start(&|start| start["head"] = json!(other_hash))),
        ("74-start-frontier", start(&|start| start["frontier"][0] = flip(&start["frontier"][0]))),
        (
            "75-start-frontier-longer",
            start(&|s| s["frontier"].as_array_mut().unwrap().push(json!("4".repeat(64)))),
        ),
        ("76-no-consistency", bag.without("consistency.json").close()),
        (
            "77-consistency",
            bag.with_json("consistency.json", |c| c["proof"][0] = flip(&c["proof"][0])).close(),
        ),
    ];
    for (name, bundle) in cases {
        let outcome = go_on(&bundle);
        assert!(!outcome.passed(), "{name} passed");
        keep(&outsider, name, &bundle, &[]);
    }
    keep(&outsider, "78-alone", &good, &[]);
    assert!(!outsider.verify(&good).passed(), "without a state the law is not checked");
}

/// Of an older checkpoint of this ledger, a newer one, and one that somebody else has signed.
#[test]
fn the_checkpoint_is_the_ledgers_and_of_this_size() {
    let mut office = bags::office();
    let older = office.ledger.checkpoint(&office.ledger_key).unwrap();
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "后来的").part(PartName::Closed, "note", "无")]).unwrap();
    let both = both(&mut office);
    let (size, root) = (office.ledger.head().size(), office.ledger.head().frontier.root());
    let (origin, stranger) = (both.outsider.origin.to_string(), &office.people["admin"].1);
    let by = damage::checkpoint(&origin, size, root, stranger);
    let other_root = parsed(&older).head.root;
    let forked = damage::checkpoint(&origin, size, other_root, &office.ledger_key);
    let longer = damage::checkpoint(&origin, size + 1, root, &office.ledger_key);
    let renamed = damage::checkpoint("other.gov.cn/xxgk", size, root, &office.ledger_key);
    for (edition, bag) in [("full", &both.full), ("public", &both.public)] {
        for (name, note, code) in [
            ("older", &older, "bundle.checkpoint_size"),
            ("signed-by-another", &by, "checkpoint.signature"),
            ("forked", &forked, "checkpoint.fork"),
            ("longer", &longer, "checkpoint.shorter"),
            ("of-another", &renamed, "checkpoint.origin"),
        ] {
            let altered = bag.with("checkpoint", |_| note.clone().into_bytes());
            caught(&both.outsider, &format!("80-{edition}-checkpoint-{name}"), &altered, code);
        }
    }
}

/// A part that is erased comes back from an earlier copy: it must not.
#[test]
fn an_erased_part_cannot_be_put_back() {
    let mut office = bags::office();
    let before = Bag::open(&export(&mut office, Copy::Full));
    let lines = events(&before);
    let nth = holding(&lines, "closed")[0];
    let line: Value = serde_json::from_slice(&lines[nth]).unwrap();
    let of = line["event"]["seq"].as_u64().unwrap();
    let subject = office.ledger.event(of).unwrap().subject;
    let wish = office.by("approve", "part.erased", &subject);
    let wish = wish.fact("ground", "personal").fact("asked_by", "subject");
    let key = zhaoce::record::keys::SecretKey::from_seed([5; 32]);
    office.ledger.erase(&key, office.now, (of, PartName::Closed), wish, &mut office.entropy).unwrap();

    let Both { full, public, outsider } = both(&mut office);
    keep(&outsider, "90-erased", &full.close(), &[]);
    assert!(outsider.verify(&full.close()).passed() && outsider.verify(&public.close()).passed());
    assert!(outsider.verify(&before.close()).passed(), "what was exported before does not know of it");
    let mut back = events(&full);
    back[nth].clone_from(&lines[nth]);
    caught(&outsider, "91-erased-part-put-back", &put(&full, &back), "part.not_erased");
}

/// A verifier that lacks the rule book says so of every event, and finds nothing wrong with what it can check.
#[test]
fn without_the_rule_book_the_law_alone_is_unchecked() {
    let mut office = bags::office();
    let Both { full, public, outsider } = both(&mut office);
    let blind = Outsider { books: std::sync::Arc::new(zhaoce::rules::Books::default()), ..outsider };
    for bag in [&full, &public] {
        let bags::Outcomes::Failed(_, Some(report)) = blind.verify(&bag.close()) else { panic!() };
        let report = &report.report;
        let others: Vec<_> = report.findings.iter().filter(|f| f.code != "edition.unknown").collect();
        assert!(others.iter().all(|f| f.class == zhaoce::record::Class::Notice), "{others:?}");
        assert_eq!((report.verdicts.uncheckable, report.verdicts.intact), (report.size, report.size));
    }
    let lines = events(&public);
    let nth = holding(&lines, "open")[0];
    let changed = with_parts(&lines, nth, |parts| parts["open"]["data"]["office"] = "别的".into());
    let codes = blind.verify(&put(&public, &changed).close()).codes();
    assert!(codes.contains(&"part.digest".into()), "{codes:?}");
}
