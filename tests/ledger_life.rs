//! An item's life through the one way to write, verified after every step.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Office;
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
