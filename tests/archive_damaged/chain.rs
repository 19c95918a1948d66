//! What the hand-over says against what the events say, and the events themselves.

use serde_json::json;

use crate::make::{Bag, with_act};
use crate::world::{Held, OTHER, World};
use crate::{Arrival, Kind, first, folder};

const EVIDENCE: &str = "data/其他/固化验证信息";

fn one(world: &World) -> Bag {
    world.batch(1)
}

fn path(name: &str) -> String {
    format!("{EVIDENCE}/{name}")
}

/// A digest with its first digit changed.
fn other(digest: &str) -> String {
    let at = digest.rfind(':').map_or(0, |at| at + 1);
    let digit = if digest[at..].starts_with('0') { "1" } else { "0" };
    format!("{}{digit}{}", &digest[..at], &digest[at + 1..])
}

fn edited(bag: Bag, from: &str, to: &str) -> Arrival {
    let text = String::from_utf8(bag.events()).unwrap();
    assert!(text.contains(from), "{from}");
    folder(bag.with_events(text.replacen(from, to, 1).into_bytes()).sealed())
}

#[rustfmt::skip]
pub const HANDOVER: &[Kind] = &[
    first("package.handover", "移交信息 is missing", |w| folder(one(w).remove("data/其他/移交信息.json").sealed())),
    first("package.handover", "移交信息 has another spelling", |w| {
        let text = one(w).text("data/其他/移交信息.json");
        folder(one(w).put("data/其他/移交信息.json", format!(" {text}")).sealed())
    }),
    first("package.handover_differs", "移交信息 names another office's log", |w| folder(one(w).told(|h| h.origin = OTHER.parse().unwrap()))),
    first("package.handover_differs", "移交信息 names another genesis", |w| folder(one(w).told(|h| h.genesis = other(&h.genesis.to_string()).parse().unwrap()))),
    first("package.handover_differs", "移交信息 counts another number of events", |w| folder(one(w).told(|h| h.size += 1))),
    first("package.handover_differs", "移交信息 names another head", |w| folder(one(w).told(|h| h.head = other(&h.head.to_string()).parse().unwrap()))),
    first("package.handover_differs", "移交信息 names another root", |w| folder(one(w).told(|h| h.root = zhaoce::record::TreeHash([7; 32])))),
    first("package.handover_differs", "移交信息 names another head, and everything derived follows", |w| folder(one(w).with_handover(&[], |h| h.head = other(&h.head.to_string()).parse().unwrap()))),
    first("package.derived_differs", "移交信息 names another contact than the rest", |w| folder(one(w).told(|h| h.description = Some("别的".into())))),
    Kind { why: "移交信息 names another root of the batch before", held: Held::First, code: "package.handover_differs", make: |w| {
        folder(w.batch(2).with_handover(&[&w.batch(1)], |h| h.previous.as_mut().unwrap().root = zhaoce::record::TreeHash([7; 32])))
    } },
    Kind { why: "移交信息 names another batch before", held: Held::First, code: "package.previous_differs", make: |w| {
        folder(w.batch(2).with_handover(&[&w.batch(1)], |h| h.previous.as_mut().unwrap().name = "GZK-Z109-2025-0001".into()))
    } },
    Kind { why: "移交信息 names other bytes of the batch before", held: Held::First, code: "package.previous_differs", make: |w| {
        folder(w.batch(2).with_handover(&[&w.batch(1)], |h| {
            let previous = h.previous.as_mut().unwrap();
            previous.manifest = other(&previous.manifest);
        }))
    } },
];

