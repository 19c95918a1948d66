//! Looking one item up: by id, number, title, imported identity.

use super::Query;
use crate::fault::Outcome;
use crate::record::Subject;
use crate::views::fold;
use crate::views::hints::{self, Word};
use crate::views::norm::{number, searchable};
use crate::views::parse::Texts;
use crate::views::row::{Imported, Row};
use crate::views::rows;

/// Items a look-up gives at most: more is no answer.
const MAX: usize = 1_000;

/// An imported row that the ledger knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The item it became.
    pub subject: Subject,
    /// Where it came in, and its fingerprint.
    pub imported: Imported,
}

impl Query<'_> {
    /// Items whose id begins so; `prefix` is with or without `item/`, and has four letters of the id at least.
    pub fn by_prefix(&self, prefix: &str) -> Outcome<Vec<Row>> {
        let bare = prefix.strip_prefix("item/").unwrap_or(prefix).to_ascii_lowercase();
        Ok(fold::find_prefix(self.table, &bare, MAX)?.into_iter().map(|(_, row)| row).collect())
    }

    /// Items with this 索引号, in whatever form of it.
    pub fn by_index_number(&self, text: &str) -> Outcome<Vec<Row>> {
        let wanted = number(text);
        self.where_text(Word::IndexNumber(&wanted), |texts| {
            texts.index_number.as_deref().is_some_and(|found| number(found) == wanted)
        })
    }

    /// Items with this 文号, in whatever form of it.
    pub fn by_document_number(&self, text: &str) -> Outcome<Vec<Row>> {
        let wanted = number(text);
        self.where_text(Word::DocumentNumber(&wanted), |texts| {
            texts.document_number.as_deref().is_some_and(|found| number(found) == wanted)
        })
    }

    /// Items with exactly this title, compared without regard to width, case and white space.
    pub fn by_title(&self, text: &str) -> Outcome<Vec<Row>> {
        let wanted = searchable(text);
        let Some(items) = self.items_with(&wanted)? else {
            let filter = super::Filter { text: Some(wanted.clone()), ..Default::default() };
            let rows = self.list(&filter, super::Page::ALL)?.items;
            return Ok(rows.into_iter().filter(|row| is_titled(row, &wanted)).take(MAX).collect());
        };
        let items: Vec<u32> = items.into_iter().collect();
        let rows = rows::rows(self.table, &items)?;
        Ok(rows.into_iter().filter(|row| is_titled(row, &wanted)).take(MAX).collect())
    }

    /// Whatever one may mean by `text`: an id or its beginning, else a 索引号, else a 文号, else a title.
    pub fn find(&self, text: &str) -> Outcome<Vec<Row>> {
        let looks: [&dyn Fn() -> Outcome<Vec<Row>>; 4] = [
            &|| self.by_prefix(text),
            &|| self.by_index_number(text),
            &|| self.by_document_number(text),
            &|| self.by_title(text),
        ];
        for look in looks {
            let found = look()?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The item that an imported row with this identity has become; the oldest, should there be several.
    pub fn imported(&self, identity: &str) -> Outcome<Option<Known>> {
        let items = hints::items_of(self.table, Word::Identity(identity), usize::MAX)?.unwrap_or_default();
        for item in items {
            let row = rows::row(self.table, item)?;
            if let Some(imported) = row.imported.filter(|imported| &*imported.identity == identity) {
                return Ok(Some(Known { subject: row.id, imported }));
            }
        }
        Ok(None)
    }

    fn where_text(&self, word: Word<'_>, wanted: impl Fn(&Texts) -> bool) -> Outcome<Vec<Row>> {
        let items = hints::items_of(self.table, word, usize::MAX)?.unwrap_or_default();
        let mut found = Vec::new();
        for item in items {
            let row = rows::row(self.table, item)?;
            if wanted(&row.texts) || row.open.as_ref().is_some_and(&wanted) {
                found.push(row);
            }
            if found.len() == MAX {
                break;
            }
        }
        Ok(found)
    }
}

fn is_titled(row: &Row, wanted: &str) -> bool {
    let titles = [row.texts.title.as_deref(), row.open.as_ref().and_then(|open| open.title.as_deref())];
    titles.into_iter().flatten().any(|title| searchable(title) == wanted)
}
