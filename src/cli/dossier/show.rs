//! `show`: how a dossier stands, its clocks, and all that happened to it.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};

use super::list::{register_text, state_word};
use super::{find, unit_names};
use crate::cli::history::{Step, history};
use crate::cli::lookup;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::{Lang, Outcome};
use crate::ledger::Ledger;
use crate::record::PartName;
use crate::rules::{Holder, RuleBook, Running, State, book_for, clocks_of};
use crate::views::DossierRow;

/// Show one.
#[derive(Args)]
pub struct Show {
    /// 编号（可只写开头几位）、名称或文号 · Id, beginning of an id, name or number
    #[arg(value_name = "ID")]
    id: String,
}

impl Show {
    pub(in crate::cli) fn run(self, ui: &Ui, ctx: &Ctx<'_>, class: &str) -> Outcome<()> {
        let ledger = ctx.read()?;
        let row = find(&ledger, class, &self.id)?;
        let steps = history(ctx, &ledger, &row.id)?;
        let state = lookup::office_law(&ledger)?;
        let clocks = clocks(&ledger, &state, &row);
        if ui.is_json() {
            return ui.json(&as_json(&row, &clocks, &state, &steps));
        }
        let units = unit_names(&ledger)?;
        ui.say(head(&units, &row, Lang::Zh), head(&units, &row, Lang::En))?;
        for clock in &clocks {
            let line = |lang| clock_line(&ledger, clock, &state, lang);
            ui.say(line(Lang::Zh), line(Lang::En))?;
        }
        for step in &steps {
            let line = |lang| step.lines(lang) + &personal(step, lang);
            ui.say(line(Lang::Zh), line(Lang::En))?;
        }
        Ok(())
    }
}

/// The clocks that run for a dossier.
fn clocks<'a>(ledger: &'a Ledger, state: &'a State, row: &'a DossierRow) -> Vec<Running<'a>> {
    let (Some(law), Some(book)) = (&row.law, book_for(ledger.books(), state)) else { return Vec::new() };
    clocks_of(book, state, Holder::Dossier(law), row.id.class())
}

/// What people call a dossier.
pub fn called(row: &DossierRow) -> String {
    let text = ["name", "title", "content", "scope"].into_iter().find_map(|name| row.text(name));
    let matter = row.text("first").map(|first| match row.text("second") {
        Some(second) => format!("{first} / {second}"),
        None => first.to_owned(),
    });
    let register = row.code("cell").or(row.code("name")).map(str::to_owned);
    text.map(str::to_owned).or(matter).or(register).unwrap_or_default()
}

fn head(units: &BTreeMap<String, String>, row: &DossierRow, lang: Lang) -> String {
    let state = state_word(row);
    let state = if lang == Lang::Zh { state.zh } else { state.en };
    let mut lines = vec![format!("{}  {}", row.id, called(row)), format!("  {state}")];
    let registers = row.law.iter().flat_map(|law| law.values.keys());
    for register in registers {
        let value = register_text(units, row, register, lang);
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        lines.push(format!("  {}{colon}{value}", words().text(register, lang)));
    }
    lines.join("\n")
}

fn clock_line(ledger: &Ledger, clock: &Running<'_>, state: &State, lang: Lang) -> String {
    let calendar = &state.office.calendar;
    let due = clock.due(calendar).day.map(|day| day.to_string());
    let due = due.unwrap_or_else(|| if lang == Lang::Zh { "暂停中".into() } else { "paused".into() });
    let name = if lang == Lang::Zh { &clock.clock.zh } else { &clock.clock.en };
    let why = if clock.fixed.is_some() { String::new() } else { clock.count(calendar).explain(lang) };
    let book = book_for(ledger.books(), state);
    let cites = book.map(|book: &std::sync::Arc<RuleBook>| book.cites(&clock.provision.cites, lang));
    let cites = cites.unwrap_or_default();
    match lang {
        Lang::Zh => format!("  ◷ {name}：{due}（{cites}）{why}"),
        Lang::En => format!("  ◷ {name}: {due} ({cites}) {why}"),
    }
}

fn personal(step: &Step, lang: Lang) -> String {
    let Some(part) = step.parts.get(&PartName::Personal) else { return String::new() };
    let said = part
        .data
        .iter()
        .filter_map(|(key, value)| Some(format!("{}={}", words().text(key, lang), value.as_str()?)));
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        String::new()
    } else {
        format!("\n      [{}] {}", words().name("part", "personal", lang), said.join("  "))
    }
}

fn as_json(row: &DossierRow, clocks: &[Running<'_>], state: &State, steps: &[Step]) -> Value {
    let clock = |clock: &Running<'_>| {
        let due = clock.due(&state.office.calendar);
        json!({
            "clock": clock.name, "span": clock.span, "due": due.day.map(|day| day.to_string()),
            "provisional": due.provisional, "sourced": clock.provision.sourced, "fixed": clock.fixed.is_some(),
            "count": clock.count(&state.office.calendar),
        })
    };
    json!({
        "id": row.id, "state": row.state(), "called": called(row), "law": row.law,
        "clocks": clocks.iter().map(clock).collect::<Vec<_>>(),
        "history": steps.iter().map(Step::as_json).collect::<Vec<_>>(),
    })
}
