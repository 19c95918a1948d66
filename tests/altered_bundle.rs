//! Nothing altered in a bundle passes, in either edition, even when every manifest is made anew. A sample of each kind
//! is kept for the second verifier.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;
mod damage;

use bags::{Bag, Outsider, export, framed};
use common::Office;
use damage::Expect;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use zhaoce::bundle::{BagReader, SkipPayload};
use zhaoce::record::verify::Copy;

struct Case {
    outsider: Outsider,
    full: Bag,
    public: Bag,
    office: Office,
}

fn case() -> Case {
    let mut office = bags::office();
    let (full, public) = (export(&mut office, Copy::Full), export(&mut office, Copy::Public));
    let outsider = Outsider::of(&office);
    let case = Case { outsider, full: Bag::open(&full), public: Bag::open(&public), office };
    assert_eq!(case.full.close(), full, "taken apart and put together it is the same");
    for (name, bundle) in [("000-full", full), ("001-public", public)] {
        let outcome = case.outsider.verify(&bundle);
        assert!(outcome.passed(), "{:?}", outcome.codes());
        keep(&case.outsider, name, &bundle);
    }
    case
}

fn keep(outsider: &Outsider, name: &str, bundle: &[u8]) {
    let (passed, findings) = match outsider.verify(bundle) {
        bags::Outcomes::Passed(report, _) => (true, damage::found(&report.report)),
        bags::Outcomes::Failed(codes, report) => {
            let own = || {
                codes.iter().map(|code| json!({ "code": code, "class": "integrity", "seq": null })).collect()
            };
            (false, report.map_or_else(own, |report| damage::found(&report.report)))
        }
    };
    let (origin, genesis) = (outsider.origin.to_string(), outsider.genesis);
    damage::keep_bundle(name, bundle, Expect { origin, genesis, checkpoints: &[], passed, findings });
}

/// Must fail; is kept.
fn caught(outsider: &Outsider, name: &str, bag: &Bag) {
    let bundle = bag.close();
    keep(outsider, name, &bundle);
    let outcome = outsider.verify(&bundle);
    assert!(!outcome.passed(), "{name} passed: {:?}", outcome.codes());
}

