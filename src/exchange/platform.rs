//! The disclosure platform as one page that needs nothing else: the four fixed columns 指南, 制度, 法定主动公开内容, 年报,
//! with the public catalogue searchable and sorted by topic, readable on a phone and on paper.

use std::collections::BTreeMap;

use askama::Template;
use jiff::civil::Date;

use super::out_html::{
    FilterView, JS, PAGE_CSS, Page, Section, dates, filters, policy, proof, section, web_address,
};
use super::page_words::{EN, Labels, PlatformLabels, ZH};
use super::sheet::{Cell, Column, Filter, Place, Sheet};
use super::text::printable;
use super::topics::Topics;
use crate::fault::{Fault, Lang, Outcome};

/// What the platform shows beside the page's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Platform {
    /// 政府信息公开指南
    pub guide: Vec<PlatformLink>,
    /// 政府信息公开制度
    pub systems: Vec<PlatformLink>,
    /// 政府信息公开年报
    pub annual: Vec<PlatformLink>,
    /// 法定主动公开内容: the public catalogue. Its column `topic` is what the topic navigation counts.
    pub catalogue: Sheet,
}

/// A document that one of the columns lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlatformLink {
    /// Title.
    pub title: String,
    /// Day of its publication.
    pub date: Option<Date>,
    /// Address; only addresses of the web become links.
    pub address: Option<String>,
    /// A sentence under the title.
    pub note: String,
}

const CSS: &str = include_str!("page/platform.css");
const PLATFORM_JS: &str = include_str!("page/platform.js");

/// Writes the platform page in `lang`. The same input always gives the same bytes.
///
/// # Errors
/// `table.write` when the template cannot be filled.
pub fn platform_html(platform: &Platform, lang: Lang, page: &Page) -> Outcome<String> {
    let css = format!("{PAGE_CSS}{CSS}").replace('\r', "");
    let js = format!("{JS}{PLATFORM_JS}").replace('\r', "");
    let t = if lang == Lang::Zh { &ZH } else { &EN };
    let sheet = with_topics(&platform.catalogue, lang);
    let sheets = [sheet];
    let filters = filters(&sheets, lang);
    let view = View {
        t,
        p: t.platform,
        csp: policy(&css, &js),
        css,
        js,
        office: printable(&page.office),
        title: printable(&page.title),
        lead: printable(&page.lead),
        banner: printable(&page.banner),
        dates: dates(page, t),
        columns: columns(platform, t.platform),
        topic_filter: filters
            .iter()
            .find(|filter| filter.key == TOPIC)
            .map(|filter| filter.number.to_string())
            .unwrap_or_default(),
        topics: topics(&sheets, lang),
        sections: sheets.iter().enumerate().map(|(at, sheet)| section(at, sheet, lang, &filters)).collect(),
        filters,
        proof: proof(page, t),
        how: page.how.iter().map(|line| printable(line)).collect(),
    };
    view.render().map_err(|e| Fault::machine("table.write").with("found", "HTML").with("reason", e))
}

#[derive(Template)]
#[template(path = "platform.html")]
struct View<'a> {
    t: &'a Labels,
    p: &'a PlatformLabels,
    csp: String,
    css: String,
    js: String,
    office: String,
    title: String,
    lead: String,
    banner: String,
    dates: Vec<super::out_html::Fact>,
    columns: [LinkColumn; 3],
    /// Number of the filter that the navigation sets; empty where there is nothing to choose from.
    topic_filter: String,
    topics: Vec<TopicView>,
    filters: Vec<FilterView>,
    sections: Vec<Section>,
    proof: Vec<super::out_html::Fact>,
    how: Vec<String>,
}

struct LinkColumn {
    anchor: &'static str,
    title: &'static str,
    links: Vec<LinkView>,
}

struct LinkView {
    title: String,
    date: String,
    href: String,
    note: String,
}

struct TopicView {
    name: String,
    count: usize,
}

const TOPIC: &str = "platform_topic";

fn columns(platform: &Platform, p: &PlatformLabels) -> [LinkColumn; 3] {
    let column = |anchor, title, links: &[PlatformLink]| LinkColumn {
        anchor,
        title,
        links: links.iter().map(link).collect(),
    };
    [
        column("guide", p.guide, &platform.guide),
        column("systems", p.systems, &platform.systems),
        column("annual", p.annual, &platform.annual),
    ]
}

fn link(link: &PlatformLink) -> LinkView {
    LinkView {
        title: printable(&link.title),
        date: link.date.map(|date| date.to_string()).unwrap_or_default(),
        href: link.address.as_deref().map(web_address).unwrap_or_default(),
        note: printable(&link.note),
    }
}

/// The catalogue with a hidden column for the topic of each row among the 22; rows of no known topic stand under their own word.
fn with_topics(sheet: &Sheet, lang: Lang) -> Sheet {
    let at = sheet.columns.iter().position(|column| column.key == "topic");
    let mut sheet = sheet.clone();
    if let Some(column) = at.and_then(|at| sheet.columns.get_mut(at)) {
        (column.filter, column.place) = (Filter::None, Place::Under);
    }
    hide_empty(&mut sheet);
    let label = Column::new(TOPIC, "主题", "Topic", 16).place(Place::Hidden).filter(Filter::Value);
    sheet.columns.push(label);
    for row in &mut sheet.rows {
        let text = at.and_then(|at| row.get(at)).map(|cell| cell.show(lang)).unwrap_or_default();
        let known = Topics::shipped().known(&text);
        let unsorted = if lang == Lang::Zh { "未分类" } else { "not sorted" };
        let name = match known {
            Some(known) if lang == Lang::Zh => known.topic.zh.as_str(),
            Some(known) => known.topic.en.as_str(),
            None => unsorted,
        };
        row.push(Cell::from(name));
    }
    sheet
}

/// A column that says nothing of any row only takes room from the others.
fn hide_empty(sheet: &mut Sheet) {
    for (at, column) in sheet.columns.iter_mut().enumerate() {
        let said = sheet.rows.iter().any(|row| row.get(at).is_some_and(|cell| *cell != Cell::Empty));
        if !said && column.place == Place::Own {
            column.place = Place::Hidden;
        }
    }
}

/// The 22 topics in their order with the number of rows of each, then those that are not sorted.
fn topics(sheets: &[Sheet], lang: Lang) -> Vec<TopicView> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in sheets.iter().flat_map(|sheet| &sheet.rows) {
        let name = row.last().map(|cell| cell.show(lang)).unwrap_or_default();
        *counts.entry(name).or_default() += 1;
    }
    let shipped = Topics::shipped().topics.iter();
    let names = shipped.map(|topic| if lang == Lang::Zh { topic.zh.clone() } else { topic.en.clone() });
    let mut views: Vec<TopicView> =
        names.map(|name| TopicView { count: counts.remove(&name).unwrap_or(0), name }).collect();
    views.extend(counts.into_iter().map(|(name, count)| TopicView { name, count }));
    views
}
