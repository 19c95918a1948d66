//! `list`: the dossiers of a class.

use std::collections::BTreeMap;

use clap::Args;

use super::form::{Field, Place, form};
use super::show::called;
use super::{rows, unit_names};
use crate::cli::lookup;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::words::Word;
use crate::exchange::{Cell, Column, Kind, Sheet, normal};
use crate::fault::{Lang, Outcome};
use crate::ledger::Ledger;
use crate::rules::{Holder, Scalar, State, book_for, clocks_of};
use crate::views::DossierRow;

/// List them.
#[derive(Args)]
pub struct List {
    /// 状态 · State
    #[arg(long, value_name = "CODE")]
    state: Option<String>,
    /// 名称或内容中的文字 · Text in the name or content
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// 列出全部字段，写成的表格可再用 --from 取入（个人信息除外） · All fields, so that the table can be taken back with --from
    #[arg(long)]
    full: bool,
    /// 写入的文件（.xlsx、.csv 或 .json） · File to write, .xlsx, .csv or .json
    #[arg(short, long, value_name = "FILE")]
    output: Option<std::path::PathBuf>,
}

impl List {
    pub(super) fn run(
        self,
        ui: &Ui,
        ctx: &Ctx<'_>,
        class: &str,
        columns: &[&str],
        begins: Option<&str>,
    ) -> Outcome<()> {
        let ledger = ctx.read()?;
        let state =
            self.state.as_deref().map(|text| words().read(&format!("{class}.state"), text)).transpose()?;
        let wanted = self.find.as_deref().map(normal);
        let mut rows = rows(&ledger, class)?;
        rows.retain(|row| state.as_ref().is_none_or(|state| row.state() == state));
        rows.retain(|row| wanted.as_ref().is_none_or(|text| normal(&called(row)).contains(text)));
        let sheet = match begins.filter(|_| self.full) {
            Some(kind) => full(&unit_names(&ledger)?, class, kind, &rows),
            None => sheet(&ledger, class, columns, &rows)?,
        };
        match &self.output {
            None => ui.sheet(&sheet),
            Some(path) => output::sheets(ctx, &ledger, path, ui.lang(), &[sheet]),
        }
    }
}

/// The dossiers as a table: id, state, what they are called, the registers `columns`, and the next day something is due.
pub fn sheet(ledger: &Ledger, class: &str, columns: &[&str], rows: &[DossierRow]) -> Outcome<Sheet> {
    let (law, units) = (lookup::office_law(ledger)?, unit_names(ledger)?);
    let mut heads = vec![
        Column::new("id", "编号", "Id", 24).kind(Kind::Code).loud(),
        Column::new("state", "状态", "State", 10).kind(Kind::Tag),
        Column::new("called", "名称", "Name", 48).kind(Kind::Long),
    ];
    for column in columns {
        let title = |lang| words().text(column, lang);
        heads.push(Column::new(column, &title(Lang::Zh), &title(Lang::En), 16));
    }
    heads.push(Column::new("due", "期限", "Due", 12));
    let cells = |row: &DossierRow| {
        let mut cells = vec![row.id.as_str().into(), state_word(row).into(), called(row).into()];
        cells.extend(columns.iter().map(|column| register(&units, row, column)));
        cells.push(due(ledger, &law, row));
        cells
    };
    let name = words().class(class);
    Ok(Sheet { name: name.zh, columns: heads, rows: rows.iter().map(cells).collect(), ..Sheet::default() })
}

/// All that the verb which begins such a dossier can be told, as it stands now: a table that this verb reads.
fn full(units: &BTreeMap<String, String>, class: &str, kind: &str, rows: &[DossierRow]) -> Sheet {
    let form = form(kind);
    let mut heads = vec![
        Column::new("id", "编号", "Id", 24).kind(Kind::Code).loud(),
        Column::new("state", "状态", "State", 10).kind(Kind::Tag),
        Column::new("on", "日期", "Date", 12).kind(Kind::Date),
    ];
    heads.extend(form.fields.iter().map(|field| Column::new(&field.key, &field.title.0, &field.title.1, 20)));
    for (key, zh, en) in [("reason", "理由", "Reason"), ("note", "备注", "Note")] {
        heads.push(Column::new(key, zh, en, 24).kind(Kind::Long));
    }
    let told = |row: &DossierRow, field: &Field| match &field.place {
        Place::Fact(_) if row.get(&field.key).is_some() => match row.code(&field.key) {
            Some(id) if id.contains('/') => id.into(),
            _ => register(units, row, &field.key),
        },
        Place::Fact(_) => facts_of(row, kind, &field.key),
        Place::Part(_) => row.text(&field.key).unwrap_or_default().into(),
    };
    let line = |row: &DossierRow| {
        let on = row.first().and_then(|event| event.on()).map(|day| day.0);
        let mut cells = vec![row.id.as_str().into(), state_word(row).into(), on.into()];
        cells.extend(form.fields.iter().map(|field| told(row, field)));
        cells.extend(["reason", "note"].map(|key| row.text(key).unwrap_or_default().into()));
        cells
    };
    let name = words().class(class);
    Sheet { name: name.zh, columns: heads, rows: rows.iter().map(line).collect(), ..Sheet::default() }
}

/// A fact that no register keeps, from the event that began the dossier.
fn facts_of(row: &DossierRow, kind: &str, fact: &str) -> Cell {
    let begun = row.newest(kind).and_then(|event| event.facts.get(fact));
    begun.map_or(Cell::Empty, |value| words().fact_value(kind, fact, value, Lang::Zh).as_str().into())
}

/// The state of a dossier in words.
pub fn state_word(row: &DossierRow) -> Word {
    words().word(&format!("{}.state", row.id.class()), row.state())
}

fn register(units: &BTreeMap<String, String>, row: &DossierRow, register: &str) -> Cell {
    match row.get(register) {
        None => Cell::Empty,
        Some(Scalar::Number(number)) => Cell::Number(i64::try_from(*number).unwrap_or(i64::MAX)),
        Some(Scalar::Text(text)) => match words().register(row.id.class(), register) {
            Some(vocabulary) => words().word(vocabulary, text).into(),
            None => register_text(units, row, register, Lang::Zh).into(),
        },
    }
}

/// What a register holds, in words: codes by their titles, units by their names.
pub fn register_text(
    units: &BTreeMap<String, String>,
    row: &DossierRow,
    register: &str,
    lang: Lang,
) -> String {
    let text = row.get(register).map(ToString::to_string).unwrap_or_default();
    if let Some(vocabulary) = words().register(row.id.class(), register) {
        return words().name(vocabulary, &text, lang);
    }
    units.get(&text).cloned().unwrap_or(text)
}

fn due(ledger: &Ledger, law: &State, row: &DossierRow) -> Cell {
    let (Some(dossier), Some(book)) = (&row.law, book_for(ledger.books(), law)) else { return Cell::Empty };
    let running = clocks_of(book, law, Holder::Dossier(dossier), row.id.class());
    let days = running.iter().filter_map(|clock| clock.due(&law.office.calendar).day);
    days.min().map_or(Cell::Empty, |day| day.0.into())
}
