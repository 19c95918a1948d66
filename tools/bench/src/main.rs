//! The whole work, ours beside other ways of doing it, on the same events in one run: `tools/bench/run`.
//!
//! Prints one markdown table. Rates of one machine say little; the ratios within a run are what counts.

mod bare;
mod cqrs;
mod database;
#[allow(dead_code)]
#[path = "../../../benches/load/mod.rs"]
mod load;
mod ours;
mod sqlite;
mod table;

use std::time::Instant;

use table::Table;

/// How much is measured.
pub struct Sizes {
    /// Events of the large ledger, in acts of 1,000.
    pub events: u64,
    /// Acts of one event.
    pub acts: u64,
}

/// Runs `work` and gives seconds and result.
pub fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let result = work();
    (begun.elapsed().as_secs_f64(), result)
}

/// The middle of three rates: one slow neighbour must not decide.
pub fn median_of_3(mut rate: impl FnMut() -> f64) -> f64 {
    let mut rates = [rate(), rate(), rate()];
    rates.sort_by(f64::total_cmp);
    rates[1]
}

fn option(name: &str) -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != name);
    args.nth(1)
}

fn main() {
    if let Some(dir) = option("--open-only") {
        ours::open_and_say(dir.as_ref());
        return;
    }
    let number = |name, usual| option(name).map_or(usual, |text| text.parse().expect("a number"));
    let sizes = Sizes { events: number("--events", 200_000), acts: number("--acts", 3_000) };
    let mut table = Table::default();
    eprintln!("acts of one event …");
    let acts = ours::acts_of_one(&mut table, &sizes);
    sqlite::rows(&mut table, &acts.lines, 1);
    let database = option("--postgres");
    match &database {
        Some(address) => database::rows(&mut table, address, &acts.lines, 1),
        None => eprintln!("PostgreSQL: left out, no --postgres ADDRESS"),
    }
    cqrs::rows(&mut table, &acts.lines);
    eprintln!("acts of 1,000, {} events …", sizes.events);
    let large = ours::large(&mut table, &sizes);
    sqlite::rows(&mut table, &large.lines, 1000);
    if let Some(address) = &database {
        database::rows(&mut table, address, &large.lines, 1000);
    }
    if let Some(file) = option("--python-rows") {
        table.read(&std::fs::read_to_string(file).expect("rows of the Python peer"));
    }
    if let Some(file) = option("--write-lines") {
        std::fs::write(file, large.lines.join(&b'\n')).expect("the lines");
    }
    println!("{}", table.markdown());
}
