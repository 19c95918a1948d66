//! Every damaged package of a written list is refused with the right code, leaves the store byte for byte as it was, and is
//! kept in quarantine with its reports.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bag;
mod chain;
#[path = "../cli_support/mod.rs"]
mod cli_support;
mod containers;
mod copies;
mod forks;
mod make;
mod payload;
mod standing;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use cli_support::Desk;
use make::Bag;
use serde_json::Value;
use world::{Held, World, world};

/// A package as it is given.
#[allow(missing_docs)]
pub enum Arrival {
    Folder(Box<Bag>),
    File(&'static str, Vec<u8>),
}

/// One kind of damage.
pub struct Kind {
    /// What is wrong.
    why: &'static str,
    /// What the archive holds.
    held: Held,
    /// The rule it is refused by.
    code: &'static str,
    make: fn(&World) -> Arrival,
}

/// A kind of damage to a first batch, given as a folder.
pub const fn first(code: &'static str, why: &'static str, make: fn(&World) -> Arrival) -> Kind {
    Kind { why, held: Held::None, code, make }
}

pub fn folder(bag: Bag) -> Arrival {
    Arrival::Folder(Box::new(bag))
}

fn all() -> Vec<&'static Kind> {
    [bag::KINDS, bag::SIGNATURES, payload::RULES, payload::DERIVED, chain::HANDOVER, chain::EVENTS]
        .into_iter()
        .chain([standing::KINDS, containers::KINDS])
        .flatten()
        .collect()
}

