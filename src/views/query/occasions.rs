//! Why a withheld item should be looked at: what the records themselves say has changed since it was decided.

use std::collections::{BTreeMap, BTreeSet};

use super::{DossierRow, Query};
use crate::fault::Outcome;
use crate::record::{Day, Subject};
use crate::rules::{Books, Item, book_for};

/// Something that gives occasion to look at an item again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Code of the trigger: `secrecy_over`, `ground_repealed`, `circumstances`, `article_44`, `document_lapsed`.
    pub trigger: &'static str,
    /// What it is, more exactly.
    pub what: What,
}

/// What gives the occasion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The day by which it was to be reviewed has come.
    ReviewDue(Day),
    /// The entry of the negative list that it names was retired.
    EntryRetired,
    /// The day by which that entry was to be reviewed has passed.
    EntryDue(Day),
    /// The provision that entry rests on has ended.
    Superseded(Day),
    /// So many requests asked for it.
    AskedFor(usize),
    /// The document it belongs to was repealed.
    DocumentRepealed(Option<Day>),
}

/// What there is to be asked of items, read once for all of them.
pub struct Occasions {
    asked: BTreeMap<Box<str>, BTreeSet<Subject>>,
    exclusions: BTreeMap<Subject, Entry>,
    repealed: BTreeMap<Box<str>, Option<Day>>,
    today: Day,
}

struct Entry {
    current: bool,
    review_by: Option<Day>,
    ended: Option<Day>,
}

impl Query<'_> {
    /// What gives occasion to look at items on `today`.
    pub fn occasions(&self, books: &Books, today: Day) -> Outcome<Occasions> {
        let asked = asked_for(&self.dossiers("request/")?);
        let book = book_for(books, &self.office().law);
        let entry = |row: &DossierRow| {
            let provision = row.code("provision").unwrap_or_default();
            let code = book.and_then(|book| book.code("exclusion_basis", provision));
            Entry {
                current: row.state() == "current",
                review_by: row.day("review_by"),
                ended: code.and_then(|code| code.ended),
            }
        };
        let exclusions = self.dossiers("exclusion/")?;
        let documents = self.dossiers("document/")?;
        let repealed = documents.iter().filter(|row| row.state() == "repealed");
        Ok(Occasions {
            asked,
            exclusions: exclusions.iter().map(|row| (row.id.clone(), entry(row))).collect(),
            repealed: repealed
                .filter_map(|row| Some((row.code("item")?.into(), row.day("repealed"))))
                .collect(),
            today,
        })
    }
}

/// The requests that asked for each item, or were answered with it.
pub(super) fn asked_for(requests: &[DossierRow]) -> BTreeMap<Box<str>, BTreeSet<Subject>> {
    let mut asked: BTreeMap<Box<str>, BTreeSet<Subject>> = BTreeMap::new();
    for row in requests {
        for item in ["about", "item"].into_iter().filter_map(|register| row.code(register)) {
            asked.entry(item.into()).or_default().insert(row.id.clone());
        }
    }
    asked
}

impl Occasions {
    /// Those of an item.
    pub fn of(&self, id: &Subject, law: &Item) -> Vec<Occasion> {
        let mut found = Vec::new();
        let mut add = |trigger, what| found.push(Occasion { trigger, what });
        let review_by = law.values.get("review_by").and_then(|value| value.day());
        if let Some(by) = review_by.filter(|by| *by <= self.today) {
            add("secrecy_over", What::ReviewDue(by));
        }
        let named = law.values.get("exclusion").and_then(|value| value.text()?.parse::<Subject>().ok());
        if let Some(entry) = named.and_then(|named| self.exclusions.get(&named)) {
            if !entry.current {
                add("ground_repealed", What::EntryRetired);
            }
            if let Some(ended) = entry.ended.filter(|ended| *ended <= self.today) {
                add("ground_repealed", What::Superseded(ended));
            }
            if let Some(by) = entry.review_by.filter(|by| *by < self.today) {
                add("circumstances", What::EntryDue(by));
            }
        }
        if let Some(requests) = self.asked.get(id.as_str()).filter(|requests| requests.len() > 1) {
            add("article_44", What::AskedFor(requests.len()));
        }
        if let Some(on) = self.repealed.get(id.as_str()) {
            add("document_lapsed", What::DocumentRepealed(*on));
        }
        found
    }
}
