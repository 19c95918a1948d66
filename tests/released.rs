//! Every format version and rule edition ever released stays verifiable: a ledger and both bundles of each stand in
//! `tests/fixtures/released/`, for both verifiers, and a released edition keeps its digest.
//!
//! Fixtures of a new release are written by
//! `ZHAOCE_WRITE_FIXTURES=1 cargo test --test released`; those that are there are never written over. Before an edition is
//! released, removing its folder makes room for it anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bags;
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::Office;
use serde_json::{Value, json};
use zhaoce::bundle::proof::{check, make};
use zhaoce::bundle::proof_source::LogSource;
use zhaoce::bundle::verify::{Given, verify};
use zhaoce::ledger::verify_dir;
use zhaoce::record::keys::SecretKey;
use zhaoce::record::verify::{Copy, Trust};
use zhaoce::record::{Checkpoint, Class, PartName, Report, Subject};
use zhaoce::rules::{Books, Replay};

/// (name, digest) of each edition that was released. A line is added, none is ever changed.
const EDITIONS: [(&str, &str); 3] = [
    ("2026-1", "b3:cb87890eb070bf4fcb34ef7758412e27854eaef2b1a08b577c33a72bf42b4f96"),
    ("2026-2", "b3:c8619971f58c197cae09550262e5096dc2841bebc1dbab5059cc86822c4a4e37"),
    ("2026-3", "b3:3b9d2fb8d9d753deb8453798a1cbebe2eec663d19df0efff54b32c06108c9924"),
];

fn folder(edition: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/released").join(edition)
}

#[test]
fn released_editions_keep_their_digests() {
    let books = Books::built_in().unwrap();
    let built: Vec<(String, String)> =
        books.all().iter().map(|book| (book.name().to_owned(), book.digest().to_string())).collect();
    let pinned: Vec<(String, String)> =
        EDITIONS.iter().map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned())).collect();
    assert_eq!(built, pinned, "a released edition is ended by a later one, never edited");
}

#[test]
fn everything_released_stays_verifiable() {
    for (edition, _) in EDITIONS {
        let dir = folder(edition);
        if std::env::var_os("ZHAOCE_WRITE_FIXTURES").is_some() && !dir.exists() {
            write(&dir);
        }
        let expect: Value = serde_json::from_slice(&fs::read(dir.join("expect.json")).unwrap()).unwrap();
        let pin = |name: &str| expect[name].as_str().unwrap().to_owned();
        let note = fs::read_to_string(dir.join("checkpoint")).unwrap();
        let checkpoints = vec![Checkpoint::parse(&note).unwrap()];
        let (origin, genesis) = (pin("origin").parse().unwrap(), pin("genesis").parse().unwrap());
        let trust = Trust { origin, genesis, checkpoints };

        let books = Books::built_in().unwrap();
        let report = verify_dir(&dir, trust.clone(), Arc::new(books.clone()), &mut |_| ()).unwrap();
        assert_eq!(summary(&report), expect["ledger"], "{edition}");
        for copy in ["full", "public"] {
            let bundle = fs::read(dir.join(format!("{copy}.tar.zst"))).unwrap();
            let outside = Some((trust.origin.clone(), trust.genesis));
            let given = Given { trust: outside, checkpoints: trust.checkpoints.clone(), ..Given::default() };
            let (report, saved) = verify(&bundle[..], given, &books).unwrap();
            assert_eq!(summary(&report.report), expect[copy], "{edition} {copy}");
            assert!(saved.is_some());
        }
        let law = Replay::new(Arc::new(books), trust.origin.clone());
        let proof = check(&fs::read(dir.join("proof.json")).unwrap(), &trust, law).unwrap();
        assert!(proof.passed(), "{:?}", proof.findings);
    }
}

/// What must never change of a report. Notices may: a later release may have more to say, or word it otherwise.
fn summary(report: &Report) -> Value {
    let place = |f: &&zhaoce::record::Finding| f.class != Class::Notice;
    let found = report.findings.iter().filter(place);
    let found: Vec<Value> = found.map(|f| json!([f.code, f.class, f.place.seq])).collect();
    json!({
        "passed": report.passed(), "size": report.size, "head": report.head, "root": report.root,
        "erased": report.erased, "verdicts": report.verdicts, "findings": found,
    })
}

