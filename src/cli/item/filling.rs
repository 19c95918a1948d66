//! What a verb is told about one item: by the row of a table, else by the options of the command.

use std::path::Path;

use super::doing::{Done, codes, day, digest_text, file_digest, split};
use super::which::{Cells, Target, find_item};
use crate::cli::desk::Desk;
use crate::cli::dossier;
use crate::cli::lookup::ItemView;
use crate::cli::words::words;
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;

/// One item, what is said of it, and who did it.
pub struct Filling<'a> {
    /// The desk it is signed at.
    pub desk: &'a Desk<'a>,
    /// The item.
    pub item: &'a ItemView,
    /// The row.
    pub cells: &'a Cells,
    /// Who and when.
    pub done: Done,
}

impl<'a> Filling<'a> {
    /// What is said of `target`.
    pub fn new(desk: &'a Desk<'a>, target: &'a Target, done: &Done) -> Outcome<Self> {
        let done = done.for_row(desk, &target.cells)?;
        Ok(Self { desk, item: &target.item, cells: &target.cells, done })
    }

    /// Starts the wish of `kind`.
    pub fn wish(&self, kind: &str) -> Outcome<Wish> {
        self.done.wish(kind, &self.item.id)
    }

    /// A text: the cell, else the option.
    pub fn text(&self, key: &str, option: Option<&str>) -> Option<String> {
        self.cells.get(key).or(option).map(str::to_owned)
    }

    /// A code of a vocabulary.
    pub fn code(&self, key: &str, vocabulary: &str, option: Option<&str>) -> Outcome<Option<String>> {
        self.text(key, option).map(|text| words().read(vocabulary, &text)).transpose()
    }

    /// A code that must be there.
    pub fn need(&self, key: &str, vocabulary: &str, option: Option<&str>) -> Outcome<String> {
        self.code(key, vocabulary, option)?.ok_or_else(|| missing(key))
    }

    /// Sorted codes, at least one.
    pub fn codes(&self, key: &str, vocabulary: &str, options: &[String]) -> Outcome<Vec<String>> {
        let texts = self.cells.get(key).map_or_else(|| options.to_vec(), split);
        if texts.is_empty() { Err(missing(key)) } else { codes(vocabulary, &texts) }
    }

    /// A date.
    pub fn date(&self, key: &str, option: Option<&str>) -> Outcome<Option<String>> {
        self.text(key, option).map(|text| day(&text).map(|day| day.to_string())).transpose()
    }

    /// The entry of the negative list that is named.
    pub fn exclusion(&self, option: Option<&str>) -> Outcome<Option<String>> {
        let found = |text: String| dossier::find(&self.desk.ledger, "exclusion", &text);
        self.text("exclusion", option).map(|text| Ok(found(text)?.id.to_string())).transpose()
    }

    /// Another item that is named.
    pub fn other_item(&self, key: &str, option: Option<&str>) -> Outcome<Option<String>> {
        let found = |text: String| find_item(&self.desk.ledger, &text);
        self.text(key, option).map(|text| Ok(found(text)?.to_string())).transpose()
    }

    /// Digest of a file: the cell holds the digest, the option names the file.
    pub fn file(&self, key: &str, option: Option<&Path>) -> Outcome<Option<String>> {
        match self.cells.get(key) {
            Some(text) => digest_text(text).map(Some),
            None => option.map(file_digest).transpose(),
        }
    }
}

/// Whether an interpretation is needed, as a cell says it, or the flag of a command.
pub fn need(cell: Option<&str>, flag: bool) -> Outcome<Option<String>> {
    let said = cell.map(|text| match text.trim() {
        "是" | "yes" => Ok("needed".to_owned()),
        "否" | "no" => Ok("not_needed".to_owned()),
        text => words().read("need", text),
    });
    Ok(said.transpose()?.or_else(|| flag.then(|| "needed".into())))
}

/// Something that must be said was not.
pub fn missing(key: &str) -> Fault {
    let name = words().text(key, crate::fault::Lang::Zh);
    Fault::usage("item.not_said").with("expected", key).with("name", name)
}
