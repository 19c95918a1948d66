use super::*;
use crate::fault::codes;
use crate::rules::Books;

/// Every code that a check of a package can find speaks of some item, so that nothing found is lost from the report.
#[test]
fn every_finding_makes_an_item_fail() {
    let about = |code: &str| items().iter().any(|item| item.is_about(code));
    let of_writing = ["package.content_name", "package.limit_zip", "package.unfinished"];
    let package = codes().filter(|code| code.starts_with("package.") && !of_writing.contains(code));
    let lost: Vec<&str> = package.filter(|code| !about(code)).collect();
    assert_eq!(lost, Vec::<&str>::new());
    let books = Books::built_in().unwrap();
    let rules: Vec<&String> =
        books.newest().unwrap().data().rules.keys().filter(|code| !about(code)).collect();
    assert_eq!(rules, Vec::<&String>::new());
}

#[test]
fn what_was_not_done_has_not_passed() {
    let report = PackageReport::default();
    let inspection = Inspection::of(&report, Stage::HandOver, "2026-11-22".parse().unwrap());
    assert_eq!((inspection.counts.pass, inspection.counts.fail), (0, 0));
    assert!(!inspection.passed());
    let names: std::collections::BTreeSet<&str> = items().iter().map(|item| item.zh.as_str()).collect();
    assert_eq!(names.len(), items().len());
}

#[test]
fn the_items_are_read() {
    assert!(items().len() > 30);
    let machine = items().iter().filter(|item| item.by == By::Machine);
    assert!(machine.clone().count() > 20);
    assert!(machine.clone().all(|item| !item.needs.is_empty() && !item.fails.is_empty()));
}