fn write(dir: &Path) {
    fs::create_dir_all(dir.join("log")).unwrap();
    let (mut office, shown) = history();
    let note = office.ledger.checkpoint(&office.ledger_key).unwrap();
    fs::write(dir.join("checkpoint"), &note).unwrap();
    fs::copy(office.ledger.dir().join("ledger.json"), dir.join("ledger.json")).unwrap();
    write_segments(dir, &fs::read(office.ledger.dir().join("log/000000000000.jsonl")).unwrap());
    let mut expect = json!({
        "origin": office.ledger.info().origin, "genesis": office.ledger.info().genesis,
        "ledger": summary(&office.verify()),
    });
    for (name, copy) in [("full", Copy::Full), ("public", Copy::Public)] {
        let bundle = bags::export(&mut office, copy);
        let bags::Outcomes::Passed(report, _) = bags::Outsider::of(&office).verify(&bundle) else { panic!() };
        expect[name] = summary(&report.report);
        // Schemas may be missing, and are most of a small bundle.
        let mut bag = bags::Bag::open(&bundle);
        bag.files.retain(|(path, _)| !path.starts_with("schemas/"));
        let tar = zstd::stream::decode_all(&bag.close()[..]).unwrap();
        fs::write(dir.join(format!("{name}.tar.zst")), one_frame(&tar)).unwrap();
    }
    let open = office.ledger.open_in_force(&shown).unwrap();
    let (source, trust) = (LogSource::new(&office.ledger), office.ledger.trust(Vec::new()));
    fs::write(dir.join("proof.json"), make(&source, &trust, &shown, &note, open).unwrap()).unwrap();
    let text = serde_json::to_string_pretty(&expect).unwrap() + "\n";
    fs::write(dir.join("expect.json"), text).unwrap();
}

/// A log in two segments, the first one closed and compressed.
fn write_segments(dir: &Path, log: &[u8]) {
    let (mut at, mut events) = (0, 0);
    for line in log.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        events += usize::from(line.starts_with(b"{\"event\":"));
        if events >= 36 && line.starts_with(b"{\"seal\":") {
            break;
        }
    }
    let (closed, open) = log.split_at(at);
    fs::write(dir.join("log/000000000000.jsonl.zst"), one_frame(closed)).unwrap();
    fs::write(dir.join(format!("log/{events:012}.jsonl")), open).unwrap();
}

/// As small as can be, in a frame of the form that is asked for.
fn one_frame(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 22).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.set_pledged_src_size(Some(bytes.len() as u64)).unwrap();
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

/// The life of an office: every way an item can go, a round, paper transcribed, a declared departure, an erasure, a key
/// revoked; and the item that a proof is about.
fn history() -> (Office, Subject) {
    let mut office = bags::office();
    let shown = bags::item(&mut office, "更正的通知", "open");
    bags::publish(&mut office, &shown, "更正的通知", false);
    let corrected = office.wish("item.corrected", &shown).fact("extent", "catalogue");
    let corrected =
        corrected.part(PartName::Open, "title", "更正后的通知").part(PartName::Open, "topic", "综合政务");
    office.commit(vec![corrected]).unwrap();
    let transferred = office.wish("item.transferred", &shown);
    office.commit(vec![transferred]).unwrap();
    let partial = bags::item(&mut office, "删减后公开的通知", "partial");
    bags::publish(&mut office, &partial, "删减后公开的通知（删减版）", true);
    let inherited = inherit(&mut office);
    declared(&mut office);
    round(&mut office, &partial, &inherited);
    people(&mut office);
    dossiers(&mut office);
    (office, shown)
}

/// A year's calendar, a request on its way to a new answer, and one dossier of most classes.
fn dossiers(office: &mut Office) {
    let digest = format!("sha256:{}", "7".repeat(64));
    let main = "ledger/main".parse().unwrap();
    let days = |days: &[&str]| json!(days);
    let calendar = office.wish("rules.calendar", &main).fact("year", 2026);
    let calendar = calendar
        .fact("holidays", days(&["2026-01-01", "2026-01-02"]))
        .fact("workdays", days(&["2026-01-04"]));
    office.commit(vec![calendar]).unwrap();
    request(office);
    let (matter, exclusion) = (office.subject("matter"), office.subject("exclusion"));
    let listed =
        office.wish("matter.listed", &matter).fact("channels", days(&["website"])).fact("audience", "all");
    let listed = listed.fact("manners", days(&["open"])).fact("service", "no").fact("days", 10);
    let texts = [
        ("first", "最低生活保障"),
        ("content", "办理条件"),
        ("basis", "《意见》"),
        ("limit", "10个工作日"),
        ("body", "民政部门"),
    ];
    let listed = texts.iter().fold(listed, |wish, (name, text)| wish.part(PartName::Open, name, *text));
    office.commit(vec![listed]).unwrap();
    let approved = office.subject("catalog");
    let approved =
        office.by("approve", "catalog.approved", &approved).fact("list", digest.clone()).fact("count", 1);
    let approved = approved.fact("of_kind", "standard").fact("superior", "yes");
    office.commit(vec![approved.part(PartName::Open, "approver", "上级机关")]).unwrap();
    office.commit(vec![office.wish("matter.retired", &matter).fact("cause", "abolished")]).unwrap();
    let added = office
        .by("approve", "exclusion.added", &exclusion)
        .fact("ground", "privacy")
        .fact("provision", "foi_15");
    let added =
        added.part(PartName::Open, "scope", "个人家庭情况").part(PartName::Open, "basis_text", "第十五条");
    office.commit(vec![added]).unwrap();
    let document = office.subject("document");
    let issued = office.wish("document.issued", &document).fact("type", "guide").fact("file", digest.clone());
    office.commit(vec![issued.part(PartName::Open, "title", "公开指南")]).unwrap();
    let figure = office.subject("figure");
    let stated = office
        .wish("figure.stated", &figure)
        .fact("year", 2026)
        .fact("cell", "permits.decided")
        .fact("value", 3);
    let stated = stated.fact("source", "other_system").fact("evidence", digest);
    office.commit(vec![stated.part(PartName::Closed, "from", "审批系统")]).unwrap();
}

