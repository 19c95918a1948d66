//! 公开与密级变更情况: what 档案法实施条例 第三十条 asks to be attached when records come to an archive, for every record of the batch
//! from its first event on.

use askama::Template;

use super::Inputs;
use super::lines::Record;
use super::page::{self, Sheet, printable};
use super::standing::Standing;
use super::words::Words;
use super::xml::escape;
use crate::bundle::derived::Deriving;
use crate::bundle::package::{Change, Handover};
use crate::fault::Outcome;

/// One record.
struct Entry {
    number: String,
    title: String,
    rows: Vec<(&'static str, String)>,
    changes: Vec<Line>,
}

/// One change.
struct Line {
    seq: u64,
    on: String,
    kind: String,
    attribute: String,
    public: &'static str,
    secrecy: &'static str,
    basis: String,
    said: String,
}

/// The history while records are added.
pub struct History<'a> {
    handover: &'a Handover,
    deriving: &'a Deriving,
    words: &'a Words<'a>,
    xml: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct View<'a> {
    sheet: Sheet,
    entries: &'a [Entry],
}

impl<'a> History<'a> {
    /// Without records.
    pub fn new(inputs: &Inputs<'a>, words: &'a Words<'a>) -> Self {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<公开与密级变更情况>\n";
        let (handover, deriving) = (inputs.handover, inputs.deriving);
        Self { handover, deriving, words, xml: head.into(), entries: Vec::new() }
    }

    /// Adds the next record.
    pub fn add(&mut self, record: &Record, standing: &Standing) {
        let changes = self.deriving.memory().map_or(&[][..], |memory| memory.changes(&record.subject));
        let Some(item) = self.deriving.law().state().item(&record.subject) else { return };
        let newest = |kinds: &[&str]| {
            changes
                .iter()
                .rev()
                .find(|change| kinds.contains(&&*change.kind))
                .map(|change| change.on.to_string())
        };
        let rows = vec![
            ("公开属性", standing.attribute.clone()),
            ("正在公开", if item.is_public() { "是" } else { "否" }.to_owned()),
            ("密级", standing.secrecy.clone()),
            ("最近发布日期", newest(&["item.published"]).unwrap_or_default()),
            ("最近撤回日期", newest(&["item.withdrawn"]).unwrap_or_default()),
            ("最近保密审查日期", newest(&["item.reviewed", "item.determined"]).unwrap_or_default()),
            ("最近评估日期", newest(&["item.reassessed"]).unwrap_or_default()),
        ];
        let changes = changes.iter().map(|change| self.line(change)).collect();
        let (number, title) = (standing.number.clone(), standing.title.clone());
        let entry = Entry { number, title, rows, changes };
        self.write(&entry);
        self.entries.push(entry);
    }

    fn line(&self, change: &Change) -> Line {
        Line {
            seq: change.seq,
            on: change.on.to_string(),
            kind: self.words.kind(&change.kind).to_owned(),
            attribute: self.words.title("stated_attribute", change.attribute.as_str()).to_owned(),
            public: if change.public { "是" } else { "否" },
            secrecy: if change.secret { "涉密" } else { "不涉密" },
            basis: self.words.basis(&change.kind, &change.facts),
            said: self.words.facts(&change.kind, &change.facts).join("；"),
        }
    }

    fn write(&mut self, entry: &Entry) {
        self.xml.push_str(" <文件>");
        let mut put = |name: &str, text: &str| {
            let text = escape(text, false).0;
            self.xml.push_str(&format!("<{name}>{text}</{name}>"));
        };
        put("档号", &entry.number);
        put("题名", &entry.title);
        entry.rows.iter().for_each(|(name, text)| put(name, text));
        for line in &entry.changes {
            let fields = [
                ("事件号", line.seq.to_string()),
                ("日期", line.on.clone()),
                ("行为", line.kind.clone()),
                ("公开属性", line.attribute.clone()),
                ("正在公开", line.public.to_owned()),
                ("涉密", line.secrecy.to_owned()),
                ("依据", line.basis.clone()),
                ("说明", line.said.clone()),
            ];
            let fields =
                fields.iter().map(|(name, text)| format!("<{name}>{}</{name}>", escape(text, false).0));
            self.xml.push_str(&format!("\n  <变更>{}</变更>", fields.collect::<String>()));
        }
        self.xml.push_str("</文件>\n");
    }

    /// The document and the page.
    pub fn finish(mut self) -> Outcome<(Vec<u8>, Vec<u8>)> {
        self.xml.push_str("</公开与密级变更情况>\n");
        for entry in &mut self.entries {
            entry.title = printable(&entry.title);
            for line in &mut entry.changes {
                (line.basis, line.said) = (printable(&line.basis), printable(&line.said));
            }
        }
        let sheet = Sheet::new("公开与密级变更情况", self.handover);
        let page = page::render(&View { sheet, entries: &self.entries })?;
        Ok((self.xml.into_bytes(), page))
    }
}
