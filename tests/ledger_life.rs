//! An item's life through the one way to write, verified after every step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Office;
use zhaoce::ledger::{Access, Ledger};
use zhaoce::record::{Class, PartName};

#[test]
fn an_item_goes_from_registration_to_publication_and_withdrawal() {
    let mut office = Office::new();
    let item = office.subject("item");
    let steps = [
        office.register(&item, "关于印发工作要点的通知"),
        office.wish("item.proposed", &item).fact("attribute", "open"),
        office.by("review", "item.reviewed", &item).fact("outcome", "open").fact("scope", "whole"),
        office.by("approve", "item.decided", &item).fact("attribute", "open").fact("basis", "own"),
        office.wish("item.published", &item).fact("channels", vec!["website"]).part(
            PartName::Open,
            "title",
            "关于印发工作要点的通知",
        ),
        office.wish("item.withdrawn", &item).fact("cause", "error"),
    ];
    for step in steps {
        let kind = step.kind.clone();
        office.commit(vec![step]).unwrap_or_else(|fault| panic!("{kind}: {fault}"));
        let report = office.verify();
        assert!(report.passed(), "{kind}: {:#?}", report.findings);
        assert_eq!(report.count(Class::Irregular), 0);
    }
    assert_eq!(office.ledger.head().size(), 11);
}

#[test]
fn a_review_of_ones_own_proposal_is_refused_and_changes_nothing() {
    let mut office = Office::new();
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "通知")]).unwrap();
    office.commit(vec![office.wish("item.proposed", &item).fact("attribute", "open")]).unwrap();
    let head = office.ledger.head().clone();
    let review = office.wish("item.reviewed", &item).fact("outcome", "open").fact("scope", "whole");
    let fault = office.commit(vec![review]).unwrap_err();
    assert_eq!(fault.code, "role.missing");
    assert_eq!(*office.ledger.head(), head);
    assert!(office.verify().passed());
}

#[test]
fn a_ledger_reopens_where_it_stood() {
    let mut office = Office::new();
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "通知")]).unwrap();
    let head = office.ledger.head().clone();
    let mut office = office.reopen();
    assert_eq!(*office.ledger.head(), head);
    office
        .commit(vec![
            office.wish("item.proposed", &item).fact("attribute", "withheld").fact("ground", "privacy"),
        ])
        .unwrap();
    assert!(office.verify().passed());
}

#[test]
fn a_log_put_back_to_an_older_copy_is_refused_until_it_is_accepted() {
    let mut office = Office::new();
    let dir = office.ledger.dir().to_owned();
    let item = office.subject("item");
    office.commit(vec![office.register(&item, "通知")]).unwrap();
    let old = office.ledger.head().clone();
    let copy = tempfile::tempdir().unwrap();
    let files = |from: &std::path::Path| -> Vec<_> {
        std::fs::read_dir(from)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect()
    };
    let kept: Vec<_> = files(&dir.join("log")).into_iter().chain([dir.join("mark")]).collect();
    for file in &kept {
        std::fs::copy(file, copy.path().join(file.file_name().unwrap())).unwrap();
    }
    office.commit(vec![office.wish("item.proposed", &item).fact("attribute", "open")]).unwrap();
    let Office { ledger, folder: _folder, .. } = office;
    drop(ledger);
    for file in &kept {
        std::fs::copy(copy.path().join(file.file_name().unwrap()), file).unwrap();
    }
    // Log and mark agree with each other; only the views have seen more.
    assert_eq!(Ledger::open(&dir, Access::Write).err().unwrap().code, "views.rollback");
    let ledger = Ledger::open(&dir, Access::Read).unwrap();
    assert_eq!(*ledger.head(), old);
    ledger.views().rebuild(ledger.log()).unwrap();
    drop(ledger);
    assert_eq!(*Ledger::open(&dir, Access::Write).unwrap().head(), old);
    assert!(dir.join("views.bad-1").is_dir());
}

#[test]
fn a_table_longer_than_an_act_is_checked_and_split() {
    let mut office = Office::new();
    let items: Vec<_> = (0..2_100).map(|_| office.subject("item")).collect();
    let wishes: Vec<_> = items
        .iter()
        .flat_map(|item| {
            let proposed = office.wish("item.proposed", item).fact("attribute", "open");
            [office.register(item, "通知"), proposed]
        })
        .collect();
    let (key, now) = (zhaoce::record::Signer::key(&office.people["admin"].1), office.now);
    assert!(office.ledger.refusals(key, now, &wishes).unwrap().is_empty());
    let receipt = office.commit(wishes).unwrap();
    assert_eq!((receipt.end - receipt.first, receipt.acts), (4_200, 2));
    assert!(office.verify().passed());
}
