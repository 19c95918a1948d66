//! The table: what was done, by whom, how fast, and how ours compares.

use std::fmt::Write as _;

/// Work that is measured, in the order of the table; the name of ours is "zhaoce".
pub const ACT: &str = "one act of one event, acknowledged";
pub const IMPORT: &str = "import in acts of 1,000, durable";
pub const IMPORT_SHOWN: &str = "import in acts of 1,000, until the views show it";
pub const VERIFY: &str = "verify, acts of 1,000, no rule book";
pub const VERIFY_ONE: &str = "verify, acts of one, no rule book";
pub const VERIFY_LAW: &str = "verify, acts of 1,000, rule book replayed";
pub const REBUILD: &str = "rebuild every view";
pub const OPEN: &str = "open the ledger";
pub const FIND: &str = "find one item";
pub const PAGE: &str = "list a page of the catalogue";
pub const EXPORT: &str = "export a bundle";
pub const CHECK: &str = "verify a bundle";

const ORDER: [&str; 12] =
    [ACT, IMPORT, IMPORT_SHOWN, VERIFY, VERIFY_ONE, VERIFY_LAW, REBUILD, OPEN, FIND, PAGE, EXPORT, CHECK];

struct Row {
    work: String,
    who: String,
    value: f64,
    unit: String,
}

/// Rows in any order.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// A rate, in things a second, or a time or size: then `unit` says so and less is better.
    pub fn add(&mut self, work: &str, who: &str, value: f64, unit: &str) {
        eprintln!("  {work}: {who}: {}", shown(value, unit));
        self.0.push(Row { work: work.into(), who: who.into(), value, unit: unit.into() });
    }

    /// Rows written by another program: work, name, rate and unit, TAB between them.
    pub fn read(&mut self, text: &str) {
        for line in text.lines() {
            if let [work, who, value, unit] = line.split('\t').collect::<Vec<_>>()[..] {
                self.add(work, who, value.parse().expect("a number"), unit);
            }
        }
    }

    /// The markdown of it. The last column is ours in terms of the row's: over 1 means that ours is faster.
    pub fn markdown(&self) -> String {
        let mut text = String::from("| work | by | measured | ours ÷ this |\n|---|---|---|---|\n");
        for work in ORDER {
            let rows: Vec<&Row> = self.0.iter().filter(|row| row.work == work).collect();
            for row in &rows {
                let ours = rows.iter().find(|other| other.who == "zhaoce" && other.unit == row.unit);
                let ratio = match ours {
                    Some(ours) if row.who != "zhaoce" && row.unit.ends_with("/s") => {
                        format!("{:.2}", ours.value / row.value)
                    }
                    Some(ours) if row.who != "zhaoce" => format!("{:.2}", row.value / ours.value),
                    _ => String::new(),
                };
                let _ =
                    writeln!(text, "| {work} | {} | {} | {ratio} |", row.who, shown(row.value, &row.unit));
            }
        }
        text
    }
}

fn shown(value: f64, unit: &str) -> String {
    match unit {
        "/s" if value >= 10_000.0 => format!("{:.0} k/s", value / 1000.0),
        "/s" if value >= 1000.0 => format!("{:.1} k/s", value / 1000.0),
        _ => format!("{value:.3} {unit}"),
    }
}
