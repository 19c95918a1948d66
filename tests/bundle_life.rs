//! Bundles of a living ledger: both editions verify, a partial one goes on, and nothing withheld leaks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Office;
use zhaoce::bundle::BagWriter;
use zhaoce::bundle::export::{Export, prepare};
use zhaoce::bundle::verify::{BundleReport, Given, Saved, verify};
use zhaoce::fault::Outcome;
use zhaoce::record::verify::Copy;
use zhaoce::record::{Checkpoint, PartName};

const SECRET: &str = "绝不外传的标题";

fn office_with_items() -> Office {
    let mut office = Office::new();
    let public = office.subject("item");
    let secret = office.subject("item");
    let acts = [
        vec![office.register(&public, "公开的通知"), office.register(&secret, SECRET)],
        vec![
            office.wish("item.proposed", &public).fact("attribute", "open"),
            office.wish("item.proposed", &secret).fact("attribute", "withheld").fact("ground", "privacy"),
        ],
        vec![
            office.by("review", "item.reviewed", &public).fact("outcome", "open").fact("scope", "whole"),
            office.by("review", "item.reviewed", &secret).fact("outcome", "exempt").fact("scope", "whole"),
        ],
        vec![
            office.by("approve", "item.decided", &public).fact("attribute", "open").fact("basis", "own"),
            office
                .by("approve", "item.decided", &secret)
                .fact("attribute", "withheld")
                .fact("ground", "privacy")
                .fact("basis", "own")
                .part(PartName::Closed, "reason", SECRET),
        ],
        vec![office.wish("item.published", &public).fact("channels", vec!["website"]).part(
            PartName::Open,
            "title",
            "公开的通知",
        )],
    ];
    for act in acts {
        office.commit(act).unwrap();
    }
    office
}

fn export(office: &mut Office, edition: Copy, from: u64) -> (String, Vec<u8>) {
    let checkpoint = office.ledger.checkpoint(&office.ledger_key).unwrap();
    let options = Export { edition, from, checkpoint: &checkpoint, previous: None, for_package: false };
    let prepared = prepare(&office.ledger, options, &mut |_| ()).unwrap();
    let head = prepared.bag_head(&office.ledger.info().office).unwrap();
    let mut bag = BagWriter::zstd(Vec::new(), 3, &head).unwrap();
    prepared.write(&mut bag, &mut |_| ()).unwrap();
    (checkpoint.clone(), bag.finish().unwrap().0)
}

fn check(office: &Office, bundle: &[u8], saved: Option<Saved>) -> Outcome<(BundleReport, Option<Saved>)> {
    let info = office.ledger.info();
    let trust = Some((info.origin.clone(), info.genesis));
    verify(bundle, Given { trust, checkpoints: Vec::new(), saved, ..Given::default() }, office.ledger.books())
}

fn plain(bundle: &[u8]) -> Vec<u8> {
    zstd::decode_all(bundle).unwrap()
}

fn contains(bytes: &[u8], mark: &str) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark.as_bytes())
}

#[test]
fn both_editions_verify_and_only_the_full_one_tells() {
    let mut office = office_with_items();
    for edition in [Copy::Full, Copy::Public] {
        let (checkpoint, bundle) = export(&mut office, edition, 0);
        let (report, saved) = check(&office, &bundle, None).unwrap();
        assert!(report.report.passed(), "{edition:?}: {:#?}", report.report.findings);
        assert!(saved.is_some());
        assert_eq!(report.report.size, office.ledger.head().size());
        assert_eq!(contains(&plain(&bundle), SECRET), edition == Copy::Full);
        assert!(contains(&plain(&bundle), "公开的通知"));
        assert!(Checkpoint::parse(&checkpoint).is_ok());
    }
}

#[test]
fn the_same_state_gives_the_same_tar() {
    let mut office = office_with_items();
    let first = plain(&export(&mut office, Copy::Full, 0).1);
    assert_eq!(first, plain(&export(&mut office.reopen(), Copy::Full, 0).1));
}

#[test]
fn a_partial_bundle_goes_on_from_a_saved_state_and_not_without_it() {
    let mut office = office_with_items();
    let (_, whole) = export(&mut office, Copy::Full, 0);
    let saved = check(&office, &whole, None).unwrap().1.unwrap().to_bytes().unwrap();
    let from = office.ledger.head().size();
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "后来的通知")]).unwrap();
    let (_, partial) = export(&mut office, Copy::Full, from);
    let report = check(&office, &partial, Some(Saved::parse(&saved).unwrap())).unwrap().0.report;
    assert!(report.passed(), "{:#?}", report.findings);
    assert_eq!(report.from, from);
    let alone = check(&office, &partial, None).unwrap().0.report;
    let codes: Vec<&str> = alone.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["law.not_checked", "checkpoint.key_unknown", "prefix.unproved"]);
    assert!(!alone.passed());
}

#[test]
fn an_erased_name_is_gone_from_ledger_and_bundle_and_everything_still_verifies() {
    let mut office = office_with_items();
    let mark = "乙某";
    assert!(contains(&plain(&export(&mut office, Copy::Full, 0).1), mark));
    let person = office.people["review"].0.clone();
    let wish =
        office.by("approve", "part.erased", &person).fact("ground", "personal").fact("asked_by", "subject");
    office.now = zhaoce::record::Moment::from_unix(office.now.unix() + 60).unwrap();
    let approver = zhaoce::record::keys::SecretKey::from_seed([5; 32]);
    office.ledger.erase(&approver, office.now, (1, PartName::Personal), wish, &mut office.entropy).unwrap();
    let report = office.verify();
    assert!(report.passed(), "{:#?}", report.findings);
    assert_eq!(report.erased, 1);
    let (_, bundle) = export(&mut office, Copy::Full, 0);
    assert!(!contains(&plain(&bundle), mark));
    let report = check(&office, &bundle, None).unwrap().0.report;
    assert!(report.passed(), "{:#?}", report.findings);
}

#[test]
fn a_damaged_log_is_found_kept_readable_and_restored_from_a_bundle() {
    use zhaoce::ledger::{Access, Ledger};
    let mut office = office_with_items();
    let (_, bundle) = export(&mut office, Copy::Full, 0);
    let (dir, head) = (office.ledger.dir().to_owned(), office.ledger.head().clone());
    let books = office.ledger.books().clone();
    let Office { ledger, folder: _keep, .. } = office;
    drop(ledger);
    let path = dir.join("log/000000000000.jsonl");
    let sound = std::fs::read(&path).unwrap();
    let mut damaged = sound.clone();
    damaged[sound.len() / 3] ^= 0x04;
    std::fs::write(&path, &damaged).unwrap();
    let info = zhaoce::ledger::info_of(&dir).unwrap();
    let trust = || zhaoce::record::verify::Trust {
        origin: info.origin.clone(),
        genesis: info.genesis,
        checkpoints: Vec::new(),
    };
    let report = zhaoce::ledger::verify_dir(&dir, trust(), books.clone(), &mut |_| ()).unwrap();
    assert!(!report.passed());
    assert_eq!(std::fs::read(&path).unwrap(), damaged, "verifying repairs nothing");
    let repaired = zhaoce::bundle::repair::repair_from(&dir, &books, || Ok(bundle.as_slice())).unwrap();
    assert_eq!(repaired.gaps.len(), 1);
    let report = zhaoce::ledger::verify_dir(&dir, trust(), books, &mut |_| ()).unwrap();
    assert!(report.passed(), "{:#?}", report.findings);
    assert_eq!(*Ledger::open(&dir, Access::Write).unwrap().head(), head);
}
