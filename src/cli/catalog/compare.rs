//! `catalog compare`.

use std::path::PathBuf;

use clap::Args;

use super::matters::{self, Which};
use crate::cli::lookup::Past;
use crate::cli::{Ctx, Ui, input, output};
use crate::exchange::standard::{Difference, Likeness, Suggestion, compare, service_names};
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Kind, ReadOptions, Sheet};
use crate::fault::{Fault, Outcome};

/// 核对办事服务类事项与政务服务网事项清单：名称须完全一致 · Compare services with the list of the service site: names must be equal
#[derive(Args)]
pub struct Compare {
    /// 政务服务事项清单（CSV 或 XLSX；“事项名称”一列，没有则取第一列） · The list of the site
    file: PathBuf,
    /// 工作表名称 · Sheet of the workbook
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// 写入的文件（.xlsx、.csv 或 .json） · File to write the differences to
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Compare {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let options = ReadOptions { sheet: self.sheet.as_deref(), ..ReadOptions::default() };
        let names = service_names(&input::table(&self.file, &options)?);
        let ledger = ctx.read()?;
        let rows = matters::rows(ctx, &ledger, Which::Standard, &Past::default())?;
        let services = rows.iter().filter(|row| row.service).count();
        let differences = compare(&rows, &names);
        if differences.is_empty() {
            let listed = names.len();
            return ui.say(
                format!("一致：目录中办事服务类事项 {services} 项，清单 {listed} 项。"),
                format!("Equal: {services} services in the catalogue, {listed} in the list."),
            );
        }
        let sheet = sheet(&ledger.info().office, &differences);
        match &self.output {
            None => ui.sheet(&sheet)?,
            Some(path) => output::sheets(ctx, &ledger, path, ui.lang(), &[sheet])?,
        }
        Err(Fault::refused("catalog.services_differ").with("found", differences.len()))
    }
}

fn sheet(office: &str, differences: &[Difference]) -> Sheet {
    Sheet {
        name: "名称不一致".into(),
        title: format!("{office} 办事服务类事项核对"),
        columns: vec![
            Column::new("difference", "情形", "Difference", 22),
            Column::new("row", "目录序号", "Row", 8).kind(Kind::Number),
            Column::new("name", "名称", "Name", 40).kind(Kind::Long),
            Column::new("suggestion", "可能是", "Perhaps", 40).kind(Kind::Long),
        ],
        rows: differences.iter().map(line).collect(),
        ..Sheet::default()
    }
}

fn line(difference: &Difference) -> Vec<Cell> {
    let word = |code: &str, zh: &str, en: &str| Cell::from(Word::new(code, zh, en));
    match difference {
        Difference::NotListed { row, first, second, suggestions } => {
            let name = if second.is_empty() { first.clone() } else { format!("{first} / {second}") };
            let perhaps: Vec<String> = suggestions.iter().map(suggestion).collect();
            let number = Cell::Number(i64::try_from(row + 1).unwrap_or(i64::MAX));
            let what = word("not_listed", "目录有，清单没有", "not in the list");
            vec![what, number, name.as_str().into(), perhaps.join("；").as_str().into()]
        }
        Difference::NotInCatalogue { name } => {
            let what = word("not_in_catalogue", "清单有，目录没有", "not in the catalogue");
            vec![what, Cell::Empty, name.as_str().into(), Cell::Empty]
        }
        Difference::ListedTwice { name } => {
            let what = word("listed_twice", "清单重复", "twice in the list");
            vec![what, Cell::Empty, name.as_str().into(), Cell::Empty]
        }
    }
}

fn suggestion(suggestion: &Suggestion) -> String {
    let why = match suggestion.likeness {
        Likeness::Dress => "仅空格、标点或全半角不同",
        Likeness::Part => "一方包含另一方",
        Likeness::Near => "文字相近",
    };
    format!("{}（{why}）", suggestion.name)
}