fn request(office: &mut Office) {
    let request = office.subject("request");
    let received = office
        .wish("request.received", &request)
        .fact("receipt", "in_person")
        .fact("applicant", "natural_person");
    let received = received.fact("asks", "information").part(PartName::Closed, "content", "某项材料");
    office.commit(vec![received.part(PartName::Personal, "name", "申请人")]).unwrap();
    let consulted = office.wish("request.consulted", &request).fact("party", "third_party");
    let asked = office.commit(vec![consulted]).unwrap().first;
    let said = office.wish("request.consult_answered", &request).fact("of", asked).fact("result", "agreed");
    office.commit(vec![said]).unwrap();
    let answer = |kind: &str, leaf: &str, reply: &str| {
        let wish = office.by("approve", kind, &request).fact("leaf", leaf).fact("reply", reply);
        wish.fact("remedy_notice", "yes").part(PartName::Closed, "reason", "按规定")
    };
    let (first, anew) = (
        answer("request.answered", "partial", "other_article"),
        answer("request.answered_anew", "granted", "provided"),
    );
    office.commit(vec![first]).unwrap();
    let filed = office.wish("request.remedy_filed", &request).fact("remedy", "review");
    let filed = office.commit(vec![filed]).unwrap().first;
    let decided =
        office.wish("request.remedy_decided", &request).fact("of", filed).fact("result", "corrected");
    office.commit(vec![decided]).unwrap();
    office.commit(vec![anew]).unwrap();
    office.commit(vec![office.wish("request.archived", &request)]).unwrap();
}

fn inherit(office: &mut Office) -> Subject {
    let item = office.subject("item");
    let wish = office.wish("item.inherited", &item).fact("mode", "inherited").fact("attribute", "withheld");
    let wish = wish.fact("responsible", "self").fact("origin", "made").fact("formed", "2019-05-01");
    let wish = wish.fact("ground", "privacy").part(PartName::Closed, "identity", "旧文〔2019〕1号");
    let wish = wish.part(PartName::Closed, "row", json!([["标题", "旧文"]]));
    let wish = wish.part(PartName::Closed, "source", json!({ "file": "旧目录.csv", "line": 2 }));
    office.commit(vec![wish]).unwrap();
    item
}

/// A proposal that was made before the registration it follows, as 审签 declares.
fn declared(office: &mut Office) {
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "补录的通知")]).unwrap();
    let evidence = format!("sha256:{}", "5".repeat(64));
    let clerk = office.people["admin"].0.clone();
    let wish =
        office.by("approve", "item.proposed", &item).fact("attribute", "open").fact("on", "2026-01-02");
    let wish = wish.fact("person", clerk.as_str()).fact("mode", "transcribed").fact("evidence", evidence);
    let wish = wish.fact("irregular", vec!["backdated"]).part(PartName::Closed, "reason", "先办后录");
    let key = SecretKey::from_seed([5; 32]);
    office.ledger.commit(&key, office.now, vec![wish], &mut office.entropy).unwrap();
}

