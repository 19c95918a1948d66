//! `bundle order` and `archive erase`: what was erased at the office is erased from what it had handed over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod archive_support;
mod cli_support;

use archive_support::*;
use cli_support::Desk;

/// An archive that holds a batch with the secret: the desk, the item, and the event with the part.
fn held() -> (Desk, String, u64, String) {
    let desk = Desk::office();
    archive(&desk);
    let (id, seq) = withheld(&desk, SECRET, "示办发〔2026〕1号");
    withheld(&desk, "另一件", "示办发〔2026〕2号");
    let package = export(&desk, &["--form", "tar"]);
    ok(&desk, &["ingest", &package]);
    (desk, id, seq, package)
}

/// Erases the part at the office and writes the order.
fn order(desk: &Desk, id: &str, seq: u64) -> String {
    let seq = seq.to_string();
    desk.ok(&[
        "--as",
        "王主任",
        "item",
        "erase",
        id,
        "--seq",
        &seq,
        "--part",
        "closed",
        "--ground",
        "personal",
        "--asked-by",
        "subject",
        "--reason",
        "本人要求",
    ]);
    let path = desk.name("order.json");
    desk.ok(&["bundle", "order", id, "-o", &path]);
    path
}

#[test]
fn an_order_is_executed_once_and_the_holding_stays_sound() {
    let (desk, id, seq, _) = held();
    let folder = desk.path("archive");
    assert!(!telling(&folder, SECRET).is_empty(), "the test sees what it looks for");
    let order = order(&desk, &id, seq);
    let done = json(&desk, &["erase", &order]);
    assert_eq!(done[0]["holdings"][0][0], "GZK-Z109-2026-0001", "{done}");
    assert_eq!(telling(&folder, SECRET), Vec::<std::path::PathBuf>::new());
    let before = files(&folder.join("store"));
    let again = json(&desk, &["erase", &order]);
    assert_eq!((again[0]["again"].as_bool(), again[0]["act"].is_null()), (Some(true), true), "{again}");
    assert_eq!(files(&folder.join("store")), before);
    ok(&desk, &["audit"]);
    desk.ok(&["ledger", "verify"]);
}

const FIRST: &str = "GZK-Z109-2026-0001";
const SECOND: &str = "GZK-Z109-2026-0002";

/// The record has an event in a second batch, whose package nests the first one's.
fn second(desk: &Desk, id: &str, before: &[&str]) -> String {
    desk.ok(&[
        "--as",
        "王主任",
        "item",
        "reassess",
        id,
        "--outcome",
        "maintain",
        "--trigger",
        "circumstances",
        "--reason",
        "照旧",
    ]);
    let more: Vec<&str> = before.iter().flat_map(|package| ["--previous", package]).collect();
    export(desk, &more)
}

fn none_tells(desk: &Desk) {
    assert_eq!(telling(&desk.path("archive"), SECRET), Vec::<std::path::PathBuf>::new());
}

#[test]
fn later_batches_that_nest_it_follow_and_batches_after_the_erasure_do_not_bring_it_back() {
    let (desk, id, seq, first) = held();
    let next = second(&desk, &id, &[&first]);
    ok(&desk, &["ingest", &next]);
    let order = order(&desk, &id, seq);
    let done = json(&desk, &["erase", &order]);
    let batches: Vec<&str> =
        done[0]["holdings"].as_array().unwrap().iter().map(|one| one[0].as_str().unwrap()).collect();
    assert_eq!(batches, [FIRST, SECOND], "{done}");
    none_tells(&desk);
    ok(&desk, &["audit"]);
    // What the office hands over after it has erased goes back to packages that still have it.
    let third = second(&desk, &id, &[&first, &next]);
    ok(&desk, &["ingest", &third]);
    none_tells(&desk);
    ok(&desk, &["audit"]);
    assert_eq!(json(&desk, &["erase", &order])[0]["again"], true);
    desk.ok(&["ledger", "verify", "--ledger", &desk.name("archive/ledger")]);
}

