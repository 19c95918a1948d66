//! `round results`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use super::result_sheets::{changed, outcomes, publishable, sheets, short};
use crate::cli::catalog::{Form, bytes, form_of};
use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::{Doing, file_digest};
use crate::cli::lookup::{self, Past, RoundResult};
use crate::cli::{Ctx, Ui, output};
use crate::fault::{Fault, Outcome};
use crate::ledger::{Ledger, Wish};
use crate::record::PartName;

/// 查看一轮的清理结果，或写成表格；写 --publish 则公开 · The results of a round, shown, written, or published with --publish
///
/// 公开的只有各类件数，以及转为公开、已失效且已有公开标题的各件；其余只计件数。
/// What is published: the numbers of each outcome, and by its public title each item that became open or lapsed; of all others the number only.
#[derive(Args)]
pub struct Results {
    /// 年度，缺省为最近一轮 · Year; the newest round if not given
    #[arg(long, value_name = "YEAR")]
    year: Option<u64>,
    /// 只写可以公开的部分 · Only what may be published
    #[arg(long)]
    public: bool,
    /// 输出形式 · Form of the output; follows the file's ending if not given
    #[arg(long, value_enum, value_name = "table|csv|json|xlsx|html")]
    format: Option<Form>,
    /// 写入文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// 公开清理结果 · Publish the results
    #[arg(long, conflicts_with_all = ["output", "format"])]
    publish: bool,
    /// 公开标题 · Public title
    #[arg(long, value_name = "TEXT", requires = "publish")]
    title: Option<String>,
    /// 发布地址 · Address
    #[arg(long, value_name = "URL", requires = "publish")]
    address: Option<String>,
    /// 概述 · Summary
    #[arg(long, value_name = "TEXT", requires = "publish")]
    summary: Option<String>,
    /// 公布的文件，登记其摘要 · The file that is published; its digest is recorded
    #[arg(long, value_name = "FILE", requires = "publish")]
    file: Option<PathBuf>,
    #[command(flatten)]
    doing: Doing,
}

impl Results {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if self.publish {
            return self.sign(ui, ctx);
        }
        let ledger = ctx.read()?;
        let result = result(&ledger, self.year)?;
        self.show(ui, ctx, &ledger, &result)
    }

    fn sign(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let result = result(&desk.ledger, self.year)?;
        let wish = done.wish("round.published", &result.round.id)?;
        let wish = self.open_part(wish, &desk.ledger, &result)?;
        let place = result.round.id.to_string();
        desk.sign_and_show(ui, vec![Planned { wish, place }], self.doing.dry_run)
    }

    /// Numbers of each outcome, and the items that may be named.
    fn open_part(&self, wish: Wish, ledger: &Ledger, result: &RoundResult) -> Outcome<Wish> {
        let (office, year) = (&ledger.info().office, result.round.law.year);
        let title = self.title.clone();
        let title = title.unwrap_or_else(|| format!("{office}{year}年度不予公开信息清理结果"));
        let numbers: Map<String, Value> =
            result.outcomes.iter().map(|(outcome, count)| (outcome.clone(), json!(count))).collect();
        let list: Vec<Value> = publishable(result)
            .iter()
            .map(|(item, outcome)| {
                let texts = item.public.clone().unwrap_or_default();
                let mut entry = json!({ "id": item.id, "outcome": outcome, "title": texts.title });
                if let (Some(number), Some(entry)) = (texts.document_number, entry.as_object_mut()) {
                    entry.insert("document_number".into(), json!(number));
                }
                entry
            })
            .collect();
        let file = self.file.as_deref().map(file_digest).transpose()?;
        Ok(wish
            .part(PartName::Open, "title", title)
            .part(PartName::Open, "results", numbers)
            .maybe_part(PartName::Open, "list", Some(list).filter(|list| !list.is_empty()))
            .maybe_part(PartName::Open, "file", file)
            .maybe_part(PartName::Open, "address", self.address.clone())
            .maybe_part(PartName::Open, "summary", self.summary.clone()))
    }

    fn show(&self, ui: &Ui, ctx: &Ctx<'_>, ledger: &Ledger, result: &RoundResult) -> Outcome<()> {
        let form = form_of(self.format, self.output.as_deref(), ui);
        let law = &result.round.law;
        if ui.is_json() && self.output.is_none() {
            return ui.json(&json!({
                "round": result.round.id, "year": law.year, "state": law.state.as_str(), "count": law.count,
                "done": law.done, "outcomes": result.outcomes, "changed": changed(result, self.public),
            }));
        }
        if form == Form::Table && self.output.is_none() {
            let short = short(&ledger.info().office, result, self.public);
            return short.iter().try_for_each(|sheet| ui.sheet(sheet));
        }
        let all = sheets(&ledger.info().office, result, self.public);
        let made = match form {
            // One table: the list itself.
            Form::Csv | Form::Json | Form::Table => {
                bytes(ctx, ledger, all.get(..1).unwrap_or_default(), form, &Past::default(), ui.lang())?
            }
            Form::Xlsx | Form::Html => {
                let mut all = all;
                all.insert(1, outcomes(result));
                bytes(ctx, ledger, &all, form, &Past::default(), ui.lang())?
            }
        };
        let Some(path) = &self.output else { return ui.raw(&made) };
        output::write_file(path, &made)?;
        let file = path.display();
        ui.say(format!("已写入 {file}。"), format!("Written to {file}."))?;
        ui.json(&json!({ "file": path, "items": result.members.len() }))
    }
}

fn result(ledger: &Ledger, year: Option<u64>) -> Outcome<RoundResult> {
    lookup::round_result(ledger, year)?.ok_or_else(|| Fault::usage("round.unknown"))
}
