//! `archive show`.

use clap::Args;
use serde_json::{Value, json};

use super::place::Place;
use super::receipt::{holding, note};
use crate::archive::intake::waiting;
use crate::archive::store::Key;
use crate::archive::tree::Tree as _;
use crate::cli::dossier;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::views::DossierRow;

/// 查看一个批次、来件或移交单位：在哪里、检测报告；单位台账分叉的两份检查点 · Show a batch, an arrival or an office
///
/// 移交单位用其台账标识指明；其台账曾分叉的，一并列出作为证据的两份检查点。
/// An office is named by the origin of its log; where that was seen to fork, both checkpoints are shown as evidence.
#[derive(Args)]
pub struct Show {
    /// 批次名、回执号或台账标识 · Batch, ticket or origin
    which: String,
}

impl Show {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let arrivals = waiting(place.disk())?;
        if let Some(found) = arrivals.iter().find(|answer| answer.ticket.as_deref() == Some(&self.which)) {
            let folder = place.below("intake").join(&self.which);
            let report = folder.join("四性检测报告.html").display().to_string();
            ui.say(
                format!(
                    "{} {}\n  检测报告  {report}",
                    self.which,
                    found.state.map_or("—", super::list::state)
                ),
                format!("{}\n  report  {report}", self.which),
            )?;
            return ui.json(&json!({ "arrival": found, "folder": folder }));
        }
        let ledger = ctx.read()?;
        if let Some(office) = office(&ledger, &self.which)? {
            return show_office(ui, &ledger, &office);
        }
        let row = holding(&ledger, &self.which)?;
        let text = |name: &str| row.code(name).unwrap_or_default().to_owned();
        let number = |name: &str| row.get(name).map(ToString::to_string).unwrap_or_default();
        let key = Key::new(&text("fonds"), &text("batch"))?;
        let object = place.store().object(&key)?;
        let tree = object.tree("")?;
        let reports: Vec<&str> = tree
            .files()
            .iter()
            .map(|file| file.path.as_str())
            .filter(|path| path.starts_with("report/"))
            .collect();
        let folder = place.below(place.store().place_of(&key));
        ui.say(
            format!(
                "{}\n  全宗      {}\n  件数      {}\n  事件      {} 至 {}\n  存储对象  {}（OCFL，{} 版）\n  检测报告  {}\n\n回执：\n{}",
                text("batch"), text("fonds"), number("records"), number("from"), number("size"),
                folder.display(), object.inventory().newest(), reports.join("、"), note(&ledger, &row)?,
            ),
            format!(
                "{}\n  fonds    {}\n  records  {}\n  events   {} to {}\n  object   {} (OCFL, {} versions)\n  reports  {}\n\nreceipt:\n{}",
                text("batch"), text("fonds"), number("records"), number("from"), number("size"),
                folder.display(), object.inventory().newest(), reports.join(", "), note(&ledger, &row)?,
            ),
        )?;
        let facts: serde_json::Map<String, Value> = row
            .law
            .iter()
            .flat_map(|law| &law.values)
            .map(|(name, value)| (name.to_string(), serde_json::to_value(value).unwrap_or(Value::Null)))
            .collect();
        if facts.is_empty() {
            return Err(Fault::usage("archive.no_batch").with("found", &self.which));
        }
        ui.json(&json!({ "holding": row.id, "facts": facts, "folder": folder, "reports": reports }))
    }
}

/// The office whose log has this origin.
fn office(ledger: &Ledger, origin: &str) -> Outcome<Option<DossierRow>> {
    let rows = dossier::rows(ledger, "office")?;
    Ok(rows.into_iter().find(|row| row.code("origin") == Some(origin)))
}

/// Where an office stands, and the evidence of a fork.
fn show_office(ui: &Ui, ledger: &Ledger, row: &DossierRow) -> Outcome<()> {
    let mut forks = Vec::new();
    for seq in ledger.views().seqs_of(&row.id)? {
        let event = ledger.event(seq)?;
        if event.kind.as_str() == "office.forked" {
            let note = |name: &str| event.fact(name).unwrap_or_default().to_owned();
            forks.push((seq, note("held"), note("shown")));
        }
    }
    let origin = row.code("origin").unwrap_or_default();
    let name = row.text("name").unwrap_or("—");
    let size = row.get("size").map_or_else(|| "0".into(), ToString::to_string);
    ui.say(
        format!("{name}\n  台账标识  {origin}\n  已接收至  {size}\n  状态      {}", row.state()),
        format!("{name}\n  origin    {origin}\n  taken to  {size}\n  state     {}", row.state()),
    )?;
    for (seq, held, shown) in &forks {
        ui.say(
            format!("\n台账分叉（馆台账第 {seq} 号事件）\n\n本馆所持并已见证：\n{held}\n后来出示：\n{shown}"),
            format!("\nThe log forked (event {seq} here)\n\nheld and cosigned here:\n{held}\nshown later:\n{shown}"),
        )?;
    }
    let forks: Vec<Value> = forks
        .into_iter()
        .map(|(seq, held, shown)| json!({ "event": seq, "held": held, "shown": shown }))
        .collect();
    ui.json(&json!({ "office": row.id, "origin": origin, "state": row.state(), "forks": forks }))
}