fn editions(case: &Case) -> [(&'static str, &Bag); 2] {
    [("full", &case.full), ("public", &case.public)]
}

/// The container by itself finds every byte of the tar: its manifests cover all of it. Every byte of the small files
/// and headers, of the large ones a sample; all of them when there is time.
#[test]
fn every_byte_of_the_tar_is_covered() {
    let case = case();
    let thorough = std::env::var_os("ZHAOCE_THOROUGH").is_some();
    for (edition, bag) in editions(&case) {
        let tar = zstd::decode_all(&bag.close()[..]).unwrap();
        let step = if thorough { 1 } else { 211 };
        let missed: Vec<usize> = (0..tar.len())
            .into_par_iter()
            .filter(|at| at % step == 0)
            .filter(|at| {
                let mut altered = tar.clone();
                altered[*at] ^= 1 << (at / step % 8);
                BagReader::tar(&altered[..]).read(&mut SkipPayload).unwrap().is_valid()
            })
            .collect();
        assert!(missed.is_empty(), "{edition}: {missed:?}");
        let whole: Vec<usize> = (0..tar.len()).step_by(if thorough { 53 } else { tar.len() / 60 }).collect();
        let missed: Vec<&usize> = whole
            .par_iter()
            .filter(|at| {
                let mut altered = tar.clone();
                altered[**at] ^= 1 << (*at % 8);
                case.outsider.verify(&framed(&altered)).passed()
            })
            .collect();
        assert!(missed.is_empty(), "{edition}: {missed:?}");
        for nth in 0..6 {
            let mut altered = tar.clone();
            altered[tar.len() / 6 * nth + 100] ^= 1;
            keep(&case.outsider, &format!("01{nth}-{edition}-byte"), &framed(&altered));
        }
    }
}

/// Notices, not failures: texts for people, of which another release of the program may ship others.
fn is_text(path: &str) -> bool {
    path.starts_with("schemas/") || path == "VERIFY.txt"
}

#[test]
fn every_file_is_needed_and_none_can_be_another() {
    let case = case();
    for (edition, bag) in editions(&case) {
        let paths: Vec<String> = bag.files.iter().map(|(path, _)| path.clone()).collect();
        for (nth, path) in paths.iter().enumerate().filter(|(_, path)| !path.starts_with("schemas/")) {
            let mut more = bag.bytes(path).to_vec();
            more.push(b'\n');
            for (what, altered) in [
                ("dropped", bag.without(path)),
                ("emptied", bag.with(path, |_| Vec::new())),
                ("longer", bag.with(path, |_| more.clone())),
                ("other", bag.with(path, |_| b"{}\n".to_vec())),
            ] {
                if is_text(path) && what != "dropped" {
                    let outcome = case.outsider.verify(&altered.close());
                    assert!(outcome.codes().contains(&"bundle.other_text".into()), "{path} {what}");
                } else {
                    caught(&case.outsider, &format!("1{nth:02}-{edition}-{what}"), &altered);
                }
            }
        }
        for (path, to) in [
            ("rules/", "rules/2026-9.json"),
            ("events/", "events/000000000001.jsonl"),
            ("events/", "events/000000000000.json"),
            ("events/", "events/0.jsonl"),
            ("events/", "events/more/000000000000.jsonl"),
        ] {
            caught(&case.outsider, &format!("18-{edition}-{}", to.replace('/', "-")), &bag.renamed(path, to));
        }
        let more = [
            ("people.json", "events/000000000099.jsonl", ""),
            ("people.json", "notes.txt", "x"),
            ("schemas/", "rules/2027-1.json", "{}"),
            ("catalog.json", "catalog.html", "<p>"),
        ];
        for (before, path, bytes) in more {
            let altered = bag.and(before, path, bytes.as_bytes());
            caught(&case.outsider, &format!("19-{edition}-{}", path.replace('/', "-")), &altered);
        }
    }
}

#[test]
fn what_a_bundle_says_of_itself_is_held_against_its_events() {
    let case = case();
    for (edition, bag) in editions(&case) {
        let other_hash = format!("b3:{}", "4".repeat(64));
        let changes: [(&str, Value); 8] = [
            ("edition", json!(if edition == "full" { "public" } else { "full" })),
            ("format", json!(2)),
            ("from", json!(1)),
            ("genesis", json!(other_hash)),
            ("head", json!(other_hash)),
            ("origin", json!("other.gov.cn/xxgk")),
            ("root", json!("4".repeat(64))),
            ("size", json!(3)),
        ];
        for (member, value) in changes {
            let altered = bag.with_json("bundle.json", |meta| meta[member] = value);
            caught(&case.outsider, &format!("20-{edition}-{member}"), &altered);
        }
        let start =
            bag.with_json("bundle.json", |m| m["start"] = json!({ "frontier": [], "head": other_hash }));
        caught(&case.outsider, &format!("20-{edition}-start"), &start);
        let blank = |path: &str| bag.with(path, |bytes| [b" ", bytes].concat());
        caught(&case.outsider, &format!("21-{edition}-blank"), &blank("bundle.json"));
        let twice = bag.with("bundle.json", |bytes| {
            String::from_utf8_lossy(bytes).replacen("\"format\":1,", "\"format\":1 ,", 1).into_bytes()
        });
        caught(&case.outsider, &format!("22-{edition}-not-canonical"), &twice);
        let mut later = bag.clone();
        later.head.mtime_unix += 1;
        caught(&case.outsider, &format!("23-{edition}-time"), &later);
        let mut dated = bag.clone();
        dated.head.bagging_date = "2027-01-01".into();
        caught(&case.outsider, &format!("24-{edition}-date"), &dated);
        let mut named = bag.clone();
        named.head.name = zhaoce::bundle::BagName::new("zhaoce-other-0-9-full").unwrap();
        caught(&case.outsider, &format!("25-{edition}-name"), &named);
    }
}

#[test]
fn what_is_derived_is_derived_again() {
    let case = case();
    for (edition, bag) in editions(&case) {
        let caught = |outsider: &Outsider, name: &str, altered: &Bag| {
            assert!(altered.files != bag.files, "{name} alters nothing");
            caught(outsider, name, altered);
        };
        let changes: [(&str, &str, fn(&mut Value)); 7] = [
            ("catalog.json", "title", |v| v["items"][0]["title"] = "别的标题".into()),
            ("catalog.json", "row-left-out", |v| drop(v["items"].as_array_mut().unwrap().pop())),
            ("catalog.json", "day", |v| v["as_of"] = "2027-01-01".into()),
            ("withheld.json", "row-left-out", |v| drop(v["items"].as_array_mut().unwrap().pop())),
            ("withheld.json", "ground", |v| v["items"][0]["ground"] = "trade_secret".into()),
            ("people.json", "roles", |v| v["persons"][0]["roles"] = json!(["archivist"])),
            ("people.json", "key", |v| v["keys"][0]["holder"] = v["keys"][1]["holder"].clone()),
        ];
        for (nth, (path, what, change)) in changes.into_iter().enumerate() {
            caught(&case.outsider, &format!("30{nth}-{edition}-{what}"), &bag.with_json(path, change));
        }
        for (nth, path) in ["catalog.csv", "withheld.csv"].into_iter().enumerate() {
            let altered =
                bag.with(path, |bytes| String::from_utf8_lossy(bytes).replace("item", "Item").into_bytes());
            caught(&case.outsider, &format!("31{nth}-{edition}-csv"), &altered);
        }
    }
}

#[test]
fn the_rule_book_is_the_one_that_was_adopted() {
    let case = case();
    for (edition, bag) in editions(&case) {
        let lax = bag.with("rules/", |bytes| {
            let mut book: Value = serde_json::from_slice(bytes).unwrap();
            book["kinds"]["item.published"]["rules"] = json!([]);
            serde_json_canonicalizer::to_vec(&book).unwrap()
        });
        caught(&case.outsider, &format!("40-{edition}-lax-book"), &lax);
        let blank = bag.with("rules/", |bytes| [bytes, b"\n"].concat());
        caught(&case.outsider, &format!("41-{edition}-book-not-canonical"), &blank);
        let doubled = bag.and("schemas/", "rules/2026-1-again.json", bag.bytes("rules/"));
        caught(&case.outsider, &format!("42-{edition}-book-twice"), &doubled);
    }
}

/// An administrator writes a rule book that forbids nothing, adopts it, publishes without review, and ships the book.
#[test]
fn a_rule_book_of_ones_own_excuses_nothing() {
    let case = case();
    let mut book: Value = serde_json::from_slice(case.full.bytes("rules/")).unwrap();
    book["name"] = "2099-1".into();
    book["ordinal"] = 99.into();
    let own = zhaoce::rules::RuleBook::parse(&book.to_string()).unwrap();
    let mut books = zhaoce::rules::Books::built_in().unwrap();
    let digest = own.digest().to_string();
    books.add(own);
    let lenient = Outsider { books: Arc::new(books), origin: case.outsider.origin.clone(), ..case.outsider };
    let path = case.office.ledger.dir().join("log/000000000000.jsonl");
    let log = std::fs::read(&path).unwrap();
    let forged = adopt(&case.office, &log, &digest);
    let events: Vec<u8> =
        damage::lines(&forged).into_iter().filter(|line| !damage::is_synced(line)).flatten().collect();
    let altered = case.full.with("events/", |_| events);
    let mut bag =
        altered.and("schemas/", "rules/2099-1.json", &serde_json_canonicalizer::to_vec(&book).unwrap());
    refit(&mut bag, &case.office, &lenient);
    assert!(lenient.verify(&bag.close()).passed(), "{:?}", lenient.verify(&bag.close()).codes());
    let strict = Outsider { books: case.office.ledger.books().clone(), ..lenient };
    caught(&strict, "45-own-book", &bag);
}

/// The log with an act that adopts an edition, signed by the administrator.
fn adopt(office: &Office, log: &[u8], edition: &str) -> Vec<u8> {
    use zhaoce::record::act::{ActBuilder, Draft};
    let (admin, key) = &office.people["admin"];
    let now = zhaoce::record::Moment::from_unix(office.now.unix() + 60).unwrap();
    let origin = &office.ledger.info().origin;
    let facts = json!({ "edition": edition, "mode": "own", "on": now.day(), "person": admin });
    let draft = Draft {
        kind: "rules.adopted".parse().unwrap(),
        subject: "ledger/main".parse().unwrap(),
        facts: facts.as_object().unwrap().clone(),
        parts: Vec::new(),
    };
    let mut builder = ActBuilder::new(origin, office.ledger.head(), now, zhaoce::record::Signer::key(key));
    let event = builder.event(&draft, Some(0));
    builder.push(&event, &[]).unwrap();
    [log, &builder.seal(key).unwrap().lines].concat()
}

/// Makes everything else of the bag fit its events, as one who holds the ledger key can.
fn refit(bag: &mut Bag, office: &Office, outsider: &Outsider) {
    let bags::Outcomes::Failed(_, Some(report)) = outsider.verify(&bag.close()) else { panic!() };
    let (size, head, root) = (report.report.size, report.report.head, report.report.root);
    let note = damage::checkpoint(outsider.origin.as_str(), size, root, &office.ledger_key);
    *bag = bag.with("checkpoint", |_| note.into_bytes());
    *bag = bag.with_json("bundle.json", |meta| {
        meta["size"] = size.into();
        meta["head"] = json!(head);
        meta["root"] = json!(root);
    });
    bag.head.mtime_unix += 60;
    let name = bag.head.name.as_str().to_owned();
    let name = name.replace(&format!("-{}-full", size - 1), &format!("-{size}-full"));
    bag.head.name = zhaoce::bundle::BagName::new(&name).unwrap();
}