/// Every file and folder below a folder, and the bytes of the files.
fn tree(root: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    fn walk(root: &Path, at: &Path, found: &mut BTreeMap<String, Option<Vec<u8>>>) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                found.insert(name, None);
                walk(root, &path, found);
            } else {
                found.insert(name, Some(std::fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

/// Puts a package on the disk; where it is.
pub fn lay(desk: &Desk, arrival: &Arrival) -> String {
    let (name, files) = match arrival {
        Arrival::Folder(bag) => (bag.name.as_str(), &bag.files),
        Arrival::File(name, bytes) => {
            std::fs::create_dir_all(desk.path("in")).unwrap();
            std::fs::write(desk.path("in").join(name), bytes).unwrap();
            return desk.name(&format!("in/{name}"));
        }
    };
    let _ = std::fs::remove_dir_all(desk.path("in").join(name));
    for (path, bytes) in files {
        let path = desk.path("in").join(name).join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    desk.name(&format!("in/{name}"))
}

/// What `archive ingest --json` answers for one package, and the exit code.
pub fn ingest(desk: &Desk, place: &str) -> (u8, Value) {
    let arch = desk.name("arch");
    let ran = desk.run(&["--as", "周馆长", "archive", "--archive", &arch, "ingest", place, "--json"]);
    let rows: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}\n{}", ran.out, ran.err));
    (ran.code, rows[0].clone())
}

/// What is wrong with how a kind was met; nothing, when it was refused as it should be.
fn meet(world: &World, kind: &Kind) -> Result<(), String> {
    let desk = world.archive(kind.held);
    let arrival = (kind.make)(world);
    let place = lay(&desk, &arrival);
    let store = tree(&desk.path("arch/store"));
    let (code, row) = ingest(&desk, &place);
    let wrong = |what: String| Err(format!("{}: {what}\n{row:#}", kind.why));
    if (code, row["rule"].as_str()) != (1, Some(kind.code)) {
        return wrong(format!("exit {code}, expected {}", kind.code));
    }
    if !["已退回", "冲突"].contains(&row["state"].as_str().unwrap_or_default()) {
        return wrong("its state".into());
    }
    if tree(&desk.path("arch/store")) != store {
        return wrong("the store is not as it was".into());
    }
    if !tree(&desk.path("arch/intake")).is_empty()
        || desk.path("arch/work").read_dir().is_ok_and(|mut d| d.next().is_some())
    {
        return wrong("something is left in the intake".into());
    }
    let ticket = row["ticket"].as_str().unwrap();
    let kept = tree(&desk.path("arch/quarantine").join(ticket));
    let decision = kept.get("decision.json").cloned().flatten().unwrap_or_default();
    let decision: Value = serde_json::from_slice(&decision).unwrap_or_default();
    if decision["refusal"]["rule"].as_str() != Some(kind.code) || !kept.contains_key("state.json") {
        return wrong(format!("its decision: {decision:#}"));
    }
    // Where packages could be read at all, what was found is told; where they could not, why.
    let told =
        ["核验报告.json", "拆包报告.json"].into_iter().find_map(|name| kept.get(name).cloned().flatten());
    let standing = kind.code.starts_with("archive.") && told.is_none();
    if !standing
        && !told.is_some_and(|told| {
            String::from_utf8_lossy(&told).contains(kind.code) || kind.code == "archive.forked"
        })
    {
        return wrong(format!("its reports: {:?}", kept.keys().collect::<Vec<_>>()));
    }
    let original = match &arrival {
        Arrival::Folder(bag) => bag.files.iter().all(|(path, bytes)| {
            kept.get(&format!("object/v1/content/bag/{path}"))
                .is_some_and(|kept| kept.as_ref() == Some(bytes))
        }),
        Arrival::File(name, bytes) => kept
            .get(&format!("object/v1/content/original/{name}"))
            .is_some_and(|kept| kept.as_ref() == Some(bytes)),
    };
    if original { Ok(()) } else { wrong("it was not kept as it came".into()) }
}

#[test]
fn every_damaged_package_is_refused_for_the_right_reason() {
    let (world, kinds) = (world(), all());
    let only = std::env::var("ZHAOCE_KIND").ok();
    let next = AtomicUsize::new(0);
    let faults = std::thread::scope(|scope| {
        let work = || {
            let mut faults = Vec::new();
            while let Some(kind) = kinds.get(next.fetch_add(1, Ordering::Relaxed)) {
                if only.as_ref().is_none_or(|only| kind.why.contains(only.as_str())) {
                    let met = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| meet(world, kind)));
                    faults.extend(met.unwrap_or_else(|_| Err(format!("{}: it panicked", kind.why))).err());
                }
            }
            faults
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), kinds.len(), faults.join("\n"));
}

/// A folder with a link in it is no tree of files: it does not come in, and keeps nothing else from coming in.
#[cfg(unix)]
#[test]
fn a_folder_with_a_link_keeps_nothing_else_out() {
    let world = world();
    let desk = world.archive(Held::None);
    let place = lay(&desk, &folder(Bag { name: "linked".into(), ..world.batch(1) }));
    std::os::unix::fs::symlink("/etc/passwd", Path::new(&place).join("data/l")).unwrap();
    lay(&desk, &folder(world.batch(1)));
    let arch = desk.name("arch");
    let ran =
        desk.run(&["--as", "周馆长", "archive", "--archive", &arch, "ingest", &desk.name("in"), "--json"]);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let of = |name: &str| rows.iter().find(|row| row["name"] == name).unwrap();
    assert_eq!((ran.code, of("linked")["rule"].as_str()), (1, Some("package.tree_entry")), "{rows:#?}");
    assert_eq!(of("GZK-Z109-2026-0001")["state"], "已入藏");
    assert!(tree(&desk.path("arch/intake")).is_empty() && tree(&desk.path("arch/quarantine")).is_empty());
}

#[test]
fn the_list_is_as_long_as_it_says() {
    let kinds = all();
    let names: BTreeSet<_> = kinds.iter().map(|kind| kind.why).collect();
    assert_eq!(names.len(), kinds.len(), "two kinds have the same name");
    assert!(kinds.len() >= 60, "only {} kinds", kinds.len());
    println!("{} kinds of damaged packages", kinds.len());
}
