//! A log that goes two ways: what the archive keeps as evidence, and that nothing more is taken from the office.

use serde_json::Value;

use crate::chain::shorter;
use crate::world::{Held, ORIGIN, world};
use crate::{folder, ingest, lay, tree};

fn shown(desk: &crate::cli_support::Desk) -> Value {
    desk.json(&["archive", "--archive", &desk.name("arch"), "show", ORIGIN])
}

fn note(bag: &crate::make::Bag) -> String {
    bag.text("data/其他/固化验证信息/checkpoint")
}

#[test]
fn a_fork_is_kept_as_evidence_and_closes_the_office() {
    let world = world();
    for (held, fork) in [(Held::First, 1), (Held::Second, 0), (Held::Second, 1)] {
        let desk = world.archive(held);
        let (code, row) = ingest(&desk, &lay(&desk, &folder(world.forked[fork].clone())));
        assert_eq!((code, row["rule"].as_str()), (1, Some("archive.forked")), "{row:#}");
        let said = shown(&desk);
        assert_eq!(said["state"], "forked", "{said:#}");
        let [evidence] = said["forks"].as_array().unwrap().as_slice() else { panic!("{said:#}") };
        assert_eq!(evidence["shown"].as_str(), Some(note(&world.forked[fork]).as_str()));
        // The note that is held is the office's, and cosigned.
        let ours = evidence["held"].as_str().unwrap();
        let batches = &world.batches[..held as usize];
        let own = batches.iter().map(note).find(|note| ours.starts_with(note.as_str()));
        assert!(own.is_some_and(|own| ours.len() > own.len()), "{ours}");
        let plain = desk.ok(&["archive", "--archive", &desk.name("arch"), "show", ORIGIN]);
        assert!(plain.contains(ours) && plain.contains(&note(&world.forked[fork])), "{plain}");
        let ticket = row["ticket"].as_str().unwrap();
        let kept = tree(&desk.path("arch/quarantine").join(ticket));
        let decision: Value = serde_json::from_slice(kept["decision.json"].as_ref().unwrap()).unwrap();
        assert_eq!(
            (decision["held"].as_str(), decision["shown"].as_str()),
            (Some(ours), evidence["shown"].as_str())
        );

        // The true log is not taken from it either; what is held stays held, and nothing is recorded twice.
        let next = held as usize + 1;
        let (code, row) = ingest(&desk, &lay(&desk, &folder(world.batch(next))));
        assert_eq!((code, row["rule"].as_str()), (1, Some("archive.office_closed")), "{row:#}");
        let (code, row) = ingest(&desk, &lay(&desk, &folder(world.batch(1))));
        assert_eq!((code, row["state"].as_str()), (0, Some("已入藏")), "{row:#}");
        let log = tree(&desk.path("arch/ledger/log"));
        let (code, row) = ingest(&desk, &lay(&desk, &folder(world.forked[fork].clone())));
        assert_eq!((code, row["rule"].as_str()), (1, Some("archive.forked")), "{row:#}");
        assert!(tree(&desk.path("arch/ledger/log")) == log, "the same refusal is recorded once");
        let ran = desk.run(&["--ledger", &desk.name("arch/ledger"), "ledger", "verify"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }
}

#[test]
fn a_shorter_log_is_refused_and_is_no_fork() {
    let world = world();
    let desk = world.archive(Held::Second);
    let short = crate::standing::short(world);
    let (code, row) = ingest(&desk, &lay(&desk, &folder(short.clone())));
    assert_eq!((code, row["rule"].as_str()), (1, Some("archive.other_bytes")), "{row:#}");
    let said = shown(&desk);
    assert_eq!((said["state"].as_str(), said["forks"].as_array().map(Vec::len)), (Some("enrolled"), Some(0)));
    let kept = tree(&desk.path("arch/quarantine").join(row["ticket"].as_str().unwrap()));
    let decision: Value = serde_json::from_slice(kept["decision.json"].as_ref().unwrap()).unwrap();
    assert_eq!(decision["shown"].as_str(), Some(note(&short).as_str()));
    let (code, row) = ingest(&desk, &lay(&desk, &folder(world.batch(3))));
    assert_eq!((code, row["state"].as_str()), (0, Some("已入藏")), "{row:#}");
}

/// Another history up to a size that the archive never cosigned: its own events tell.
#[test]
fn a_fork_that_is_shorter_is_a_fork() {
    let world = world();
    let desk = world.archive(Held::Second);
    let first = world.batch(1);
    let facts = serde_json::json!({ "separation": "strict", "secret_stub": "basis", "round_months": 6 });
    let bag = world.batch(2);
    let twice = bag.clone().with_events(shorter(&bag));
    let short = bag.remade(world, shorter(&twice), &[&first]);
    let events = crate::make::with_act(world, &short, &[&first], "admin", "rules.policy", facts);
    let fork = short.remade(world, events, &[&first]);
    assert!(fork.handover().size < bag.handover().size);
    let (code, row) = ingest(&desk, &lay(&desk, &folder(fork)));
    assert_eq!((code, row["rule"].as_str()), (1, Some("archive.forked")), "{row:#}");
    assert_eq!(shown(&desk)["state"], "forked");
}

/// Who holds no key of the office can close nothing.
#[test]
fn nobody_else_can_forge_a_fork() {
    let world = world();
    let desk = world.archive(Held::First);
    let fork = world.forked[1].clone();
    let path = "data/其他/固化验证信息/checkpoint";
    let note = zhaoce::record::Checkpoint::parse(&fork.text(path)).unwrap();
    let key = world.key("stranger");
    let signature = key.sign(note.text().as_bytes()).unwrap();
    let forged = zhaoce::record::note::Note::sign(note.text().into(), ORIGIN, &key.key(), signature).encode();
    let (code, row) = ingest(&desk, &lay(&desk, &folder(fork.put(path, forged).sealed())));
    assert_eq!((code, row["rule"].as_str()), (1, Some("archive.other_bytes")), "{row:#}");
    // A true note beside other events proves nothing.
    let mixed = world.forked[1].clone().put(path, crate::forks::note(&world.batch(1))).sealed();
    let (code, row) = ingest(&desk, &lay(&desk, &folder(mixed)));
    assert_eq!((code, row["rule"].as_str()), (1, Some("archive.other_bytes")), "{row:#}");
    assert_eq!(shown(&desk)["state"], "enrolled");
}
