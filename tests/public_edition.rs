//! A public edition gives nothing away: a ledger full of marked secrets, and none of the marks in anything that is made
//! for the public, in whatever common spelling of its bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;
mod damage;

use std::collections::BTreeSet;

use bags::{Outcomes, Outsider, export, export_from};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use common::Office;
use zhaoce::bundle::proof;
use zhaoce::bundle::proof_source::LogSource;
use zhaoce::ledger::Wish;
use zhaoce::record::verify::Copy;
use zhaoce::record::{Moment, PartName, Subject};
use zhaoce::rules::Replay;

/// Marks handed out: what must not get out, what is meant to, and what was erased.
#[derive(Default)]
struct Marks {
    hidden: BTreeSet<String>,
    shown: BTreeSet<String>,
    erased: BTreeSet<String>,
}

impl Marks {
    fn fresh(&self) -> String {
        let nth = self.hidden.len() + self.shown.len() + self.erased.len();
        blake3::hash(format!("mark {nth}").as_bytes()).to_hex()[..20].to_owned()
    }

    fn hide(&mut self) -> String {
        let mark = self.fresh();
        self.hidden.insert(mark.clone());
        format!("密 {mark} 文")
    }

    fn show(&mut self) -> String {
        let mark = self.fresh();
        self.shown.insert(mark.clone());
        format!("《{mark}》")
    }

    fn erase(&mut self) -> String {
        let mark = self.fresh();
        self.erased.insert(mark.clone());
        mark
    }
}

/// The ways in which a mark's bytes may stand in others.
fn spellings(mark: &str) -> Vec<Vec<u8>> {
    let bytes = mark.as_bytes();
    let mut all =
        vec![bytes.to_vec(), hex::encode(bytes).into_bytes(), hex::encode_upper(bytes).into_bytes()];
    all.push(bytes.iter().flat_map(|byte| [*byte, 0]).collect());
    all.push(bytes.iter().rev().copied().collect());
    for shift in 0..3 {
        let coded = STANDARD_NO_PAD.encode([&vec![0; shift], bytes].concat());
        // What neighbours touch is cut off: the bits of a mark that stand in characters of its own.
        let from = (shift * 8usize).div_ceil(6);
        all.push(coded.as_bytes()[from..coded.len() - 2].to_vec());
    }
    all
}

/// Bytes as text, a character for each, for the library's search is quick where ours is not.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn holds(bytes: &[u8], mark: &str) -> bool {
    has(&text(bytes), mark)
}

fn has(haystack: &str, mark: &str) -> bool {
    spellings(mark).iter().any(|spelling| haystack.contains(&text(spelling)))
}

#[test]
fn a_mark_is_found_in_every_spelling() {
    let mark = "0123456789abcdefghij";
    for before in 0..7 {
        let around = [&vec![b'x'; before], mark.as_bytes(), b"tail"].concat();
        assert!(holds(&around, mark));
        assert!(holds(STANDARD_NO_PAD.encode(&around).as_bytes(), mark), "{before}");
        assert!(holds(hex::encode(&around).as_bytes(), mark));
    }
    assert!(!holds(b"0123456789abcdefghi", mark));
}

fn closed(wish: Wish, marks: &mut Marks) -> Wish {
    wish.part(PartName::Closed, "reason", marks.hide()).part(PartName::Closed, "note", marks.hide())
}

