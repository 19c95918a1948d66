//! A feed for an existing portal: what was published, corrected or withdrawn, newest first, as Atom 1.0 (RFC 4287) and as JSON Feed 1.1.
//!
//! An item has one entry, with one id for ever: a `tag:` URI (RFC 4151) of the ledger's origin and the item. A portal that takes the
//! feed again updates or removes what it has by that id.

use std::fmt::Write as _;

use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::text::printable;
use super::words::Word;

/// A feed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feed {
    /// Origin of the ledger.
    pub origin: String,
    /// Year in which the ledger was founded; part of every id.
    pub founded: i16,
    /// Name of the office.
    pub office: String,
    /// Title of the feed.
    pub title: String,
    /// Moment of the newest event of the ledger, or of the founding: what an empty feed was updated at.
    pub updated: DateTime,
    /// Entries, newest first.
    pub entries: Vec<FeedEntry>,
}

/// What happened to an item last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedStatus {
    /// 发布
    Published,
    /// 更正
    Corrected,
    /// 撤下
    Withdrawn,
}

impl FeedStatus {
    /// Code, Chinese and English name.
    pub fn word(self) -> Word {
        match self {
            Self::Published => Word::new("published", "已公开", "published"),
            Self::Corrected => Word::new("corrected", "已更正", "corrected"),
            Self::Withdrawn => Word::new("withdrawn", "已撤下", "withdrawn"),
        }
    }
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// Its id in the ledger, `item/…`.
    pub subject: String,
    /// What happened to it last.
    pub status: FeedStatus,
    /// When that was entered, Beijing time.
    pub updated: DateTime,
    /// When it was first published, where the feed knows.
    pub published: Option<DateTime>,
    /// Title; that of a withdrawn item is not told.
    pub title: String,
    /// Address of the page.
    pub address: Option<String>,
    /// 概述
    pub summary: Option<String>,
    /// Further fields: key, heading, text.
    pub fields: Vec<(&'static str, &'static str, String)>,
    /// 主题
    pub topic: Option<String>,
}

impl Feed {
    /// The id of the feed.
    pub fn id(&self) -> String {
        self.tag("feed")
    }

    /// The id of an item: `tag:<host of the origin>,<year>:<rest of the origin>/item/…`.
    pub fn tag(&self, subject: &str) -> String {
        let (host, path) =
            self.origin.split_once('/').map_or((self.origin.as_str(), ""), |(host, path)| (host, path));
        let parts = [uri_text(path), uri_text(subject)];
        let specific: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        format!("tag:{},{:04}:{}", uri_text(host), self.founded, specific.join("/"))
    }

    fn newest(&self) -> DateTime {
        self.entries.iter().map(|entry| entry.updated).max().unwrap_or(self.updated)
    }
}

/// Keeps what may stand in a `tag:` URI, the rest percent-encoded.
fn uri_text(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:@!$&'()*+,;=".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The feed as Atom 1.0. The same feed always gives the same bytes.
pub fn atom(feed: &Feed) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n",
    );
    element(&mut xml, 1, "id", "", &feed.id());
    element(&mut xml, 1, "title", "", &feed.title);
    element(&mut xml, 1, "updated", "", &stamp(feed.newest()));
    let _ = writeln!(xml, "  <author><name>{}</name></author>", escaped(&feed.office));
    xml.push_str("  <generator>zhaoce</generator>\n");
    for entry in &feed.entries {
        atom_entry(&mut xml, feed, entry);
    }
    xml + "</feed>\n"
}

fn atom_entry(xml: &mut String, feed: &Feed, entry: &FeedEntry) {
    let status = entry.status.word();
    xml.push_str("  <entry>\n");
    element(xml, 2, "id", "", &feed.tag(&entry.subject));
    element(xml, 2, "title", "", &entry.title);
    element(xml, 2, "updated", "", &stamp(entry.updated));
    if let Some(published) = entry.published {
        element(xml, 2, "published", "", &stamp(published));
    }
    if let Some(address) = entry.address.as_deref().filter(|address| web(address)) {
        let _ = writeln!(xml, "    <link rel=\"alternate\" href=\"{}\"/>", escaped(address));
    }
    let scheme = feed.tag("status");
    let _ =
        writeln!(xml, "    <category scheme=\"{scheme}\" term=\"{}\" label=\"{}\"/>", status.code, status.zh);
    if let Some(topic) = &entry.topic {
        let _ = writeln!(xml, "    <category term=\"{0}\" label=\"{0}\"/>", escaped(topic));
    }
    // An entry without a link must have content; so every entry has it.
    if let Some(summary) = &entry.summary {
        element(xml, 2, "summary", "", summary);
    }
    element(xml, 2, "content", " type=\"text\"", &content(entry));
    xml.push_str("  </entry>\n");
}