#[test]
fn copies_given_again_bring_nothing_back() {
    let (desk, id, seq, first) = held();
    let order = order(&desk, &id, seq);
    ok(&desk, &["erase", &order]);
    ok(&desk, &["ingest", &first]);
    none_tells(&desk);
    // The same batch in another form has other bytes on the way and the same content.
    let folder = desk.path("folder");
    let input = zhaoce::bundle::package::Input::open(std::path::Path::new(&first)).unwrap();
    let limits = zhaoce::bundle::package::Limits::default();
    zhaoce::bundle::package::unpack_folder(input, &limits, &folder).unwrap();
    ok(&desk, &["ingest", folder.to_str().unwrap()]);
    none_tells(&desk);
    ok(&desk, &["audit"]);
}

#[test]
fn arrivals_that_were_refused_or_wait_are_let_go_of() {
    let (desk, id, seq, first) = held();
    // Refused: it comes after a gap. Its content is kept as evidence, and has the text.
    let next = second(&desk, &id, &[&first]);
    let third = second(&desk, &id, &[&first, &next]);
    assert_eq!(run(&desk, &["ingest", &third]).code, 1);
    let order = order(&desk, &id, seq);
    let done = json(&desk, &["erase", &order]);
    assert_eq!(done[0]["arrivals"].as_array().map(Vec::len), Some(1), "{done}");
    none_tells(&desk);
}

#[test]
fn false_orders_change_nothing() {
    let (desk, id, seq, _) = held();
    let proof = desk.name("proof.json");
    desk.ok(&["proof", "make", &id, "-o", &proof]);
    let before = files(&desk.path("archive/store"));
    assert!(fails(&desk, &["erase", &proof]).contains("[erase.order_empty]"));
    let order = order(&desk, &id, seq);
    let text = cli_support::read(std::path::Path::new(&order));
    let digest = text.split("\"digest\":\"b3:").nth(1).unwrap()[..64].to_owned();
    let other = |from: &str, to: &str| desk.file("false.json", &text.replace(from, to));
    for file in [
        other(&digest, &"0".repeat(64)),
        other("\"part\":\"closed\"", "\"part\":\"open\""),
        other("\"ground\":\"personal\"", "\"ground\":\"mistake\""),
        other("— demo.gov.cn/xxgk ", "— demo.gov.cn/xxgj "),
    ] {
        let told = fails(&desk, &["erase", &file]);
        assert!(told.contains("[erase.order_false]"), "{told}");
    }
    let strange = other("\"origin\":\"demo.gov.cn/xxgk\"", "\"origin\":\"other.gov.cn/xxgk\"");
    assert!(fails(&desk, &["erase", &strange]).contains("[erase.order_office]"));
    let broken = desk.file("broken.json", "{}\n");
    assert_eq!(run(&desk, &["erase", &broken]).code, 2);
    // Another history of the same office: the same keys, other events.
    let fork = Desk::office();
    let (other_id, other_seq) = withheld(&fork, "别的一件", "示办发〔2026〕9号");
    let forked = self::order(&fork, &other_id, other_seq);
    assert!(fails(&desk, &["erase", &forked]).contains("[erase.order_other]"));
    assert_eq!(files(&desk.path("archive/store")), before);
    ok(&desk, &["erase", &order]);
    none_tells(&desk);
}

#[test]
fn an_order_for_what_is_not_held_is_recorded_as_nothing() {
    let (desk, ..) = held();
    let (id, seq) = withheld(&desk, "后来的一件", "示办发〔2026〕3号");
    let order = order(&desk, &id, seq);
    let before = files(&desk.path("archive/store"));
    let done = json(&desk, &["erase", &order]);
    assert_eq!((done[0]["again"].as_bool(), done[0]["act"].is_null()), (Some(false), true), "{done}");
    assert_eq!(files(&desk.path("archive/store")), before);
    assert!(ok(&desk, &["erase", &order]).contains("本馆没有"));
}