fn round(office: &mut Office, partial: &Subject, inherited: &Subject) {
    let round = office.subject("round");
    let opened = office.by("approve", "round.opened", &round).fact("year", 2026).fact("count", 3);
    office.commit(vec![opened]).unwrap();
    let withheld = office.ledger.log().lines(0).unwrap().strict().map(|line| line.unwrap().bytes);
    let withheld: Subject = withheld
        .filter_map(|line| serde_json::from_slice::<Value>(&line).ok())
        .filter(|line| line["event"]["facts"]["attribute"] == "withheld")
        .find_map(|line| (line["event"]["kind"] == "item.decided").then(|| line["event"]["subject"].clone()))
        .and_then(|subject| subject.as_str().unwrap().parse().ok())
        .unwrap();
    let reassess = |item: &Subject, outcome: &str| {
        let wish = office.by("approve", "item.reassessed", item).fact("outcome", outcome);
        wish.fact("round", round.as_str()).part(PartName::Closed, "reason", "年度评估")
    };
    let outcomes = vec![
        reassess(partial, "maintain").fact("remainder_ground", "privacy"),
        reassess(inherited, "to_on_request"),
        reassess(&withheld, "maintain").fact("ground", "privacy"),
    ];
    office.commit(outcomes).unwrap();
    let closed = office.by("approve", "round.closed", &round).fact("year", 2026).fact("count", 3);
    office.commit(vec![closed]).unwrap();
    let published = office.wish("round.published", &round).part(PartName::Open, "title", "2026年清理结果");
    office.commit(vec![published]).unwrap();
}

/// Somebody comes and goes: added, enrolled, revoked in doubt, the name erased.
fn people(office: &mut Office) {
    let (admin, key) = (office.people["admin"].0.clone(), SecretKey::from_seed([9; 32]));
    let person = office.subject("person");
    let possession =
        zhaoce::record::keys::prove_possession(&key, "example.gov.cn/xxgk", person.as_str()).unwrap();
    let id = zhaoce::record::Signer::key(&key).to_string();
    let added = office.wish("person.added", &person).fact("roles", vec!["clerk"]);
    let added = added.part(PartName::Personal, "name", "丁某");
    let enrolled =
        office.wish("key.enrolled", &person).fact("key", id.clone()).fact("possession", possession);
    let receipt = office.commit(vec![added, enrolled]).unwrap();
    let revoked = office.wish("key.revoked", &person).fact("key", id).fact("reason", "lost");
    office.commit(vec![revoked.fact("doubtful_from", receipt.first + 1)]).unwrap();
    let wish =
        office.by("approve", "part.erased", &person).fact("ground", "personal").fact("asked_by", "subject");
    let approver = SecretKey::from_seed([5; 32]);
    let of = (receipt.first, PartName::Personal);
    office.ledger.erase(&approver, office.now, of, wish, &mut office.entropy).unwrap();
    assert_ne!(admin, person);
}

/// What a fixture is written from is a lawful life, apart from what it declares.
#[test]
fn the_history_of_a_fixture_is_lawful() {
    let (office, _) = history();
    let report = office.verify();
    assert!(report.passed(), "{:?}", report.findings);
}

/// A ledger of the first edition goes on under the newest: what came before is judged as ever, and the new kinds are there.
#[test]
fn a_ledger_of_the_first_edition_takes_up_the_newest() {
    let (folder, fixture) = (tempfile::tempdir().unwrap(), folder("2026-1"));
    let dir = folder.path().join("ledger");
    fs::create_dir_all(dir.join("log")).unwrap();
    fs::copy(fixture.join("ledger.json"), dir.join("ledger.json")).unwrap();
    for entry in fs::read_dir(fixture.join("log")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), dir.join("log").join(entry.file_name())).unwrap();
    }
    let mut office = Office::new();
    let mut ledger = zhaoce::ledger::Ledger::open(&dir, zhaoce::ledger::Access::Write).unwrap();
    let now = zhaoce::record::Moment::from_unix(ledger.head().at.unwrap().unix() + 60).unwrap();
    let key = SecretKey::from_seed([1; 32]);
    let admin = ledger.holder(&zhaoce::record::Signer::key(&key)).unwrap().unwrap();
    let wish = |kind: &str, subject: &Subject| {
        zhaoce::ledger::Wish::new(kind, subject).unwrap().done(&admin, now.day(), "own")
    };
    let request = office.subject("request");
    let received = wish("request.received", &request).fact("receipt", "in_person").fact("applicant", "other");
    let received = received.fact("asks", "information").part(PartName::Closed, "content", "材料");
    let received = received.part(PartName::Personal, "name", "某人");
    let mut commit = |wish| ledger.commit(&key, now, vec![wish], &mut office.entropy);
    assert_eq!(commit(received.clone()).unwrap_err().code, "schema.kind");
    let newest = Books::built_in().unwrap().newest().unwrap().digest().to_string();
    commit(wish("rules.adopted", &"ledger/main".parse().unwrap()).fact("edition", newest)).unwrap();
    commit(received).unwrap();
    let report = ledger.verify(Vec::new(), &mut |_| ()).unwrap();
    assert!(report.passed(), "{:?}", report.findings);
}