#[rustfmt::skip]
pub const EVENTS: &[Kind] = &[
    first("line.canonical", "an event line is spelt otherwise", |w| edited(one(w), "{\"event\":", "{ \"event\":")),
    first("seal.act", "a fact of an event is altered", |w| edited(one(w), "\"attribute\":\"open\"", "\"attribute\":\"withheld\"")),
    first("part.digest", "a part of an event is altered", |w| edited(one(w), "关于甲的通知", "关于别的通知")),
    first("seal.act", "events are altered and everything else is made anew", |w| {
        let text = String::from_utf8(one(w).events()).unwrap();
        let events = text.replacen("\"channels\":[\"website\"]", "\"channels\":[\"gazette\"]", 1);
        assert_ne!(events, text);
        folder(one(w).remade(w, events.into_bytes(), &[]))
    }),
    first("act.unsealed", "the last seal is missing", |w| {
        let text = String::from_utf8(one(w).events()).unwrap();
        let at = text.trim_end().rfind('\n').unwrap();
        folder(one(w).with_events(text.as_bytes()[..=at].to_vec()).sealed())
    }),
    first("checkpoint.shorter", "the last act is missing, and the checkpoint is of all", |w| {
        folder(one(w).with_events(shorter(&one(w))).sealed())
    }),
    first("role.missing", "an act that the rule book does not admit, rightly signed", |w| {
        let facts = json!({ "separation": "strict", "secret_stub": "basis", "round_months": 12 });
        let events = with_act(w, &one(w), &[], "archivist", "rules.policy", facts);
        folder(one(w).remade(w, events, &[]))
    }),
    Kind { why: "a later batch goes on with an act that the rule book does not admit", held: Held::First, code: "role.missing", make: |w| {
        let facts = json!({ "separation": "strict", "secret_stub": "basis", "round_months": 12 });
        let before = w.batch(1);
        let events = with_act(w, &w.batch(2), &[&before], "archivist", "rules.policy", facts);
        folder(w.batch(2).remade(w, events, &[&before]))
    } },
    first("signer.revoked", "an act is signed by a revoked key", |w| {
        let facts = json!({ "separation": "strict", "secret_stub": "basis", "round_months": 12 });
        let events = with_act(w, &one(w), &[], "revoked", "rules.policy", facts);
        folder(one(w).remade(w, events, &[]))
    }),
    first("checkpoint.signature", "the checkpoint is signed by a person's key", |w| {
        let bag = one(w);
        let note = zhaoce::record::Checkpoint::parse(&bag.text(&path("checkpoint"))).unwrap();
        let key = w.key("archivist");
        let signature = key.sign(note.text().as_bytes()).unwrap();
        let note = zhaoce::record::note::Note::sign(note.text().to_owned(), note.head.origin.as_str(), &key.key(), signature);
        folder(bag.put(&path("checkpoint"), note.encode()).sealed())
    }),
    first("checkpoint.form", "there is no checkpoint", |w| folder(one(w).remove(&path("checkpoint")).sealed())),
    first("bundle.derived_differs", "the evidence's catalogue is altered", |w| folder(one(w).replace(&path("catalog.csv"), "关于甲的通知", "关于别的通知").sealed())),
    first("bundle.derived_differs", "the evidence's list of what is withheld is missing", |w| folder(one(w).remove(&path("withheld.json")).sealed())),
    first("bundle.derived_differs", "the evidence's people hold other roles", |w| folder(one(w).replace(&path("people.json"), "\"reviewer\"", "\"approver\"").sealed())),
    first("bundle.rules", "the rule book is not shipped", |w| {
        let bag = one(w);
        let rules = bag.files.keys().find(|path| path.contains("/rules/")).unwrap().clone();
        folder(bag.remove(&rules).sealed())
    }),
    first("bundle.unknown_file", "the evidence has a file of no use", |w| folder(one(w).put(&path("more.txt"), "x").sealed())),
    first("bundle.no_meta", "there is no evidence at all", |w| folder(one(w).prune(EVIDENCE).sealed())),
    Kind { why: "there is no consistency proof", held: Held::First, code: "bundle.consistency", make: |w| folder(w.batch(2).remove(&path("consistency.json")).sealed()) },
];

/// The events without the last act.
pub fn shorter(bag: &Bag) -> Vec<u8> {
    let text = String::from_utf8(bag.events()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let seals: Vec<usize> = (0..lines.len()).filter(|nth| lines[*nth].starts_with("{\"seal\"")).collect();
    let end = seals[seals.len() - 2];
    lines[..=end].iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}