fn file(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

/// Registers, proposes, reviews and decides, with marks in every closed part.
fn decided(office: &mut Office, marks: &mut Marks, attribute: &str) -> Subject {
    let item = office.subject("item");
    let (partial, withheld) = (attribute == "partial", attribute == "withheld");
    let mut register = office.register(&item, &marks.hide());
    for member in ["document_number", "index_number", "issuer", "summary", "drafter", "department", "topic"] {
        register = register.part(PartName::Closed, member, marks.hide());
    }
    let ground = (partial || withheld).then_some("trade_secret");
    let proposed = office.wish("item.proposed", &item).fact("attribute", attribute).maybe("ground", ground);
    let reviewed = office
        .by("review", "item.reviewed", &item)
        .fact("outcome", if partial || attribute == "open" { "open" } else { "exempt" })
        .fact("scope", if partial { "redacted" } else { "whole" })
        .maybe("redacted", partial.then(|| file("9")));
    let decided = office
        .by("approve", "item.decided", &item)
        .fact("attribute", attribute)
        .fact("basis", "own")
        .maybe("ground", ground.filter(|_| withheld))
        .maybe("remainder_ground", ground.filter(|_| partial))
        .maybe("redacted", partial.then(|| file("9")));
    for wish in [register, closed(proposed, marks), closed(reviewed, marks), closed(decided, marks)] {
        office.commit(vec![wish]).unwrap();
    }
    item
}

/// An open part whose every text is `text`'s.
fn open(wish: Wish, mut text: impl FnMut() -> String) -> Wish {
    let members = ["title", "document_number", "index_number", "issuer", "summary", "topic", "address"];
    members.iter().fold(wish, |wish, member| wish.part(PartName::Open, member, text()))
}

fn publish(office: &mut Office, marks: &mut Marks, item: &Subject, partial: bool, stays: bool) {
    let wish = office
        .wish("item.published", item)
        .fact("channels", vec!["gazette", "website"])
        .maybe("redacted", partial.then(|| file("9")));
    let wish = closed(wish, marks);
    let wish = open(wish, || if stays { marks.show() } else { marks.hide() });
    office.commit(vec![wish]).unwrap();
}

fn inherited(office: &mut Office, marks: &mut Marks, attribute: &str) -> Subject {
    let item = office.subject("item");
    let wish = Wish::new("item.inherited", &item)
        .unwrap()
        .done(&office.people["admin"].0, office.now.day(), "inherited")
        .fact("attribute", attribute)
        .fact("responsible", "self")
        .fact("origin", "made")
        .part(PartName::Closed, "identity", marks.hide())
        .part(PartName::Closed, "row", serde_json::json!([[marks.hide(), marks.hide()]]))
        .part(PartName::Closed, "source", serde_json::json!({ "file": marks.hide(), "line": 7 }));
    let wish = if attribute == "open" { open(wish, || marks.show()) } else { closed(wish, marks) };
    office.commit(vec![wish]).unwrap();
    item
}

/// Everything that has a part nobody outside may see.
fn office(marks: &mut Marks) -> (Office, Vec<Subject>) {
    let mut office = Office::new();
    people(&mut office, marks);
    dossiers(&mut office, marks);
    let mut items = Vec::new();
    for attribute in ["withheld", "on_request", "partial", "open"] {
        items.push(decided(&mut office, marks, attribute));
    }
    let partial = decided(&mut office, marks, "partial");
    publish(&mut office, marks, &partial, true, true);
    let plain = decided(&mut office, marks, "open");
    publish(&mut office, marks, &plain, false, true);
    let back = decided(&mut office, marks, "open");
    publish(&mut office, marks, &back, false, false);
    let withdrawn = office.wish("item.withdrawn", &back).fact("cause", "secrecy");
    office.commit(vec![closed(withdrawn, marks)]).unwrap();
    let mended = decided(&mut office, marks, "open");
    publish(&mut office, marks, &mended, false, false);
    let corrected = closed(office.wish("item.corrected", &mended).fact("extent", "catalogue"), marks);
    office.commit(vec![open(corrected, || marks.show())]).unwrap();
    items.extend([partial, plain, back.clone(), mended.clone()]);
    items.push(inherited(&mut office, marks, "withheld"));
    items.push(inherited(&mut office, marks, "unstated"));
    items.push(inherited(&mut office, marks, "open"));
    again(&mut office, marks, &back);
    lapse_and_transfer(&mut office, marks, &items);
    round(&mut office, marks, &items);
    erase(&mut office, marks);
    (office, items)
}

/// Dossiers: an applicant and a content that stay inside, a matter that is listed, one that has been revised and one that has left the
/// catalogue.
fn dossiers(office: &mut Office, marks: &mut Marks) {
    let request = office.subject("request");
    let received = office.wish("request.received", &request).fact("receipt", "online");
    let received = received.fact("applicant", "natural_person").fact("asks", "information");
    let received = closed(received, marks).part(PartName::Closed, "content", marks.hide());
    office.commit(vec![received.part(PartName::Personal, "name", marks.hide())]).unwrap();
    let answered = office.by("approve", "request.answered", &request).fact("leaf", "d_process");
    let answered = answered.fact("reply", "withheld").fact("remedy_notice", "yes");
    office.commit(vec![closed(answered, marks)]).unwrap();
    let matter = |office: &Office, kind: &str, subject: &Subject, text: String| {
        let wish = office.wish(kind, subject).fact("channels", vec!["website"]).fact("audience", "all");
        let wish = wish.fact("manners", vec!["open"]).fact("service", "no");
        let named = ["content", "basis", "limit", "body"].into_iter();
        named.fold(wish.part(PartName::Open, "first", text), |wish, name| {
            wish.part(PartName::Open, name, "见文件")
        })
    };
    let (listed, retired) = (office.subject("matter"), office.subject("matter"));
    let old = matter(office, "matter.listed", &listed, marks.hide());
    office.commit(vec![closed(old, marks)]).unwrap();
    let new = matter(office, "matter.revised", &listed, marks.show());
    office.commit(vec![new]).unwrap();
    let gone = matter(office, "matter.listed", &retired, marks.hide());
    office.commit(vec![gone]).unwrap();
    let cause = office.wish("matter.retired", &retired).fact("cause", "abolished");
    office.commit(vec![closed(cause, marks)]).unwrap();
}

fn people(office: &mut Office, marks: &mut Marks) {
    let person = office.subject("person");
    let added = office.wish("person.added", &person).fact("roles", vec!["clerk"]);
    let added =
        added.part(PartName::Personal, "name", marks.hide()).part(PartName::Personal, "title", marks.hide());
    let changed = office.wish("person.changed", &person).fact("roles", vec!["clerk", "reviewer"]);
    let changed = closed(changed.part(PartName::Personal, "name", marks.hide()), marks);
    let policy = office.wish("rules.policy", &"ledger/main".parse().unwrap());
    let policy = policy.fact("separation", "strict").fact("secret_stub", "basis").fact("round_months", 12);
    for wish in [added, changed, closed(policy, marks)] {
        office.commit(vec![wish]).unwrap();
    }
}

/// Withdrawn, decided again, published again: only the newest may be seen.
fn again(office: &mut Office, marks: &mut Marks, item: &Subject) {
    let proposed = office.wish("item.proposed", item).fact("attribute", "open");
    let reviewed = office.by("review", "item.reviewed", item).fact("outcome", "open").fact("scope", "whole");
    let decided = office.by("approve", "item.decided", item).fact("attribute", "open").fact("basis", "own");
    for wish in [proposed, reviewed, decided] {
        office.commit(vec![closed(wish, marks)]).unwrap();
    }
    publish(office, marks, item, false, true);
}

fn lapse_and_transfer(office: &mut Office, marks: &mut Marks, items: &[Subject]) {
    let lapsed = office.wish("item.lapsed", &items[3]).fact("cause", "expired");
    let transferred = office.wish("item.transferred", &items[5]).fact("archive", "archive.gov.cn/a");
    for wish in [lapsed, transferred] {
        office.commit(vec![closed(wish, marks)]).unwrap();
    }
}

fn round(office: &mut Office, marks: &mut Marks, items: &[Subject]) {
    let round = office.subject("round");
    let members = [(0, "withheld"), (2, "partial"), (4, "partial"), (8, "withheld")];
    let figures = |wish: Wish| wish.fact("year", 2026).fact("count", members.len());
    let opened = closed(figures(office.by("approve", "round.opened", &round)), marks);
    office.commit(vec![opened]).unwrap();
    for (nth, attribute) in members {
        let ground = if attribute == "withheld" { "ground" } else { "remainder_ground" };
        let wish = office.by("approve", "item.reassessed", &items[nth]).fact("outcome", "maintain");
        let wish = wish.fact("round", round.as_str()).fact(ground, "trade_secret");
        office.commit(vec![closed(wish, marks)]).unwrap();
    }
    let end = closed(figures(office.by("approve", "round.closed", &round)), marks);
    let results =
        closed(office.wish("round.published", &round), marks).part(PartName::Open, "title", marks.show());
    for wish in [end, results] {
        office.commit(vec![wish]).unwrap();
    }
}

fn erase(office: &mut Office, marks: &mut Marks) {
    let item = office.subject("item");
    let wish = office.register(&item, &marks.erase());
    let seq = office.commit(vec![wish]).unwrap().first;
    let wish =
        office.by("approve", "part.erased", &item).fact("ground", "personal").fact("asked_by", "subject");
    office.now = Moment::from_unix(office.now.unix() + 60).unwrap();
    let key = &office.people["approve"].1;
    let wish = closed(wish, marks);
    office.ledger.erase(key, office.now, (seq, PartName::Closed), wish, &mut office.entropy).unwrap();
}

fn check(what: &str, bytes: &[u8], marks: &Marks) {
    let haystack = text(bytes);
    let found = marks.hidden.iter().chain(&marks.erased).filter(|mark| has(&haystack, mark));
    let found: Vec<&String> = found.collect();
    assert!(found.is_empty(), "{what} gives away {} of {} marks", found.len(), marks.hidden.len());
}

fn tar(bundle: &[u8]) -> Vec<u8> {
    zstd::decode_all(bundle).unwrap()
}

#[test]
fn a_public_edition_holds_no_mark() {
    let mut marks = Marks::default();
    let (mut office, items) = office(&mut marks);
    assert!(marks.hidden.len() > 150 && marks.shown.len() > 30);
    let full = text(&tar(&export(&mut office, Copy::Full)));
    assert!(marks.hidden.iter().all(|mark| has(&full, mark)), "the marks are there to be found");
    assert!(!marks.erased.iter().any(|mark| has(&full, mark)));
    let bundle = export(&mut office, Copy::Public);
    check("the public edition", &tar(&bundle), &marks);
    check("its compressed form", &bundle, &marks);
    let public = text(&tar(&bundle));
    assert!(marks.shown.iter().all(|mark| has(&public, mark)), "what is public is there");
    let outsider = Outsider::of(&office);
    let Outcomes::Passed(report, saved) = outsider.verify(&bundle) else { panic!("does not verify") };
    check("the report", serde_json::to_string(&report).unwrap().as_bytes(), &marks);
    check("the state kept", &saved.unwrap().to_bytes().unwrap(), &marks);
    for (name, bytes) in damaged(&bundle) {
        if let Outcomes::Failed(_, Some(report)) = outsider.verify(&bytes) {
            check(name, serde_json::to_string(&report).unwrap().as_bytes(), &marks);
        }
    }
    let note = office.ledger.checkpoint(&office.ledger_key).unwrap();
    for item in &items {
        let open = office.ledger.open_in_force(item).unwrap();
        let trust = office.ledger.trust(Vec::new());
        let made = proof::make(&LogSource::new(&office.ledger), &trust, item, &note, open).unwrap();
        check("a proof", &made, &marks);
        let law = Replay::new(office.ledger.books().clone(), trust.origin.clone());
        let report = proof::check(&made, &trust, law).unwrap();
        assert!(report.passed(), "{:?}", report.findings);
        check("a proof's report", serde_json::to_string(&report).unwrap().as_bytes(), &marks);
    }
}

/// A few ways in which a public bundle may arrive broken.
fn damaged(bundle: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let bag = bags::Bag::open(bundle);
    vec![
        ("other catalogue", bag.with("catalog.json", |_| b"{}\n".to_vec()).close()),
        ("no events", bag.without("events/").close()),
        ("half the events", bag.with("events/", |bytes| bytes[..bytes.len() / 2].to_vec()).close()),
    ]
}

/// Bundles that were right at their time show what was public then; each by itself gives away nothing hidden then or
/// withdrawn within it.
#[test]
fn partial_public_editions_hold_no_mark_either() {
    let mut marks = Marks::default();
    let (mut office, _) = office(&mut marks);
    let starts: Vec<u64> = (0..office.ledger.head().size())
        .filter(|seq| office.ledger.event(*seq).unwrap().act == *seq)
        .step_by(7)
        .skip(1)
        .collect();
    assert!(starts.len() > 4);
    for from in starts {
        let bundle = export_from(&mut office, Copy::Public, from, None);
        check(&format!("the edition from {from}"), &tar(&bundle), &marks);
    }
}
