//! `catalog platform`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::fields::{Fields, public};
use super::{Catalog, page};
use crate::cli::item::doing::day;
use crate::cli::lookup::{self, Past};
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{
    ColumnSpec, Platform, PlatformLink, ReadOptions, normal, platform_html, read_date, read_table_file,
};
use crate::fault::{Fault, Outcome};
use crate::views::DossierRow;

/// 政府信息公开平台：一个网页，含指南、制度、法定主动公开内容、年报四栏 · The disclosure platform as one page: guide, rules, public catalogue, annual reports
#[derive(Args)]
pub struct PlatformPage {
    /// 写入文件 · File to write
    #[arg(short, long, value_name = "FILE.html")]
    output: PathBuf,
    /// 指南、制度、年报的清单（CSV 或 XLSX：栏目、标题、日期、地址、说明）；缺省取自登记的现行文件 · List for guide, rules and reports: column, title, date, address, note
    #[arg(long, value_name = "FILE")]
    links: Option<PathBuf>,
    /// 截至某日（按发生日期） · As it stood on this day, by what had happened
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

const COLUMNS: &[ColumnSpec] = &[
    ColumnSpec { key: "column", zh: "栏目", en: "Column", aliases: &["类别"] },
    ColumnSpec { key: "title", zh: "标题", en: "Title", aliases: &["名称", "信息名称"] },
    ColumnSpec { key: "date", zh: "日期", en: "Date", aliases: &["发布日期", "公开日期"] },
    ColumnSpec { key: "address", zh: "地址", en: "Address", aliases: &["链接", "网址", "url"] },
    ColumnSpec { key: "note", zh: "说明", en: "Note", aliases: &["备注"] },
];

impl PlatformPage {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut platform = Platform::default();
        let ledger = ctx.read()?;
        let past = Past { as_of: self.as_of.as_deref().map(day).transpose()?, known: None };
        match &self.links {
            Some(file) => read_links(file, &mut platform)?,
            None => documents(&lookup::dossiers_then(ctx, &ledger, "document/", &past)?, &mut platform),
        }
        let items = lookup::list_then(ctx, &ledger, &Catalog::Public.filter(), &past)?;
        platform.catalogue = public(Fields::Full, &items, ledger.info(), &past, ui.lang());
        let mut page = page(ctx, &ledger, &past)?;
        page.title = format!("{} 政府信息公开", ledger.info().office);
        let text = platform_html(&platform, ui.lang(), &page)?;
        output::write_file(&self.output, text.as_bytes())?;
        let (rows, file) = (items.len(), self.output.display());
        ui.say(format!("已写入 {file}：{rows} 条。"), format!("{rows} entries written to {file}."))?;
        ui.json(&json!({ "file": self.output, "items": rows }))
    }
}

/// Puts the documents in force that are public into the three columns, the newest first.
fn documents(rows: &[DossierRow], platform: &mut Platform) {
    for row in rows.iter().rev().filter(|row| row.state() == "in_force") {
        let Some(open) = row.open() else { continue };
        let text = |name: &str| open.get(name).and_then(|text| text.as_str()).map(str::to_owned);
        let list = match row.code("type") {
            Some("guide") => &mut platform.guide,
            Some("system") => &mut platform.systems,
            Some("annual_report") => &mut platform.annual,
            _ => continue,
        };
        let issued = text("issued").and_then(|day| read_date(&day));
        let dated = row.day("amended").or(row.day("issued")).map(|day| day.0);
        list.push(PlatformLink {
            title: text("title").unwrap_or_default(),
            date: issued.or(dated),
            address: text("address"),
            note: text("summary").or_else(|| text("document_number")).unwrap_or_default(),
        });
    }
}

/// Reads the list of documents into the three columns.
fn read_links(file: &Path, platform: &mut Platform) -> Outcome<()> {
    let table = read_table_file(file, &ReadOptions { columns: COLUMNS, ..ReadOptions::default() })?;
    let mapping = table.columns(COLUMNS)?;
    for row in &table.rows {
        if let Some(problem) = &row.problem {
            return Err(problem.clone());
        }
        let cell = |key| normal(mapping.cell(key, &row.cells));
        let date = cell("date");
        let link = PlatformLink {
            title: cell("title"),
            date: read_date(&date),
            address: Some(cell("address")).filter(|address| !address.is_empty()),
            note: cell("note"),
        };
        if link.date.is_none() && !date.is_empty() {
            return Err(Fault::usage("row.date").with("column", "日期").with("found", date));
        }
        let column = cell("column");
        let list = match column.trim_start_matches("政府信息公开") {
            "指南" | "guide" => &mut platform.guide,
            "制度" | "rules" => &mut platform.systems,
            "年报" | "年度报告" | "annual" => &mut platform.annual,
            _ => {
                let fault = Fault::usage("row.choice").with("column", "栏目").with("found", column);
                return Err(fault.with("expected", "指南、制度、年报"));
            }
        };
        list.push(link);
    }
    Ok(())
}
