use super::*;
use crate::fault::codes;
use crate::rules::Books;

/// Every code that a check of a package can find speaks of some item, so that nothing found is lost from the report.
#[test]
fn every_finding_makes_an_item_fail() {
    let about = |code: &str| ITEMS.iter().any(|item| item.is_about(code));
    let of_writing = ["package.content_name", "package.limit_zip"];
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
    let names: std::collections::BTreeSet<&str> = ITEMS.iter().map(|item| item.zh).collect();
    assert_eq!(names.len(), ITEMS.len());
}

#[test]
fn dump() {
    let all: Vec<serde_json::Value> = ITEMS.iter().map(|item| {
        let (by, needs, fails) = match item.by {
            items::By::Machine { needs, fails } => ("machine", needs.to_vec(), fails.to_vec()),
            items::By::Person => ("person", vec![], vec![]),
            items::By::NotRun => ("not_run", vec![], vec![]),
        };
        serde_json::json!({"number": item.number, "property": item.property, "zh": item.zh, "en": item.en, "by": by, "needs": needs, "fails": fails, "how_zh": item.how_zh, "how_en": item.how_en})
    }).collect();
    std::fs::write("/tmp/items.json", serde_json::to_string(&all).unwrap()).unwrap();
}
