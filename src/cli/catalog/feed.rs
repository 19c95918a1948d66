//! `catalog feed`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::item::doing::day;
use crate::cli::lookup::{self, ItemView};
use crate::cli::{Ctx, Ui, output};
use crate::exchange::{Feed, FeedEntry, FeedStatus, atom, feed_json};
use crate::fault::Outcome;
use crate::ledger::Ledger;
use crate::record::Day;
use crate::views::{Course, Filter};

/// 供政府网站取用的公开动态：公开、更正、撤下 · A feed for a government portal: what was published, corrected, withdrawn
#[derive(Args)]
pub struct FeedOut {
    /// 只要这一天及以后录入的 · Only what was entered on this day or later
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// 输出形式：Atom 或 JSON Feed · Form: Atom or JSON Feed; follows the file's ending if not given
    #[arg(long, value_enum, value_name = "atom|json")]
    format: Option<Form>,
    /// 写入文件 · File to write
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Forms of a feed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Atom 1.0
    Atom,
    /// JSON Feed 1.1
    Json,
}

impl FeedOut {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let since = self.since.as_deref().map(day).transpose()?;
        let ledger = ctx.read()?;
        let feed = feed(&ledger, since)?;
        let ending =
            self.output.as_deref().and_then(|path| path.extension()).and_then(|ending| ending.to_str());
        let implied =
            if ending == Some("json") || ui.is_json() && ending.is_none() { Form::Json } else { Form::Atom };
        let text = match self.format.unwrap_or(implied) {
            Form::Atom => atom(&feed),
            Form::Json => feed_json(&feed),
        };
        let Some(path) = &self.output else { return ui.raw(text.as_bytes()) };
        output::write_file(path, text.as_bytes())?;
        let (entries, file) = (feed.entries.len(), path.display());
        ui.say(format!("已写入 {file}：{entries} 条。"), format!("{entries} entries written to {file}."))?;
        ui.json(&json!({ "file": path, "entries": entries }))
    }
}

/// The feed of everything that was entered since that day.
fn feed(ledger: &Ledger, since: Option<Day>) -> Outcome<Feed> {
    let (first, _) = lookup::event(ledger, 0)?;
    let items = lookup::list(ledger, &Filter::default(), None)?;
    let mut dated: Vec<(u64, FeedEntry)> = items.iter().filter_map(|item| entry(item, since)).collect();
    dated.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    let info = ledger.info();
    Ok(Feed {
        origin: info.origin.to_string(),
        founded: first.at.0.year(),
        office: info.office.clone(),
        title: format!("{} 政府信息公开动态", info.office),
        updated: first.at.0,
        entries: dated.into_iter().map(|(_, entry)| entry).collect(),
    })
}

fn status(event: &Course) -> Option<FeedStatus> {
    match event.kind.as_str() {
        "item.published" => Some(FeedStatus::Published),
        "item.corrected" => Some(FeedStatus::Corrected),
        "item.withdrawn" => Some(FeedStatus::Withdrawn),
        _ => None,
    }
}

/// The entry of an item with the `seq` of the event behind it; nothing when nothing happened to it since that day.
fn entry(item: &ItemView, since: Option<Day>) -> Option<(u64, FeedEntry)> {
    let (event, status) =
        item.course.iter().rev().find_map(|event| status(event).map(|status| (event, status)))?;
    if since.is_some_and(|since| event.at.day() < since) {
        return None;
    }
    let texts = item.public.clone().unwrap_or_default();
    let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
    // What was withdrawn may be what its title says; the id is enough for a portal to take it down.
    let title = match status {
        FeedStatus::Withdrawn => "（已撤下的信息）".to_owned(),
        _ => owned(&texts.title).unwrap_or_else(|| "（无标题）".to_owned()),
    };
    let named = [
        ("index_number", "索引号", owned(&texts.index_number)),
        ("document_number", "文号", owned(&texts.document_number)),
        ("issuer", "发文机关", owned(&texts.issuer)),
        ("formed", "成文日期", owned(&texts.formed)),
        ("validity", "有效性", owned(&texts.validity)),
    ];
    let first = item.course.iter().find(|event| event.kind.as_str() == "item.published");
    let entry = FeedEntry {
        subject: item.id.to_string(),
        status,
        updated: event.at.0,
        published: first.map(|event| event.at.0),
        title,
        address: owned(&texts.address),
        summary: owned(&texts.summary),
        fields: named.into_iter().filter_map(|(key, heading, text)| Some((key, heading, text?))).collect(),
        topic: owned(&texts.topic),
    };
    Some((event.seq, entry))
}
