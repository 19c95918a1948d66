//! `archive show`.

use clap::Args;
use serde_json::{Value, json};

use super::place::Place;
use super::receipt::{holding, note};
use crate::archive::intake::waiting;
use crate::archive::store::Key;
use crate::archive::tree::Tree as _;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 查看一个批次或来件：在哪里、收到过什么、检测报告 · Show a batch or an arrival: where it stands and its reports
#[derive(Args)]
pub struct Show {
    /// 批次名或回执号 · Batch or ticket
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
