//! `figures`: how many dossiers of each sort ended how.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::rows;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::{Lang, Outcome};
use crate::rules::Scalar;
use crate::views::DossierRow;

/// Registers that the figures of a class are told by: down, across, and the day by which the year is chosen.
pub fn crossed(class: &str) -> Option<[&'static str; 3]> {
    match class {
        "outside" => Some(["system", "outcome", "recorded"]),
        _ => None,
    }
}

/// Count them.
#[derive(Args)]
pub struct Figures {
    /// 只计这一年的 · Of this year only
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// 写入的文件（.xlsx、.csv 或 .json） · File to write, .xlsx, .csv or .json
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Figures {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, class: &str) -> Outcome<()> {
        let Some([down, across, day]) = crossed(class) else { return Ok(()) };
        let ledger = ctx.read()?;
        let mut rows = rows(&ledger, class)?;
        let of_year = |row: &DossierRow, year| row.day(day).is_some_and(|day| day.0.year() == year);
        rows.retain(|row| self.year.is_none_or(|year| of_year(row, year)));
        let mut sheet = sheet(class, down, across, &rows);
        sheet.notes = self.year.map(|year| format!("{year} 年")).into_iter().collect();
        match &self.output {
            None => ui.sheet(&sheet),
            Some(path) => output::sheets(ctx, &ledger, path, ui.lang(), &[sheet]),
        }
    }
}

/// One row for each code of `down` that occurs, a column for each of `across`; the number of dossiers, and what they count together.
fn sheet(class: &str, down: &str, across: &str, rows: &[DossierRow]) -> Sheet {
    let vocabulary = |register: &str| words().register(class, register).unwrap_or(register).to_owned();
    let columns = words().vocab(&vocabulary(across)).words;
    let mut heads = vec![Column::new(down, &words().text(down, Lang::Zh), &words().text(down, Lang::En), 34)];
    heads.extend(
        columns.iter().map(|word| Column::new(&word.code, &word.zh, &word.en, 10).kind(Kind::Number)),
    );
    heads.push(Column::new("total", "合计", "Total", 8).kind(Kind::Number));
    heads.push(Column::new("counted", "数量合计", "Counted", 10).kind(Kind::Number));
    let mut by: BTreeMap<&str, Vec<&DossierRow>> = BTreeMap::new();
    for row in rows {
        by.entry(row.code(down).unwrap_or_default()).or_default().push(row);
    }
    let line = |first: Cell, of: &[&DossierRow]| {
        let mut cells = vec![first];
        let number = |code: &str| of.iter().filter(|row| row.code(across) == Some(code)).count();
        cells.extend(columns.iter().map(|word| count(number(&word.code) as u64)));
        cells.push(count(of.len() as u64));
        cells.push(count(of.iter().map(|row| counted(row)).sum()));
        cells
    };
    let vocabulary = vocabulary(down);
    let mut lines: Vec<Vec<Cell>> =
        by.iter().map(|(code, of)| line(words().word(&vocabulary, code).into(), of)).collect();
    let all: Vec<&DossierRow> = rows.iter().collect();
    lines.push(line("合计".into(), &all));
    let name = words().class(class);
    Sheet {
        name: name.zh.clone(),
        title: format!("{}统计", name.zh),
        columns: heads,
        rows: lines,
        ..Sheet::default()
    }
}

fn counted(row: &DossierRow) -> u64 {
    match row.get("quantity") {
        Some(Scalar::Number(number)) => *number,
        _ => 0,
    }
}

fn count(number: u64) -> Cell {
    Cell::Number(i64::try_from(number).unwrap_or(i64::MAX))
}
