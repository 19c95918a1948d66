//! The same batch again is no second one: in another form, and where copies differ only by erased parts.

use std::collections::BTreeSet;

use zhaoce::bundle::package::{PackageName, ZipMethod, pack};

use crate::cli_support::Desk;
use crate::make::Bag;
use crate::world::{Held, world};
use crate::{Arrival, folder, ingest, lay, tree};

/// Gives a package that is held; nothing but the answer may come of it.
fn no_op(desk: &Desk, arrival: &Arrival, receipt: &str) {
    let place = lay(desk, arrival);
    let before = tree(&desk.path("arch/store"));
    let ledger = tree(&desk.path("arch/ledger/log"));
    let (code, row) = ingest(desk, &place);
    assert_eq!((code, row["state"].as_str()), (0, Some("已入藏")), "{row:#}");
    assert!(row["told"].as_str().unwrap().contains("此前已办理"), "{row:#}");
    assert!(tree(&desk.path("arch/store")) == before, "the store is not as it was");
    assert!(tree(&desk.path("arch/ledger/log")) == ledger, "something was recorded");
    assert!(tree(&desk.path("arch/intake")).is_empty());
    assert_eq!(self::receipt(desk, row["batch"].as_str().unwrap()), receipt);
}

fn receipt(desk: &Desk, batch: &str) -> String {
    desk.ok(&["archive", "--archive", &desk.name("arch"), "receipt", batch, "--note"])
}

#[test]
fn an_older_batch_again_is_no_second_one() {
    let world = world();
    let desk = world.archive(Held::Second);
    let receipt = receipt(&desk, "GZK-Z109-2026-0001");
    let (bag, name) = (world.batch(1), PackageName::new("GZK-Z109-2026-0001").unwrap());
    no_op(&desk, &folder(bag.clone()), &receipt);
    let zip = pack::zip(&bag.tree(), &name, ZipMethod::Deflated, std::io::Cursor::new(Vec::new())).unwrap();
    no_op(&desk, &Arrival::File("again.zip", zip.into_inner()), &receipt);
    let tar = pack::tar_zst(&bag.tree(), &name, 0, 1, Vec::new()).unwrap();
    no_op(&desk, &Arrival::File("again.tar.zst", tar), &receipt);
}

/// A copy of a batch without a part of one event; what derives from it follows.
fn without_part(bag: &Bag, seq: u64, part: &str) -> Bag {
    let text = String::from_utf8(bag.events()).unwrap();
    let mut found = false;
    let lines = text.lines().map(|line| {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        if value["event"]["seq"].as_u64() == Some(seq) {
            found = value["parts"].as_object_mut().unwrap().remove(part).is_some();
            return serde_json_canonicalizer::to_string(&value).unwrap() + "\n";
        }
        format!("{line}\n")
    });
    let events = lines.collect::<String>().into_bytes();
    assert!(found, "event {seq} has no part {part}");
    bag.remade(world(), events, &[])
}

/// An event whose closed part may be erased, and who it is about.
fn registration(bag: &Bag) -> u64 {
    let text = String::from_utf8(bag.events()).unwrap();
    let values = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut found = values.filter(|value| value["event"]["kind"] == "item.registered");
    found.next().unwrap()["event"]["seq"].as_u64().unwrap()
}

#[test]
fn a_copy_that_lacks_what_was_erased_since_is_the_same_batch() {
    let world = world();
    let desk = world.archive(Held::First);
    let receipt = receipt(&desk, "GZK-Z109-2026-0001");
    let seq = registration(&world.batch(1));
    let copy = without_part(&world.batch(1), seq, "closed");
    let differ: BTreeSet<&String> =
        copy.files.keys().filter(|path| copy.files[*path] != world.batch(1).files[*path]).collect();
    assert!(differ.len() > 3, "{differ:?}");

    // Nobody has said that it was erased: it is another batch of the same name.
    let place = lay(&desk, &folder(copy.clone()));
    let (code, row) = ingest(&desk, &place);
    assert_eq!((code, row["rule"].as_str()), (1, Some("archive.other_bytes")), "{row:#}");

    // The office's next batch says it.
    let erased = erasing(seq);
    let (code, row) = ingest(&desk, &lay(&desk, &folder(erased)));
    assert_eq!((code, row["state"].as_str()), (0, Some("已入藏")), "{row:#}");
    no_op(&desk, &folder(copy.clone()), &receipt);

    // With something else altered beside it, it is not.
    let altered = copy.replace("data/其他/核验说明.txt", "sha512sum", "sha256sum").sealed();
    let (code, row) = ingest(&desk, &lay(&desk, &folder(altered)));
    assert_eq!((code, row["rule"].as_str()), (1, Some("archive.other_bytes")), "{row:#}");
}

/// The second batch with an act behind its others: a part was erased.
fn erasing(seq: u64) -> Bag {
    let (world, first) = (world(), world().batch(1));
    let second = world.batch(2);
    let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).ok();
    let text = String::from_utf8(first.events()).unwrap();
    let of =
        text.lines().filter_map(event).find(|value| value["event"]["seq"].as_u64() == Some(seq)).unwrap();
    let digest = of["event"]["parts"]["closed"].as_str().unwrap().to_owned();
    let facts = serde_json::json!({ "of": seq, "part": "closed", "digest": digest, "ground": "personal", "asked_by": "subject" });
    let subject = of["event"]["subject"].as_str().unwrap();
    let events =
        crate::make::with_act_on(world, &second, &[&first], ("admin", subject), "part.erased", facts);
    second.remade(world, events, &[&first])
}
