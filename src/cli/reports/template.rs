//! `report annual --template`: the cells that have no figure yet, to be filled in.

use std::path::Path;

use serde_json::json;

use crate::cli::words::words;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::{Lang, Outcome};
use crate::ledger::Ledger;
use crate::rules::annual::{CellId, Figures, Unit};

/// Writes the cells that nobody counted or stated as a table that `figure state --from` reads.
pub fn write(ui: &Ui, ctx: &Ctx<'_>, ledger: &Ledger, figures: &Figures, path: &Path) -> Outcome<()> {
    let form = figures.form();
    let own = |cell: &CellId| form.addends(*cell).is_empty();
    let missing: Vec<CellId> = figures.missing().into_iter().filter(own).collect();
    output::sheets(ctx, ledger, path, ui.lang(), &[sheet(figures, &missing, ui.lang())])?;
    let (count, file) = (missing.len(), path.display());
    ui.say(
        format!("已写入 {file}：{count} 个单元格待填。填好数值、来源和数字出处后：zhaoce figure state --from {file} --evidence 佐证文件"),
        format!("{count} cells to fill in are in {file}. Then: zhaoce figure state --from {file} --evidence FILE"),
    )?;
    ui.json(&json!({ "file": path, "cells": count }))
}

fn sheet(figures: &Figures, cells: &[CellId], lang: Lang) -> Sheet {
    let (form, year) = (figures.form(), figures.year());
    let sources = words().vocab("figure_source").words;
    let sources = sources.into_iter().map(|word| if lang == Lang::Zh { word.zh } else { word.en }).collect();
    let row = |cell: &CellId| {
        vec![
            Cell::Number(i64::from(year)),
            Cell::Text(cell.to_string()),
            Cell::Text(title(figures, *cell, lang)),
            Cell::Empty,
            counted_in(form.unit(*cell), lang).into(),
            Cell::Empty,
            Cell::Empty,
        ]
    };
    Sheet {
        name: if lang == Lang::Zh { "待填数字".into() } else { "Figures".into() },
        title: String::new(),
        notes: Vec::new(),
        columns: vec![
            Column::new("year", "年度", "year", 8).kind(Kind::Number),
            Column::new("cell", "单元格", "cell", 32).kind(Kind::Code),
            Column::new("title", "事项", "Title", 48).kind(Kind::Long),
            Column::new("value", "数值", "value", 16).kind(Kind::Number).fill(),
            Column::new("counted_in", "计量单位", "Counted in", 10),
            Column::new("source", "来源", "source", 20).kind(Kind::Choice(sources)).fill(),
            Column::new("from", "数字出处", "from", 40).kind(Kind::Long).fill(),
        ],
        rows: cells.iter().map(row).collect(),
    }
}

/// Title of a cell. The form's own unit of an amount is left out: it is filled in in fen.
fn title(figures: &Figures, cell: CellId, lang: Lang) -> String {
    let title = figures.form().title(cell, lang);
    match figures.form().unit(cell) {
        Unit::FenAsWan | Unit::FenAsYuan => {
            title.split(['（', '(']).next().map_or_else(String::new, |title| title.trim().to_owned())
        }
        Unit::Count | Unit::Change => title,
    }
}

/// What one of a figure is.
fn counted_in(unit: Unit, lang: Lang) -> &'static str {
    match (unit, lang) {
        (Unit::Count | Unit::Change, Lang::Zh) => "件（项）",
        (Unit::Count | Unit::Change, Lang::En) => "items",
        (Unit::FenAsWan | Unit::FenAsYuan, Lang::Zh) => "分",
        (Unit::FenAsWan | Unit::FenAsYuan, Lang::En) => "fen",
    }
}
