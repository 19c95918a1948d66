//! Items and people of a ledger, as verbs look them up and show them.

use std::path::Path;

use super::words::words;
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::{FILE, Info, Ledger};
use crate::record::Subject;
use crate::rules::Item;
use crate::views::Texts;

/// What a ledger says of itself, without opening it.
pub fn info(dir: &Path) -> Outcome<Info> {
    let path = dir.join(FILE);
    let bytes = std::fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::usage("ledger.missing").with("path", dir.display()),
        _ => Fault::io(path.display(), &error),
    })?;
    Info::parse(&bytes)
}

/// One item: how it stands in law, and what is written of it.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// `item/…`.
    pub id: Subject,
    /// How it stands.
    pub law: Item,
    /// Its texts, from the newest part that has each.
    pub texts: Texts,
}

impl ItemView {
    /// State and attribute in words.
    pub fn standing(&self, lang: Lang) -> String {
        let state = words().name("state", self.law.state.as_str(), lang);
        let attribute = words().name("stated_attribute", self.law.attribute.as_str(), lang);
        format!("{state} · {attribute}")
    }

    /// Its title between brackets; nothing when it has none.
    pub fn called(&self) -> String {
        self.texts.title.as_deref().map(|title| format!("《{title}》")).unwrap_or_default()
    }
}
