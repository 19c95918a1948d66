//! Pages to print: a single file each, without script.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::lines::Record;
use super::standing::Standing;
use super::words::Words;
use crate::bundle::package::Handover;
use crate::fault::{Fault, Outcome};
use crate::record::{Event, Parts};

const CSS: &str = include_str!("../page/package.css");

/// What every page has.
pub struct Sheet {
    pub(in crate::bundle::package) title: String,
    pub(in crate::bundle::package) csp: String,
    pub(in crate::bundle::package) css: String,
    pub(in crate::bundle::package) foot: String,
}

impl Sheet {
    /// The frame of a page.
    pub fn new(title: &str, handover: &Handover) -> Self {
        Self::plain(title, format!("{}　{}　{}", handover.office, handover.bag_name(), handover.made))
    }

    /// The frame of a page with another foot.
    pub fn plain(title: &str, foot: String) -> Self {
        let css = CSS.replace('\r', "");
        let digest = STANDARD.encode(Sha256::digest(css.as_bytes()));
        let csp =
            format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
        Self { title: title.into(), csp, css, foot }
    }
}

/// Fills a page.
pub fn render(view: &impl Template) -> Outcome<Vec<u8>> {
    let text = view.render().map_err(|error| Fault::machine("package.page").with("found", error))?;
    Ok(text.into_bytes())
}

/// One event, on a page.
pub struct Deed {
    seq: u64,
    on: String,
    kind: String,
    person: String,
    basis: String,
    said: String,
}

#[derive(Template)]
#[template(path = "record.html")]
struct View {
    sheet: Sheet,
    rows: Vec<(&'static str, String)>,
    deeds: Vec<Deed>,
}

/// 办理记录.html of a record.
pub fn page(
    handover: &Handover,
    record: &Record,
    standing: &Standing,
    events: &[(Event, Parts)],
    words: &Words<'_>,
) -> Outcome<Vec<u8>> {
    let mut rows = vec![
        ("档号", standing.number.clone()),
        ("题名", standing.title.clone()),
        ("责任者", standing.author.clone()),
        ("文号", standing.document_number.clone().unwrap_or_default()),
        ("索引号", standing.index_number.clone().unwrap_or_default()),
        ("日期", standing.date.clone()),
        ("保管期限", standing.retention.clone()),
        ("密级", standing.secrecy.clone()),
        ("公开属性", standing.attribute.clone()),
        ("电子文件号", record.subject.to_string()),
    ];
    rows.retain(|(_, text)| !text.is_empty());
    let rows = rows.into_iter().map(|(name, text)| (name, printable(&text))).collect();
    let deeds = events.iter().map(|(event, parts)| deed(event, parts, standing, words)).collect();
    render(&View { sheet: Sheet::new("办理记录", handover), rows, deeds })
}

fn deed(event: &Event, parts: &Parts, standing: &Standing, words: &Words<'_>) -> Deed {
    let kind = event.kind.as_str();
    Deed {
        seq: event.seq,
        on: event.fact("on").unwrap_or_default().to_owned(),
        kind: words.kind(kind).to_owned(),
        person: printable(event.fact("person").map(|id| words.person(id)).unwrap_or_default()),
        basis: printable(&words.basis(kind, &event.facts)),
        said: printable(&words.description(event, parts, !standing.secret)),
    }
}

/// A text without what would hide or turn it on paper.
pub fn printable(text: &str) -> String {
    let hides = |c: char| matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}');
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || hides(c) => '\u{FFFD}',
        c => c,
    };
    text.chars().map(shown).collect()
}
