//! `docs/coverage.md` names commands, kinds of events and tests for each of the 64 rows: all of them must be there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use std::collections::BTreeSet;
use std::path::Path;

use cli_support::Desk;
use zhaoce::rules::Books;

struct Row {
    number: usize,
    verdict: String,
    commands: Vec<String>,
    events: Vec<String>,
    tests: Vec<String>,
    why: String,
}

fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn rows() -> Vec<Row> {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md")).unwrap();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let row = |cells: Vec<String>| {
        let number = cells.get(1)?.parse().ok()?;
        let (verdict, why) = (cells[3].clone(), cells[7].clone());
        Some(Row {
            number,
            verdict,
            commands: quoted(&cells[4]),
            events: quoted(&cells[5]),
            tests: quoted(&cells[6]),
            why,
        })
    };
    page.lines().map(cells).filter_map(row).collect()
}

#[test]
fn every_row_is_carried_by_what_is_there() {
    let rows = rows();
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), (1..=64).collect::<Vec<_>>());
    let books = Books::built_in().unwrap();
    let kinds = &books.newest().unwrap().data().kinds;
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let desk = Desk::empty();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for row in &rows {
        let number = row.number;
        assert!(!row.commands.is_empty() && !row.events.is_empty() && !row.tests.is_empty(), "{number}");
        for command in row.commands.iter().filter(|command| known.insert((*command).clone())) {
            let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
            let ran = desk.run(&args);
            assert_eq!(ran.code, 0, "row {number}: {command}: {}", ran.err);
        }
        for event in &row.events {
            assert!(kinds.contains_key(event), "row {number}: {event}");
        }
        for test in &row.tests {
            let text = std::fs::read_to_string(root.join(test)).unwrap_or_default();
            let shows = row.events.iter().any(|event| text.contains(event.as_str()))
                || row.commands.iter().any(|command| command.split(' ').all(|word| text.contains(word)));
            assert!(shows, "row {number}: {test} shows nothing of it");
        }
    }
}

#[test]
fn what_stays_outside_says_why() {
    for row in rows().iter().filter(|row| row.verdict == "X") {
        assert!(!row.why.is_empty(), "{}", row.number);
    }
}

#[test]
fn every_kind_of_the_rule_book_can_be_made_by_a_command() {
    // Kinds that a command makes beside its own: founding, the clock, people and keys, erasures.
    let books = Books::built_in().unwrap();
    let mut source = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("rules") {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                source.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let named = |kind: &&String| !source.contains(&format!("\"{kind}\""));
    let without: Vec<&String> = books.newest().unwrap().data().kinds.keys().filter(named).collect();
    assert_eq!(without, Vec::<&String>::new());
}