fn content(entry: &FeedEntry) -> String {
    let status = entry.status.word().zh;
    let lines = entry.fields.iter().map(|(_, heading, text)| format!("{heading}：{text}"));
    std::iter::once(format!("状态：{status}")).chain(lines).collect::<Vec<_>>().join("；")
}

fn element(xml: &mut String, depth: usize, name: &str, attributes: &str, text: &str) {
    let _ = writeln!(xml, "{:width$}<{name}{attributes}>{}</{name}>", "", escaped(text), width = depth * 2);
}

/// A text as XML takes it: escaped, and without the characters that no XML may hold.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}

fn web(address: &str) -> bool {
    let start = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    (start.starts_with("https://") || start.starts_with("http://")) && !address.contains(char::is_whitespace)
}

fn stamp(moment: DateTime) -> String {
    format!("{}+08:00", moment.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// The feed as JSON Feed 1.1; what Atom has as categories and content stands in `_zhaoce` by its codes.
pub fn feed_json(feed: &Feed) -> String {
    let items: Vec<Value> = feed.entries.iter().map(|entry| json_entry(feed, entry)).collect();
    let whole = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "language": "zh-CN",
        "authors": [{ "name": feed.office }],
        "_zhaoce": { "id": feed.id(), "origin": feed.origin, "updated": stamp(feed.newest()) },
        "items": items,
    });
    serde_json::to_string_pretty(&whole).unwrap_or_default() + "\n"
}

fn json_entry(feed: &Feed, entry: &FeedEntry) -> Value {
    let fields = entry.fields.iter().map(|(key, _, text)| ((*key).to_owned(), Value::from(printable(text))));
    let mut own: serde_json::Map<String, Value> = fields.collect();
    own.insert("id".into(), entry.subject.as_str().into());
    own.insert("status".into(), entry.status.word().code.into());
    let mut value = json!({
        "id": feed.tag(&entry.subject),
        "title": printable(&entry.title),
        "content_text": printable(&content(entry)),
        "date_modified": stamp(entry.updated),
        "_zhaoce": own,
    });
    let Some(map) = value.as_object_mut() else { return value };
    let texts = [
        ("url", entry.address.clone().filter(|address| web(address))),
        ("summary", entry.summary.as_deref().map(printable)),
        ("date_published", entry.published.map(stamp)),
    ];
    map.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?)))));
    if let Some(topic) = &entry.topic {
        map.insert("tags".into(), json!([printable(topic)]));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> Feed {
        let entry = FeedEntry {
            subject: "item/abc".into(),
            status: FeedStatus::Published,
            updated: jiff::civil::date(2026, 1, 6).at(9, 5, 0, 0),
            published: None,
            title: "关于 <A> & \"B\" 的通知\u{0}\u{202E}".into(),
            address: Some("https://demo.gov.cn/1?a=1&b=2".into()),
            summary: Some("概述 ]]> 里的符号".into()),
            fields: vec![("document_number", "文号", "示政发〔2026〕1号".into())],
            topic: Some("综合政务".into()),
        };
        let gone = FeedEntry {
            subject: "item/def".into(),
            status: FeedStatus::Withdrawn,
            address: Some("javascript:alert(1)".into()),
            fields: vec![],
            ..entry.clone()
        };
        Feed {
            origin: "demo.gov.cn/xxgk".into(),
            founded: 2026,
            office: "示例县".into(),
            title: "示例县 政府信息公开动态".into(),
            updated: jiff::civil::date(2026, 1, 5).at(9, 0, 0, 0),
            entries: vec![entry, gone],
        }
    }

    #[test]
    fn the_feed_is_pinned() {
        insta::assert_snapshot!(atom(&feed()));
        insta::assert_snapshot!(feed_json(&feed()));
    }

    #[test]
    fn ids_are_of_origin_and_item_and_nothing_else() {
        let feed = feed();
        assert_eq!(feed.tag("item/abc"), "tag:demo.gov.cn,2026:xxgk/item/abc");
        assert_eq!(
            Feed { origin: "demo<x>".into(), ..feed.clone() }.tag("item/a"),
            "tag:demo%3Cx%3E,2026:item/a"
        );
        assert!(!atom(&feed).contains("javascript"));
        let none = Feed { entries: vec![], ..feed };
        assert!(atom(&none).contains("<updated>2026-01-05T09:00:00+08:00</updated>"));
    }
}
