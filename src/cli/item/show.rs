//! `item show`.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};

use super::which::find;
use crate::cli::dossier::unit_names;
use crate::cli::history::{Step, history};
use crate::cli::lookup::ItemView;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::{Lang, Outcome};

/// 查看一件政府信息的现状和全过程 · Show an item and all that happened to it
#[derive(Args)]
pub struct Show {
    /// 编号（可只写开头几位）、索引号或文号 · Id, beginning of an id, 索引号 or 文号
    #[arg(value_name = "ITEM")]
    item: String,
}

impl Show {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let item = find(&ledger, &self.item)?;
        let steps = history(ctx, &ledger, &item.id)?;
        if ui.is_json() {
            return ui.json(&as_json(&item, &steps));
        }
        let units = unit_names(&ledger)?;
        ui.say(head(&item, &units, Lang::Zh), head(&item, &units, Lang::En))?;
        for step in &steps {
            ui.say(step.lines(Lang::Zh), step.lines(Lang::En))?;
        }
        Ok(())
    }
}

fn head(item: &ItemView, units: &BTreeMap<String, String>, lang: Lang) -> String {
    let mut lines = vec![format!("{}  {}", item.id, item.called()), format!("  {}", item.standing(lang))];
    let mut flag = |on: bool, zh: &str, en: &str| {
        if on {
            lines.push(format!("  {}", if lang == Lang::Zh { zh } else { en }));
        }
    };
    flag(item.law.is_public(), "现已公开", "public now");
    flag(item.law.is_withheld(), "在不予公开清单中", "on the list of what is withheld");
    flag(item.law.transferred, "已移交进馆", "transferred to the archive");
    if let Some(ground) = &item.law.ground {
        let name = words().name("ground", ground, lang);
        lines.push(if lang == Lang::Zh { format!("  依据：{name}") } else { format!("  ground: {name}") });
    }
    let unit = item.register("unit").map(|id| units.get(id).map_or(id, String::as_str).to_owned());
    let field = item.register("field").map(|code| words().name("field", code, lang));
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    for (register, text) in [("unit", unit), ("field", field)] {
        lines.extend(text.map(|text| format!("  {}{colon}{text}", words().text(register, lang))));
    }
    lines.join("\n")
}

fn as_json(item: &ItemView, steps: &[Step]) -> Value {
    let texts = &item.texts;
    json!({
        "id": item.id,
        "title": texts.title, "document_number": texts.document_number, "index_number": texts.index_number,
        "issuer": texts.issuer, "formed": texts.formed, "topic": texts.topic, "summary": texts.summary,
        "state": item.law.state.as_str(), "attribute": item.law.attribute.as_str(), "ground": item.law.ground,
        "public": item.law.is_public(), "withheld": item.law.is_withheld(), "transferred": item.law.transferred,
        "secret": item.law.secret, "registers": item.law.values,
        "history": steps.iter().map(Step::as_json).collect::<Vec<_>>(),
    })
}