#[test]
fn who_asked_and_why_is_not_lost() {
    let (desk, id, seq, _) = held();
    let order = order(&desk, &id, seq);
    ok(&desk, &["erase", &order]);
    let list = json(&desk, &["holding", "list"]);
    let holding = list[0]["id"].as_str().unwrap_or_else(|| panic!("{list}"));
    let shown = json(&desk, &["holding", "show", holding]);
    let erased =
        shown["history"].as_array().unwrap().iter().find(|event| event["kind"] == "holding.erased").unwrap();
    let facts = &erased["facts"];
    assert_eq!((facts["asked_by"].as_str(), facts["ground"].as_str()), (Some("subject"), Some("personal")));
    assert_eq!(facts["event"].as_u64(), Some(seq));
    let kept = files(&desk.path("archive/store"));
    let order = std::fs::read(order).unwrap();
    assert!(kept.iter().any(|(path, bytes)| path.ends_with("删除指令.json") && *bytes == order));
    let names: Vec<&str> = kept.keys().filter_map(|path| path.file_name()?.to_str()).collect();
    for name in ["tagmanifest-sha512.txt.note", "登记表.xml", "登记表.xml.note"] {
        assert!(names.contains(&name), "{name}");
    }
    // Without what the office signed the archive's signature is worth nothing.
    let evidence = kept
        .keys()
        .find(|path| path.to_str().unwrap().contains("evidence") && path.ends_with("tagmanifest-sha512.txt"))
        .unwrap();
    let bytes = std::fs::read(evidence).unwrap();
    std::fs::write(evidence, [&bytes[..], b"x"].concat()).unwrap();
    assert!(run(&desk, &["audit"]).out.contains("package.signature"));
}

#[test]
fn orders_are_written_for_all_since_an_event() {
    let (desk, id, seq, _) = held();
    let folder = desk.path("orders");
    std::fs::create_dir(&folder).unwrap();
    assert!(
        desk.fails(1, &["bundle", "order", "--since", "0", "-o", folder.to_str().unwrap()])
            .contains("[erase.order_empty]")
    );
    order(&desk, &id, seq);
    let said = desk.json(&["bundle", "order", "--since", "0", "-o", folder.to_str().unwrap()]);
    assert_eq!(said["orders"][0]["parts"][0]["of"].as_u64(), Some(seq), "{said}");
    let path = said["orders"][0]["path"].as_str().unwrap();
    ok(&desk, &["erase", path]);
    none_tells(&desk);
}

#[test]
fn an_arrival_that_waits_for_a_person_is_refused_and_let_go_of() {
    let desk = Desk::office();
    archive_where(&desk, "always");
    let (id, seq) = withheld(&desk, SECRET, "示办发〔2026〕1号");
    let first = export(&desk, &[]);
    let waiting = json(&desk, &["ingest", &first]);
    let ticket = waiting[0]["ticket"].as_str().unwrap_or_else(|| panic!("{waiting}")).to_owned();
    assert!(!telling(&desk.path("archive/intake"), SECRET).is_empty());
    let order = order(&desk, &id, seq);
    let done = json(&desk, &["erase", &order]);
    assert_eq!(done[0]["arrivals"][0].as_str(), Some(&*ticket), "{done}");
    none_tells(&desk);
    assert!(files(&desk.path("archive/intake")).is_empty());
    // The same bytes are refused again; a batch exported after the erasure is taken.
    std::fs::remove_dir_all(&first).unwrap();
    let clean = export(&desk, &[]);
    let waiting = json(&desk, &["ingest", &clean]);
    ok(&desk, &["approve", waiting[0]["ticket"].as_str().unwrap()]);
    none_tells(&desk);
    ok(&desk, &["audit"]);
}
