//! `catalog standard`.

use clap::Args;

use super::matters::{self, Which};
use super::{Form, Options, form_of};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui, output};
use crate::exchange::standard::{
    Audience, Catalogue, Manner, MatterRow, coverage_sheet, matters_csv, matters_html, matters_json,
    matters_xlsx,
};
use crate::exchange::{Cell, Column, Filter, Kind, Place, Sheet};
use crate::fault::Outcome;

/// 基层政务公开标准事项目录，按附件表样；写明是否经过审核 · The standard catalogue, in the very table of the annex
///
/// 导出的 XLSX、CSV 改好后可用 import matters 取回。
/// What is written as XLSX or CSV can be changed and taken back with import matters.
#[derive(Args)]
pub struct Standard {
    /// 只列主动公开的事项（主动公开基本目录） · Only what is published without being asked for
    #[arg(long, conflicts_with = "fields_coverage")]
    basic: bool,
    /// 改为列出26个领域各有多少事项、哪些没有 · List the 26 fields instead, with the number of their matters
    #[arg(long)]
    fields_coverage: bool,
    #[command(flatten)]
    options: Options,
}

impl Standard {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let past = self.options.past()?;
        let which = if self.basic { Which::Basic } else { Which::Standard };
        let rows = matters::rows(ctx, &ledger, which, &past)?;
        if self.fields_coverage {
            let sheet = coverage_sheet(&ledger.info().office, &rows);
            return self.options.put_sheets(ui, ctx, &ledger, &[sheet], &past);
        }
        let catalogue = matters::catalogue(ctx, &ledger, which, rows, &past)?;
        let form = form_of(self.options.format, self.options.output.as_deref(), ui);
        if form == Form::Table && self.options.output.is_none() {
            return ui.sheet(&sheet(&catalogue));
        }
        let bytes = match form {
            Form::Xlsx => matters_xlsx(&catalogue, &output::book(ctx, &ledger, &catalogue.title)?)?,
            Form::Html => matters_html(&catalogue)?.into_bytes(),
            Form::Csv => matters_csv(&catalogue),
            Form::Json => matters_json(&catalogue)?.into_bytes(),
            Form::Table => crate::exchange::terminal(&sheet(&catalogue), ui.lang(), None).into_bytes(),
        };
        if let (Some(line), true) = (catalogue.approval(), self.options.output.is_some()) {
            ui.say(line.clone(), line)?;
        }
        self.options.put(ui, &bytes, catalogue.rows.len())
    }
}

/// The catalogue for a terminal.
fn sheet(catalogue: &Catalogue) -> Sheet {
    Sheet {
        name: "标准目录".into(),
        title: catalogue.title.clone(),
        notes: catalogue.approval().into_iter().collect(),
        columns: vec![
            Column::new("number", "序号", "No.", 5).kind(Kind::Number),
            Column::new("field", "领域", "Field", 16).filter(Filter::Value),
            Column::new("first", "一级事项", "Matter", 20),
            Column::new("second", "二级事项", "Part", 20).place(Place::Main),
            Column::new("content", "公开内容", "Content", 30).kind(Kind::Long),
            Column::new("limit", "公开时限", "Time limit", 20),
            Column::new("body", "公开主体", "Body", 18),
            Column::new("channels", "公开渠道", "Channels", 24).kind(Kind::Long),
            Column::new("audience", "公开对象", "Audience", 12),
            Column::new("manners", "公开方式", "Manner", 12),
            Column::new("service", "办事服务类", "Service", 10).quiet(),
            Column::new("id", "编号", "Id", 24).kind(Kind::Code).quiet(),
        ],
        rows: catalogue.rows.iter().enumerate().map(line).collect(),
    }
}

fn line((at, row): (usize, &MatterRow)) -> Vec<Cell> {
    let audience = match &row.audience {
        Audience::All => words().word("audience", "all").zh,
        Audience::Specific(who) if who.is_empty() => words().word("audience", "specific").zh,
        Audience::Specific(who) => who.clone(),
    };
    let channels = row.channels.iter().map(|channel| words().word("channel", channel.code())).collect();
    let manner =
        |manner: &Manner| words().word("manner", if *manner == Manner::Open { "open" } else { "on_request" });
    vec![
        Cell::Number(i64::try_from(at + 1).unwrap_or(i64::MAX)),
        row.field.map_or("", |field| field.zh()).into(),
        row.first.as_str().into(),
        row.second.as_str().into(),
        row.content.as_str().into(),
        row.limit.text.as_str().into(),
        row.body.as_str().into(),
        Cell::Words(channels),
        audience.as_str().into(),
        Cell::Words(row.manners.iter().map(manner).collect()),
        super::sheets::mark(row.service),
        row.id.as_deref().unwrap_or_default().into(),
    ]
}
